//! Second factors of staff: the sealed secret of an authenticator app, and the digests of recovery codes.

use diesel::prelude::*;
use uuid::Uuid;

use super::session;
use crate::both;
use crate::error::StoreError;
use crate::schema::{recovery_codes, second_factors};
use crate::secret::sha256;
use crate::store::Tx;
use crate::types::{Instant, Uid};

const SECRET: &str = "second_factors.secret";

/// The second factor of an account, opened.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret that the app shares, in Base32.
    pub secret: String,
    /// The last step that was accepted.
    pub last_step: i64,
    /// Whether it was shown that the app has it.
    pub confirmed: bool,
}

/// Leaves the secret out.
impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor").field("confirmed", &self.confirmed).finish_non_exhaustive()
    }
}

/// Keeps a secret that is still to be confirmed, in the place of one that was not.
///
/// # Errors
/// [`StoreError::Stale`] where there is a confirmed one.
pub fn enrol(tx: &mut Tx, account: Uuid, secret: &str) -> Result<(), StoreError> {
    let unconfirmed = second_factors::table.find(Uid(account)).filter(second_factors::confirmed_at.is_null());
    diesel::delete(unconfirmed).execute(&mut tx.conn)?;
    let row = (
        second_factors::account_id.eq(Uid(account)),
        second_factors::secret.eq(tx.seal(SECRET, account, secret)?),
        second_factors::last_step.eq(0_i64),
        second_factors::created_at.eq(Instant::from(tx.now())),
    );
    let added = both!(tx, |c| diesel::insert_into(second_factors::table).values(row).on_conflict_do_nothing().execute(c))?;
    if added == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The second factor of an account, confirmed or not.
///
/// # Errors
/// The database's.
pub fn second_factor(tx: &mut Tx, account: Uuid) -> Result<Option<SecondFactor>, StoreError> {
    let row = second_factors::table.find(Uid(account));
    let row = row.select((second_factors::secret, second_factors::last_step, second_factors::confirmed_at));
    let found: Option<(Vec<u8>, i64, Option<Instant>)> = row.first(&mut tx.conn).optional()?;
    let Some((sealed, last_step, confirmed)) = found else { return Ok(None) };
    Ok(Some(SecondFactor { secret: tx.unseal(SECRET, account, &sealed)?, last_step, confirmed: confirmed.is_some() }))
}

/// Whether an account has a confirmed second factor.
///
/// # Errors
/// The database's.
pub fn has_second_factor(tx: &mut Tx, account: Uuid) -> Result<bool, StoreError> {
    let confirmed = second_factors::table.find(Uid(account)).filter(second_factors::confirmed_at.is_not_null());
    Ok(confirmed.count().get_result::<i64>(&mut tx.conn)? > 0)
}

/// Accepts a step, if no such or later one was accepted: of two uses at once one is. Whether it was.
///
/// # Errors
/// The database's.
pub fn use_step(tx: &mut Tx, account: Uuid, step: i64) -> Result<bool, StoreError> {
    let used = diesel::update(second_factors::table.find(Uid(account)))
        .filter(second_factors::last_step.lt(step))
        .set(second_factors::last_step.eq(step))
        .execute(&mut tx.conn)?;
    Ok(used == 1)
}

/// Says that the app has the secret.
///
/// # Errors
/// [`StoreError::Stale`] where that was said before, or there is none.
pub fn confirm_second_factor(tx: &mut Tx, account: Uuid) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let confirmed = diesel::update(second_factors::table.find(Uid(account)))
        .filter(second_factors::confirmed_at.is_null())
        .set(second_factors::confirmed_at.eq(Some(now)))
        .execute(&mut tx.conn)?;
    if confirmed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Takes the second factor and the recovery codes away, and what sessions owe to it.
///
/// # Errors
/// The database's.
pub fn remove_second_factor(tx: &mut Tx, account: Uuid) -> Result<(), StoreError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(Uid(account)))).execute(&mut tx.conn)?;
    diesel::delete(second_factors::table.find(Uid(account))).execute(&mut tx.conn)?;
    session::weaken_sessions(tx, account)
}

/// Keeps new recovery codes in the place of all old ones.
///
/// # Errors
/// The database's.
pub fn add_recovery_codes(tx: &mut Tx, account: Uuid, codes: &[String]) -> Result<(), StoreError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(Uid(account)))).execute(&mut tx.conn)?;
    for code in codes {
        let row = (recovery_codes::account_id.eq(Uid(account)), recovery_codes::digest.eq(digest(account, code)));
        diesel::insert_into(recovery_codes::table).values(row).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// Uses a recovery code: of two uses at once one is the first. Whether it was good.
///
/// # Errors
/// The database's.
pub fn use_recovery_code(tx: &mut Tx, account: Uuid, code: &str) -> Result<bool, StoreError> {
    let now = Instant::from(tx.now());
    let used = diesel::update(recovery_codes::table.find((Uid(account), digest(account, code))))
        .filter(recovery_codes::used_at.is_null())
        .set(recovery_codes::used_at.eq(Some(now)))
        .execute(&mut tx.conn)?;
    Ok(used == 1)
}

/// A code has 80 bits that nobody can guess: a plain digest does not give it away.
fn digest(account: Uuid, code: &str) -> Vec<u8> {
    sha256(&[account.as_bytes(), code.as_bytes()].concat())
}
