//! The row of a person: what is sealed in it and how it is found again.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::person::{Document, DocumentKind, PersonName, Phone};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::{NewPerson, Person};
use crate::error::StoreError;
use crate::order::{division, value};
use crate::schema::persons;
use crate::secret::Keyring;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A row of `persons`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = persons, treat_none_as_default_value = false)]
pub(super) struct Row {
    id: Uid,
    division: String,
    name: Vec<u8>,
    name_index: Vec<u8>,
    surname_index: Vec<u8>,
    phone: Option<Vec<u8>>,
    phone_index: Option<Vec<u8>>,
    document_kind: Option<String>,
    document_country: Option<String>,
    document: Option<Vec<u8>>,
    document_index: Option<Vec<u8>>,
    birth_date: Option<Vec<u8>>,
    claimed: bool,
    entered_by: Option<Uid>,
    pub merged_into: Option<Uid>,
    version: i32,
    created_at: Instant,
}

/// The columns of a person that may be unknown, sealed; set together where a merger fills them in.
#[derive(Default, AsChangeset)]
#[diesel(table_name = persons)]
pub(super) struct Known {
    phone: Option<Vec<u8>>,
    phone_index: Option<Vec<u8>>,
    document_kind: Option<String>,
    document_country: Option<String>,
    document: Option<Vec<u8>>,
    document_index: Option<Vec<u8>>,
    birth_date: Option<Vec<u8>>,
}

impl Known {
    pub(super) fn seal(
        tx: &Tx,
        id: Uuid,
        phone: Option<&Phone>,
        document: Option<&Document>,
        birth_date: Option<NaiveDate>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            phone: phone.map(|phone| tx.seal("persons.phone", id, phone.as_str())).transpose()?,
            phone_index: phone.map(|phone| phone_index(tx.keys(), phone)),
            document_kind: document.map(|document| document.kind().as_str().to_owned()),
            document_country: document.map(|document| document.country().to_owned()),
            document: document.map(|document| tx.seal("persons.document", id, document.number())).transpose()?,
            document_index: document.map(|document| document_index(tx.keys(), document)),
            birth_date: birth_date.map(|date| tx.seal("persons.birth_date", id, &date.to_string())).transpose()?,
        })
    }
}

impl Row {
    pub(super) fn seal(tx: &Tx, person: &NewPerson) -> Result<Self, StoreError> {
        let id = person.id;
        let known = Known::seal(tx, id, person.phone.as_ref(), person.document.as_ref(), person.birth_date)?;
        Ok(Self {
            id: id.into(),
            division: person.division.as_str().to_owned(),
            name: tx.seal("persons.name", id, person.name.as_str())?,
            name_index: name_index(tx.keys(), person.name.as_str()),
            surname_index: surname_index(tx.keys(), person.name.surname()),
            phone: known.phone,
            phone_index: known.phone_index,
            document_kind: known.document_kind,
            document_country: known.document_country,
            document: known.document,
            document_index: known.document_index,
            birth_date: known.birth_date,
            claimed: person.claimed,
            entered_by: person.entered_by.map(Into::into),
            merged_into: None,
            version: 1,
            created_at: tx.now().into(),
        })
    }

    /// The same with a document that is somebody else's on record: kept, but not what identifies the person.
    pub(super) fn disputed(self) -> Self {
        Self { document_index: None, ..self }
    }

    pub(super) fn open(self, tx: &Tx) -> Result<Person, StoreError> {
        let id = self.id.0;
        let name = tx.unseal("persons.name", id, &self.name)?;
        let phone = self.phone.map(|sealed| tx.unseal("persons.phone", id, &sealed)).transpose()?;
        let number = self.document.map(|sealed| tx.unseal("persons.document", id, &sealed)).transpose()?;
        let document = match (self.document_kind, self.document_country, number) {
            (Some(kind), Some(country), Some(number)) => {
                let kind: DocumentKind = value(&kind)?;
                Some(Document::parse(kind, &country, &number).map_err(|error| stored_wrong("document", id, &error))?)
            }
            _ => None,
        };
        Ok(Person {
            id,
            division: division(&self.division)?,
            name: PersonName::parse(&name).map_err(|error| stored_wrong("name", id, &error))?,
            phone: phone.map(|phone| Phone::parse(&phone).map_err(|error| stored_wrong("phone", id, &error))).transpose()?,
            document,
            birth_date: self.birth_date.map(|sealed| open_birth_date(tx, id, &sealed)).transpose()?,
            claimed: self.claimed,
            entered_by: self.entered_by.map(Into::into),
            merged_into: self.merged_into.map(Into::into),
            version: self.version,
            created_at: self.created_at.get(),
        })
    }
}

/// What is stored was checked before, so what does not read back is a defect. The value itself is not told.
fn stored_wrong(column: &str, id: Uuid, error: &dyn std::error::Error) -> StoreError {
    StoreError::Bug(format!("persons.{column} of {id}: {error}"))
}

pub(super) fn open_birth_date(tx: &Tx, id: Uuid, sealed: &[u8]) -> Result<NaiveDate, StoreError> {
    tx.unseal("persons.birth_date", id, sealed)?.parse().map_err(|error| stored_wrong("birth_date", id, &error))
}

/// Names are found in capitals and small letters alike.
pub(super) fn name_index(keys: &Keyring, name: &str) -> Vec<u8> {
    keys.blind("persons.name", &name.to_lowercase())
}

pub(super) fn surname_index(keys: &Keyring, surname: &str) -> Vec<u8> {
    keys.blind("persons.surname", &surname.to_lowercase())
}

pub(super) fn phone_index(keys: &Keyring, phone: &Phone) -> Vec<u8> {
    keys.blind("persons.phone", phone.as_str())
}

/// Kind, country and number together identify one person.
pub(super) fn document_index(keys: &Keyring, document: &Document) -> Vec<u8> {
    keys.blind("persons.document", &format!("{} {} {}", document.kind(), document.country(), document.number()))
}
