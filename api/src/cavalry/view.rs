//! The cavalry as callers see it.

use chrono::{DateTime, Utc};
use domain::cavalry::{DutyEnd, Employment};
use persistence::cavalry::{self, Duty, Member, OnDuty};
use persistence::person::Person;
use persistence::{StoreError, Tx};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::order::view::{NamedPerson, PositionView};
use crate::problem::Fault;

/// Somebody of the light cavalry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CavalryMember)]
pub struct MemberView {
    /// Who, masked.
    person: NamedPerson,
    /// The region.
    region: String,
    /// Where they are counted: where they serve as a volunteer.
    division: String,
    /// How they work.
    employment: Employment,
    /// Whether emergencies may ring them.
    emergency_ready: bool,
    /// Whether they belong to it now.
    active: bool,
    /// When they joined.
    joined_at: DateTime<Utc>,
    /// Their time on duty; null while they are not, and for everybody but themselves.
    duty: Option<DutyView>,
    /// One more with every change; going on duty and off is none.
    pub(super) version: i32,
}

/// A time on duty that goes on.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = CavalryDuty)]
pub struct DutyView {
    /// Since when.
    since: DateTime<Utc>,
    /// When the person was last heard of.
    heard_at: DateTime<Utc>,
    /// When it ends by itself, unless something is heard before.
    ends_at: DateTime<Utc>,
    /// The middle of the cell, which is all that is kept of where the person is.
    cell: PositionView,
}

impl From<OnDuty> for DutyView {
    fn from(duty: OnDuty) -> Self {
        Self { since: duty.since, heard_at: duty.heard_at, ends_at: duty.expires_at, cell: duty.cell.into() }
    }
}

/// A time on duty, without any place.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PastCavalryDuty)]
pub struct PastDutyView {
    /// Its id.
    id: Uuid,
    /// Where the person was counted.
    division: String,
    /// Since when.
    since: DateTime<Utc>,
    /// Until when; null while it goes on.
    until: Option<DateTime<Utc>>,
    /// Why it has ended.
    end: Option<DutyEnd>,
    /// The version of the policy by which it would end by itself.
    policy_version: String,
}

impl From<Duty> for PastDutyView {
    fn from(duty: Duty) -> Self {
        let Duty { id, division, started_at, ended_at, end, policy_version, .. } = duty;
        Self { id, division: division.to_string(), since: started_at, until: ended_at, end, policy_version }
    }
}

/// What somebody is and did in the light cavalry.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CavalryRecord {
    /// What they are; null where they never joined.
    member: Option<MemberView>,
    /// When they were on duty, the latest first.
    duties: Vec<PastDutyView>,
}

/// The view of a member; with their duty for themselves.
///
/// # Errors
/// The database's.
pub(super) fn view(tx: &mut Tx, person: &Person, member: Member, own: bool) -> Result<MemberView, Fault> {
    let now = tx.now();
    let duty = if own { cavalry::on_duty(tx, person.id)?.filter(|duty| duty.expires_at > now) } else { None };
    Ok(MemberView {
        person: NamedPerson { id: person.id, name: person.name.masked(), phone: None },
        region: member.region.to_string(),
        division: member.division.to_string(),
        employment: member.employment,
        emergency_ready: member.emergency_ready,
        active: member.active,
        joined_at: member.joined_at,
        duty: duty.map(Into::into),
        version: member.version,
    })
}

/// The member that somebody is, also where they have left; none where they never joined.
///
/// # Errors
/// The database's.
pub(super) fn known(tx: &mut Tx, person: Uuid) -> Result<Option<Member>, StoreError> {
    match cavalry::load(tx, person) {
        Ok(member) => Ok(Some(member)),
        Err(StoreError::Missing) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What somebody is and did, for who takes away what is known of them.
///
/// # Errors
/// The database's.
pub(crate) fn record_of(tx: &mut Tx, person: &Person, records: &[Uuid]) -> Result<CavalryRecord, Fault> {
    let member = known(tx, person.id)?.map(|member| view(tx, person, member, true)).transpose()?;
    Ok(CavalryRecord { member, duties: cavalry::duties_of(tx, records)?.into_iter().map(Into::into).collect() })
}
