//! Erasing what is past its time 留存: runs of a job, a report each. What a run has reached is kept with it, in the transaction that
//! erases, so that whatever ends it, the next turn goes on there.

mod access;
mod demand;
mod order;
mod session;

use chrono::TimeDelta;
use diesel::prelude::*;
use domain::Timestamp;
use domain::retention::RecordKind;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::audit::{self, ActorKind, Past};
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::value;
use crate::schema::retention_runs;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A run, and what it has come to: the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: Uuid,
    /// The region; empty for what belongs to the installation as a whole.
    pub region: String,
    /// What kind of record.
    pub kind: RecordKind,
    /// The version of the policy that said how long.
    pub policy: String,
    /// What is of before this moment is past its time.
    pub cutoff: Timestamp,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was through; none while it is not.
    pub ended_at: Option<Timestamp>,
    /// How many rows it has erased or emptied.
    pub erased: i64,
    /// The last record that it has dealt with, by time and id.
    pub reached: (Timestamp, Uuid),
}

/// A row of `retention_runs`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = retention_runs)]
struct Row {
    id: Uid,
    region: String,
    kind: String,
    policy_version: String,
    cutoff: Instant,
    started_at: Instant,
    ended_at: Option<Instant>,
    erased: i64,
    reached_at: Instant,
    reached_id: Uid,
}

impl Row {
    fn into_run(self) -> Result<Run, StoreError> {
        Ok(Run {
            id: self.id.0,
            region: self.region,
            kind: value(&self.kind)?,
            policy: self.policy_version,
            cutoff: self.cutoff.get(),
            started_at: self.started_at.get(),
            ended_at: self.ended_at.map(Instant::get),
            erased: self.erased,
            reached: (self.reached_at.get(), self.reached_id.0),
        })
    }
}

/// The run of a region and kind that began last, whether it is through or not.
///
/// # Errors
/// The database's.
pub fn last(tx: &mut Tx, region: &str, kind: RecordKind) -> Result<Option<Run>, StoreError> {
    let of = retention_runs::table.filter(retention_runs::region.eq(region)).filter(retention_runs::kind.eq(kind.as_str()));
    let newest = of.order((retention_runs::started_at.desc(), retention_runs::id.desc()));
    let row: Option<Row> = newest.select(Row::as_select()).first(&mut tx.conn).optional()?;
    row.map(Row::into_run).transpose()
}

/// Begins a run now. What the one before was through with is not looked at again.
///
/// # Errors
/// [`StoreError::Duplicate`] where one is not through yet.
pub fn begin(tx: &mut Tx, id: Uuid, region: &str, kind: RecordKind, policy: &str, cutoff: Timestamp) -> Result<Run, StoreError> {
    let reached = (settled(tx, region, kind)? - again(kind), Uuid::nil());
    let (started_at, policy, region) = (tx.now(), policy.to_owned(), region.to_owned());
    let run = Run { id, region, kind, policy, cutoff, started_at, ended_at: None, erased: 0, reached };
    let row = Row {
        id: id.into(),
        region: run.region.clone(),
        kind: kind.as_str().to_owned(),
        policy_version: run.policy.clone(),
        cutoff: cutoff.into(),
        started_at: started_at.into(),
        ended_at: None,
        erased: 0,
        reached_at: reached.0.into(),
        reached_id: reached.1.into(),
    };
    diesel::insert_into(retention_runs::table).values(&row).execute(&mut tx.conn)?;
    Ok(run)
}

/// How far back a run looks behind the one before it: an entry of the log is past its time when its link is, which can be made late.
const fn again(kind: RecordKind) -> TimeDelta {
    match kind {
        RecordKind::Audit | RecordKind::Provisions => TimeDelta::days(7),
        RecordKind::Orders | RecordKind::Demands | RecordKind::Sessions => TimeDelta::zero(),
    }
}

/// Before this moment nothing is left of a kind: the latest cut-off of a run that is through.
fn settled(tx: &mut Tx, region: &str, kind: RecordKind) -> Result<Timestamp, StoreError> {
    let latest: Option<Instant> = retention_runs::table
        .filter(retention_runs::region.eq(region))
        .filter(retention_runs::kind.eq(kind.as_str()))
        .filter(retention_runs::ended_at.is_not_null())
        .order(retention_runs::cutoff.desc())
        .select(retention_runs::cutoff)
        .first(&mut tx.conn)
        .optional()?;
    Ok(latest.map_or(Timestamp::UNIX_EPOCH, Instant::get))
}

/// What a step has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Done {
    /// How many rows were erased or emptied.
    rows: usize,
    /// The last record that was dealt with; none where there was none left.
    last: Option<(Timestamp, Uuid)>,
    /// Whether other records of the kind are left.
    more: bool,
}

/// Goes on with a run: erases the next records, at most so many, and notes how far it came. The run as it then is.
///
/// # Errors
/// [`StoreError::Stale`] where another one goes on with it.
pub fn step(tx: &mut Tx, run: &Run, limit: i64, by: ActorKind) -> Result<Run, StoreError> {
    let now = tx.now();
    tx.about("retention-runs", run.id);
    tx.for_purpose(run.kind.as_str());
    if let Ok(region) = domain::region::DivisionCode::parse(&run.region) {
        tx.in_region(&region);
    }
    let done = match run.kind {
        RecordKind::Orders => order::erase(tx, run, limit)?,
        RecordKind::Demands => demand::erase(tx, run, limit)?,
        RecordKind::Sessions => session::erase(tx, run, limit)?,
        RecordKind::Audit | RecordKind::Provisions => entries(tx, run, limit, by)?,
    };
    if done.rows == 0 {
        tx.changes_nothing();
    }
    let rows = i64::try_from(done.rows).unwrap_or(i64::MAX);
    let through = done.last.is_none() && !done.more;
    let next = Run {
        erased: run.erased.saturating_add(rows),
        reached: done.last.unwrap_or(run.reached),
        ended_at: through.then_some(now),
        ..run.clone()
    };
    let changed = diesel::update(retention_runs::table.find(Uid(run.id)))
        .filter(retention_runs::ended_at.is_null())
        .filter(retention_runs::erased.eq(run.erased))
        .filter(retention_runs::reached_id.eq(Uid(run.reached.1)))
        .set((
            retention_runs::erased.eq(next.erased),
            retention_runs::reached_at.eq(Instant::from(next.reached.0)),
            retention_runs::reached_id.eq(Uid(next.reached.1)),
            retention_runs::ended_at.eq(next.ended_at.map(Instant::from)),
        ))
        .execute(&mut tx.conn)?;
    if changed == 1 { Ok(next) } else { Err(StoreError::Stale) }
}

/// Entries tell by themselves what was emptied; records of access belong to the installation as a whole.
fn entries(tx: &mut Tx, run: &Run, limit: i64, by: ActorKind) -> Result<Done, StoreError> {
    let (rows, last) = audit::empty(tx, &past(run), limit, by, run.id)?;
    let beside = match run.kind {
        RecordKind::Provisions if run.region.is_empty() => access::erase(tx, run.cutoff, limit)?,
        _ => 0,
    };
    if beside == 0 {
        tx.changes_nothing();
    }
    Ok(Done { rows: rows + beside, last, more: beside > 0 })
}

fn past(run: &Run) -> Past {
    Past { region: run.region.clone(), kind: run.kind, after: run.reached, cutoff: run.cutoff }
}

/// How many records are past their time: entries, orders, needs, sessions, records of access.
///
/// # Errors
/// The database's.
pub fn count(tx: &mut Tx, region: &str, kind: RecordKind, cutoff: Timestamp) -> Result<i64, StoreError> {
    let after = (settled(tx, region, kind)?, Uuid::nil());
    match kind {
        RecordKind::Orders => order::count(tx, region, after.0, cutoff),
        RecordKind::Demands => demand::count(tx, region, after.0, cutoff),
        RecordKind::Sessions => session::count(tx, cutoff),
        RecordKind::Audit | RecordKind::Provisions => {
            let said = audit::count_past(tx, &Past { region: region.to_owned(), kind, after, cutoff })?;
            let beside = if kind == RecordKind::Provisions && region.is_empty() { access::count(tx, cutoff)? } else { 0 };
            Ok(said + beside)
        }
    }
}

/// The reports of a region, the newest first, after one of them.
///
/// # Errors
/// The database's.
pub fn runs(tx: &mut Tx, region: &str, after: Option<(Timestamp, Uuid)>, limit: i64) -> Result<Vec<Run>, StoreError> {
    let mut query = retention_runs::table.filter(retention_runs::region.eq(region.to_owned())).into_boxed::<MultiBackend>();
    if let Some((at, id)) = after {
        let at = Instant::from(at);
        let earlier = retention_runs::started_at.lt(at).or(retention_runs::id.lt(Uid(id)));
        query = query.filter(retention_runs::started_at.le(at).and(earlier));
    }
    let newest = query.order((retention_runs::started_at.desc(), retention_runs::id.desc())).limit(limit);
    let rows: Vec<Row> = newest.select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_run).collect()
}
