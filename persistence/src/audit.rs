//! The audit log 审计: who did what, to what, why, and with what outcome.

use uuid::Uuid;

/// What a transaction says of itself for the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// The kind of thing it is about, and which.
    pub object: Option<(&'static str, Uuid)>,
    /// Why it is done: a code.
    pub purpose: Option<&'static str>,
}
