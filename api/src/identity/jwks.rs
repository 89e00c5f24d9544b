//! The keys with which anybody can check an access token.

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::{Answer, Reply};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::Problem;
use crate::services::Services;
use crate::token;

/// Every endpoint of keys.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": key_set]
}

/// A set of public keys (RFC 7517).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeySet {
    /// The keys, the one that signs now first.
    keys: Vec<PublicKey>,
}

impl KeySet {
    /// The keys themselves; what is no key of Ed25519 is left out.
    #[must_use]
    pub fn public_keys(&self) -> Vec<token::PublicKey> {
        let read = |key: &PublicKey| {
            let bytes = URL_SAFE_NO_PAD.decode(&key.x).ok().filter(|_| key.crv == "Ed25519")?;
            Some(token::PublicKey { id: key.kid.clone(), bytes })
        };
        self.keys.iter().filter_map(read).collect()
    }
}

/// A public key of Ed25519 (RFC 8037).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicKey {
    /// The kind of key: `OKP`.
    kty: String,
    /// The curve: `Ed25519`.
    crv: String,
    /// The algorithm: `EdDSA`.
    alg: String,
    /// What it is for: `sig`.
    r#use: String,
    /// Its id, which tokens name.
    kid: String,
    /// The key itself, base64url.
    x: String,
}

/// Read the keys that access tokens are signed with.
///
/// 访问令牌的公钥(JWKS),任何人可据此验签。
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "readKeySet", security(()),
    responses((status = 200, description = "公钥", body = KeySet)))]
pub async fn key_set(services: Data<Services>) -> Answer<KeySet> {
    let keys: KeySet = serde_json::from_value(services.tokens.jwks(services.store.clock().now())).map_err(Problem::internal)?;
    Ok(Reply::ok(keys).with(Some((CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")))))
}
