//! What WeChat sends to the mini-program's message server: proving who speaks, and reading it.
//!
//! Source: WeChat's pages on 消息推送. In plaintext mode the signature covers only the time and a nonce, not the body; in
//! encrypted mode the body is AES-256-CBC under the key of the setting, and its own signature covers it.

use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::{constant_time, digest, rand};
use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use domain::Timestamp;
use domain::content::ContentPolicy;
use serde::Deserialize;
use thiserror::Error;

use super::content::{Found, ResultBody};

/// Blocks of AES.
const BLOCK: usize = 16;

/// WeChat pads to this many bytes, twice the block of AES.
const PADDED: usize = 32;

/// Random bytes before the length of the message.
const RANDOM: usize = 16;

/// The 43 characters of a key are Base64 without its one sign of padding, and their last bits may be set.
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// Why a message is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// The key of the settings is not 43 characters of Base64.
    #[error("the message key must be the 43 characters that WeChat shows")]
    Key,
    /// The signature does not fit: it does not come from WeChat.
    #[error("the signature does not fit")]
    Signature,
    /// It was signed too long ago, or in the future: somebody may have kept it.
    #[error("it was not signed just now")]
    Stale,
    /// The message is not what the mode of the settings says.
    #[error("the message is not what WeChat sends")]
    Malformed,
}

/// The secrets that WeChat and the message server share.
pub struct MessageKeys {
    token: String,
    aes: Option<[u8; 32]>,
    appid: String,
}

impl std::fmt::Debug for MessageKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessageKeys").field("encrypted", &self.aes.is_some()).finish_non_exhaustive()
    }
}

/// The head of a message, in its query string.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// Over token, time and nonce.
    pub signature: &'a str,
    /// Seconds since 1970.
    pub timestamp: &'a str,
    /// Whatever.
    pub nonce: &'a str,
    /// Over token, time, nonce and the encrypted body.
    pub msg_signature: Option<&'a str>,
}

/// What a message tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// What came of a photo that WeChat was asked to judge; no finding where it could not judge it.
    MediaChecked {
        /// The number under which it was asked.
        trace: String,
        /// What was found.
        found: Option<Found>,
    },
    /// Something that nothing here waits for.
    Other,
}

impl MessageKeys {
    /// The secrets of the settings; with a key, only encrypted messages are taken.
    ///
    /// # Errors
    /// [`MessageError::Key`].
    pub fn new(token: impl Into<String>, aes: Option<&str>, appid: impl Into<String>) -> Result<Self, MessageError> {
        let read = |text: &str| -> Result<[u8; 32], MessageError> {
            KEY_BASE64.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(MessageError::Key)
        };
        Ok(Self { token: token.into(), aes: aes.map(read).transpose()?, appid: appid.into() })
    }

    /// The signature over these parts and the token.
    #[must_use]
    pub fn sign(&self, parts: &[&str]) -> String {
        let mut all: Vec<&str> = parts.iter().copied().chain([self.token.as_str()]).collect();
        all.sort_unstable();
        persistence::secret::hex(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, all.concat().as_bytes()).as_ref())
    }

    /// Whether WeChat speaks, and now. Until when the same head would be taken.
    ///
    /// # Errors
    /// [`MessageError::Signature`], [`MessageError::Stale`].
    pub fn verify(&self, head: &Head<'_>, now: Timestamp) -> Result<Timestamp, MessageError> {
        self.fits(head.signature, &[head.timestamp, head.nonce])?;
        let signed = head.timestamp.parse().ok().and_then(|seconds| Timestamp::from_timestamp(seconds, 0));
        signed.and_then(|signed| ContentPolicy::default().taken_until(signed, now)).ok_or(MessageError::Stale)
    }

    /// Whether signatures cover no body, because messages are not encrypted.
    #[must_use]
    pub const fn are_plain(&self) -> bool {
        self.aes.is_none()
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn read(&self, head: &Head<'_>, body: &[u8], now: Timestamp) -> Result<Message, MessageError> {
        #[derive(Deserialize)]
        struct Encrypted {
            #[serde(rename = "Encrypt")]
            encrypt: String,
        }
        self.verify(head, now)?;
        let Some(key) = &self.aes else { return message(body) };
        let encrypted: Encrypted = serde_json::from_slice(body).map_err(|_| MessageError::Malformed)?;
        let signature = head.msg_signature.ok_or(MessageError::Signature)?;
        self.fits(signature, &[head.timestamp, head.nonce, &encrypted.encrypt])?;
        message(&self.open(key, &encrypted.encrypt)?)
    }

    fn fits(&self, signature: &str, parts: &[&str]) -> Result<(), MessageError> {
        constant_time::verify_slices_are_equal(self.sign(parts).as_bytes(), signature.as_bytes()).map_err(|_| MessageError::Signature)
    }

    /// Decrypts: 16 random bytes, the length, the message, the appid, padded to 32.
    fn open(&self, key: &[u8; 32], encrypted: &str) -> Result<Vec<u8>, MessageError> {
        let malformed = || MessageError::Malformed;
        let mut bytes = KEY_BASE64.decode(encrypted).map_err(|_| malformed())?;
        let cipher = UnboundCipherKey::new(&AES_256, key).and_then(DecryptingKey::cbc).map_err(|_| malformed())?;
        let plain = cipher.decrypt(&mut bytes, DecryptionContext::Iv128(iv(key).into())).map_err(|_| malformed())?;
        let padding = plain.last().map(|byte| usize::from(*byte)).filter(|padding| (1..=PADDED).contains(padding)).ok_or_else(malformed)?;
        let plain = plain.get(RANDOM..plain.len().checked_sub(padding).ok_or_else(malformed)?).ok_or_else(malformed)?;
        let (length, rest) = plain.split_first_chunk::<4>().ok_or_else(malformed)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| malformed())?;
        let (message, appid) = rest.split_at_checked(length).ok_or_else(malformed)?;
        if appid == self.appid.as_bytes() { Ok(message.to_vec()) } else { Err(malformed()) }
    }

    /// Encrypts as WeChat does, where there is a key; the stand-in sends it.
    pub(super) fn seal(&self, message: &[u8]) -> Result<Option<String>, MessageError> {
        let Some(key) = &self.aes else { return Ok(None) };
        let failed = |_| MessageError::Malformed;
        let mut plain = vec![0; RANDOM];
        rand::fill(&mut plain).map_err(failed)?;
        plain.extend_from_slice(&u32::try_from(message.len()).map_err(|_| MessageError::Malformed)?.to_be_bytes());
        plain.extend_from_slice(message);
        plain.extend_from_slice(self.appid.as_bytes());
        let padding = PADDED - plain.len() % PADDED;
        plain.resize(plain.len() + padding, u8::try_from(padding).unwrap_or_default());
        let cipher = UnboundCipherKey::new(&AES_256, key).and_then(EncryptingKey::cbc).map_err(failed)?;
        cipher.less_safe_encrypt(&mut plain, EncryptionContext::Iv128(iv(key).into())).map_err(failed)?;
        Ok(Some(base64::engine::general_purpose::STANDARD.encode(plain)))
    }
}

/// WeChat takes the first half of the key for it.
fn iv(key: &[u8; 32]) -> [u8; BLOCK] {
    let mut iv = [0; BLOCK];
    iv.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    iv
}

fn message(body: &[u8]) -> Result<Message, MessageError> {
    #[derive(Deserialize)]
    struct Event {
        #[serde(rename = "Event", default)]
        event: String,
        #[serde(default)]
        trace_id: String,
        #[serde(default)]
        errcode: i64,
        result: Option<ResultBody>,
    }
    let event: Event = serde_json::from_slice(body).map_err(|_| MessageError::Malformed)?;
    if event.event != "wxa_media_check" || event.trace_id.is_empty() {
        return Ok(Message::Other);
    }
    let found = event.result.filter(|_| event.errcode == 0).map(Found::from);
    Ok(Message::MediaChecked { trace: event.trace_id, found })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::Timestamp;

    use super::{Head, Message, MessageError, MessageKeys};
    use crate::wechat::{Found, Suggest};

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    const BODY: &str = r#"{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1626959646,"MsgType":"event","Event":"wxa_media_check",
        "appid":"wx1","trace_id":"t1","version":2,"errcode":0,"errmsg":"ok","result":{"suggest":"risky","label":20002},"detail":[]}"#;

    const NOW: &str = "1790000000";

    fn now() -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn risky() -> Message {
        Message::MediaChecked { trace: "t1".to_owned(), found: Some(Found { suggest: Suggest::Risky, label: Some(20002) }) }
    }

    #[test]
    fn the_signature_is_that_of_wechats_page() {
        let keys = MessageKeys::new("AAAAA", None, "wx1").unwrap();
        // sha1("123456789" + "1600000000" + "AAAAA"): the parts in the order of their characters.
        assert_eq!(keys.sign(&["1600000000", "123456789"]), "ca868a39d35cff90133bae12099c981a0c11ac0f");
    }

    #[test]
    fn a_plain_message_is_taken_with_its_signature_only() {
        let keys = MessageKeys::new("token", None, "wx1").unwrap();
        let signature = keys.sign(&[NOW, "n"]);
        let head = Head { signature: &signature, timestamp: NOW, nonce: "n", msg_signature: None };
        assert_eq!(keys.read(&head, BODY.as_bytes(), now()), Ok(risky()));
        assert_eq!(keys.read(&Head { nonce: "m", ..head.clone() }, BODY.as_bytes(), now()), Err(MessageError::Signature));
        assert_eq!(keys.read(&Head { signature: "", ..head.clone() }, BODY.as_bytes(), now()), Err(MessageError::Signature));
        assert_eq!(keys.read(&head, b"<xml/>", now()), Err(MessageError::Malformed));
        assert_eq!(keys.read(&head, br#"{"Event":"user_enter_tempsession"}"#, now()), Ok(Message::Other));
        let failed = br#"{"Event":"wxa_media_check","trace_id":"t1","errcode":-1008,"errmsg":"cannot download"}"#;
        assert_eq!(keys.read(&head, failed, now()), Ok(Message::MediaChecked { trace: "t1".to_owned(), found: None }));
    }

    #[test]
    fn what_was_not_signed_just_now_is_not_taken() {
        for keys in [MessageKeys::new("token", None, "wx1").unwrap(), MessageKeys::new("token", Some(KEY), "wx1").unwrap()] {
            let encrypted = keys.seal(BODY.as_bytes()).unwrap();
            let body = encrypted.as_ref().map_or(BODY.to_owned(), |text| format!(r#"{{"Encrypt":"{text}"}}"#));
            let signed = |at: &str| (keys.sign(&[at, "n"]), encrypted.as_ref().map(|text| keys.sign(&[at, "n", text])));
            let read = |at: &str, now: Timestamp| {
                let (signature, over_body) = signed(at);
                let head = Head { signature: &signature, timestamp: at, nonce: "n", msg_signature: over_body.as_deref() };
                keys.read(&head, body.as_bytes(), now)
            };
            assert_eq!(read(NOW, now() + TimeDelta::minutes(10)), Ok(risky()));
            assert_eq!(read(NOW, now() - TimeDelta::minutes(10)), Ok(risky()));
            assert_eq!(read(NOW, now() + TimeDelta::seconds(601)), Err(MessageError::Stale));
            assert_eq!(read(NOW, now() - TimeDelta::seconds(601)), Err(MessageError::Stale));
            for riddle in ["", "now", "99999999999999999999"] {
                assert_eq!(read(riddle, now()), Err(MessageError::Stale));
            }
        }
    }

    #[test]
    fn with_a_key_only_what_was_encrypted_under_it_is_taken() {
        let keys = MessageKeys::new("token", Some(KEY), "wx1").unwrap();
        let encrypted = keys.seal(BODY.as_bytes()).unwrap().unwrap();
        let body = format!(r#"{{"ToUserName":"gh_1","Encrypt":"{encrypted}"}}"#);
        let (signature, msg_signature) = (keys.sign(&[NOW, "n"]), keys.sign(&[NOW, "n", &encrypted]));
        let head = Head { signature: &signature, timestamp: NOW, nonce: "n", msg_signature: Some(&msg_signature) };
        assert_eq!(keys.read(&head, body.as_bytes(), now()), Ok(risky()));
        assert_eq!(keys.read(&head, BODY.as_bytes(), now()), Err(MessageError::Malformed), "plaintext is not taken");
        let unsigned = Head { msg_signature: None, ..head.clone() };
        assert_eq!(keys.read(&unsigned, body.as_bytes(), now()), Err(MessageError::Signature));
        let other_app = MessageKeys::new("token", Some(KEY), "wx2").unwrap();
        assert_eq!(other_app.read(&head, body.as_bytes(), now()), Err(MessageError::Malformed), "it is for one mini-program");
        let other_key = MessageKeys::new("token", Some(&KEY.replace('a', "b")), "wx1").unwrap();
        assert_eq!(other_key.read(&head, body.as_bytes(), now()), Err(MessageError::Malformed));
        assert_eq!(MessageKeys::new("token", Some("short"), "wx1").err(), Some(MessageError::Key));
    }

    #[test]
    fn no_length_of_a_message_breaks_the_padding() {
        let keys = MessageKeys::new("token", Some(KEY), "wx1").unwrap();
        for length in 0..70 {
            let text = "x".repeat(length);
            let sealed = keys.seal(text.as_bytes()).unwrap().unwrap();
            assert_eq!(keys.open(keys.aes.as_ref().unwrap(), &sealed), Ok(text.into_bytes()));
        }
    }
}
