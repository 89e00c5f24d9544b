//! Sessions that are over, with their refresh tokens.

use diesel::prelude::*;
use domain::Timestamp;

use super::{Done, Run};
use crate::error::StoreError;
use crate::schema::{refresh_tokens, sessions};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Erases the next ones.
pub(super) fn erase(tx: &mut Tx, run: &Run, limit: i64) -> Result<Done, StoreError> {
    let over = sessions::table.filter(sessions::expires_at.lt(Instant::from(run.cutoff)));
    let oldest = over.order((sessions::expires_at, sessions::id)).limit(limit);
    let found: Vec<(Instant, Uid)> = oldest.select((sessions::expires_at, sessions::id)).load(&mut tx.conn)?;
    let ids: Vec<Uid> = found.iter().map(|(_, id)| *id).collect();
    let tokens = diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(&ids))).execute(&mut tx.conn)?;
    let gone = diesel::delete(sessions::table.filter(sessions::id.eq_any(&ids))).execute(&mut tx.conn)?;
    Ok(Done { rows: tokens + gone, last: found.last().map(|(at, id)| (at.get(), id.0)), more: false })
}

/// How many there are.
pub(super) fn count(tx: &mut Tx, cutoff: Timestamp) -> Result<i64, StoreError> {
    Ok(sessions::table.filter(sessions::expires_at.lt(Instant::from(cutoff))).count().get_result(&mut tx.conn)?)
}
