//! Assertions of clients (RFC 7523): who signs, for whom, until when. Each is good once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::identity::{ClientAlgorithm, IdentityPolicy};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use persistence::client::{Credential, Proof};
use serde::Deserialize;
use uuid::Uuid;

/// The types that a header may name; a token of ours has another.
const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];

/// The longest id of an assertion, in bytes.
const LONGEST_ID: usize = 256;

/// An assertion that was not looked at yet.
pub(super) struct Assertion {
    text: String,
    kid: Option<String>,
    algorithm: Algorithm,
    /// The client that it says to be from.
    pub(super) client: Uuid,
}

/// Whom it is for: one, alone or as a list of one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    jti: String,
    iat: Option<i64>,
    nbf: Option<i64>,
}

/// What an assertion says that holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Proved {
    /// The key that has signed it.
    pub(super) credential: Uuid,
    /// The id under which it is used once.
    pub(super) jti: String,
    /// Until when it would hold.
    pub(super) expires: DateTime<Utc>,
}

/// The longest assertion that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;

impl Assertion {
    /// Reads who it says to be from; nothing of it is believed yet.
    ///
    /// # Errors
    /// Why it is none.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err("longer than any assertion".to_owned());
        }
        // What it holds is the caller's text: never part of a reason, which goes into the log.
        let header = jsonwebtoken::decode_header(text).map_err(|_| "no head of an assertion".to_owned())?;
        if header.typ.as_deref().is_some_and(|kind| !TYPES.contains(&kind)) {
            return Err("wrong type of assertion".to_owned());
        }
        let body = text.split('.').nth(1).and_then(|body| URL_SAFE_NO_PAD.decode(body).ok()).ok_or("no body")?;
        let claims: Claims = serde_json::from_slice(&body).map_err(|_| "no claims of an assertion".to_owned())?;
        let client = claims.sub.parse().map_err(|_| "sub is no client".to_owned())?;
        Ok(Self { text: text.to_owned(), kid: header.kid, algorithm: header.alg, client })
    }

    /// Checks it with the keys of that client: only with the algorithm that the key was registered for.
    ///
    /// # Errors
    /// Why it does not hold.
    pub(super) fn check(&self, keys: &[Credential], issuer: &str, policy: &IdentityPolicy, now: DateTime<Utc>) -> Result<Proved, String> {
        let (credential, algorithm, key) = self.key(keys)?;
        if self.algorithm != algorithm {
            return Err("another algorithm than the key's".to_owned());
        }
        let mut validation = Validation::new(algorithm);
        // Times and audience are checked below: by the clock that was handed in, and more strictly.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let claims =
            jsonwebtoken::decode::<Claims>(&self.text, &key, &validation).map_err(|_| "the signature does not hold".to_owned())?.claims;
        let client = self.client.to_string();
        let ours = match &claims.aud {
            Audience::One(one) => one == issuer,
            Audience::Many(many) => matches!(many.as_slice(), [one] if one == issuer),
        };
        let (earliest, latest) = (now.timestamp(), now.timestamp() + policy.assertion_seconds);
        let ahead = |at: Option<i64>| at.is_some_and(|at| at > earliest + policy.skew_seconds);
        if claims.iss != client || claims.sub != client {
            Err("iss and sub are not the client".to_owned())
        } else if !ours {
            Err("aud is not the issuer alone".to_owned())
        } else if claims.exp <= earliest || claims.exp > latest + policy.skew_seconds {
            Err(format!("exp is not within {} seconds", policy.assertion_seconds))
        } else if ahead(claims.iat) || ahead(claims.nbf) {
            Err("from the future".to_owned())
        } else if claims.jti.is_empty() || claims.jti.len() > LONGEST_ID {
            Err("no jti that can be kept".to_owned())
        } else {
            let expires = now + TimeDelta::try_seconds(claims.exp - earliest).unwrap_or_default();
            Ok(Proved { credential, jti: claims.jti, expires })
        }
    }

    /// The key that the header names; without a name, the only one.
    fn key(&self, keys: &[Credential]) -> Result<(Uuid, Algorithm, DecodingKey), String> {
        let named = |credential: &&Credential| match (&credential.proof, &self.kid) {
            (Proof::Key { kid, .. }, Some(name)) => kid == name,
            (Proof::Key { .. }, None) => keys.len() == 1,
            (Proof::Secret, _) => false,
        };
        let credential = keys.iter().find(named).ok_or("no such key")?;
        let Proof::Key { algorithm, jwk, .. } = &credential.proof else { return Err("no key".to_owned()) };
        let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_str(jwk).map_err(|error| error.to_string())?;
        let algorithm = match algorithm {
            ClientAlgorithm::EdDsa => Algorithm::EdDSA,
            ClientAlgorithm::Es256 => Algorithm::ES256,
            ClientAlgorithm::Rs256 => Algorithm::RS256,
        };
        Ok((credential.id, algorithm, DecodingKey::from_jwk(&jwk).map_err(|error| error.to_string())?))
    }
}
