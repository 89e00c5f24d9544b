//! Checkpoints: a link's hash, signed, to be deposited elsewhere. What is cut off after one is found.

use diesel::prelude::*;
use domain::Timestamp;

use crate::error::StoreError;
use crate::schema::audit_checkpoints;
use crate::store::Tx;
use crate::types::Instant;

/// A checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The region; empty for the installation's own chain.
    pub region: String,
    /// The link that it vouches for, and with it all before.
    pub link: i64,
    /// That link's hash.
    pub hash: Vec<u8>,
    /// When it was made.
    pub at: Timestamp,
    /// The same, signed (JWS, EdDSA), to be checked with the published keys.
    pub token: String,
}

/// A row of `audit_checkpoints`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_checkpoints, treat_none_as_default_value = false)]
struct Row {
    region: String,
    link: i64,
    hash: Vec<u8>,
    at: Instant,
    token: String,
}

/// Keeps a checkpoint.
///
/// # Errors
/// [`StoreError::Duplicate`] where the link has one.
pub fn add_checkpoint(tx: &mut Tx, checkpoint: Checkpoint) -> Result<(), StoreError> {
    let Checkpoint { region, link, hash, at, token } = checkpoint;
    diesel::insert_into(audit_checkpoints::table).values(&Row { region, link, hash, at: at.into(), token }).execute(&mut tx.conn)?;
    Ok(())
}

/// The checkpoints of a region before a link (of all where none is named), the newest first.
///
/// # Errors
/// The database's.
pub fn checkpoints(tx: &mut Tx, region: &str, before: Option<i64>, limit: i64) -> Result<Vec<Checkpoint>, StoreError> {
    let some = audit_checkpoints::table
        .filter(audit_checkpoints::region.eq(region))
        .filter(audit_checkpoints::link.lt(before.unwrap_or(i64::MAX)))
        .order(audit_checkpoints::link.desc())
        .limit(limit);
    let rows: Vec<Row> = some.select(Row::as_select()).load(&mut tx.conn)?;
    let checkpoint = |row: Row| Checkpoint { region: row.region, link: row.link, hash: row.hash, at: row.at.get(), token: row.token };
    Ok(rows.into_iter().map(checkpoint).collect())
}
