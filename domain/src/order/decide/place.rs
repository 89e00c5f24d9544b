use super::Facts;
use super::draft::Draft;
use crate::days::later;
use crate::order::{Channel, DeadlineKind, Decision, Exclusion, Order, Party, Placing, Refusal, State, Step, Window};

/// Places an order.
///
/// Anybody may place for themselves; for others whoever names a basis. The clocks of triage and dispatch run from here.
///
/// # Errors
/// [`Refusal`] names the rule that stands against it.
pub fn place(placing: &Placing, facts: &Facts<'_>) -> Result<Decision, Refusal> {
    let party = placing_party(placing, facts)?;
    check(placing, facts)?;
    let order = placed(placing, party, facts)?;
    let mut draft = Draft::new(&order, vec![party], facts);
    draft.record(Step::Place, State::Placed, None);
    draft.open_in(DeadlineKind::TriageBy, draft.limits().triage);
    draft.open_in(DeadlineKind::DispatchBy, draft.limits().dispatch);
    Ok(draft.into_decision())
}

/// The person served, else a station or grid member in their area, else somebody who says on what basis.
fn placing_party(placing: &Placing, facts: &Facts<'_>) -> Result<Party, Refusal> {
    if facts.acting.person == Some(placing.subject) {
        return Ok(Party::Subject);
    }
    if placing.basis.is_none() {
        return Err(Refusal::BasisRequired);
    }
    let staff = [Party::Station, Party::Grid].into_iter().find(|party| facts.acting.is(*party));
    Ok(staff.unwrap_or(Party::Placer))
}

fn check(placing: &Placing, facts: &Facts<'_>) -> Result<(), Refusal> {
    let in_region = placing.region.covers(&placing.handler) && placing.region.covers(&placing.division);
    if !in_region || !placing.handler.covers(&placing.division) {
        return Err(Refusal::WrongDivision);
    }
    if (placing.channel == Channel::Hotline) != placing.external_ref.is_some() {
        return Err(Refusal::TicketMismatch);
    }
    check_minutes(placing.minutes, facts)?;
    placing.wanted.map_or(Ok(()), |wanted| check_time(wanted, facts, facts.now))
}

/// Whether a service may take so long.
pub(super) fn check_minutes(minutes: i32, facts: &Facts<'_>) -> Result<(), Refusal> {
    check_range("minutes", i64::from(minutes), 1, i64::from(facts.policy.max_minutes))
}

/// Whether a time has an end after its start, and starts neither in the past nor beyond what can be planned.
pub(super) fn check_time(window: Window, facts: &Facts<'_>, at: crate::Timestamp) -> Result<(), Refusal> {
    let earliest = later(at, -facts.policy.start_tolerance_minutes);
    let latest = later(at, facts.policy.book_ahead_days.saturating_mul(24 * 60));
    let right = window.start < window.end && (earliest..=latest).contains(&window.start) && window.end > at;
    if right { Ok(()) } else { Err(Refusal::WrongTime) }
}

/// Whether a number lies in its range.
pub(super) fn check_range(field: &'static str, value: i64, min: i64, max: i64) -> Result<(), Refusal> {
    if (min..=max).contains(&value) { Ok(()) } else { Err(Refusal::OutOfRange { field, min, max }) }
}

fn placed(placing: &Placing, party: Party, facts: &Facts<'_>) -> Result<Order, Refusal> {
    let placed_by = facts.acting.account.ok_or(Refusal::NotYours { step: Step::Place })?;
    Ok(Order {
        id: placing.id,
        number: placing.number.clone(),
        region: placing.region.clone(),
        division: placing.division.clone(),
        handler: placing.handler.clone(),
        service: placing.service,
        payment: placing.payment,
        hazard: placing.hazard,
        craft: placing.craft,
        group: placing.group,
        urgency: placing.urgency,
        minutes: placing.minutes,
        people_needed: 1,
        subject: placing.subject,
        placed_by,
        placer: facts.acting.person,
        channel: placing.channel,
        basis: placing.basis.filter(|_| party != Party::Subject),
        external_ref: placing.external_ref.clone(),
        wanted: placing.wanted,
        position: placing.position,
        policy_version: facts.policy.version.clone(),
        state: State::Placed,
        version: 0,
        changed_at: facts.now,
        placed_at: facts.now,
        round: 0,
        returns: 0,
        mends: 0,
        appealed: false,
        decision_due: false,
        bound: false,
        exclusion: Exclusion::None,
        taker: None,
        members: Vec::new(),
        agreed: None,
        proposal: None,
        dispatched_at: None,
        dispatched_on: None,
        dispatched_from: None,
        matched: None,
        checked_in_at: None,
        finished_at: None,
        fee_fen: 0,
        materials_fen: 0,
        worked_minutes: None,
        stars: None,
        ended_at: None,
        outcome: None,
        first_contact_at: None,
        first_contact_in_time: None,
        callback_solved: None,
        callback_satisfied: None,
    })
}
