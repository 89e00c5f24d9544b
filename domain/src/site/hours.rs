//! When a site is open: hours for each weekday, and dates on which others hold.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Weekday};
use chrono_tz::Tz;

use crate::Timestamp;

/// The minutes of a day; midnight at its end is this number.
const DAY_MINUTES: u16 = 24 * 60;
/// How many days ahead an opening is looked for.
const DAYS_AHEAD: u64 = 31;

/// A stretch of one day in which a site is open, in minutes after local midnight; the end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The first minute.
    opens: u16,
    /// The first minute after it.
    closes: u16,
}

/// Why opening hours are impossible; each names the interval by its place in the list that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// It closes when it opens or before, or after the end of the day.
    #[error("interval {0} does not end after its start and within the day")]
    Impossible(usize),
    /// It begins before an earlier one has ended.
    #[error("interval {0} overlaps another one")]
    Overlap(usize),
}

/// The hours of one day: in order of time, none overlapping. Without an interval the site is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<(u16, u16)>", into = "Vec<(u16, u16)>")]
pub struct Day(Vec<Interval>);

impl TryFrom<Vec<(u16, u16)>> for Day {
    type Error = HoursError;

    fn try_from(pairs: Vec<(u16, u16)>) -> Result<Self, HoursError> {
        Self::parse(&pairs)
    }
}

impl From<Day> for Vec<(u16, u16)> {
    fn from(day: Day) -> Self {
        day.pairs().collect()
    }
}

impl Day {
    /// Reads pairs of minutes after midnight, `(opens, closes)`, in any order. A night is said as two days: until 1440, and from 0.
    ///
    /// # Errors
    /// [`HoursError`] names the pair that cannot be, or that overlaps another one.
    pub fn parse(pairs: &[(u16, u16)]) -> Result<Self, HoursError> {
        let mut intervals = Vec::with_capacity(pairs.len());
        for (place, &(opens, closes)) in pairs.iter().enumerate() {
            if opens >= closes || closes > DAY_MINUTES {
                return Err(HoursError::Impossible(place));
            }
            intervals.push((place, Interval { opens, closes }));
        }
        intervals.sort_by_key(|(_, interval)| interval.opens);
        for ((_, earlier), (place, later)) in intervals.iter().zip(intervals.iter().skip(1)) {
            if later.opens < earlier.closes {
                return Err(HoursError::Overlap(*place));
            }
        }
        Ok(Self(intervals.into_iter().map(|(_, interval)| interval).collect()))
    }

    /// The intervals as pairs of minutes after midnight, `(opens, closes)`, in order of time.
    pub fn pairs(&self) -> impl Iterator<Item = (u16, u16)> {
        self.0.iter().map(|interval| (interval.opens, interval.closes))
    }

    /// The minute at which the site closes, if it is open at this one; intervals that touch are one.
    fn closes_after(&self, minute: u16) -> Option<u16> {
        let holds = |interval: &&Interval| (interval.opens..interval.closes).contains(&minute);
        let mut end = self.0.iter().find(holds)?.closes;
        for interval in &self.0 {
            if interval.opens == end {
                end = interval.closes;
            }
        }
        Some(end)
    }

    /// The first minute from this one on at which the site opens.
    fn opens_from(&self, minute: u16) -> Option<u16> {
        self.0.iter().map(|interval| interval.opens).find(|opens| *opens >= minute)
    }
}

/// The opening hours of a site, in the time zone of its region.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Hours {
    /// What holds in an ordinary week; a weekday that is not named is closed.
    week: BTreeMap<u8, Day>,
    /// What holds instead on one date, such as a holiday; an empty day is closed.
    exceptions: BTreeMap<NaiveDate, Day>,
}

/// Whether a site is open, and until when that is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Open at the instant that was asked about.
    pub open: bool,
    /// When it closes or opens next; absent if that is more than a month away.
    pub until: Option<Timestamp>,
}

impl Hours {
    /// Sets the hours of one weekday of an ordinary week.
    #[must_use]
    pub fn on(mut self, weekday: Weekday, day: Day) -> Self {
        self.week.insert(weekday_number(weekday), day);
        self
    }

    /// Sets the hours of one date.
    #[must_use]
    pub fn except(mut self, date: NaiveDate, day: Day) -> Self {
        self.exceptions.insert(date, day);
        self
    }

    /// The hours of an ordinary week, Monday (1) first; weekdays that are not named are closed.
    pub fn week(&self) -> impl Iterator<Item = (u8, &Day)> {
        self.week.iter().map(|(weekday, day)| (*weekday, day))
    }

    /// The dates on which other hours hold, in order; an empty day is closed.
    pub fn exceptions(&self) -> impl Iterator<Item = (NaiveDate, &Day)> {
        self.exceptions.iter().map(|(date, day)| (*date, day))
    }

    /// Whether the site is open at an instant.
    #[must_use]
    pub fn status(&self, now: Timestamp, zone: Tz) -> Status {
        let local = now.with_timezone(&zone);
        let (date, minute) = (local.date_naive(), minute_of(&local));
        let closes = self.day(date).and_then(|day| day.closes_after(minute));
        let until = closes.map_or_else(|| self.next_opening(date, minute), |closes| self.end_of(date, closes));
        Status { open: closes.is_some(), until: until.and_then(|(date, minute)| instant(date, minute, zone)) }
    }

    /// Whether the site is open all the time between two minutes of a date.
    #[must_use]
    pub fn cover(&self, date: NaiveDate, from: u16, until: u16) -> bool {
        self.day(date).and_then(|day| day.closes_after(from)).is_some_and(|closes| until <= closes)
    }

    /// The moment of a local minute of a date; one that a change of clocks leaves out is the first that there is after it.
    #[must_use]
    pub fn moment(date: NaiveDate, minute: u16, zone: Tz) -> Option<Timestamp> {
        instant(date, minute, zone)
    }

    fn day(&self, date: NaiveDate) -> Option<&Day> {
        self.exceptions.get(&date).or_else(|| self.week.get(&weekday_number(date.weekday())))
    }

    /// Where an opening ends that reaches this minute of the date: it goes on where the next day begins open.
    fn end_of(&self, mut date: NaiveDate, mut closes: u16) -> Option<(NaiveDate, u16)> {
        for _ in 0..DAYS_AHEAD {
            if closes < DAY_MINUTES {
                return Some((date, closes));
            }
            let next = date.checked_add_days(Days::new(1))?;
            let Some(end) = self.day(next).and_then(|day| day.closes_after(0)) else { return Some((date, closes)) };
            (date, closes) = (next, end);
        }
        None
    }

    fn next_opening(&self, date: NaiveDate, minute: u16) -> Option<(NaiveDate, u16)> {
        (0..=DAYS_AHEAD).find_map(|ahead| {
            let day = date.checked_add_days(Days::new(ahead))?;
            let from = if ahead == 0 { minute } else { 0 };
            Some((day, self.day(day)?.opens_from(from)?))
        })
    }
}

/// Monday is 1, as in ISO 8601.
fn weekday_number(weekday: Weekday) -> u8 {
    u8::try_from(weekday.number_from_monday()).unwrap_or_default()
}

fn minute_of(local: &DateTime<Tz>) -> u16 {
    u16::try_from(local.hour() * 60 + local.minute()).unwrap_or(DAY_MINUTES)
}

/// The instant of a local minute; one that a change of clocks leaves out is the first that there is after it.
fn instant(date: NaiveDate, minute: u16, zone: Tz) -> Option<Timestamp> {
    let local = NaiveDateTime::new(date, NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
    let found = |hours| zone.from_local_datetime(&(local + TimeDelta::hours(hours))).earliest();
    (0..=2).find_map(found).map(|instant| instant.to_utc())
}

#[cfg(test)]
mod tests;
