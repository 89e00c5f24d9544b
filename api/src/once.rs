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
pub const KEY_CHARACTERS: usize = 255;

/// What a key looks like: what every client and proxy carries unchanged in a header.
pub const KEY_PATTERN: &str = "^[!-~]([ -~]*[!-~])?$";

/// The conditions that the headers of a command set.
#[derive(Clone, Debug)]
pub struct Conditions {
    target: String,
    key: Option<String>,
    expected: Option<Expected>,
}

/// What `If-Match` names.
#[derive(Clone, Debug)]
enum Expected {
    /// `*`: whichever version is there.
    Any,
    /// One of these.
    OneOf(Vec<i32>),
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
        match &self.expected {
            Some(Expected::OneOf(versions)) if !versions.contains(&version) => Err(Code::PreconditionFailed.into()),
            Some(Expected::OneOf(_) | Expected::Any) | None => Ok(()),
        }
    }

    /// That a full update says what it replaces: asked before it is known whether there is anything to replace.
    ///
    /// # Errors
    /// [`Code::PreconditionRequired`].
    pub fn must_match(&self) -> Result<(), Problem> {
        if self.expected.is_none() { Err(Code::PreconditionRequired.into()) } else { Ok(()) }
    }

    /// As [`Self::expect_version`], for a full update.
    ///
    /// # Errors
    /// [`Code::PreconditionRequired`], [`Code::PreconditionFailed`].
    pub fn require_version(&self, version: i32) -> Result<(), Problem> {
        self.must_match()?;
        self.expect_version(version)
    }

    /// Claims the key in the transaction of the command's effect. `resource` is what the command makes or changes.
    ///
    /// What the caller may do and see is asked before: who has lost the right since is answered like somebody who asks for the
    /// first time without it, whatever their key once got them.
    ///
    /// # Errors
    /// [`Code::IdempotencyKeyReused`] where the key belongs to another body.
    pub fn once(&self, tx: &mut Tx, principal: Uuid, digest: &[u8], status: u16, resource: Uuid) -> Result<Once, Fault> {
        Ok(self.claim(tx, principal, digest, status, resource)?.map_or(Once::First, |(_, resource)| Once::Before(resource)))
    }

    /// As [`Self::once`], for a command that may be answered with one status or another: the status and the resource of before.
    ///
    /// # Errors
    /// As [`Self::once`].
    pub fn claim(&self, tx: &mut Tx, principal: Uuid, digest: &[u8], status: u16, resource: Uuid) -> Result<Option<(i32, Uuid)>, Fault> {
        tx.makes(resource);
        let Some(key) = &self.key else { return Ok(None) };
        let claim = Claim {
            principal,
            target: self.target.clone(),
            key: key.clone(),
            digest: digest.to_vec(),
            status: i32::from(status),
            resource,
        };
        match persistence::idempotency::claim(tx, &claim)? {
            Claimed::First => Ok(None),
            Claimed::Replay { status, resource } => {
                tx.makes(resource);
                tx.repeats();
                Ok(Some((status, resource)))
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
    let key = match header(header::HeaderName::from_static(IDEMPOTENCY_KEY)) {
        None => None,
        Some(Ok(key)) if is_key(key) => Some(key.to_owned()),
        Some(_) => return Err(Problem::from(Code::Malformed).because(IDEMPOTENCY_KEY)),
    };
    let expected = header(header::IF_MATCH).map(|tags| match tags.unwrap_or_default() {
        "*" => Expected::Any,
        // A tag that is not one of ours names no version: nothing matches it.
        tags => Expected::OneOf(tags.split(',').filter_map(|tag| version_of(tag.trim())).collect()),
    });
    Ok(Conditions { target: format!("{} {}", request.method(), request.uri()), key, expected })
}

/// Whether it looks as [`KEY_PATTERN`] says, without the space around it that belongs to the header.
fn is_key(key: &str) -> bool {
    !key.is_empty() && key.len() <= KEY_CHARACTERS && key.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn version_of(tag: &str) -> Option<i32> {
    tag.strip_prefix("\"v")?.strip_suffix('"')?.split('-').next()?.parse().ok()
}
