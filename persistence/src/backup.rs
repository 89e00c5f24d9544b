//! Copies of an embedded database, made while it is used.

use std::path::Path;

use crate::dialect::{self, Location};
use crate::error::StoreError;

/// Writes a copy of an embedded database into a new file: everything that was committed when it began, nothing later.
/// Readers and writers go on meanwhile. The copy has reached the disk when this returns.
///
/// # Errors
/// [`StoreError::Unavailable`] where the file is there already or cannot be written, or the database is no embedded one.
pub fn copy(from: &Location, to: &Path) -> Result<(), StoreError> {
    dialect::copy(from, to)
}

/// Reads a copy through and through, and gives the keys without which its personal data cannot be opened: each as its id and
/// its fingerprint.
///
/// # Errors
/// [`StoreError::Unavailable`] where it is damaged: the text tells what was found.
pub fn check(copy: &Path) -> Result<Vec<String>, StoreError> {
    dialect::check(copy)
}
