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
    /// So many years the registration of a social worker's qualification holds.
    pub registration_years: i64,
    /// The hours of continuing education in each registration of an assistant social worker.
    pub education_hours_assistant: i64,
    /// The same of social workers and senior ones.
    pub education_hours: i64,
    /// So many open cases one social worker has at most.
    pub most_cases: i64,
}

impl Default for PeoplePolicy {
    fn default() -> Self {
        Self {
            version: "default-1".to_owned(),
            expiry_notice_days: 30,
            registration_years: 3,
            education_hours_assistant: 72,
            education_hours: 90,
            most_cases: 50,
        }
    }
}

impl Policy for PeoplePolicy {
    const KIND: PolicyKind = PolicyKind::People;

    fn version(&self) -> &str {
        &self.version
    }

    fn check(&self) -> Result<(), PolicyFault> {
        check_version(&self.version)?;
        within("expiry_notice_days", self.expiry_notice_days, 1..=365)?;
        within("registration_years", self.registration_years, 1..=10)?;
        within("education_hours_assistant", self.education_hours_assistant, 0..=1000)?;
        within("education_hours", self.education_hours, 0..=1000)?;
        within("most_cases", self.most_cases, 1..=1000)
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
        assert_eq!(fault(|policy| policy.registration_years = 11), "registration_years");
        assert_eq!(fault(|policy| policy.education_hours_assistant = -1), "education_hours_assistant");
        assert_eq!(fault(|policy| policy.education_hours = 1001), "education_hours");
        assert_eq!(fault(|policy| policy.most_cases = 0), "most_cases");
        assert_eq!(fault(|policy| policy.version.clear()), "version");
    }
}
