//! Attempts at a password: each is counted before it is looked at, so that no number of them at once gets past the limit,
//! and names that nobody has are counted like others, so that the limit does not tell which exist.

use std::sync::LazyLock;
use std::time::Duration;

use domain::Timestamp;
use domain::identity::Lockout;
use moka::sync::Cache;
use persistence::Tx;
use persistence::identity::{self, Account, AccountState};
use uuid::Uuid;

use super::password;
use crate::problem::{Code, Fault, Problem};
use crate::services::Services;

/// What is known of attempts at a name that nobody has.
#[derive(Clone, Copy, Debug, Default)]
struct Attempts {
    failures: i32,
    last: Option<Timestamp>,
}

/// Attempts at names that nobody has, by a keyed digest of the name. Long enough to look like an account's count.
static NOBODY: LazyLock<Cache<Vec<u8>, Attempts>> =
    LazyLock::new(|| Cache::builder().max_capacity(50_000).time_to_idle(Duration::from_secs(24 * 60 * 60)).build());

/// Whose password is tried.
#[derive(Clone)]
pub(super) enum Whose {
    /// The account of a user name.
    Name(String),
    /// An account that has signed in.
    Account(Uuid),
}

/// Checks a password, right or wrong, within the limit. Gives the account where it is right and the account may sign in.
///
/// # Errors
/// [`Code::AccountLocked`] over the limit; [`Code::BadCredentials`] where there is no such account, it is locked by hand, or
/// the password is wrong, without telling which.
pub(super) async fn attempt(services: &Services, whose: Whose, given: String) -> Result<Uuid, Problem> {
    let name = whose.clone();
    let account = services.store.read::<_, Fault>(move |tx| find(tx, &name)).await?;
    if let (None, Whose::Name(name)) = (&account, &whose) {
        let known = NOBODY.get(&nobody(services, name)).unwrap_or_default();
        turn_away(known.failures, known.last, services.store.clock().now())?;
    }
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    // At the same time, so that the answer for a name that nobody has takes as long as one that is written down.
    let (counted, right) = tokio::join!(count(services, &whose, account.as_ref()), password::is_right(&services.hashing, given, hash));
    counted?;
    let right = right?;
    match account {
        Some(account) if right && account.state == AccountState::Active => {
            let id = account.id;
            services.store.tally::<_, Fault>(move |tx| Ok(identity::reset_failures(tx, id)?)).await?;
            Ok(id)
        }
        Some(_) | None => Err(Code::BadCredentials.into()),
    }
}

/// The account, unless it is locked at the moment.
fn find(tx: &mut Tx, whose: &Whose) -> Result<Option<Account>, Fault> {
    let account = match whose {
        Whose::Name(name) => identity::by_username(tx, name)?,
        Whose::Account(id) => Some(identity::load(tx, *id)?),
    };
    if let Some(account) = &account {
        turn_away(account.failures, account.failed_at, tx.now())?;
    }
    Ok(account)
}

/// Counts an attempt as failed until it turns out to be right; refuses those that came in beyond the limit.
async fn count(services: &Services, whose: &Whose, account: Option<&Account>) -> Result<(), Problem> {
    match (account, whose) {
        (Some(account), _) => {
            let id = account.id;
            services.store.tally::<_, Fault>(move |tx| count_failure(tx, id)).await
        }
        (None, Whose::Name(name)) => count_nobody(services, name).map_err(Fault::from),
        (None, Whose::Account(_)) => Ok(()),
    }
    .map_err(Problem::from)
}

fn count_failure(tx: &mut Tx, id: Uuid) -> Result<(), Fault> {
    let before = identity::load(tx, id)?;
    turn_away(before.failures, before.failed_at, tx.now())?;
    let failures = identity::count_failure(tx, id)?;
    // Others may have been counted since the account was read: only as many as the limit allows go on.
    if failures > before.failures.saturating_add(1) {
        turn_away(failures.saturating_sub(1), Some(tx.now()), tx.now())?;
    }
    Ok(())
}

/// The key of a name that nobody has.
fn nobody(services: &Services, name: &str) -> Vec<u8> {
    services.store.keys().blind("accounts.username", name)
}

fn count_nobody(services: &Services, name: &str) -> Result<(), Problem> {
    let (key, now) = (nobody(services, name), services.store.clock().now());
    let known = NOBODY.get(&key).unwrap_or_default();
    turn_away(known.failures, known.last, now)?;
    NOBODY.insert(key, Attempts { failures: known.failures.saturating_add(1), last: Some(now) });
    Ok(())
}

fn turn_away(failures: i32, last: Option<Timestamp>, now: Timestamp) -> Result<(), Problem> {
    match Lockout::default().locked_until(failures, last) {
        Some(until) if now < until => {
            let wait = (until - now).num_milliseconds();
            Err(Problem::from(Code::AccountLocked).retry_after(wait.saturating_add(999) / 1000))
        }
        Some(_) | None => Ok(()),
    }
}
