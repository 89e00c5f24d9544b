//! The chain: entries become links after their commit, one link a turn and region, so that no write waits for another.

use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::Timestamp;

use super::entry::{self, Entry};
use crate::error::StoreError;
use crate::schema::{audit_checkpoints, audit_entries, audit_links};
use crate::secret::sha256;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What the first link stands on.
pub(super) const BEGINNING: [u8; 32] = [0; 32];

/// A link: some entries of one region under one digest, and a hash that stands on all before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The region; empty for the installation's own chain.
    pub region: String,
    /// Its number, from 1 without a gap.
    pub number: i64,
    /// How many entries it holds.
    pub entries: i32,
    /// SHA-256 over the digests of its entries, ordered by time and id.
    pub digest: Vec<u8>,
    /// SHA-256 over the hash before (32 zero bytes at first), the region, a zero byte, number, count and time (microseconds
    /// since 1970) as eight bytes each (big-endian), and the digest.
    pub hash: Vec<u8>,
    /// When it was made.
    pub at: Timestamp,
}

impl Link {
    /// The link of these digests on the hash before.
    pub(super) fn new(region: &str, number: i64, before: &[u8], digests: &[&[u8]], at: Timestamp) -> Self {
        let digest = sha256(&digests.concat());
        let entries = i32::try_from(digests.len()).unwrap_or(i32::MAX);
        let hash = hash_of(region, number, before, entries, at, &digest);
        Self { region: region.to_owned(), number, entries, digest, hash, at }
    }
}

/// The hash of a link.
pub(super) fn hash_of(region: &str, number: i64, before: &[u8], entries: i32, at: Timestamp, digest: &[u8]) -> Vec<u8> {
    let numbers = [number, i64::from(entries), at.timestamp_micros()].map(i64::to_be_bytes).concat();
    sha256(&[before, region.as_bytes(), &[0], &numbers, digest].concat())
}

/// A row of `audit_links`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_links, treat_none_as_default_value = false)]
pub(super) struct Row {
    region: String,
    link: i64,
    entries: i32,
    digest: Vec<u8>,
    hash: Vec<u8>,
    at: Instant,
}

impl From<Row> for Link {
    fn from(row: Row) -> Self {
        Self { region: row.region, number: row.link, entries: row.entries, digest: row.digest, hash: row.hash, at: row.at.get() }
    }
}

/// What one turn has linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Linked {
    /// How many entries.
    pub entries: usize,
    /// Into how many links.
    pub links: usize,
}

/// Links entries that have no link yet, the oldest first, at most so many. Of two who try at once one succeeds.
///
/// # Errors
/// [`StoreError::Duplicate`] or [`StoreError::Stale`] where another one was quicker: nothing is kept then.
pub fn link_pending(tx: &mut Tx, limit: i64) -> Result<Linked, StoreError> {
    let pending: Vec<entry::Row> = audit_entries::table
        .filter(audit_entries::link.is_null())
        .order((audit_entries::at, audit_entries::id))
        .limit(limit)
        .select(entry::Row::as_select())
        .load(&mut tx.conn)?;
    let mut done = Linked { entries: pending.len(), links: 0 };
    let mut regions: BTreeMap<String, (Vec<Uid>, Vec<Vec<u8>>)> = BTreeMap::new();
    for row in pending {
        let Entry { id, region, at, content, digest, .. } = row.into_entry()?;
        // What an entry says is linked, not what is written beside it.
        let digest = content.map_or(digest, |content| entry::digest_of(id, &region, at, &content));
        let of = regions.entry(region).or_default();
        of.0.push(id.into());
        of.1.push(digest);
    }
    for (region, (ids, digests)) in regions {
        let (number, before) = last_link(tx, &region)?.map_or((0, BEGINNING.to_vec()), |last| (last.number, last.hash));
        let digests: Vec<&[u8]> = digests.iter().map(Vec::as_slice).collect();
        keep(tx, Link::new(&region, number + 1, &before, &digests, tx.now()), ids)?;
        done.links += 1;
    }
    Ok(done)
}

fn keep(tx: &mut Tx, link: Link, ids: Vec<Uid>) -> Result<(), StoreError> {
    let (number, expected) = (link.number, ids.len());
    let Link { region, entries, digest, hash, at, .. } = link;
    let row = Row { region, link: number, entries, digest, hash, at: at.into() };
    diesel::insert_into(audit_links::table).values(&row).execute(&mut tx.conn)?;
    let linked = diesel::update(audit_entries::table.filter(audit_entries::id.eq_any(ids)))
        .filter(audit_entries::link.is_null())
        .set(audit_entries::link.eq(Some(number)))
        .execute(&mut tx.conn)?;
    if linked == expected { Ok(()) } else { Err(StoreError::Stale) }
}

/// The last link of a region, if it has one.
///
/// # Errors
/// The database's.
pub fn last_link(tx: &mut Tx, region: &str) -> Result<Option<Link>, StoreError> {
    let last = audit_links::table.filter(audit_links::region.eq(region)).order(audit_links::link.desc()).limit(1);
    let row: Option<Row> = last.select(Row::as_select()).first(&mut tx.conn).optional()?;
    Ok(row.map(Into::into))
}

/// The links of a region from one number on, in order.
///
/// # Errors
/// The database's.
pub fn links(tx: &mut Tx, region: &str, from: i64, limit: i64) -> Result<Vec<Link>, StoreError> {
    let some = audit_links::table.filter(audit_links::region.eq(region)).filter(audit_links::link.ge(from));
    let rows: Vec<Row> = some.order(audit_links::link).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The regions that have entries, links or checkpoints; the installation's own chain is the empty one.
///
/// # Errors
/// The database's.
pub fn regions(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let mut all: Vec<String> = audit_links::table.select(audit_links::region).distinct().load(&mut tx.conn)?;
    let entered: Vec<String> = audit_entries::table.select(audit_entries::region).distinct().load(&mut tx.conn)?;
    let signed: Vec<String> = audit_checkpoints::table.select(audit_checkpoints::region).distinct().load(&mut tx.conn)?;
    all.extend(entered.into_iter().chain(signed));
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Since when the oldest entry has waited for its link; none where none waits.
///
/// # Errors
/// The database's.
pub fn waiting_since(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let oldest: Option<Instant> = audit_entries::table
        .filter(audit_entries::link.is_null())
        .order(audit_entries::at)
        .limit(1)
        .select(audit_entries::at)
        .first(&mut tx.conn)
        .optional()?;
    Ok(oldest.map(Instant::get))
}

/// How many entries of a region name a link that is not there: they were put there by somebody else than the sequencer.
///
/// # Errors
/// The database's.
pub fn strays(tx: &mut Tx, region: &str) -> Result<i64, StoreError> {
    let known = audit_links::table.filter(audit_links::region.eq(region)).select(audit_links::link.nullable());
    let strays = audit_entries::table.filter(audit_entries::region.eq(region)).filter(audit_entries::link.is_not_null());
    Ok(strays.filter(audit_entries::link.ne_all(known)).count().get_result(&mut tx.conn)?)
}
