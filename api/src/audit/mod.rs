//! The audit log 审计: what requests say of themselves for it, its chain, reading it, and its signed checkpoints.

pub mod chain;
pub mod check;
pub mod checkpoint;
pub mod entry;
pub mod file;
pub mod keys;
mod origin;
pub mod witness;

pub use origin::{acts, origin, refused};

use domain::identity::{Actor, may_everywhere, may_in};
use domain::region::DivisionCode;

use crate::actor::Permission;
use crate::endpoint::Endpoint;
use crate::problem::{Code, Problem, Rule};
use crate::services::Services;

/// What the service does by itself, by the name under which it stands in the log.
pub const JOBS: [&str; 2] = ["deadlines", persistence::audit::RETENTION];

/// The commands of the command line whose writes stand in the log.
pub const COMMANDS: [&str; 6] = ["linli user", "linli client", "linli region", "linli import", "linli keys", "linli retention"];

/// Whether there can be entries of this action: an operation of the contract, a job or a command.
fn is_action(action: &str) -> bool {
    crate::endpoint::is_operation(action) || JOBS.contains(&action) || COMMANDS.contains(&action)
}

/// Every endpoint of the audit log.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [entry::endpoints(), checkpoint::endpoints(), keys::endpoints()].into_iter().flatten().collect()
}

/// The chain that a request names: a region's, if the actor may do `P` in all of it, or the installation's own, for operators of
/// all its regions.
///
/// # Errors
/// [`Code::NotFound`] where it is not for this actor; names the field where it is no code.
pub(crate) fn chain_of<P: Permission>(services: &Services, actor: &Actor, pointer: &str, region: Option<&str>) -> Result<String, Problem> {
    let Some(raw) = region else {
        let regions: Vec<DivisionCode> = services.book.regions().iter().map(|region| region.division.clone()).collect();
        let all = may_everywhere(P::ACTION, actor, &regions);
        return if all { Ok(String::new()) } else { Err(Problem::field(pointer, Rule::Required)) };
    };
    let division: DivisionCode = crate::region::code(pointer, raw)?;
    let known = services.book.region_of(&division).is_some_and(|region| region.division == division);
    if known && may_in(P::ACTION, actor, &division) { Ok(division.to_string()) } else { Err(Code::NotFound.into()) }
}
