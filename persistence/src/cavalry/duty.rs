//! Who is on duty, and in which cell: one row a person while they are, and no row before and afterwards.

use diesel::prelude::*;
use domain::Timestamp;
use domain::cavalry::DutyEnd;
use domain::geo::{Bounds, Position};
use domain::person::VolunteerState;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::member::{Member, Row as MemberRow};
use crate::error::StoreError;
use crate::order::{division, optional};
use crate::region::{lies_in, ranges_of};
use crate::schema::{cavalry, cavalry_duties, cavalry_positions, volunteers};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// That somebody is, or was, on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Its id.
    pub id: Uuid,
    /// Who.
    pub person: Uuid,
    /// The region.
    pub region: DivisionCode,
    /// Where the person was counted when it began.
    pub division: DivisionCode,
    /// The version of the policy by which it ends by itself.
    pub policy_version: String,
    /// Since when.
    pub started_at: Timestamp,
    /// Until when; none while it goes on.
    pub ended_at: Option<Timestamp>,
    /// Why it has ended.
    pub end: Option<DutyEnd>,
}

/// A row of `cavalry_duties`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = cavalry_duties, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    person_id: Uid,
    region: String,
    division: String,
    policy_version: String,
    started_at: Instant,
    ended_at: Option<Instant>,
    end_reason: Option<String>,
}

impl Row {
    fn into_duty(self) -> Result<Duty, StoreError> {
        Ok(Duty {
            id: self.id.0,
            person: self.person_id.0,
            region: division(&self.region)?,
            division: division(&self.division)?,
            policy_version: self.policy_version,
            started_at: self.started_at.get(),
            ended_at: self.ended_at.map(Instant::get),
            end: optional(self.end_reason.as_deref())?,
        })
    }
}

/// Where somebody who is on duty was last heard of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnDuty {
    /// Their duty.
    pub duty: Uuid,
    /// Since when they are on duty.
    pub since: Timestamp,
    /// The middle of the cell.
    pub cell: Position,
    /// When they were last heard of.
    pub heard_at: Timestamp,
    /// When the duty ends by itself.
    pub expires_at: Timestamp,
}

/// A member who is on duty.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Who.
    pub member: Member,
    /// Where, and since when.
    pub on_duty: OnDuty,
}

type Place = (Uid, i32, i32, Instant, Instant, Instant);

/// The columns of a [`Place`].
macro_rules! place {
    () => {
        (
            cavalry_positions::duty_id,
            cavalry_positions::longitude_e7,
            cavalry_positions::latitude_e7,
            cavalry_duties::started_at,
            cavalry_positions::heard_at,
            cavalry_positions::expires_at,
        )
    };
}

fn read((duty, longitude, latitude, since, heard_at, expires_at): Place) -> Result<OnDuty, StoreError> {
    let cell = Position::from_units(longitude, latitude).map_err(|error| StoreError::Bug(error.to_string()))?;
    Ok(OnDuty { duty: duty.0, since: since.get(), cell, heard_at: heard_at.get(), expires_at: expires_at.get() })
}

/// Holds an active volunteer until the transaction ends: whoever pauses or bars them meanwhile waits, and then finds the duty. `false`
/// where they are not active.
///
/// # Errors
/// The database's.
pub fn holds_duty(tx: &mut Tx, person: Uuid) -> Result<bool, StoreError> {
    let its = volunteers::table.find(Uid(person)).filter(volunteers::state.eq(VolunteerState::Active.as_str()));
    let held = diesel::update(its).set(volunteers::version.eq(volunteers::version)).execute(&mut tx.conn)?;
    Ok(held == 1)
}

/// Lets somebody be on duty who is not.
///
/// # Errors
/// [`StoreError::Duplicate`] of `cavalry_duties` where they are.
pub fn start(tx: &mut Tx, duty: &Duty, cell: Position, expires_at: Timestamp) -> Result<(), StoreError> {
    let row = Row {
        id: duty.id.into(),
        person_id: duty.person.into(),
        region: duty.region.as_str().to_owned(),
        division: duty.division.as_str().to_owned(),
        policy_version: duty.policy_version.clone(),
        started_at: duty.started_at.into(),
        ended_at: None,
        end_reason: None,
    };
    diesel::insert_into(cavalry_duties::table).values(&row).execute(&mut tx.conn)?;
    let (longitude, latitude) = cell.units();
    let place = (
        cavalry_positions::person_id.eq(Uid(duty.person)),
        cavalry_positions::duty_id.eq(Uid(duty.id)),
        cavalry_positions::region.eq(duty.region.as_str()),
        cavalry_positions::longitude_e7.eq(longitude),
        cavalry_positions::latitude_e7.eq(latitude),
        cavalry_positions::heard_at.eq(Instant::from(tx.now())),
        cavalry_positions::expires_at.eq(Instant::from(expires_at)),
    );
    diesel::insert_into(cavalry_positions::table).values(place).execute(&mut tx.conn)?;
    Ok(())
}

/// Overwrites where somebody is who is on that duty; the place before is gone. `false` where the duty has ended meanwhile.
///
/// # Errors
/// The database's.
pub fn hear(tx: &mut Tx, person: Uuid, duty: Uuid, cell: Position, expires_at: Timestamp) -> Result<bool, StoreError> {
    let (longitude, latitude) = cell.units();
    let place = (
        cavalry_positions::longitude_e7.eq(longitude),
        cavalry_positions::latitude_e7.eq(latitude),
        cavalry_positions::heard_at.eq(Instant::from(tx.now())),
        cavalry_positions::expires_at.eq(Instant::from(expires_at)),
    );
    let its = cavalry_positions::table.find(Uid(person)).filter(cavalry_positions::duty_id.eq(Uid(duty)));
    Ok(diesel::update(its).set(place).execute(&mut tx.conn)? == 1)
}

/// Ends the duty of somebody and deletes where they were; `false` where they were not on duty.
///
/// # Errors
/// The database's.
pub fn end(tx: &mut Tx, person: Uuid, why: DutyEnd) -> Result<bool, StoreError> {
    if diesel::delete(cavalry_positions::table.find(Uid(person))).execute(&mut tx.conn)? == 0 {
        return Ok(false);
    }
    let now = tx.now();
    close(tx, person, why, now)?;
    Ok(true)
}

/// As [`end`], where its time was up at that moment; `false` where something was heard since.
///
/// # Errors
/// The database's.
pub fn end_expired(tx: &mut Tx, person: Uuid, expires_at: Timestamp, why: DutyEnd) -> Result<bool, StoreError> {
    let its = cavalry_positions::table.find(Uid(person)).filter(cavalry_positions::expires_at.eq(Instant::from(expires_at)));
    if diesel::delete(its).execute(&mut tx.conn)? == 0 {
        return Ok(false);
    }
    close(tx, person, why, expires_at)?;
    Ok(true)
}

fn close(tx: &mut Tx, person: Uuid, why: DutyEnd, at: Timestamp) -> Result<(), StoreError> {
    let open = cavalry_duties::table.filter(cavalry_duties::person_id.eq(Uid(person))).filter(cavalry_duties::ended_at.is_null());
    // Never before it has begun, where a clock elsewhere ran ahead.
    let started: Option<Instant> = open.select(cavalry_duties::started_at).first(&mut tx.conn).optional()?;
    let at = started.map_or(at, |started| at.max(started.get()));
    let ended = (cavalry_duties::ended_at.eq(Some(Instant::from(at))), cavalry_duties::end_reason.eq(Some(why.as_str())));
    diesel::update(open).set(ended).execute(&mut tx.conn)?;
    Ok(())
}

/// Who is on duty whose time is up, the longest over first.
///
/// # Errors
/// The database's.
pub fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Uid> = cavalry_positions::table
        .filter(cavalry_positions::expires_at.le(Instant::from(now)))
        .order((cavalry_positions::expires_at, cavalry_positions::person_id))
        .limit(limit)
        .select(cavalry_positions::person_id)
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Where somebody is, if they are on duty.
///
/// # Errors
/// The database's.
pub fn on_duty(tx: &mut Tx, person: Uuid) -> Result<Option<OnDuty>, StoreError> {
    let row: Option<Place> = cavalry_positions::table
        .inner_join(cavalry_duties::table.on(cavalry_duties::id.eq(cavalry_positions::duty_id)))
        .filter(cavalry_positions::person_id.eq(Uid(person)))
        .select(place!())
        .first(&mut tx.conn)
        .optional()?;
    row.map(read).transpose()
}

/// The members of these divisions who are on duty and whose time is not up, in the order of their ids.
///
/// # Errors
/// The database's.
pub fn on_duty_in(tx: &mut Tx, within: &[DivisionCode]) -> Result<Vec<Found>, StoreError> {
    let counted = ranges_of(tx, within)?;
    let rows: Vec<(MemberRow, Place)> = cavalry::table
        .inner_join(cavalry_positions::table.on(cavalry_positions::person_id.eq(cavalry::person_id)))
        .inner_join(cavalry_duties::table.on(cavalry_duties::id.eq(cavalry_positions::duty_id)))
        .filter(cavalry_positions::expires_at.gt(Instant::from(tx.now())))
        .order(cavalry::person_id)
        .select((MemberRow::as_select(), place!()))
        .load(&mut tx.conn)?;
    let found = rows.into_iter().map(found).collect::<Result<Vec<Found>, StoreError>>()?;
    Ok(found.into_iter().filter(|found| lies_in(&found.member.division, &counted)).collect())
}

/// The members of a region who are on duty within bounds and whose time is not up, in no order: a range of an index.
///
/// # Errors
/// The database's.
pub fn near(tx: &mut Tx, region: &DivisionCode, bounds: Bounds) -> Result<Vec<Found>, StoreError> {
    let rows: Vec<(MemberRow, Place)> = cavalry::table
        .inner_join(cavalry_positions::table.on(cavalry_positions::person_id.eq(cavalry::person_id)))
        .inner_join(cavalry_duties::table.on(cavalry_duties::id.eq(cavalry_positions::duty_id)))
        .filter(cavalry_positions::region.eq(region.as_str()))
        .filter(cavalry_positions::expires_at.gt(Instant::from(tx.now())))
        .filter(cavalry_positions::latitude_e7.between(bounds.latitude.0, bounds.latitude.1))
        .filter(cavalry_positions::longitude_e7.between(bounds.longitude.0, bounds.longitude.1))
        .select((MemberRow::as_select(), place!()))
        .load(&mut tx.conn)?;
    rows.into_iter().map(found).collect()
}

fn found((member, place): (MemberRow, Place)) -> Result<Found, StoreError> {
    Ok(Found { member: member.into_member()?, on_duty: read(place)? })
}

/// When somebody was on duty under any of these records, the latest first.
///
/// # Errors
/// The database's.
pub fn duties_of(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<Duty>, StoreError> {
    let rows: Vec<Row> = cavalry_duties::table
        .filter(cavalry_duties::person_id.eq_any(persons.iter().copied().map(Uid).collect::<Vec<_>>()))
        .order((cavalry_duties::started_at.desc(), cavalry_duties::id.desc()))
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_duty).collect()
}

pub(super) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    diesel::update(cavalry_duties::table.filter(cavalry_duties::person_id.eq(Uid(from))))
        .set(cavalry_duties::person_id.eq(Uid(into)))
        .execute(&mut tx.conn)?;
    Ok(())
}
