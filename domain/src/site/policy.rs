//! The numbers of sites that a region may set.

use crate::policy::{Policy, PolicyFault, PolicyKind, check_version, within};

/// How many sites a region is to have. A region publishes versions of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SitePolicy {
    /// The name of this version.
    pub version: String,
    /// The 1: so many incubation centres in the region.
    pub centres: i64,
    /// The 2: so many think tanks in the region.
    pub think_tanks: i64,
    /// The N: so many stations in each division of the region down to the communities.
    pub stations: i64,
}

impl Default for SitePolicy {
    fn default() -> Self {
        Self { version: "default-1".to_owned(), centres: 1, think_tanks: 2, stations: 1 }
    }
}

impl Policy for SitePolicy {
    const KIND: PolicyKind = PolicyKind::Sites;

    fn version(&self) -> &str {
        &self.version
    }

    fn check(&self) -> Result<(), PolicyFault> {
        check_version(&self.version)?;
        within("centres", self.centres, 0..=100)?;
        within("think_tanks", self.think_tanks, 0..=100)?;
        within("stations", self.stations, 0..=100)
    }
}
