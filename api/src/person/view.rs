//! People as callers see them: masked, whoever asks.

use std::collections::HashMap;

use domain::Timestamp;
use domain::language::Language;
use domain::order::Group;
use domain::person::{DocumentKind, VolunteerState, group_on};
use domain::vocabulary::Vocabulary;
use persistence::person::{self, Person, Volunteer};
use persistence::{StoreError, Tx};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::day;
use crate::problem::Fault;
use crate::services::Services;

/// A document, masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MaskedDocument)]
pub struct DocumentView {
    /// Which kind.
    kind: DocumentKind,
    /// The country that issued it.
    country: String,
    /// The masked number.
    #[schema(example = "230822********001X")]
    number: String,
}

/// A volunteer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Volunteer)]
pub struct VolunteerView {
    /// The person.
    person: Uuid,
    /// The number under which others know the volunteer.
    number: String,
    /// The region of registration.
    region: String,
    /// Where the volunteer serves.
    division: String,
    /// Where the volunteer stands.
    state: VolunteerState,
    /// The state in the caller's language.
    label: String,
    /// The states that may follow.
    next: Vec<VolunteerState>,
    /// One more with every change.
    version: i32,
}

impl VolunteerView {
    /// The view of a volunteer.
    #[must_use]
    pub fn new(volunteer: Volunteer, language: Language) -> Self {
        Self {
            person: volunteer.person,
            number: volunteer.number,
            region: volunteer.region.to_string(),
            division: volunteer.division.to_string(),
            state: volunteer.state,
            label: volunteer.state.label(language).to_owned(),
            next: volunteer.state.next().to_vec(),
            version: volunteer.version,
        }
    }

    /// The person.
    #[must_use]
    pub const fn person(&self) -> Uuid {
        self.person
    }

    /// The volunteer's version.
    #[must_use]
    pub const fn version(&self) -> i32 {
        self.version
    }
}

/// A person, masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonView {
    /// The record's id.
    id: Uuid,
    /// Where the person lives.
    division: String,
    /// The masked name.
    #[schema(example = "张**")]
    name: String,
    /// The masked phone number.
    #[schema(example = "138****5678")]
    phone: Option<String>,
    /// The masked document.
    document: Option<DocumentView>,
    /// The group that the person's age puts them in today.
    group: Group,
    /// Whether the person has bound an account to the record.
    claimed: bool,
    /// The volunteer that the person is, if so.
    volunteer: Option<VolunteerView>,
    /// One more with every change.
    version: i32,
}

impl PersonView {
    /// The record's id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// The record's version.
    #[must_use]
    pub const fn version(&self) -> i32 {
        self.version
    }
}

/// The view of a person.
///
/// # Errors
/// The database's.
pub fn person_view(tx: &mut Tx, services: &Services, person: Person, language: Language) -> Result<PersonView, Fault> {
    let volunteer = volunteer_of(tx, person.id)?;
    Ok(view(services, tx.now(), person, volunteer, language))
}

/// The views of people.
///
/// # Errors
/// The database's.
pub fn person_views(tx: &mut Tx, services: &Services, people: Vec<Person>, language: Language) -> Result<Vec<PersonView>, Fault> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
    let volunteers = person::find_volunteers(tx, &ids, &[])?.into_iter().map(|volunteer| (volunteer.person, volunteer));
    let mut volunteers: HashMap<Uuid, Volunteer> = volunteers.collect();
    let now = tx.now();
    Ok(people
        .into_iter()
        .map(|person| {
            let volunteer = volunteers.remove(&person.id);
            view(services, now, person, volunteer, language)
        })
        .collect())
}

fn view(services: &Services, now: Timestamp, person: Person, volunteer: Option<Volunteer>, language: Language) -> PersonView {
    let volunteer = volunteer.map(|volunteer| VolunteerView::new(volunteer, language));
    let document = person.document.map(|document| DocumentView {
        kind: document.kind(),
        country: document.country().to_owned(),
        number: document.masked(),
    });
    PersonView {
        id: person.id,
        group: group_on(person.birth_date, day(services, &person.division, now)),
        division: person.division.to_string(),
        name: person.name.masked(),
        phone: person.phone.map(|phone| phone.masked()),
        document,
        claimed: person.claimed,
        volunteer,
        version: person.version,
    }
}

/// The volunteer that a person is, if so.
///
/// # Errors
/// The database's.
pub fn volunteer_of(tx: &mut Tx, person: Uuid) -> Result<Option<Volunteer>, StoreError> {
    match person::volunteer(tx, person) {
        Ok(volunteer) => Ok(Some(volunteer)),
        Err(StoreError::Missing) => Ok(None),
        Err(error) => Err(error),
    }
}
