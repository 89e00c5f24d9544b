//! What a withdrawn consent means for the needs of a person.

use domain::demand::{Command, DropReason, Edit, Item, Refusal, Subject, decide};
use domain::order::Basis;
use domain::person::ConsentKind;
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::demand::{self, Recorded};
use uuid::Uuid;

use super::with_facts;
use crate::problem::Fault;
use crate::services::Services;

/// Takes off the lists which needs of a person rest on nothing any more; of the others what says that somebody is frail, poor or alone,
/// where only that does. A need that is being served leaves the list with the order's end; a household's is its other members', too.
///
/// # Errors
/// The database's.
pub(crate) fn take_off(
    tx: &mut Tx,
    services: &Services,
    known_as: &[Uuid],
    by: Uuid,
    holds: impl Fn(ConsentKind, Option<Basis>) -> bool,
) -> Result<(), Fault> {
    let needs = demand::by_person(tx, known_as)?;
    for item in needs.iter().filter(|item| item.state.is_live() && matches!(item.subject, Subject::Person(_))) {
        let bases = demand::bases(tx, item.id)?;
        let rests = |kind| holds(kind, None) || bases.iter().any(|basis| holds(kind, Some(*basis)));
        let reason = DropReason::ConsentWithdrawn;
        if !rests(ConsentKind::BeServed) {
            keep(tx, services, item, &Command::Drop(reason), Recorded::by(by).because(Some(reason.as_str())))?;
        } else if !item.tags.is_empty() && !rests(ConsentKind::SensitiveData) {
            let bare = Edit { urgency: item.urgency, tags: Vec::new() };
            keep(tx, services, item, &Command::Edit(bare), Recorded::by(by))?;
        }
    }
    Ok(())
}

fn keep(tx: &mut Tx, services: &Services, item: &Item, command: &Command, recorded: Recorded) -> Result<(), Fault> {
    let decided = with_facts(tx, services, &item.region, |facts| Ok(decide(item, command, facts)))?;
    match decided {
        Ok(decision) => Ok(demand::save(tx, item, &decision, recorded)?),
        Err(Refusal::OrderUnderWay) => Ok(()),
        Err(refusal) => Err(refusal.into()),
    }
}
