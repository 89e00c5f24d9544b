//! The lists as they stand.

use diesel::prelude::*;
use domain::demand::Item;
use domain::order::Group;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::row::Row;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division as code_of, value};
use crate::region::{in_ranges, ranges_of};
use crate::schema::{demand_items, demand_lists};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Whose list: a division with all below it, and a group or all.
#[derive(Clone, Debug)]
pub struct ListOf {
    /// The divisions.
    pub within: Vec<DivisionCode>,
    /// The group; all where there is none.
    pub group: Option<Group>,
}

pub(super) type Query = demand_items::BoxedQuery<'static, MultiBackend>;

/// What lies on the lists.
pub(super) fn of(tx: &mut Tx, list: &ListOf) -> Result<Query, StoreError> {
    let near = in_ranges!(demand_items::table, demand_items::division, ranges_of(tx, &list.within)?);
    let query = demand_items::table.into_boxed::<MultiBackend>().filter(near);
    Ok(match list.group {
        Some(group) => query.filter(demand_items::subject_group.eq(group.as_str())),
        None => query,
    })
}

fn load(tx: &mut Tx, query: demand_items::BoxedQuery<'_, MultiBackend>) -> Result<Vec<Item>, StoreError> {
    let rows: Vec<Row> = query.select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_item).collect()
}

/// Every item on the living list of a division under any code that it has had, at most so many, with the revision of the list.
///
/// # Errors
/// The database's.
pub fn living(tx: &mut Tx, codes: &[DivisionCode], group: Group, limit: i64) -> Result<(i32, Vec<Item>), StoreError> {
    let codes: Vec<&str> = codes.iter().map(DivisionCode::as_str).collect();
    let revisions: Vec<i32> = demand_lists::table
        .filter(demand_lists::division.eq_any(codes.clone()))
        .filter(demand_lists::subject_group.eq(group.as_str()))
        .select(demand_lists::revision)
        .load(&mut tx.conn)?;
    let query = demand_items::table.into_boxed::<MultiBackend>().filter(demand_items::division.eq_any(codes));
    let query = query.filter(demand_items::subject_group.eq(group.as_str())).filter(demand_items::live_key.is_not_null());
    Ok((revisions.into_iter().sum(), load(tx, query.limit(limit))?))
}

/// Items of a list whatever became of them, the newest first, from before one on.
///
/// # Errors
/// The database's.
pub fn newest(tx: &mut Tx, list: &ListOf, before: Option<Uuid>, limit: i64) -> Result<Vec<Item>, StoreError> {
    let mut query = of(tx, list)?;
    if let Some(before) = before {
        query = query.filter(demand_items::id.lt(Uid(before)));
    }
    load(tx, query.order(demand_items::id.desc()).limit(limit))
}

/// Items that should have been looked at again by a moment, the longest overdue first, from after one on.
///
/// # Errors
/// The database's.
pub fn overdue(
    tx: &mut Tx,
    list: &ListOf,
    now: domain::Timestamp,
    after: Option<(domain::Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<Item>, StoreError> {
    let mut query = of(tx, list)?.filter(demand_items::live_key.is_not_null()).filter(demand_items::verify_by.le(Instant::from(now)));
    if let Some((at, id)) = after {
        let at = Instant::from(at);
        query = query.filter(demand_items::verify_by.ge(at).and(demand_items::verify_by.gt(at).or(demand_items::id.gt(Uid(id)))));
    }
    load(tx, query.order((demand_items::verify_by, demand_items::id)).limit(limit))
}

/// The items of people, whatever became of them, oldest first.
///
/// # Errors
/// The database's.
pub fn by_person(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<Item>, StoreError> {
    let persons: Vec<Option<Uid>> = persons.iter().map(|id| Some(Uid(*id))).collect();
    let query = demand_items::table.into_boxed::<MultiBackend>().filter(demand_items::person_id.eq_any(persons));
    load(tx, query.order(demand_items::id))
}

/// What these households need or have needed, as households.
///
/// # Errors
/// The database's.
pub fn by_households(tx: &mut Tx, households: &[Uuid]) -> Result<Vec<Item>, StoreError> {
    let households: Vec<Option<Uid>> = households.iter().map(|id| Some(Uid(*id))).collect();
    let query = demand_items::table.into_boxed::<MultiBackend>().filter(demand_items::household_id.eq_any(households));
    load(tx, query.order(demand_items::id))
}

/// The item that an order serves, or served last.
///
/// # Errors
/// The database's.
pub fn serving(tx: &mut Tx, order: Uuid) -> Result<Option<Item>, StoreError> {
    let row: Option<Row> = crate::both!(tx, |c| demand_items::table
        .filter(demand_items::order_id.eq(Some(Uid(order))))
        .select(Row::as_select())
        .get_result(c)
        .optional())?;
    row.map(Row::into_item).transpose()
}

/// An item whose person may have come into another group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The item.
    pub item: Uuid,
    /// Whose need it is.
    pub person: Uuid,
    /// On whose list it stands.
    pub group: Group,
}

/// The items of people on the living lists of a region, from after one on: for whoever looks for birthdays.
///
/// # Errors
/// The database's.
pub fn candidates(tx: &mut Tx, region: &DivisionCode, after: Uuid, limit: i64) -> Result<Vec<Listed>, StoreError> {
    let rows: Vec<(Uid, Option<Uid>, String)> = demand_items::table
        .filter(demand_items::region.eq(region.as_str()))
        .filter(demand_items::live_key.is_not_null())
        .filter(demand_items::person_id.is_not_null())
        .filter(demand_items::id.gt(Uid(after)))
        .order(demand_items::id)
        .limit(limit)
        .select((demand_items::id, demand_items::person_id, demand_items::subject_group))
        .load(&mut tx.conn)?;
    let listed = rows.into_iter().filter_map(|(item, person, group)| {
        let person = person?.0;
        Some(value(&group).map(|group| Listed { item: item.0, person, group }))
    });
    listed.collect()
}

/// A list with the number of its last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRevision {
    /// The grid or community.
    pub division: DivisionCode,
    /// The group.
    pub group: Group,
    /// The number of its last change.
    pub revision: i32,
    /// When that was.
    pub changed_at: domain::Timestamp,
}

/// The lists of divisions, by division and group, from after one on.
///
/// # Errors
/// The database's.
pub fn lists(tx: &mut Tx, within: &[DivisionCode], after: Option<(String, Group)>, limit: i64) -> Result<Vec<ListRevision>, StoreError> {
    let near = in_ranges!(demand_lists::table, demand_lists::division, ranges_of(tx, within)?);
    let mut query = demand_lists::table.into_boxed::<MultiBackend>().filter(near);
    if let Some((division, group)) = after {
        let later = demand_lists::division.gt(division.clone()).or(demand_lists::subject_group.gt(group.as_str()));
        query = query.filter(demand_lists::division.ge(division).and(later));
    }
    let query = query.order((demand_lists::division, demand_lists::subject_group)).limit(limit);
    let rows: Vec<(String, String, i32, Instant)> = query.load(&mut tx.conn)?;
    let list = |(division, group, revision, changed_at): (String, String, i32, Instant)| {
        Ok(ListRevision { division: code_of(&division)?, group: value(&group)?, revision, changed_at: changed_at.get() })
    };
    rows.into_iter().map(list).collect()
}
