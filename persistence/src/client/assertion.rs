//! Assertions that were used: each once, on whichever replica.

use diesel::prelude::*;
use uuid::Uuid;

use crate::both;
use crate::error::StoreError;
use crate::schema::client_assertions;
use crate::secret::sha256;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Uses the assertion of a client with this id: of many uses at once one is the first. Whether this one is.
///
/// # Errors
/// The database's.
pub fn use_assertion(tx: &mut Tx, client: Uuid, jti: &str, expires: domain::Timestamp) -> Result<bool, StoreError> {
    let row = (
        client_assertions::client_id.eq(Uid(client)),
        client_assertions::jti.eq(sha256(jti.as_bytes())),
        client_assertions::expires_at.eq(Instant::from(expires)),
    );
    let first = both!(tx, |c| diesel::insert_into(client_assertions::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(first == 1)
}

/// Forgets the assertions that hold no more, whoever shows them. How many.
///
/// # Errors
/// The database's.
pub fn sweep_assertions(tx: &mut Tx) -> Result<usize, StoreError> {
    let now = Instant::from(tx.now());
    Ok(diesel::delete(client_assertions::table.filter(client_assertions::expires_at.le(now))).execute(&mut tx.conn)?)
}
