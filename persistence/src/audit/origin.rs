//! Where a write comes from: the request, who asks in it, and for what.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub use domain::audit::ActorKind;
use domain::identity::Role;
use domain::region::DivisionCode;
use uuid::Uuid;

/// Who acts, and on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting {
    /// What kind of actor.
    pub kind: ActorKind,
    /// The account or the client; none for the clock and for nobody.
    pub id: Option<Uuid>,
    /// The role in which it is allowed, where a role allows it.
    pub role: Option<Role>,
    /// What it is about, as far as the address tells: collection and id.
    pub object: Option<String>,
    /// The region in whose chain it is kept; none for the installation's own.
    pub region: Option<DivisionCode>,
}

impl Acting {
    /// Nobody who has signed in: what they do is kept in the installation's own chain.
    pub const NOBODY: Self = Self { kind: ActorKind::Nobody, id: None, role: None, object: None, region: None };
}

/// A request, or one turn of a job.
#[derive(Debug)]
pub struct Origin {
    /// The request's id, also in its answer and in the log.
    pub request: Uuid,
    /// From where it came.
    pub address: Option<IpAddr>,
    action: OnceLock<&'static str>,
    acting: OnceLock<Acting>,
    about: OnceLock<String>,
    left: Mutex<Option<Note>>,
}

impl Origin {
    /// A request of which it is not yet known who asks for what.
    #[must_use]
    pub const fn new(request: Uuid, address: Option<IpAddr>) -> Self {
        Self { request, address, action: OnceLock::new(), acting: OnceLock::new(), about: OnceLock::new(), left: Mutex::new(None) }
    }

    /// One turn of a job of the service itself.
    #[must_use]
    pub fn clock(job: &'static str) -> Self {
        Self::of(ActorKind::Clock, job)
    }

    /// A command of the command line.
    #[must_use]
    pub fn console(command: &'static str) -> Self {
        Self::of(ActorKind::Console, command)
    }

    fn of(kind: ActorKind, job: &'static str) -> Self {
        let acting = Acting { kind, ..Acting::NOBODY };
        Self { action: job.into(), acting: acting.into(), ..Self::new(Uuid::now_v7(), None) }
    }

    /// What is asked for: the operation of the contract, or the name of a job. None until the request is routed.
    #[must_use]
    pub fn action(&self) -> Option<&'static str> {
        self.action.get().copied()
    }

    /// Who acts; none where nobody has signed in.
    #[must_use]
    pub fn acting(&self) -> Option<&Acting> {
        self.acting.get()
    }

    /// What it turned out to be about, where no transaction says that: collection and id.
    pub(crate) fn about(&self) -> Option<&str> {
        self.about.get().map(String::as_str)
    }

    /// Keeps what a transaction has said of itself before it was refused.
    pub(crate) fn leave(&self, note: Note) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(note);
    }

    /// What the last transaction that was refused had said of itself; nothing was made in it.
    pub(crate) fn take_left(&self) -> Note {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        Note { made: None, replayed: false, idle: false, ..left }
    }
}

tokio::task_local! {
    static ORIGIN: Arc<Origin>;
}

/// Runs a request, or a turn of a job: every write in it leaves an entry that names this origin.
pub async fn within<F: Future>(origin: Arc<Origin>, work: F) -> F::Output {
    ORIGIN.scope(origin, work).await
}

/// The origin of what runs now, if it has one.
#[must_use]
pub fn origin() -> Option<Arc<Origin>> {
    ORIGIN.try_with(Arc::clone).ok()
}

/// Says what the request that runs now asks for; the first word counts.
pub fn asks_for(operation: &'static str) {
    // Outside of a request there is nothing to say it of, and what was said stays.
    let _ = ORIGIN.try_with(|origin| origin.action.set(operation));
}

/// Says who acts in the request that runs now; the first word counts.
pub fn acting(who: Acting) {
    let _ = ORIGIN.try_with(|origin| origin.acting.set(who));
}

/// Says what the request that runs now is about, where neither its address nor a transaction does; the first word counts.
pub fn regards(collection: &'static str, id: Uuid) {
    let _ = ORIGIN.try_with(|origin| origin.about.set(format!("{collection}/{id}")));
}

/// What a transaction says of itself for the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Note {
    /// What it is about: collection and id.
    pub object: Option<String>,
    /// The id of what it made, where the address names the collection only.
    pub made: Option<Uuid>,
    /// The region in which that is.
    pub region: Option<DivisionCode>,
    /// Why it is done: a code.
    pub purpose: Option<&'static str>,
    /// Whether it was done before, by the same request.
    pub replayed: bool,
    /// Whether there turned out to be nothing to do.
    pub idle: bool,
}
