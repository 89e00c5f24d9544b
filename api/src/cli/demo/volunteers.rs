//! What the volunteers of the demo say of themselves, how they are insured, and who still waits to be taken on.

use chrono::TimeDelta;
use domain::order::Group;
use domain::person::{DayTime, InsuranceCover, ServiceKind, VolunteerProfile, VolunteerState, WeeklyWindow};
use persistence::Tx;
use persistence::person::{self, Insurance, NewVolunteer};
use uuid::Uuid;

use super::manifest::Cast;
use super::people_data::PersonData;
use crate::problem::{Fault, Problem};

/// When some serve and others do, from Monday (1) to Sunday (7).
const WINDOWS: [(u8, &str, &str); 4] = [(6, "08:30", "11:30"), (7, "14:00", "17:00"), (3, "18:30", "20:30"), (5, "09:00", "12:00")];

/// Applies to be a volunteer.
pub(super) fn apply(tx: &mut Tx, cast: &Cast, id: Uuid, number: u16) -> Result<(), Fault> {
    let applied = NewVolunteer {
        person: id,
        number: format!("D{}{number:03}", cast.region),
        region: cast.region.clone(),
        division: cast.community.clone(),
        state: VolunteerState::Applied,
        by: None,
    };
    Ok(person::add_volunteer(tx, &applied)?)
}

/// Says what the volunteer can do and when.
pub(super) fn introduce(tx: &mut Tx, id: Uuid, data: &PersonData, skills: Vec<String>, number: u16) -> Result<(), Fault> {
    let services = [ServiceKind::Household, ServiceKind::Elderly, ServiceKind::Learning, ServiceKind::Health];
    let windows = WINDOWS.iter().cycle().skip(usize::from(number)).take(2).map(|(weekday, start, end)| {
        let time = |raw: &str| DayTime::parse(raw).ok_or_else(|| Problem::internal(raw));
        Ok(WeeklyWindow { weekday: *weekday, start: time(start)?, end: time(end)? })
    });
    let said = VolunteerProfile {
        residence: Some(format!("演示小区{}号楼({})", number % 9 + 1, data.login)),
        skills,
        services: services.into_iter().cycle().skip(usize::from(number)).take(2).collect(),
        groups: vec![Group::Elderly, Group::Minor],
        windows: windows.collect::<Result<_, Problem>>()?,
        ..VolunteerProfile::default()
    };
    let version = person::volunteer(tx, id)?.version;
    Ok(person::set_volunteer_profile(tx, id, version, &said)?)
}

/// Insures a volunteer against accidents, for about two years.
pub(super) fn insure(tx: &mut Tx, id: Uuid, by: Uuid, number: u16) -> Result<(), Fault> {
    let insurance = Insurance {
        id: Uuid::now_v7(),
        person: id,
        insurer: Some("演示财产保险公司".to_owned()),
        number: Some(format!("DEMO-2026-{number:04}")),
        covers: vec![InsuranceCover::Accident, InsuranceCover::Medical],
        valid_from: tx.now() - TimeDelta::days(200),
        valid_until: tx.now() + TimeDelta::days(530),
        entered_by: by,
        ended_at: None,
        version: 1,
    };
    Ok(person::add_insurance(tx, &insurance)?)
}
