//! Access tokens: short, signed with Ed25519, checked against published keys.

use std::sync::{Arc, RwLock};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use moka::sync::Cache;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::problem::{Code, Problem};

/// How long an access token is good for.
pub const ACCESS_MINUTES: i64 = 15;

/// The type in the header of an access token (RFC 9068).
const TOKEN_TYPE: &str = "at+jwt";

/// Checked tokens that are remembered, so that a signature is checked once.
const REMEMBERED: u64 = 20_000;

/// What a token says: who and which session, nothing else.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
}

/// What a checked token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The account.
    pub account: Uuid,
    /// The session.
    pub session: Uuid,
    /// Until when, in seconds since 1970.
    expires: i64,
}

/// A key pair: the newest that is not retired signs, all that are not retired check.
pub struct SigningKey {
    id: Uuid,
    public: Vec<u8>,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl SigningKey {
    /// A new key in PKCS#8, with its public part.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn generate() -> Result<(Vec<u8>, Vec<u8>), Problem> {
        let document = Ed25519KeyPair::generate().map_err(|_| Problem::internal("no key"))?;
        let private = document.to_pkcs8v1().map_err(|_| Problem::internal("no key"))?;
        Ok((private.as_ref().to_vec(), document.public_key().as_ref().to_vec()))
    }

    /// A key that was kept.
    #[must_use]
    pub fn new(id: Uuid, private: &[u8], public: Vec<u8>) -> Self {
        Self { id, encoding: EncodingKey::from_ed_der(private), decoding: DecodingKey::from_ed_der(&public), public }
    }
}

/// Makes and checks access tokens.
pub struct Tokens {
    issuer: String,
    keys: RwLock<Arc<Vec<SigningKey>>>,
    checked: Cache<Vec<u8>, Checked>,
}

impl Tokens {
    /// Tokens of an issuer, with no keys yet.
    #[must_use]
    pub fn new(issuer: &str) -> Self {
        Self { issuer: issuer.to_owned(), keys: RwLock::default(), checked: Cache::new(REMEMBERED) }
    }

    /// Replaces the keys, newest first.
    pub fn set_keys(&self, keys: Vec<SigningKey>) {
        if let Ok(mut held) = self.keys.write() {
            *held = Arc::new(keys);
        }
        self.checked.invalidate_all();
    }

    fn keys(&self) -> Arc<Vec<SigningKey>> {
        self.keys.read().map(|keys| Arc::clone(&keys)).unwrap_or_default()
    }

    /// A token for a session, and when it ends.
    ///
    /// # Errors
    /// There is no key.
    pub fn issue(&self, account: Uuid, session: Uuid, now: DateTime<Utc>, lasts: TimeDelta) -> Result<(String, DateTime<Utc>), Problem> {
        let keys = self.keys();
        let key = keys.first().ok_or_else(|| Problem::internal("no signing key"))?;
        let expires = now + lasts;
        let header = Header { typ: Some(TOKEN_TYPE.to_owned()), kid: Some(key.id.to_string()), ..Header::new(Algorithm::EdDSA) };
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: account,
            sid: session,
            iat: now.timestamp(),
            exp: expires.timestamp(),
        };
        let token = jsonwebtoken::encode(&header, &claims, &key.encoding).map_err(Problem::internal)?;
        Ok((token, expires))
    }

    /// Who issues tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Signs a statement that is no access token, of a type of its own (JWS).
    ///
    /// # Errors
    /// There is no key.
    pub fn state<T: Serialize>(&self, kind: &'static str, claims: &T) -> Result<String, Problem> {
        let keys = self.keys();
        let key = keys.first().ok_or_else(|| Problem::internal("no signing key"))?;
        let header = Header { typ: Some(kind.to_owned()), kid: Some(key.id.to_string()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &key.encoding).map_err(Problem::internal)
    }

    /// Checks a token: signature, algorithm, type, issuer, audience and time. A token that was checked before is still
    /// checked for its time; whether its session lives is asked of the store.
    ///
    /// # Errors
    /// [`Code::Unauthenticated`], whatever is wrong with it.
    pub fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Checked, Problem> {
        let digest = persistence::secret::sha256(token.as_bytes());
        let checked = match self.checked.get(&digest) {
            Some(checked) => checked,
            None => {
                let checked = self.verify(token)?;
                self.checked.insert(digest, checked);
                checked
            }
        };
        if checked.expires > now.timestamp() { Ok(checked) } else { Err(Problem::from(Code::Unauthenticated).because("expired")) }
    }

    fn verify(&self, token: &str) -> Result<Checked, Problem> {
        let refuse = |why: String| Problem::from(Code::Unauthenticated).because(why);
        let header = jsonwebtoken::decode_header(token).map_err(|error| refuse(error.to_string()))?;
        if header.typ.as_deref() != Some(TOKEN_TYPE) {
            return Err(refuse("wrong type of token".to_owned()));
        }
        let keys = self.keys();
        let key = keys.iter().find(|key| header.kid.as_deref() == Some(key.id.to_string().as_str()));
        let key = key.ok_or_else(|| refuse("unknown key".to_owned()))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Time is checked by the clock that was handed in, see `check`.
        validation.validate_exp = false;
        let data = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).map_err(|error| refuse(error.to_string()))?;
        Ok(Checked { account: data.claims.sub, session: data.claims.sid, expires: data.claims.exp })
    }

    /// The keys with which anybody can check a token (RFC 7517, RFC 8037).
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        let key = |key: &SigningKey| {
            serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
                "kid": key.id, "x": URL_SAFE_NO_PAD.encode(&key.public),
            })
        };
        serde_json::json!({ "keys": self.keys().iter().map(key).collect::<Vec<_>>() })
    }
}

/// A public key of Ed25519 with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// The id that tokens name.
    pub id: String,
    /// The key itself, 32 bytes.
    pub bytes: Vec<u8>,
}

/// Reads a statement that was signed with one of these keys.
///
/// # Errors
/// In words, for whoever verifies: another type, an unknown key, a wrong signature, other claims.
pub fn read_statement<T: DeserializeOwned>(keys: &[PublicKey], kind: &'static str, token: &str) -> Result<T, String> {
    let header = jsonwebtoken::decode_header(token).map_err(|error| error.to_string())?;
    if header.typ.as_deref() != Some(kind) {
        return Err("another type of token".to_owned());
    }
    let key = keys.iter().find(|key| header.kid.as_deref() == Some(&key.id)).ok_or("an unknown key")?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    // A statement stays true: it has no end, and nobody it is made for.
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let data = jsonwebtoken::decode::<T>(token, &DecodingKey::from_ed_der(&key.bytes), &validation);
    data.map(|data| data.claims).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        let tokens = Tokens::new("https://linli.test");
        let (private, public) = SigningKey::generate().unwrap();
        tokens.set_keys(vec![SigningKey::new(Uuid::from_u128(1), &private, public)]);
        tokens
    }

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    #[test]
    fn a_token_is_good_until_its_end_also_when_it_is_remembered() {
        let tokens = tokens();
        let (account, session) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let (token, end) = tokens.issue(account, session, noon(), TimeDelta::minutes(15)).unwrap();
        let checked = tokens.check(&token, noon()).unwrap();
        assert_eq!((checked.account, checked.session), (account, session));
        assert!(tokens.check(&token, end - TimeDelta::seconds(1)).is_ok());
        assert!(tokens.check(&token, end).is_err(), "a remembered token ends too");
    }

    #[test]
    fn tokens_of_others_are_refused() {
        let (ours, theirs) = (tokens(), tokens());
        let (token, _) = theirs.issue(Uuid::nil(), Uuid::nil(), noon(), TimeDelta::minutes(15)).unwrap();
        assert_eq!(ours.check(&token, noon()).unwrap_err().code, Code::Unauthenticated, "same key id, other key");
        for broken in ["", "a.b.c", token.trim_end_matches(char::is_alphanumeric)] {
            assert!(ours.check(broken, noon()).is_err());
        }
        let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#), URL_SAFE_NO_PAD.encode("{}"));
        assert!(ours.check(&unsigned, noon()).is_err());
    }
}
