use std::fmt::Write as _;
use std::path::Path;

use chrono::{Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use proptest::prelude::*;
use uuid::Uuid;

use super::{CarePlanEnd, CarePlanStep, CareRule, CareSchedule, LastVisit, RuleFault, VisitState, at_end};
use crate::demand::{DemandState, DemandStep};
use crate::language::Language;
use crate::order::{Outcome, State};
use crate::vocabulary::Vocabulary as _;

const INTRODUCTION: &str = "# The states of a care plan and of its visits

Printed from `domain/src/care`; a test fails when both differ
(`UPDATE_DOCS=1 cargo test -p linli-domain care_plan_states` rewrites this page). [Care plans](care-plans.md) says what they mean.

## Steps of a plan

| step | 中文 | English | from | to |
|---|---|---|---|---|
";

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for step in CarePlanStep::ALL.iter().copied() {
        let from: Vec<&str> = step.from().iter().map(|state| state.as_str()).collect();
        let to = step.to().map_or("the same", |state| state.as_str());
        writeln!(page, "| {step} | {} | {} | {} | {to} |", step.label(Language::Zh), step.label(Language::En), from.join(", ")).unwrap();
    }
    page.push_str("\n## Why a plan is over\n\n| reason | 中文 | English | said by |\n|---|---|---|---|\n");
    for why in CarePlanEnd::ALL.iter().copied() {
        let by = if why.is_for_people() { "staff" } else { "the rules" };
        writeln!(page, "| {why} | {} | {} | {by} |", why.label(Language::Zh), why.label(Language::En)).unwrap();
    }
    page.push_str("\n## States of a visit\n\n| state | 中文 | English | can become |\n|---|---|---|---|\n");
    for state in VisitState::ALL.iter().copied() {
        let next = VisitState::ALL.iter().copied().filter(|next| state.can_become(*next));
        let next: Vec<&str> = next.map(|next| next.as_str()).collect();
        writeln!(page, "| {state} | {} | {} | {} |", state.label(Language::Zh), state.label(Language::En), next.join(", ")).unwrap();
    }
    page
}

#[test]
fn care_plan_states_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/care-plan-states.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page(), "docs/care-plan-states.md is stale: run UPDATE_DOCS=1 cargo test -p linli-domain care_plan_states");
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn days(rule: &str, first: &str, last: &str) -> Vec<String> {
    let days = CareRule::parse(rule).unwrap().days(day(first), day(last)).unwrap();
    days.iter().map(ToString::to_string).collect()
}

#[test]
fn every_tuesday_from_the_first_day_to_the_last() {
    let tuesdays = ["2026-09-08", "2026-09-15", "2026-09-22"];
    assert_eq!(days("FREQ=WEEKLY;BYDAY=TU", "2026-09-08", "2026-09-22"), tuesdays);
    assert_eq!(days("FREQ=WEEKLY;BYDAY=TU", "2026-09-07", "2026-09-28"), tuesdays, "the first day need not be one");
    assert_eq!(days("FREQ=WEEKLY;BYDAY=TU;COUNT=2", "2026-09-07", "2026-09-28"), tuesdays[..2]);
    assert_eq!(days("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2026-09-08", "2026-09-22"), ["2026-09-08", "2026-09-22"]);
}

#[test]
fn what_a_year_has_not_is_not_moved() {
    assert_eq!(days("FREQ=MONTHLY;BYMONTHDAY=31", "2026-09-01", "2026-12-31"), ["2026-10-31", "2026-12-31"]);
    assert_eq!(days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01", "2026-12-31"), Vec::<String>::new());
}

#[test]
fn what_is_no_rule_for_days_is_refused() {
    let fault = |text: &str| CareRule::parse(text).unwrap_err();
    for often in ["FREQ=HOURLY", "FREQ=MINUTELY", "FREQ=SECONDLY;COUNT=3", "FREQ=DAILY;BYHOUR=8,12", "FREQ=DAILY;BYMINUTE=1"] {
        assert_eq!(fault(often), RuleFault::TooFrequent, "{often}");
    }
    assert_eq!(fault("FREQ=DAILY;UNTIL=20261001T000000Z"), RuleFault::OwnEnd);
    for wrong in ["", "every Tuesday", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0", "BYDAY=TU"] {
        assert_eq!(fault(wrong), RuleFault::Unreadable, "{wrong}");
    }
}

fn schedule(rule: &str, first: NaiveDate, last: NaiveDate, minute: u32, zone: Tz) -> CareSchedule {
    let starts = NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
    CareSchedule { rule: CareRule::parse(rule).unwrap(), first_day: first, last_day: last, starts, minutes: 60, zone }
}

#[test]
fn a_visit_begins_by_the_local_clock() {
    let meals = schedule("FREQ=DAILY", day("2026-09-08"), day("2026-09-09"), 660, Tz::Asia__Shanghai);
    let visits = meals.occurrences().unwrap();
    assert_eq!(visits[0].window.start, "2026-09-08T03:00:00Z".parse::<crate::Timestamp>().unwrap());
    assert_eq!(meals.after(Some(day("2026-09-08"))).unwrap(), Some(visits[1]));
    assert_eq!(meals.after(Some(day("2026-09-09"))).unwrap(), None);
    assert_eq!(meals.beginning_after(visits[0].window.start).unwrap(), Some(visits[1]), "what has begun does not begin any more");
}

#[test]
fn a_time_that_the_zone_leaves_out_is_an_hour_later() {
    let night = schedule("FREQ=DAILY", day("2026-03-29"), day("2026-03-29"), 150, Tz::Europe__Berlin);
    assert_eq!(night.occurrences().unwrap()[0].window.start, "2026-03-29T01:30:00Z".parse::<crate::Timestamp>().unwrap());
}

#[test]
fn the_need_has_the_fate_of_the_last_visit() {
    let last = |state, outcome| Some(LastVisit { order: Uuid::from_u128(1), state, outcome });
    let step = |need, visit| at_end(need, visit).map(|(_, fate)| (fate.step, fate.order_live));
    assert_eq!(step(DemandState::Planned, None), Some((Some(DemandStep::ComeBack), false)), "nobody ever came");
    assert_eq!(step(DemandState::Served, last(State::Finished, None)), Some((None, true)), "it waits for its review");
    assert_eq!(step(DemandState::Served, last(State::Closed, Some(Outcome::Solved))), Some((Some(DemandStep::Solve), false)));
    assert_eq!(step(DemandState::Served, last(State::Closed, Some(Outcome::Unresolved))), Some((Some(DemandStep::ComeBack), false)));
    assert_eq!(step(DemandState::Dropped, None), None);
    assert_eq!(step(DemandState::Open, None), Some((None, false)));
}

#[test]
fn what_was_missed_is_only_made_up_for() {
    let next = |state: VisitState| VisitState::ALL.iter().copied().filter(|next| state.can_become(*next)).collect::<Vec<_>>();
    assert_eq!(next(VisitState::Missed), [VisitState::Served]);
    assert_eq!(next(VisitState::Served), []);
    assert_eq!(next(VisitState::Skipped), []);
    assert_eq!(next(VisitState::Cancelled), [VisitState::Placed, VisitState::Missed, VisitState::Skipped]);
}

proptest! {
    #[test]
    fn none_outside_and_none_twice(
        rule in prop::sample::select(vec![
            "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=TU,FR", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;BYDAY=1MO,-1FR",
            "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=1,1", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=DAILY;COUNT=5",
        ]),
        from in 0_u64..20_000,
        length in 0_u64..366,
        minute in 0_u32..1440,
        zone in prop::sample::select(vec![Tz::Asia__Shanghai, Tz::UTC, Tz::Europe__Berlin, Tz::America__New_York]),
    ) {
        let first = day("1980-01-01") + Days::new(from);
        let last = first + Days::new(length);
        let visits = schedule(rule, first, last, minute, zone).occurrences().unwrap();
        prop_assert!(visits.iter().all(|visit| (first..=last).contains(&visit.day)));
        prop_assert!(visits.windows(2).all(|two| two[0].day < two[1].day && two[0].window.start < two[1].window.start));
        for visit in &visits {
            prop_assert_eq!(visit.window.start.with_timezone(&zone).date_naive(), visit.day);
            prop_assert_eq!((visit.window.end - visit.window.start).num_minutes(), 60);
        }
        if rule == "FREQ=DAILY" {
            prop_assert_eq!(u64::try_from(visits.len()).unwrap(), length + 1);
        }
    }

    #[test]
    fn a_shorter_plan_has_the_beginning_of_the_longer_one(length in 0_u64..200, more in 0_u64..160) {
        let rule = CareRule::parse("FREQ=WEEKLY;BYDAY=MO,TH").unwrap();
        let first = day("2026-03-04");
        let short = rule.days(first, first + Days::new(length)).unwrap();
        let long = rule.days(first, first + Days::new(length + more)).unwrap();
        prop_assert_eq!(&short[..], &long[..short.len()]);
    }
}
