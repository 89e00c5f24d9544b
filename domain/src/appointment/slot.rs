//! When slots and shifts are: whole quarter-hours to come, and for slots within the opening hours of the site.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta};

use crate::Timestamp;

/// Slots and shifts begin and end with a quarter of an hour, as people's time is claimed.
pub const QUARTER_MINUTES: i64 = 15;

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first moment.
    pub starts_at: Timestamp,
    /// The first moment after it.
    pub ends_at: Timestamp,
}

/// Why a stretch of time cannot be planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// It begins within a quarter of an hour.
    #[error("it begins within a quarter of an hour")]
    StartsWithin,
    /// It ends within a quarter of an hour.
    #[error("it ends within a quarter of an hour")]
    EndsWithin,
    /// It ends before it begins.
    #[error("it ends before it begins")]
    Backwards,
    /// It has begun.
    #[error("it has begun")]
    Past,
    /// It begins after the last moment that is planned.
    #[error("it begins after {0}")]
    TooFar(Timestamp),
    /// It ends after the last moment at which it may.
    #[error("it ends after {0}")]
    TooLong(Timestamp),
}

impl Span {
    /// Checks that it is of whole quarter-hours, to come, begins within so many days, and is at most so many minutes long.
    ///
    /// # Errors
    /// [`SpanError`] says what is wrong.
    pub fn plan(self, now: Timestamp, days_ahead: i64, minutes: i64) -> Result<Self, SpanError> {
        if !is_quarter(self.starts_at) {
            return Err(SpanError::StartsWithin);
        }
        if !is_quarter(self.ends_at) {
            return Err(SpanError::EndsWithin);
        }
        if self.ends_at <= self.starts_at {
            return Err(SpanError::Backwards);
        }
        if self.starts_at <= now {
            return Err(SpanError::Past);
        }
        let farthest = now + TimeDelta::days(days_ahead);
        if self.starts_at > farthest {
            return Err(SpanError::TooFar(farthest));
        }
        let latest = self.starts_at + TimeDelta::minutes(minutes);
        if self.ends_at > latest { Err(SpanError::TooLong(latest)) } else { Ok(self) }
    }

    /// Whether there is a moment in both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }
}

fn is_quarter(at: DateTime<chrono::Utc>) -> bool {
    at.timestamp_micros().rem_euclid(QUARTER_MINUTES * 60 * 1_000_000) == 0
}

/// On which days a slot is repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The days of the week: 1 is Monday, 7 is Sunday.
    pub weekdays: Vec<u8>,
    /// For so many weeks from the first day on.
    pub weeks: u8,
    /// Days that are left out, such as holidays.
    pub except: Vec<NaiveDate>,
}

/// The days of slots, in order: the first day alone, or those of the repetition from it on.
#[must_use]
pub fn days_of(first: NaiveDate, repeat: Option<&Repeat>) -> Vec<NaiveDate> {
    let Some(repeat) = repeat else { return vec![first] };
    let left_out: BTreeSet<NaiveDate> = repeat.except.iter().copied().collect();
    let days = (0..u64::from(repeat.weeks) * 7).filter_map(|ahead| first.checked_add_days(Days::new(ahead)));
    let wanted = |day: &NaiveDate| repeat.weekdays.iter().any(|weekday| u32::from(*weekday) == day.weekday().number_from_monday());
    days.filter(|day| wanted(day) && !left_out.contains(day)).collect()
}
