use super::{KeyTimes, Lockout, Role, Totp};
use crate::Timestamp;

/// The numbers of signing in, of one installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityPolicy {
    /// Its version.
    pub version: &'static str,
    /// Who must sign in with a second factor (等保 GB/T 22239, 8.1.4.1: two factors for administrators).
    pub second_factor: &'static [Role],
    /// How many recovery codes there are.
    pub recovery_codes: usize,
    /// How codes by time are made and taken.
    pub totp: Totp,
    /// A session of staff that is not used for so many minutes ends.
    pub idle_minutes: i64,
    /// When a session was last used is kept to so many seconds, so that it does not cost a write for each request.
    pub used_seconds: i64,
    /// What failed attempts lock.
    pub lockout: Lockout,
    /// When signing keys change.
    pub keys: KeyTimes,
    /// An assertion of a machine client holds for so many seconds at most.
    pub assertion_seconds: i64,
    /// So many seconds a client's clock may be ahead.
    pub skew_seconds: i64,
    /// An old secret of a client holds for so many hours beside the new one where nothing else is said.
    pub secret_overlap_hours: i64,
    /// And for no more than so many.
    pub longest_overlap_hours: i64,
    /// A client is registered for so many days at most.
    pub client_days: i64,
    /// Who has let themselves into an account, or given it a role, has it in hand for so many days: it is no second person to them.
    pub independent_days: i64,
}

impl Default for IdentityPolicy {
    fn default() -> Self {
        Self {
            version: "identity-2026-12",
            second_factor: &[Role::Administrator, Role::Operator],
            recovery_codes: 10,
            totp: Totp::default(),
            idle_minutes: 30,
            used_seconds: 60,
            lockout: Lockout::default(),
            keys: KeyTimes::default(),
            assertion_seconds: 300,
            skew_seconds: 30,
            secret_overlap_hours: 24,
            longest_overlap_hours: 168,
            client_days: 366,
            independent_days: 30,
        }
    }
}

impl IdentityPolicy {
    /// For demonstrations: no second factor, and what lasts, lasts for a day.
    #[must_use]
    pub fn demonstration() -> Self {
        let keys = KeyTimes { kept: 25 * 60 * 60, ..KeyTimes::default() };
        Self { version: "identity-demonstration", second_factor: &[], idle_minutes: 24 * 60, keys, ..Self::default() }
    }

    /// Whether these roles must sign in with a second factor.
    #[must_use]
    pub fn asks_for_second_factor(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.second_factor.contains(role))
    }

    /// Since when nobody may have had an account in hand that is to be the second person in a matter which began at a moment.
    #[must_use]
    pub fn independent_since(&self, began: Timestamp) -> Timestamp {
        let days = chrono::TimeDelta::try_days(self.independent_days).unwrap_or(chrono::TimeDelta::MAX);
        began.checked_sub_signed(days).unwrap_or(Timestamp::MIN_UTC)
    }

    /// How long the use of a session is not kept again.
    #[must_use]
    pub fn used(&self) -> chrono::TimeDelta {
        chrono::TimeDelta::try_seconds(self.used_seconds).unwrap_or_default()
    }

    /// How long a session of staff may stay unused. Its last use may have been kept too early by [`Self::used_seconds`].
    #[must_use]
    pub fn idle(&self) -> chrono::TimeDelta {
        let minutes = chrono::TimeDelta::try_minutes(self.idle_minutes).unwrap_or(chrono::TimeDelta::MAX);
        minutes.checked_add(&self.used()).unwrap_or(minutes)
    }
}
