//! What an emergency rings: whoever of the cavalry is ready and near, and who has a shift at the nearest open site. Once the station has
//! said which craft it needs, those who may serve are offered it at once, and the first to accept has it.

use chrono::TimeDelta;
use domain::appointment::ShiftState;
use domain::cavalry::CavalryPolicy;
use domain::dispatch::offerable;
use domain::message::MessageKind;
use domain::order::{Command, Decision, Order, Step, Taking, Urgency, Window};
use domain::region::{DivisionCode, Level};
use persistence::appointment::{self, ShiftFilter};
use persistence::candidate::{self, Occasion};
use persistence::cavalry::{self, Ring};
use persistence::order::{self, Loaded};
use persistence::site::{self, Site, Which};
use persistence::{Tx, message};
use uuid::Uuid;

use super::near::nearest_first;
use crate::order::step::keep;
use crate::problem::Fault;
use crate::region::policy::in_force;
use crate::services::Services;
use crate::site::nearest::{metres_of, whole};
use crate::site::view::status;

/// A shift that goes on has begun at most so long ago.
const LONGEST_SHIFT: TimeDelta = TimeDelta::days(1);
/// So many sites of a community are looked at where an order has no position.
const SITES: i64 = 100;

/// Rings for an order that was placed as an emergency.
///
/// # Errors
/// The database's.
pub(crate) fn placed(tx: &mut Tx, services: &Services, order: &Order) -> Result<(), Fault> {
    if order.urgency != Urgency::Emergency {
        return Ok(());
    }
    let policy: CavalryPolicy = in_force(tx, &order.region, tx.now())?;
    // What nobody has looked at yet rings so often and no oftener.
    let since = tx.now() - TimeDelta::days(1);
    if cavalry::rings_of(tx, order.subject, since)? >= i64::from(policy.rings_a_day) {
        return Ok(());
    }
    let near = nearby(tx, order, &policy, None)?;
    ring(tx, services, order, &policy, &near)
}

/// Rings for an order that was classified as an emergency, unless it has rung before, and offers it to whoever is near and may serve.
///
/// # Errors
/// The database's.
pub(crate) fn triaged(tx: &mut Tx, services: &Services, before: &Loaded, decision: &Decision) -> Result<(), Fault> {
    let order = &decision.order;
    if order.urgency != Urgency::Emergency || !decision.events.iter().any(|event| event.step == Step::Triage) {
        return Ok(());
    }
    let policy: CavalryPolicy = in_force(tx, &order.region, tx.now())?;
    // Who classifies it does not dispatch it to themselves through the clock.
    let near = nearby(tx, order, &policy, before.acting.person)?;
    let has_rung = cavalry::has_rung(tx, order.id)?;
    if !has_rung {
        ring(tx, services, order, &policy, &near)?;
    }
    let takers = takers(tx, services, order, &near)?;
    if takers.is_empty() {
        return Ok(());
    }
    if has_rung {
        for taking in &takers {
            if let domain::order::Taker::Person(person) = taking.candidate.taker {
                message::tell(tx, MessageKind::EmergencyNearby, order.id, person)?;
            }
        }
    }
    let loaded = order::load_for_timer(tx, order.id)?;
    keep(tx, services, &loaded, &Command::Offer { takers }, Vec::new())
}

/// The community in which the service is wanted.
fn community(division: &DivisionCode) -> DivisionCode {
    match division.level() {
        Level::Grid => division.parent().unwrap_or_else(|| division.clone()),
        _ => division.clone(),
    }
}

/// Who is on duty and ready within the radius, the nearest first; without a position of the order, those of its community. Never the
/// person served, nor who has placed it.
fn nearby(tx: &mut Tx, order: &Order, policy: &CavalryPolicy, without: Option<Uuid>) -> Result<Vec<Uuid>, Fault> {
    let metres = i64::from(policy.ring_metres);
    let found = match order.position {
        Some(position) => cavalry::near(tx, &order.region, position.around(metres_of(metres)))?,
        None => cavalry::on_duty_in(tx, &[community(&order.division)])?,
    };
    let is_rung = |person: Uuid| person != order.subject && order.placer != Some(person) && without != Some(person);
    let near = nearest_first(found, order.position, metres).into_iter();
    let ready = near.filter(|(_, found)| found.member.active && found.member.emergency_ready && is_rung(found.member.person));
    let most = usize::try_from(policy.ring_people).unwrap_or_default();
    Ok(ready.take(most).map(|(_, found)| found.member.person).collect())
}

fn ring(tx: &mut Tx, services: &Services, order: &Order, policy: &CavalryPolicy, near: &[Uuid]) -> Result<(), Fault> {
    for person in near {
        message::tell(tx, MessageKind::EmergencyNearby, order.id, *person)?;
    }
    let site = tell_site(tx, services, order, policy)?;
    let ring = Ring {
        order: order.id,
        region: order.region.clone(),
        division: order.division.clone(),
        people: i32::try_from(near.len()).unwrap_or(i32::MAX),
        site,
        policy_version: policy.version.clone(),
    };
    Ok(cavalry::keep_ring(tx, &ring)?)
}

/// Tells who has a shift now at the nearest open site where anybody has; which site that is.
fn tell_site(tx: &mut Tx, services: &Services, order: &Order, policy: &CavalryPolicy) -> Result<Option<Uuid>, Fault> {
    let now = tx.now();
    for site in sites(tx, order, i64::from(policy.site_metres))? {
        if !status(services, &site, now)?.open {
            continue;
        }
        let begun = Window { start: now - LONGEST_SHIFT, end: now + TimeDelta::microseconds(1) };
        let filter = ShiftFilter { site: Some((site.id, begun)), since: Some(now), ..ShiftFilter::default() };
        let mut shifts = appointment::list_shifts(tx, &filter, None, None)?;
        shifts.retain(|shift| matches!(shift.state, ShiftState::Planned | ShiftState::Held) && shift.person != order.subject);
        for shift in &shifts {
            message::tell(tx, MessageKind::EmergencyNearby, order.id, shift.person)?;
        }
        if !shifts.is_empty() {
            return Ok(Some(site.id));
        }
    }
    Ok(None)
}

/// The sites of the region near to the order, the nearest first; without a position, those of its community.
fn sites(tx: &mut Tx, order: &Order, metres: i64) -> Result<Vec<Site>, Fault> {
    let Some(position) = order.position else {
        return Ok(site::list(tx, &[community(&order.division)], &Which::default(), true, None, SITES)?);
    };
    let around = site::within(tx, position.around(metres_of(metres)), &Which::default())?;
    let measured = around.into_iter().map(|site| (whole(position.metres_to(site.position)), site));
    let mut near: Vec<(i64, Site)> = measured.filter(|(distance, site)| *distance <= metres && site.region == order.region).collect();
    near.sort_by(|(one, first), (other, second)| one.cmp(other).then_with(|| first.id.cmp(&second.id)));
    Ok(near.into_iter().map(|(_, site)| site).collect())
}

/// Who of these may be offered the order now, the nearest first, as many as a round has.
fn takers(tx: &mut Tx, services: &Services, order: &Order, near: &[Uuid]) -> Result<Vec<Taking>, Fault> {
    if order.people_needed > 1 || order.decision_due || order.craft.is_none() {
        return Ok(Vec::new());
    }
    let (policy, _) = services.book.of_order(tx, order)?;
    let most = usize::try_from(policy.offers_per_round).unwrap_or_default();
    let mut takers = Vec::new();
    for person in near {
        let candidate = candidate::person(tx, *person, order.wanted, &Occasion::from(order), None)?;
        if takers.len() < most && offerable(order, &candidate, tx.now()).is_empty() {
            takers.push(Taking { offer: Uuid::now_v7(), candidate });
        }
    }
    Ok(takers)
}
