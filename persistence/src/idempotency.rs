//! What a retried request must give again.

use diesel::prelude::*;
use uuid::Uuid;

use crate::both;
use crate::dialect::writes_alone;
use crate::error::StoreError;
use crate::schema::idempotency_keys;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A request with its key, and what is answered if it is the first with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who asks: keys of others are others.
    pub principal: Uuid,
    /// Method and path.
    pub target: String,
    /// The key that the client chose.
    pub key: String,
    /// A digest of the body.
    pub digest: Vec<u8>,
    /// The status that is answered.
    pub status: i32,
    /// What it is answered with.
    pub resource: Uuid,
}

/// Whether the request is the first with its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Claimed {
    /// It is: do it.
    First,
    /// It was done: answer the same.
    Replay {
        /// The status that was answered.
        status: i32,
        /// What it was answered with.
        resource: Uuid,
    },
    /// The key was used for another body.
    OtherBody,
}

/// Takes a key for a request, in the transaction that does what is asked: if that is not kept, neither is the key.
///
/// # Errors
/// The database's; [`StoreError::Conflict`] where the key was swept at this very moment, which the store tries again.
pub fn claim(tx: &mut Tx, claim: &Claim) -> Result<Claimed, StoreError> {
    let row = (
        idempotency_keys::principal.eq(Uid(claim.principal)),
        idempotency_keys::target.eq(&claim.target),
        idempotency_keys::key.eq(&claim.key),
        idempotency_keys::digest.eq(&claim.digest),
        idempotency_keys::status.eq(claim.status),
        idempotency_keys::resource.eq(Uid(claim.resource)),
        idempotency_keys::at.eq(Instant::from(tx.now())),
    );
    let first = both!(tx, |c| diesel::insert_into(idempotency_keys::table).values(row).on_conflict_do_nothing().execute(c))?;
    if first == 1 {
        return Ok(Claimed::First);
    }
    let kept: Option<(Vec<u8>, i32, Uid)> = idempotency_keys::table
        .find((Uid(claim.principal), &claim.target, &claim.key))
        .select((idempotency_keys::digest, idempotency_keys::status, idempotency_keys::resource))
        .first(&mut tx.conn)
        .optional()?;
    let (digest, status, resource) = kept.ok_or(StoreError::Conflict)?;
    if digest != claim.digest {
        return Ok(Claimed::OtherBody);
    }
    Ok(Claimed::Replay { status, resource: resource.0 })
}

/// Takes many keys at once, whether they were taken before or not: who takes any of them at this moment waits until this
/// transaction is done.
///
/// # Errors
/// The database's.
pub fn hold(tx: &mut Tx, principal: Uuid, target: &str, mut keys: Vec<String>) -> Result<(), StoreError> {
    // In one order, so that two who take the same ones never wait for each other.
    keys.sort_unstable();
    keys.dedup();
    if writes_alone(&tx.conn) || keys.is_empty() {
        return Ok(());
    }
    let at = Instant::from(tx.now());
    let row = |key: &String| {
        (
            idempotency_keys::principal.eq(Uid(principal)),
            idempotency_keys::target.eq(target.to_owned()),
            idempotency_keys::key.eq(key.clone()),
            idempotency_keys::digest.eq(Vec::<u8>::new()),
            idempotency_keys::status.eq(200),
            idempotency_keys::resource.eq(Uid(Uuid::nil())),
            idempotency_keys::at.eq(at),
        )
    };
    let rows: Vec<_> = keys.iter().map(row).collect();
    both!(tx, |c| diesel::insert_into(idempotency_keys::table).values(rows).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Forgets the keys taken before a moment. How many.
///
/// # Errors
/// The database's.
pub fn sweep(tx: &mut Tx, before: domain::Timestamp) -> Result<usize, StoreError> {
    let old = idempotency_keys::table.filter(idempotency_keys::at.lt(Instant::from(before)));
    Ok(diesel::delete(old).execute(&mut tx.conn)?)
}
