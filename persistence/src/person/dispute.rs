//! Documents that two people claim. Who registers with one that is on record already is not told so: the document is kept
//! without its index, identifies nobody, and staff settle whose it is.

use diesel::prelude::*;
use domain::person::Document;
use domain::region::DivisionCode;
use uuid::Uuid;

use super::row::{Row, document_index};
use super::{NewPerson, Person, PersonEventKind, consent, current, load, next_version, record};
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::region::{in_ranges, ranges_of};
use crate::schema::persons;
use crate::store::Tx;
use crate::types::Uid;

/// Whose a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Of the person who came later.
    Claimant,
    /// Of the person who was on record with it.
    Other,
}

/// As [`super::add`], with a document that somebody else has on record.
///
/// # Errors
/// As there, but never that the document is known.
pub fn add_disputed(tx: &mut Tx, person: &NewPerson) -> Result<(), StoreError> {
    let row = Row::seal(tx, person)?.disputed();
    diesel::insert_into(persons::table).values(&row).execute(&mut tx.conn)?;
    consent::consent_by_entry(tx, person.id, None, person.entered_by)?;
    record(tx, person.id, 1, PersonEventKind::Entered, None, person.entered_by)
}

/// The people of these divisions whose document is somebody else's on record, oldest record first.
///
/// # Errors
/// The database's.
pub fn disputes(tx: &mut Tx, within: &[DivisionCode], limit: i64) -> Result<Vec<Person>, StoreError> {
    let near = in_ranges!(persons::table, persons::division, ranges_of(tx, within)?);
    let rows = persons::table
        .into_boxed::<MultiBackend>()
        .filter(persons::document.is_not_null())
        .filter(persons::document_index.is_null())
        .filter(persons::merged_into.is_null())
        .filter(near)
        .order(persons::id)
        .limit(limit);
    let rows = rows.select(Row::as_select()).load(&mut tx.conn)?;
    current(tx, rows)
}

/// Says whose a disputed document is: the one loses it, the other is identified by it from now on.
///
/// # Errors
/// [`StoreError::Stale`] where either record has changed meanwhile or nothing is disputed.
pub fn settle_dispute(
    tx: &mut Tx,
    claimant: Uuid,
    document: &Document,
    holder: Holder,
    other: Option<Uuid>,
    by: Uuid,
) -> Result<(), StoreError> {
    let loser = match holder {
        Holder::Claimant => other,
        Holder::Other => Some(claimant),
    };
    let mut versions: Vec<Uuid> = [Some(claimant), other].into_iter().flatten().collect();
    versions.sort_unstable();
    let changed = versions.into_iter().map(|id| Ok((id, next_version(tx, id)?))).collect::<Result<Vec<_>, StoreError>>()?;
    if let Some(loser) = loser {
        let nothing = (
            persons::document_kind.eq(None::<String>),
            persons::document_country.eq(None::<String>),
            persons::document.eq(None::<Vec<u8>>),
            persons::document_index.eq(None::<Vec<u8>>),
        );
        diesel::update(persons::table.find(Uid(loser))).set(nothing).execute(&mut tx.conn)?;
    }
    if holder == Holder::Claimant {
        let index = document_index(tx.keys(), document);
        let disputed = persons::table.find(Uid(claimant)).filter(persons::document_index.is_null());
        if diesel::update(disputed).set(persons::document_index.eq(Some(index))).execute(&mut tx.conn)? == 0 {
            return Err(StoreError::Stale);
        }
    }
    for (id, version) in changed {
        record(tx, id, version, PersonEventKind::Corrected, (id != claimant).then_some(claimant).or(other), Some(by))?;
    }
    load(tx, claimant).map(drop)
}
