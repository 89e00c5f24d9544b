//! How many belong to the cavalry, how long they were on duty, and how often emergencies have rung.

use diesel::dsl::count_star;
use diesel::prelude::*;
use domain::Timestamp;
use domain::cavalry::Employment;
use domain::region::DivisionCode;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::value;
use crate::region::{in_ranges, ranges};
use crate::schema::{cavalry, cavalry_duties, emergency_rings};
use crate::store::Tx;
use crate::types::Instant;

/// How many members of a division are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// How they work.
    pub employment: Employment,
    /// Whether emergencies may ring them.
    pub emergency_ready: bool,
    /// How many.
    pub people: i64,
}

/// Counts the members of a division.
///
/// # Errors
/// The database's.
pub fn tally(tx: &mut Tx, within: &DivisionCode) -> Result<Vec<Tally>, StoreError> {
    let near = in_ranges!(cavalry::table, cavalry::division, ranges(tx, within)?);
    let rows: Vec<(String, bool, i64)> = cavalry::table
        .filter(near)
        .filter(cavalry::active.eq(true))
        .group_by((cavalry::employment, cavalry::emergency_ready))
        .select((cavalry::employment, cavalry::emergency_ready, count_star()))
        .load(&mut tx.conn)?;
    let read =
        |(employment, emergency_ready, people): (String, bool, i64)| Ok(Tally { employment: value(&employment)?, emergency_ready, people });
    rows.into_iter().map(read).collect()
}

/// From when to when people of a division were on duty in a time; what goes on counts until now. Who it was is not told.
///
/// # Errors
/// The database's.
pub fn duties_in(
    tx: &mut Tx,
    within: &DivisionCode,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<(Timestamp, Timestamp)>, StoreError> {
    let near = in_ranges!(cavalry_duties::table, cavalry_duties::division, ranges(tx, within)?);
    let rows: Vec<(Instant, Option<Instant>)> = cavalry_duties::table
        .into_boxed::<MultiBackend>()
        .filter(near)
        .filter(cavalry_duties::started_at.lt(Instant::from(to)))
        .filter(cavalry_duties::ended_at.is_null().or(cavalry_duties::ended_at.ge(Some(Instant::from(from)))))
        .order((cavalry_duties::started_at, cavalry_duties::id))
        .select((cavalry_duties::started_at, cavalry_duties::ended_at))
        .load(&mut tx.conn)?;
    let now = tx.now();
    Ok(rows.into_iter().map(|(started, ended)| (started.get(), ended.map_or(now, Instant::get))).collect())
}

/// How often emergencies of a division have rung in a time, and how many people altogether.
///
/// # Errors
/// The database's.
pub fn rings_in(tx: &mut Tx, within: &DivisionCode, (from, to): (Timestamp, Timestamp)) -> Result<(i64, i64), StoreError> {
    let near = in_ranges!(emergency_rings::table, emergency_rings::division, ranges(tx, within)?);
    let rows: Vec<i32> = emergency_rings::table
        .into_boxed::<MultiBackend>()
        .filter(near)
        .filter(emergency_rings::at.ge(Instant::from(from)))
        .filter(emergency_rings::at.lt(Instant::from(to)))
        .select(emergency_rings::people)
        .load(&mut tx.conn)?;
    Ok((i64::try_from(rows.len()).unwrap_or(i64::MAX), rows.into_iter().map(i64::from).sum()))
}
