//! Places and time are given up before a slot, attendance is taken after it has begun, and every step printed as a table.

use std::fmt::Write as _;
use std::path::Path;

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::{
    AppointmentPolicy, BookingRefusal, BookingState, BookingStep, Canceller, Repeat, ShiftRefusal, ShiftState, ShiftStep, SlotState,
    SlotTime, Span, SpanError, Standing, days_of, overlap,
};
use crate::Timestamp;
use crate::language::Language;
use crate::policy::Policy as _;
use crate::vocabulary::Vocabulary;

const INTRODUCTION: &str = "# What becomes of a booking and of a shift

Printed from `domain/src/appointment/`; a test fails when both differ
(`UPDATE_DOCS=1 cargo test -p linli-domain appointment_states` rewrites this page).

";

fn page() -> String {
    const HEAD: &str = "| step | 中文 | English | from | to | when |\n|---|---|---|---|---|---|\n";
    let mut page = format!(
        "{INTRODUCTION}## Bookings 预约\n\nThe person cancels until the deadline that the booking keeps; staff until the slot begins.\n\n{HEAD}"
    );
    for step in BookingStep::ALL.iter().copied() {
        let from: Vec<&str> = step.from().iter().map(|state| state.as_str()).collect();
        let when = if step.comes_before() { "before the slot begins" } else { "once it has begun" };
        let (zh, en) = (step.label(Language::Zh), step.label(Language::En));
        writeln!(page, "| {step} | {zh} | {en} | {} | {} | {when} |", from.join(", "), step.to()).unwrap();
    }
    write!(page, "\n## Shifts 班次\n\n{HEAD}").unwrap();
    for step in ShiftStep::ALL.iter().copied() {
        let from: Vec<&str> = step.from().iter().map(|state| state.as_str()).collect();
        let when = if step.comes_before() { "before the shift begins" } else { "once it has begun" };
        let (zh, en) = (step.label(Language::Zh), step.label(Language::En));
        writeln!(page, "| {step} | {zh} | {en} | {} | {} | {when} |", from.join(", "), step.to()).unwrap();
    }
    page
}

#[test]
fn appointment_states_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/appointment-states.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page(), "docs/appointment-states.md is stale: run UPDATE_DOCS=1 cargo test -p linli-domain appointment_states");
}

fn minute(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::minutes(minute)
}

const fn span(from: Timestamp, until: Timestamp) -> Span {
    Span { starts_at: from, ends_at: until }
}

#[test]
fn the_person_cancels_until_the_deadline_and_staff_until_the_slot_begins() {
    let slot = SlotTime { state: SlotState::Open, starts_at: minute(600) };
    let until = slot.book(Standing { missed: 0, by_staff: false }, &AppointmentPolicy::default(), minute(0));
    assert_eq!(until, Ok(minute(480)));
    let cancel = |who, now| BookingStep::cancel(BookingState::Booked, &slot, minute(480), who, minute(now));
    assert_eq!(cancel(Canceller::Own, 480), Ok(BookingState::Cancelled));
    assert_eq!(cancel(Canceller::Own, 481), Err(BookingRefusal::Late));
    assert_eq!(cancel(Canceller::Staff, 599), Ok(BookingState::Cancelled));
    assert_eq!(cancel(Canceller::Staff, 600), Err(BookingRefusal::Begun));
}

#[test]
fn who_has_missed_too_many_books_through_staff() {
    let slot = SlotTime { state: SlotState::Open, starts_at: minute(600) };
    let book = |missed, by_staff| slot.book(Standing { missed, by_staff }, &AppointmentPolicy::default(), minute(0)).map(|_| ());
    assert_eq!(book(2, false), Ok(()));
    assert_eq!(book(3, false), Err(BookingRefusal::NoShows(3)));
    assert_eq!(book(3, true), Ok(()));
}

#[test]
fn attendance_is_taken_once_the_slot_has_begun_and_can_be_corrected() {
    let slot = SlotTime { state: SlotState::Open, starts_at: minute(600) };
    let take = |step: BookingStep, state, now| step.take(state, &slot, minute(now));
    assert_eq!(take(BookingStep::Miss, BookingState::Booked, 599), Err(BookingRefusal::NotBegun));
    assert_eq!(take(BookingStep::Miss, BookingState::Booked, 600), Ok(BookingState::Missed));
    assert_eq!(take(BookingStep::Attend, BookingState::Missed, 700), Ok(BookingState::Attended));
    assert_eq!(take(BookingStep::Attend, BookingState::Cancelled, 700), Err(BookingRefusal::State(BookingState::Cancelled)));
    let closed = SlotTime { state: SlotState::Closed, ..slot };
    assert_eq!(BookingStep::Attend.take(BookingState::Booked, &closed, minute(700)), Err(BookingRefusal::Closed));
    assert_eq!(closed.admits(minute(0)), Err(BookingRefusal::Closed));
}

#[test]
fn what_is_recorded_never_gives_a_place_back() {
    for step in BookingStep::ALL.iter().copied() {
        assert_eq!(step.to().holds_a_place(), !step.comes_before(), "{step}");
    }
}

#[test]
fn a_shift_is_released_before_it_begins_and_held_afterwards() {
    let take = |step: ShiftStep, state, now| step.take(state, minute(600), minute(now));
    assert_eq!(take(ShiftStep::Release, ShiftState::Planned, 599), Ok(ShiftState::Released));
    assert_eq!(take(ShiftStep::Release, ShiftState::Planned, 600), Err(ShiftRefusal::Begun));
    assert_eq!(take(ShiftStep::Hold, ShiftState::Planned, 599), Err(ShiftRefusal::NotBegun));
    assert_eq!(take(ShiftStep::Miss, ShiftState::Held, 700), Ok(ShiftState::Missed));
    assert_eq!(take(ShiftStep::Hold, ShiftState::Released, 700), Err(ShiftRefusal::State(ShiftState::Released)));
}

#[test]
fn time_is_planned_in_whole_quarters_to_come() {
    let plan = |from, until| span(minute(from), minute(until)).plan(minute(60), 1, 120);
    assert!(plan(75, 90).is_ok());
    assert_eq!(plan(70, 90), Err(SpanError::StartsWithin));
    assert_eq!(plan(75, 91), Err(SpanError::EndsWithin));
    assert_eq!(plan(90, 90), Err(SpanError::Backwards));
    assert_eq!(plan(60, 90), Err(SpanError::Past));
    assert_eq!(plan(75, 210), Err(SpanError::TooLong(minute(195))));
    assert_eq!(plan(1515, 1530), Err(SpanError::TooFar(minute(1500))));
}

#[test]
fn shifts_of_one_person_do_not_overlap() {
    let (li, wang) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let at = |from, until| span(minute(from), minute(until));
    assert_eq!(overlap(&[(li, at(0, 60)), (li, at(60, 120)), (wang, at(0, 120))]), None);
    assert_eq!(overlap(&[(li, at(0, 60)), (wang, at(0, 60)), (li, at(45, 120))]), Some(2));
}

#[test]
fn a_series_has_its_weekdays_and_leaves_days_out() {
    let day = |day| NaiveDate::from_ymd_opt(2026, 9, day).unwrap();
    let repeat = Repeat { weekdays: vec![1, 4], weeks: 2, except: vec![day(10)] };
    assert_eq!(days_of(day(7), Some(&repeat)), [day(7), day(14), day(17)]);
    assert_eq!(days_of(day(8), None), [day(8)]);
}

#[test]
fn a_policy_is_bounded() {
    assert!(AppointmentPolicy::default().check().is_ok());
    let wrong = AppointmentPolicy { no_shows: 0, ..AppointmentPolicy::default() };
    assert_eq!(wrong.check().unwrap_err().field, "no_shows");
}
