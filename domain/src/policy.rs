//! Policies: versioned documents with the numbers that a region may set, and what is wrong with one.

use std::ops::RangeInclusive;

/// What a policy rules. A kind is added together with what obeys it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// How orders are handled.
    Orders,
    /// How long records are kept.
    Retention,
    /// How demand lists are kept alive.
    Demands,
    /// How organisations are run.
    Organisations,
    /// How the registers of people are kept.
    People,
    /// How many sites there are to be.
    Sites,
    /// How appointments are kept and shifts are planned.
    Appointments,
    /// How the cavalry is on duty and how far an emergency rings.
    Cavalry,
    /// How crafts are passed on.
    Apprenticeships,
}

impl PolicyKind {
    /// As it is kept and stands in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Retention => "retention",
            Self::Demands => "demands",
            Self::Organisations => "organisations",
            Self::People => "people",
            Self::Sites => "sites",
            Self::Appointments => "appointments",
            Self::Cavalry => "cavalry",
            Self::Apprenticeships => "apprenticeships",
        }
    }
}

/// A document that a region publishes in versions. Its default is the program's own and holds where no version does.
pub trait Policy: Default {
    /// What it rules.
    const KIND: PolicyKind;

    /// The name of this version.
    fn version(&self) -> &str;

    /// Whether a region may publish it.
    ///
    /// # Errors
    /// [`PolicyFault`] names the first field that is wrong.
    fn check(&self) -> Result<(), PolicyFault>;
}

/// Which field of a policy is wrong, and the rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct PolicyFault {
    /// The field, with a dot for what stands inside another: `high.triage`.
    pub field: String,
    /// What it must be.
    pub rule: String,
}

/// Checks the name of a version.
pub(crate) fn check_version(version: &str) -> Result<(), PolicyFault> {
    // Nobody can publish what only looks like another version.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if !(1..=64).contains(&version.len()) || !version.bytes().all(plain) {
        return fault("version", "1 to 64 letters, digits, `.`, `_` and `-`");
    }
    Ok(())
}

/// Checks a number.
pub(crate) fn within(field: &str, value: i64, range: RangeInclusive<i64>) -> Result<(), PolicyFault> {
    if range.contains(&value) { Ok(()) } else { fault(field, &format!("{} to {}", range.start(), range.end())) }
}

/// A fault of a field.
pub(crate) fn fault(field: &str, rule: &str) -> Result<(), PolicyFault> {
    Err(PolicyFault { field: field.to_owned(), rule: rule.to_owned() })
}
