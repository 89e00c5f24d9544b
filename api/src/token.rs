//! Access tokens: short, signed with Ed25519, checked against published keys.

use std::sync::{Arc, RwLock};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::identity::{ClientScope, KeyTimes, KeyUse};
use domain::vocabulary::Vocabulary;
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

/// What a token says: who and which session, and of machine clients the scopes; nothing else.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
    /// Ours have none: they hold at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    /// Of a machine client, itself once more (RFC 9068, 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_id: Option<Uuid>,
    /// Of a machine client, what it may do, with spaces between (RFC 9068, 2.2.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

/// What a checked token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The account; of a machine client, the client.
    pub account: Uuid,
    /// The session; of a machine client, what it has proved itself with.
    pub session: Uuid,
    /// The scopes of a machine client; none for everybody else.
    pub scopes: Option<Arc<[ClientScope]>>,
    /// From when on, in seconds since 1970.
    begins: i64,
    /// Until when.
    expires: i64,
}

/// A key pair: the last whose time has come signs, all that are not retired check.
pub struct SigningKey {
    id: Uuid,
    activates: DateTime<Utc>,
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

    /// A key that was kept, and signs from a moment on.
    #[must_use]
    pub fn new(id: Uuid, activates: DateTime<Utc>, private: &[u8], public: Vec<u8>) -> Self {
        Self { id, activates, encoding: EncodingKey::from_ed_der(private), decoding: DecodingKey::from_ed_der(&public), public }
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

    /// Whether these are the keys, in this order.
    #[must_use]
    pub fn has_keys(&self, ids: &[Uuid]) -> bool {
        self.keys().iter().map(|key| key.id).eq(ids.iter().copied())
    }

    /// Replaces the keys by those that are not retired.
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
        self.sign((account, session), None, now, lasts)
    }

    /// A token for a machine client that has proved itself, and when it ends.
    ///
    /// # Errors
    /// There is no key.
    pub fn issue_to_client(
        &self,
        client: Uuid,
        credential: Uuid,
        scopes: &[ClientScope],
        now: DateTime<Utc>,
        lasts: TimeDelta,
    ) -> Result<(String, DateTime<Utc>), Problem> {
        let scope = scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        self.sign((client, credential), Some(scope), now, lasts)
    }

    fn sign(
        &self,
        (account, session): (Uuid, Uuid),
        scope: Option<String>,
        now: DateTime<Utc>,
        lasts: TimeDelta,
    ) -> Result<(String, DateTime<Utc>), Problem> {
        let keys = self.keys();
        let signs = signing(&keys, now);
        let key = keys.iter().find(|key| Some(key.id) == signs).ok_or_else(|| Problem::internal("no signing key"))?;
        let expires = now + lasts;
        let header = Header { typ: Some(TOKEN_TYPE.to_owned()), kid: Some(key.id.to_string()), ..Header::new(Algorithm::EdDSA) };
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: account,
            sid: session,
            iat: now.timestamp(),
            exp: expires.timestamp(),
            nbf: None,
            client_id: scope.as_ref().map(|_| account),
            scope,
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
    pub fn state<T: Serialize>(&self, kind: &'static str, claims: &T, now: DateTime<Utc>) -> Result<String, Problem> {
        let keys = self.keys();
        let signs = signing(&keys, now);
        let key = keys.iter().find(|key| Some(key.id) == signs).ok_or_else(|| Problem::internal("no signing key"))?;
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
                self.checked.insert(digest, checked.clone());
                checked
            }
        };
        let refuse = |why: &str| Err(Problem::from(Code::Unauthenticated).because(why));
        if checked.begins > now.timestamp() {
            refuse("not yet valid")
        } else if checked.expires <= now.timestamp() {
            refuse("expired")
        } else {
            Ok(checked)
        }
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
        // A scope that this program does not know opens nothing.
        let scopes = data.claims.scope.map(|scope| scope.split(' ').filter_map(ClientScope::from_text).collect());
        let Claims { sub: account, sid: session, nbf, exp: expires, .. } = data.claims;
        Ok(Checked { account, session, scopes, begins: nbf.unwrap_or(i64::MIN), expires })
    }

    /// The keys with which anybody can check a token (RFC 7517, RFC 8037), the one that signs now first.
    #[must_use]
    pub fn jwks(&self, now: DateTime<Utc>) -> serde_json::Value {
        let key = |key: &SigningKey| {
            serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
                "kid": key.id, "x": URL_SAFE_NO_PAD.encode(&key.public),
            })
        };
        let keys = self.keys();
        let signs = signing(&keys, now);
        let (first, others): (Vec<_>, Vec<_>) = keys.iter().partition(|key| Some(key.id) == signs);
        serde_json::json!({ "keys": first.into_iter().chain(others).map(key).collect::<Vec<_>>() })
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

/// The key that signs now.
fn signing(keys: &[SigningKey], now: DateTime<Utc>) -> Option<Uuid> {
    let uses: Vec<KeyUse> = keys.iter().map(|key| KeyUse { id: key.id, activates: key.activates }).collect();
    KeyTimes::signs(&uses, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tokens() -> Tokens {
        let tokens = Tokens::new("https://linli.test");
        let (private, public) = SigningKey::generate().unwrap();
        tokens.set_keys(vec![SigningKey::new(Uuid::from_u128(1), noon(), &private, public)]);
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
    fn a_new_key_signs_when_its_time_has_come_and_both_check() {
        let tokens = Tokens::new("https://linli.test");
        let later = noon() + TimeDelta::minutes(10);
        let key = |id: u128, activates| {
            let (private, public) = SigningKey::generate().unwrap();
            SigningKey::new(Uuid::from_u128(id), activates, &private, public)
        };
        tokens.set_keys(vec![key(1, noon()), key(2, later)]);
        let issued = |now| tokens.issue(Uuid::nil(), Uuid::nil(), now, TimeDelta::minutes(15)).unwrap().0;
        let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
        let (old, new) = (issued(noon()), issued(later));
        assert_eq!((kid(&old), kid(&new)), (Uuid::from_u128(1).to_string(), Uuid::from_u128(2).to_string()));
        assert!(tokens.check(&old, later).is_ok() && tokens.check(&new, later).is_ok());
        assert_eq!(tokens.jwks(later)["keys"][0]["kid"], json!(Uuid::from_u128(2)));
        assert_eq!(tokens.jwks(noon())["keys"].as_array().unwrap().len(), 2, "published before it signs");
    }

    #[test]
    fn scopes_travel_with_the_token_of_a_client() {
        let tokens = tokens();
        let scopes = [ClientScope::OrdersRead, ClientScope::StatisticsRead];
        let (token, _) = tokens.issue_to_client(Uuid::from_u128(7), Uuid::from_u128(8), &scopes, noon(), TimeDelta::minutes(15)).unwrap();
        assert_eq!(tokens.check(&token, noon()).unwrap().scopes.as_deref(), Some(&scopes[..]));
        let (token, _) = tokens.issue(Uuid::from_u128(7), Uuid::from_u128(8), noon(), TimeDelta::minutes(15)).unwrap();
        assert_eq!(tokens.check(&token, noon()).unwrap().scopes, None);
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
