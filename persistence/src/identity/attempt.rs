//! Failed attempts to sign in, by keyed digests of names and addresses, and the addresses from which accounts have signed in.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::identity::{Failures, Tried};
use uuid::Uuid;

use crate::both;
use crate::error::StoreError;
use crate::schema::{known_addresses, sign_in_failures};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// An attempt by its keys: what it is counted under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pair: Vec<u8>,
    account: Vec<u8>,
    address: Vec<u8>,
}

impl Attempt {
    /// At a name, from an address. Neither can be read from what is kept of them.
    #[must_use]
    pub fn new(keys: &crate::Keyring, name: &str, address: &str) -> Self {
        let key = |kind: &str, of: &[&str]| keys.sign("sign-in", [&[kind], of].concat().join("\u{0}").as_bytes());
        Self { pair: key("pair", &[address, name]), account: key("account", &[name]), address: key("address", &[address]) }
    }

    /// In the order in which rows are locked.
    const fn keys(&self) -> [&Vec<u8>; 3] {
        [&self.pair, &self.account, &self.address]
    }

    /// The same, each with the name that it is about.
    fn named(&self) -> [(&Vec<u8>, Option<&Vec<u8>>); 3] {
        [(&self.pair, Some(&self.account)), (&self.account, Some(&self.account)), (&self.address, None)]
    }
}

/// What is known of attempts like this one; `account` is the account of the name, where there is one.
///
/// # Errors
/// The database's.
pub fn recall(tx: &mut Tx, attempt: &Attempt, account: Option<Uuid>) -> Result<Tried, StoreError> {
    let of_these = sign_in_failures::table.filter(sign_in_failures::key.eq_any(attempt.keys()));
    let columns = (sign_in_failures::key, sign_in_failures::failures, sign_in_failures::last_at);
    let rows: Vec<(Vec<u8>, i32, Instant)> = of_these.select(columns).load(&mut tx.conn)?;
    let rows: HashMap<_, _> = rows.into_iter().map(|(key, count, last)| (key, Failures { count, last: Some(last.get()) })).collect();
    let of = |key: &Vec<u8>| rows.get(key).copied().unwrap_or_default();
    let known = match account {
        Some(account) => {
            let row = known_addresses::table.find((Uid(account), &attempt.address)).select(known_addresses::last_at);
            row.first::<Instant>(&mut tx.conn).optional()?.is_some()
        }
        None => false,
    };
    Ok(Tried { pair: of(&attempt.pair), account: of(&attempt.account), address: of(&attempt.address), known })
}

/// Counts an attempt as failed; failures before a moment count no more. What is known of such attempts then: of many at once
/// each sees another count.
///
/// # Errors
/// The database's.
pub fn count(tx: &mut Tx, attempt: &Attempt, since: domain::Timestamp) -> Result<[i32; 3], StoreError> {
    let (now, since) = (Instant::from(tx.now()), Instant::from(since));
    let mut counts = [0; 3];
    for ((key, name), counted) in attempt.named().into_iter().zip(&mut counts) {
        let first = (sign_in_failures::failures.eq(1), sign_in_failures::last_at.eq(now));
        let row = (sign_in_failures::key.eq(key), sign_in_failures::name.eq(name), first);
        let lapsed = sign_in_failures::table.find(key).filter(sign_in_failures::last_at.lt(since));
        diesel::update(lapsed).set(sign_in_failures::failures.eq(0)).execute(&mut tx.conn)?;
        *counted = both!(tx, |c| diesel::insert_into(sign_in_failures::table)
            .values(row)
            .on_conflict(sign_in_failures::key)
            .do_update()
            .set((sign_in_failures::failures.eq(sign_in_failures::failures + 1), sign_in_failures::last_at.eq(now)))
            .returning(sign_in_failures::failures)
            .get_result(c))?;
    }
    Ok(counts)
}

/// Takes back that an attempt was counted: it was not wrong.
///
/// # Errors
/// The database's.
pub fn uncount(tx: &mut Tx, attempt: &Attempt) -> Result<(), StoreError> {
    for key in attempt.keys() {
        diesel::update(sign_in_failures::table.find(key))
            .filter(sign_in_failures::failures.gt(0))
            .set(sign_in_failures::failures.eq(sign_in_failures::failures - 1))
            .execute(&mut tx.conn)?;
    }
    Ok(())
}

/// Forgets the failures of the name of an attempt, from wherever they came.
///
/// # Errors
/// The database's.
pub fn forget(tx: &mut Tx, attempt: &Attempt) -> Result<(), StoreError> {
    let of_name = sign_in_failures::table.filter(sign_in_failures::name.eq(Some(&attempt.account)));
    diesel::delete(of_name).execute(&mut tx.conn)?;
    Ok(())
}

/// Keeps that an account has signed in from the address of an attempt, and forgets its mistakes there. An account keeps so
/// many addresses; the oldest goes.
///
/// # Errors
/// The database's.
pub fn remember_address(tx: &mut Tx, attempt: &Attempt, account: Uuid, most: i64) -> Result<(), StoreError> {
    diesel::delete(sign_in_failures::table.find(&attempt.pair)).execute(&mut tx.conn)?;
    let now = Instant::from(tx.now());
    let row =
        (known_addresses::account_id.eq(Uid(account)), known_addresses::address.eq(&attempt.address), known_addresses::last_at.eq(now));
    both!(tx, |c| diesel::insert_into(known_addresses::table)
        .values(row)
        .on_conflict((known_addresses::account_id, known_addresses::address))
        .do_update()
        .set(known_addresses::last_at.eq(now))
        .execute(c))?;
    let of = known_addresses::table.filter(known_addresses::account_id.eq(Uid(account)));
    let beyond: Vec<Vec<u8>> = of
        .order((known_addresses::last_at.desc(), known_addresses::address))
        .select(known_addresses::address)
        .offset(most)
        .limit(100)
        .load(&mut tx.conn)?;
    if !beyond.is_empty() {
        diesel::delete(of.filter(known_addresses::address.eq_any(beyond))).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// Forgets the failures before one moment, and the addresses that nobody has signed in from since another.
///
/// # Errors
/// The database's.
pub fn sweep_attempts(tx: &mut Tx, failures: domain::Timestamp, addresses: domain::Timestamp) -> Result<(), StoreError> {
    diesel::delete(sign_in_failures::table.filter(sign_in_failures::last_at.lt(Instant::from(failures)))).execute(&mut tx.conn)?;
    diesel::delete(known_addresses::table.filter(known_addresses::last_at.lt(Instant::from(addresses)))).execute(&mut tx.conn)?;
    Ok(())
}
