//! The one way to read and to write.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::oneshot;
use tokio::time::timeout;
use uuid::Uuid;

use crate::audit::{self, Note, Origin, Outcome};
use crate::clock::Clock;
use crate::data_key;
use crate::dialect::{AnyConn, Engine, Job, Location, Ran, Tuning};
use crate::error::{Failure, StoreError};
use crate::pulse::Pulse;
use crate::secret::{Keyring, Place};
use crate::watch::{Asked, timed};

/// What every transaction can ask for besides the database.
#[derive(Clone, Debug)]
pub struct TxContext {
    /// Where now comes from.
    pub clock: Clock,
    /// The keys of personal data.
    pub keys: Arc<Keyring>,
}

/// A transaction, or a connection that only reads. Queries take `&mut Tx`, never a pool, so nothing can be half in one.
pub struct Tx {
    pub(crate) conn: AnyConn,
    context: Arc<TxContext>,
    now: domain::Timestamp,
    broken: bool,
    note: Note,
}

impl Tx {
    pub(crate) fn new(conn: AnyConn, context: Arc<TxContext>) -> Self {
        let now = context.clock.now();
        Self { conn, context, now, broken: false, note: Note::default() }
    }

    /// The one moment at which everything in this transaction happens.
    #[must_use]
    pub const fn now(&self) -> domain::Timestamp {
        self.now
    }

    /// The keys of personal data.
    #[must_use]
    pub fn keys(&self) -> &Keyring {
        &self.context.keys
    }

    /// Notes for the audit log what this transaction is about: a collection of the contract and an id in it. Where nothing is
    /// noted, the log names what the address of the request names.
    pub fn about(&mut self, collection: &'static str, id: Uuid) {
        self.note.object = Some(format!("{collection}/{id}"));
    }

    /// As [`Self::about`], for what has a name of ours instead of an id.
    pub fn about_named(&mut self, collection: &'static str, name: &'static str) {
        self.note.object = Some(format!("{collection}/{name}"));
    }

    /// Notes for the audit log what this transaction makes, in the collection that the request's address names.
    pub const fn makes(&mut self, id: Uuid) {
        self.note.made = Some(id);
    }

    /// Notes for the audit log the region that this transaction is about.
    pub fn in_region(&mut self, region: &domain::region::DivisionCode) {
        self.note.region = Some(region.clone());
    }

    /// Notes for the audit log why this is done: a code, never a text.
    pub const fn for_purpose(&mut self, purpose: &'static str) {
        self.note.purpose = Some(purpose);
    }

    /// Notes for the audit log that the same request has done this before.
    pub const fn repeats(&mut self) {
        self.note.replayed = true;
    }

    /// Notes for the audit log that there was nothing to do: no entry is left then.
    pub const fn changes_nothing(&mut self) {
        self.note.idle = true;
    }

    pub(crate) fn take_note(&mut self) -> Note {
        std::mem::take(&mut self.note)
    }

    pub(crate) fn seal(&self, column: &'static str, row: Uuid, text: &str) -> Result<Vec<u8>, StoreError> {
        self.keys().seal(Place { column, row }, text).map_err(|error| StoreError::Bug(error.to_string()))
    }

    pub(crate) fn unseal(&self, column: &'static str, row: Uuid, sealed: &[u8]) -> Result<String, StoreError> {
        self.keys().open(Place { column, row }, sealed).map_err(|error| StoreError::Bug(format!("{column} of {row}: {error}")))
    }

    pub(crate) fn renew_now(&mut self) {
        self.now = self.context.clock.now();
    }

    /// Marks the connection as one that must not be used again.
    pub(crate) const fn mark_broken(&mut self) {
        self.broken = true;
    }

    pub(crate) const fn take_broken(&mut self) -> bool {
        std::mem::replace(&mut self.broken, false)
    }
}

/// A database with its keys and its clock.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Engine,
    context: TxContext,
    patience: std::time::Duration,
    location: Location,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.0.location.redacted())
    }
}

impl Store {
    /// Opens a database whose schema is already current ([`crate::migration`]).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where SQLite's file cannot be opened. A PostgreSQL that is down is found out at first use.
    pub fn open(location: &Location, context: TxContext, tuning: &Tuning) -> Result<Self, StoreError> {
        let engine = Engine::open(location, &context, tuning)?;
        Ok(Self(Arc::new(Inner { engine, context, patience: tuning.patience, location: location.clone() })))
    }

    /// The clock that every transaction reads.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.context.clock
    }

    /// The keys of personal data.
    #[must_use]
    pub fn keys(&self) -> &Keyring {
        &self.0.context.keys
    }

    /// Where it is.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.0.location
    }

    /// How busy it is.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        self.0.engine.pulse()
    }

    /// Waits until everything that was to be written before this call has been dealt with.
    ///
    /// # Errors
    /// The database's.
    pub async fn settle(&self) -> Result<(), StoreError> {
        // The queue keeps its order, so whatever came before this empty write is done when it is.
        self.tally(|_| Ok(())).await
    }

    /// Reads.
    ///
    /// # Errors
    /// What the work answers, or that the database is busy or not there.
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
    {
        timed(Asked::Read, self.0.engine.read(work)).await
    }

    /// Reads a few rows by primary key; nothing else belongs here, because it may run on the thread that serves requests.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn glance<T, E>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
    {
        timed(Asked::Read, self.0.engine.glance(work)).await
    }

    /// Writes: everything that the work does is kept, or nothing. It may run more than once, so ids are made outside of it.
    /// The answer comes only after the commit has reached the disk. Inside a request it leaves an entry in the audit log.
    ///
    /// # Errors
    /// What the work answers, or that the database is busy, not there, or has not said whether it was kept. Work that is still
    /// waiting when the caller's patience ends is never begun, and answered as [`StoreError::Busy`].
    pub async fn write<T, E>(&self, work: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
    {
        self.run(work, audit::origin(), Outcome::Done).await
    }

    /// Writes what the service keeps for itself, such as counts of attempts and leases of jobs: no entry of the audit log is
    /// about it.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn tally<T, E>(&self, work: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
    {
        self.run(work, None, Outcome::Done).await
    }

    /// Leaves an entry in the audit log for a request that was refused.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn record_refusal(&self, origin: Arc<Origin>, code: &'static str) -> Result<(), StoreError> {
        self.run(|_| Ok(()), Some(origin), Outcome::Refused(code)).await
    }

    async fn run<T, E>(
        &self,
        work: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        origin: Option<Arc<Origin>>,
        outcome: Outcome,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
    {
        let (sender, receiver) = oneshot::channel();
        let progress = Progress::default();
        let task = Box::new(Task { work, origin, outcome, result: None, sender, progress: progress.clone() });
        let answered = async {
            self.0.engine.write(task).await;
            receiver.await
        };
        match timed(Asked::Write, timeout(self.0.patience, answered)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(StoreError::Bug("a write gave no answer".to_owned()).into()),
            Err(_) if progress.give_up() => Err(StoreError::Busy.into()),
            Err(_) => Err(StoreError::OutcomeUnknown.into()),
        }
    }
}

/// How far a write has come: begun, or given up before it began. Whichever is first holds.
#[derive(Clone, Default)]
struct Progress(Arc<AtomicU8>);

impl Progress {
    const WAITING: u8 = 0;
    const BEGUN: u8 = 1;
    const GIVEN_UP: u8 = 2;

    /// Begins, also again after a conflict; `false` where nobody wants it done any more.
    fn begin(&self) -> bool {
        self.0.compare_exchange(Self::WAITING, Self::BEGUN, Ordering::SeqCst, Ordering::SeqCst) != Err(Self::GIVEN_UP)
    }

    /// Gives up; `false` where it has begun, so that nobody can say what becomes of it.
    fn give_up(&self) -> bool {
        self.0.compare_exchange(Self::WAITING, Self::GIVEN_UP, Ordering::SeqCst, Ordering::SeqCst) != Err(Self::BEGUN)
    }
}

/// A write with its types.
struct Task<F, T, E> {
    work: F,
    origin: Option<Arc<Origin>>,
    outcome: Outcome,
    result: Option<Result<T, E>>,
    sender: oneshot::Sender<Result<T, E>>,
    progress: Progress,
}

impl<F, T, E> Task<F, T, E> {
    /// The entry of the audit log, in the transaction of what it is about.
    fn leave_entry(&self, tx: &mut Tx) -> Result<(), StoreError> {
        match self.origin.as_deref().and_then(|origin| Some((origin, origin.action()?))) {
            Some((origin, action)) => audit::record(tx, origin, action, self.outcome),
            None => Ok(()),
        }
    }
}

impl<F, T, E> Job for Task<F, T, E>
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: Failure,
{
    fn run(&mut self, tx: &mut Tx) -> Ran {
        if !self.progress.begin() {
            self.result = Some(Err(StoreError::Busy.into()));
            return Ran::Undo;
        }
        self.result = None;
        tx.take_note();
        let result = data_key::refresh(tx)
            .map_err(E::from)
            .and_then(|()| (self.work)(tx))
            .and_then(|done| self.leave_entry(tx).map(|()| done).map_err(E::from));
        if let (Err(_), Some(origin)) = (&result, &self.origin) {
            origin.leave(tx.take_note());
        }
        let ran = match result.as_ref().err().map(Failure::store_error) {
            None => Ran::Keep,
            // What was decided on has changed meanwhile: decide again on what it is now.
            Some(Some(StoreError::Conflict | StoreError::Stale)) => Ran::Again,
            Some(Some(StoreError::Unavailable(_))) => {
                tx.mark_broken();
                Ran::Undo
            }
            Some(_) => Ran::Undo,
        };
        self.result = Some(result);
        ran
    }

    fn answer(self: Box<Self>, failed: Option<StoreError>) {
        let answer = match (failed, self.result) {
            // Also a refusal falls with its batch: it may have rested on a neighbour's work that was not kept.
            (Some(error), _) => Err(error.into()),
            (None, Some(result)) => result,
            (None, None) => Err(StoreError::Bug("the work of a transaction panicked".to_owned()).into()),
        };
        // Nobody may be waiting any more: the outcome was answered as unknown.
        drop(self.sender.send(answer));
    }
}
