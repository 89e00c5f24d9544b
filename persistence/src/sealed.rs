//! Every sealed column, and the job that seals their values anew under another key.
//!
//! The job goes through each column in small transactions. Each replaces a value only where it is still what was read, and
//! notes how far it came: whatever ends it, the next turn goes on there, on whichever replica holds the lease.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Integer, Nullable};
use domain::order::TextKind;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::{
    accounts, apprentice_works, apprenticeships, care_plans, carried_keys, certification_events, certifications, consents, content_checks,
    demand_texts, fund_entries, imports, insurances, order_reviews, order_texts, organisation_events, organisations, persons, pledge_uses,
    resealing, second_factors, signing_keys, social_workers, volunteer_events, volunteers,
};
use crate::secret::KeyId;
use crate::store::Tx;
use crate::types::{Instant, Uid};
use crate::{lease, order};

/// The sealed column of the carried keys.
pub(crate) const CARRIED_SECRET: &str = "carried_keys.secret";

/// Values that one turn of the job seals anew, in one transaction.
pub const BATCH: i64 = 200;

/// How long a process holds the job without a turn.
const LEASE: TimeDelta = TimeDelta::seconds(30);

define_sql_function! {
    /// A part of a value.
    fn substr(value: Nullable<Binary>, from: Integer, count: Integer) -> Nullable<Binary>;
}

/// What one turn did to a column: how many values it looked at and where the last one stands.
struct Part {
    looked_at: i64,
    last: Option<Uuid>,
}

/// A sealed column.
struct Sealed {
    /// Table and column, as in [`crate::schema`].
    name: &'static str,
    /// How many values are sealed under a key.
    under: fn(&mut Tx, KeyId) -> Result<i64, StoreError>,
    /// How many are sealed under any other.
    beside: fn(&mut Tx, KeyId) -> Result<i64, StoreError>,
    /// Seals the next values anew that are sealed under another key, from a row on.
    reseal: fn(&mut Tx, KeyId, Uuid) -> Result<Part, StoreError>,
}

/// Declares a sealed column of a table whose rows are found by one id; `$place` is what its values are sealed for.
macro_rules! sealed {
    ($table:ident.$column:ident by $id:ident for $place:expr) => {
        Sealed {
            name: concat!(stringify!($table), ".", stringify!($column)),
            under: |tx, key| {
                Ok($table::table.filter(key_of($table::$column.nullable()).eq(named(key))).count().get_result(&mut tx.conn)?)
            },
            beside: |tx, key| {
                Ok($table::table.filter(key_of($table::$column.nullable()).ne(named(key))).count().get_result(&mut tx.conn)?)
            },
            reseal: |tx, key, from| {
                let rows: Vec<(Uid, Option<Vec<u8>>)> = $table::table
                    .filter(key_of($table::$column.nullable()).ne(named(key)))
                    .filter($table::$id.ge(Uid(from)))
                    .order($table::$id)
                    .limit(BATCH)
                    .select(($table::$id, $table::$column.nullable()))
                    .load(&mut tx.conn)?;
                let part = Part::of(&rows.iter().map(|(row, _)| *row).collect::<Vec<_>>());
                for (row, old) in rows {
                    let Some(old) = old else { continue };
                    let new = again(tx, $place, row.0, &old)?;
                    diesel::update($table::table.find(row))
                        .filter($table::$column.eq(old))
                        .set($table::$column.eq(new))
                        .execute(&mut tx.conn)?;
                }
                Ok(part)
            },
        }
    };
}

/// The one table of sealed columns. A test finds every binary column of the schema in it, or in the list of those that hold
/// no secret.
const SEALED: &[Sealed] = &[
    sealed!(carried_keys.secret by id for CARRIED_SECRET),
    sealed!(signing_keys.private_key by id for "signing_keys.private"),
    sealed!(persons.name by id for "persons.name"),
    sealed!(persons.phone by id for "persons.phone"),
    sealed!(persons.document by id for "persons.document"),
    sealed!(persons.birth_date by id for "persons.birth_date"),
    sealed!(accounts.openid by id for "accounts.openid"),
    sealed!(accounts.phone by id for "accounts.phone"),
    sealed!(consents.evidence by id for "consents.evidence"),
    sealed!(certifications.evidence by id for "certifications.evidence"),
    sealed!(order_reviews.tags by id for "order_reviews.tags"),
    sealed!(content_checks.note by id for "content_checks.note"),
    sealed!(demand_texts.body by id for "demand_texts.body"),
    sealed!(second_factors.secret by account_id for "second_factors.secret"),
    sealed!(volunteers.profile by person_id for crate::person::profile::PROFILE),
    sealed!(volunteer_events.note by id for crate::person::profile::NOTE),
    sealed!(certification_events.reason by id for crate::catalogue::REASON),
    sealed!(insurances.insurer by id for crate::person::INSURER),
    sealed!(insurances.number by id for crate::person::NUMBER),
    sealed!(care_plans.note by id for crate::care::NOTE),
    sealed!(care_plans.address by id for crate::care::ADDRESS),
    sealed!(apprenticeships.agreed_evidence by id for crate::apprenticeship::EVIDENCE),
    sealed!(apprentice_works.title by id for crate::apprenticeship::TITLE),
    sealed!(apprentice_works.description by id for crate::apprenticeship::DESCRIPTION),
    sealed!(social_workers.certificate by person_id for crate::social_worker::CERTIFICATE),
    sealed!(imports.content by id for crate::import::CONTENT),
    sealed!(pledge_uses.purpose by id for crate::organisation::USE_PURPOSE),
    sealed!(organisations.contact by id for crate::organisation::CONTACT),
    sealed!(organisation_events.reason by id for crate::organisation::REASON),
    sealed!(fund_entries.purpose by id for crate::organisation::PURPOSE),
    sealed!(fund_entries.receipt by id for crate::organisation::RECEIPT),
    ORDER_TEXTS,
];

/// Texts of orders have no id of their own: order, kind and number name one, and the kind is part of what it is sealed for.
const ORDER_TEXTS: Sealed = Sealed {
    name: "order_texts.body",
    under: |tx, key| Ok(order_texts::table.filter(key_of(order_texts::body.nullable()).eq(named(key))).count().get_result(&mut tx.conn)?),
    beside: |tx, key| {
        Ok(order_texts::table.filter(key_of(order_texts::body.nullable()).ne(named(key))).count().get_result(&mut tx.conn)?)
    },
    reseal: |tx, key, from| {
        let rows: Vec<(Uid, String, i32, Vec<u8>)> = order_texts::table
            .filter(key_of(order_texts::body.nullable()).ne(named(key)))
            .filter(order_texts::order_id.ge(Uid(from)))
            .order((order_texts::order_id, order_texts::kind, order_texts::seq))
            .limit(BATCH)
            .load(&mut tx.conn)?;
        let part = Part::of(&rows.iter().map(|(row, ..)| *row).collect::<Vec<_>>());
        for (row, kind, seq, old) in rows {
            let place = TextKind::from_text(&kind).map(order::column).ok_or_else(|| StoreError::Bug(format!("text kind {kind}")))?;
            let new = again(tx, place, row.0, &old)?;
            diesel::update(order_texts::table.find((row, kind, seq)))
                .filter(order_texts::body.eq(old))
                .set(order_texts::body.eq(new))
                .execute(&mut tx.conn)?;
        }
        Ok(part)
    },
};

/// The byte of a sealed value that names its key.
fn key_of<C>(column: C) -> substr<C, i32, i32>
where
    C: diesel::expression::AsExpression<Nullable<Binary>>,
{
    substr(column, 2, 1)
}

fn named(key: KeyId) -> Option<Vec<u8>> {
    Some(vec![key])
}

fn again(tx: &Tx, place: &'static str, row: Uuid, old: &[u8]) -> Result<Vec<u8>, StoreError> {
    let text = tx.unseal(place, row, old)?;
    tx.seal(place, row, &text)
}

impl Part {
    fn of(rows: &[Uid]) -> Self {
        Self { looked_at: i64::try_from(rows.len()).unwrap_or(i64::MAX), last: rows.last().map(|row| row.0) }
    }
}

/// How many values are sealed under a key.
///
/// # Errors
/// The database's.
pub fn count(tx: &mut Tx, key: KeyId) -> Result<i64, StoreError> {
    SEALED.iter().try_fold(0, |sum, column| Ok(sum + (column.under)(tx, key)?))
}

/// How many values are sealed under any key but this one.
///
/// # Errors
/// The database's.
pub fn count_beside(tx: &mut Tx, key: KeyId) -> Result<i64, StoreError> {
    SEALED.iter().try_fold(0, |sum, column| Ok(sum + (column.beside)(tx, key)?))
}

/// Begins to seal every value anew under a key; what was begun for another key is given up.
///
/// # Errors
/// The database's.
pub(crate) fn begin(tx: &mut Tx, key: KeyId) -> Result<(), StoreError> {
    diesel::delete(resealing::table).execute(&mut tx.conn)?;
    for column in SEALED {
        let total = (column.beside)(tx, key)?;
        let row = (
            resealing::place.eq(column.name),
            resealing::to_key.eq(i32::from(key)),
            resealing::total.eq(total),
            resealing::done.eq(0_i64),
            resealing::after.eq(Uid(Uuid::nil())),
        );
        diesel::insert_into(resealing::table).values(row).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// How far a column has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Table and column.
    pub column: String,
    /// The key under which its values come.
    pub to: KeyId,
    /// How many values it had under other keys when it began.
    pub total: i64,
    /// How many of them were looked at.
    pub done: i64,
    /// When it was through, if it is.
    pub finished_at: Option<domain::Timestamp>,
}

/// How far every column has come; empty where nothing was ever sealed anew.
///
/// # Errors
/// The database's.
pub fn progress(tx: &mut Tx) -> Result<Vec<Progress>, StoreError> {
    type Row = (String, i32, i64, i64, Option<Instant>);
    let columns = (resealing::place, resealing::to_key, resealing::total, resealing::done, resealing::finished_at);
    let rows: Vec<Row> = resealing::table.order(resealing::place).select(columns).load(&mut tx.conn)?;
    let read = |(column, to, total, done, finished_at): Row| {
        let to = KeyId::try_from(to).map_err(|_| StoreError::Bug(format!("the key id {to}")))?;
        Ok(Progress { column, to, total, done, finished_at: finished_at.map(Instant::get) })
    };
    rows.into_iter().map(read).collect()
}

/// What a turn of the job did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Turn {
    /// There is nothing to do.
    Idle,
    /// Somebody else has the job.
    Elsewhere,
    /// So many values were looked at.
    Did(i64),
}

/// Whether there is anything to do.
///
/// # Errors
/// The database's.
pub fn is_under_way(tx: &mut Tx) -> Result<bool, StoreError> {
    let open: i64 = resealing::table.filter(resealing::finished_at.is_null()).count().get_result(&mut tx.conn)?;
    Ok(open > 0)
}

/// One turn of the job, if this holder has it: the next values of the first column that is not through. At the end it looks
/// whether something was sealed under another key meanwhile, and goes through that column again.
///
/// # Errors
/// The database's; a value that does not open is a defect and stops the job there.
pub fn turn(tx: &mut Tx, holder: Uuid) -> Result<Turn, StoreError> {
    if !is_under_way(tx)? {
        return Ok(Turn::Idle);
    }
    let until = tx.now() + LEASE;
    if !lease::take(tx, "resealing", holder, until)? {
        return Ok(Turn::Elsewhere);
    }
    let open: Option<(String, i32, Uid)> = resealing::table
        .filter(resealing::finished_at.is_null())
        .order(resealing::place)
        .select((resealing::place, resealing::to_key, resealing::after))
        .first(&mut tx.conn)
        .optional()?;
    let Some((name, to, after)) = open else { return Ok(Turn::Idle) };
    let key = tx.keys().sealing();
    if i32::from(key) != to {
        // A later key has taken over: its own begin is, or will be, what counts.
        return Ok(Turn::Idle);
    }
    let column = SEALED.iter().find(|column| column.name == name);
    let column = column.ok_or_else(|| StoreError::Bug(format!("{name} is no sealed column")))?;
    let part = (column.reseal)(tx, key, after.0)?;
    let this = resealing::table.find(&name);
    let done = resealing::done.eq(resealing::done + part.looked_at);
    match part.last {
        Some(last) => diesel::update(this).set((done, resealing::after.eq(Uid(last)))).execute(&mut tx.conn)?,
        // Nothing from here on. What lies before was written meanwhile, by who did not know the key yet.
        None if (column.beside)(tx, key)? > 0 => diesel::update(this).set(resealing::after.eq(Uid(Uuid::nil()))).execute(&mut tx.conn)?,
        None => {
            let now = Some(Instant::from(tx.now()));
            diesel::update(this).set(resealing::finished_at.eq(now)).execute(&mut tx.conn)?
        }
    };
    Ok(Turn::Did(part.looked_at))
}

/// Goes through the columns again in which a value is sealed under another key than the one that seals, after all were
/// through. Whether there are any.
///
/// # Errors
/// The database's.
pub fn begin_again(tx: &mut Tx) -> Result<bool, StoreError> {
    let key = tx.keys().sealing();
    let mut any = false;
    for column in SEALED {
        if (column.beside)(tx, key)? > 0 {
            any = true;
            let again = (resealing::finished_at.eq(None::<Instant>), resealing::after.eq(Uid(Uuid::nil())));
            diesel::update(resealing::table.find(column.name)).set(again).execute(&mut tx.conn)?;
        }
    }
    Ok(any)
}

#[cfg(test)]
mod tests {
    use super::SEALED;

    /// Binary columns that hold no sealed value, with what they hold.
    const OPEN: [(&str, &str); 23] = [
        ("insurances.number_index", "a blind index"),
        ("persons.name_index", "a blind index"),
        ("persons.surname_index", "a blind index"),
        ("persons.phone_index", "a blind index"),
        ("persons.document_index", "a blind index"),
        ("accounts.openid_index", "a blind index"),
        ("accounts.phone_index", "a blind index"),
        ("refresh_tokens.digest", "a digest"),
        ("signing_keys.public_key", "the public half"),
        ("photos.digest", "a digest"),
        ("idempotency_keys.digest", "a digest"),
        ("audit_entries.digest", "a digest"),
        ("audit_links.digest", "a digest"),
        ("audit_links.hash", "a digest"),
        ("audit_checkpoints.hash", "a digest"),
        ("client_credentials.secret_digest", "a digest"),
        ("client_assertions.jti", "a digest"),
        ("recovery_codes.digest", "a digest"),
        ("sign_in_failures.key", "a blind index"),
        ("sign_in_failures.name", "a blind index"),
        ("known_addresses.address", "a blind index"),
        ("message_signatures.signature", "a digest"),
        ("message_signatures.body", "a digest"),
    ];

    /// The binary columns of the schema, by the source itself: what is added there cannot be forgotten here.
    fn binary_columns() -> Vec<String> {
        let mut columns = Vec::new();
        let mut table = "";
        for line in include_str!("schema.rs").lines().map(str::trim) {
            if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
                table = name;
            } else if let Some((column, kind)) = line.trim_end_matches(',').split_once(" -> ")
                && matches!(kind, "Binary" | "Nullable<Binary>")
            {
                columns.push(format!("{table}.{column}"));
            }
        }
        columns
    }

    #[test]
    fn every_binary_column_is_sealed_or_said_to_hold_no_secret() {
        let columns = binary_columns();
        assert!(columns.len() > 15, "the schema is read: {columns:?}");
        for column in &columns {
            let sealed = SEALED.iter().any(|sealed| sealed.name == column);
            let open = OPEN.iter().any(|(open, _)| open == column);
            assert!(sealed != open, "{column}: put it into SEALED, so that its values follow a new key, or into OPEN, with what it holds");
        }
        for name in SEALED.iter().map(|sealed| sealed.name).chain(OPEN.iter().map(|(open, _)| *open)) {
            assert!(columns.iter().any(|column| column == name), "{name} is no binary column any more");
        }
    }
}
