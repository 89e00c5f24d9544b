use chrono_tz::Tz;

use crate::days::{end_of_day_after, later};
use crate::order::{Acting, Order, OrderPolicy, Outcome, Party, Refusal, State, Step, Taker, Urgency};
use crate::vocabulary::Vocabulary;
use crate::{Timestamp, region::DivisionCode};

/// What a step can be judged on before its arguments are known.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) order: &'a Order,
    pub(super) acting: &'a Acting,
    pub(super) policy: &'a OrderPolicy,
    pub(super) zone: Tz,
    pub(super) at: Timestamp,
}

/// The steps that can be taken now, whatever their arguments.
pub(super) fn allowed(ground: &Ground<'_>) -> Vec<Step> {
    let possible = |step: &Step| step.from().contains(&ground.order.state) && stand(*step, ground).is_ok();
    Step::ALL.iter().copied().filter(possible).collect()
}

/// The relations in which the actor may take the step now, the table's first one first; never empty.
pub(super) fn admit(step: Step, ground: &Ground<'_>) -> Result<Vec<Party>, Refusal> {
    let state = ground.order.state;
    if !step.from().contains(&state) {
        return Err(Refusal::NotInState { step, state, allowed: allowed(ground) });
    }
    stand(step, ground)
}

/// What stands against a step that the table has from this state.
fn stand(step: Step, ground: &Ground<'_>) -> Result<Vec<Party>, Refusal> {
    let order = ground.order;
    let parties: Vec<Party> = step.by().iter().copied().filter(|party| ground.acting.is(*party)).collect();
    if parties.is_empty() {
        return Err(match step {
            Step::Accept | Step::Decline => Refusal::NoOpenOffer,
            step => Refusal::NotYours { step },
        });
    }
    match step {
        Step::Transfer | Step::Release if order.bound => Err(Refusal::Bound { step }),
        Step::Transfer | Step::Offer | Step::Release if order.decision_due => Err(Refusal::DecisionDue { step }),
        Step::Appeal => appeal(ground).map(|()| parties),
        Step::Offer if order.craft.is_none() => Err(Refusal::NotTriaged),
        Step::Offer if order.urgency != Urgency::Emergency && !parties.contains(&Party::Station) => Err(Refusal::NotYours { step }),
        Step::AssignMembers if !is_team(order) => Err(Refusal::NotYours { step }),
        Step::Reschedule => reschedule(parties, ground),
        Step::NoShow => not_before(order.agreed.map(|agreed| agreed.start), ground).map(|()| parties),
        Step::CheckIn => check_in(ground).map(|()| parties),
        Step::Review => review(ground).map(|()| parties),
        Step::Escalate if parties.contains(&Party::Timer) => Ok(parties),
        Step::Escalate => above(order).map_or(Err(Refusal::AtRoot), |_| Ok(parties)),
        Step::Decide => decision(parties, ground),
        Step::Place
        | Step::Triage
        | Step::Transfer
        | Step::Refuse
        | Step::Offer
        | Step::Recall
        | Step::Decline
        | Step::Expire
        | Step::Accept
        | Step::AssignMembers
        | Step::Release
        | Step::Abort
        | Step::Finish
        | Step::DefaultReview
        | Step::Mend
        | Step::Cancel
        | Step::Remind => Ok(parties),
    }
}

/// Once, and within the days after the refusal.
fn appeal(ground: &Ground<'_>) -> Result<(), Refusal> {
    let open = |refused| ground.at < end_of_day_after(refused, ground.policy.appeal_days, ground.zone);
    if !ground.order.appealed && ground.order.ended_at.is_some_and(open) { Ok(()) } else { Err(Refusal::AppealClosed) }
}

/// Who placed the order for somebody and now serves it does not agree in their name.
fn reschedule(mut parties: Vec<Party>, ground: &Ground<'_>) -> Result<Vec<Party>, Refusal> {
    if ground.acting.serves(ground.order) {
        parties.retain(|party| *party != Party::Placer);
    }
    if parties.is_empty() { Err(Refusal::NotYours { step: Step::Reschedule }) } else { Ok(parties) }
}

/// A little before the agreed start, with the whole team named.
fn check_in(ground: &Ground<'_>) -> Result<(), Refusal> {
    let order = ground.order;
    not_before(order.agreed.map(|agreed| later(agreed.start, -ground.policy.early_check_in_minutes)), ground)?;
    let named = i32::try_from(order.members.len()).unwrap_or(i32::MAX);
    if is_team(order) && named < order.people_needed {
        return Err(Refusal::WrongMembers { needed: order.people_needed, named });
    }
    Ok(())
}

/// Never by those who served. On a closed order only where nobody has reviewed yet, and only for some days.
fn review(ground: &Ground<'_>) -> Result<(), Refusal> {
    let order = ground.order;
    if ground.acting.serves(order) {
        return Err(Refusal::WrongReviewChannel);
    }
    if order.state != State::Closed {
        return Ok(());
    }
    let open = |finished| ground.at < end_of_day_after(finished, ground.policy.late_review_days, ground.zone);
    let late = order.outcome == Some(Outcome::Unreviewed) && order.finished_at.is_some_and(open);
    if late { Ok(()) } else { Err(Refusal::ReviewClosed) }
}

/// Only while one is due, and by a station only where it lies above the one that dispatched the order: at the region's root
/// nothing lies above but the supervisor.
fn decision(mut parties: Vec<Party>, ground: &Ground<'_>) -> Result<Vec<Party>, Refusal> {
    let order = ground.order;
    if !order.decision_due {
        return Err(Refusal::NoDecisionDue);
    }
    let is_above = |from: &DivisionCode| *from != order.handler && order.handler.covers(from);
    if !order.dispatched_from.as_ref().is_none_or(is_above) {
        parties.retain(|party| *party != Party::Station);
    }
    if parties.is_empty() { Err(Refusal::NotYours { step: Step::Decide }) } else { Ok(parties) }
}

fn not_before(from: Option<Timestamp>, ground: &Ground<'_>) -> Result<(), Refusal> {
    match from {
        Some(from) if ground.at < from => Err(Refusal::TooEarly { from }),
        Some(_) | None => Ok(()),
    }
}

fn is_team(order: &Order) -> bool {
    matches!(order.taker, Some(Taker::Organisation(_)))
}

/// The division above the one that handles the order, if it belongs to the region.
pub(super) fn above(order: &Order) -> Option<DivisionCode> {
    order.handler.parent().filter(|above| order.region.covers(above))
}
