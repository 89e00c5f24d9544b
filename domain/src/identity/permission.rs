use uuid::Uuid;

use super::{Action, Actor, ClientScope, Role};
use crate::order::Party;
use crate::region::DivisionCode;

/// A reason why somebody may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// Everybody, without signing in.
    Public,
    /// Everybody who has signed in.
    Anyone,
    /// Everybody who has signed in, for what is their own: person, account, photo.
    Own,
    /// Who manages the organisation that it is about.
    Manager,
    /// Who belongs to the organisation that it is about and holds an office in it, such as treasurer.
    Officer,
    /// Who holds the role, within the scope of the grant.
    Role(Role),
    /// Who stands in this relation to the order that it is about.
    Party(Party),
    /// A machine client whose token has the scope, within the division of the client.
    Client(ClientScope),
}

/// Every relation in which somebody may see an order.
const SEE_ORDER: &[Party] = &[
    Party::Subject,
    Party::Placer,
    Party::Offered,
    Party::Taker,
    Party::Member,
    Party::Station,
    Party::Above,
    Party::Supervisor,
    Party::Grid,
];

impl Action {
    /// Who may do it: the one table of permissions. Steps of an order follow [`crate::order::Step::by`].
    #[must_use]
    pub fn who(self) -> Vec<Who> {
        use Role::{Administrator, Dispatcher, Evaluator, GridMember, Operator, SiteManager, SocialWorker, Supervisor};
        let roles = |roles: &[Role]| roles.iter().copied().map(Who::Role).collect::<Vec<_>>();
        let parties = |parties: &[Party]| parties.iter().copied().map(Who::Party).collect::<Vec<_>>();
        let or_own = |mut who: Vec<Who>| {
            who.push(Who::Own);
            who
        };
        let or_client = |mut who: Vec<Who>, scope: ClientScope| {
            who.push(Who::Client(scope));
            who
        };
        match self {
            Self::ReadDivisions | Self::ReadCatalogue | Self::ReadSites | Self::ReadPolicy => vec![Who::Public],
            Self::ReadOrganisation | Self::ReadTraining | Self::ReadPartnership => vec![Who::Anyone],
            Self::ReadOwn | Self::ExportOwn => vec![Who::Own],
            Self::ImportDivisions | Self::AddAlias => roles(&[Administrator, Operator]),
            Self::AddGrid | Self::SetPopulation | Self::EditCatalogue | Self::EditPolicy => roles(&[Administrator]),
            Self::EnterPerson | Self::FindPerson => roles(&[GridMember, SocialWorker, Dispatcher]),
            Self::ReadPerson => or_own(roles(&[GridMember, SocialWorker, Dispatcher, Administrator])),
            Self::ClaimPerson | Self::RegisterVolunteer => or_own(roles(&[GridMember, SocialWorker, Dispatcher])),
            Self::UnmaskPerson => [
                roles(&[GridMember, SocialWorker, Dispatcher, Administrator]),
                parties(&[Party::Taker, Party::Member, Party::Station, Party::Above, Party::Grid]),
            ]
            .concat(),
            Self::ApproveUnmasking => roles(&[SocialWorker, Administrator]),
            Self::RecordConsent => or_own(roles(&[GridMember, SocialWorker, Dispatcher])),
            Self::ErasePerson => or_own(roles(&[SocialWorker, Administrator])),
            Self::MergePersons | Self::DecideVolunteer | Self::SuspendCertification | Self::CreateOrganisation => {
                roles(&[SocialWorker, Administrator])
            }
            Self::ReadVolunteerFile => or_own(roles(&[SocialWorker, Administrator])),
            Self::EditInsurance => roles(&[SocialWorker, Administrator]),
            // A result may certify.
            Self::Certify | Self::RecordTraining => roles(&[SocialWorker]),
            Self::EditTraining | Self::ReadEnrolments => roles(&[SocialWorker, Administrator]),
            Self::EnrolInTraining => or_own(roles(&[GridMember, SocialWorker])),
            Self::EditSocialWorkers | Self::RecordExam => roles(&[Administrator]),
            Self::ReadSocialWorkers => or_own(roles(&[SocialWorker, Supervisor, Administrator])),
            Self::ManageCases => roles(&[SocialWorker, Administrator]),
            Self::RegisterForExam => or_own(roles(&[SocialWorker, Administrator])),
            Self::JoinCavalry => or_own(roles(&[GridMember, SocialWorker, Dispatcher])),
            Self::BeOnDuty => vec![Who::Own],
            Self::ReadCavalry => roles(&[SocialWorker, Dispatcher]),
            Self::ManageMembers | Self::EditOrganisation => [vec![Who::Manager], roles(&[SocialWorker, Administrator])].concat(),
            Self::DecideOrganisation => roles(&[SocialWorker, Administrator]),
            Self::ReadOrganisationFile => [vec![Who::Manager], roles(&[SocialWorker, Supervisor, Administrator])].concat(),
            Self::EnterFund | Self::DecideFund => vec![Who::Manager, Who::Officer],
            Self::ReadFund => [vec![Who::Manager, Who::Officer], roles(&[SocialWorker, Supervisor, Administrator])].concat(),
            Self::AgreePartnership => vec![Who::Manager, Who::Officer],
            Self::ProposePartnership | Self::EndPartnership => {
                [vec![Who::Manager, Who::Officer], roles(&[SocialWorker, Administrator])].concat()
            }
            Self::DrawPledge => [vec![Who::Manager, Who::Officer], roles(&[SocialWorker, Dispatcher])].concat(),
            Self::ReadPledgeUses => {
                [vec![Who::Manager, Who::Officer], roles(&[SocialWorker, Dispatcher, Supervisor, Administrator])].concat()
            }
            Self::ProposeApprenticeship | Self::AskForStage => vec![Who::Own],
            Self::AgreeApprenticeship | Self::KeepWorks => or_own(roles(&[SocialWorker])),
            Self::ConfirmStage => roles(&[SocialWorker, Administrator]),
            Self::EndApprenticeship => or_own(roles(&[SocialWorker, Administrator])),
            Self::ReadApprenticeships => or_own(roles(&[SocialWorker, Supervisor, Administrator])),
            Self::EditSite => roles(&[SiteManager, Administrator]),
            Self::ManageSlots | Self::PlanShifts => roles(&[SiteManager, SocialWorker, Administrator]),
            Self::BookAppointment => or_own(roles(&[GridMember, SocialWorker, Dispatcher, SiteManager])),
            Self::ReadBookings => or_own(roles(&[GridMember, SocialWorker, Dispatcher, SiteManager, Administrator])),
            Self::RecordAppointment | Self::RecordShift => roles(&[SiteManager, SocialWorker]),
            Self::ReleaseShift => or_own(roles(&[SiteManager, SocialWorker, Administrator])),
            Self::ReadShifts => or_own(roles(&[SiteManager, SocialWorker, Dispatcher, Supervisor, Administrator])),
            Self::CreateStaff | Self::ResetPassword | Self::LockAccount | Self::GrantRole | Self::RevokeRole | Self::ReadAccounts => {
                roles(&[Administrator, Operator])
            }
            Self::EndSessions | Self::ManageClients => roles(&[Administrator, Operator]),
            Self::ListOrders | Self::ReadOrder => or_client(parties(SEE_ORDER), ClientScope::OrdersRead),
            Self::ReadPhoto => or_own(parties(SEE_ORDER)),
            Self::UploadPhoto => parties(&[Party::Subject, Party::Placer, Party::Taker, Party::Member, Party::Station]),
            Self::ImportTable => roles(&[GridMember, SocialWorker, Dispatcher, Administrator]),
            Self::EnterDemand => or_own(roles(&[GridMember, SocialWorker, Dispatcher])),
            Self::ReadDemand => or_own(roles(&[GridMember, SocialWorker, Dispatcher, Supervisor, Administrator])),
            Self::ChangeDemand | Self::PlanDemand | Self::ManageHousehold => roles(&[GridMember, SocialWorker, Dispatcher]),
            Self::ReadMeasures => {
                or_client(roles(&[SocialWorker, Dispatcher, Evaluator, Supervisor, Administrator]), ClientScope::StatisticsRead)
            }
            Self::ReadAudit | Self::CheckpointAudit | Self::ReadRetention => roles(&[Supervisor, Administrator, Operator]),
            Self::ContactResident => parties(&[Party::Station, Party::Above]),
            Self::ReadHeldContent | Self::DecideContent => parties(crate::content::DECIDERS),
            Self::ProposeExclusion => parties(&[Party::Station]),
            Self::DecideExclusion => parties(&[Party::Station, Party::Above, Party::Supervisor]),
            Self::Order(step) => parties(step.by()),
        }
    }

    /// Whether nobody may do it about themselves (four eyes).
    const fn needs_a_second_person(self) -> bool {
        matches!(
            self,
            Self::MergePersons
                | Self::DecideVolunteer
                | Self::EditInsurance
                | Self::Certify
                | Self::RecordTraining
                | Self::RecordAppointment
                | Self::RecordShift
                | Self::SuspendCertification
                | Self::EditSocialWorkers
                | Self::RecordExam
                | Self::ApproveUnmasking
                | Self::ConfirmStage
        )
    }
}

/// The roles that can ever stand in this relation to an order. Nobody is the clock.
#[must_use]
pub const fn roles_of_party(party: Party) -> &'static [Role] {
    match party {
        Party::Subject => &[Role::Resident],
        // Staff who write down somebody's wish are its placers, too; they need not be known as persons.
        Party::Placer => &[Role::Resident, Role::GridMember, Role::SocialWorker, Role::Dispatcher],
        Party::Offered | Party::Taker | Party::Member => &[Role::Volunteer, Role::Craftsman, Role::OrganisationManager],
        Party::Station | Party::Above => &[Role::Dispatcher, Role::SocialWorker],
        Party::Supervisor => &[Role::Supervisor, Role::Administrator],
        Party::Grid => &[Role::GridMember],
        Party::Timer => &[],
    }
}

/// Whether this relation comes from a grant whose scope covers the order, and not from a name in the order.
const fn stands_by_scope(party: Party) -> bool {
    match party {
        Party::Station | Party::Above | Party::Supervisor | Party::Grid => true,
        Party::Subject | Party::Placer | Party::Offered | Party::Taker | Party::Member | Party::Timer => false,
    }
}

/// Whether the actor could do this to something: the first check, which needs no object. Who fails it gets 403.
#[must_use]
pub fn may_ever(action: Action, actor: &Actor) -> bool {
    if actor.client.is_some() {
        return opens_to_client(action, actor);
    }
    let held = actor.roles();
    action.who().into_iter().any(|who| match who {
        Who::Public | Who::Anyone | Who::Own => true,
        Who::Manager => !actor.manages().is_empty(),
        Who::Officer => actor.person.is_some(),
        Who::Role(role) => held.contains(&role),
        Who::Party(party) => roles_of_party(party).iter().any(|role| held.contains(role)),
        Who::Client(_) => false,
    })
}

/// The role in which the actor may do this, for the record: the first that the table names and the actor holds. None where it
/// needs no role.
#[must_use]
pub fn role_for(action: Action, actor: &Actor) -> Option<Role> {
    let held = actor.roles();
    let role = |who: Who| match who {
        Who::Public | Who::Anyone | Who::Own | Who::Officer | Who::Client(_) => None,
        Who::Manager => (!actor.manages().is_empty()).then_some(Role::OrganisationManager),
        Who::Role(role) => held.contains(&role).then_some(role),
        Who::Party(party) => roles_of_party(party).iter().copied().find(|role| held.contains(role)),
    };
    action.who().into_iter().find_map(role).or_else(|| held.first().copied())
}

/// Whether a machine client may ever do this: it is nobody who has signed in, and has nothing of its own.
fn opens_to_client(action: Action, actor: &Actor) -> bool {
    let scopes = actor.client.as_ref().map(|client| client.scopes.as_slice()).unwrap_or_default();
    action.who().into_iter().any(|who| match who {
        Who::Public => true,
        Who::Client(scope) => scopes.contains(&scope),
        Who::Anyone | Who::Own | Who::Manager | Who::Officer | Who::Role(_) | Who::Party(_) => false,
    })
}

/// Whether a machine client may do this to what lies in any of these divisions. Never true for anybody else.
#[must_use]
pub fn client_may(action: Action, actor: &Actor, divisions: &[&DivisionCode]) -> bool {
    let within = |division: &&DivisionCode| actor.client.as_ref().is_some_and(|client| client.division.covers(division));
    opens_to_client(action, actor) && divisions.iter().any(within)
}

/// The divisions in which the actor may do this by grant, none inside another. Goes into the query as ranges.
///
/// Empty where it is allowed by relationship only, and where it needs no scope ([`Who::Public`], [`Who::Anyone`]).
#[must_use]
pub fn scopes(action: Action, actor: &Actor) -> Vec<DivisionCode> {
    if let Some(client) = &actor.client {
        return if opens_to_client(action, actor) { vec![client.division.clone()] } else { Vec::new() };
    }
    let mut scopes: Vec<DivisionCode> = actor.scopes_of(&scoped_roles(action)).into_iter().cloned().collect();
    // A code sorts right before what it covers.
    scopes.sort_unstable();
    scopes.dedup_by(|inner, outer| outer.covers(inner));
    scopes
}

/// Whether the actor may do this to anything in the division, whatever their relationship to it.
///
/// A relation that the actor has by name (subject, taker, own …) does not count here: whoever loads the object adds it.
/// Nor does a `true` say that the actor stands *above* the handler of an order: that is known with the order.
#[must_use]
pub fn may_in(action: Action, actor: &Actor, division: &DivisionCode) -> bool {
    if actor.client.is_some() {
        return client_may(action, actor, &[division]);
    }
    let open = action.who().iter().any(|who| matches!(who, Who::Public | Who::Anyone));
    open || scoped_roles(action).into_iter().any(|role| actor.has_in_scope(role, division))
}

/// Whether the actor may do this to what belongs to the installation as a whole: an operator whose grants cover each of its
/// regions. Who runs one region only would see there what people of the others do.
#[must_use]
pub fn may_everywhere(action: Action, actor: &Actor, regions: &[DivisionCode]) -> bool {
    let operates = actor.client.is_none() && action.who().contains(&Who::Role(Role::Operator)) && actor.has(Role::Operator);
    operates && regions.iter().all(|region| actor.has_in_scope(Role::Operator, region))
}

/// Whether the actor may do this about the person: nobody certifies, decides on or merges themselves (four eyes).
#[must_use]
pub fn may_concern(action: Action, actor: &Actor, person: Uuid) -> bool {
    !(action.needs_a_second_person() && actor.person == Some(person))
}

/// Whether one of these relations to an order is enough to do this to it.
#[must_use]
pub fn may_as(action: Action, parties: &[Party]) -> bool {
    action.who().iter().any(|who| matches!(who, Who::Party(party) if parties.contains(party)))
}

fn scoped_roles(action: Action) -> Vec<Role> {
    let roles = action.who().into_iter().flat_map(|who| match who {
        Who::Role(role) => vec![role],
        Who::Party(party) if stands_by_scope(party) => roles_of_party(party).to_vec(),
        Who::Party(_) | Who::Public | Who::Anyone | Who::Own | Who::Manager | Who::Officer | Who::Client(_) => Vec::new(),
    });
    roles.collect()
}

#[cfg(test)]
mod tests;
