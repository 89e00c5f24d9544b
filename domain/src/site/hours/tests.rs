use chrono::{NaiveDate, TimeZone, Weekday};
use chrono_tz::Asia::Shanghai;

use super::{Day, Hours, HoursError, Status};
use crate::Timestamp;

fn at(day: u32, hour: u32, minute: u32) -> Timestamp {
    Shanghai.with_ymd_and_hms(2026, 11, day, hour, minute, 0).unwrap().to_utc()
}

/// Open on Wednesdays with a break at noon, from Friday into Saturday night, closed on Wednesday the 25th.
fn hours() -> Hours {
    let split = Day::parse(&[(14 * 60, 17 * 60), (8 * 60, 12 * 60)]).unwrap();
    Hours::default()
        .on(Weekday::Wed, split)
        .on(Weekday::Fri, Day::parse(&[(20 * 60, 1440)]).unwrap())
        .on(Weekday::Sat, Day::parse(&[(0, 120)]).unwrap())
        .except(NaiveDate::from_ymd_opt(2026, 11, 25).unwrap(), Day::default())
}

#[test]
fn impossible_and_overlapping_hours_are_refused_by_their_place() {
    assert_eq!(Day::parse(&[(480, 720), (600, 600)]), Err(HoursError::Impossible(1)));
    assert_eq!(Day::parse(&[(720, 480)]), Err(HoursError::Impossible(0)));
    assert_eq!(Day::parse(&[(480, 1441)]), Err(HoursError::Impossible(0)));
    assert_eq!(Day::parse(&[(700, 900), (480, 720)]), Err(HoursError::Overlap(0)), "named as given, not as sorted");
    assert!(Day::parse(&[(480, 720), (720, 900)]).is_ok(), "touching is not overlapping");
}

#[test]
fn a_site_is_open_until_its_interval_ends() {
    let open_until = |until| Status { open: true, until: Some(until) };
    let closed_until = |until| Status { open: false, until: Some(until) };
    assert_eq!(hours().status(at(18, 8, 0), Shanghai), open_until(at(18, 12, 0)), "the first minute is open");
    assert_eq!(hours().status(at(18, 12, 0), Shanghai), closed_until(at(18, 14, 0)), "the last minute is not");
    assert_eq!(hours().status(at(18, 18, 0), Shanghai), closed_until(at(20, 20, 0)));
}

#[test]
fn an_opening_goes_on_over_midnight() {
    assert_eq!(hours().status(at(20, 23, 59), Shanghai), Status { open: true, until: Some(at(21, 2, 0)) });
}

#[test]
fn a_holiday_holds_instead_of_the_week() {
    assert_eq!(hours().status(at(25, 9, 0), Shanghai), Status { open: false, until: Some(at(27, 20, 0)) });
}

#[test]
fn touching_intervals_are_one_opening() {
    let day = Day::parse(&[(480, 720), (720, 900)]).unwrap();
    let status = Hours::default().on(Weekday::Wed, day).status(at(18, 9, 0), Shanghai);
    assert_eq!(status, Status { open: true, until: Some(at(18, 15, 0)) });
}

#[test]
fn what_never_changes_has_no_end() {
    assert_eq!(Hours::default().status(at(18, 9, 0), Shanghai), Status { open: false, until: None });
    let week = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let always = week.into_iter().fold(Hours::default(), |hours, day| hours.on(day, Day::parse(&[(0, 1440)]).unwrap()));
    assert_eq!(always.status(at(18, 9, 0), Shanghai), Status { open: true, until: None });
}

#[test]
fn hours_are_kept_and_read_back_and_impossible_ones_are_not_read() {
    let kept = serde_json::to_string(&hours()).unwrap();
    assert_eq!(serde_json::from_str::<Hours>(&kept).unwrap(), hours());
    assert!(serde_json::from_str::<Day>("[[600, 600]]").is_err() && serde_json::from_str::<Day>("[[0, 90], [60, 120]]").is_err());
}
