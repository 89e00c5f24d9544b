//! Which signatures of WeChat's unencrypted messages were used, and with which body.

use diesel::prelude::*;

use crate::both;
use crate::error::StoreError;
use crate::schema::message_signatures;
use crate::secret::sha256;
use crate::store::Tx;
use crate::types::Instant;

/// Takes a signature for a body until it is too old to be taken anyhow. Whether the body is the first that comes with it, or
/// that one again.
///
/// # Errors
/// The database's; [`StoreError::Conflict`] where the signature was swept at this very moment, which the store tries again.
pub fn hear(tx: &mut Tx, signature: &str, body: &[u8], until: domain::Timestamp) -> Result<bool, StoreError> {
    let (signature, body) = (sha256(signature.as_bytes()), sha256(body));
    let row = (
        message_signatures::signature.eq(&signature),
        message_signatures::body.eq(&body),
        message_signatures::expires_at.eq(Instant::from(until)),
    );
    let first = both!(tx, |c| diesel::insert_into(message_signatures::table).values(row).on_conflict_do_nothing().execute(c))?;
    if first == 1 {
        return Ok(true);
    }
    let known = message_signatures::table.find(&signature).select(message_signatures::body);
    let known: Option<Vec<u8>> = known.first(&mut tx.conn).optional()?;
    Ok(known.ok_or(StoreError::Conflict)? == body)
}

/// Forgets the signatures that are too old to be taken. How many.
///
/// # Errors
/// The database's.
pub fn sweep_heard(tx: &mut Tx) -> Result<usize, StoreError> {
    let now = Instant::from(tx.now());
    Ok(diesel::delete(message_signatures::table.filter(message_signatures::expires_at.lt(now))).execute(&mut tx.conn)?)
}
