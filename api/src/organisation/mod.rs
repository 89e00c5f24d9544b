//! Organisations 组织 over HTTP: what they are and how they come to serve, who belongs to them, and their fund books.

pub mod alliance;
pub mod edit;
pub mod fund;
pub mod life;
pub mod member;
pub mod paper;
pub mod policy;
pub mod record;
pub mod report;

use domain::identity::{Actor, Who};
use persistence::Tx;
use persistence::organisation::{self, Organisation};
use uuid::Uuid;

use crate::actor::Permission;
use crate::endpoint::Endpoint;
use crate::problem::{Code, Fault};
use crate::region;

/// Every endpoint of organisations.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        record::endpoints(),
        edit::endpoints(),
        life::endpoints(),
        member::endpoints(),
        alliance::endpoints(),
        fund::endpoints(),
        report::endpoints(),
        policy::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether the actor may do `P` with an organisation: as its manager, by an office in it, or by a role where it is at home.
///
/// # Errors
/// The database's.
pub(crate) fn may_do<P: Permission>(tx: &mut Tx, actor: &Actor, organisation: &Organisation) -> Result<bool, Fault> {
    let who = P::ACTION.who();
    if who.contains(&Who::Manager) && actor.manages().contains(&organisation.id) {
        return Ok(true);
    }
    if region::may_in::<P>(tx, actor, &organisation.division)? {
        return Ok(true);
    }
    match actor.person.filter(|_| who.contains(&Who::Officer)) {
        Some(person) => Ok(organisation::role_of(tx, organisation.id, person)?.is_some_and(|role| role.may(P::ACTION))),
        None => Ok(false),
    }
}

/// An organisation with which the actor may do `P`. Everybody who has signed in may know of it, so others get 403.
///
/// # Errors
/// [`Code::NotFound`], [`Code::Forbidden`], or the database's.
pub(crate) fn permitted<P: Permission>(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Organisation, Fault> {
    let organisation = organisation::load(tx, id)?;
    if may_do::<P>(tx, actor, &organisation)? { Ok(organisation) } else { Err(Code::Forbidden.into()) }
}
