use std::str::FromStr as _;

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use rrule::{Frequency, RRule, RRuleSet, Unvalidated};

use crate::Timestamp;
use crate::order::Window;

/// What is wrong with a recurrence rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// It is no RRULE of RFC 5545, or not one that makes sense from that day on.
    #[error("it is no recurrence rule")]
    Unreadable,
    /// More than one visit a day.
    #[error("it recurs more than once a day")]
    TooFrequent,
    /// It says its own end: the plan has one, in one place.
    #[error("it says its own end")]
    OwnEnd,
}

/// A recurrence rule that names days, each at most once: the RRULE of RFC 5545, 3.3.10, without what names hours (the plan has its time of
/// day) and without UNTIL (the plan has its last day). COUNT is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct CareRule(RRule<Unvalidated>);

impl CareRule {
    /// Reads `FREQ=WEEKLY;BYDAY=TU`.
    ///
    /// # Errors
    /// [`RuleFault`].
    pub fn parse(text: &str) -> Result<Self, RuleFault> {
        let rule = RRule::<Unvalidated>::from_str(text.trim()).map_err(|_| RuleFault::Unreadable)?;
        let often = matches!(rule.get_freq(), Frequency::Hourly | Frequency::Minutely | Frequency::Secondly);
        if often || !(rule.get_by_hour().is_empty() && rule.get_by_minute().is_empty() && rule.get_by_second().is_empty()) {
            return Err(RuleFault::TooFrequent);
        }
        if rule.get_until().is_some() {
            return Err(RuleFault::OwnEnd);
        }
        if rule.get_interval() == 0 || rule.get_count() == Some(0) {
            return Err(RuleFault::Unreadable);
        }
        Ok(Self(rule))
    }

    /// The days from the first to the last one, both included, that it names: in order, each once. Weeks and months are counted from the
    /// first day, and so is COUNT.
    ///
    /// # Errors
    /// [`RuleFault::Unreadable`] where its parts contradict one another.
    pub fn days(&self, first: NaiveDate, last: NaiveDate) -> Result<Vec<NaiveDate>, RuleFault> {
        // Days have no zone: they are counted where no hour is ever left out.
        let midnight = |day: NaiveDate| rrule::Tz::UTC.from_utc_datetime(&day.and_time(NaiveTime::MIN));
        let begins = midnight(first);
        let beyond = midnight(last.checked_add_days(Days::new(1)).unwrap_or(last));
        let rule = self.0.clone().validate(begins).map_err(|_| RuleFault::Unreadable)?;
        let named = RRuleSet::new(begins).rrule(rule).before(beyond).all(u16::MAX).dates;
        let mut days: Vec<NaiveDate> = named.iter().map(chrono::DateTime::date_naive).filter(|day| (first..=last).contains(day)).collect();
        days.sort_unstable();
        days.dedup();
        Ok(days)
    }
}

/// When visits are to be.
#[derive(Clone, Debug, PartialEq)]
pub struct CareSchedule {
    /// On which days.
    pub rule: CareRule,
    /// The first day that counts.
    pub first_day: NaiveDate,
    /// The last day that counts.
    pub last_day: NaiveDate,
    /// When a visit begins, by the clock of the region.
    pub starts: NaiveTime,
    /// How long a visit is, in minutes.
    pub minutes: i32,
    /// The region's time zone.
    pub zone: Tz,
}

/// A visit that is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The local day: a plan has at most one visit on it.
    pub day: NaiveDate,
    /// From when until when.
    pub window: Window,
}

impl CareSchedule {
    /// Every visit, in order.
    ///
    /// # Errors
    /// [`RuleFault`].
    pub fn occurrences(&self) -> Result<Vec<Occurrence>, RuleFault> {
        Ok(self.rule.days(self.first_day, self.last_day)?.into_iter().filter_map(|day| self.on(day)).collect())
    }

    /// The visit on a day. Where the zone leaves the time out on that day it begins an hour later.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<Occurrence> {
        let local = day.and_time(self.starts);
        let begins = |local| self.zone.from_local_datetime(&local).earliest();
        let start: Timestamp = begins(local).or_else(|| begins(local + TimeDelta::hours(1)))?.to_utc();
        let end = start.checked_add_signed(TimeDelta::minutes(i64::from(self.minutes)))?;
        Some(Occurrence { day, window: Window { start, end } })
    }

    /// The first visit after a day, if one follows; the first of all where none is said.
    ///
    /// # Errors
    /// [`RuleFault`].
    pub fn after(&self, day: Option<NaiveDate>) -> Result<Option<Occurrence>, RuleFault> {
        Ok(self.occurrences()?.into_iter().find(|next| day.is_none_or(|day| next.day > day)))
    }

    /// The first visit that begins after a moment, if there is one.
    ///
    /// # Errors
    /// [`RuleFault`].
    pub fn beginning_after(&self, at: Timestamp) -> Result<Option<Occurrence>, RuleFault> {
        Ok(self.occurrences()?.into_iter().find(|next| next.window.start > at))
    }
}
