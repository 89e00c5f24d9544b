//! What requests say about people, read strictly. Nothing that was given is repeated in an error.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::person::{Document, DocumentError, DocumentKind, IdentityNumberError, PersonName, Phone};
use domain::region::{DivisionCode, Level};
use persistence::Tx;
use persistence::idempotency::{self, Claim};
use persistence::secret::hex;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// A document that identifies a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Document)]
pub struct DocumentInput {
    /// Which kind.
    kind: DocumentKind,
    /// The country that issued it (ISO 3166-1 alpha-2).
    #[serde(default = "china")]
    #[schema(min_length = 2, max_length = 2, example = "CN")]
    country: String,
    /// Its number.
    #[schema(min_length = 1, max_length = 40)]
    number: String,
}

fn china() -> String {
    "CN".to_owned()
}

impl DocumentInput {
    /// Reads it.
    ///
    /// # Errors
    /// Names the part of it and the rule.
    pub fn read(&self, pointer: &str) -> Result<Document, Problem> {
        Document::parse(self.kind, &self.country, &self.number).map_err(|error| {
            let (part, rule) = match error {
                DocumentError::Country => ("country", Rule::Country),
                DocumentError::NotChinese { .. } | DocumentError::Chinese { .. } => ("country", Rule::DocumentCountry),
                DocumentError::Number { .. } => ("number", Rule::DocumentNumber),
                DocumentError::IdentityNumber(IdentityNumberError::Form) => ("number", Rule::IdentityNumber),
                DocumentError::IdentityNumber(IdentityNumberError::BirthDate) => ("number", Rule::IdentityNumberBirthDate),
                DocumentError::IdentityNumber(IdentityNumberError::CheckCharacter) => ("number", Rule::IdentityNumberCheck),
            };
            Problem::field(format!("{pointer}/{part}"), rule)
        })
    }
}

/// Reads a full name.
///
/// # Errors
/// Names the field.
pub fn name(pointer: &str, raw: &str) -> Result<PersonName, Problem> {
    PersonName::parse(raw).map_err(|_| Problem::field(pointer, Rule::PersonName))
}

/// Reads a phone number.
///
/// # Errors
/// Names the field.
pub fn phone(pointer: &str, raw: &str) -> Result<Phone, Problem> {
    Phone::parse(raw).map_err(|_| Problem::field(pointer, Rule::Phone))
}

/// Reads where somebody lives: a grid or a community.
///
/// # Errors
/// Names the field.
pub fn home(pointer: &str, raw: &str) -> Result<DivisionCode, Problem> {
    let division = region::code(pointer, raw)?;
    if matches!(division.level(), Level::Community | Level::Grid) { Ok(division) } else { Err(Problem::field(pointer, Rule::NotAGrid)) }
}

/// Checks a birth date against the day and the document; takes it from the document where it is not given.
///
/// # Errors
/// Names the field.
pub fn birth_date(
    pointer: &str,
    given: Option<NaiveDate>,
    document: Option<&Document>,
    today: NaiveDate,
) -> Result<Option<NaiveDate>, Problem> {
    let stated = document.and_then(Document::birth_date);
    if matches!((given, stated), (Some(given), Some(stated)) if given != stated) {
        return Err(Problem::field(pointer, Rule::BirthDateMismatch));
    }
    let date = given.or(stated);
    let oldest = NaiveDate::from_ymd_opt(1850, 1, 1).unwrap_or(NaiveDate::MIN);
    match date {
        Some(date) if date > today || date < oldest => {
            Err(Problem::field_with(pointer, Rule::OutOfRange, vec![oldest.to_string(), today.to_string()]))
        }
        date => Ok(date),
    }
}

/// The time zone of a division: that of its region.
#[must_use]
pub fn zone(services: &Services, division: &DivisionCode) -> Tz {
    services.book.region_of(division).map_or(chrono_tz::Asia::Shanghai, |region| region.zone)
}

/// The day in a division at a moment.
#[must_use]
pub fn day(services: &Services, division: &DivisionCode, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&zone(services, division)).date_naive()
}

/// The day in a division now.
#[must_use]
pub fn today(services: &Services, division: &DivisionCode) -> NaiveDate {
    day(services, division, services.store.clock().now())
}

/// Lets only one transaction at a time look for a person by phone and name and write them down: of two at once the second
/// waits here until the first is kept, and then finds the person.
///
/// # Errors
/// The database's.
pub fn hold(tx: &mut Tx, phone: &Phone, name: &PersonName) -> Result<(), Fault> {
    hold_identity(tx, &phone_and_name(phone, name))
}

/// As [`hold`], by a document.
///
/// # Errors
/// The database's.
pub fn hold_document(tx: &mut Tx, document: &Document) -> Result<(), Fault> {
    hold_identity(tx, &format!("{} {} {}", document.kind(), document.country(), document.number()))
}

/// As [`hold`], for many at once.
///
/// # Errors
/// The database's.
pub fn hold_many<'a>(tx: &mut Tx, people: impl Iterator<Item = (&'a Phone, &'a PersonName)>) -> Result<(), Fault> {
    let keys = people.map(|(phone, name)| identity_key(tx, &phone_and_name(phone, name))).collect();
    Ok(idempotency::hold(tx, Uuid::nil(), IDENTITY, keys)?)
}

/// What keys of identities are taken for.
const IDENTITY: &str = "person";

fn phone_and_name(phone: &Phone, name: &PersonName) -> String {
    format!("{} {}", phone.as_str(), name.as_str().to_lowercase())
}

fn identity_key(tx: &Tx, who: &str) -> String {
    hex(&tx.keys().blind("persons.identity", who))
}

fn hold_identity(tx: &mut Tx, who: &str) -> Result<(), Fault> {
    let key = identity_key(tx, who);
    let (principal, target) = (Uuid::nil(), IDENTITY.to_owned());
    // Whether somebody was here before does not matter; that they are done does.
    let _taken = idempotency::claim(tx, &Claim { principal, target, key, digest: Vec::new(), status: 200, resource: Uuid::nil() })?;
    Ok(())
}
