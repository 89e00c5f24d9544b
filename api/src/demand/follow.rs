//! What becomes of a need when something happens to its order.

use domain::demand::{Command, decide, fate};
use domain::order::Decision;
use domain::order::{State, Step};
use persistence::Tx;
use persistence::demand::{self, Recorded};

use super::with_facts;
use crate::problem::Fault;
use crate::services::Services;

/// Lets the item that an order serves follow what was decided about the order, in the same transaction.
///
/// # Errors
/// The database's.
pub fn follow(tx: &mut Tx, services: &Services, decision: &Decision, actor: Option<uuid::Uuid>) -> Result<(), Fault> {
    if !may_concern(decision) {
        return Ok(());
    }
    crate::care::visit::follow(tx, services, decision, actor)?;
    let Some(item) = demand::serving(tx, decision.order.id)? else { return Ok(()) };
    let Some(fate) = fate(&item, decision) else { return Ok(()) };
    let command = Command::Follow(fate);
    let followed = with_facts(tx, services, &item.region, |facts| Ok(decide(&item, &command, facts)?))?;
    Ok(demand::save(tx, &item, &followed, Recorded { actor, ..Recorded::default() })?)
}

/// Whether a step can mean anything for a need: most do not, and are spared the look.
fn may_concern(decision: &Decision) -> bool {
    let order = &decision.order;
    !order.state.is_open()
        || matches!(order.state, State::Finished | State::Mending)
        || decision.events.iter().any(|event| matches!(event.step, Step::Appeal | Step::Mend))
}
