//! Visits of care plans: each day of a plan once.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::care::{SkipReason, VisitState};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::error::StoreError;
use crate::order::{optional, value};
use crate::schema::care_visits;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Its plan.
    pub plan: Uuid,
    /// The local day.
    pub day: NaiveDate,
    /// When it is to begin.
    pub starts_at: domain::Timestamp,
    /// When it is to end.
    pub ends_at: domain::Timestamp,
    /// Where it stands.
    pub state: VisitState,
    /// Its order; none where none was placed.
    pub order: Option<Uuid>,
    /// Why it is left out.
    pub skip: Option<SkipReason>,
    /// When the clock asks whether anybody has come.
    pub ask_at: Option<domain::Timestamp>,
    /// When it was found to be missed, also where it was made up for.
    pub missed_at: Option<domain::Timestamp>,
    /// The version of the policy of the last decision.
    pub policy_version: String,
    /// When it changed last.
    pub changed_at: domain::Timestamp,
}

/// A row of `care_visits`.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = care_visits, primary_key(plan_id, on_day), treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    plan_id: Uid,
    on_day: NaiveDate,
    starts_at: Instant,
    ends_at: Instant,
    state: String,
    order_id: Option<Uid>,
    skip_reason: Option<String>,
    ask_at: Option<Instant>,
    missed_at: Option<Instant>,
    policy_version: String,
    changed_at: Instant,
}

impl From<&Visit> for Row {
    fn from(visit: &Visit) -> Self {
        Self {
            plan_id: visit.plan.into(),
            on_day: visit.day,
            starts_at: visit.starts_at.into(),
            ends_at: visit.ends_at.into(),
            state: visit.state.as_str().to_owned(),
            order_id: visit.order.map(Into::into),
            skip_reason: visit.skip.map(|reason| reason.as_str().to_owned()),
            ask_at: visit.ask_at.map(Into::into),
            missed_at: visit.missed_at.map(Into::into),
            policy_version: visit.policy_version.clone(),
            changed_at: visit.changed_at.into(),
        }
    }
}

impl Row {
    fn into_visit(self) -> Result<Visit, StoreError> {
        Ok(Visit {
            plan: self.plan_id.0,
            day: self.on_day,
            starts_at: self.starts_at.get(),
            ends_at: self.ends_at.get(),
            state: value(&self.state)?,
            order: self.order_id.map(|id| id.0),
            skip: optional(self.skip_reason.as_deref())?,
            ask_at: self.ask_at.map(Instant::get),
            missed_at: self.missed_at.map(Instant::get),
            policy_version: self.policy_version,
            changed_at: self.changed_at.get(),
        })
    }
}

/// Keeps a new visit.
///
/// # Errors
/// [`StoreError::Duplicate`] where the plan has one on this day.
pub fn keep(tx: &mut Tx, visit: &Visit) -> Result<(), StoreError> {
    diesel::insert_into(care_visits::table).values(Row::from(visit)).execute(&mut tx.conn)?;
    Ok(())
}

/// Keeps what has become of a visit, if it is still in the state that was decided on.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn save(tx: &mut Tx, before: VisitState, visit: &Visit) -> Result<(), StoreError> {
    let its = care_visits::table.find((Uid(visit.plan), visit.day)).filter(care_visits::state.eq(before.as_str()));
    let changed = diesel::update(its).set(Row::from(visit)).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The visits of a plan, in order.
///
/// # Errors
/// The database's.
pub fn visits(tx: &mut Tx, plan: Uuid) -> Result<Vec<Visit>, StoreError> {
    let its = care_visits::table.filter(care_visits::plan_id.eq(Uid(plan)));
    let rows: Vec<Row> = its.order(care_visits::on_day).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_visit).collect()
}

/// The visit of a plan on a day, if there is one.
///
/// # Errors
/// The database's.
pub fn on(tx: &mut Tx, plan: Uuid, day: NaiveDate) -> Result<Option<Visit>, StoreError> {
    let row: Option<Row> = care_visits::table.find((Uid(plan), day)).select(Row::as_select()).first(&mut tx.conn).optional()?;
    row.map(Row::into_visit).transpose()
}

/// The visit that an order is, if it is one.
///
/// # Errors
/// The database's.
pub fn of_order(tx: &mut Tx, order: Uuid) -> Result<Option<Visit>, StoreError> {
    let its = care_visits::table.filter(care_visits::order_id.eq(Some(Uid(order))));
    let row: Option<Row> = its.select(Row::as_select()).first(&mut tx.conn).optional()?;
    row.map(Row::into_visit).transpose()
}

/// The visits of which the clock has to ask whether anybody has come, the longest overdue first.
///
/// # Errors
/// The database's.
pub fn to_ask(tx: &mut Tx, now: domain::Timestamp, limit: i64) -> Result<Vec<(Uuid, NaiveDate)>, StoreError> {
    let due = care_visits::table.filter(care_visits::ask_at.le(Some(Instant::from(now))));
    let rows: Vec<(Uid, NaiveDate)> = due
        .order((care_visits::ask_at, care_visits::plan_id))
        .limit(limit)
        .select((care_visits::plan_id, care_visits::on_day))
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(plan, day)| (plan.0, day)).collect())
}
