//! Records of who has seen plain personal data, and of the requests to.

use diesel::prelude::*;
use domain::Timestamp;

use crate::error::StoreError;
use crate::schema::{unmask_requests, unmaskings};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Erases the next ones, the looks before the requests that they rest on. How many.
pub(super) fn erase(tx: &mut Tx, cutoff: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let cutoff = Instant::from(cutoff);
    let oldest = unmaskings::table.filter(unmaskings::at.lt(cutoff)).order((unmaskings::at, unmaskings::id)).limit(limit);
    let looks: Vec<Uid> = oldest.select(unmaskings::id).load(&mut tx.conn)?;
    if !looks.is_empty() {
        return Ok(diesel::delete(unmaskings::table.filter(unmaskings::id.eq_any(looks))).execute(&mut tx.conn)?);
    }
    let used = unmaskings::table.filter(unmaskings::request_id.is_not_null()).select(unmaskings::request_id.assume_not_null());
    let past = unmask_requests::table.filter(unmask_requests::requested_at.lt(cutoff)).filter(unmask_requests::id.ne_all(used));
    let requests: Vec<Uid> = past.order(unmask_requests::id).limit(limit).select(unmask_requests::id).load(&mut tx.conn)?;
    Ok(diesel::delete(unmask_requests::table.filter(unmask_requests::id.eq_any(requests))).execute(&mut tx.conn)?)
}

/// How many there are.
pub(super) fn count(tx: &mut Tx, cutoff: Timestamp) -> Result<i64, StoreError> {
    let cutoff = Instant::from(cutoff);
    let looks: i64 = unmaskings::table.filter(unmaskings::at.lt(cutoff)).count().get_result(&mut tx.conn)?;
    let requests: i64 = unmask_requests::table.filter(unmask_requests::requested_at.lt(cutoff)).count().get_result(&mut tx.conn)?;
    Ok(looks + requests)
}
