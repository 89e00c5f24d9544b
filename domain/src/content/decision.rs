use uuid::Uuid;

use super::step::By;
use super::{ContentRuling, ContentState, RulingReason, Step};
use crate::identity::Actor;
use crate::order::Acting;

/// Whose text or photo it is, as far as the rules ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The account that wrote or photographed it.
    pub author: Uuid,
    /// The person behind that account, where known.
    pub person: Option<Uuid>,
    /// Where the check stands.
    pub state: ContentState,
}

/// Who decides.
#[derive(Clone, Copy, Debug)]
pub struct Decider<'a> {
    /// The account and its person.
    pub actor: &'a Actor,
    /// What they are to the order.
    pub acting: &'a Acting,
    /// Whether they serve it: as the taker, for it, or as one of its members.
    pub serves: bool,
}

/// Why a decision cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither the station nor above it: they know of no check.
    #[error("not for the actor")]
    NotAParty,
    /// Nobody decides on what they have written, nor on what concerns a service of their own.
    #[error("a second person must decide")]
    SecondPersonNeeded,
    /// It has been decided, or has passed.
    #[error("{step} is not possible in state {state}")]
    NotInState {
        /// The step asked for.
        step: Step,
        /// Where the check stands.
        state: ContentState,
    },
    /// The reason does not fit the decision.
    #[error("{reason} is not a reason for {ruling}")]
    WrongReason {
        /// The decision.
        ruling: ContentRuling,
        /// The reason given.
        reason: RulingReason,
    },
}

/// The state after a step that WeChat's verdict or the program takes; `None` where it comes too late and changes nothing.
#[must_use]
pub fn after(state: ContentState, step: Step) -> Option<ContentState> {
    step.from().contains(&state).then(|| step.to())
}

/// The state after a decision of staff.
///
/// # Errors
/// [`Refusal`] names the rule that stands against it; what the actor must not know of comes first.
pub fn decide(subject: &Subject, ruling: ContentRuling, reason: RulingReason, decider: &Decider<'_>) -> Result<ContentState, Refusal> {
    let step = ruling.step();
    let is_party = match step.by() {
        By::Parties(parties) => parties.iter().any(|party| decider.acting.is(*party)),
        By::Wechat | By::Program => false,
    };
    if !is_party {
        return Err(Refusal::NotAParty);
    }
    let wrote = decider.actor.account == subject.author || (decider.actor.person.is_some() && decider.actor.person == subject.person);
    if wrote || decider.serves {
        return Err(Refusal::SecondPersonNeeded);
    }
    if !ruling.reasons().contains(&reason) {
        return Err(Refusal::WrongReason { ruling, reason });
    }
    after(subject.state, step).ok_or(Refusal::NotInState { step, state: subject.state })
}
