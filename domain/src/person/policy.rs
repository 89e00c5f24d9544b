//! The numbers of the registers of people that a region may set.

use crate::policy::{Policy, PolicyFault, PolicyKind, check_version, within};

/// How the registers of people are kept. A region publishes versions of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeoplePolicy {
    /// The name of this version.
    pub version: String,
    /// So many days before a certification expires its holder is told, and the station sees it listed.
    pub expiry_notice_days: i64,
}

impl Default for PeoplePolicy {
    fn default() -> Self {
        Self { version: "default-1".to_owned(), expiry_notice_days: 30 }
    }
}

impl Policy for PeoplePolicy {
    const KIND: PolicyKind = PolicyKind::People;

    fn version(&self) -> &str {
        &self.version
    }

    fn check(&self) -> Result<(), PolicyFault> {
        check_version(&self.version)?;
        within("expiry_notice_days", self.expiry_notice_days, 1..=365)
    }
}

#[cfg(test)]
mod tests {
    use super::PeoplePolicy;
    use crate::policy::Policy;

    #[test]
    fn the_default_may_be_published_and_numbers_have_bounds() {
        assert_eq!(PeoplePolicy::default().check(), Ok(()));
        let fault = |change: fn(&mut PeoplePolicy)| {
            let mut policy = PeoplePolicy::default();
            change(&mut policy);
            policy.check().unwrap_err().field
        };
        assert_eq!(fault(|policy| policy.expiry_notice_days = 0), "expiry_notice_days");
        assert_eq!(fault(|policy| policy.version.clear()), "version");
    }
}
