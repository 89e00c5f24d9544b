//! What can go wrong between a rule and the database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Why something could not be read or kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It is not there, or not for the one who asks.
    #[error("not found")]
    Missing,
    /// It has changed since it was read.
    #[error("changed meanwhile")]
    Stale,
    /// A unique constraint stands against it: the constraint's name, or in SQLite its columns.
    #[error("already there: {0}")]
    Duplicate(String),
    /// It refers to something that is not there: the constraint's name where the database tells it.
    #[error("refers to something unknown: {0}")]
    Unknown(String),
    /// The queue is full: try again soon.
    #[error("too much waits to be done")]
    Busy,
    /// The database cannot be reached, is full or refuses to write.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database did not say in time whether it was kept: retry with the same idempotency key.
    #[error("it is not known whether it was kept")]
    OutcomeUnknown,
    /// Another transaction was in the way; tried again by the store.
    #[error("conflict with another transaction")]
    Conflict,
    /// A mistake of ours. The text is for the log only.
    #[error("{0}")]
    Bug(String),
}

/// An error that may have come from the store, so that the store can see whether trying again helps.
pub trait Failure: From<StoreError> + Send + 'static {
    /// The store's error inside it.
    fn store_error(&self) -> Option<&StoreError>;
}

impl Failure for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::Missing,
            DieselError::DatabaseError(kind, info) => Self::from_database(&kind, info.message(), info.constraint_name()),
            DieselError::BrokenTransactionManager => Self::Unavailable("broken transaction".to_owned()),
            other => Self::Bug(other.to_string()),
        }
    }
}

impl StoreError {
    fn from_database(kind: &DatabaseErrorKind, message: &str, constraint: Option<&str>) -> Self {
        match kind {
            // SQLite has no constraint names for uniqueness; its message ends with the columns.
            DatabaseErrorKind::UniqueViolation => Self::Duplicate(constraint.unwrap_or(message).to_owned()),
            DatabaseErrorKind::ForeignKeyViolation => Self::Unknown(constraint.unwrap_or(message).to_owned()),
            DatabaseErrorKind::SerializationFailure => Self::Conflict,
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ReadOnlyTransaction => {
                Self::Unavailable(message.to_owned())
            }
            _ if message.contains("full") || message.contains("disk I/O") || message.contains("No space left") => {
                Self::Unavailable(message.to_owned())
            }
            _ if message.contains("deadlock") => Self::Conflict,
            _ if message.contains("lock timeout") || message.contains("statement timeout") => Self::Busy,
            _ if message.contains("terminating connection") || message.contains("shutting down") || message.contains("starting up") => {
                Self::Unavailable(message.to_owned())
            }
            _ => Self::Bug(message.to_owned()),
        }
    }

    /// Whether the constraint that stood against it is the one on this table and column.
    #[must_use]
    pub fn is_duplicate_of(&self, table: &str, column: &str) -> bool {
        match self {
            Self::Duplicate(which) => which.contains(table) && which.contains(column),
            _ => false,
        }
    }
}
