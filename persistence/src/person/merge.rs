//! Making two records of one person into one.
//!
//! What is of the person moves to the record that stays: accounts, the volunteer, certifications, memberships, orders, and
//! whatever that record did not know. [`ids_of`] tells under which ids older exports name the person. Both records get an
//! event by which the merger can be traced; nothing is deleted.

use diesel::prelude::*;
use domain::order::{OfferState, State};
use domain::person::{VolunteerProfile, VolunteerState};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::row::Known;
use super::{PersonEventKind, load, record, volunteer};
use crate::both;
use crate::error::StoreError;
use crate::schema::{accounts, certifications, consents, order_members, order_offers, orders, person_events, persons};
use crate::store::Tx;
use crate::types::Uid;

/// What became of a merger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Merged {
    /// The two are one.
    Done,
    /// Nothing was changed: the record to give up has an open offer or serves an open order, which must end first.
    Bound,
}

/// Makes the record `from` part of the record `into`.
///
/// # Errors
/// [`StoreError::Stale`] where either was merged before, is not there, or both are the same.
pub fn merge(tx: &mut Tx, from: Uuid, into: Uuid, actor: Uuid) -> Result<Merged, StoreError> {
    if from == into {
        return Err(StoreError::Stale);
    }
    if is_bound(tx, from)? {
        return Ok(Merged::Bound);
    }
    // Both rows first, in one order whoever merges: another merger of either waits here, then finds what was done.
    let mut versions = [(from, 0), (into, 0)];
    versions.sort_unstable();
    for (id, version) in &mut versions {
        *version = next_version(tx, *id)?;
    }
    let (given, kept) = (load(tx, from)?, load(tx, into)?);
    let mut earlier = ids_of(tx, from)?;
    earlier.retain(|id| *id != from);
    let gone: Vec<Uid> = earlier.into_iter().chain([from]).map(Uid).collect();
    diesel::update(persons::table.filter(persons::id.eq_any(gone))).set(persons::merged_into.eq(Some(Uid(into)))).execute(&mut tx.conn)?;
    let known = Known::seal(
        tx,
        into,
        given.phone.as_ref().filter(|_| kept.phone.is_none()),
        given.document.as_ref().filter(|_| kept.document.is_none()),
        given.birth_date.filter(|_| kept.birth_date.is_none()),
    )?;
    let claimed = persons::claimed.eq(given.claimed || kept.claimed);
    diesel::update(persons::table.find(Uid(into))).set((known, claimed)).execute(&mut tx.conn)?;
    for (id, version) in versions {
        let other = if id == from { into } else { from };
        record(tx, id, version, PersonEventKind::Merged, Some(other), Some(actor))?;
    }
    move_roles(tx, from, into, actor)?;
    Ok(Merged::Done)
}

/// Takes the next version of a record that was not merged.
pub(super) fn next_version(tx: &mut Tx, id: Uuid) -> Result<i32, StoreError> {
    let version: Option<i32> = both!(tx, |c| diesel::update(persons::table.find(Uid(id)))
        .filter(persons::merged_into.is_null())
        .set(persons::version.eq(persons::version + 1))
        .returning(persons::version)
        .get_result(c)
        .optional())?;
    version.ok_or(StoreError::Stale)
}

/// Whether the person has an open offer or serves an order that is not over.
fn is_bound(tx: &mut Tx, person: Uuid) -> Result<bool, StoreError> {
    let open: Vec<&str> = State::OPEN.iter().copied().map(Vocabulary::as_str).collect();
    let offers: i64 = order_offers::table
        .filter(order_offers::person_id.eq(Some(Uid(person))))
        .filter(order_offers::state.eq(OfferState::Open.as_str()))
        .count()
        .get_result(&mut tx.conn)?;
    let taken: i64 = orders::table
        .filter(orders::taker_person.eq(Some(Uid(person))))
        .filter(orders::state.eq_any(open.clone()))
        .count()
        .get_result(&mut tx.conn)?;
    let in_teams: i64 = order_members::table
        .inner_join(orders::table.on(orders::id.eq(order_members::order_id)))
        .filter(order_members::person_id.eq(Uid(person)))
        .filter(orders::state.eq_any(open))
        .count()
        .get_result(&mut tx.conn)?;
    Ok(offers > 0 || taken > 0 || in_teams > 0)
}

/// Moves what goes on.
fn move_roles(tx: &mut Tx, from: Uuid, into: Uuid, actor: Uuid) -> Result<(), StoreError> {
    diesel::update(accounts::table.filter(accounts::person_id.eq(Some(Uid(from)))))
        .set(accounts::person_id.eq(Some(Uid(into))))
        .execute(&mut tx.conn)?;
    diesel::update(certifications::table.filter(certifications::person_id.eq(Uid(from))))
        .set((certifications::person_id.eq(Uid(into)), certifications::version.eq(certifications::version + 1)))
        .execute(&mut tx.conn)?;
    diesel::update(consents::table.filter(consents::person_id.eq(Uid(from))))
        .set(consents::person_id.eq(Uid(into)))
        .execute(&mut tx.conn)?;
    super::insurance::move_insurances(tx, from, into, actor)?;
    crate::training::hand_over_enrolments(tx, from, into, actor)?;
    crate::social_worker::hand_over(tx, from, into, actor)?;
    crate::appointment::hand_over(tx, from, into, actor)?;
    crate::cavalry::hand_over(tx, from, into)?;
    move_orders(tx, from, into)?;
    crate::care::hand_over(tx, from, into)?;
    crate::apprenticeship::hand_over(tx, from, into, actor)?;
    crate::demand::hand_over(tx, from, into)?;
    move_volunteer(tx, from, into, actor)?;
    crate::organisation::move_memberships(tx, from, into)
}

/// The person sees, and is shown in, every order that either record was part of. The orders' events stay untouched.
fn move_orders(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    diesel::update(orders::table.filter(orders::subject_id.eq(Uid(from)))).set(orders::subject_id.eq(Uid(into))).execute(&mut tx.conn)?;
    diesel::update(orders::table.filter(orders::placer_id.eq(Some(Uid(from)))))
        .set(orders::placer_id.eq(Some(Uid(into))))
        .execute(&mut tx.conn)?;
    diesel::update(orders::table.filter(orders::taker_person.eq(Some(Uid(from)))))
        .set(orders::taker_person.eq(Some(Uid(into))))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// The volunteer moves if the other record is none; else that one stays and this one has left. A bar is never lost.
fn move_volunteer(tx: &mut Tx, from: Uuid, into: Uuid, actor: Uuid) -> Result<(), StoreError> {
    let volunteer_or_none = |tx: &mut Tx, person| match volunteer(tx, person) {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::Missing) => Ok(None),
        Err(error) => Err(error),
    };
    let Some(given) = volunteer_or_none(tx, from)? else { return Ok(()) };
    let Some(kept) = volunteer_or_none(tx, into)? else {
        return super::volunteer::move_volunteer(tx, from, into);
    };
    // What was said is kept where the other one has said nothing.
    let said = super::volunteer_profile(tx, from)?;
    if said != VolunteerProfile::default() && super::volunteer_profile(tx, into)? == VolunteerProfile::default() {
        super::set_volunteer_profile(tx, into, kept.version, &said)?;
    }
    if given.state == VolunteerState::Barred {
        if kept.state != VolunteerState::Barred {
            super::change_volunteer(tx, into, kept.state, VolunteerState::Barred, actor)?;
        }
    } else if given.state != VolunteerState::Left {
        super::change_volunteer(tx, from, given.state, VolunteerState::Left, actor)?;
    }
    Ok(())
}

/// Every id under which a person was ever recorded, that of the record first which it now is: for queries over what has
/// happened.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn ids_of(tx: &mut Tx, id: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let row: (Uid, Option<Uid>) = persons::table.find(Uid(id)).select((persons::id, persons::merged_into)).first(&mut tx.conn)?;
    let mut ids = vec![row.1.unwrap_or(row.0)];
    let mut fresh = ids.clone();
    while !fresh.is_empty() {
        let others: Vec<Option<Uid>> = person_events::table
            .filter(person_events::person_id.eq_any(fresh))
            .filter(person_events::kind.eq(PersonEventKind::Merged.as_str()))
            .order((person_events::at, person_events::other))
            .select(person_events::other)
            .load(&mut tx.conn)?;
        fresh = others.into_iter().flatten().filter(|other| !ids.contains(other)).collect();
        fresh.dedup();
        ids.extend(fresh.iter().copied());
    }
    Ok(ids.into_iter().map(Into::into).collect())
}
