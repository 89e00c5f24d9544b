//! The numbers of appointments and rosters that a region may set.

use crate::policy::{Policy, PolicyFault, PolicyKind, check_version, within};

/// How appointments are kept and shifts are planned. A region publishes versions of it; a booking keeps the version by which it was
/// made.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppointmentPolicy {
    /// The name of this version.
    pub version: String,
    /// Until so many minutes before a slot begins people cancel by themselves; later staff do.
    pub cancel_minutes: i64,
    /// Whoever has missed so many bookings books through staff, until the first of them is too long ago to count.
    pub no_shows: i64,
    /// A missed booking counts for so many days from the beginning of its slot.
    pub no_show_days: i64,
    /// A shift lasts so many minutes at most.
    pub shift_minutes: i64,
    /// Slots and shifts are planned so many days ahead at most.
    pub days_ahead: i64,
}

impl Default for AppointmentPolicy {
    fn default() -> Self {
        Self { version: "default-1".to_owned(), cancel_minutes: 120, no_shows: 3, no_show_days: 90, shift_minutes: 720, days_ahead: 183 }
    }
}

impl Policy for AppointmentPolicy {
    const KIND: PolicyKind = PolicyKind::Appointments;

    fn version(&self) -> &str {
        &self.version
    }

    fn check(&self) -> Result<(), PolicyFault> {
        check_version(&self.version)?;
        within("cancel_minutes", self.cancel_minutes, 0..=10_080)?;
        within("no_shows", self.no_shows, 1..=100)?;
        within("no_show_days", self.no_show_days, 1..=366)?;
        within("shift_minutes", self.shift_minutes, 15..=1440)?;
        within("days_ahead", self.days_ahead, 1..=366)
    }
}
