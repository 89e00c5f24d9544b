//! The light cavalry 移动轻骑兵 over HTTP: who belongs to it, who is on duty nearby, and what an emergency rings.

pub(crate) mod clock;
mod count;
mod duty;
mod member;
mod near;
mod policy;
pub(crate) mod ring;
mod view;

pub(crate) use view::{CavalryRecord, record_of};

use domain::cavalry::hindrances;
use domain::dispatch::Candidate;
use domain::order::Hazard;
use domain::region::DivisionCode;
use persistence::candidate::{self, Occasion};
use persistence::{StoreError, Tx, cavalry, person};
use uuid::Uuid;

use crate::endpoint::Endpoint;
use crate::problem::{Code, Fault, not_for_cavalry};

/// Every endpoint of the cavalry.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [member::endpoints(), duty::endpoints(), near::endpoints(), count::endpoints(), policy::endpoints()].into_iter().flatten().collect()
}

/// What the rules of dispatch know of somebody for a rescue in a region: whether they are active and of age, and their certificates.
fn candidate(tx: &mut Tx, person: Uuid, region: &DivisionCode) -> Result<Candidate, StoreError> {
    let occasion = Occasion { order: Uuid::nil(), region: region.clone(), hazard: Hazard::Rescue };
    candidate::person(tx, person, None, &occasion, None)
}

/// Holds somebody who may be in the cavalry until the transaction ends, so that whoever erases them, withdraws their consent or pauses
/// them meanwhile comes after, and finds what was done here.
fn hold(tx: &mut Tx, person: &person::Person, region: &DivisionCode) -> Result<(), Fault> {
    person::hold(tx, person.id, person.version)?;
    let held = cavalry::holds_duty(tx, person.id)?;
    if person::erasure(tx, person.id)?.is_some() {
        return Err(Code::NotFound.into());
    }
    let rules = hindrances(&candidate(tx, person.id, region)?);
    if rules.is_empty() && held { Ok(()) } else { Err(not_for_cavalry(&rules).into()) }
}
