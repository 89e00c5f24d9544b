//! What parties have pledged, and how it is used: a ledger that only grows, whose sum never exceeds the quota.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::schema::{pledge_uses, pledges as table};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What for a use was is sealed for this.
pub(crate) const USE_PURPOSE: &str = "pledge_uses.purpose";

/// What a party has promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pledge {
    /// Its id.
    pub id: Uuid,
    /// In which partnership.
    pub partnership: Uuid,
    /// The party.
    pub organisation: Uuid,
    /// What.
    pub resource: String,
    /// In what it is counted.
    pub unit: String,
    /// How much.
    pub quota: i64,
    /// How much of it is used.
    pub used: i64,
    /// One more whenever the quota is changed; a new one has 1.
    pub version: i32,
}

/// A row of `pledges`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = table, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    partnership_id: Uid,
    organisation_id: Uid,
    resource: String,
    unit: String,
    quota: i64,
    used: i64,
    version: i32,
    created_by: Uid,
    created_at: Instant,
}

impl From<Row> for Pledge {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.0,
            partnership: row.partnership_id.0,
            organisation: row.organisation_id.0,
            resource: row.resource,
            unit: row.unit,
            quota: row.quota,
            used: row.used,
            version: row.version,
        }
    }
}

/// Keeps a pledge of which nothing is used.
///
/// # Errors
/// [`StoreError::Unknown`] where the organisation is no party.
pub fn add_pledge(tx: &mut Tx, pledge: &Pledge, by: Uuid) -> Result<(), StoreError> {
    let row = Row {
        id: pledge.id.into(),
        partnership_id: pledge.partnership.into(),
        organisation_id: pledge.organisation.into(),
        resource: pledge.resource.clone(),
        unit: pledge.unit.clone(),
        quota: pledge.quota,
        used: 0,
        version: 1,
        created_by: by.into(),
        created_at: tx.now().into(),
    };
    diesel::insert_into(table::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One pledge.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_pledge(tx: &mut Tx, id: Uuid) -> Result<Pledge, StoreError> {
    let row: Row = table::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    Ok(row.into())
}

/// What was pledged in a partnership, in the order in which it was.
///
/// # Errors
/// The database's.
pub fn pledges(tx: &mut Tx, partnership: Uuid) -> Result<Vec<Pledge>, StoreError> {
    let rows: Vec<Row> =
        table::table.filter(table::partnership_id.eq(Uid(partnership))).order(table::id).select(Row::as_select()).load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// What became of a change of how much is used, or may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Drawn {
    /// It is done.
    Done,
    /// Nothing was changed: more would be used than is promised.
    Short,
}

/// Promises more or less, if the pledge is still of that version; never less than is used.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn set_quota(tx: &mut Tx, pledge: &Pledge, quota: i64) -> Result<Drawn, StoreError> {
    let its = table::table.find(Uid(pledge.id)).filter(table::version.eq(pledge.version));
    let changed = diesel::update(its)
        .filter(table::used.le(quota))
        .set((table::quota.eq(quota), table::version.eq(pledge.version + 1)))
        .execute(&mut tx.conn)?;
    match changed {
        0 if load_pledge(tx, pledge.id)?.version == pledge.version => Ok(Drawn::Short),
        0 => Err(StoreError::Stale),
        _ => Ok(Drawn::Done),
    }
}

/// A use, or what was taken back of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PledgeUse {
    /// Its id.
    pub id: Uuid,
    /// Of which pledge.
    pub pledge: Uuid,
    /// How much; below nothing where it takes a use back.
    pub amount: i64,
    /// When it was used.
    pub used_on: NaiveDate,
    /// What for.
    pub purpose: String,
    /// The use that it takes back.
    pub reverses: Option<Uuid>,
    /// The account that has entered it.
    pub by: Uuid,
    /// When.
    pub at: domain::Timestamp,
}

/// A row of `pledge_uses`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = pledge_uses, treat_none_as_default_value = false)]
struct UseRow {
    id: Uid,
    pledge_id: Uid,
    amount: i64,
    used_on: NaiveDate,
    purpose: Vec<u8>,
    reverses: Option<Uid>,
    by_account: Uid,
    at: Instant,
}

impl UseRow {
    fn open(self, tx: &Tx) -> Result<PledgeUse, StoreError> {
        Ok(PledgeUse {
            id: self.id.0,
            pledge: self.pledge_id.0,
            amount: self.amount,
            used_on: self.used_on,
            purpose: tx.unseal(USE_PURPOSE, self.id.0, &self.purpose)?,
            reverses: self.reverses.map(Into::into),
            by: self.by_account.0,
            at: self.at.get(),
        })
    }
}

/// Uses some of a pledge, if so much is left: of many at once each waits for the one before. Where it is short, whoever asked ends
/// the transaction: the use is written down first, so that what was taken back before is known by its use.
///
/// # Errors
/// [`StoreError::Duplicate`] of `pledge_uses` where it takes back what was taken back.
pub fn draw(tx: &mut Tx, new: &PledgeUse) -> Result<Drawn, StoreError> {
    let row = UseRow {
        id: new.id.into(),
        pledge_id: new.pledge.into(),
        amount: new.amount,
        used_on: new.used_on,
        purpose: tx.seal(USE_PURPOSE, new.id, &new.purpose)?,
        reverses: new.reverses.map(Into::into),
        by_account: new.by.into(),
        at: new.at.into(),
    };
    diesel::insert_into(pledge_uses::table).values(&row).execute(&mut tx.conn)?;
    let its = table::table.find(Uid(new.pledge)).filter((table::used + new.amount).le(table::quota));
    let changed = diesel::update(its).set(table::used.eq(table::used + new.amount)).execute(&mut tx.conn)?;
    Ok(if changed == 0 { Drawn::Short } else { Drawn::Done })
}

/// Takes a use back: what was used of the pledge is there again.
///
/// # Errors
/// [`StoreError::Duplicate`] of `pledge_uses` where it was taken back before.
pub fn take_back(tx: &mut Tx, id: Uuid, of: &PledgeUse, why: &str, by: Uuid) -> Result<Drawn, StoreError> {
    let back = PledgeUse {
        id,
        pledge: of.pledge,
        amount: -of.amount,
        used_on: of.used_on,
        purpose: why.to_owned(),
        reverses: Some(of.id),
        by,
        at: tx.now(),
    };
    draw(tx, &back)
}

/// One use.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_use(tx: &mut Tx, id: Uuid) -> Result<PledgeUse, StoreError> {
    let row: UseRow = pledge_uses::table.find(Uid(id)).select(UseRow::as_select()).first(&mut tx.conn)?;
    row.open(tx)
}

/// The uses of a pledge and what was taken back, the newest first, from before one on.
///
/// # Errors
/// The database's.
pub fn uses(tx: &mut Tx, pledge: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<PledgeUse>, StoreError> {
    let mut query = pledge_uses::table.into_boxed::<MultiBackend>().filter(pledge_uses::pledge_id.eq(Uid(pledge)));
    if let Some(before) = before {
        query = query.filter(pledge_uses::id.lt(Uid(before)));
    }
    let rows: Vec<UseRow> = query.order(pledge_uses::id.desc()).limit(limit).select(UseRow::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.open(tx)).collect()
}
