//! The fund book of an organisation: entries that are never changed, and what each account holds.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::organisation::{Booking, FundAccount, FundEntryKind, FundEntryState};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::both;
use crate::error::StoreError;
use crate::order::value;
use crate::schema::{fund_balances, fund_entries, funds};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What the purpose of an entry is sealed for.
pub(crate) const PURPOSE: &str = "fund_entries.purpose";
/// What its receipt is sealed for.
pub(crate) const RECEIPT: &str = "fund_entries.receipt";

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundEntry {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub organisation: Uuid,
    /// What it is.
    pub kind: FundEntryKind,
    /// What moves where.
    pub booking: Booking,
    /// When it happened.
    pub happened_on: NaiveDate,
    /// What for.
    pub purpose: String,
    /// By which it can be proved.
    pub receipt: String,
    /// Where it stands.
    pub state: FundEntryState,
    /// The entry that it takes back.
    pub reverses: Option<Uuid>,
    /// The version of the policy that it was made under.
    pub policy_version: String,
    /// The account that has entered it.
    pub entered_by: Uuid,
    /// When.
    pub entered_at: domain::Timestamp,
    /// The account that has decided on it, and when.
    pub decided: Option<(Uuid, domain::Timestamp)>,
}

/// A row of `fund_entries`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = fund_entries, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    organisation_id: Uid,
    kind: String,
    debit: String,
    credit: String,
    amount: i64,
    happened_on: NaiveDate,
    purpose: Vec<u8>,
    receipt: Vec<u8>,
    state: String,
    reverses: Option<Uid>,
    policy_version: String,
    entered_by: Uid,
    entered_at: Instant,
    decided_by: Option<Uid>,
    decided_at: Option<Instant>,
}

impl Row {
    fn into_entry(self, tx: &Tx) -> Result<FundEntry, StoreError> {
        let booking = Booking::kept(value(&self.debit)?, value(&self.credit)?, self.amount);
        Ok(FundEntry {
            id: self.id.0,
            organisation: self.organisation_id.0,
            kind: value(&self.kind)?,
            booking: booking.map_err(|error| StoreError::Bug(format!("fund entry {}: {error}", self.id.0)))?,
            happened_on: self.happened_on,
            purpose: tx.unseal(PURPOSE, self.id.0, &self.purpose)?,
            receipt: tx.unseal(RECEIPT, self.id.0, &self.receipt)?,
            state: value(&self.state)?,
            reverses: self.reverses.map(Into::into),
            policy_version: self.policy_version,
            entered_by: self.entered_by.0,
            entered_at: self.entered_at.get(),
            decided: self.decided_by.zip(self.decided_at).map(|(by, at)| (by.0, at.get())),
        })
    }
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Posted {
    /// It stands in the book.
    Done,
    /// Nothing was changed: the day lies in a quarter that is published.
    Closed,
    /// Nothing was changed: there is not so much money.
    Short,
    /// Nothing was changed: somebody has decided on it already.
    Decided,
}

/// Waits until nobody else writes in the book, until this transaction ends; opens a book that is not there. Until which day it
/// is closed.
///
/// # Errors
/// [`StoreError::Unknown`] where the organisation is not there.
pub fn touch(tx: &mut Tx, organisation: Uuid) -> Result<Option<NaiveDate>, StoreError> {
    let row = (funds::organisation_id.eq(Uid(organisation)), funds::turn.eq(1_i64));
    both!(tx, |c| diesel::insert_into(funds::table)
        .values(row)
        .on_conflict(funds::organisation_id)
        .do_update()
        .set(funds::turn.eq(funds::turn + 1))
        .execute(c))?;
    Ok(both!(tx, |c| funds::table.find(Uid(organisation)).select(funds::closed_until).get_result(c))?)
}

/// Keeps a new entry, and counts it where it is posted. Where it cannot be, nothing is kept, but the caller must undo the
/// transaction.
///
/// # Errors
/// [`StoreError::Duplicate`] where it takes back what was taken back before.
pub fn enter(tx: &mut Tx, entry: &FundEntry) -> Result<Posted, StoreError> {
    if touch(tx, entry.organisation)?.is_some_and(|closed| entry.happened_on <= closed) {
        return Ok(Posted::Closed);
    }
    if entry.state == FundEntryState::Posted && !book(tx, entry)? {
        return Ok(Posted::Short);
    }
    let row = Row {
        id: entry.id.into(),
        organisation_id: entry.organisation.into(),
        kind: entry.kind.as_str().to_owned(),
        debit: entry.booking.debit().as_str().to_owned(),
        credit: entry.booking.credit().as_str().to_owned(),
        amount: entry.booking.amount(),
        happened_on: entry.happened_on,
        purpose: tx.seal(PURPOSE, entry.id, &entry.purpose)?,
        receipt: tx.seal(RECEIPT, entry.id, &entry.receipt)?,
        state: entry.state.as_str().to_owned(),
        reverses: entry.reverses.map(Into::into),
        policy_version: entry.policy_version.clone(),
        entered_by: entry.entered_by.into(),
        entered_at: entry.entered_at.into(),
        decided_by: entry.decided.map(|(by, _)| by.into()),
        decided_at: entry.decided.map(|(_, at)| at.into()),
    };
    both!(tx, |c| diesel::insert_into(fund_entries::table).values(&row).execute(c))?;
    Ok(Posted::Done)
}

/// Moves an amount; `false`, and nothing is moved, where there is not so much money, or was not on that day or a later one.
fn book(tx: &mut Tx, entry: &FundEntry) -> Result<bool, StoreError> {
    let (organisation, booking) = (entry.organisation, entry.booking);
    if booking.credit() == FundAccount::Cash {
        if least_cash_since(tx, organisation, entry.happened_on)? < booking.amount() {
            return Ok(false);
        }
        let cash = fund_balances::table.find((Uid(organisation), FundAccount::Cash.as_str()));
        let paid = diesel::update(cash)
            .filter(fund_balances::balance.ge(booking.amount()))
            .set(fund_balances::balance.eq(fund_balances::balance - booking.amount()))
            .execute(&mut tx.conn)?;
        if paid == 0 {
            return Ok(false);
        }
        change(tx, organisation, booking.debit(), booking.amount())?;
    } else {
        change(tx, organisation, booking.credit(), -booking.amount())?;
        change(tx, organisation, booking.debit(), booking.amount())?;
    }
    Ok(true)
}

/// The least that there was at the end of a day or of any later one.
fn least_cash_since(tx: &mut Tx, organisation: Uuid, day: NaiveDate) -> Result<i64, StoreError> {
    let later: Vec<(NaiveDate, String, i64)> = both!(tx, |c| fund_entries::table
        .filter(fund_entries::organisation_id.eq(Uid(organisation)))
        .filter(fund_entries::state.eq(FundEntryState::Posted.as_str()))
        .filter(fund_entries::happened_on.gt(day))
        .select((fund_entries::happened_on, fund_entries::debit, fund_entries::amount))
        .load(c))?;
    let mut net: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for (day, debit, amount) in later {
        *net.entry(day).or_default() += if debit == FundAccount::Cash.as_str() { amount } else { -amount };
    }
    let now = balances(tx, organisation)?.get(&FundAccount::Cash).copied().unwrap_or_default();
    let at_ends = net.values().rev().scan(now, |cash, change| {
        *cash -= change;
        Some(*cash)
    });
    Ok(at_ends.fold(now, i64::min))
}

/// How much has come in, or gone out, since a moment without a second person.
///
/// # Errors
/// The database's.
pub fn undecided_since(tx: &mut Tx, organisation: Uuid, since: domain::Timestamp, booking: Booking) -> Result<i64, StoreError> {
    let amounts: Vec<(String, i64)> = both!(tx, |c| fund_entries::table
        .filter(fund_entries::organisation_id.eq(Uid(organisation)))
        .filter(fund_entries::state.eq(FundEntryState::Posted.as_str()))
        .filter(fund_entries::decided_by.is_null())
        .filter(fund_entries::entered_at.gt(Instant::from(since)))
        .select((fund_entries::credit, fund_entries::amount))
        .load(c))?;
    let goes_out = |credit: &str| credit == FundAccount::Cash.as_str();
    let alike = amounts.iter().filter(|(credit, _)| goes_out(credit) == (booking.credit() == FundAccount::Cash));
    Ok(alike.map(|(_, amount)| amount).sum())
}

/// The day of the earliest entry after a day, or of all, that counts or waits.
///
/// # Errors
/// The database's.
pub fn first_day_after(tx: &mut Tx, organisation: Uuid, day: Option<NaiveDate>) -> Result<Option<NaiveDate>, StoreError> {
    Ok(both!(tx, |c| fund_entries::table
        .filter(fund_entries::organisation_id.eq(Uid(organisation)))
        .filter(fund_entries::state.ne(FundEntryState::Refused.as_str()))
        .filter(fund_entries::happened_on.gt(day.unwrap_or_default()))
        .select(diesel::dsl::min(fund_entries::happened_on))
        .get_result(c))?)
}

fn change(tx: &mut Tx, organisation: Uuid, account: FundAccount, amount: i64) -> Result<(), StoreError> {
    let row = (
        fund_balances::organisation_id.eq(Uid(organisation)),
        fund_balances::account.eq(account.as_str()),
        fund_balances::balance.eq(amount),
    );
    both!(tx, |c| diesel::insert_into(fund_balances::table)
        .values(row)
        .on_conflict((fund_balances::organisation_id, fund_balances::account))
        .do_update()
        .set(fund_balances::balance.eq(fund_balances::balance + amount))
        .execute(c))?;
    Ok(())
}

/// Decides on an entry that waits for it.
///
/// # Errors
/// The database's.
pub fn decide_entry(tx: &mut Tx, entry: &FundEntry, to: FundEntryState, by: Uuid) -> Result<Posted, StoreError> {
    if touch(tx, entry.organisation)?.is_some_and(|closed| entry.happened_on <= closed) && to == FundEntryState::Posted {
        return Ok(Posted::Closed);
    }
    let decided = (
        fund_entries::state.eq(to.as_str()),
        fund_entries::decided_by.eq(Some(Uid(by))),
        fund_entries::decided_at.eq(Some(Instant::from(tx.now()))),
    );
    let changed = diesel::update(fund_entries::table.find(Uid(entry.id)))
        .filter(fund_entries::state.eq(FundEntryState::Pending.as_str()))
        .set(decided)
        .execute(&mut tx.conn)?;
    if changed == 0 {
        return Ok(Posted::Decided);
    }
    if to == FundEntryState::Posted && !book(tx, entry)? {
        return Ok(Posted::Short);
    }
    Ok(Posted::Done)
}

/// One entry.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn entry(tx: &mut Tx, organisation: Uuid, id: Uuid) -> Result<FundEntry, StoreError> {
    let row: Row = both!(tx, |c| fund_entries::table
        .find(Uid(id))
        .filter(fund_entries::organisation_id.eq(Uid(organisation)))
        .select(Row::as_select())
        .get_result(c))?;
    row.into_entry(tx)
}

/// The entries of a book, the latest first, from before one on.
///
/// # Errors
/// The database's.
pub fn entries(tx: &mut Tx, organisation: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<FundEntry>, StoreError> {
    let before = Uid(before.unwrap_or_else(Uuid::max));
    let rows: Vec<Row> = both!(tx, |c| fund_entries::table
        .filter(fund_entries::organisation_id.eq(Uid(organisation)))
        .filter(fund_entries::id.lt(before))
        .order(fund_entries::id.desc())
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(|row| row.into_entry(tx)).collect()
}

/// What each account holds; those that were never used are left out.
///
/// # Errors
/// The database's.
pub fn balances(tx: &mut Tx, organisation: Uuid) -> Result<BTreeMap<FundAccount, i64>, StoreError> {
    let rows: Vec<(String, i64)> = fund_balances::table
        .filter(fund_balances::organisation_id.eq(Uid(organisation)))
        .order(fund_balances::account)
        .select((fund_balances::account, fund_balances::balance))
        .load(&mut tx.conn)?;
    rows.into_iter().map(|(account, balance)| Ok((value(&account)?, balance))).collect()
}

/// What each account held at the end of a day, by its entries.
///
/// # Errors
/// The database's.
pub fn balances_until(tx: &mut Tx, organisation: Uuid, day: NaiveDate) -> Result<BTreeMap<FundAccount, i64>, StoreError> {
    let rows: Vec<(String, String, i64)> = both!(tx, |c| fund_entries::table
        .filter(fund_entries::organisation_id.eq(Uid(organisation)))
        .filter(fund_entries::state.eq(FundEntryState::Posted.as_str()))
        .filter(fund_entries::happened_on.le(day))
        .order(fund_entries::id)
        .select((fund_entries::debit, fund_entries::credit, fund_entries::amount))
        .load(c))?;
    let mut balances = BTreeMap::new();
    for (debit, credit, amount) in rows {
        *balances.entry(value(&debit)?).or_insert(0) += amount;
        *balances.entry(value(&credit)?).or_insert(0) -= amount;
    }
    Ok(balances)
}

/// Whether an entry of that day or an earlier one waits for a second person.
///
/// # Errors
/// The database's.
pub fn has_pending_until(tx: &mut Tx, organisation: Uuid, day: NaiveDate) -> Result<bool, StoreError> {
    let pending: i64 = both!(tx, |c| fund_entries::table
        .filter(fund_entries::organisation_id.eq(Uid(organisation)))
        .filter(fund_entries::state.eq(FundEntryState::Pending.as_str()))
        .filter(fund_entries::happened_on.le(day))
        .count()
        .get_result(c))?;
    Ok(pending > 0)
}
