//! The numbers of organisations that a region may set.

use crate::policy::{Policy, PolicyFault, PolicyKind, check_version, within};

/// The most that any limit may be: a hundred million yuan, in fen.
const MOST_FEN: i64 = 10_000_000_000;

/// How organisations are run. A region publishes versions of it; an entry of a fund book keeps the one that it was made under.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrganisationPolicy {
    /// The name of this version.
    pub version: String,
    /// An entry of a fund book of more than so many fen needs a second person of the organisation.
    pub approval_above_fen: i64,
    /// What came in or went out is entered within so many days.
    pub entry_days: i64,
}

impl Default for OrganisationPolicy {
    fn default() -> Self {
        Self { version: "default-1".to_owned(), approval_above_fen: 50_000, entry_days: 366 }
    }
}

impl Policy for OrganisationPolicy {
    const KIND: PolicyKind = PolicyKind::Organisations;

    fn version(&self) -> &str {
        &self.version
    }

    fn check(&self) -> Result<(), PolicyFault> {
        check_version(&self.version)?;
        within("approval_above_fen", self.approval_above_fen, 0..=MOST_FEN)?;
        within("entry_days", self.entry_days, 1..=3660)
    }
}

impl OrganisationPolicy {
    /// Whether an entry of this amount needs a second person.
    #[must_use]
    pub const fn needs_approval(&self, amount: i64) -> bool {
        amount > self.approval_above_fen
    }
}
