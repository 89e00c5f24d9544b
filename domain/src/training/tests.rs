//! Seats are never given twice, nobody waits while one is free, and every step printed as a table.

use std::fmt::Write as _;
use std::path::Path;

use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Credit, CreditYear, EnrolmentRefusal, EnrolmentState, EnrolmentStep, Moment, SessionState, SessionTime, credits_by_year, moving_up,
};
use crate::Timestamp;
use crate::language::Language;
use crate::vocabulary::Vocabulary;

const INTRODUCTION: &str = "# What becomes of an enrolment

Printed from `domain/src/training/enrolment.rs`; a test fails when both differ
(`UPDATE_DOCS=1 cargo test -p linli-domain enrolment_states` rewrites this page).

Whoever enrols in a session of a training stands at the end of its waiting list. As many as there are free seats move up from
its beginning at once: when somebody enrols, withdraws, or the session gets more seats. Who withdraws loses the place and lines
up again at the end.

";

fn page() -> String {
    let mut page = format!("{INTRODUCTION}| step | 中文 | English | from | to | when |\n|---|---|---|---|---|---|\n");
    for step in EnrolmentStep::ALL.iter().copied() {
        let from: Vec<&str> = step.from().iter().map(|state| state.as_str()).collect();
        let when = match step.moment() {
            Moment::Before => "before the session begins",
            Moment::Begun => "once it has begun",
            Moment::Ended => "once it has ended",
        };
        let (zh, en) = (step.label(Language::Zh), step.label(Language::En));
        writeln!(page, "| {step} | {zh} | {en} | {} | {} | {when} |", from.join(", "), step.to()).unwrap();
    }
    page
}

#[test]
fn enrolment_states_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/enrolment-states.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page(), "docs/enrolment-states.md is stale: run UPDATE_DOCS=1 cargo test -p linli-domain enrolment_states");
}

fn hour(hour: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::hours(hour)
}

#[test]
fn places_are_given_up_before_a_session_attendance_is_taken_after_it_began_and_results_after_it_ended() {
    let session = SessionTime { state: SessionState::Open, starts_at: hour(8), ends_at: hour(10) };
    let take = |step: EnrolmentStep, state, now| step.take(state, &session, hour(now));
    assert_eq!(take(EnrolmentStep::Withdraw, EnrolmentState::Enrolled, 7), Ok(EnrolmentState::Withdrawn));
    assert_eq!(take(EnrolmentStep::Withdraw, EnrolmentState::Enrolled, 8), Err(EnrolmentRefusal::Begun));
    assert_eq!(take(EnrolmentStep::Attend, EnrolmentState::Enrolled, 7), Err(EnrolmentRefusal::NotBegun));
    assert_eq!(take(EnrolmentStep::Attend, EnrolmentState::Enrolled, 8), Ok(EnrolmentState::Attended));
    assert_eq!(take(EnrolmentStep::Pass, EnrolmentState::Attended, 9), Err(EnrolmentRefusal::NotEnded));
    assert_eq!(take(EnrolmentStep::Pass, EnrolmentState::Attended, 10), Ok(EnrolmentState::Passed));
    assert_eq!(take(EnrolmentStep::Fail, EnrolmentState::Attended, 7), Err(EnrolmentRefusal::NotBegun));
    assert_eq!(take(EnrolmentStep::Pass, EnrolmentState::Absent, 9), Err(EnrolmentRefusal::State(EnrolmentState::Absent)));
    assert_eq!(take(EnrolmentStep::Fail, EnrolmentState::Passed, 9), Err(EnrolmentRefusal::State(EnrolmentState::Passed)));
    let cancelled = SessionTime { state: SessionState::Cancelled, ..session };
    assert_eq!(EnrolmentStep::Attend.take(EnrolmentState::Enrolled, &cancelled, hour(9)), Err(EnrolmentRefusal::Cancelled));
    assert_eq!(cancelled.admits(hour(7)), Err(EnrolmentRefusal::Cancelled));
}

#[test]
fn a_step_never_changes_who_holds_a_seat_after_the_session_began() {
    for step in EnrolmentStep::ALL.iter().copied().filter(|step| step.moment() != Moment::Before) {
        assert!(step.to().holds_a_seat() && step.from().iter().all(|state| state.holds_a_seat()), "{step}");
    }
}

#[test]
fn credit_hours_count_once_a_session_and_by_the_year_in_which_it_ended() {
    let [first, second, third] = [1, 2, 3].map(Uuid::from_u128);
    let credit = |session, year, hours| Credit { session, year, hours };
    let given = [credit(first, 2025, 8), credit(second, 2026, 6), credit(second, 2026, 6), credit(third, 2026, 10)];
    assert_eq!(credits_by_year(&given), [CreditYear { year: 2026, hours: 16 }, CreditYear { year: 2025, hours: 8 }]);
    assert_eq!(credits_by_year(&[]), []);
}

/// What happens to a session in the model.
#[derive(Clone, Debug)]
enum Happens {
    Enrols,
    Withdraws(usize),
    GetsSeats(i32),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![Just(Happens::Enrols), (0_usize..40).prop_map(Happens::Withdraws), (0..4).prop_map(Happens::GetsSeats)]
}

proptest! {
    #[test]
    fn seats_are_given_in_order_never_twice_and_none_is_left_free_while_somebody_waits(
        mut capacity in 1..6_i32, steps in prop::collection::vec(happens(), 0..120)
    ) {
        let (mut next, mut seated, mut waiting): (u32, Vec<u32>, Vec<u32>) = (0, Vec::new(), Vec::new());
        for step in steps {
            match step {
                Happens::Enrols => { waiting.push(next); next += 1; }
                Happens::Withdraws(nth) => {
                    if nth < seated.len() { seated.remove(nth); } else if nth - seated.len() < waiting.len() { waiting.remove(nth - seated.len()); }
                }
                Happens::GetsSeats(more) => capacity += more,
            }
            let taken = i32::try_from(seated.len()).unwrap();
            let moved = moving_up(capacity, taken, &waiting).to_vec();
            waiting.drain(..moved.len());
            seated.extend(&moved);
            prop_assert!(i32::try_from(seated.len()).unwrap() <= capacity, "over capacity");
            prop_assert!(waiting.is_empty() || i32::try_from(seated.len()).unwrap() == capacity, "somebody waits beside a free seat");
            prop_assert!(moved.iter().all(|one| waiting.iter().all(|other| one < other)), "somebody was overtaken");
        }
    }
}
