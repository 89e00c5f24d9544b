//! The schema's versions: applying, reverting, telling.

use crate::dialect::{self, Location};
use crate::error::StoreError;

/// Where a database's schema stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Every migration that this program knows, oldest first, and whether it is applied.
    pub migrations: Vec<(String, bool)>,
    /// The database has migrations that this program does not know: a newer program has been here.
    pub newer: bool,
}

impl Status {
    /// Whether program and schema fit.
    #[must_use]
    pub fn is_current(&self) -> bool {
        !self.newer && self.migrations.iter().all(|(_, applied)| *applied)
    }
}

/// Tells where the schema stands.
///
/// # Errors
/// The database cannot be reached.
pub fn status(location: &Location) -> Result<Status, StoreError> {
    let (migrations, newer) = dialect::migration_status(&mut dialect::connect(location)?)?;
    Ok(Status { migrations, newer })
}

/// Whether the schema of a database that is open is this program's.
///
/// # Errors
/// The database's.
pub fn is_current(tx: &mut crate::store::Tx) -> Result<bool, StoreError> {
    let (migrations, newer) = dialect::migration_status(&mut tx.conn)?;
    Ok(Status { migrations, newer }.is_current())
}

/// Applies every pending migration, each in a transaction of its own, and names them.
///
/// # Errors
/// The database cannot be reached, or a migration failed and was rolled back.
pub fn up(location: &Location) -> Result<Vec<String>, StoreError> {
    dialect::migrate_up(&mut dialect::connect(location)?)
}

/// Reverts the last migration and names it; its tables and what stands in them are lost.
///
/// # Errors
/// As [`up`].
pub fn down(location: &Location) -> Result<Option<String>, StoreError> {
    dialect::migrate_down(&mut dialect::connect(location)?)
}
