//! Passwords: hashed with argon2id (19 MiB, two passes, one lane), few at once, on threads that may block.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use domain::identity::{PasswordPolicy, PasswordRefusal};
use tokio::sync::Semaphore;

use crate::problem::{Code, Problem, Rule};

/// Memory of one hash, in KiB.
const MEMORY: u32 = 19 * 1024;

/// Passes over it.
const PASSES: u32 = 2;

/// Lanes.
const LANES: u32 = 1;

/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is compared where there is no such account: no password leads to it, and it takes the same time to find that out.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bGlubGkgbm9ib2R5IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn argon2() -> Result<Argon2<'static>, Problem> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(Problem::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password with its parameters (PHC string). Takes tens of milliseconds: for the command line.
///
/// # Errors
/// The machine gives no randomness.
pub fn hash_password(password: &str) -> Result<String, Problem> {
    let hash = argon2()?.hash_password(password.as_bytes()).map_err(Problem::internal)?;
    Ok(hash.to_string())
}

/// The hash of a password with its parameters (PHC string).
///
/// # Errors
/// [`Code::Busy`] where too many wait.
pub async fn hash_in_turn(hashing: &Arc<Semaphore>, password: String) -> Result<String, Problem> {
    in_turn(hashing, move || hash_password(&password)).await?
}

/// Whether the password is the one of the hash. Without a hash it is not, after the same time.
///
/// # Errors
/// [`Code::Busy`] where too many wait.
pub async fn is_right(hashing: &Arc<Semaphore>, password: String, hash: Option<String>) -> Result<bool, Problem> {
    in_turn(hashing, move || {
        let hash = hash.as_deref().unwrap_or(NOBODY);
        let hash = PasswordHash::new(hash).map_err(Problem::internal)?;
        Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await?
}

async fn in_turn<T: Send + 'static>(hashing: &Arc<Semaphore>, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let turn = tokio::time::timeout(PATIENCE, Arc::clone(hashing).acquire_owned()).await;
    let turn = turn.map_err(|_| Problem::from(Code::Busy).retry_after(5))?.map_err(Problem::internal)?;
    let done = tokio::task::spawn_blocking(move || {
        // Goes with the work: who gives up must not let another in while this still runs.
        let _turn = turn;
        work()
    });
    done.await.map_err(Problem::internal)
}

/// Checks a new password of the account with this user name.
///
/// # Errors
/// Names the field and the rule.
pub fn check(pointer: &str, password: &str, username: &str) -> Result<(), Problem> {
    PasswordPolicy::default().check(password, username).map_err(|refusal| {
        let (rule, words) = match refusal {
            PasswordRefusal::TooShort { min } => (Rule::TooShort, vec![min.to_string()]),
            PasswordRefusal::TooLong { max } => (Rule::TooLong, vec![max.to_string()]),
            PasswordRefusal::TooFewKinds { kinds, long } => (Rule::PasswordKinds, vec![kinds.to_string(), long.to_string()]),
            PasswordRefusal::Monotonous => (Rule::PasswordMonotonous, Vec::new()),
            PasswordRefusal::ContainsUserName => (Rule::PasswordUserName, Vec::new()),
            PasswordRefusal::Common => (Rule::PasswordCommon, Vec::new()),
        };
        Problem::field_with(pointer, rule, words)
    })
}

/// The characters of a password that is read out or copied by hand: none that looks like another.
const LEGIBLE: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyzACDEFHJKM";

/// A password for once, with 90 bits that nobody can guess.
///
/// # Errors
/// The machine gives no randomness.
pub fn temporary_password() -> Result<String, Problem> {
    let bytes: [u8; 18] = persistence::secret::random().map_err(Problem::internal)?;
    let letters = bytes.iter().filter_map(|byte| LEGIBLE.get(usize::from(byte & 31)).copied().map(char::from));
    let letters: Vec<char> = letters.collect();
    Ok(letters.chunks(6).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_its_password_and_of_no_other() {
        let hash = hash_password("Huanan-2026").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let hash = PasswordHash::new(&hash).unwrap();
        assert!(argon2().unwrap().verify_password(b"Huanan-2026", &hash).is_ok());
        assert!(argon2().unwrap().verify_password(b"Huanan-2027", &hash).is_err());
    }

    #[test]
    fn nobody_has_a_hash_of_the_same_cost() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let somebody = hash_password("Huanan-2026").unwrap();
        let somebody = PasswordHash::new(&somebody).unwrap();
        assert_eq!(
            (nobody.algorithm, nobody.version, nobody.params.clone()),
            (somebody.algorithm, somebody.version, somebody.params.clone())
        );
        assert_eq!(nobody.hash.unwrap().as_bytes().len(), somebody.hash.unwrap().as_bytes().len());
        assert!(argon2().unwrap().verify_password(b"", &nobody).is_err());
    }

    #[test]
    fn a_temporary_password_meets_the_rules_and_is_another_each_time() {
        let (one, other) = (temporary_password().unwrap(), temporary_password().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 20);
        assert!(check("/new", &one, "wang.li").is_ok());
    }
}
