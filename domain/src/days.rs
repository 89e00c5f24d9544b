//! Limits in minutes and in local days.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

use crate::Timestamp;

/// So many minutes later; the end of time where there is no such moment.
#[must_use]
pub fn later(at: Timestamp, minutes: i32) -> Timestamp {
    at.checked_add_signed(TimeDelta::minutes(i64::from(minutes))).unwrap_or(Timestamp::MAX_UTC)
}

/// The local day of a moment.
#[must_use]
pub fn local_day(at: Timestamp, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The end of the given local day after the one on which something happened. The day itself does not count and the last
/// one counts to its end (民法典 201 and 203).
#[must_use]
pub fn end_of_day_after(at: Timestamp, days: i32, zone: Tz) -> Timestamp {
    let later = u64::try_from(days).unwrap_or(0);
    local_day(at, zone).checked_add_days(Days::new(later)).map_or(Timestamp::MAX_UTC, |day| end_of_day(day, zone))
}

/// The end of a local day: the first moment that is not of it any more.
#[must_use]
pub fn end_of_day(day: NaiveDate, zone: Tz) -> Timestamp {
    let midnight = day.succ_opt().map(|next| next.and_time(NaiveTime::MIN));
    // Where a zone leaves out a midnight, the day begins an hour later.
    let begins = midnight.and_then(|midnight| {
        let local = |time| zone.from_local_datetime(&time).earliest();
        local(midnight).or_else(|| local(midnight + TimeDelta::hours(1)))
    });
    begins.map_or(Timestamp::MAX_UTC, |begins| begins.to_utc())
}

#[cfg(test)]
mod tests {
    use super::{end_of_day_after, later, local_day};
    use crate::Timestamp;
    use chrono_tz::Tz;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_seventh_local_day_ends_at_local_midnight() {
        // 00:30 on 3 March in China is still 2 March in UTC.
        let finished = at("2026-03-02T16:30:00Z");
        assert_eq!(local_day(finished, Tz::Asia__Shanghai).to_string(), "2026-03-03");
        assert_eq!(end_of_day_after(finished, 7, Tz::Asia__Shanghai), at("2026-03-10T16:00:00Z"));
        assert_eq!(end_of_day_after(finished, 7, Tz::UTC), at("2026-03-10T00:00:00Z"));
    }

    #[test]
    fn a_midnight_that_the_zone_leaves_out_is_the_next_hour() {
        // Beirut put its clocks forward at midnight of 26 March 2022… to 27 March.
        assert_eq!(end_of_day_after(at("2022-03-26T10:00:00Z"), 0, Tz::Asia__Beirut), at("2022-03-26T22:00:00Z"));
    }

    #[test]
    fn time_has_an_end() {
        assert_eq!(later(Timestamp::MAX_UTC, 1), Timestamp::MAX_UTC);
        assert_eq!(end_of_day_after(Timestamp::MAX_UTC, 1, Tz::UTC), Timestamp::MAX_UTC);
    }
}
