//! What a caller is told when a rule of bookings or shifts stands against a step.

use chrono::TimeDelta;
use domain::Timestamp;
use domain::appointment::{AppointmentPolicy, BookingRefusal, ShiftRefusal};
use domain::vocabulary::Vocabulary as _;
use persistence::appointment::{Shift, Slot};

use crate::problem::{Code, Fault, Problem, Rule};

/// Of a step with a booking.
pub(super) fn booking(refusal: BookingRefusal, slot: &Slot) -> Fault {
    let problem = match refusal {
        BookingRefusal::State(state) => Problem::stands_against(Code::BookingStep, Rule::BookingStep, vec![state.as_str().to_owned()]),
        BookingRefusal::Closed => Code::SlotClosed.into(),
        BookingRefusal::Begun => Code::SlotBegun.into(),
        BookingRefusal::NotBegun => too_early(slot.starts_at),
        BookingRefusal::Late => Code::CancelLate.into(),
        BookingRefusal::NoShows(_) => Code::NoShowLimit.into(),
    };
    problem.because(refusal).into()
}

/// Of a booking by somebody who has missed too many: how many count, by which policy, and from when on they book again.
pub(super) fn no_shows(missed: &[Timestamp], policy: &AppointmentPolicy) -> Fault {
    let words = vec![missed.len().to_string(), policy.no_show_days.to_string(), policy.no_shows.to_string(), policy.version.clone()];
    let mut problem = Problem::stands_against(Code::NoShowLimit, Rule::NoShows, words);
    // Once all but one too few are too long ago.
    let last = usize::try_from(policy.no_shows).ok().and_then(|most| missed.len().checked_sub(most)).and_then(|place| missed.get(place));
    problem.facts.from = last.map(|at| *at + TimeDelta::days(policy.no_show_days));
    problem.into()
}

/// Of a step with a shift.
pub(super) fn shift(refusal: ShiftRefusal, shift: &Shift) -> Fault {
    let problem = match refusal {
        ShiftRefusal::State(state) => Problem::stands_against(Code::ShiftStep, Rule::ShiftStep, vec![state.as_str().to_owned()]),
        ShiftRefusal::Begun => Code::ShiftStep.into(),
        ShiftRefusal::NotBegun => too_early(shift.starts_at),
    };
    problem.because(refusal).into()
}

fn too_early(from: Timestamp) -> Problem {
    let mut problem = Problem::from(Code::TooEarly);
    problem.facts.from = Some(from);
    problem
}
