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
    let account = services.store.write::<_, Fault>(move |tx| count(tx, &name)).await?;
    if account.is_none()
        && let Whose::Name(name) = &whose
    {
        count_nobody(services, name)?;
    }
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let right = password::is_right(&services.hashing, given, hash).await?;
    match account {
        Some(account) if right && account.state == AccountState::Active => {
            let id = account.id;
            services.store.write::<_, Fault>(move |tx| Ok(identity::reset_failures(tx, id)?)).await?;
            Ok(id)
        }
        Some(_) | None => Err(Code::BadCredentials.into()),
    }
}

/// Counts an attempt as failed until it turns out to be right.
fn count(tx: &mut Tx, whose: &Whose) -> Result<Option<Account>, Fault> {
    let account = match whose {
        Whose::Name(name) => identity::by_username(tx, name)?,
        Whose::Account(id) => Some(identity::load(tx, *id)?),
    };
    let Some(account) = account else { return Ok(None) };
    turn_away(account.failures, account.failed_at, tx.now())?;
    let failures = identity::count_failure(tx, account.id)?;
    // Others may have been counted since the account was read: only as many as the limit allows go on.
    if failures > account.failures.saturating_add(1) {
        turn_away(failures.saturating_sub(1), Some(tx.now()), tx.now())?;
    }
    Ok(Some(account))
}

fn count_nobody(services: &Services, name: &str) -> Result<(), Problem> {
    let (key, now) = (services.store.keys().blind("accounts.username", name), services.store.clock().now());
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
