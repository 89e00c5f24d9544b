use uuid::Uuid;

use super::draft::Draft;
use super::offer::open_offer;
use super::place::check_time;
use crate::Timestamp;
use crate::days::later;
use crate::dispatch::{Candidate, eligible, is_certified};
use crate::order::{Change, DeadlineKind, Hazard, OfferState, Order, Party, Proposal, Reason, Refusal, Side, State, Step, Taker, Window};

/// One taker says yes. The other offers are taken back in the same decision, so that exactly one can.
pub(super) fn accept(draft: &mut Draft<'_>, candidate: &Candidate, start: Option<Timestamp>, members: &[Candidate]) -> Result<(), Refusal> {
    let offer = open_offer(draft, candidate.taker)?;
    if !offer.can_be_accepted(draft.at) {
        return Err(Refusal::NoOpenOffer);
    }
    let agreed = agreed_window(draft, start)?;
    check_candidate(draft, candidate, agreed)?;
    let members = match candidate.taker {
        Taker::Person(_) if members.is_empty() => Vec::new(),
        Taker::Person(_) => return Err(Refusal::WrongMembers { needed: 0, named: count(members) }),
        // Who serves where it is dangerous is asked about before it begins, one by one.
        Taker::Organisation(_) if members.is_empty() && draft.order.hazard == Hazard::None => Vec::new(),
        Taker::Organisation(_) => check_members(draft, members, agreed)?,
    };
    draft.answer(offer.id, OfferState::Accepted, None);
    draft.withdraw_offers(None);
    let certified = is_certified(&draft.order, candidate, draft.at);
    let order = &mut draft.order;
    if order.matched.is_none() {
        order.matched = Some(order.round == 1 && certified);
    }
    order.taker = Some(candidate.taker);
    order.members = members;
    order.agreed = Some(agreed);
    order.proposal = None;
    draft.record_about(Step::Accept, State::Accepted, None, Some(offer.id));
    draft.meet(DeadlineKind::AcceptBy);
    draft.open_visit(agreed);
    draft.claim();
    Ok(())
}

/// The time agreed by accepting: as named, else as wanted, else now. Within what the resident wants, unless that has passed.
fn agreed_window(draft: &Draft<'_>, start: Option<Timestamp>) -> Result<Window, Refusal> {
    let (order, at) = (&draft.order, draft.at);
    let wanted = order.wanted.filter(|wanted| wanted.end > at);
    let start = start.unwrap_or_else(|| wanted.map_or(at, |wanted| wanted.start.max(at)));
    if wanted.is_some_and(|wanted| start < wanted.start || start >= wanted.end) {
        return Err(Refusal::WrongTime);
    }
    let agreed = Window { start, end: later(start, order.minutes) };
    check_time(agreed, draft.facts, at)?;
    Ok(agreed)
}

fn check_candidate(draft: &Draft<'_>, candidate: &Candidate, agreed: Window) -> Result<(), Refusal> {
    let order = &draft.order;
    if order.people_needed > 1 && matches!(candidate.taker, Taker::Person(_)) {
        return Err(Refusal::NeedsTeam { needed: order.people_needed });
    }
    let rules = eligible(order, candidate, Some(agreed), draft.at);
    if rules.is_empty() { Ok(()) } else { Err(Refusal::NotEligible { offer: None, rules }) }
}

/// The people of a team: as many as the order needs, each once, each eligible.
fn check_members(draft: &Draft<'_>, members: &[Candidate], agreed: Window) -> Result<Vec<Uuid>, Refusal> {
    let order = &draft.order;
    let mut people = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let mut rules = eligible(order, member, Some(agreed), draft.at);
        match member.taker {
            Taker::Person(person) if !people.contains(&person) => people.push(person),
            Taker::Person(_) => {}
            Taker::Organisation(_) => rules.push(crate::dispatch::Ineligible::NotMember),
        }
        if !rules.is_empty() {
            return Err(Refusal::NotEligible { offer: Some(index), rules });
        }
    }
    let named = i32::try_from(people.len()).unwrap_or(i32::MAX);
    if named == order.people_needed && people.len() == members.len() {
        Ok(people)
    } else {
        Err(Refusal::WrongMembers { needed: order.people_needed, named })
    }
}

fn count(members: &[Candidate]) -> i32 {
    i32::try_from(members.len()).unwrap_or(i32::MAX)
}

/// Other people of the team serve.
pub(super) fn assign_members(draft: &mut Draft<'_>, members: &[Candidate]) -> Result<(), Refusal> {
    let agreed = draft.order.agreed.ok_or(Refusal::WrongTime)?;
    draft.order.members = check_members(draft, members, agreed)?;
    draft.record(Step::AssignMembers, State::Accepted, None);
    draft.change(Change::Freed);
    draft.claim();
    Ok(())
}

/// One side proposes a time; the other agrees by naming the same one, or proposes another.
pub(super) fn reschedule(draft: &mut Draft<'_>, window: Window) -> Result<(), Refusal> {
    let by = side(draft);
    check_window(draft, window)?;
    match draft.order.proposal {
        Some(proposal) if proposal.window == window && proposal.by == by => Err(Refusal::AlreadyProposed),
        Some(proposal) if proposal.window == window => {
            draft.order.agreed = Some(window);
            draft.order.proposal = None;
            draft.record(Step::Reschedule, State::Accepted, Some(Reason::Agreed));
            draft.open_visit(window);
            draft.change(Change::Freed);
            draft.claim();
            Ok(())
        }
        Some(_) | None => {
            draft.order.proposal = Some(Proposal { window, by });
            draft.record(Step::Reschedule, State::Accepted, Some(Reason::Proposed));
            Ok(())
        }
    }
}

/// For which side the actor speaks. Who stands on both speaks for the taker: the person served must then agree.
fn side(draft: &mut Draft<'_>) -> Side {
    let is_taker = draft.parties.contains(&Party::Taker);
    draft.parties.retain(|party| (*party == Party::Taker) == is_taker);
    if is_taker { Side::Taker } else { Side::Resident }
}

/// A time that can be planned and is no longer than a service may be.
fn check_window(draft: &Draft<'_>, window: Window) -> Result<(), Refusal> {
    check_time(window, draft.facts, draft.at)?;
    let longest = later(window.start, draft.policy().max_minutes);
    if window.end > longest || is_agreed(&draft.order, window) { Err(Refusal::WrongTime) } else { Ok(()) }
}

/// The time that stands already is no new one.
fn is_agreed(order: &Order, window: Window) -> bool {
    order.agreed == Some(window)
}
