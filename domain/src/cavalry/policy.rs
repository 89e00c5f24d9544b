//! The numbers of the cavalry that a region may set.

use crate::policy::{Policy, PolicyFault, PolicyKind, check_version, within};

/// How the cavalry is on duty and how far an emergency rings. A region publishes versions of it; a time on duty and a ring keep the
/// version that they began with.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CavalryPolicy {
    /// The name of this version.
    pub version: String,
    /// The side of the cells to which positions are rounded, in metres. Nothing finer is ever kept.
    pub cell_metres: i32,
    /// A time on duty ends so many minutes after the last word.
    pub silent_minutes: i32,
    /// A time on duty lasts so many minutes at most.
    pub duty_minutes: i32,
    /// An emergency rings whoever is ready within so many metres.
    pub ring_metres: i32,
    /// An emergency rings so many people at most, the nearest first.
    pub ring_people: i32,
    /// Emergencies of one person ring so often in 24 hours; further ones are the station's, who may ring by classifying them.
    pub rings_a_day: i32,
    /// An emergency rings who has a shift at the nearest open site within so many metres.
    pub site_metres: i32,
}

impl Default for CavalryPolicy {
    fn default() -> Self {
        Self {
            version: "default-1".to_owned(),
            cell_metres: 500,
            silent_minutes: 240,
            duty_minutes: 720,
            ring_metres: 3_000,
            ring_people: 20,
            rings_a_day: 3,
            site_metres: 10_000,
        }
    }
}

impl Policy for CavalryPolicy {
    const KIND: PolicyKind = PolicyKind::Cavalry;

    fn version(&self) -> &str {
        &self.version
    }

    fn check(&self) -> Result<(), PolicyFault> {
        check_version(&self.version)?;
        within("cell_metres", self.cell_metres.into(), 100..=5_000)?;
        within("duty_minutes", self.duty_minutes.into(), 15..=1_440)?;
        within("silent_minutes", self.silent_minutes.into(), 5..=self.duty_minutes.into())?;
        within("ring_metres", self.ring_metres.into(), 100..=50_000)?;
        within("ring_people", self.ring_people.into(), 1..=100)?;
        within("rings_a_day", self.rings_a_day.into(), 1..=50)?;
        within("site_metres", self.site_metres.into(), 100..=100_000)
    }
}
