//! What handlers share: the store, tokens, the outside systems, and small caches.

use std::sync::Arc;
use std::time::Duration;

use domain::identity;
use moka::sync::Cache;
use persistence::Store;
use persistence::identity as kept;
use uuid::Uuid;

use crate::book::Book;
use crate::content::Desk;
use crate::photo_store::PhotoStore;
use crate::problem::{Code, Fault, Problem};
use crate::token::{SigningKey, Tokens};
use crate::wechat::WechatClient;

/// Grants and revocations are seen within this time, on the replica that made them at once.
const PRINCIPAL_TIME: Duration = Duration::from_secs(5);

/// An account with a living session.
pub struct Principal {
    /// The actor as the rules see it.
    pub actor: Arc<identity::Actor>,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    /// When the session ends.
    expires: domain::Timestamp,
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
    /// How many photos may be decoded at once.
    pub decoding: Arc<tokio::sync::Semaphore>,
    principals: Cache<Uuid, Arc<Principal>>,
}

impl Services {
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
            decoding: Arc::new(tokio::sync::Semaphore::new(2)),
            principals: Cache::builder().max_capacity(50_000).time_to_live(PRINCIPAL_TIME).build(),
            store,
        };
        services.load_keys().await?;
        services.book.refresh(&services.store).await?;
        Ok(services)
    }

    /// The same with another set-up of the content check.
    #[must_use]
    pub fn with_content(self, content: Desk) -> Self {
        Self { content, ..self }
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
        keys.sort_by_key(|key| std::cmp::Reverse(key.created_at));
        self.tokens.set_keys(keys.into_iter().map(|key| SigningKey::new(key.id, &key.private_key, key.public_key)).collect());
        Ok(())
    }

    /// The account behind a session, if the session lives.
    ///
    /// # Errors
    /// [`Code::Unauthenticated`] where it is revoked, over, or its account is not active.
    pub async fn principal(&self, session: Uuid) -> Result<Arc<Principal>, Problem> {
        let now = self.store.clock().now();
        let principal = match self.principals.get(&session) {
            Some(principal) => principal,
            None => {
                let found = self.store.glance::<_, Fault>(move |tx| Ok(kept::principal(tx, session)?)).await?;
                let found = found.ok_or_else(|| Problem::from(Code::Unauthenticated).because("no living session"))?;
                let principal = Arc::new(Principal {
                    actor: Arc::new(found.actor),
                    must_change_password: found.must_change_password,
                    expires: found.session.expires_at,
                });
                self.principals.insert(session, Arc::clone(&principal));
                principal
            }
        };
        if principal.expires > now { Ok(principal) } else { Err(Code::Unauthenticated.into()) }
    }

    /// Forgets what is remembered of sessions and grants, after one was changed here.
    pub fn forget_principals(&self) {
        self.principals.invalidate_all();
    }
}
