//! What becomes of needs and households when a person is erased or two records become one.

use diesel::prelude::*;
use domain::demand::{DropReason, Item, Subject, withdraw};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::row::live_key;
use super::{Recorded, by_households, by_person, living_twin, save};
use crate::error::StoreError;
use crate::schema::{demand_items, demand_texts, household_members};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Forgets what was said of the needs of people who are erased; what still waits is taken off the lists. That they were there,
/// and when, stays for the statistics.
pub(crate) fn forget(tx: &mut Tx, persons: &[Uuid]) -> Result<(), StoreError> {
    let households = super::household::of_people(tx, persons)?;
    move_out(tx, persons)?;
    // Of a household of which nobody is left, what was said was said of them.
    let mut left = Vec::new();
    for household in households {
        if super::household::members(tx, household)?.is_empty() {
            left.push(household);
        }
    }
    let mut theirs = by_person(tx, persons)?;
    theirs.extend(by_households(tx, &left)?);
    let ids: Vec<Uid> = theirs.iter().map(|item| Uid(item.id)).collect();
    diesel::delete(demand_texts::table.filter(demand_texts::item_id.eq_any(&ids))).execute(&mut tx.conn)?;
    diesel::update(demand_items::table.filter(demand_items::id.eq_any(ids)))
        .set(demand_items::external_ref.eq(None::<String>))
        .execute(&mut tx.conn)?;
    for item in theirs.iter().filter(|item| item.state.is_live()) {
        take_off(tx, item, DropReason::Declined)?;
    }
    Ok(())
}

fn move_out(tx: &mut Tx, persons: &[Uuid]) -> Result<(), StoreError> {
    let now = Some(Instant::from(tx.now()));
    let members: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    diesel::update(
        household_members::table.filter(household_members::person_id.eq_any(members)).filter(household_members::left_at.is_null()),
    )
    .set(household_members::left_at.eq(now))
    .execute(&mut tx.conn)?;
    Ok(())
}

fn take_off(tx: &mut Tx, item: &Item, reason: DropReason) -> Result<Item, StoreError> {
    let decision = withdraw(item, reason, tx.now());
    save(tx, item, &decision, Recorded::default().because(Some(reason.as_str())))?;
    Ok(decision.item)
}

/// Makes the needs of one record those of another. Of a need that both have on the list one leaves it: that of the record given up,
/// unless only that one has an order under way.
pub(crate) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    for before in by_person(tx, &[from])? {
        let mut moved = Item { subject: Subject::Person(into), ..before.clone() };
        match living_twin(tx, &moved)?.filter(|_| before.state.is_live()) {
            Some(twin) if before.order_live && !twin.order_live => drop(take_off(tx, &twin, DropReason::Duplicate)?),
            Some(_) => moved = Item { subject: moved.subject, ..take_off(tx, &before, DropReason::Duplicate)? },
            None => {}
        }
        let key = moved.state.is_live().then(|| live_key(&moved));
        diesel::update(demand_items::table.find(Uid(before.id)))
            .set((demand_items::person_id.eq(Some(Uid(into))), demand_items::live_key.eq(key)))
            .execute(&mut tx.conn)?;
    }
    hand_over_household(tx, from, into)
}

/// The person stays in the household of the record that is kept; of none, in that of the other.
fn hand_over_household(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    let current =
        |person| household_members::table.filter(household_members::person_id.eq(Uid(person))).filter(household_members::left_at.is_null());
    let kept: i64 = current(into).count().get_result(&mut tx.conn)?;
    let given: Option<(Uid, String)> =
        current(from).select((household_members::household_id, household_members::relation)).first(&mut tx.conn).optional()?;
    let Some((household, relation)) = given else { return Ok(()) };
    super::household::leave(tx, household.0, from)?;
    if kept == 0 {
        super::household::join(tx, household.0, into, crate::order::value(&relation)?)?;
    }
    Ok(())
}
