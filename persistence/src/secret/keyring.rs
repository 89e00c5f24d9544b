//! The keys of an installation: of several data keys the one in force seals, and any known one opens.
//!
//! Blind indexes and signatures are made under keys that never change, so that what was indexed is found and what was
//! signed holds through a change of the data key. They are derived from the first data key and carried in the database,
//! sealed, from then on ([`crate::data_key`]): the first data key can go.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::file::{KeyFile, KeyId, SECRET_BYTES};
use super::{Place, SecretError, hex, random};

/// The first byte of a sealed value: AES-256-GCM. Another algorithm (such as SM4-GCM) gets another number.
const AES_GCM: u8 = 1;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const HEAD_BYTES: usize = 2;

/// The keys that outlive a data key.
#[derive(Clone, PartialEq, Eq)]
pub struct Carried {
    /// Makes blind indexes.
    pub index: [u8; SECRET_BYTES],
    /// Signs cursors, check-in codes and addresses of photos.
    pub tokens: [u8; SECRET_BYTES],
}

/// Leaves the keys out.
impl std::fmt::Debug for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Carried")
    }
}

struct DataKey {
    key: LessSafeKey,
    fingerprint: String,
}

/// What the keyring holds at a moment.
struct State {
    keys: BTreeMap<KeyId, Arc<DataKey>>,
    sealing: KeyId,
    carried: Carried,
    index: hmac::Key,
    tokens: hmac::Key,
    checked_at: Option<domain::Timestamp>,
}

/// Where the keys can be read again: a key that came later than the program's start is found there.
type Source = Box<dyn Fn() -> Option<KeyFile> + Send + Sync>;

/// The keys of an installation.
pub struct Keyring {
    state: RwLock<State>,
    source: Option<Source>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Keyring").field(&self.fingerprints()).finish()
    }
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        SECRET_BYTES
    }
}

impl Keyring {
    /// A new secret, Base64 encoded.
    ///
    /// # Errors
    /// [`SecretError::Library`] where the machine gives no randomness.
    pub fn generate() -> Result<String, SecretError> {
        Ok(STANDARD.encode(random::<SECRET_BYTES>()?))
    }

    /// The keyring of what [`KeyFile::parse`] reads.
    ///
    /// # Errors
    /// As there.
    pub fn from_base64(text: &str) -> Result<Self, SecretError> {
        Self::new(&KeyFile::parse(text)?)
    }

    /// Derives the keys of each secret (HKDF-SHA-256, one label a purpose). The first one seals until the database says
    /// which does.
    ///
    /// # Errors
    /// [`SecretError::Library`].
    pub fn new(file: &KeyFile) -> Result<Self, SecretError> {
        let (sealing, first) = file.iter().next().ok_or(SecretError::Key)?;
        let carried = Carried { index: derive(first, "index")?, tokens: derive(first, "tokens")? };
        let state = State {
            keys: data_keys(file)?,
            sealing,
            index: hmac::Key::new(hmac::HMAC_SHA256, &carried.index),
            tokens: hmac::Key::new(hmac::HMAC_SHA256, &carried.tokens),
            carried,
            checked_at: None,
        };
        Ok(Self { state: RwLock::new(state), source: None })
    }

    /// The same, reading the keys again where one is asked for that it does not know.
    #[must_use]
    pub fn with_source(mut self, source: impl Fn() -> Option<KeyFile> + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T {
        at(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Every key with what the database keeps of it: nothing can be opened with a fingerprint.
    #[must_use]
    pub fn fingerprints(&self) -> Vec<(KeyId, String)> {
        self.look(|state| state.keys.iter().map(|(id, key)| (*id, key.fingerprint.clone())).collect())
    }

    /// The fingerprint of one key, read again if it must be; `None` where it is not at hand.
    #[must_use]
    pub fn fingerprint(&self, id: KeyId) -> Option<String> {
        self.key(id).ok().map(|key| key.fingerprint.clone())
    }

    /// The key that seals.
    #[must_use]
    pub fn sealing(&self) -> KeyId {
        self.look(|state| state.sealing)
    }

    /// Lets a key seal from now on.
    ///
    /// # Errors
    /// [`SecretError::UnknownKey`].
    pub fn seal_under(&self, id: KeyId) -> Result<(), SecretError> {
        self.key(id)?;
        self.change(|state| state.sealing = id);
        Ok(())
    }

    /// The keys that outlive a data key.
    #[must_use]
    pub fn carried(&self) -> Carried {
        self.look(|state| state.carried.clone())
    }

    /// Uses the keys that the database carries.
    pub fn carry(&self, carried: Carried) {
        self.change(|state| {
            state.index = hmac::Key::new(hmac::HMAC_SHA256, &carried.index);
            state.tokens = hmac::Key::new(hmac::HMAC_SHA256, &carried.tokens);
            state.carried = carried;
        });
    }

    /// When the database was last asked which key seals.
    pub(crate) fn checked_at(&self) -> Option<domain::Timestamp> {
        self.look(|state| state.checked_at)
    }

    pub(crate) fn set_checked_at(&self, at: domain::Timestamp) {
        self.change(|state| state.checked_at = Some(at));
    }

    /// Reads the keys again where they came from; those known before stay.
    ///
    /// # Errors
    /// [`SecretError::Library`].
    pub fn reload(&self) -> Result<(), SecretError> {
        if let Some(file) = self.source.as_ref().and_then(|source| source()) {
            let keys = data_keys(&file)?;
            self.change(|state| {
                for (id, key) in keys {
                    state.keys.entry(id).or_insert(key);
                }
            });
        }
        Ok(())
    }

    fn key(&self, id: KeyId) -> Result<Arc<DataKey>, SecretError> {
        let known = || self.look(|state| state.keys.get(&id).cloned());
        if let Some(key) = known() {
            return Ok(key);
        }
        self.reload()?;
        known().ok_or(SecretError::UnknownKey(id))
    }

    /// Seals a text for one place.
    ///
    /// # Errors
    /// [`SecretError::Library`].
    pub fn seal(&self, place: Place, text: &str) -> Result<Vec<u8>, SecretError> {
        let id = self.sealing();
        let nonce: [u8; NONCE_BYTES] = random()?;
        let mut body = text.as_bytes().to_vec();
        self.key(id)?
            .key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated(place)), &mut body)
            .map_err(|_| SecretError::Library)?;
        let mut sealed = Vec::with_capacity(HEAD_BYTES + NONCE_BYTES + body.len());
        sealed.extend_from_slice(&[AES_GCM, id]);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Opens what was sealed for that place, under whichever key.
    ///
    /// # Errors
    /// [`SecretError::Sealed`], [`SecretError::Algorithm`], [`SecretError::UnknownKey`].
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<String, SecretError> {
        let [algorithm, id, rest @ ..] = sealed else { return Err(SecretError::Sealed) };
        if *algorithm != AES_GCM {
            return Err(SecretError::Algorithm(*algorithm));
        }
        let (nonce, body) = rest.split_at_checked(NONCE_BYTES).ok_or(SecretError::Sealed)?;
        if body.len() < TAG_BYTES {
            return Err(SecretError::Sealed);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SecretError::Sealed)?;
        let mut body = body.to_vec();
        let key = self.key(*id)?;
        let text = key.key.open_in_place(nonce, Aad::from(associated(place)), &mut body).map_err(|_| SecretError::Sealed)?;
        String::from_utf8(text.to_vec()).map_err(|_| SecretError::Sealed)
    }

    /// The blind index of a value; the column is part of it, so equal values of different columns do not show.
    #[must_use]
    pub fn blind(&self, column: &'static str, value: &str) -> Vec<u8> {
        self.look(|state| tag(&state.index, column, value.as_bytes()))
    }

    /// A keyed digest for codes and signed addresses that can be made again instead of stored.
    #[must_use]
    pub fn sign(&self, purpose: &'static str, message: &[u8]) -> Vec<u8> {
        self.look(|state| tag(&state.tokens, purpose, message))
    }
}

fn tag(key: &hmac::Key, label: &'static str, message: &[u8]) -> Vec<u8> {
    let mut context = hmac::Context::with_key(key);
    context.update(label.as_bytes());
    context.update(&[0]);
    context.update(message);
    context.sign().as_ref().to_vec()
}

fn derive(secret: &[u8; SECRET_BYTES], label: &'static str) -> Result<[u8; SECRET_BYTES], SecretError> {
    let mut key = [0; SECRET_BYTES];
    let root = Salt::new(HKDF_SHA256, b"linli").extract(secret);
    let expanded = root.expand(&[label.as_bytes()], Bytes32).and_then(|okm| okm.fill(&mut key).map(|()| key));
    expanded.map_err(|_| SecretError::Library)
}

fn data_keys(file: &KeyFile) -> Result<BTreeMap<KeyId, Arc<DataKey>>, SecretError> {
    let made = file.iter().map(|(id, secret)| {
        let print = digest::digest(&digest::SHA256, &derive(secret, "fingerprint")?);
        let key = UnboundKey::new(&AES_256_GCM, &derive(secret, "data")?).map_err(|_| SecretError::Library)?;
        let fingerprint = hex(print.as_ref()).chars().take(16).collect();
        Ok((id, Arc::new(DataKey { key: LessSafeKey::new(key), fingerprint })))
    });
    made.collect()
}

fn associated(place: Place) -> Vec<u8> {
    [place.column.as_bytes(), &[0], place.row.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn ring() -> Keyring {
        Keyring::from_base64(&Keyring::generate().unwrap()).unwrap()
    }

    fn place() -> Place {
        Place { column: "persons.name", row: Uuid::from_u128(1) }
    }

    #[test]
    fn what_is_sealed_opens_only_in_its_place_with_its_key() {
        let (ring, other, place) = (ring(), ring(), place());
        let sealed = ring.seal(place, "张三").unwrap();
        assert_eq!(ring.open(place, &sealed).unwrap(), "张三");
        assert_eq!(other.open(place, &sealed), Err(SecretError::Sealed), "another key");
        assert_eq!(ring.open(Place { row: Uuid::from_u128(2), ..place }, &sealed), Err(SecretError::Sealed), "another row");
        assert_eq!(ring.open(Place { column: "persons.phone", ..place }, &sealed), Err(SecretError::Sealed), "another column");
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(ring.open(place, &bent).is_err(), "byte {at} changed");
        }
        assert!(!sealed.windows(6).any(|window| window == "张三".as_bytes()));
    }

    #[test]
    fn what_cannot_be_opened_says_what_it_lacks() {
        let (ring, place) = (ring(), place());
        let sealed = ring.seal(place, "张三").unwrap();
        let with = |at: usize, byte: u8| {
            let mut bent = sealed.clone();
            bent[at] = byte;
            ring.open(place, &bent)
        };
        assert_eq!(with(0, 2), Err(SecretError::Algorithm(2)));
        assert_eq!(with(1, 9), Err(SecretError::UnknownKey(9)));
        assert_eq!(ring.open(place, &sealed[..13]), Err(SecretError::Sealed));
        assert_eq!(ring.open(place, &[]), Err(SecretError::Sealed));
    }

    #[test]
    fn the_one_in_force_seals_and_any_known_one_opens() {
        let first = KeyFile::parse(&Keyring::generate().unwrap()).unwrap();
        let both = first.clone().with_new(2).unwrap();
        let (before, ring) = (Keyring::new(&first).unwrap(), Keyring::new(&both).unwrap());
        let old = before.seal(place(), "张三").unwrap();
        assert_eq!((ring.sealing(), old[1]), (1, 1), "a key that is only at hand does not seal");
        ring.seal_under(2).unwrap();
        let new = ring.seal(place(), "李四").unwrap();
        assert_eq!((new[1], ring.open(place(), &old).unwrap().as_str(), ring.open(place(), &new).unwrap().as_str()), (2, "张三", "李四"));
        assert_eq!(before.open(place(), &new), Err(SecretError::UnknownKey(2)));
        assert_eq!(before.seal_under(2), Err(SecretError::UnknownKey(2)));
        let reading = Keyring::new(&first).unwrap().with_source(move || Some(both.clone()));
        assert_eq!(reading.open(place(), &new).unwrap(), "李四", "a key that came later is read");
    }

    #[test]
    fn indexes_and_signatures_outlive_the_first_key() {
        let first = KeyFile::parse(&Keyring::generate().unwrap()).unwrap();
        let second = first.clone().with_new(2).unwrap().without(1);
        let (before, after) = (Keyring::new(&first).unwrap(), Keyring::new(&second).unwrap());
        assert_ne!(before.blind("persons.phone", "1"), after.blind("persons.phone", "1"));
        after.carry(before.carried());
        assert_eq!(before.blind("persons.phone", "1"), after.blind("persons.phone", "1"));
        assert_eq!(before.sign("cursor", b"1"), after.sign("cursor", b"1"));
    }

    #[test]
    fn blind_indexes_are_equal_for_equal_values_of_one_column_only() {
        let ring = ring();
        assert_eq!(ring.blind("persons.phone", "1"), ring.blind("persons.phone", "1"));
        assert_ne!(ring.blind("persons.phone", "1"), ring.blind("accounts.phone", "1"));
        assert_ne!(ring.blind("persons.phone", "1"), self::ring().blind("persons.phone", "1"));
    }
}
