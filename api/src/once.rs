//! Conditions and retries of a command: `Idempotency-Key` and `If-Match`.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use persistence::Tx;
use persistence::idempotency::{Claim, Claimed};
use uuid::Uuid;

use crate::problem::{Code, Fault, Problem};

/// The header by which a retry is recognised.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The longest key.
const KEY_CHARACTERS: usize = 255;

/// The conditions that the headers of a command set.
#[derive(Clone, Debug)]
pub struct Conditions {
    target: String,
    key: Option<String>,
    versions: Option<Vec<i32>>,
}

/// Whether a command is done now or was done before.
pub enum Once {
    /// Now: go on.
    First,
    /// Before: answer with this resource again.
    Before(Uuid),
}

impl Conditions {
    /// Refuses a version that the caller did not expect.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`].
    pub fn expect_version(&self, version: i32) -> Result<(), Problem> {
        match &self.versions {
            Some(versions) if !versions.contains(&version) => Err(Code::PreconditionFailed.into()),
            Some(_) | None => Ok(()),
        }
    }

    /// As [`Self::expect_version`], for a full update, which must say what it replaces.
    ///
    /// # Errors
    /// [`Code::PreconditionRequired`], [`Code::PreconditionFailed`].
    pub fn require_version(&self, version: i32) -> Result<(), Problem> {
        if self.versions.is_none() { Err(Code::PreconditionRequired.into()) } else { self.expect_version(version) }
    }

    /// Claims the key in the transaction of the command's effect. `resource` is what the command makes or changes.
    ///
    /// # Errors
    /// [`Code::IdempotencyKeyReused`] where the key belongs to another body.
    pub fn once(&self, tx: &mut Tx, principal: Uuid, digest: &[u8], status: u16, resource: Uuid) -> Result<Once, Fault> {
        tx.makes(resource);
        let Some(key) = &self.key else { return Ok(Once::First) };
        let claim = Claim {
            principal,
            target: self.target.clone(),
            key: key.clone(),
            digest: digest.to_vec(),
            status: i32::from(status),
            resource,
        };
        match persistence::idempotency::claim(tx, &claim)? {
            Claimed::First => Ok(Once::First),
            Claimed::Replay { resource, .. } => {
                tx.makes(resource);
                tx.repeats();
                Ok(Once::Before(resource))
            }
            Claimed::OtherBody => Err(Code::IdempotencyKeyReused.into()),
        }
    }
}

impl FromRequest for Conditions {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(read(request))
    }
}

fn read(request: &HttpRequest) -> Result<Conditions, Problem> {
    let header = |name: header::HeaderName| request.headers().get(name).map(|value| value.to_str().map(str::trim));
    let malformed = |name: &str| Problem::from(Code::Malformed).because(name);
    let key = match header(header::HeaderName::from_static(IDEMPOTENCY_KEY)) {
        None => None,
        Some(Ok(key)) if !key.is_empty() && key.len() <= KEY_CHARACTERS => Some(key.to_owned()),
        Some(_) => return Err(malformed(IDEMPOTENCY_KEY)),
    };
    let versions = match header(header::IF_MATCH) {
        None | Some(Ok("*")) => None,
        // A tag that is not one of ours names no version: nothing matches it.
        Some(Ok(tags)) => Some(tags.split(',').filter_map(|tag| version_of(tag.trim())).collect()),
        Some(Err(_)) => return Err(malformed("if-match")),
    };
    Ok(Conditions { target: format!("{} {}", request.method(), request.uri()), key, versions })
}

fn version_of(tag: &str) -> Option<i32> {
    tag.strip_prefix("\"v")?.strip_suffix('"')?.split('-').next()?.parse().ok()
}
