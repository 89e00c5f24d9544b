//! How long people were on duty, by day.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::Timestamp;
use crate::days::{end_of_day, local_day};

/// What a day had of people on duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DutyDay {
    /// The day, in the zone of the region.
    pub day: NaiveDate,
    /// How many times on duty have a part in it.
    pub duties: i64,
    /// For how many whole minutes people were on duty, each part rounded down.
    pub minutes: i64,
}

/// Divides times on duty, each from its beginning to its end, among the days from one to another, both included. A time over midnight
/// counts on both days with what lies in each. Every day is told, also one without anybody.
#[must_use]
pub fn by_day(duties: &[(Timestamp, Timestamp)], first: NaiveDate, last: NaiveDate, zone: Tz) -> Vec<DutyDay> {
    let days = first.iter_days().take_while(|day| *day <= last);
    let tell = |day: NaiveDate| {
        let (begins, ends) = (day.pred_opt().map_or(Timestamp::MIN_UTC, |before| end_of_day(before, zone)), end_of_day(day, zone));
        let parts = duties.iter().filter(|(from, to)| *from < ends && (*to > begins || local_day(*from, zone) == day));
        let minutes = parts.clone().map(|(from, to)| ((*to).min(ends) - (*from).max(begins)).num_minutes()).sum();
        DutyDay { day, duties: i64::try_from(parts.count()).unwrap_or(i64::MAX), minutes }
    };
    days.map(tell).collect()
}

#[cfg(test)]
mod tests {
    use super::{DutyDay, by_day};
    use chrono::NaiveDate;
    use chrono_tz::Asia::Shanghai;

    #[test]
    fn a_night_counts_on_both_days() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 9, day).unwrap();
        let at = |text: &str| text.parse().unwrap();
        let duties = [
            (at("2026-09-07T22:30:00+08:00"), at("2026-09-08T01:00:00+08:00")),
            (at("2026-09-08T09:00:00+08:00"), at("2026-09-08T09:00:00+08:00")),
        ];
        assert_eq!(
            by_day(&duties, day(7), day(9), Shanghai),
            [
                DutyDay { day: day(7), duties: 1, minutes: 90 },
                DutyDay { day: day(8), duties: 2, minutes: 60 },
                DutyDay { day: day(9), duties: 0, minutes: 0 },
            ]
        );
    }
}
