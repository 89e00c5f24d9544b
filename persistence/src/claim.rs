//! Nobody is in two places: a quarter of an hour of a person belongs to one order, booking or shift.

use diesel::prelude::*;
use domain::order::Window;
use uuid::Uuid;

use crate::error::StoreError;
use crate::insert_all;
use crate::schema::quarter_claims;
use crate::store::Tx;
use crate::types::Uid;

#[derive(Insertable)]
#[diesel(table_name = quarter_claims, treat_none_as_default_value = false)]
struct Row {
    person_id: Uid,
    quarter: i64,
    holder_id: Uid,
}

/// Binds a person to an order, a booking or a shift for every quarter-hour that the window touches; how many there are.
///
/// # Errors
/// [`StoreError::Duplicate`] of `quarter_claims` where the person is bound to something else then.
pub(crate) fn claim(tx: &mut Tx, holder: Uuid, person: Uuid, window: Window) -> Result<usize, StoreError> {
    let rows: Vec<Row> = quarters(window).map(|quarter| Row { person_id: person.into(), quarter, holder_id: holder.into() }).collect();
    insert_all!(tx, quarter_claims::table, rows)?;
    Ok(rows.len())
}

/// Frees whoever is bound to an order, a booking or a shift.
///
/// # Errors
/// The database's.
pub(crate) fn free(tx: &mut Tx, holder: Uuid) -> Result<(), StoreError> {
    diesel::delete(quarter_claims::table.filter(quarter_claims::holder_id.eq(Uid(holder)))).execute(&mut tx.conn)?;
    Ok(())
}

/// Hands what binds one record of a person over to another one, which stays bound to its own where both are.
///
/// # Errors
/// The database's.
pub(crate) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    let held: Vec<i64> =
        quarter_claims::table.filter(quarter_claims::person_id.eq(Uid(into))).select(quarter_claims::quarter).load(&mut tx.conn)?;
    let theirs = || quarter_claims::table.filter(quarter_claims::person_id.eq(Uid(from)));
    diesel::delete(theirs().filter(quarter_claims::quarter.eq_any(held))).execute(&mut tx.conn)?;
    diesel::update(theirs()).set(quarter_claims::person_id.eq(Uid(into))).execute(&mut tx.conn)?;
    Ok(())
}

/// Whether a person is bound at any time of a window, by whatever else than `except`.
///
/// # Errors
/// The database's.
pub(crate) fn is_bound(tx: &mut Tx, person: Uuid, window: Window, except: Uuid) -> Result<bool, StoreError> {
    Ok(!busy(tx, person, window, except)?.is_empty())
}

/// The quarter-hours that a window touches, counted from 1970.
fn quarters(window: Window) -> std::ops::RangeInclusive<i64> {
    const QUARTER_SECONDS: i64 = 900;
    let last = (window.end.timestamp_micros() - 1).div_euclid(QUARTER_SECONDS * 1_000_000);
    window.start.timestamp().div_euclid(QUARTER_SECONDS)..=last
}

/// The times within a window at which a person is already bound, by whole quarter-hours; not those of `except`.
///
/// # Errors
/// The database's.
pub fn busy(tx: &mut Tx, person: Uuid, window: Window, except: Uuid) -> Result<Vec<Window>, StoreError> {
    let wanted = quarters(window);
    let rows: Vec<i64> = quarter_claims::table
        .filter(quarter_claims::person_id.eq(Uid(person)))
        .filter(quarter_claims::quarter.between(*wanted.start(), *wanted.end()))
        .filter(quarter_claims::holder_id.ne(Uid(except)))
        .select(quarter_claims::quarter)
        .load(&mut tx.conn)?;
    let at = |quarter: i64| chrono::DateTime::from_timestamp(quarter * 900, 0).unwrap_or_default();
    Ok(rows.into_iter().map(|quarter| Window { start: at(quarter), end: at(quarter + 1) }).collect())
}
