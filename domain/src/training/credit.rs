//! Credit hours 学时: whoever has passed gets those of the course.

use std::collections::BTreeMap;

use uuid::Uuid;

/// Credit hours that somebody got for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credit {
    /// For which session.
    pub session: Uuid,
    /// The year in which it ended, in the region's zone.
    pub year: i32,
    /// How many hours.
    pub hours: i32,
}

/// The credit hours of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditYear {
    /// Which year.
    pub year: i32,
    /// How many hours.
    pub hours: i64,
}

/// The sum of credit hours by year, the latest first. A session counts once, even where somebody was written down for it under
/// two records that were merged since.
#[must_use]
pub fn credits_by_year(credits: &[Credit]) -> Vec<CreditYear> {
    let mut sessions: BTreeMap<Uuid, Credit> = BTreeMap::new();
    for credit in credits {
        let kept = sessions.entry(credit.session).or_insert(*credit);
        kept.hours = kept.hours.max(credit.hours);
    }
    let mut years: BTreeMap<i32, i64> = BTreeMap::new();
    for credit in sessions.values() {
        *years.entry(credit.year).or_default() += i64::from(credit.hours);
    }
    years.into_iter().rev().map(|(year, hours)| CreditYear { year, hours }).collect()
}
