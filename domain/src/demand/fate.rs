use super::{DemandStep, Item};
use crate::order::{self, Change, Decision, Outcome, State};

/// What an order's step means for the demand item that it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// The step of the item; `None` where only the link to the order changes.
    pub step: Option<DemandStep>,
    /// Whether the order is still under way.
    pub order_live: bool,
}

/// What follows for an item from a step of its order: finished, it is served; solved, closed. Refused, cancelled, left unreviewed,
/// or not solved in the words of the person, it comes back to the list. `None` where nothing follows.
#[must_use]
pub fn fate(item: &Item, decision: &Decision) -> Option<Fate> {
    if item.order != Some(decision.order.id) || !item.state.is_live() {
        return None;
    }
    let order = &decision.order;
    let order_live = order.state.is_open();
    let taken = |step: order::Step| decision.events.iter().any(|event| event.step == step);
    let step = match order.state {
        State::Finished if taken(order::Step::Finish) || taken(order::Step::Mend) => Some(DemandStep::Serve),
        State::Mending if is_unsolved(decision) => Some(DemandStep::ComeBack),
        State::Closed if order.outcome == Some(Outcome::Solved) => Some(DemandStep::Solve),
        State::Closed | State::Refused | State::Cancelled => Some(DemandStep::ComeBack),
        State::Placed if taken(order::Step::Appeal) => Some(DemandStep::Order),
        State::Placed | State::Queued | State::Offered | State::Accepted | State::Serving | State::Finished | State::Mending => None,
    };
    let step = step.filter(|step| step.from().contains(&item.state));
    (step.is_some() || order_live != item.order_live).then_some(Fate { step, order_live })
}

/// Whether the person has said that it is not solved.
fn is_unsolved(decision: &Decision) -> bool {
    decision.changes.iter().any(|change| matches!(change, Change::Reviewed(review) if !review.solved))
}
