//! Field encryption and blind indexes: what a dump of the database must not tell.
//!
//! A sealed value is `algorithm ‖ key id ‖ nonce ‖ ciphertext ‖ tag`; the row and column it belongs to are authenticated
//! with it, so a value moved to another row does not open. A blind index is HMAC-SHA-256 under a key of its own: equal
//! values have equal indexes, and nothing else can be read from one.

mod file;
mod keyring;

use aws_lc_rs::{digest, hmac, rand};
use uuid::Uuid;

pub use file::{KeyFile, KeyId};
pub use keyring::{Carried, Keyring};

/// Why a key or a sealed value cannot be used. Never contains either.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The key is not 32 bytes of Base64.
    #[error("the key must be 32 bytes, Base64 encoded")]
    Key,
    /// A line of the keys is not `ID:KEY` with an id from 1 to 255.
    #[error("each of several keys must be written as ID:KEY, with an id from 1 to 255")]
    KeyLine,
    /// Two keys have the same id.
    #[error("the key {0} is there twice")]
    KeyTwice(KeyId),
    /// The value was sealed under a key that is not at hand.
    #[error("the key {0} is not at hand")]
    UnknownKey(KeyId),
    /// The value was sealed with an algorithm that this program does not know.
    #[error("a value was sealed with the unknown algorithm {0}")]
    Algorithm(u8),
    /// The value was sealed with another key, moved from another row, or changed.
    #[error("a sealed value does not open")]
    Sealed,
    /// The cryptographic library failed.
    #[error("the cryptographic library failed")]
    Library,
}

/// Which column of which row a sealed value belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Table and column, such as `persons.name`.
    pub column: &'static str,
    /// The row.
    pub row: Uuid,
}

/// HMAC-SHA-1: for one-time codes, whose standard (RFC 6238) asks for it, and for nothing else.
#[must_use]
pub fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), message);
    let mut bytes = [0; 20];
    bytes.iter_mut().zip(tag.as_ref()).for_each(|(byte, of)| *byte = *of);
    bytes
}

/// Random bytes from the machine.
///
/// # Errors
/// [`SecretError::Library`] where the machine gives none.
pub fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| SecretError::Library)?;
    Ok(bytes)
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of hexadecimal text; none where it is no such text.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let nibble = |digit: &u8| char::from(*digit).to_digit(16);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(nibble(high)? << 4 | nibble(low)?).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(byte).collect()
}

/// SHA-256 of what comes bit by bit.
#[derive(Clone)]
pub(crate) struct Sha256(digest::Context);

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sha256")
    }
}

impl Sha256 {
    /// Of nothing yet.
    pub(crate) fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    /// Adds what comes next.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all that came.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }
}

/// SHA-256, for tokens that are found again by their digest.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}
