//! Partnerships 共建 over HTTP: what organisations share, who has given their word for it, and how it is used.

mod draw;
mod life;
mod pledge;
mod view;

use domain::identity::Actor;
use persistence::Tx;
use persistence::organisation::{self, Party};
use uuid::Uuid;

use crate::actor::Permission;
use crate::endpoint::Endpoint;
use crate::organisation::may_do;
use crate::problem::{Code, Fault, Problem, Rule};

/// Every endpoint of partnerships.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [life::endpoints(), pledge::endpoints(), draw::endpoints()].into_iter().flatten().collect()
}

/// Refuses who may do `P` for none of the parties. Everybody who has signed in may know of a partnership, so they get 403.
///
/// # Errors
/// [`Code::Forbidden`], or the database's.
fn for_any<P: Permission>(tx: &mut Tx, actor: &Actor, parties: &[Party]) -> Result<(), Fault> {
    for party in parties {
        let organisation = organisation::load(tx, party.organisation)?;
        if may_do::<P>(tx, actor, &organisation)? {
            return Ok(());
        }
    }
    Err(Code::Forbidden.into())
}

/// Refuses who may not do `P` for a party, and what is no party.
///
/// # Errors
/// Names the field; [`Code::Forbidden`], or the database's.
fn for_party<P: Permission>(tx: &mut Tx, actor: &Actor, parties: &[Party], party: Uuid) -> Result<Party, Fault> {
    let found = parties.iter().find(|known| known.organisation == party).copied();
    let Some(found) = found else {
        for_any::<P>(tx, actor, parties)?;
        return Err(Problem::field("/organisation", Rule::NotAParty).into());
    };
    let organisation = organisation::load(tx, party)?;
    if may_do::<P>(tx, actor, &organisation)? { Ok(found) } else { Err(Code::Forbidden.into()) }
}
