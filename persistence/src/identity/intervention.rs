//! In whose hands an account is: who could act through it, or has put it where it decides.

use diesel::prelude::*;
use domain::identity::Intervention;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::{accounts, grants, interventions};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Keeps that somebody did something to an account by which they could act through it.
///
/// # Errors
/// [`StoreError::Unknown`] where there is no such account.
pub fn intervene(tx: &mut Tx, account: Uuid, by: Uuid, what: Intervention) -> Result<(), StoreError> {
    let row = (
        interventions::id.eq(Uid(Uuid::now_v7())),
        interventions::account_id.eq(Uid(account)),
        interventions::by_account.eq(Uid(by)),
        interventions::kind.eq(what.as_str()),
        interventions::at.eq(Instant::from(tx.now())),
    );
    diesel::insert_into(interventions::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// The accounts in whose hands any of these has been since a moment: those that intervened in it or gave it a role, and those
/// that did so to these, on and on.
///
/// # Errors
/// The database's.
pub fn hands(tx: &mut Tx, accounts: &[Uuid], since: domain::Timestamp) -> Result<Vec<Uuid>, StoreError> {
    let since = Instant::from(since);
    let (mut found, mut next): (Vec<Uid>, Vec<Uid>) = (Vec::new(), accounts.iter().copied().map(Uid).collect());
    while !next.is_empty() {
        let by: Vec<Uid> = interventions::table
            .filter(interventions::account_id.eq_any(next.clone()))
            .filter(interventions::at.ge(since))
            .select(interventions::by_account)
            .load(&mut tx.conn)?;
        let granted: Vec<Option<Uid>> = grants::table
            .filter(grants::account_id.eq_any(next))
            .filter(grants::granted_by.is_not_null().and(grants::granted_at.ge(since)))
            .select(grants::granted_by)
            .load(&mut tx.conn)?;
        next = Vec::new();
        for one in by.into_iter().chain(granted.into_iter().flatten()) {
            if !found.contains(&one) {
                found.push(one);
                next.push(one);
            }
        }
    }
    Ok(found.into_iter().map(Into::into).collect())
}

/// These accounts, and the others of the same people.
///
/// # Errors
/// The database's.
pub fn with_siblings(tx: &mut Tx, of: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let ids: Vec<Uid> = of.iter().copied().map(Uid).collect();
    let persons: Vec<Option<Uid>> = accounts::table
        .filter(accounts::id.eq_any(ids))
        .filter(accounts::person_id.is_not_null())
        .select(accounts::person_id)
        .load(&mut tx.conn)?;
    let persons: Vec<Uuid> = persons.into_iter().flatten().map(Into::into).collect();
    let mut all = accounts_behind(tx, &persons, &[])?;
    all.extend_from_slice(of);
    Ok(all)
}

/// The accounts of these people, and those that manage these organisations.
///
/// # Errors
/// The database's.
pub fn accounts_behind(tx: &mut Tx, persons: &[Uuid], organisations: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let persons: Vec<Option<Uid>> = persons.iter().map(|id| Some(Uid(*id))).collect();
    let organisations: Vec<Option<Uid>> = organisations.iter().map(|id| Some(Uid(*id))).collect();
    let own: Vec<Uid> = accounts::table.filter(accounts::person_id.eq_any(persons)).select(accounts::id).load(&mut tx.conn)?;
    let managing: Vec<Uid> = grants::table
        .filter(grants::organisation_id.eq_any(organisations).and(grants::revoked_at.is_null()))
        .select(grants::account_id)
        .load(&mut tx.conn)?;
    Ok(own.into_iter().chain(managing).map(Into::into).collect())
}
