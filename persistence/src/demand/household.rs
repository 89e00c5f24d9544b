//! Households 家庭: people who live together.

use diesel::prelude::*;
use domain::person::HouseholdRelation;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::both;
use crate::error::StoreError;
use crate::order::{division, value};
use crate::schema::{household_members, households};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Household {
    /// Its id.
    pub id: Uuid,
    /// The region.
    pub region: DivisionCode,
    /// The grid or community in which it lives.
    pub division: DivisionCode,
    /// One more with every change of who belongs to it.
    pub version: i32,
}

/// Who belongs to it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HouseholdMember {
    /// Who.
    pub person: Uuid,
    /// What they are to its head.
    pub relation: HouseholdRelation,
    /// Since when.
    pub joined_at: domain::Timestamp,
}

/// Keeps a new household.
///
/// # Errors
/// [`StoreError::Unknown`] where the division is not there.
pub fn add(tx: &mut Tx, household: &Household, by: Uuid) -> Result<(), StoreError> {
    let row = (
        households::id.eq(Uid(household.id)),
        households::region.eq(household.region.as_str()),
        households::division.eq(household.division.as_str()),
        households::version.eq(household.version),
        households::created_by.eq(Uid(by)),
        households::created_at.eq(Instant::from(tx.now())),
    );
    diesel::insert_into(households::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// One household.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Household, StoreError> {
    let columns = (households::id, households::region, households::division, households::version);
    let (id, region, at, version): (Uid, String, String, i32) = households::table.find(Uid(id)).select(columns).first(&mut tx.conn)?;
    Ok(Household { id: id.0, region: division(&region)?, division: division(&at)?, version })
}

/// Who belongs to a household now, the longest first.
///
/// # Errors
/// The database's.
pub fn members(tx: &mut Tx, id: Uuid) -> Result<Vec<HouseholdMember>, StoreError> {
    let rows: Vec<(Uid, String, Instant)> = household_members::table
        .filter(household_members::household_id.eq(Uid(id)))
        .filter(household_members::left_at.is_null())
        .order((household_members::joined_at, household_members::person_id))
        .select((household_members::person_id, household_members::relation, household_members::joined_at))
        .load(&mut tx.conn)?;
    let member = |(person, relation, joined_at): (Uid, String, Instant)| {
        Ok(HouseholdMember { person: person.0, relation: value(&relation)?, joined_at: joined_at.get() })
    };
    rows.into_iter().map(member).collect()
}

/// The households to which any of these people belong now.
///
/// # Errors
/// The database's.
pub fn of_people(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let persons: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let rows: Vec<Uid> = household_members::table
        .filter(household_members::person_id.eq_any(persons))
        .filter(household_members::left_at.is_null())
        .order(household_members::household_id)
        .select(household_members::household_id)
        .distinct()
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Takes a person into a household, also one who had left it.
///
/// # Errors
/// [`StoreError::Duplicate`] of `household_members` where they belong to another one; [`StoreError::Unknown`].
pub fn join(tx: &mut Tx, id: Uuid, person: Uuid, relation: HouseholdRelation) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let said = (
        household_members::relation.eq(relation.as_str()),
        household_members::joined_at.eq(now),
        household_members::left_at.eq(None::<Instant>),
    );
    let row = (household_members::household_id.eq(Uid(id)), household_members::person_id.eq(Uid(person)), said);
    both!(tx, |c| diesel::insert_into(household_members::table)
        .values(row)
        .on_conflict((household_members::household_id, household_members::person_id))
        .do_update()
        .set(said)
        .execute(c))?;
    changed(tx, id)
}

/// Lets a person leave a household.
///
/// # Errors
/// [`StoreError::Missing`] where they do not belong to it.
pub fn leave(tx: &mut Tx, id: Uuid, person: Uuid) -> Result<(), StoreError> {
    let now = Some(Instant::from(tx.now()));
    let current = household_members::table.find((Uid(id), Uid(person))).filter(household_members::left_at.is_null());
    let left = diesel::update(current).set(household_members::left_at.eq(now)).execute(&mut tx.conn)?;
    if left == 0 { Err(StoreError::Missing) } else { changed(tx, id) }
}

fn changed(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    diesel::update(households::table.find(Uid(id))).set(households::version.eq(households::version + 1)).execute(&mut tx.conn)?;
    Ok(())
}
