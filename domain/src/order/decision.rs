use uuid::Uuid;

use super::{Deadline, DeadlineKind, Event, Offer, OfferState, Order, Party, ProofKind, Reason, Review, State, Step, Window};
use crate::Timestamp;
use crate::dispatch::Ineligible;

/// Something that must be kept together with the order's new state, in the same transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A new offer.
    Offered(Offer),
    /// An open offer got an answer. Must still be open when it is kept.
    Answered {
        /// The offer.
        offer: Uuid,
        /// What became of it.
        state: OfferState,
        /// When.
        at: Timestamp,
        /// Why.
        reason: Option<Reason>,
    },
    /// A new deadline.
    Opened(Deadline),
    /// An open deadline was met. The kind and the event that opened it say which: a missed one of an earlier taker stays
    /// beside it.
    Met {
        /// What had to happen.
        kind: DeadlineKind,
        /// The event that opened it.
        opened_by: i32,
        /// When.
        at: Timestamp,
    },
    /// An open deadline no longer counts.
    Voided {
        /// What had to happen.
        kind: DeadlineKind,
        /// The event that opened it.
        opened_by: i32,
        /// Why.
        reason: Reason,
    },
    /// The reminder of a passed deadline went out.
    Reminded {
        /// What had to happen.
        kind: DeadlineKind,
        /// The event that opened it.
        opened_by: i32,
        /// When.
        at: Timestamp,
    },
    /// The consequence of a passed deadline was drawn, or none can follow any more: it stays missed.
    Acted {
        /// What had to happen.
        kind: DeadlineKind,
        /// The event that opened it.
        opened_by: i32,
        /// When.
        at: Timestamp,
    },
    /// The person is bound for this time: nobody is in two places.
    Claimed {
        /// Who.
        person: Uuid,
        /// When.
        window: Window,
    },
    /// Every claim that this order holds is given up.
    Freed,
    /// How presence was proved at the event: the evidence of a check-in or check-out.
    Proved {
        /// The event.
        seq: i32,
        /// The kind of proof.
        kind: ProofKind,
    },
    /// A review.
    Reviewed(Review),
}

impl Change {
    /// Brings the offers and deadlines that were read before up to date, so that they need not be read again.
    pub fn apply(&self, offers: &mut Vec<Offer>, deadlines: &mut Vec<Deadline>) {
        match self {
            Self::Offered(offer) => offers.push(offer.clone()),
            Self::Answered { offer, state, at, reason } => {
                for answered in offers.iter_mut().filter(|other| other.id == *offer) {
                    answered.state = *state;
                    answered.answered_at = Some(*at);
                    answered.reason = *reason;
                }
            }
            Self::Opened(deadline) => deadlines.push(deadline.clone()),
            Self::Met { kind, opened_by, at } => on(deadlines, *kind, *opened_by, |deadline| deadline.met = Some(*at)),
            Self::Voided { kind, opened_by, reason } => on(deadlines, *kind, *opened_by, |deadline| deadline.void = Some(*reason)),
            Self::Reminded { kind, opened_by, at } => on(deadlines, *kind, *opened_by, |deadline| deadline.reminded = Some(*at)),
            Self::Acted { kind, opened_by, at } => on(deadlines, *kind, *opened_by, |deadline| deadline.acted = Some(*at)),
            Self::Claimed { .. } | Self::Freed | Self::Proved { .. } | Self::Reviewed(_) => {}
        }
    }
}

/// Changes the one deadline of this identity.
fn on(deadlines: &mut [Deadline], kind: DeadlineKind, opened_by: i32, change: impl Fn(&mut Deadline)) {
    deadlines.iter_mut().filter(|deadline| deadline.kind == kind && deadline.opened_by == opened_by).for_each(change);
}

/// What a command leads to.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The order afterwards.
    pub order: Order,
    /// What happened, one event or more (a third return also escalates).
    pub events: Vec<Event>,
    /// What must be kept with it, in this order.
    pub changes: Vec<Change>,
}

/// Which rule stands against a command, with its facts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The table has no such step from this state.
    #[error("{step} is not possible in state {state}")]
    NotInState {
        /// The step asked for.
        step: Step,
        /// Where the order stands.
        state: State,
        /// What the actor may do instead.
        allowed: Vec<Step>,
    },
    /// The step is there, but not for this actor.
    #[error("{step} is not for the actor")]
    NotYours {
        /// The step asked for.
        step: Step,
    },
    /// A binding decision has closed transfer and release.
    #[error("a binding decision stands against {step}")]
    Bound {
        /// The step asked for.
        step: Step,
    },
    /// The division above must decide first.
    #[error("a decision is due before {step}")]
    DecisionDue {
        /// The step asked for.
        step: Step,
    },
    /// The one appeal is used, or its days are over.
    #[error("the appeal is used or too late")]
    AppealClosed,
    /// No decision is due.
    #[error("no decision is due")]
    NoDecisionDue,
    /// The order has not been classified.
    #[error("not triaged")]
    NotTriaged,
    /// The division is not part of the region, or is the handler already.
    #[error("not a division that can handle the order")]
    WrongDivision,
    /// The actor may not offer the order to themselves.
    #[error("nobody dispatches to themselves")]
    SelfDispatch,
    /// The taker is not eligible. `offer` is the place in the command's list: of takers, or of the members that are named.
    #[error("taker is not eligible")]
    NotEligible {
        /// The place in the list of the command, from 0.
        offer: Option<usize>,
        /// Every rule that stands against them.
        rules: Vec<Ineligible>,
    },
    /// The order needs an organisation that names this many people.
    #[error("needs an organisation that names {needed} people")]
    NeedsTeam {
        /// How many people.
        needed: i32,
    },
    /// The order needs this many members and has fewer or more.
    #[error("needs {needed} members, {named} are named")]
    WrongMembers {
        /// How many people.
        needed: i32,
        /// How many different people are named.
        named: i32,
    },
    /// There is no open offer to this taker.
    #[error("no open offer")]
    NoOpenOffer,
    /// The taker already has an open offer.
    #[error("already offered")]
    AlreadyOffered {
        /// The place in the list of the command, from 0.
        offer: usize,
    },
    /// The time lies outside of what the resident wants, or in the past.
    #[error("the time is not one the resident wants")]
    WrongTime,
    /// Too early for this step.
    #[error("too early; possible from {from}")]
    TooEarly {
        /// The first moment at which it is possible.
        from: Timestamp,
    },
    /// The proof does not hold: wrong code, or too far away.
    #[error("the proof does not hold")]
    WrongProof,
    /// This kind of proof cannot be given by the actor, or the order has no position.
    #[error("this proof cannot be given")]
    ProofNotPossible,
    /// The reason does not fit the step.
    #[error("{reason} is not a reason for {step}")]
    WrongReason {
        /// The step asked for.
        step: Step,
        /// The reason given.
        reason: Reason,
    },
    /// A number is out of its range.
    #[error("{field} must be {min} to {max}")]
    OutOfRange {
        /// The name of the field.
        field: &'static str,
        /// The smallest right number.
        min: i64,
        /// The largest right number.
        max: i64,
    },
    /// A free service took money, or an at-cost one more than materials.
    #[error("the service takes no such payment")]
    WrongPayment {
        /// The name of the field.
        field: &'static str,
    },
    /// A review through this channel cannot come from this actor.
    #[error("this review channel is not for the actor")]
    WrongReviewChannel,
    /// The days for a review are over.
    #[error("too late to review")]
    ReviewClosed,
    /// Somebody acts for another without saying on what basis.
    #[error("a basis is required")]
    BasisRequired,
    /// The order names a ticket of the hotline but did not come through it, or the other way round.
    #[error("hotline orders and only they name a ticket")]
    TicketMismatch,
    /// The actor may not say that they themselves were absent; the other side must.
    #[error("the other side reports a no-show")]
    OwnNoShow,
    /// There is nothing to escalate to: it is at the region's root.
    #[error("already at the root of the region")]
    AtRoot,
    /// The same window is proposed by the same side already.
    #[error("this time is already proposed by the same side")]
    AlreadyProposed,
    /// The deadline or offer is not due.
    #[error("not due")]
    NotDue,
    /// Nobody confirms or rejects their own proposal.
    #[error("a second person must decide")]
    SecondPersonNeeded,
    /// This needs one of these relations to the order, and the actor has none.
    #[error("not for the actor")]
    NotAParty {
        /// The relations that would do.
        of: &'static [Party],
    },
    /// Whether it is solved and satisfies is said by a callback that reached the person, by it always, and by nothing else.
    #[error("a callback that reached the person, and only it, says whether the matter is solved and satisfies")]
    ContactAnswers,
    /// The out-of-scope flag is not where this could be done.
    #[error("the exclusion cannot be changed like this")]
    ExclusionState,
}
