//! The public keys that checkpoints were ever signed with: a retired one signs nothing more, and still checks what it has signed.

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use persistence::{Tx, identity};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{Answer, Reply};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::Fault;
use crate::services::Services;
use crate::token;

/// Every endpoint of keys.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["audit": read]
}

/// A set of public keys (RFC 7517), also of those that are retired.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditKeySet {
    /// The keys, the newest first.
    keys: Vec<AuditKey>,
}

/// A public key of Ed25519 (RFC 8037) that signs checkpoints, or did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditKey {
    /// The kind of key: `OKP`.
    kty: &'static str,
    /// The curve: `Ed25519`.
    crv: &'static str,
    /// The algorithm: `EdDSA`.
    alg: &'static str,
    /// What it is for: `sig`.
    r#use: &'static str,
    /// Its id, which checkpoints name.
    kid: String,
    /// The key itself, base64url.
    x: String,
    /// From when on it signs.
    signs_from: DateTime<Utc>,
    /// Since when it signs no more; null while it does. What it has signed before is still good.
    retired_at: Option<DateTime<Utc>>,
}

/// Every key that there ever was.
///
/// # Errors
/// The database's.
pub fn key_set(tx: &mut Tx) -> Result<AuditKeySet, Fault> {
    let key = |half: identity::PublicHalf| AuditKey {
        kty: "OKP",
        crv: "Ed25519",
        alg: "EdDSA",
        r#use: "sig",
        kid: half.id.to_string(),
        x: URL_SAFE_NO_PAD.encode(half.public_key),
        signs_from: half.activates_at,
        retired_at: half.retired_at,
    };
    Ok(AuditKeySet { keys: identity::public_halves(tx)?.into_iter().map(key).collect() })
}

/// The same, for whoever checks signatures here.
///
/// # Errors
/// The database's.
pub fn public_keys(tx: &mut Tx) -> Result<Vec<token::PublicKey>, persistence::StoreError> {
    let halves = identity::public_halves(tx)?.into_iter();
    Ok(halves.map(|half| token::PublicKey { id: half.id.to_string(), bytes: half.public_key }).collect())
}

/// Read every key that checkpoints of the audit log were signed with.
///
/// 审计检查点的全部公钥(含已停用者):停用的公钥不再签署,仍可核验其以往的签名。请连同检查点存放于他处。
#[utoipa::path(get, path = "/v1/audit/keys", operation_id = "readAuditKeys", security(()),
    responses((status = 200, description = "公钥", body = AuditKeySet)))]
pub async fn read(services: Data<Services>) -> Answer<AuditKeySet> {
    let keys = services.store.read(key_set).await?;
    Ok(Reply::ok(keys).with(Some((CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")))))
}
