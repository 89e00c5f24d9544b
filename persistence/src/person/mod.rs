//! People 人员: real-name data once, sealed field by field, and what was done to each record.
//!
//! Records of one person are merged by an event, never by deleting: the merged one stays, points to the other, and every
//! query here answers with the record that it now is.

mod bulk;
mod consent;
mod dispute;
mod erase;
mod insurance;
mod merge;
pub(crate) mod profile;
mod row;
mod unmask;
mod volunteer;

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::order::Basis;
pub use domain::person::PersonEventKind;
use domain::person::{Document, PersonName, Phone};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

pub use bulk::{Enrolled, Entry, add_volunteers, enter_many, find_many, given_by_entry, given_consents_of};
pub use consent::{Consent, add_consent, consents, given_consents, withdraw_consents};
pub use dispute::{Holder, add_disputed, disputes, settle_dispute};
pub use erase::{Erasure, Known, add_erasure, erase, erasure, history, hold, known_as, open_matters, version};
pub(crate) use insurance::{INSURER, NUMBER, covers_of};
pub use insurance::{Insurance, add_insurance, end_insurance, insurances, load_insurance};
use merge::next_version;
pub use merge::{Merged, ids_of, merge};
pub use unmask::{
    UnmaskRequest, Unmasking, Wanted, add_unmask_request, add_unmasking, approval_of, count_unmasking, decide_unmask_request,
    unmask_request, unmask_requests, unmaskings,
};
pub use volunteer::{
    NewVolunteer, Volunteer, VolunteerEvent, add_volunteer, change_volunteer, find_volunteers, list_volunteers, set_volunteer_profile,
    step_volunteer, volunteer, volunteer_events, volunteer_profile,
};

use crate::both;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{optional, value};
use crate::region::{in_ranges, ranges_of};
use crate::schema::{person_events, persons};
use crate::store::Tx;
use crate::types::{Instant, Uid};
use row::Row;

/// A person, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The record's id.
    pub id: Uuid,
    /// Where the person lives.
    pub division: DivisionCode,
    /// The real name.
    pub name: PersonName,
    /// The telephone number; several people may share one.
    pub phone: Option<Phone>,
    /// The document that identifies the person.
    pub document: Option<Document>,
    /// The birth date.
    pub birth_date: Option<NaiveDate>,
    /// Whether the person has bound an account to the record.
    pub claimed: bool,
    /// The account that wrote the person down.
    pub entered_by: Option<Uuid>,
    /// The record this one was merged into; none for every record that a query here answers with.
    pub merged_into: Option<Uuid>,
    /// One more with every change; a new one has 1.
    pub version: i32,
    /// When the person was written down.
    pub created_at: domain::Timestamp,
}

/// A person to write down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// The record's id.
    pub id: Uuid,
    /// Where the person lives.
    pub division: DivisionCode,
    /// The real name.
    pub name: PersonName,
    /// The telephone number.
    pub phone: Option<Phone>,
    /// The document that identifies the person.
    pub document: Option<Document>,
    /// The birth date.
    pub birth_date: Option<NaiveDate>,
    /// Whether the person writes down themselves, with an account of their own.
    pub claimed: bool,
    /// The account that writes the person down.
    pub entered_by: Option<Uuid>,
}

/// Writes a person down who does so themselves, which is their consent to be registered and served.
///
/// # Errors
/// [`StoreError::Duplicate`] of `persons` and `document` where somebody is known by that document;
/// [`StoreError::Unknown`] where the division is not there.
pub fn add(tx: &mut Tx, person: &NewPerson) -> Result<(), StoreError> {
    let row = Row::seal(tx, person)?;
    diesel::insert_into(persons::table).values(&row).execute(&mut tx.conn)?;
    consent::consent_by_entry(tx, person.id, None, person.entered_by)?;
    record(tx, person.id, 1, PersonEventKind::Entered, None, person.entered_by)
}

/// Writes down somebody else, on a basis that the event keeps.
///
/// # Errors
/// As [`add`].
pub fn add_for_another(tx: &mut Tx, person: &NewPerson, basis: Basis) -> Result<(), StoreError> {
    let row = Row::seal(tx, person)?;
    diesel::insert_into(persons::table).values(&row).execute(&mut tx.conn)?;
    consent::consent_by_entry(tx, person.id, Some(basis), person.entered_by)?;
    let (kind, actor, at) = (PersonEventKind::Entered, person.entered_by, tx.now());
    keep(tx, person.id, &PersonEvent { seq: 1, kind, other: None, actor, basis: Some(basis), at })
}

/// Loads a person; a merged record answers with the one that it now is.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Person, StoreError> {
    let found: Row = both!(tx, |c| persons::table.find(Uid(id)).select(Row::as_select()).get_result(c))?;
    match found.merged_into {
        // Merging keeps every record one step away from what it now is.
        Some(into) => persons::table.find(into).select(Row::as_select()).first::<Row>(&mut tx.conn)?.open(tx),
        None => found.open(tx),
    }
}

/// The people with a telephone number, oldest record first.
///
/// # Errors
/// The database's.
pub fn find_by_phone(tx: &mut Tx, phone: &Phone) -> Result<Vec<Person>, StoreError> {
    let index = row::phone_index(tx.keys(), phone);
    let rows = persons::table.filter(persons::phone_index.eq(Some(index))).order(persons::id);
    let rows = rows.select(Row::as_select()).load(&mut tx.conn)?;
    current(tx, rows)
}

/// The person whom a document identifies.
///
/// # Errors
/// The database's.
pub fn find_by_document(tx: &mut Tx, document: &Document) -> Result<Option<Person>, StoreError> {
    let index = row::document_index(tx.keys(), document);
    // What stands in a record that was merged counts only where no other one has it.
    let rows =
        persons::table.filter(persons::document_index.eq(Some(index))).order((persons::merged_into.is_not_null(), persons::id)).limit(1);
    let rows = rows.select(Row::as_select()).load(&mut tx.conn)?;
    Ok(current(tx, rows)?.into_iter().next())
}

/// The people of these divisions with this full name or this surname, at most so many; oldest record first.
///
/// # Errors
/// The database's.
pub fn find_by_name(tx: &mut Tx, name: &str, within: &[DivisionCode], limit: i64) -> Result<Vec<Person>, StoreError> {
    let Ok(name) = PersonName::parse(name) else { return Ok(Vec::new()) };
    let full = row::name_index(tx.keys(), name.as_str());
    let surname = row::surname_index(tx.keys(), name.as_str());
    let ranges = ranges_of(tx, within)?;
    // One after the other, each from its index alone and in its order: of a surname that tens of thousands have, only those that
    // are shown are read.
    let mut ids = Vec::new();
    for named in [By::Full(full), By::Surname(surname)] {
        let near = in_ranges!(persons::table, persons::division, ranges);
        let query = persons::table.into_boxed::<MultiBackend>().filter(persons::merged_into.is_null()).filter(near);
        let query = match named {
            By::Full(index) => query.filter(persons::name_index.eq(index)),
            By::Surname(index) => query.filter(persons::surname_index.eq(index)),
        };
        ids.extend(query.order((persons::division, persons::id)).limit(limit).select(persons::id).load::<Uid>(&mut tx.conn)?);
    }
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(usize::try_from(limit).unwrap_or_default());
    let rows = persons::table.filter(persons::id.eq_any(ids)).order(persons::id);
    let rows = rows.select(Row::as_select()).load(&mut tx.conn)?;
    current(tx, rows)
}

/// By which name somebody is looked for.
enum By {
    Full(Vec<u8>),
    Surname(Vec<u8>),
}

/// Opens records; merged ones are replaced by what they now are, each person once.
fn current(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Person>, StoreError> {
    let mut people: Vec<Person> = Vec::with_capacity(rows.len());
    for row in rows {
        let person = match row.merged_into {
            Some(into) => load(tx, into.0)?,
            None => row.open(tx)?,
        };
        if people.iter().all(|known| known.id != person.id) {
            people.push(person);
        }
    }
    Ok(people)
}

/// Notes that the person has bound an account to the record, which is their consent, too.
///
/// # Errors
/// [`StoreError::Stale`] where somebody has done so before, or the record was merged or is not there.
pub fn claim(tx: &mut Tx, id: Uuid, actor: Uuid) -> Result<(), StoreError> {
    let version: Option<i32> = both!(tx, |c| diesel::update(persons::table.find(Uid(id)))
        .filter(persons::claimed.eq(false))
        .filter(persons::merged_into.is_null())
        .set((persons::claimed.eq(true), persons::version.eq(persons::version + 1)))
        .returning(persons::version)
        .get_result(c)
        .optional())?;
    let version = version.ok_or(StoreError::Stale)?;
    consent::consent_by_entry(tx, id, None, Some(actor))?;
    record(tx, id, version, PersonEventKind::Claimed, None, Some(actor))
}

/// The birth date alone, where it is known.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn birth_date(tx: &mut Tx, id: Uuid) -> Result<Option<NaiveDate>, StoreError> {
    let columns = (persons::id, persons::birth_date, persons::merged_into);
    let mut found: (Uid, Option<Vec<u8>>, Option<Uid>) = persons::table.find(Uid(id)).select(columns).first(&mut tx.conn)?;
    if let Some(into) = found.2 {
        found = persons::table.find(into).select(columns).first(&mut tx.conn)?;
    }
    found.1.map(|sealed| row::open_birth_date(tx, found.0.0, &sealed)).transpose()
}

/// Something that was done to a person's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonEvent {
    /// The version that the record has since.
    pub seq: i32,
    /// What.
    pub kind: PersonEventKind,
    /// The other record of a merger.
    pub other: Option<Uuid>,
    /// The account that did it.
    pub actor: Option<Uuid>,
    /// On what basis it was done for somebody else, where one was cited.
    pub basis: Option<Basis>,
    /// When.
    pub at: domain::Timestamp,
}

type EventRow = (i32, String, Option<Uid>, Option<Uid>, Option<String>, Instant);

/// What was done to exactly this record, oldest first.
///
/// # Errors
/// The database's.
pub fn events(tx: &mut Tx, id: Uuid) -> Result<Vec<PersonEvent>, StoreError> {
    let rows: Vec<EventRow> = person_events::table
        .filter(person_events::person_id.eq(Uid(id)))
        .order(person_events::seq)
        .select((
            person_events::seq,
            person_events::kind,
            person_events::other,
            person_events::actor,
            person_events::basis,
            person_events::at,
        ))
        .load(&mut tx.conn)?;
    let event = |(seq, kind, other, actor, basis, at): EventRow| {
        let (other, actor) = (other.map(Into::into), actor.map(Into::into));
        Ok(PersonEvent { seq, kind: value(&kind)?, other, actor, basis: optional(basis.as_deref())?, at: at.get() })
    };
    rows.into_iter().map(event).collect()
}

fn record(tx: &mut Tx, id: Uuid, seq: i32, kind: PersonEventKind, other: Option<Uuid>, actor: Option<Uuid>) -> Result<(), StoreError> {
    let at = tx.now();
    keep(tx, id, &PersonEvent { seq, kind, other, actor, basis: None, at })
}

fn keep(tx: &mut Tx, id: Uuid, event: &PersonEvent) -> Result<(), StoreError> {
    let row = (
        person_events::person_id.eq(Uid(id)),
        person_events::seq.eq(event.seq),
        person_events::kind.eq(event.kind.as_str()),
        person_events::other.eq(event.other.map(Uid)),
        person_events::actor.eq(event.actor.map(Uid)),
        person_events::basis.eq(event.basis.map(Vocabulary::as_str)),
        person_events::at.eq(Instant::from(event.at)),
    );
    diesel::insert_into(person_events::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}
