//! Shifts of duty rosters.

use diesel::prelude::*;
use domain::Timestamp;
use domain::appointment::{DutyPost, ShiftReleaseReason, ShiftState, ShiftStep};
use domain::order::Window;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::claim;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::insert_all;
use crate::order::{optional, value};
use crate::schema::shifts;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// That somebody is on duty at a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Its id.
    pub id: Uuid,
    /// The request that has planned it, alone or with others.
    pub roster: Uuid,
    /// At which site.
    pub site: Uuid,
    /// Who.
    pub person: Uuid,
    /// What they do.
    pub post: DutyPost,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Where it stands.
    pub state: ShiftState,
    /// Why the person need not come.
    pub release_reason: Option<ShiftReleaseReason>,
    /// The version of the policy by which it was planned.
    pub policy_version: String,
    /// One more with every change; a new one has 1.
    pub version: i32,
    /// The account that has planned it.
    pub created_by: Uuid,
}

impl Shift {
    /// The time that it claims.
    #[must_use]
    pub const fn window(&self) -> Window {
        Window { start: self.starts_at, end: self.ends_at }
    }
}

/// A row of `shifts`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = shifts, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    roster_id: Uid,
    site_id: Uid,
    person_id: Uid,
    post: String,
    starts_at: Instant,
    ends_at: Instant,
    state: String,
    release_reason: Option<String>,
    policy_version: String,
    version: i32,
    by_account: Uid,
    created_by: Uid,
    created_at: Instant,
    changed_at: Instant,
}

impl Row {
    fn new(shift: &Shift, at: Timestamp) -> Self {
        Self {
            id: shift.id.into(),
            roster_id: shift.roster.into(),
            site_id: shift.site.into(),
            person_id: shift.person.into(),
            post: shift.post.as_str().to_owned(),
            starts_at: shift.starts_at.into(),
            ends_at: shift.ends_at.into(),
            state: shift.state.as_str().to_owned(),
            release_reason: shift.release_reason.map(|reason| reason.as_str().to_owned()),
            policy_version: shift.policy_version.clone(),
            version: shift.version,
            by_account: shift.created_by.into(),
            created_by: shift.created_by.into(),
            created_at: at.into(),
            changed_at: at.into(),
        }
    }

    fn into_shift(self) -> Result<Shift, StoreError> {
        Ok(Shift {
            id: self.id.0,
            roster: self.roster_id.0,
            site: self.site_id.0,
            person: self.person_id.0,
            post: value(&self.post)?,
            starts_at: self.starts_at.get(),
            ends_at: self.ends_at.get(),
            state: value(&self.state)?,
            release_reason: optional(self.release_reason.as_deref())?,
            policy_version: self.policy_version,
            version: self.version,
            created_by: self.created_by.0,
        })
    }
}

/// Keeps new shifts and claims the time of those who hold them: all of them or none.
///
/// # Errors
/// [`StoreError::Duplicate`] of `quarter_claims` where somebody is bound to something else then; [`StoreError::Unknown`] where the
/// site or a person is not there.
pub fn add_shifts(tx: &mut Tx, planned: &[Shift]) -> Result<(), StoreError> {
    let now = tx.now();
    let rows: Vec<Row> = planned.iter().map(|shift| Row::new(shift, now)).collect();
    insert_all!(tx, shifts::table, rows)?;
    // In one order whoever plans, so that two plans for the same people wait for each other once.
    let mut ordered: Vec<&Shift> = planned.iter().collect();
    ordered.sort_by_key(|shift| (shift.person, shift.starts_at));
    for shift in ordered {
        claim::claim(tx, shift.id, shift.person, shift.window())?;
    }
    Ok(())
}

/// Changes where a shift stands, if it is still of that version; it gets the next one. Whoever need not come has their time back.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn change_shift(tx: &mut Tx, shift: &Shift, state: ShiftState, reason: Option<ShiftReleaseReason>, by: Uuid) -> Result<(), StoreError> {
    let values = (
        shifts::state.eq(state.as_str()),
        shifts::release_reason.eq(reason.map(|reason| reason.as_str())),
        shifts::by_account.eq(Uid(by)),
        shifts::changed_at.eq(Instant::from(tx.now())),
        shifts::version.eq(shift.version + 1),
    );
    let its = shifts::table.find(Uid(shift.id)).filter(shifts::version.eq(shift.version));
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    if state == ShiftState::Released {
        claim::free(tx, shift.id)?;
    }
    Ok(())
}

/// One shift.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_shift(tx: &mut Tx, id: Uuid) -> Result<Shift, StoreError> {
    let row: Row = shifts::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_shift()
}

/// The shifts that one request has planned, in order of time.
///
/// # Errors
/// The database's.
pub fn shifts_of_roster(tx: &mut Tx, roster: Uuid) -> Result<Vec<Shift>, StoreError> {
    let rows: Vec<Row> = shifts::table
        .filter(shifts::roster_id.eq(Uid(roster)))
        .order((shifts::starts_at, shifts::id))
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_shift).collect()
}

/// Which shifts.
#[derive(Clone, Debug, Default)]
pub struct ShiftFilter {
    /// Only those of this site that begin in this time.
    pub site: Option<(Uuid, Window)>,
    /// Only those of somebody under any of these records.
    pub persons: Option<Vec<Uuid>>,
    /// Only those that end after this moment.
    pub since: Option<Timestamp>,
}

/// The shifts that are asked for, in order of time, from after one on.
///
/// # Errors
/// The database's.
pub fn list_shifts(
    tx: &mut Tx,
    filter: &ShiftFilter,
    after: Option<(Timestamp, Uuid)>,
    limit: Option<i64>,
) -> Result<Vec<Shift>, StoreError> {
    let mut query = shifts::table.into_boxed::<MultiBackend>();
    if let Some((site, within)) = filter.site {
        query = query
            .filter(shifts::site_id.eq(Uid(site)))
            .filter(shifts::starts_at.ge(Instant::from(within.start)))
            .filter(shifts::starts_at.lt(Instant::from(within.end)));
    }
    if let Some(persons) = &filter.persons {
        query = query.filter(shifts::person_id.eq_any(persons.iter().copied().map(Uid).collect::<Vec<_>>()));
    }
    if let Some(since) = filter.since {
        query = query.filter(shifts::ends_at.gt(Instant::from(since)));
    }
    if let Some((at, id)) = after {
        let at = Instant::from(at);
        query = query.filter(shifts::starts_at.ge(at)).filter(shifts::starts_at.gt(at).or(shifts::id.gt(Uid(id))));
    }
    if let Some(limit) = limit {
        query = query.limit(limit);
    }
    let query = query.order((shifts::starts_at, shifts::id));
    let rows: Vec<Row> = query.select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_shift).collect()
}

/// The shifts of somebody that are to come.
fn upcoming(tx: &mut Tx, person: Uuid) -> Result<Vec<Shift>, StoreError> {
    let rows: Vec<Row> = shifts::table
        .filter(shifts::person_id.eq(Uid(person)))
        .filter(shifts::state.eq(ShiftState::Planned.as_str()))
        .filter(shifts::starts_at.gt(Instant::from(tx.now())))
        .order(shifts::id)
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_shift).collect()
}

fn release(tx: &mut Tx, shift: &Shift, reason: ShiftReleaseReason, by: Uuid) -> Result<(), StoreError> {
    change_shift(tx, shift, ShiftStep::Release.to(), Some(reason), by)
}

/// Releases somebody from shifts that are to come.
pub(super) fn forget(tx: &mut Tx, person: Uuid, by: Uuid) -> Result<(), StoreError> {
    upcoming(tx, person)?.into_iter().try_for_each(|shift| release(tx, &shift, ShiftReleaseReason::Personal, by))
}

/// Releases one record from shifts at a time at which the other is bound.
pub(super) fn give_up_collisions(tx: &mut Tx, from: Uuid, into: Uuid, by: Uuid) -> Result<(), StoreError> {
    for shift in upcoming(tx, from)? {
        if claim::is_bound(tx, into, shift.window(), shift.id)? {
            release(tx, &shift, ShiftReleaseReason::Replanned, by)?;
        }
    }
    Ok(())
}

/// Hands the shifts over.
pub(super) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    diesel::update(shifts::table.filter(shifts::person_id.eq(Uid(from))))
        .set((shifts::person_id.eq(Uid(into)), shifts::version.eq(shifts::version + 1)))
        .execute(&mut tx.conn)?;
    Ok(())
}
