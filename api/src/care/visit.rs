//! What happens to a visit: it is placed, called off, found to be missed, and follows its order.

use domain::care::{CarePlanState, Occurrence, VisitState};
use domain::demand::{Command, DemandStep, Fate, decide};
use domain::identity::{Actor, Role};
use domain::language::Language;
use domain::message::MessageKind;
use domain::order::{self, Acting, Channel, Decision, Party, Reason, State};
use domain::region::DivisionCode;
use persistence::care::{self, Plan, Visit};
use persistence::demand::{self, Recorded};
use persistence::{Tx, identity, message};
use uuid::Uuid;

use crate::demand::with_facts;
use crate::order::place::{self, PlaceOrder};
use crate::order::step::keep;
use crate::problem::Fault;
use crate::services::Services;

/// Who is at work in a grid and its station.
const STAFF: [Role; 3] = [Role::GridMember, Role::SocialWorker, Role::Dispatcher];

/// A visit as its day says, in a state.
pub(super) fn of_day(tx: &Tx, plan: &Plan, next: Occurrence, state: VisitState, policy: &str) -> Visit {
    Visit {
        plan: plan.id,
        day: next.day,
        starts_at: next.window.start,
        ends_at: next.window.end,
        state,
        order: None,
        skip: None,
        ask_at: None,
        missed_at: None,
        policy_version: policy.to_owned(),
        changed_at: tx.now(),
    }
}

/// Keeps a visit: a new one, or one in whose place another stands now.
pub(super) fn put(tx: &mut Tx, before: Option<&Visit>, visit: &Visit) -> Result<(), Fault> {
    match before {
        Some(before) => Ok(care::save_visit(tx, before.state, visit)?),
        None => Ok(care::keep(tx, visit)?),
    }
}

/// Places the order of a visit, in the name of who has made the plan. That account may have left its post since: what it asked for stands,
/// on the basis that it gave.
pub(super) fn place_order(tx: &mut Tx, services: &Services, plan: &Plan, next: Occurrence) -> Result<Uuid, Fault> {
    let who = Actor { account: plan.made_by, person: None, grants: Vec::new(), volunteer: false, craftsman: false, client: None };
    let asked = PlaceOrder {
        service: plan.service,
        division: plan.division.to_string(),
        text: plan.note.clone().unwrap_or_default(),
        address: plan.address.clone(),
        position: None,
        wanted: None,
        urgency: plan.urgency,
        subject: Some(plan.person),
        subject_name: None,
        basis: Some(plan.basis),
        channel: Channel::Visit,
        external_ref: None,
    };
    let wish = place::of_plan(services, &plan.division, next.window, plan.person, asked)?;
    place::enter(tx, services, &who, &wish, Language::Zh)?;
    Ok(wish.id)
}

/// Cancels the order of a visit, where nobody has begun with it; the visit follows. Nobody cancels it where a consent was withdrawn: the
/// rules do.
pub(super) fn call_off(tx: &mut Tx, services: &Services, visit: &Visit, by: Option<Uuid>) -> Result<(), Fault> {
    let Some(id) = visit.order else { return Ok(()) };
    let mut loaded = persistence::order::load_for_timer(tx, id)?;
    if !order::Step::Cancel.from().contains(&loaded.order.state) {
        return Ok(());
    }
    let reason = if by.is_some() { Reason::Other } else { Reason::ConsentWithdrawn };
    if by.is_some() {
        loaded.acting = Acting { account: by, person: None, parties: vec![Party::Placer], manages: Vec::new() };
    }
    keep(tx, services, &loaded, &order::Command::Cancel { reason }, Vec::new())
}

/// Tells the staff of the grid and of the station that handles its orders, and who has made the plan, that nobody has come.
pub(super) fn alert(tx: &mut Tx, services: &Services, plan: &Plan) -> Result<(), Fault> {
    let handler = services.handler(tx, &plan.region, &plan.division)?;
    let near: Vec<DivisionCode> = plan.division.lineage().into_iter().filter(|code| handler.covers(code)).collect();
    let mut accounts = identity::working_at(tx, &near, &STAFF)?;
    accounts.push(plan.made_by);
    Ok(message::tell_accounts(tx, MessageKind::VisitMissed, plan.id, &accounts)?)
}

/// Lets the visit that an order is follow what was decided about the order, and the need the visit.
///
/// # Errors
/// The database's.
pub fn follow(tx: &mut Tx, services: &Services, decision: &Decision, actor: Option<Uuid>) -> Result<(), Fault> {
    let Some(before) = care::of_order(tx, decision.order.id)? else { return Ok(()) };
    let finished = decision.events.iter().any(|event| event.step == order::Step::Finish);
    let next = match decision.order.state {
        State::Finished if finished => VisitState::Served,
        State::Cancelled => VisitState::Cancelled,
        _ => return Ok(()),
    };
    if !before.state.can_become(next) {
        return Ok(());
    }
    care::save_visit(tx, before.state, &Visit { state: next, ask_at: None, changed_at: tx.now(), ..before.clone() })?;
    if next == VisitState::Served { serve(tx, services, &before, decision.order.id, actor) } else { Ok(()) }
}

/// A visit was made: the need is served. After the end of the plan it is so by this order, unless something else serves it.
fn serve(tx: &mut Tx, services: &Services, visit: &Visit, order: Uuid, actor: Option<Uuid>) -> Result<(), Fault> {
    let plan = care::load(tx, visit.plan)?;
    let need = demand::load(tx, plan.demand)?;
    let step = Some(DemandStep::Serve).filter(|step| step.from().contains(&need.state));
    let ended = plan.state == CarePlanState::Ended;
    if step.is_none() || (ended && need.order_live) {
        return Ok(());
    }
    let fate = Fate { step, order_live: true };
    let command = if ended { Command::Unplan { order: Some(order), fate } } else { Command::Follow(fate) };
    let decision = with_facts(tx, services, &need.region, |facts| Ok(decide(&need, &command, facts)?))?;
    Ok(demand::save(tx, &need, &decision, Recorded { actor, ..Recorded::default() })?)
}
