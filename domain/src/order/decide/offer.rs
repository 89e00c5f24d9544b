use uuid::Uuid;

use super::draft::Draft;
use super::place::check_range;
use crate::days::{later, local_day};
use crate::dispatch::offerable;
use crate::order::{Change, DeadlineKind, Offer, OfferState, Party, Reason, Refusal, State, Step, Taker, Taking};

/// Asks takers, all or none of them. The first offer of all starts the clocks of acceptance, arrival and finishing.
pub(super) fn offer(draft: &mut Draft<'_>, takers: &[Taking]) -> Result<(), Refusal> {
    let most = i64::from(draft.policy().offers_per_round);
    check_range("takers", i64::try_from(takers.len()).unwrap_or(i64::MAX), 1, most)?;
    for (index, taking) in takers.iter().enumerate() {
        let before = takers.iter().take(index);
        if before.map(|earlier| earlier.candidate.taker).any(|taker| taker == taking.candidate.taker) {
            return Err(Refusal::AlreadyOffered { offer: index });
        }
        check_taker(draft, index, taking)?;
    }
    if draft.order.state == State::Queued {
        draft.order.round += 1;
    }
    let first = draft.order.dispatched_at.is_none();
    if first {
        draft.order.dispatched_at = Some(draft.at);
        draft.order.dispatched_on = Some(local_day(draft.at, draft.facts.zone));
    }
    draft.order.dispatched_from = Some(draft.order.handler.clone());
    let about = takers.first().filter(|_| takers.len() == 1).map(|taking| taking.offer);
    let by_clock = draft.facts.acting.is(Party::Timer);
    draft.record_about(Step::Offer, State::Offered, by_clock.then_some(Reason::EmergencyNearby), about);
    for taking in takers {
        draft.change(Change::Offered(Offer {
            id: taking.offer,
            round: draft.order.round,
            taker: taking.candidate.taker,
            state: OfferState::Open,
            offered_at: draft.at,
            due: later(draft.at, draft.limits().answer),
            answered_at: None,
            reason: None,
        }));
    }
    // An order that was handed over before triage, for a service whose craft is known, is dispatched without it.
    draft.meet(DeadlineKind::TriageBy);
    draft.meet(DeadlineKind::DispatchBy);
    if first {
        let limits = draft.limits();
        draft.open_in(DeadlineKind::AcceptBy, limits.accept);
        draft.open_in(DeadlineKind::ArriveBy, limits.arrive);
        draft.open_in(DeadlineKind::FinishBy, limits.finish);
    }
    Ok(())
}

fn check_taker(draft: &Draft<'_>, index: usize, taking: &Taking) -> Result<(), Refusal> {
    let (order, candidate) = (&draft.order, &taking.candidate);
    if draft.facts.acting.speaks_for(candidate.taker) {
        return Err(Refusal::SelfDispatch);
    }
    if draft.open_offers().iter().any(|open| open.taker == candidate.taker) {
        return Err(Refusal::AlreadyOffered { offer: index });
    }
    if order.people_needed > 1 && matches!(candidate.taker, Taker::Person(_)) {
        return Err(Refusal::NeedsTeam { needed: order.people_needed });
    }
    let rules = offerable(order, candidate, draft.at);
    if rules.is_empty() { Ok(()) } else { Err(Refusal::NotEligible { offer: Some(index), rules }) }
}

pub(super) fn recall(draft: &mut Draft<'_>, reason: Reason) -> Result<(), Refusal> {
    draft.check_reason(Step::Recall, reason)?;
    draft.requeue(Step::Recall, reason, None);
    Ok(())
}

pub(super) fn decline(draft: &mut Draft<'_>, taker: Taker, reason: Reason) -> Result<(), Refusal> {
    draft.check_reason(Step::Decline, reason)?;
    let offer = open_offer(draft, taker)?;
    close_one(draft, Step::Decline, &offer, OfferState::Declined, reason);
    Ok(())
}

pub(super) fn expire(draft: &mut Draft<'_>, offer: Uuid) -> Result<(), Refusal> {
    let open = draft.open_offers().into_iter().find(|open| open.id == offer).ok_or(Refusal::NoOpenOffer)?;
    if open.can_be_accepted(draft.at) {
        return Err(Refusal::NotDue);
    }
    close_one(draft, Step::Expire, &open, OfferState::Expired, Reason::Overdue);
    Ok(())
}

/// The open offer to a taker for whom the actor speaks.
pub(super) fn open_offer(draft: &Draft<'_>, taker: Taker) -> Result<Offer, Refusal> {
    let offer = draft.open_offers().into_iter().find(|offer| offer.taker == taker);
    offer.filter(|_| draft.facts.acting.speaks_for(taker)).ok_or(Refusal::NoOpenOffer)
}

/// One offer less. The order goes back to the queue with the last one.
fn close_one(draft: &mut Draft<'_>, step: Step, offer: &Offer, state: OfferState, reason: Reason) {
    draft.answer(offer.id, state, Some(reason));
    if draft.open_offers().is_empty() {
        draft.requeue(step, reason, Some(offer.id));
    } else {
        draft.record_about(step, State::Offered, Some(reason), Some(offer.id));
    }
}
