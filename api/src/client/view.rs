//! Clients as administrators see them.

use chrono::{DateTime, Utc};
use domain::identity::{ClientAlgorithm, ClientAuthentication, ClientScope};
use persistence::client::{self, Client, Proof};
use persistence::{StoreError, Tx};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a client proves itself with, without the secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ClientCredential)]
pub struct CredentialView {
    /// Its id.
    id: Uuid,
    /// The id of a public key, which assertions name; null for a secret.
    kid: Option<String>,
    /// What a public key signs with; null for a secret.
    algorithm: Option<ClientAlgorithm>,
    /// Since when it holds.
    created_at: DateTime<Utc>,
    /// Until when it holds, where that is known: an old secret beside a new one.
    expires_at: Option<DateTime<Utc>>,
}

/// A machine client.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Client)]
pub struct ClientView {
    /// Its id: the `client_id`.
    id: Uuid,
    /// What people call it.
    name: String,
    /// The division within which its scopes hold.
    division: String,
    /// How it proves who it is.
    authentication: ClientAuthentication,
    /// What it may ask for.
    scopes: Vec<ClientScope>,
    /// Until when it is registered.
    expires_at: DateTime<Utc>,
    /// Since when it is switched off.
    disabled_at: Option<DateTime<Utc>>,
    /// When it was registered.
    created_at: DateTime<Utc>,
    /// The secrets and keys that hold now.
    credentials: Vec<CredentialView>,
    /// One more with every change.
    version: i32,
}

impl ClientView {
    /// The client's id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// The client's version.
    #[must_use]
    pub const fn version(&self) -> i32 {
        self.version
    }
}

/// The view of a client.
///
/// # Errors
/// The database's.
pub(super) fn client_view(tx: &mut Tx, client: Client) -> Result<ClientView, StoreError> {
    let credential = |credential: client::Credential| {
        let (kid, algorithm) = match credential.proof {
            Proof::Secret => (None, None),
            Proof::Key { kid, algorithm, .. } => (Some(kid), Some(algorithm)),
        };
        CredentialView { id: credential.id, kid, algorithm, created_at: credential.created_at, expires_at: credential.expires_at }
    };
    Ok(ClientView {
        credentials: client::credentials(tx, client.id)?.into_iter().map(credential).collect(),
        id: client.id,
        name: client.name,
        division: client.division.to_string(),
        authentication: client.authentication,
        scopes: client.scopes,
        expires_at: client.expires_at,
        disabled_at: client.disabled_at,
        created_at: client.created_at,
        version: client.version,
    })
}

/// A client with a secret that is shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = ClientWithSecret)]
pub struct WithSecret {
    /// The client.
    pub(super) client: ClientView,
    /// The secret, shown once: null where the request is repeated, and for clients that sign.
    pub(super) secret: Option<String>,
}
