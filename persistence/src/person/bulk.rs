//! Many people at once, as an import writes them down: the same rows as one by one, in few statements.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::order::Basis;
use domain::person::{ConsentChannel, ConsentGiver, ConsentKind, Document, GivenConsent, Phone, VolunteerProfile};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::consent::{Consent, add_consents, given};
use super::row::{Row, document_index, phone_index};
use super::volunteer::{self, NewVolunteer};
use super::{NewPerson, Person, PersonEventKind, current};
use crate::copy_all;
use crate::error::StoreError;
use crate::schema::{consents, person_events, persons};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// The version under which a consent is kept that was given to another platform: to a text that is not ours.
const EARLIER: &str = "earlier";

/// Somebody to write down, and on what basis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who.
    pub person: NewPerson,
    /// On what basis; a consent was given to the platform that the record comes from.
    pub basis: Basis,
}

/// A volunteer to register, with what they have said of themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// The volunteer.
    pub volunteer: NewVolunteer,
    /// What they have said of themselves, if anything.
    pub profile: Option<VolunteerProfile>,
}

#[derive(Insertable)]
#[diesel(table_name = person_events, treat_none_as_default_value = false)]
struct EventRow {
    person_id: Uid,
    seq: i32,
    kind: &'static str,
    other: Option<Uid>,
    actor: Option<Uid>,
    basis: Option<&'static str>,
    at: Instant,
}

/// The consents that somebody has given who is written down on this basis, as the rule sees them.
#[must_use]
pub fn given_by_entry(basis: Basis) -> Vec<GivenConsent> {
    let giver = match basis {
        Basis::Consent => ConsentGiver::Own,
        Basis::Guardian => ConsentGiver::Guardian,
        Basis::Emergency | Basis::StatutoryDuty => return Vec::new(),
    };
    [ConsentKind::Register, ConsentKind::BeServed].map(|kind| GivenConsent { kind, giver, stands: true }).to_vec()
}

/// Writes people down, with their consents and what was done.
///
/// # Errors
/// As [`super::add_for_another`]; one that cannot be written down keeps all the others from it.
pub fn enter_many(tx: &mut Tx, entries: &[Entry]) -> Result<(), StoreError> {
    let now = tx.now();
    let rows = entries.iter().map(|entry| Row::seal(tx, &entry.person)).collect::<Result<Vec<_>, _>>()?;
    copy_all!(tx, persons, rows)?;
    let event = |entry: &Entry| EventRow {
        person_id: entry.person.id.into(),
        seq: 1,
        kind: PersonEventKind::Entered.as_str(),
        other: None,
        actor: entry.person.entered_by.map(Into::into),
        basis: Some(entry.basis.as_str()),
        at: now.into(),
    };
    let rows: Vec<EventRow> = entries.iter().map(event).collect();
    copy_all!(tx, person_events, rows)?;
    let consents: Vec<Consent> = entries.iter().flat_map(|entry| earlier_consents(entry, now)).collect();
    add_consents(tx, &consents)
}

fn earlier_consents(entry: &Entry, at: domain::Timestamp) -> impl Iterator<Item = Consent> + use<> {
    let (person, recorded_by) = (entry.person.id, entry.person.entered_by);
    given_by_entry(entry.basis).into_iter().map(move |given| Consent {
        id: Uuid::now_v7(),
        person,
        kind: given.kind,
        text_version: EARLIER.to_owned(),
        giver: given.giver,
        relation: None,
        channel: ConsentChannel::EarlierRecord,
        evidence: None,
        recorded_by,
        given_at: at,
        withdrawn_at: None,
        withdrawn_by: None,
    })
}

/// Registers volunteers, with where they stand at first and what they say of themselves.
///
/// # Errors
/// As [`super::add_volunteer`]; one that cannot be registered keeps all the others from it.
pub fn add_volunteers(tx: &mut Tx, enrolled: &[Enrolled]) -> Result<(), StoreError> {
    volunteer::insert_volunteers(tx, enrolled)
}

/// The people whom any of these documents identifies or who have any of these telephone numbers, each once.
///
/// # Errors
/// The database's.
pub fn find_many(tx: &mut Tx, documents: &[Document], phones: &[Phone]) -> Result<Vec<Person>, StoreError> {
    let by_document: Vec<Option<Vec<u8>>> = documents.iter().map(|document| Some(document_index(tx.keys(), document))).collect();
    let by_phone: Vec<Option<Vec<u8>>> = phones.iter().map(|phone| Some(phone_index(tx.keys(), phone))).collect();
    let mut rows: Vec<Row> =
        persons::table.filter(persons::document_index.eq_any(by_document)).select(Row::as_select()).load(&mut tx.conn)?;
    let others: Vec<Row> = persons::table.filter(persons::phone_index.eq_any(by_phone)).select(Row::as_select()).load(&mut tx.conn)?;
    rows.extend(others);
    current(tx, rows)
}

/// What the rule sees of the consents about each of these people.
///
/// # Errors
/// The database's.
pub fn given_consents_of(tx: &mut Tx, people: &[Uuid]) -> Result<HashMap<Uuid, Vec<GivenConsent>>, StoreError> {
    let ids: Vec<Uid> = people.iter().copied().map(Uid).collect();
    let rows: Vec<(Uid, String, String, Option<Instant>)> = consents::table
        .filter(consents::person_id.eq_any(ids))
        .select((consents::person_id, consents::kind, consents::giver, consents::withdrawn_at))
        .load(&mut tx.conn)?;
    let mut found: HashMap<Uuid, Vec<GivenConsent>> = HashMap::new();
    for (person, kind, giver, withdrawn) in rows {
        found.entry(person.0).or_default().push(given((kind, giver, withdrawn))?);
    }
    Ok(found)
}
