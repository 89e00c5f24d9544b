//! Regions 区划 over HTTP: the tree of divisions, who lives there, who runs a programme, and by which policies.

pub mod alias;
pub mod division;
pub mod import;
pub mod policy;
pub mod population;
pub mod programme;

use domain::identity::{self, Actor};
use domain::region::DivisionCode;
use persistence::{StoreError, Tx, region};

use crate::actor::Permission;
use crate::endpoint::Endpoint;
use crate::problem::{Code, Fault, Problem, Rule, refers};

pub use crate::order::step::division as code;
pub use policy::region_itself;

/// Every endpoint of regions.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [division::endpoints(), import::endpoints(), alias::endpoints(), population::endpoints(), programme::endpoints(), policy::endpoints()]
        .into_iter()
        .flatten()
        .collect()
}

/// The division of a code in a request, as it is called today.
///
/// # Errors
/// Names the field where there is none.
pub fn known(tx: &mut Tx, pointer: &str, code: &DivisionCode) -> Result<region::Division, Fault> {
    refers(region::find(tx, code), pointer, Rule::UnknownDivision)
}

/// Whether the actor may do `P` to what was recorded in a division, also under a code that was merged away since.
///
/// # Errors
/// The database's.
pub fn may_in<P: Permission>(tx: &mut Tx, actor: &Actor, division: &DivisionCode) -> Result<bool, StoreError> {
    if identity::may_in(P::ACTION, actor, division) {
        return Ok(true);
    }
    let scopes = identity::scopes(P::ACTION, actor);
    if scopes.is_empty() {
        return Ok(false);
    }
    let ranges = region::ranges_of(tx, &scopes)?;
    Ok(region::lies_in(division, &ranges))
}

/// Refuses what was recorded in a division where the actor may not do `P`, as if it were not there.
///
/// # Errors
/// [`Code::NotFound`], or the database's.
pub fn within<P: Permission>(tx: &mut Tx, actor: &Actor, division: &DivisionCode) -> Result<(), Fault> {
    if may_in::<P>(tx, actor, division)? { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// Checks a text that people read: trimmed, not empty, nothing that cannot be printed.
///
/// # Errors
/// Names the field.
pub fn line(pointer: &str, raw: &str) -> Result<String, Problem> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(Problem::field(pointer, Rule::Required));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::field(pointer, Rule::ControlCharacters));
    }
    Ok(text.to_owned())
}
