//! The clock's work: orders of visits are placed ahead of time, visits to which nobody has come are found, plans whose time is over end.

use actix_web::web;
use chrono::{NaiveDate, TimeDelta};
use domain::care::{CarePlanEnd, CarePlanState, Occurrence, VisitState};
use domain::days::later;
use domain::demand::{DemandPolicy, Subject};
use domain::order::{Basis, State};
use persistence::audit::{self, Origin};
use persistence::care::{self, Plan, Visit};
use persistence::{Tx, demand};
use uuid::Uuid;

use super::end::end;
use super::visit::{alert, of_day, place_order, put};
use super::{Ground, unusable};
use crate::demand::has_withdrawn;
use crate::problem::{Fault, Problem};
use crate::region::policy::in_force;
use crate::services::Services;

/// Plans, and visits, that one turn takes on.
const BATCH: i64 = 100;

/// When a plan is tried again whose visit could not be placed.
const AGAIN: TimeDelta = TimeDelta::minutes(10);

/// The shortest time after which a visit is asked about again that has begun and not ended, in minutes.
const ASK_AGAIN: i32 = 5;

/// Does what is due about care plans.
///
/// # Errors
/// The database's.
pub(crate) async fn turn(services: &web::Data<Services>) -> Result<(), Problem> {
    audit::within(std::sync::Arc::new(Origin::clock("care_plans")), async {
        ask(services).await?;
        advance(services).await
    })
    .await
}

/// Asks of every visit whose time is over whether anybody has come.
async fn ask(services: &web::Data<Services>) -> Result<(), Problem> {
    let due = services.store.read::<_, Fault>(|tx| {
        let now = tx.now();
        Ok(care::to_ask(tx, now, BATCH)?)
    });
    for (plan, day) in due.await? {
        let shared = services.clone();
        let asked = services.store.write::<_, Fault>(move |tx| ask_one(tx, &shared, plan, day)).await;
        if let Err(problem) = asked.map_err(Problem::from) {
            tracing::error!(%plan, %day, code = problem.code.as_str(), cause = problem.cause(), "a visit could not be asked about");
        }
    }
    Ok(())
}

fn ask_one(tx: &mut Tx, services: &Services, plan: Uuid, day: NaiveDate) -> Result<(), Fault> {
    tx.about("care_plans", plan);
    let now = tx.now();
    let visit = care::on(tx, plan, day)?.filter(|visit| visit.ask_at.is_some_and(|at| at <= now));
    let Some((visit, order)) = visit.and_then(|visit| visit.order.map(|order| (visit, order))) else {
        tx.changes_nothing();
        return Ok(());
    };
    let plan = care::load(tx, plan)?;
    let policy: DemandPolicy = in_force(tx, &plan.region, now)?;
    let order = persistence::order::load_for_timer(tx, order)?.order;
    // Both sides may have agreed on another time.
    let agreed = order.agreed.map(|agreed| later(agreed.end, policy.care_plans.grace_minutes)).filter(|ask_at| *ask_at > now);
    let after = match order.state {
        State::Accepted if agreed.is_some() => Visit { ask_at: agreed, ..visit.clone() },
        State::Serving => Visit { ask_at: Some(later(now, policy.care_plans.grace_minutes.max(ASK_AGAIN))), ..visit.clone() },
        State::Finished | State::Mending | State::Closed | State::Cancelled => Visit { ask_at: None, ..visit.clone() },
        State::Placed | State::Queued | State::Offered | State::Accepted | State::Refused => {
            alert(tx, services, &plan)?;
            let policy_version = policy.version;
            Visit { state: VisitState::Missed, ask_at: None, missed_at: Some(now), policy_version, changed_at: now, ..visit.clone() }
        }
    };
    Ok(care::save_visit(tx, visit.state, &after)?)
}

/// Sees to every plan whose time has come.
async fn advance(services: &web::Data<Services>) -> Result<(), Problem> {
    let due = services.store.read::<_, Fault>(|tx| {
        let now = tx.now();
        Ok(care::due(tx, now, BATCH)?)
    });
    for id in due.await? {
        loop {
            let shared = services.clone();
            match services.store.write::<_, Fault>(move |tx| advance_one(tx, &shared, id)).await.map_err(Problem::from) {
                Ok(true) => {}
                Ok(false) => break,
                Err(problem) => {
                    tracing::error!(plan = %id, code = problem.code.as_str(), cause = problem.cause(), "a visit could not be placed yet");
                    postpone(services, id).await?;
                    break;
                }
            }
        }
    }
    services.content.kick();
    Ok(())
}

/// One plan that cannot be seen to must not hold up the others: it is tried again until its visit has passed, which is then missed.
async fn postpone(services: &web::Data<Services>, id: Uuid) -> Result<(), Problem> {
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        let plan = care::load(tx, id)?;
        let at = tx.now() + AGAIN;
        Ok(care::postpone(tx, &plan, at)?)
    };
    Ok(services.store.tally(work).await?)
}

/// Takes the next step of a plan; `false` where nothing is due.
fn advance_one(tx: &mut Tx, services: &Services, id: Uuid) -> Result<bool, Fault> {
    tx.about("care_plans", id);
    let (plan, now) = (care::load(tx, id)?, tx.now());
    if plan.state != CarePlanState::Active || plan.act_at.is_none_or(|at| at > now) {
        tx.changes_nothing();
        return Ok(false);
    }
    if let Some(why) = over(tx, &plan)? {
        end(tx, services, &plan, why, None)?;
        return Ok(false);
    }
    let ground = Ground::of(tx, services, &plan)?;
    if let Some(next) = plan.next_day.and_then(|day| ground.schedule.on(day)) {
        visit(tx, services, (&plan, &ground.policy), next)?;
    }
    let following = ground.schedule.after(plan.next_day).map_err(unusable)?;
    care::save(tx, &ground.awaiting(plan, following))?;
    Ok(true)
}

/// Why a plan is over, if it is.
fn over(tx: &mut Tx, plan: &Plan) -> Result<Option<CarePlanEnd>, Fault> {
    if !demand::load(tx, plan.demand)?.state.is_live() {
        return Ok(Some(CarePlanEnd::OffList));
    }
    if matches!(plan.basis, Basis::Consent | Basis::Guardian) && has_withdrawn(tx, Subject::Person(plan.person))? {
        return Ok(Some(CarePlanEnd::ConsentWithdrawn));
    }
    Ok(plan.next_day.is_none().then_some(CarePlanEnd::Completed))
}

/// Places the order of a visit. One that has begun is not placed late: it is missed.
fn visit(tx: &mut Tx, services: &Services, (plan, policy): (&Plan, &DemandPolicy), next: Occurrence) -> Result<(), Fault> {
    let before = care::on(tx, plan.id, next.day)?;
    if before.as_ref().is_some_and(|before| !before.state.can_become(VisitState::Placed)) {
        return Ok(());
    }
    let now = tx.now();
    let visit = if next.window.start <= now {
        alert(tx, services, plan)?;
        Visit { missed_at: Some(now), ..of_day(tx, plan, next, VisitState::Missed, &policy.version) }
    } else {
        let order = Some(place_order(tx, services, plan, next)?);
        let ask_at = Some(later(next.window.end, policy.care_plans.grace_minutes));
        Visit { order, ask_at, ..of_day(tx, plan, next, VisitState::Placed, &policy.version) }
    };
    put(tx, before.as_ref(), &visit)
}
