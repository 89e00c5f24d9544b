//! An order's events say where it stands; whoever has them can check what is claimed.

use super::{Event, Party, State, Step};
use crate::Timestamp;
use crate::region::DivisionCode;

/// What the events of an order say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// Where it stands.
    pub state: State,
    /// The number of the last event.
    pub version: i32,
    /// The division that handles it.
    pub handler: DivisionCode,
    /// How often it went back to the queue.
    pub returns: i32,
    /// How often it had to be mended.
    pub mends: i32,
    /// The round of offers.
    pub round: i32,
    /// Whether its one appeal has been used.
    pub appealed: bool,
    /// Whether the division above has decided.
    pub bound: bool,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When the last event happened.
    pub changed_at: Timestamp,
}

/// Why a list of events cannot be the history of an order. `seq` is the event at which it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// There are no events.
    #[error("no events")]
    Empty,
    /// The first event is not placing, or a later one is.
    #[error("event {seq}: an order begins with placing, once")]
    Beginning {
        /// The event.
        seq: i32,
    },
    /// The numbers have a gap or run back.
    #[error("event {seq}: event {expected} was expected")]
    Gap {
        /// The event.
        seq: i32,
        /// The number expected.
        expected: i32,
    },
    /// It starts from another state than the one before ended in.
    #[error("event {seq}: the order was in state {state}")]
    From {
        /// The event.
        seq: i32,
        /// Where the order stood.
        state: State,
    },
    /// The table has no such step.
    #[error("event {seq}: {step} does not lead to {to}")]
    Step {
        /// The event.
        seq: i32,
        /// Its step.
        step: Step,
        /// The state it leads to.
        to: State,
    },
    /// The step is not for this party.
    #[error("event {seq}: {step} is not for {party}")]
    By {
        /// The event.
        seq: i32,
        /// Its step.
        step: Step,
        /// Who took it.
        party: Party,
    },
    /// The time runs back.
    #[error("event {seq}: the time runs back")]
    Time {
        /// The event.
        seq: i32,
    },
    /// A counter or the handler changes by a step that does not change it, or not by one.
    #[error("event {seq}: {field} does not follow")]
    Field {
        /// The event.
        seq: i32,
        /// What does not follow.
        field: &'static str,
    },
}

/// Reads a history and checks that it follows the table.
///
/// # Errors
/// [`ReplayError`] names the first event that does not follow from those before it.
pub fn replay(events: &[Event]) -> Result<Replayed, ReplayError> {
    let (first, rest) = events.split_first().ok_or(ReplayError::Empty)?;
    let mut replayed = begin(first)?;
    for event in rest {
        follow(&mut replayed, event)?;
    }
    Ok(replayed)
}

fn begin(event: &Event) -> Result<Replayed, ReplayError> {
    let seq = event.seq;
    if seq != 1 {
        return Err(ReplayError::Gap { seq, expected: 1 });
    }
    if event.step != Step::Place || event.from.is_some() {
        return Err(ReplayError::Beginning { seq });
    }
    check_step(event, &[event.to])?;
    check_counter(event, "returns", event.returns, 0)?;
    check_counter(event, "mends", event.mends, 0)?;
    Ok(Replayed {
        state: event.to,
        version: seq,
        handler: event.handler.clone(),
        returns: 0,
        mends: 0,
        round: 0,
        appealed: false,
        bound: false,
        placed_at: event.at,
        changed_at: event.at,
    })
}

fn follow(replayed: &mut Replayed, event: &Event) -> Result<(), ReplayError> {
    let (seq, step) = (event.seq, event.step);
    if seq != replayed.version + 1 {
        return Err(ReplayError::Gap { seq, expected: replayed.version + 1 });
    }
    if event.from != Some(replayed.state) {
        return Err(ReplayError::From { seq, state: replayed.state });
    }
    if step == Step::Place {
        return Err(ReplayError::Beginning { seq });
    }
    check_step(event, step.from())?;
    if event.at < replayed.changed_at {
        return Err(ReplayError::Time { seq });
    }
    check_counter(event, "returns", event.returns, replayed.returns + i32::from(step.returns_to(event.to)))?;
    check_counter(event, "mends", event.mends, replayed.mends + i32::from(step == Step::Review && event.to == State::Mending))?;
    if event.handler != replayed.handler && !step.may_change_handler() {
        return Err(ReplayError::Field { seq, field: "handler" });
    }
    replayed.round += i32::from(step == Step::Offer && replayed.state == State::Queued);
    replayed.appealed |= step == Step::Appeal;
    replayed.bound |= step == Step::Decide;
    replayed.state = event.to;
    replayed.version = seq;
    replayed.handler.clone_from(&event.handler);
    replayed.returns = event.returns;
    replayed.mends = event.mends;
    replayed.changed_at = event.at;
    Ok(())
}

/// Whether the table has this step, from where the order stands and for this party.
fn check_step(event: &Event, from: &[State]) -> Result<(), ReplayError> {
    let (seq, step, to) = (event.seq, event.step, event.to);
    let state = event.from.unwrap_or(to);
    if !from.contains(&state) || !step.to(state).contains(&to) {
        return Err(ReplayError::Step { seq, step, to });
    }
    if step.by().contains(&event.party) { Ok(()) } else { Err(ReplayError::By { seq, step, party: event.party }) }
}

fn check_counter(event: &Event, field: &'static str, found: i32, expected: i32) -> Result<(), ReplayError> {
    if found == expected { Ok(()) } else { Err(ReplayError::Field { seq: event.seq, field }) }
}
