//! What is kept of an order without being a step of it: contacts, and whether it counts in the measures.

use uuid::Uuid;

use super::{Contact, ContactKind, Exclusion, Facts, Order, Party, Refusal};
use crate::days::later;

/// Who may speak with the resident for the station.
const CALLERS: &[Party] = &[Party::Station, Party::Above];

/// Who may ask to leave an order out of the measures.
const PROPOSERS: &[Party] = &[Party::Station];

/// Who may answer that, if they have not asked themselves.
const DECIDERS: &[Party] = &[Party::Station, Party::Above, Party::Supervisor];

/// What a contact changes in the order. It is no step: neither the version nor the state changes.
///
/// The first contact counts once, and only if the person was reached; a callback that reached the person says whether the
/// matter is solved and satisfies. Whoever serves the order does not call back about it.
///
/// # Errors
/// [`Refusal`] names the rule that stands against it.
pub fn contact(order: &Order, contact: &Contact, facts: &Facts<'_>) -> Result<Order, Refusal> {
    one_of(CALLERS, facts)?;
    if contact.at < order.placed_at || contact.at > facts.now.max(order.changed_at) {
        return Err(Refusal::WrongTime);
    }
    let mut after = order.clone();
    match contact.kind {
        ContactKind::FirstContact => {
            if contact.solved.is_some() || contact.satisfied.is_some() {
                return Err(Refusal::ContactAnswers);
            }
            if contact.reached && order.first_contact_at.is_none() {
                let limit = later(order.placed_at, facts.policy.limits(order.urgency).first_contact);
                after.first_contact_at = Some(contact.at);
                after.first_contact_in_time = Some(contact.at <= limit);
            }
        }
        ContactKind::Callback => {
            if facts.acting.serves(order) {
                return Err(Refusal::WrongReviewChannel);
            }
            match (contact.reached, contact.solved, contact.satisfied) {
                (true, Some(_), Some(_)) => {
                    after.callback_solved = contact.solved;
                    after.callback_satisfied = contact.satisfied;
                }
                (false, None, None) => {}
                (true, _, _) | (false, _, _) => return Err(Refusal::ContactAnswers),
            }
        }
    }
    Ok(after)
}

/// Changes the out-of-scope flag: a station proposes, a second person confirms or rejects. Confirmed, the order leaves the
/// measures and is listed for evaluators.
///
/// # Errors
/// [`Refusal`] names the rule that stands against it.
pub fn exclude(order: &Order, to: Exclusion, proposed_by: Option<Uuid>, facts: &Facts<'_>) -> Result<Order, Refusal> {
    match (order.exclusion, to) {
        (Exclusion::None, Exclusion::Proposed) => one_of(PROPOSERS, facts)?,
        (Exclusion::Proposed, Exclusion::Confirmed | Exclusion::Rejected) => {
            one_of(DECIDERS, facts)?;
            if proposed_by.is_none() || facts.acting.account.is_none() || facts.acting.account == proposed_by {
                return Err(Refusal::SecondPersonNeeded);
            }
        }
        (Exclusion::None | Exclusion::Proposed | Exclusion::Confirmed | Exclusion::Rejected, _) => return Err(Refusal::ExclusionState),
    }
    let mut after = order.clone();
    after.exclusion = to;
    Ok(after)
}

fn one_of(parties: &'static [Party], facts: &Facts<'_>) -> Result<(), Refusal> {
    let held = parties.iter().any(|party| facts.acting.is(*party));
    if held { Ok(()) } else { Err(Refusal::NotAParty { of: parties }) }
}
