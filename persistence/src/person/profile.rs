//! What volunteers say of themselves, as it is sealed: one document that nothing is searched in.

use chrono::NaiveDate;
use domain::order::Group;
use domain::person::{DayException, DayTime, Phone, ServiceKind, Sex, VolunteerProfile, WeeklyWindow};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Tx;

/// What a profile is sealed for.
pub(crate) const PROFILE: &str = "volunteers.profile";
/// What a note about a volunteer is sealed for.
pub(crate) const NOTE: &str = "volunteer_events.note";

/// The sealed document. Members may be added, never renamed.
#[derive(Serialize, Deserialize)]
struct Document {
    sex: Option<Sex>,
    residence: Option<String>,
    phone: Option<String>,
    skills: Vec<String>,
    services: Vec<ServiceKind>,
    groups: Vec<Group>,
    windows: Vec<(u8, String, String)>,
    exceptions: Vec<(NaiveDate, String, String, bool)>,
}

/// Seals a profile for the record of a person.
pub(super) fn seal(tx: &Tx, person: Uuid, said: &VolunteerProfile) -> Result<Vec<u8>, StoreError> {
    let VolunteerProfile { sex, residence, phone, skills, services, groups, windows, exceptions } = said.clone();
    let windows = windows.iter().map(|window| (window.weekday, window.start.to_string(), window.end.to_string()));
    let exceptions = exceptions.iter().map(|day| (day.day, day.start.to_string(), day.end.to_string(), day.available));
    let document = Document {
        sex,
        residence,
        phone: phone.map(|phone| phone.as_str().to_owned()),
        skills,
        services,
        groups,
        windows: windows.collect(),
        exceptions: exceptions.collect(),
    };
    let text = serde_json::to_string(&document).map_err(|error| StoreError::Bug(format!("a profile: {error}")))?;
    tx.seal(PROFILE, person, &text)
}

/// Opens the profile of a person's record.
pub(super) fn open(tx: &Tx, person: Uuid, sealed: &[u8]) -> Result<VolunteerProfile, StoreError> {
    let text = tx.unseal(PROFILE, person, sealed)?;
    // The cause would repeat what was sealed.
    let wrong = || StoreError::Bug(format!("the profile of {person} cannot be read"));
    let Document { sex, residence, phone, skills, services, groups, windows, exceptions } =
        serde_json::from_str(&text).map_err(|_| wrong())?;
    let time = |raw: &str| DayTime::parse(raw).ok_or_else(wrong);
    let windows = windows.iter().map(|(weekday, start, end)| Ok(WeeklyWindow { weekday: *weekday, start: time(start)?, end: time(end)? }));
    let exceptions = exceptions
        .iter()
        .map(|(day, start, end, available)| Ok(DayException { day: *day, start: time(start)?, end: time(end)?, available: *available }));
    Ok(VolunteerProfile {
        sex,
        residence,
        phone: phone.map(|raw| Phone::parse(&raw).map_err(|_| wrong())).transpose()?,
        skills,
        services,
        groups,
        windows: windows.collect::<Result<_, StoreError>>()?,
        exceptions: exceptions.collect::<Result<_, StoreError>>()?,
    })
}
