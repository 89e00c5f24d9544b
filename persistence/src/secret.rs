//! Field encryption and blind indexes: what a dump of the database must not tell.
//!
//! A sealed value is `1 ‖ key id ‖ nonce ‖ ciphertext ‖ tag` (AES-256-GCM); the row and column it belongs to are authenticated
//! with it, so a value moved to another row does not open. A blind index is HMAC-SHA-256 under a key of its own: equal
//! values have equal indexes, and nothing else can be read from one.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::{digest, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

const LAYOUT: u8 = 1;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const HEAD_BYTES: usize = 2;

/// Why a key or a sealed value cannot be used. Never contains either.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The key is not 32 bytes of Base64.
    #[error("the key must be 32 bytes, Base64 encoded")]
    Key,
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

/// The keys of an installation, all derived from one secret of 32 bytes.
pub struct Keyring {
    data: LessSafeKey,
    index: hmac::Key,
    tokens: hmac::Key,
    fingerprint: String,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({})", self.fingerprint)
    }
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

impl Keyring {
    /// The id that sealed values of this key carry.
    const KEY_ID: u8 = 1;

    /// A new secret, Base64 encoded.
    ///
    /// # Errors
    /// [`SecretError::Library`] where the machine gives no randomness.
    pub fn generate() -> Result<String, SecretError> {
        Ok(STANDARD.encode(random::<32>()?))
    }

    /// Derives the keys from a Base64 secret (HKDF-SHA-256, one label a purpose).
    ///
    /// # Errors
    /// [`SecretError::Key`] where it is not 32 bytes.
    pub fn from_base64(secret: &str) -> Result<Self, SecretError> {
        let secret = STANDARD.decode(secret.trim()).map_err(|_| SecretError::Key)?;
        if secret.len() != 32 {
            return Err(SecretError::Key);
        }
        let derive = |label: &'static str| -> Result<[u8; 32], SecretError> {
            let mut key = [0; 32];
            let root = Salt::new(HKDF_SHA256, b"linli").extract(&secret);
            let expanded = root.expand(&[label.as_bytes()], Bytes32).and_then(|okm| okm.fill(&mut key).map(|()| key));
            expanded.map_err(|_| SecretError::Library)
        };
        let print = digest::digest(&digest::SHA256, &derive("fingerprint")?);
        let data = UnboundKey::new(&AES_256_GCM, &derive("data")?).map_err(|_| SecretError::Library)?;
        Ok(Self {
            data: LessSafeKey::new(data),
            index: hmac::Key::new(hmac::HMAC_SHA256, &derive("index")?),
            tokens: hmac::Key::new(hmac::HMAC_SHA256, &derive("tokens")?),
            fingerprint: hex(print.as_ref()).chars().take(16).collect(),
        })
    }

    /// What the database keeps to refuse a wrong key: nothing can be opened with it.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Seals a text for one place.
    ///
    /// # Errors
    /// [`SecretError::Library`].
    pub fn seal(&self, place: Place, text: &str) -> Result<Vec<u8>, SecretError> {
        let nonce: [u8; NONCE_BYTES] = random()?;
        let mut body = text.as_bytes().to_vec();
        self.data
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated(place)), &mut body)
            .map_err(|_| SecretError::Library)?;
        let mut sealed = Vec::with_capacity(HEAD_BYTES + NONCE_BYTES + body.len());
        sealed.extend_from_slice(&[LAYOUT, Self::KEY_ID]);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Opens what was sealed for that place.
    ///
    /// # Errors
    /// [`SecretError::Sealed`].
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<String, SecretError> {
        let (head, rest) = sealed.split_at_checked(HEAD_BYTES).ok_or(SecretError::Sealed)?;
        let (nonce, body) = rest.split_at_checked(NONCE_BYTES).ok_or(SecretError::Sealed)?;
        if head != [LAYOUT, Self::KEY_ID] || body.len() < TAG_BYTES {
            return Err(SecretError::Sealed);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SecretError::Sealed)?;
        let mut body = body.to_vec();
        let text = self.data.open_in_place(nonce, Aad::from(associated(place)), &mut body).map_err(|_| SecretError::Sealed)?;
        String::from_utf8(text.to_vec()).map_err(|_| SecretError::Sealed)
    }

    /// The blind index of a value; the column is part of it, so equal values of different columns do not show.
    #[must_use]
    pub fn blind(&self, column: &'static str, value: &str) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.index);
        context.update(column.as_bytes());
        context.update(&[0]);
        context.update(value.as_bytes());
        context.sign().as_ref().to_vec()
    }

    /// A keyed digest for codes and signed addresses that can be made again instead of stored.
    #[must_use]
    pub fn sign(&self, purpose: &'static str, message: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.tokens);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(message);
        context.sign().as_ref().to_vec()
    }
}

fn associated(place: Place) -> Vec<u8> {
    [place.column.as_bytes(), &[0], place.row.as_bytes()].concat()
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

/// SHA-256, for tokens that are found again by their digest.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> Keyring {
        Keyring::from_base64(&Keyring::generate().unwrap()).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_only_in_its_place_with_its_key() {
        let (ring, other) = (ring(), ring());
        let place = Place { column: "persons.name", row: Uuid::from_u128(1) };
        let sealed = ring.seal(place, "张三").unwrap();
        assert_eq!(ring.open(place, &sealed).unwrap(), "张三");
        assert_eq!(other.open(place, &sealed), Err(SecretError::Sealed), "another key");
        assert_eq!(ring.open(Place { row: Uuid::from_u128(2), ..place }, &sealed), Err(SecretError::Sealed), "another row");
        assert_eq!(ring.open(Place { column: "persons.phone", ..place }, &sealed), Err(SecretError::Sealed), "another column");
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert_eq!(ring.open(place, &bent), Err(SecretError::Sealed), "byte {at} changed");
        }
        assert!(!sealed.windows(6).any(|window| window == "张三".as_bytes()));
    }

    #[test]
    fn blind_indexes_are_equal_for_equal_values_of_one_column_only() {
        let ring = ring();
        assert_eq!(ring.blind("persons.phone", "1"), ring.blind("persons.phone", "1"));
        assert_ne!(ring.blind("persons.phone", "1"), ring.blind("accounts.phone", "1"));
        assert_ne!(ring.blind("persons.phone", "1"), self::ring().blind("persons.phone", "1"));
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        assert_eq!(Keyring::from_base64("c2hvcnQ=").err(), Some(SecretError::Key));
        assert_eq!(Keyring::from_base64("not base64").err(), Some(SecretError::Key));
    }
}
