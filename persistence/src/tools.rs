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
