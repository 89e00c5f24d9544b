//! The end of a plan, whoever brings it about: what is not begun is called off, and the need goes where its last visit leaves it.

use domain::care::{CarePlanEnd, CarePlanState, LastVisit, VisitState, at_end};
use domain::demand::{Command, decide};
use domain::order::Basis;
use persistence::care::{self, Plan};
use persistence::demand::{self, Recorded};
use persistence::{Tx, order};
use uuid::Uuid;

use super::visit::call_off;
use crate::demand::with_facts;
use crate::problem::Fault;
use crate::services::Services;

/// Ends the plans of somebody who has withdrawn the consent to be served, but for those that another basis holds.
///
/// # Errors
/// The database's.
pub(crate) fn end_for(
    tx: &mut Tx,
    services: &Services,
    known_as: &[Uuid],
    by: Uuid,
    holds: impl Fn(Option<Basis>) -> bool,
) -> Result<(), Fault> {
    for plan in care::of_people(tx, known_as)?.iter().filter(|plan| plan.state != CarePlanState::Ended && !holds(Some(plan.basis))) {
        end(tx, services, plan, CarePlanEnd::ConsentWithdrawn, Some(by))?;
    }
    Ok(())
}

/// Ends a plan, by an account or by the clock.
pub(super) fn end(tx: &mut Tx, services: &Services, plan: &Plan, why: CarePlanEnd, by: Option<Uuid>) -> Result<(), Fault> {
    let visits = care::visits(tx, plan.id)?;
    for visit in visits.iter().filter(|visit| matches!(visit.state, VisitState::Placed | VisitState::Missed)) {
        let caller = (why != CarePlanEnd::ConsentWithdrawn).then(|| by.unwrap_or(plan.made_by));
        call_off(tx, services, visit, caller)?;
    }
    let last = visits.iter().rev().find(|visit| visit.state == VisitState::Served).and_then(|visit| visit.order);
    let last = match last {
        Some(id) => {
            let order = order::load_for_timer(tx, id)?.order;
            Some(LastVisit { order: id, state: order.state, outcome: order.outcome })
        }
        None => None,
    };
    let need = demand::load(tx, plan.demand)?;
    if let Some((order, fate)) = at_end(need.state, last) {
        let command = Command::Unplan { order, fate };
        let decision = with_facts(tx, services, &need.region, |facts| Ok(decide(&need, &command, facts)?))?;
        demand::save(tx, &need, &decision, Recorded { actor: by, ..Recorded::default() })?;
    }
    let ended_at = Some(tx.now().max(plan.changed_at));
    let over = Plan { state: CarePlanState::Ended, end: Some(why), next_day: None, act_at: None, ended_at, ..plan.clone() };
    Ok(care::save(tx, &over)?)
}
