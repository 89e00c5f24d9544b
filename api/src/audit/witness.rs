//! Checkpoints as witnesses: whether one was signed with a key that is known, and those that were deposited elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use persistence::audit::{Checkpoint, Standing, Witness};

use super::checkpoint::{Claims, TOKEN_TYPE};
use crate::token::{PublicKey, read_statement};

/// What a chain is compared with.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The keys that are trusted; none where signatures cannot be checked, or where the database's own must do.
    pub keys: Option<Vec<PublicKey>>,
    /// Checkpoints that were kept elsewhere.
    pub deposited: Vec<Checkpoint>,
}

impl Evidence {
    /// These checkpoints, and those of the region that were kept elsewhere, each judged by these keys.
    #[must_use]
    pub fn witnesses(&self, region: &str, kept: Vec<Checkpoint>, keys: Option<&[PublicKey]>) -> Vec<Witness> {
        let deposited = self.deposited.iter().filter(|checkpoint| checkpoint.region == region).cloned();
        kept.into_iter().chain(deposited).map(|checkpoint| witness(checkpoint, keys)).collect()
    }
}

/// A checkpoint as these keys let it be believed. Without keys nothing is checked.
fn witness(checkpoint: Checkpoint, keys: Option<&[PublicKey]>) -> Witness {
    let standing = match keys.map(|keys| read_statement::<Claims>(keys, TOKEN_TYPE, &checkpoint.token)) {
        None => Standing::Unchecked,
        Some(Ok(claims)) if claims.fit(&checkpoint) => Standing::Genuine,
        Some(Ok(_)) => Standing::Forged("something else was signed".to_owned()),
        Some(Err(why)) => Standing::Forged(why),
    };
    Witness { checkpoint, standing }
}

/// Reads a checkpoint that was kept as its token. Its signature is not looked at here.
///
/// # Errors
/// In words: it is no such token.
pub fn deposited(token: &str) -> Result<Checkpoint, String> {
    let wrong = |what: &str| format!("{what}: a checkpoint is given as its token, three parts with dots between");
    let token = token.trim();
    let [_, payload, _] = token.split('.').collect::<Vec<_>>()[..] else { return Err(wrong("that is no token")) };
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|error| wrong(&error.to_string()))?;
    let claims: Claims = serde_json::from_slice(&payload).map_err(|error| wrong(&error.to_string()))?;
    let hash = persistence::secret::unhex(&claims.hash).ok_or_else(|| wrong("the hash is not hexadecimal"))?;
    let at = DateTime::from_timestamp(claims.iat, 0).ok_or_else(|| wrong("the time is none"))?;
    Ok(Checkpoint { region: claims.region, link: claims.link, hash, at, token: token.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_checkpoint_is_said_to_be_none() {
        let other = format!("e30.{}.AAAA", URL_SAFE_NO_PAD.encode("{\"iss\":\"somebody\"}"));
        for text in ["", "a.b", "a.b.c", "{}", &other] {
            assert!(deposited(text).is_err(), "{text}");
        }
    }
}
