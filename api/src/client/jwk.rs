//! Public keys of clients (RFC 7517): what may be registered.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::identity::ClientAlgorithm;
use domain::vocabulary::Vocabulary;
use persistence::client::NewKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{Problem, Rule};

/// RSA keys have so many bytes or more (2048 bits).
const RSA_BYTES: usize = 256;

/// And no more than so many: checking with them costs.
const RSA_LONGEST: usize = 512;

/// A public key. Members of a private key are unknown fields here, and refused.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClientKey)]
pub struct Jwk {
    /// The kind of key: `OKP` (Ed25519), `EC` (P-256) or `RSA`.
    #[schema(max_length = 8, example = "OKP")]
    kty: String,
    /// Its id, which assertions name in their header; unique among the client's keys.
    #[schema(min_length = 1, max_length = 128)]
    kid: String,
    /// The algorithm, where it is said: `EdDSA`, `ES256` or `RS256`, as the kind of key asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 8)]
    alg: Option<String>,
    /// What it is for, where it is said: `sig`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 8)]
    r#use: Option<String>,
    /// The curve of `OKP` and `EC`: `Ed25519` or `P-256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 16)]
    crv: Option<String>,
    /// The key of `OKP`, the first coordinate of `EC`, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    x: Option<String>,
    /// The second coordinate of `EC`, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    y: Option<String>,
    /// The modulus of `RSA`, base64url: 2048 to 4096 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1024)]
    n: Option<String>,
    /// The exponent of `RSA`, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 8)]
    e: Option<String>,
}

impl Jwk {
    /// Reads keys to register.
    ///
    /// # Errors
    /// Names the field below `/keys`.
    pub(super) fn read(keys: &[Self]) -> Result<Vec<NewKey>, Problem> {
        let mut read: Vec<NewKey> = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            let algorithm = key.algorithm().ok_or_else(|| Problem::field(format!("/keys/{index}"), Rule::PublicKey))?;
            if read.iter().any(|other| other.kid == key.kid) {
                return Err(Problem::field(format!("/keys/{index}/kid"), Rule::Duplicates));
            }
            let jwk = serde_json::to_string(key).map_err(Problem::internal)?;
            read.push(NewKey { id: Uuid::now_v7(), kid: key.kid.clone(), algorithm, jwk });
        }
        Ok(read)
    }

    /// The one algorithm of the key; `None` where the key is not one that may be registered.
    fn algorithm(&self) -> Option<ClientAlgorithm> {
        let bytes = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref().unwrap_or_default()).unwrap_or_default();
        let (x, y, n, e) = (bytes(&self.x), bytes(&self.y), bytes(&self.n), bytes(&self.e));
        let rsa =
            (RSA_BYTES..=RSA_LONGEST).contains(&n.len()) && n.first() != Some(&0) && e.last().is_some_and(|last| last % 2 == 1) && e != [1];
        let algorithm = match (self.kty.as_str(), self.crv.as_deref()) {
            ("OKP", Some("Ed25519")) if x.len() == 32 => ClientAlgorithm::EdDsa,
            ("EC", Some("P-256")) if x.len() == 32 && y.len() == 32 => ClientAlgorithm::Es256,
            ("RSA", None) if rsa => ClientAlgorithm::Rs256,
            _ => return None,
        };
        let agrees = self.alg.as_deref().is_none_or(|alg| alg == algorithm.as_str());
        (agrees && self.r#use.as_deref().is_none_or(|usage| usage == "sig")).then_some(algorithm)
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientAlgorithm, Jwk};
    use serde_json::{Value, json};

    fn algorithm(key: Value) -> Option<ClientAlgorithm> {
        serde_json::from_value::<Jwk>(key).ok()?.algorithm()
    }

    #[test]
    fn only_public_keys_of_enough_strength_may_be_registered() {
        let (x, n) = ("A".repeat(43), format!("w{}", "A".repeat(341)));
        assert_eq!(algorithm(json!({ "kty": "OKP", "kid": "1", "crv": "Ed25519", "x": x })), Some(ClientAlgorithm::EdDsa));
        assert_eq!(algorithm(json!({ "kty": "EC", "kid": "1", "crv": "P-256", "x": x, "y": x })), Some(ClientAlgorithm::Es256));
        assert_eq!(algorithm(json!({ "kty": "RSA", "kid": "1", "n": n, "e": "AQAB" })), Some(ClientAlgorithm::Rs256));
        let short = format!("w{}", "A".repeat(170));
        let refused = [
            json!({ "kty": "RSA", "kid": "1", "n": short, "e": "AQAB" }),
            json!({ "kty": "RSA", "kid": "1", "n": n, "e": "AQ" }),
            json!({ "kty": "RSA", "kid": "1", "n": n, "e": "AQAB", "alg": "HS256" }),
            json!({ "kty": "OKP", "kid": "1", "crv": "Ed25519", "x": x, "d": x }),
            json!({ "kty": "OKP", "kid": "1", "crv": "X25519", "x": x }),
            json!({ "kty": "OKP", "kid": "1", "crv": "Ed25519", "x": x, "use": "enc" }),
            json!({ "kty": "EC", "kid": "1", "crv": "P-256", "x": x }),
            json!({ "kty": "oct", "kid": "1", "k": x }),
        ];
        for key in refused {
            assert_eq!(algorithm(key.clone()), None, "{key}");
        }
    }
}
