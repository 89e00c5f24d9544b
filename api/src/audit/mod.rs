//! The audit log 审计: what requests say of themselves for it, its chain, reading it, and its signed checkpoints.

pub mod chain;
pub mod check;
pub mod checkpoint;
pub mod entry;
pub mod file;
mod origin;

pub use origin::{acts, origin, refused};

use domain::identity::{Actor, Role, may_in};
use domain::region::DivisionCode;

use crate::actor::Permission;
use crate::endpoint::Endpoint;
use crate::problem::{Code, Problem};
use crate::services::Services;

/// Every endpoint of the audit log.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [entry::endpoints(), checkpoint::endpoints()].into_iter().flatten().collect()
}

/// The chain that a request names: a region's, if the actor may do `P` in all of it, or the installation's own, for operators.
///
/// # Errors
/// [`Code::NotFound`] where it is not for this actor; names the field where it is no code.
fn chain_of<P: Permission>(services: &Services, actor: &Actor, pointer: &str, region: Option<&str>) -> Result<String, Problem> {
    let Some(raw) = region else {
        return if actor.has(Role::Operator) { Ok(String::new()) } else { Err(Problem::field(pointer, crate::problem::Rule::Required)) };
    };
    let division: DivisionCode = crate::region::code(pointer, raw)?;
    let known = services.book.region_of(&division).is_some_and(|region| region.division == division);
    if known && may_in(P::ACTION, actor, &division) { Ok(division.to_string()) } else { Err(Code::NotFound.into()) }
}
