//! Attempts to sign in: each is counted before it is looked at, so that no number of them at once gets past the limit, and names
//! that nobody has are counted like others, so that the limit does not tell which exist. What is counted stands in the database,
//! for every replica.

use actix_web::HttpRequest;
use domain::identity::{Failures, IdentityPolicy, Tried, totp_code};
use persistence::Tx;
use persistence::identity::{self, Account, AccountState, Attempt};
use persistence::secret::hmac_sha1;
use uuid::Uuid;

use super::password;
use crate::address;
use crate::problem::{Code, Fault, Problem};
use crate::services::Services;

/// Whose password is tried.
#[derive(Clone)]
pub(super) enum Whose {
    /// The account of a user name.
    Name(String),
    /// An account that has signed in.
    Account(Uuid),
}

/// What is given.
pub(super) struct Given {
    /// Whose password.
    pub(super) whose: Whose,
    /// The password.
    pub(super) password: String,
    /// The code of the second factor, where one is asked for; inside, `None` where none was given.
    pub(super) code: Option<Option<String>>,
}

/// What was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Right {
    /// The account.
    pub(super) account: Uuid,
    /// Whether a second factor was shown.
    pub(super) strong: bool,
}

/// What became of the second factor.
enum Second {
    Right {
        strong: bool,
    },
    Wrong,
    Missing,
    /// There is one, and this is no place to show it.
    Unasked,
}

/// Checks a password and the second factor, right or wrong, within the limit. Gives the account where they are right and the
/// account may sign in.
///
/// # Errors
/// [`Code::AccountLocked`] over the limit; [`Code::BadCredentials`] where there is no such account, it is locked by hand, or
/// password or code are wrong, without telling which; [`Code::TotpRequired`] where only the code is missing.
pub(super) async fn attempt(services: &Services, request: &HttpRequest, given: Given) -> Result<Right, Problem> {
    let (address, policy) = (address::neighbourhood(request).to_string(), services.identity.clone());
    let Given { whose, password, code } = given;
    let nobody_yet = matches!(whose, Whose::Name(_));
    let looked = move |tx: &mut Tx| find(tx, &whose, &address, &policy);
    let (account, tried) = services.store.read::<_, Fault>(looked).await?;
    if let Some(account) = account.as_ref().filter(|_| nobody_yet) {
        persistence::audit::regards("accounts", account.id);
    }
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    // At the same time, so that the answer for a name that nobody has takes as long as one that is written down.
    let counting = count(services, tried.clone(), account.as_ref().map(|account| account.id));
    let (counted, right) = tokio::join!(counting, password::is_right(&services.hashing, password, hash));
    counted?;
    let right = right?;
    let account = account.filter(|account| right && account.state == AccountState::Active).ok_or(Code::BadCredentials)?.id;
    let policy = services.identity.clone();
    let second = move |tx: &mut Tx| -> Result<Second, Fault> {
        let second = show_second(tx, account, code.as_ref(), &policy)?;
        match second {
            // Guesses at the code stay counted when only the password is sent between them.
            Second::Missing | Second::Unasked => identity::uncount(tx, &tried)?,
            Second::Right { .. } => {
                identity::uncount(tx, &tried)?;
                identity::remember_address(tx, &tried, account, policy.lockout.known_addresses)?;
            }
            Second::Wrong => {}
        }
        Ok(second)
    };
    match services.store.tally(second).await? {
        Second::Right { strong } => Ok(Right { account, strong }),
        Second::Unasked => Ok(Right { account, strong: false }),
        Second::Wrong => Err(Code::BadCredentials.into()),
        Second::Missing => Err(Code::TotpRequired.into()),
    }
}

/// Counts a guess at a code by an account that has signed in, as an attempt to sign in is counted: wrong until
/// [`identity::uncount`] takes it back.
///
/// # Errors
/// [`Code::AccountLocked`] over the limit.
pub(super) async fn guess(services: &Services, request: &HttpRequest, account: Uuid) -> Result<Attempt, Problem> {
    let (address, policy) = (address::neighbourhood(request).to_string(), services.identity.clone());
    let whose = Whose::Account(account);
    let looked = move |tx: &mut Tx| find(tx, &whose, &address, &policy);
    let (_, attempt) = services.store.read::<_, Fault>(looked).await?;
    count(services, attempt.clone(), Some(account)).await?;
    Ok(attempt)
}

/// The account, and what an attempt at it is counted under, unless such attempts are turned away at the moment.
fn find(tx: &mut Tx, whose: &Whose, address: &str, policy: &IdentityPolicy) -> Result<(Option<Account>, Attempt), Fault> {
    let account = match whose {
        Whose::Name(name) => identity::by_username(tx, name)?,
        Whose::Account(id) => Some(identity::load(tx, *id)?),
    };
    let own = account.as_ref().and_then(|account| account.username.as_deref());
    let name = match whose {
        Whose::Name(name) => name.as_str(),
        Whose::Account(_) => own.unwrap_or_default(),
    };
    let attempt = Attempt::new(tx.keys(), name, address);
    let tried = identity::recall(tx, &attempt, account.as_ref().map(|account| account.id))?;
    turn_away(tx, &tried, policy)?;
    Ok((account, attempt))
}

/// Counts an attempt as failed until it turns out to be right; refuses those that came in beyond the limit.
async fn count(services: &Services, attempt: Attempt, account: Option<Uuid>) -> Result<(), Problem> {
    let policy = services.identity.clone();
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        let before = identity::recall(tx, &attempt, account)?;
        turn_away(tx, &before, &policy)?;
        let since = policy.lockout.counting_since(tx.now());
        let [pair, by_name, by_address] = identity::count(tx, &attempt, since)?;
        // Others may have been counted since it was looked up: only as many as the limit allows go on.
        let now = tx.now();
        let raced = |before: Failures, count: i32| {
            let counted = if before.last.is_some_and(|last| last >= since) { before.count } else { 0 };
            if count > counted.saturating_add(1) { Failures { count: count.saturating_sub(1), last: Some(now) } } else { before }
        };
        let tried = Tried {
            pair: raced(before.pair, pair),
            account: raced(before.account, by_name),
            address: raced(before.address, by_address),
            known: before.known,
        };
        turn_away(tx, &tried, &policy)
    };
    Ok(services.store.tally(work).await?)
}

fn turn_away(tx: &Tx, tried: &Tried, policy: &IdentityPolicy) -> Result<(), Fault> {
    match policy.lockout.locked_until(tried, tx.now()) {
        Some(until) => {
            let wait = (until - tx.now()).num_milliseconds();
            Err(Problem::from(Code::AccountLocked).retry_after(wait.saturating_add(999) / 1000).into())
        }
        None => Ok(()),
    }
}

/// Looks at the second factor, where the account has one and it is asked for. A code is used up.
fn show_second(tx: &mut Tx, account: Uuid, code: Option<&Option<String>>, policy: &IdentityPolicy) -> Result<Second, Fault> {
    let Some(factor) = identity::second_factor(tx, account)?.filter(|factor| factor.confirmed) else {
        return Ok(Second::Right { strong: false });
    };
    let Some(code) = code else { return Ok(Second::Unasked) };
    let Some(code) = code else { return Ok(Second::Missing) };
    let right = use_code(tx, account, &factor, code, policy)? || identity::use_recovery_code(tx, account, code.trim())?;
    Ok(if right { Second::Right { strong: true } } else { Second::Wrong })
}

/// Uses the six digits of an app. Whether they were good, and nobody used them before.
pub(super) fn use_code(
    tx: &mut Tx,
    account: Uuid,
    factor: &identity::SecondFactor,
    code: &str,
    policy: &IdentityPolicy,
) -> Result<bool, Fault> {
    let secret = data_encoding::BASE32_NOPAD.decode(factor.secret.as_bytes()).map_err(Problem::internal)?;
    let code_of = |step: i64| totp_code(&hmac_sha1(&secret, &step.to_be_bytes()));
    match policy.totp.accepted(code.trim(), tx.now(), factor.last_step, code_of) {
        Some(step) => Ok(identity::use_step(tx, account, step)?),
        None => Ok(false),
    }
}
