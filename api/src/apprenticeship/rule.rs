//! What every step of an apprenticeship asks: who may know of it, whether the step is possible, whether the master may teach.

use domain::apprenticeship::{ApprenticeshipPolicy, ApprenticeshipStep};
use domain::identity::{Actor, Role};
use domain::message::MessageKind;
use domain::person::{ConsentKind, VolunteerState, is_withdrawn};
use domain::vocabulary::Vocabulary as _;
use persistence::apprenticeship::{self, Apprenticeship};
use persistence::catalogue::{self, Certification};
use persistence::person::{self, Person};
use persistence::{Tx, identity, message};
use uuid::Uuid;

use crate::actor::Permission;
use crate::person::consent::{require, waits_for_guardian};
use crate::person::view::volunteer_of;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// An apprenticeship in which the actor takes part, or of a division where they may do `P`; others are not there.
pub(super) fn visible<P: Permission>(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Apprenticeship, Fault> {
    let found = apprenticeship::load(tx, id)?;
    if actor.person.and_then(|person| found.side_of(person)).is_none() {
        region::within::<P>(tx, actor, &found.division)?;
    }
    Ok(found)
}

/// Refuses a step that is not possible from where an apprenticeship stands.
pub(super) fn possible(found: &Apprenticeship, step: ApprenticeshipStep) -> Result<(), Problem> {
    if step.is_possible(found.state, found.asked.is_some()) { Ok(()) } else { Err(stands(found)) }
}

/// Where an apprenticeship stands, as what stands against a step.
pub(super) fn stands(found: &Apprenticeship) -> Problem {
    let allowed: Vec<&str> = found.state.allowed(found.asked.is_some()).into_iter().map(|step| step.as_str()).collect();
    let words = vec![found.state.as_str().to_owned(), allowed.join(", ")];
    Problem::stands_against(Code::ApprenticeshipStep, Rule::ApprenticeshipStep, words)
}

/// The certification by which somebody may teach a craft now, if there is one: of an active volunteer, at the level that the policy asks
/// for.
pub(super) fn certification(tx: &mut Tx, policy: &ApprenticeshipPolicy, master: Uuid, craft: Uuid) -> Result<Option<Certification>, Fault> {
    if volunteer_of(tx, master)?.is_none_or(|volunteer| volunteer.state != VolunteerState::Active) {
        return Ok(None);
    }
    let now = tx.now();
    let holds = |held: &Certification| {
        held.craft == craft
            && held.level >= policy.master_level
            && held.suspended_at.is_none()
            && held.valid_from <= now
            && now < held.valid_until
    };
    Ok(catalogue::list_certifications(tx, master)?.into_iter().find(holds))
}

/// The certification by which somebody teaches.
///
/// # Errors
/// [`Code::NotAMaster`] where there is none now.
pub(super) fn certified(tx: &mut Tx, policy: &ApprenticeshipPolicy, master: Uuid, craft: Uuid) -> Result<Certification, Fault> {
    let level = || Problem::stands_against(Code::NotAMaster, Rule::NotAMaster, vec![policy.master_level.as_str().to_owned()]);
    certification(tx, policy, master, craft)?.ok_or_else(|| level().into())
}

/// Refuses who has withdrawn the consent to be registered, and minors whose guardian has not given it.
pub(super) fn may_take_part(tx: &mut Tx, services: &Services, person: &Person) -> Result<(), Fault> {
    let withdrawn = is_withdrawn(ConsentKind::Register, &person::given_consents(tx, person.id)?);
    if withdrawn || waits_for_guardian(tx, services, person)? {
        require(tx, services, person, ConsentKind::Register, None)?;
    }
    Ok(())
}

/// Refuses one more apprentice than the policy allows. The master's record is held before: of two at once the second counts the first.
pub(super) fn has_room(tx: &mut Tx, policy: &ApprenticeshipPolicy, master: Uuid) -> Result<(), Fault> {
    if apprenticeship::apprentices_of(tx, master)? < policy.most_apprentices {
        return Ok(());
    }
    let words = vec![policy.most_apprentices.to_string(), policy.version.clone()];
    Err(Problem::stands_against(Code::MasterFull, Rule::MasterFull, words).into())
}

/// Holds two people until the transaction ends, in one order whoever asks.
pub(super) fn hold_both(tx: &mut Tx, one: Uuid, other: Uuid) -> Result<(), Fault> {
    let mut both = [one, other];
    both.sort_unstable();
    for id in both {
        let version = person::version(tx, id)?;
        person::hold(tx, id, version)?;
    }
    Ok(())
}

/// Tells the social workers of the division and of those above it.
pub(super) fn tell_staff(tx: &mut Tx, kind: MessageKind, found: &Apprenticeship) -> Result<(), Fault> {
    let near: Vec<_> = found.division.lineage().into_iter().filter(|code| found.region.covers(code)).collect();
    let accounts = identity::working_at(tx, &near, &[Role::SocialWorker])?;
    Ok(message::tell_accounts(tx, kind, found.id, &accounts)?)
}

/// Tells those of the two who are not the actor.
pub(super) fn tell_others(tx: &mut Tx, kind: MessageKind, found: &Apprenticeship, actor: Option<Uuid>) -> Result<(), Fault> {
    for person in [found.master, found.apprentice] {
        if actor != Some(person) {
            message::tell(tx, kind, found.id, person)?;
        }
    }
    Ok(())
}
