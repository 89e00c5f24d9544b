use uuid::Uuid;

use crate::demand::{DemandState, DemandStep, Fate};
use crate::order::{Outcome, State};

/// The last visit that was served, as its order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastVisit {
    /// The order.
    pub order: Uuid,
    /// Where it stands.
    pub state: State,
    /// What came of it.
    pub outcome: Option<Outcome>,
}

/// What the end of a plan means for its need: that of its last served visit, as it would be for an order. Where that one waits for its
/// review the need waits with it; solved, it is closed; otherwise, and where nobody ever came, it is back on the list. `None` where the
/// need is off its list already.
#[must_use]
pub fn at_end(need: DemandState, last: Option<LastVisit>) -> Option<(Option<Uuid>, Fate)> {
    if !need.is_live() {
        return None;
    }
    let Some(last) = last else {
        return Some((None, Fate { step: back(need), order_live: false }));
    };
    let step = match last.state {
        State::Closed if last.outcome == Some(Outcome::Solved) => Some(DemandStep::Solve),
        State::Closed | State::Refused | State::Cancelled => back(need),
        State::Placed | State::Queued | State::Offered | State::Accepted | State::Serving | State::Finished | State::Mending => None,
    };
    Some((Some(last.order), Fate { step, order_live: last.state.is_open() }))
}

fn back(need: DemandState) -> Option<DemandStep> {
    DemandStep::ComeBack.from().contains(&need).then_some(DemandStep::ComeBack)
}
