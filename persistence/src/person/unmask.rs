//! Seeing plain values: requests about minors, the record of what was seen, and how often in a day.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::person::{UnmaskField, UnmaskPurpose};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::both;
use crate::error::StoreError;
use crate::order::value;
use crate::schema::{unmask_days, unmask_requests, unmaskings};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What is asked to be seen, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Of whom.
    pub person: Uuid,
    /// By whom.
    pub account: Uuid,
    /// What for.
    pub purpose: UnmaskPurpose,
    /// Which values, in the order of the list.
    pub fields: Vec<UnmaskField>,
    /// About which order.
    pub order: Option<Uuid>,
}

/// A request to see plain values of a minor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmaskRequest {
    /// Its id.
    pub id: Uuid,
    /// What is asked for.
    pub wanted: Wanted,
    /// When it was asked.
    pub requested_at: domain::Timestamp,
    /// Whether it was approved, once somebody has decided.
    pub approved: Option<bool>,
    /// Who decided.
    pub decided_by: Option<Uuid>,
    /// Until when an approval holds.
    pub expires_at: Option<domain::Timestamp>,
}

/// A row of `unmask_requests`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = unmask_requests)]
struct Row {
    id: Uid,
    person_id: Uid,
    requested_by: Uid,
    purpose: String,
    fields: String,
    order_id: Option<Uid>,
    requested_at: Instant,
    approved: Option<bool>,
    decided_by: Option<Uid>,
    expires_at: Option<Instant>,
}

impl Row {
    fn read(self) -> Result<UnmaskRequest, StoreError> {
        let wanted = Wanted {
            person: self.person_id.0,
            account: self.requested_by.0,
            purpose: value(&self.purpose)?,
            fields: fields_of(&self.fields)?,
            order: self.order_id.map(Into::into),
        };
        Ok(UnmaskRequest {
            id: self.id.0,
            wanted,
            requested_at: self.requested_at.get(),
            approved: self.approved,
            decided_by: self.decided_by.map(Into::into),
            expires_at: self.expires_at.map(Instant::get),
        })
    }
}

fn text_of(fields: &[UnmaskField]) -> String {
    fields.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(" ")
}

fn fields_of(text: &str) -> Result<Vec<UnmaskField>, StoreError> {
    text.split_whitespace().map(value).collect()
}

/// Keeps a request.
///
/// # Errors
/// The database's.
pub fn add_unmask_request(tx: &mut Tx, id: Uuid, wanted: &Wanted) -> Result<(), StoreError> {
    let row = (
        unmask_requests::id.eq(Uid(id)),
        unmask_requests::person_id.eq(Uid(wanted.person)),
        unmask_requests::requested_by.eq(Uid(wanted.account)),
        unmask_requests::purpose.eq(wanted.purpose.as_str()),
        unmask_requests::fields.eq(text_of(&wanted.fields)),
        unmask_requests::order_id.eq(wanted.order.map(Uid)),
        unmask_requests::requested_at.eq(Instant::from(tx.now())),
    );
    diesel::insert_into(unmask_requests::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// One request.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn unmask_request(tx: &mut Tx, id: Uuid) -> Result<UnmaskRequest, StoreError> {
    let row: Row = unmask_requests::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.read()
}

/// The requests about a person, newest first.
///
/// # Errors
/// The database's.
pub fn unmask_requests(tx: &mut Tx, person: Uuid) -> Result<Vec<UnmaskRequest>, StoreError> {
    let rows: Vec<Row> = unmask_requests::table
        .filter(unmask_requests::person_id.eq(Uid(person)))
        .order((unmask_requests::requested_at.desc(), unmask_requests::id.desc()))
        .limit(100)
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(Row::read).collect()
}

/// Decides on a request that nobody has decided on.
///
/// # Errors
/// [`StoreError::Stale`] where somebody has.
pub fn decide_unmask_request(tx: &mut Tx, id: Uuid, approved: bool, by: Uuid, until: domain::Timestamp) -> Result<(), StoreError> {
    let decided = (
        unmask_requests::approved.eq(Some(approved)),
        unmask_requests::decided_by.eq(Some(Uid(by))),
        unmask_requests::decided_at.eq(Some(Instant::from(tx.now()))),
        unmask_requests::expires_at.eq(approved.then_some(Instant::from(until))),
    );
    let open = unmask_requests::table.find(Uid(id)).filter(unmask_requests::approved.is_null());
    let changed = diesel::update(open).set(decided).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The approved request that covers what is wanted now, if one does.
///
/// # Errors
/// The database's.
pub fn approval_of(tx: &mut Tx, wanted: &Wanted) -> Result<Option<Uuid>, StoreError> {
    let now = Instant::from(tx.now());
    let rows: Vec<Row> = unmask_requests::table
        .filter(unmask_requests::person_id.eq(Uid(wanted.person)))
        .filter(unmask_requests::requested_by.eq(Uid(wanted.account)))
        .filter(unmask_requests::purpose.eq(wanted.purpose.as_str()))
        .filter(unmask_requests::approved.eq(Some(true)))
        .filter(unmask_requests::expires_at.gt(Some(now)))
        .order(unmask_requests::id.desc())
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    for row in rows {
        let request = row.read()?;
        let covers = wanted.fields.iter().all(|field| request.wanted.fields.contains(field));
        if covers && request.wanted.order == wanted.order {
            return Ok(Some(request.id));
        }
    }
    Ok(None)
}

/// Counts one more look of an account on a day, if there are fewer than the limit. Whether there are.
///
/// # Errors
/// The database's.
pub fn count_unmasking(tx: &mut Tx, account: Uuid, day: NaiveDate, limit: i32) -> Result<bool, StoreError> {
    let first = (unmask_days::account_id.eq(Uid(account)), unmask_days::day.eq(day), unmask_days::used.eq(0));
    both!(tx, |c| diesel::insert_into(unmask_days::table).values(first).on_conflict_do_nothing().execute(c))?;
    let counted = diesel::update(unmask_days::table.find((Uid(account), day)))
        .filter(unmask_days::used.lt(limit))
        .set(unmask_days::used.eq(unmask_days::used + 1))
        .execute(&mut tx.conn)?;
    Ok(counted == 1)
}

/// Keeps on record that plain values were seen.
///
/// # Errors
/// The database's.
pub fn add_unmasking(tx: &mut Tx, id: Uuid, wanted: &Wanted, request: Option<Uuid>, policy: &str) -> Result<(), StoreError> {
    let row = (
        unmaskings::id.eq(Uid(id)),
        unmaskings::person_id.eq(Uid(wanted.person)),
        unmaskings::account_id.eq(Uid(wanted.account)),
        unmaskings::purpose.eq(wanted.purpose.as_str()),
        unmaskings::fields.eq(text_of(&wanted.fields)),
        unmaskings::order_id.eq(wanted.order.map(Uid)),
        unmaskings::request_id.eq(request.map(Uid)),
        unmaskings::policy_version.eq(policy),
        unmaskings::at.eq(Instant::from(tx.now())),
    );
    diesel::insert_into(unmaskings::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// That plain values of somebody were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmasking {
    /// What was seen, by whom, what for.
    pub wanted: Wanted,
    /// When.
    pub at: domain::Timestamp,
}

type SeenRow = (Uid, Uid, String, String, Option<Uid>, Instant);

/// Who has seen plain values of these records, oldest first.
///
/// # Errors
/// The database's.
pub fn unmaskings(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<Unmasking>, StoreError> {
    let rows: Vec<SeenRow> = unmaskings::table
        .filter(unmaskings::person_id.eq_any(persons.iter().copied().map(Uid).collect::<Vec<_>>()))
        .order((unmaskings::at, unmaskings::id))
        .select((
            unmaskings::person_id,
            unmaskings::account_id,
            unmaskings::purpose,
            unmaskings::fields,
            unmaskings::order_id,
            unmaskings::at,
        ))
        .load(&mut tx.conn)?;
    let read = |(person, account, purpose, fields, order, at): SeenRow| {
        let (purpose, fields, order) = (value(&purpose)?, fields_of(&fields)?, order.map(Into::into));
        Ok(Unmasking { wanted: Wanted { person: person.0, account: account.0, purpose, fields, order }, at: at.get() })
    };
    rows.into_iter().map(read).collect()
}
