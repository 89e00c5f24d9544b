//! Texts about people that an earlier version kept in plain: read where they still stand aside, and sealed by and by.
//!
//! The database cannot seal, so the migration only sets them aside. The job seals some in each turn, on whichever replica has the
//! clock's work; a row is changed only where its plain text is still what was read.

use diesel::prelude::*;
use uuid::Uuid;

use crate::catalogue::EVIDENCE;
use crate::error::StoreError;
use crate::order::TAGS;
use crate::schema::{certifications, order_reviews};
use crate::store::Tx;
use crate::types::Uid;

/// Texts of each kind that one turn seals, in one transaction.
const BATCH: i64 = 200;

/// A text, sealed or not yet.
pub(crate) fn opened(
    tx: &Tx,
    place: &'static str,
    row: Uuid,
    sealed: Option<&[u8]>,
    plain: Option<String>,
) -> Result<Option<String>, StoreError> {
    match sealed {
        Some(sealed) => tx.unseal(place, row, sealed).map(Some),
        None => Ok(plain),
    }
}

/// Seals the next texts of a column, and empties where they stood aside. How many.
macro_rules! seal {
    ($tx:ident, $table:ident.$column:ident from $plain:ident for $place:expr) => {{
        let rows: Vec<(Uid, Option<String>)> = $table::table
            .filter($table::$plain.is_not_null())
            .order($table::id)
            .limit(BATCH)
            .select(($table::id, $table::$plain))
            .load(&mut $tx.conn)?;
        let count = rows.len();
        for (row, plain) in rows {
            let sealed = plain.as_deref().map(|text| $tx.seal($place, row.0, text)).transpose()?;
            diesel::update($table::table.find(row))
                .filter($table::$plain.eq(plain))
                .set(($table::$column.eq(sealed), $table::$plain.eq(None::<String>)))
                .execute(&mut $tx.conn)?;
        }
        count
    }};
}

/// Seals some of what stands in plain. How many texts; nothing is left where there were none.
///
/// # Errors
/// The database's.
pub fn seal(tx: &mut Tx) -> Result<usize, StoreError> {
    let evidence = seal!(tx, certifications.evidence from unsealed_evidence for EVIDENCE);
    let tags = seal!(tx, order_reviews.tags from unsealed_tags for TAGS);
    Ok(evidence + tags)
}

/// Whether anything stands in plain.
///
/// # Errors
/// The database's.
pub fn is_left(tx: &mut Tx) -> Result<bool, StoreError> {
    let evidence = certifications::table.filter(certifications::unsealed_evidence.is_not_null()).select(certifications::id).limit(1);
    let tags = order_reviews::table.filter(order_reviews::unsealed_tags.is_not_null()).select(order_reviews::id).limit(1);
    let evidence: Option<Uid> = evidence.first(&mut tx.conn).optional()?;
    let tags: Option<Uid> = tags.first(&mut tx.conn).optional()?;
    Ok(evidence.is_some() || tags.is_some())
}
