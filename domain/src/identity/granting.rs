use uuid::Uuid;

use super::{Actor, Grant, Role};

/// Whose account gets or loses a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The account.
    pub account: Uuid,
    /// The person behind it, where known.
    pub person: Option<Uuid>,
}

/// Why a role may not be given or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantRefusal {
    /// The role follows from the person's records.
    #[error("{role} follows from the person's records")]
    Derived {
        /// Which.
        role: Role,
    },
    /// Nobody does it to themselves, through whichever account (four eyes).
    #[error("nobody manages their own account and roles")]
    OwnAccount,
    /// An organisation manager manages an organisation.
    #[error("an organisation manager needs an organisation")]
    OrganisationMissing,
    /// The actor holds no role that gives this one in this division.
    #[error("{role} is not for the actor to give or take there")]
    NotYours {
        /// Which.
        role: Role,
    },
}

/// Whether the actor may give this role to the account (等保 GB/T 22239: least privilege; four eyes).
///
/// Administrators and operators grant inside their own scope. Operators are made by operators only, administrators by
/// operators or by administrators of a strictly higher division.
///
/// # Errors
/// [`GrantRefusal`] says which rule stands against it.
pub fn may_grant(actor: &Actor, receiver: Receiver, grant: &Grant) -> Result<(), GrantRefusal> {
    let role = grant.role;
    if !role.grantable() {
        return Err(GrantRefusal::Derived { role });
    }
    if role == Role::OrganisationManager && grant.organisation.is_none() {
        return Err(GrantRefusal::OrganisationMissing);
    }
    may_revoke(actor, receiver, grant)
}

/// Whether the actor may take this role away from the account: who could have given it may, nobody their own.
///
/// # Errors
/// [`GrantRefusal`] says which rule stands against it.
pub fn may_revoke(actor: &Actor, receiver: Receiver, grant: &Grant) -> Result<(), GrantRefusal> {
    refuse_own(actor, receiver)?;
    let operator = actor.has_in_scope(Role::Operator, &grant.scope);
    let administrator = actor.has_in_scope(Role::Administrator, &grant.scope);
    let higher = actor.scopes_of(&[Role::Administrator]).into_iter().any(|own| own.covers(&grant.scope) && *own != grant.scope);
    let allowed = match grant.role {
        Role::Resident | Role::Volunteer | Role::Craftsman => false,
        Role::Operator => operator,
        Role::Administrator => operator || higher,
        Role::GridMember
        | Role::SocialWorker
        | Role::Dispatcher
        | Role::OrganisationManager
        | Role::SiteManager
        | Role::Merchant
        | Role::Evaluator
        | Role::Supervisor => operator || administrator,
    };
    if allowed { Ok(()) } else { Err(GrantRefusal::NotYours { role: grant.role }) }
}

/// Whether the actor may reset the password of the account, lock or unlock it: only who could take away every role it
/// holds, so that nobody gets more rights by taking over an account, and nobody does it to themselves.
///
/// # Errors
/// [`GrantRefusal`] says which rule stands against it.
pub fn may_manage(actor: &Actor, receiver: Receiver, held: &[Grant]) -> Result<(), GrantRefusal> {
    refuse_own(actor, receiver)?;
    held.iter().try_for_each(|grant| may_revoke(actor, receiver, grant))
}

fn refuse_own(actor: &Actor, receiver: Receiver) -> Result<(), GrantRefusal> {
    let same_person = actor.person.is_some() && actor.person == receiver.person;
    if actor.account == receiver.account || same_person { Err(GrantRefusal::OwnAccount) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::{GrantRefusal, Receiver, may_grant, may_manage, may_revoke};
    use crate::identity::{Actor, Grant, Role};
    use crate::region::DivisionCode;
    use uuid::Uuid;

    const OTHER: Receiver = Receiver { account: Uuid::from_u128(2), person: None };

    fn grant(role: Role, scope: &str) -> Grant {
        Grant { role, scope: DivisionCode::parse(scope).unwrap(), organisation: None }
    }

    fn holding(role: Role, scope: &str) -> Actor {
        let person = Some(Uuid::from_u128(9));
        Actor { account: Uuid::from_u128(1), person, grants: vec![grant(role, scope)], ..Actor::default() }
    }

    #[test]
    fn administrators_grant_inside_their_scope() {
        let county = holding(Role::Administrator, "230822");
        let not_yours = |role| Err(GrantRefusal::NotYours { role });
        assert_eq!(may_grant(&county, OTHER, &grant(Role::Dispatcher, "230822")), Ok(()));
        assert_eq!(may_grant(&county, OTHER, &grant(Role::GridMember, "230822100001001")), Ok(()));
        assert_eq!(may_grant(&county, OTHER, &grant(Role::Dispatcher, "2308")), not_yours(Role::Dispatcher));
        assert_eq!(may_grant(&county, OTHER, &grant(Role::Dispatcher, "230823")), not_yours(Role::Dispatcher));
        assert_eq!(may_grant(&county, OTHER, &grant(Role::Operator, "230822")), not_yours(Role::Operator));
    }

    #[test]
    fn an_administrator_is_made_from_above() {
        let county = holding(Role::Administrator, "230822");
        let wanted = grant(Role::Administrator, "230822");
        assert_eq!(may_grant(&county, OTHER, &wanted), Err(GrantRefusal::NotYours { role: Role::Administrator }));
        assert_eq!(may_grant(&holding(Role::Administrator, "2308"), OTHER, &wanted), Ok(()));
        assert_eq!(may_grant(&holding(Role::Operator, "230822"), OTHER, &wanted), Ok(()));
        assert_eq!(may_grant(&county, OTHER, &grant(Role::Administrator, "230822100")), Ok(()));
    }

    #[test]
    fn nobody_grants_to_themselves_through_any_account() {
        let operator = holding(Role::Operator, "23");
        let own = [Receiver { account: operator.account, person: None }, Receiver { account: Uuid::from_u128(3), person: operator.person }];
        for receiver in own {
            assert_eq!(may_grant(&operator, receiver, &grant(Role::Dispatcher, "23")), Err(GrantRefusal::OwnAccount));
            assert_eq!(may_revoke(&operator, receiver, &grant(Role::Operator, "23")), Err(GrantRefusal::OwnAccount));
        }
        let unknown = Actor { person: None, ..operator };
        assert_eq!(may_grant(&unknown, OTHER, &grant(Role::Dispatcher, "23")), Ok(()), "two unknown persons are not one");
    }

    #[test]
    fn derived_roles_and_managers_of_nothing_are_refused() {
        let operator = holding(Role::Operator, "23");
        for role in [Role::Resident, Role::Volunteer, Role::Craftsman] {
            assert_eq!(may_grant(&operator, OTHER, &grant(role, "23")), Err(GrantRefusal::Derived { role }));
        }
        let mut manager = grant(Role::OrganisationManager, "23");
        assert_eq!(may_grant(&operator, OTHER, &manager), Err(GrantRefusal::OrganisationMissing));
        manager.organisation = Some(Uuid::from_u128(7));
        assert_eq!(may_grant(&operator, OTHER, &manager), Ok(()));
    }

    #[test]
    fn an_account_with_more_rights_is_not_taken_over() {
        let county = holding(Role::Administrator, "230822");
        let held = [grant(Role::Dispatcher, "230822100"), grant(Role::GridMember, "230822100001")];
        assert_eq!(may_manage(&county, OTHER, &held), Ok(()));
        assert_eq!(may_manage(&county, OTHER, &[]), Ok(()));
        for more in [grant(Role::Operator, "230822"), grant(Role::Administrator, "230822"), grant(Role::Dispatcher, "2308")] {
            let role = more.role;
            assert_eq!(may_manage(&county, OTHER, &[held[0].clone(), more]), Err(GrantRefusal::NotYours { role }));
        }
        let own = Receiver { account: county.account, person: None };
        assert_eq!(may_manage(&county, own, &[]), Err(GrantRefusal::OwnAccount));
    }

    #[test]
    fn those_who_grant_nothing_grant_nothing() {
        let dispatcher = holding(Role::Dispatcher, "23");
        let refused = Err(GrantRefusal::NotYours { role: Role::GridMember });
        assert_eq!(may_grant(&dispatcher, OTHER, &grant(Role::GridMember, "230822")), refused);
        assert_eq!(may_revoke(&dispatcher, OTHER, &grant(Role::GridMember, "230822")), refused);
    }
}
