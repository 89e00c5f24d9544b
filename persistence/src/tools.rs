//! For tools and tests: statements outside of any subject.

use crate::dialect::{self, Location};
use crate::error::StoreError;

/// Runs statements that return nothing, on a connection of their own.
///
/// # Errors
/// The database's.
pub fn execute(location: &Location, sql: &str) -> Result<(), StoreError> {
    dialect::batch(&mut dialect::connect(location)?, sql)
}

/// What a query gives, on a connection of its own: each row as the text of its column `line`.
///
/// # Errors
/// The database's.
pub fn lines(location: &Location, sql: &str) -> Result<Vec<String>, StoreError> {
    dialect::lines(&mut dialect::connect(location)?, sql)
}
