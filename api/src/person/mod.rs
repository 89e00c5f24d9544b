//! People 人员 over HTTP: records, volunteers, certified crafts.

pub mod certification;
pub mod consent;
pub mod craftsman;
pub mod dispute;
pub mod entry;
pub mod erasure;
pub mod expiry;
pub mod export;
pub mod input;
pub mod insurance;
pub mod merge;
pub mod policy;
pub mod profile;
pub mod search;
pub mod unmask;
pub mod view;
pub mod volunteer;
mod withdrawal;

use domain::identity::Actor;
use persistence::person::Person;
use persistence::{Tx, person};
use uuid::Uuid;

use crate::actor::Permission;
use crate::endpoint::Endpoint;
use crate::identity::second_person::{First, about_another};
use crate::problem::Fault;
use crate::region;

/// Every endpoint of people.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        entry::endpoints(),
        search::endpoints(),
        merge::endpoints(),
        volunteer::endpoints(),
        profile::endpoints(),
        insurance::endpoints(),
        policy::endpoints(),
        expiry::endpoints(),
        certification::endpoints(),
        craftsman::endpoints(),
        consent::endpoints(),
        unmask::endpoints(),
        erasure::endpoints(),
        export::endpoints(),
        dispute::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A person in a division where the actor may do `P`; others are not there.
///
/// # Errors
/// [`crate::problem::Code::NotFound`], or the database's.
fn in_scope<P: Permission>(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Person, Fault> {
    let person = person::load(tx, id)?;
    region::within::<P>(tx, actor, &person.division)?;
    Ok(person)
}

/// As [`in_scope`], for what nobody does to themselves, nor through an account that they have in hand.
///
/// # Errors
/// [`crate::problem::Code::NotFound`], [`crate::problem::Code::SecondPersonNeeded`], or the database's.
pub(crate) fn of_another<P: Permission>(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Person, Fault> {
    let person = in_scope::<P>(tx, actor, id)?;
    about_another::<P>(tx, actor, &First::person(person.id))?;
    Ok(person)
}
