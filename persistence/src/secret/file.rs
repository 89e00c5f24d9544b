//! The keys as they are given to the program: one of 32 bytes in Base64, or several as lines of `ID:KEY`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{SecretError, random};

/// The number by which sealed values name their key. A later key has a greater one.
pub type KeyId = u8;

/// The id of a key that stands alone, without one: the first.
const FIRST: KeyId = 1;

/// The bytes of a key.
pub(super) const SECRET_BYTES: usize = 32;

/// Keys by their ids, as a key file or a setting holds them. Lines that begin with `#` are notes.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyFile(BTreeMap<KeyId, [u8; SECRET_BYTES]>);

/// Leaves the keys out.
impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("KeyFile").field(&self.0.keys().collect::<Vec<_>>()).finish()
    }
}

impl KeyFile {
    /// Reads keys, separated by lines, spaces or commas; one alone may stand without its id, which is then 1.
    ///
    /// # Errors
    /// [`SecretError::Key`], [`SecretError::KeyLine`], [`SecretError::KeyTwice`].
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let words = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let words = words.flat_map(|line| line.split(|at: char| at.is_whitespace() || at == ',')).filter(|word| !word.is_empty());
        let mut keys = BTreeMap::new();
        for word in words {
            let (id, secret) = match word.split_once(':') {
                Some((id, secret)) => (id.parse().ok().filter(|id| *id >= FIRST).ok_or(SecretError::KeyLine)?, secret),
                None => (FIRST, word),
            };
            let secret = STANDARD.decode(secret).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(SecretError::Key)?;
            if keys.insert(id, secret).is_some() {
                return Err(SecretError::KeyTwice(id));
            }
        }
        if keys.is_empty() { Err(SecretError::Key) } else { Ok(Self(keys)) }
    }

    /// The same with one more key, made now; its id is given out for the first time.
    ///
    /// # Errors
    /// [`SecretError::KeyTwice`] where the id is taken, [`SecretError::Library`].
    pub fn with_new(mut self, id: KeyId) -> Result<Self, SecretError> {
        let secret = random::<SECRET_BYTES>()?;
        if self.0.insert(id, secret).is_some() { Err(SecretError::KeyTwice(id)) } else { Ok(self) }
    }

    /// The same without a key.
    #[must_use]
    pub fn without(mut self, id: KeyId) -> Self {
        self.0.remove(&id);
        self
    }

    /// What a file that holds these keys says.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.iter().map(|(id, secret)| format!("{id}:{}\n", STANDARD.encode(secret))).collect()
    }

    /// The keys, the first one first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (KeyId, &[u8; SECRET_BYTES])> {
        self.0.iter().map(|(id, secret)| (*id, secret))
    }

    /// The ids, the first one first.
    #[must_use]
    pub fn ids(&self) -> Vec<KeyId> {
        self.0.keys().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyFile, SecretError};

    const ONE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const OTHER: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    #[test]
    fn a_key_alone_is_the_first_and_several_have_ids() {
        assert_eq!(KeyFile::parse(&format!("{ONE}\n")).unwrap().ids(), [1]);
        let several = KeyFile::parse(&format!("# rotated in May\n1:{ONE}\n7:{OTHER}\n")).unwrap();
        assert_eq!(several.ids(), [1, 7]);
        assert_eq!(KeyFile::parse(&format!("{ONE},7:{OTHER}")).unwrap(), several);
        assert_eq!(KeyFile::parse(&several.text()).unwrap(), several, "what is written is read");
        assert!(!format!("{several:?}").contains("AAAA"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let refused = |text: &str| KeyFile::parse(text).unwrap_err();
        assert_eq!(refused(""), SecretError::Key);
        assert_eq!(refused("c2hvcnQ="), SecretError::Key);
        assert_eq!(refused("not base64"), SecretError::Key);
        assert_eq!(refused(&format!("0:{ONE}")), SecretError::KeyLine);
        assert_eq!(refused(&format!("256:{ONE}")), SecretError::KeyLine);
        assert_eq!(refused(&format!("{ONE} 1:{OTHER}")), SecretError::KeyTwice(1));
    }

    #[test]
    fn keys_are_added_and_dropped() {
        let first = KeyFile::parse(ONE).unwrap();
        let both = first.clone().with_new(2).unwrap();
        assert_eq!(both.ids(), [1, 2]);
        assert_eq!(both.clone().with_new(2).unwrap_err(), SecretError::KeyTwice(2));
        assert_eq!(both.without(2), first);
    }
}
