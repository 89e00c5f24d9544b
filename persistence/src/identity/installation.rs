//! Facts of the installation, each said once.

use diesel::prelude::*;

use crate::both;
use crate::error::StoreError;
use crate::schema::installation;
use crate::store::Tx;

/// A fact of the installation, if it was said.
///
/// # Errors
/// The database's.
pub fn fact(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreError> {
    Ok(installation::table.find(name).select(installation::content).first(&mut tx.conn).optional()?)
}

/// Says a fact unless it was said before. What is kept: of many who say it at once, the first is.
///
/// # Errors
/// The database's.
pub fn set_fact_once(tx: &mut Tx, name: &str, content: &str) -> Result<String, StoreError> {
    let row = (installation::name.eq(name), installation::content.eq(content));
    both!(tx, |c| diesel::insert_into(installation::table).values(row).on_conflict_do_nothing().execute(c))?;
    fact(tx, name)?.ok_or(StoreError::Missing)
}
