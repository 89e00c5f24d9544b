//! What handlers share: the store, tokens, the outside systems, and small caches.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::identity::{self, ClientGrant, ClientScope, IdentityPolicy};
use domain::region::{DivisionCode, Level};
use moka::sync::Cache;
use persistence::catalogue::{self, Service};
use persistence::client::Standing;
use persistence::identity as kept;
use persistence::{Store, StoreError, Tx, region};
use uuid::Uuid;

use crate::book::Book;
use crate::content::Desk;
use crate::demand::regroup::Birthdays;
use crate::limits::Limits;
use crate::metrics::{Access, Metrics};
use crate::photo_store::PhotoStore;
use crate::problem::{Code, Fault, Problem};
use crate::token::{SigningKey, Tokens};
use crate::trace::Traces;
use crate::wechat::WechatClient;

/// What other replicas change of grants, services and handlers is seen within this time; what this one changes, at once.
const REMEMBERED: Duration = Duration::from_secs(5);

/// For so long it is remembered that the use of a session was kept: longer than it need not be kept again.
const TOUCHED_TIME: Duration = Duration::from_secs(600);

/// Who acts: an account with a living session, or a machine client with a token that holds.
pub struct Principal {
    /// The actor as the rules see it.
    pub actor: Arc<identity::Actor>,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    /// Where the person behind the account lives.
    pub home: Option<domain::region::DivisionCode>,
    /// Whether the roles ask for a second factor that the session has not shown.
    pub needs_second_factor: bool,
    /// When the session ends.
    expires: domain::Timestamp,
    /// Until when it may be remembered: then its use is to be kept, or its end found out.
    fresh_until: domain::Timestamp,
}

/// What handlers share.
pub struct Services {
    /// The database.
    pub store: Store,
    /// Access tokens.
    pub tokens: Tokens,
    /// WeChat.
    pub wechat: WechatClient,
    /// Photos.
    pub photos: PhotoStore,
    /// Regions and their policies.
    pub book: Book,
    /// The content check.
    pub content: Desk,
    /// How many passwords may be hashed at once: each takes tens of megabytes.
    pub hashing: Arc<tokio::sync::Semaphore>,
    /// How many photos may be on their way at once: each is held in memory.
    pub uploads: Arc<tokio::sync::Semaphore>,
    /// How many photos each account has on their way.
    pub uploading: Uploading,
    /// How many photos may be decoded at once.
    pub decoding: Arc<tokio::sync::Semaphore>,
    /// What one client may ask, and how long anybody may take.
    pub limits: Limits,
    /// Who may watch, and what being ready needs.
    pub watching: Watching,
    /// The program's numbers.
    pub metrics: Metrics,
    /// Where traces of requests are sent, if anywhere.
    pub traces: Option<Traces>,
    /// Whether the program is about to stop.
    pub draining: AtomicBool,
    /// Whose birthdays were looked for.
    pub birthdays: Birthdays,
    /// The numbers of signing in.
    pub identity: IdentityPolicy,
    principals: Cache<Uuid, Arc<Principal>>,
    catalogue: Cache<Uuid, Arc<Service>>,
    handlers: Cache<DivisionCode, DivisionCode>,
    /// Machine clients by what they have proved themselves with.
    clients: Cache<Uuid, Arc<Standing>>,
    /// Sessions whose use was kept a short while ago.
    touched: Cache<Uuid, domain::Timestamp>,
}

/// Who may watch the program, and what being ready needs.
#[derive(Clone, Debug, Default)]
pub struct Watching {
    /// Who may read the numbers.
    pub metrics: Access,
    /// The data folder, which must have room; `None` where nobody asks.
    pub folder: Option<PathBuf>,
    /// Bytes that must be free there.
    pub free_bytes: u64,
    /// How long the program says that it is about to stop before it takes no more connections.
    pub drain: Duration,
}

/// The photos that each account has on their way, so that nobody takes every place.
#[derive(Clone, Default)]
pub struct Uploading(Arc<Mutex<HashMap<Uuid, usize>>>);

/// A photo of an account on its way, until it is dropped.
pub struct OnTheWay {
    of: Uploading,
    account: Uuid,
}

impl Uploading {
    /// So many of one account at once.
    const AT_ONCE: usize = 2;

    /// A place for one more of this account, if it has one left.
    #[must_use]
    pub fn begin(&self, account: Uuid) -> Option<OnTheWay> {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = under_way.entry(account).or_default();
        if *count >= Self::AT_ONCE {
            return None;
        }
        *count += 1;
        Some(OnTheWay { of: self.clone(), account })
    }
}

/// What a file takes up while it is on its way, until it is dropped.
pub struct UploadPlaces {
    _of_account: OnTheWay,
    _of_all: tokio::sync::OwnedSemaphorePermit,
}

impl Drop for OnTheWay {
    fn drop(&mut self) {
        let mut under_way = self.of.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = under_way.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&self.account);
            }
        }
    }
}

impl Services {
    /// A place for one more file of an account, where it and all together have one left.
    #[must_use]
    pub fn upload_places(&self, account: Uuid) -> Option<UploadPlaces> {
        let of_account = self.uploading.begin(account)?;
        let of_all = self.uploads.clone().try_acquire_owned().ok()?;
        Some(UploadPlaces { _of_account: of_account, _of_all: of_all })
    }

    /// Assembles the services and loads the keys and the regions, making a first signing key where there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn new(store: Store, issuer: &str, wechat: WechatClient, photos: PhotoStore) -> Result<Self, Problem> {
        let services = Self {
            tokens: Tokens::new(issuer),
            wechat,
            photos,
            book: Book::default(),
            content: Desk::new(issuer),
            hashing: Arc::new(tokio::sync::Semaphore::new(2)),
            uploads: Arc::new(tokio::sync::Semaphore::new(16)),
            uploading: Uploading::default(),
            decoding: Arc::new(tokio::sync::Semaphore::new(2)),
            birthdays: Birthdays::default(),
            identity: IdentityPolicy::default(),
            principals: Cache::builder().max_capacity(50_000).time_to_live(REMEMBERED).build(),
            catalogue: Cache::builder().max_capacity(10_000).time_to_live(REMEMBERED).build(),
            handlers: Cache::builder().max_capacity(50_000).time_to_live(REMEMBERED).build(),
            limits: Limits::default(),
            watching: Watching::default(),
            metrics: Metrics::default(),
            traces: None,
            draining: AtomicBool::new(false),
            clients: Cache::builder().max_capacity(10_000).time_to_live(REMEMBERED).build(),
            touched: Cache::builder().max_capacity(50_000).time_to_live(TOUCHED_TIME).build(),
            store,
        };
        services.load_keys().await?;
        services.book.refresh(&services.store).await?;
        Ok(services)
    }

    /// The same with these limits.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same watched like this.
    #[must_use]
    pub fn watched(self, watching: Watching) -> Self {
        Self { watching, ..self }
    }

    /// The same with traces sent there.
    #[must_use]
    pub fn traced(self, traces: Option<Traces>) -> Self {
        Self { traces, ..self }
    }

    /// The same with another set-up of the content check.
    #[must_use]
    pub fn with_content(self, content: Desk) -> Self {
        Self { content, ..self }
    }

    /// The same with other numbers of signing in than the program's own.
    #[must_use]
    pub fn with_identity(mut self, identity: IdentityPolicy) -> Self {
        self.identity = identity;
        self
    }

    /// Reads the signing keys again; makes the first one.
    ///
    /// # Errors
    /// The database's.
    pub async fn load_keys(&self) -> Result<(), Problem> {
        let mut keys = self.store.read::<_, Fault>(|tx| Ok(kept::signing_keys(tx)?)).await?;
        if keys.is_empty() {
            let (private, public) = SigningKey::generate()?;
            let id = Uuid::now_v7();
            keys = self
                .store
                .write::<_, Fault>(move |tx| {
                    kept::add_signing_key(tx, id, &private, &public)?;
                    Ok(kept::signing_keys(tx)?)
                })
                .await?;
        }
        keys.retain(|key| key.retired_at.is_none());
        let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
        if !self.tokens.has_keys(&ids) {
            let key = |key: kept::SigningKey| SigningKey::new(key.id, key.activates_at, &key.private_key, key.public_key);
            self.tokens.set_keys(keys.into_iter().map(key).collect());
        }
        Ok(())
    }

    /// The account behind a session, if the session lives.
    ///
    /// # Errors
    /// [`Code::Unauthenticated`] where it is revoked, over, was not used for too long, or its account is not active.
    pub async fn principal(&self, session: Uuid) -> Result<Arc<Principal>, Problem> {
        let now = self.store.clock().now();
        let principal = match self.principals.get(&session).filter(|principal| now < principal.fresh_until) {
            Some(principal) => principal,
            None => self.load_principal(session, now).await?,
        };
        if principal.expires > now { Ok(principal) } else { Err(Code::Unauthenticated.into()) }
    }

    async fn load_principal(&self, session: Uuid, now: domain::Timestamp) -> Result<Arc<Principal>, Problem> {
        let idle = self.identity.idle();
        let found = self.store.glance::<_, Fault>(move |tx| Ok(kept::principal(tx, session, idle)?)).await?;
        let found = found.ok_or_else(|| Problem::from(Code::Unauthenticated).because("no living session"))?;
        let staff = found.kind == kept::AccountKind::Staff;
        if staff {
            self.touch(&found.session, now);
        }
        let principal = Arc::new(Principal {
            must_change_password: found.must_change_password,
            home: found.home,
            needs_second_factor: !found.session.second_factor && self.identity.asks_for_second_factor(&found.actor.roles()),
            expires: found.session.expires_at,
            fresh_until: if staff { now + self.identity.used() } else { found.session.expires_at },
            actor: Arc::new(found.actor),
        });
        self.principals.insert(session, Arc::clone(&principal));
        Ok(principal)
    }

    /// Keeps that a session is used, beside the request and at most once a minute.
    fn touch(&self, session: &kept::Session, now: domain::Timestamp) {
        let (id, Some(before)) = (session.id, now.checked_sub_signed(self.identity.used())) else { return };
        if session.used_at > before || self.touched.get(&id).is_some_and(|kept| kept > before) {
            return;
        }
        self.touched.insert(id, now);
        let store = self.store.clone();
        drop(tokio::spawn(async move {
            if let Err(error) = store.tally::<_, StoreError>(move |tx| kept::touch(tx, id, before)).await {
                tracing::debug!(%error, "the use of a session could not be kept");
            }
        }));
    }

    /// The machine client behind a token, with the scopes of the token that it still holds.
    ///
    /// # Errors
    /// [`Code::Unauthenticated`] where it is switched off or over, or what it has proved itself with holds no more.
    pub async fn client(&self, client: Uuid, credential: Uuid, scopes: &[ClientScope]) -> Result<Arc<Principal>, Problem> {
        let now = self.store.clock().now();
        let standing = match self.clients.get(&credential) {
            Some(standing) => standing,
            None => {
                let found = self.store.glance::<_, Fault>(move |tx| Ok(persistence::client::standing(tx, credential)?)).await?;
                let found = found.ok_or_else(|| Problem::from(Code::Unauthenticated).because("no living client"))?;
                let standing = Arc::new(found);
                self.clients.insert(credential, Arc::clone(&standing));
                standing
            }
        };
        if standing.expires_at <= now || standing.client.id != client {
            return Err(Code::Unauthenticated.into());
        }
        let scopes = scopes.iter().copied().filter(|scope| standing.client.scopes.contains(scope)).collect();
        let grant = ClientGrant { scopes, division: standing.client.division.clone() };
        let actor = identity::Actor { account: client, client: Some(grant), ..identity::Actor::default() };
        Ok(Arc::new(Principal {
            actor: Arc::new(actor),
            must_change_password: false,
            home: None,
            needs_second_factor: false,
            expires: standing.expires_at,
            fresh_until: standing.expires_at,
        }))
    }

    /// A service of the catalogue.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub fn service(&self, tx: &mut Tx, id: Uuid) -> Result<Arc<Service>, StoreError> {
        if let Some(known) = self.catalogue.get(&id) {
            return Ok(known);
        }
        let service = Arc::new(catalogue::load_service(tx, id)?);
        self.catalogue.insert(id, Arc::clone(&service));
        Ok(service)
    }

    /// Who handles the orders of a division: its community, or the nearest division above that has a dispatcher; the region
    /// itself where none has.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no such division.
    pub fn handler(&self, tx: &mut Tx, region: &DivisionCode, division: &DivisionCode) -> Result<DivisionCode, StoreError> {
        if let Some(known) = self.handlers.get(division) {
            return Ok(known);
        }
        region::find(tx, division)?;
        let above = |code: &DivisionCode| code.level() != Level::Grid && region.covers(code);
        let candidates: Vec<DivisionCode> = division.lineage().into_iter().filter(above).collect();
        let dispatching = region::dispatching(tx, &candidates)?;
        let nearest = candidates.into_iter().find(|code| dispatching.contains(code)).unwrap_or_else(|| region.clone());
        self.handlers.insert(division.clone(), nearest.clone());
        Ok(nearest)
    }

    /// Forgets what is remembered of sessions, grants, machine clients, services and handlers, after one was changed here.
    pub fn forget(&self) {
        self.principals.invalidate_all();
        self.clients.invalidate_all();
        self.catalogue.invalidate_all();
        self.handlers.invalidate_all();
    }
}
