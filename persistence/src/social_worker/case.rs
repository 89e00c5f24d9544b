//! Cases: which needs a social worker sees to.

use diesel::prelude::*;
use domain::demand::DemandState;
use domain::social_worker::CaseEnd;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::optional;
use crate::schema::{demand_items, social_work_cases};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// That a social worker sees to a need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: Uuid,
    /// Who sees to it.
    pub worker: Uuid,
    /// The need.
    pub demand: Uuid,
    /// The account that has given it.
    pub opened_by: Uuid,
    /// Since when.
    pub opened_at: domain::Timestamp,
    /// Why it has ended, if it has.
    pub end: Option<CaseEnd>,
    /// When it has ended.
    pub ended_at: Option<domain::Timestamp>,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

/// A row of `social_work_cases`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = social_work_cases, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    worker_id: Uid,
    demand_id: Uid,
    opened_by: Uid,
    opened_at: Instant,
    end_reason: Option<String>,
    ended_by: Option<Uid>,
    ended_at: Option<Instant>,
    version: i32,
}

impl Row {
    fn into_case(self) -> Result<Case, StoreError> {
        Ok(Case {
            id: self.id.0,
            worker: self.worker_id.0,
            demand: self.demand_id.0,
            opened_by: self.opened_by.0,
            opened_at: self.opened_at.get(),
            end: optional(self.end_reason.as_deref())?,
            ended_at: self.ended_at.map(Instant::get),
            version: self.version,
        })
    }
}

/// Gives a social worker a case.
///
/// # Errors
/// [`StoreError::Duplicate`] of `social_work_cases` where somebody sees to the need already.
pub fn add_case(tx: &mut Tx, id: Uuid, worker: Uuid, demand: Uuid, by: Uuid) -> Result<(), StoreError> {
    let row = Row {
        id: id.into(),
        worker_id: worker.into(),
        demand_id: demand.into(),
        opened_by: by.into(),
        opened_at: tx.now().into(),
        end_reason: None,
        ended_by: None,
        ended_at: None,
        version: 1,
    };
    diesel::insert_into(social_work_cases::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One case.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_case(tx: &mut Tx, id: Uuid) -> Result<Case, StoreError> {
    let row: Row = social_work_cases::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_case()
}

/// Ends a case, if it is still of that version and has not ended.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn end_case(tx: &mut Tx, case: &Case, why: CaseEnd, by: Uuid) -> Result<(), StoreError> {
    let values = (
        social_work_cases::end_reason.eq(Some(why.as_str())),
        social_work_cases::ended_by.eq(Some(Uid(by))),
        social_work_cases::ended_at.eq(Some(Instant::from(tx.now()))),
        social_work_cases::version.eq(case.version + 1),
    );
    let its = social_work_cases::table
        .find(Uid(case.id))
        .filter(social_work_cases::version.eq(case.version))
        .filter(social_work_cases::ended_at.is_null());
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The cases of a social worker, the newest first, from before one on.
///
/// # Errors
/// The database's.
pub fn cases_of(tx: &mut Tx, worker: Uuid, also_ended: bool, before: Option<Uuid>, limit: i64) -> Result<Vec<Case>, StoreError> {
    let mut query = social_work_cases::table.into_boxed::<MultiBackend>().filter(social_work_cases::worker_id.eq(Uid(worker)));
    if !also_ended {
        query = query.filter(social_work_cases::ended_at.is_null());
    }
    if let Some(before) = before {
        query = query.filter(social_work_cases::id.lt(Uid(before)));
    }
    let rows: Vec<Row> = query.order(social_work_cases::id.desc()).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_case).collect()
}

/// The caseload: cases that have not ended, of needs that are still on their list.
///
/// # Errors
/// The database's.
pub fn open_cases(tx: &mut Tx, worker: Uuid) -> Result<i64, StoreError> {
    let living: Vec<&str> = DemandState::ALL.iter().filter(|state| state.is_live()).map(|state| state.as_str()).collect();
    let count = social_work_cases::table
        .inner_join(demand_items::table.on(demand_items::id.eq(social_work_cases::demand_id)))
        .filter(social_work_cases::worker_id.eq(Uid(worker)))
        .filter(social_work_cases::ended_at.is_null())
        .filter(demand_items::state.eq_any(living))
        .count()
        .get_result(&mut tx.conn)?;
    Ok(count)
}

/// Ends every case of somebody.
pub(super) fn end_all(tx: &mut Tx, worker: Uuid, by: Uuid) -> Result<(), StoreError> {
    let values = (
        social_work_cases::end_reason.eq(Some(CaseEnd::HandedOver.as_str())),
        social_work_cases::ended_by.eq(Some(Uid(by))),
        social_work_cases::ended_at.eq(Some(Instant::from(tx.now()))),
        social_work_cases::version.eq(social_work_cases::version + 1),
    );
    let open = social_work_cases::table.filter(social_work_cases::worker_id.eq(Uid(worker))).filter(social_work_cases::ended_at.is_null());
    diesel::update(open).set(values).execute(&mut tx.conn)?;
    Ok(())
}
