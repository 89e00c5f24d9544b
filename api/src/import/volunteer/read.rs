//! One row: read as the request that would register the same person.

use chrono::{DateTime, NaiveDate, Utc};
use domain::order::{Basis, Group};
use domain::person::{ServiceKind, Sex, VolunteerProfile, group_on};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary as _;
use persistence::person::NewPerson;
use serde_json::json;

use super::Volunteers;
use crate::body;
use crate::import::value::{given, list, of_list, yes};
use crate::import::{Row, Table as _, people};
use crate::person::entry::{self, EnterPerson};
use crate::person::profile::ProfileBody;
use crate::problem::{Problem, Rule};

/// The longest number of a volunteer, in characters.
const NUMBER: usize = 32;

/// What a row says.
pub(super) struct Said {
    pub(super) line: usize,
    pub(super) person: NewPerson,
    pub(super) basis: Basis,
    pub(super) age: Option<u32>,
    pub(super) region: DivisionCode,
    pub(super) number: Option<String>,
    pub(super) profile: Option<VolunteerProfile>,
}

/// Reads a row.
pub(super) fn read(table: &Volunteers, now: DateTime<Utc>, row: &Row) -> Result<Said, Problem> {
    if let Some(column) = row.unreadable().next() {
        return Err(Problem::field(format!("/{column}"), Rule::NotReadable));
    }
    let guardian = yes("guardian_consent", row.get("guardian_consent"))?;
    let basis = if guardian { Basis::Guardian } else { Basis::StatutoryDuty };
    let home = given(row.get("division")).or(table.division.as_deref());
    let asked: EnterPerson = body::row(&people::request(row, home, basis.as_str())?)?;
    let today = |division: &DivisionCode| day(table, now, division);
    let person = entry::read(&asked, table.loader.account(), today)?;
    table.loader.check(Volunteers::ACTION, &person.division)?;
    let today = today(&person.division);
    // Who is of age has consented by registering; for a minor it is not enough.
    let basis = match group_on(person.birth_date, today) {
        Group::Minor if !guardian && !table.minors_wait => return Err(Problem::field("/guardian_consent", Rule::GuardianNeeded)),
        Group::Minor => basis,
        _ => Basis::Consent,
    };
    let region = table.book.region_of(&person.division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    let age = person.birth_date.and_then(|birth| domain::person::age_on(birth, today));
    let number = given(row.get("number")).map(|raw| number(raw, &person)).transpose()?.flatten();
    let profile = profile(row, &person)?;
    Ok(Said { line: row.line, basis, age, region: region.division.clone(), number, profile, person })
}

fn day(table: &Volunteers, now: DateTime<Utc>, division: &DivisionCode) -> NaiveDate {
    let zone = table.book.region_of(division).map_or(chrono_tz::Asia::Shanghai, |region| region.zone);
    now.with_timezone(&zone).date_naive()
}

/// A number that the volunteer is known by already. One that tells who somebody is, because it is their document or telephone
/// number, is not kept: they get one of ours.
fn number(raw: &str, person: &NewPerson) -> Result<Option<String>, Problem> {
    let fits = raw.chars().count() <= NUMBER && raw.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !fits {
        return Err(Problem::field_with("/number", Rule::WrongFormat, vec![format!("[A-Za-z0-9-]{{1,{NUMBER}}}")]));
    }
    let plain = raw.to_ascii_uppercase();
    let document = person.document.as_ref().is_some_and(|document| plain.contains(document.number()));
    let phone = person.phone.as_ref().is_some_and(|phone| plain.contains(phone.as_str().trim_start_matches("+86")));
    Ok((!document && !phone).then(|| raw.to_owned()))
}

/// What the volunteer says of themselves, where the row says anything of it.
fn profile(row: &Row, person: &NewPerson) -> Result<Option<VolunteerProfile>, Problem> {
    let sex: Option<Sex> = given(row.get("sex")).map(|cell| of_list("sex", cell, &[])).transpose()?;
    let stated = person.document.as_ref().and_then(domain::person::Document::sex);
    if matches!((sex, stated), (Some(said), Some(stated)) if said != stated) {
        return Err(Problem::field("/sex", Rule::SexMismatch));
    }
    // What the document states needs not be said again.
    let sex = sex.filter(|_| stated.is_none());
    let skills: Vec<&str> = given(row.get("skills")).into_iter().flat_map(list).collect();
    let services = given(row.get("services")).into_iter().flat_map(list).map(|cell| of_list::<ServiceKind>("services", cell, &[]));
    let services = services.collect::<Result<Vec<_>, Problem>>()?;
    let residence = given(row.get("residence"));
    if sex.is_none() && skills.is_empty() && services.is_empty() && residence.is_none() {
        return Ok(None);
    }
    let services: Vec<&str> = services.iter().map(|service| service.as_str()).collect();
    let mut said = json!({ "skills": skills, "services": services });
    if let Some(said) = said.as_object_mut() {
        said.extend(sex.map(|sex| ("sex".to_owned(), json!(sex.as_str()))));
        said.extend(residence.map(|residence| ("residence".to_owned(), json!(residence))));
    }
    body::row::<ProfileBody>(&said)?.read("").map(Some)
}
