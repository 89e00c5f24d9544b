use uuid::Uuid;

use super::{ClientGrant, Role};
use crate::region::DivisionCode;

/// A role within a division and everything below it, perhaps for one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Grant {
    /// In what capacity.
    pub role: Role,
    /// Where.
    pub scope: DivisionCode,
    /// For whom; an organisation manager always has one.
    pub organisation: Option<Uuid>,
}

/// Who acts: an account, the person behind it, and what the store says of both at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The account that has signed in; of a machine client, the client.
    pub account: Uuid,
    /// The person behind it, where known. Several accounts may belong to one person.
    pub person: Option<Uuid>,
    /// The roles given by hand that hold now.
    pub grants: Vec<Grant>,
    /// Whether the person acts as a volunteer ([`crate::person::VolunteerState::acts`]).
    pub volunteer: bool,
    /// Whether such a volunteer has been certified for a craft. Whether it is valid is asked when an order is taken.
    pub craftsman: bool,
    /// What a machine client may do. It holds no role and has no person.
    pub client: Option<ClientGrant>,
}

impl Actor {
    /// Every role held, those that follow from the person's records first, each once.
    #[must_use]
    pub fn roles(&self) -> Vec<Role> {
        let derived = [(Role::Resident, self.person.is_some()), (Role::Volunteer, self.volunteer), (Role::Craftsman, self.craftsman)];
        let derived = derived.into_iter().filter_map(|(role, held)| held.then_some(role));
        let mut roles: Vec<Role> = derived.chain(self.grants.iter().map(|grant| grant.role)).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// Whether the role is held, wherever it may be.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles().contains(&role)
    }

    /// Where any of these roles is held by grant.
    #[must_use]
    pub fn scopes_of(&self, roles: &[Role]) -> Vec<&DivisionCode> {
        self.grants.iter().filter(|grant| roles.contains(&grant.role)).map(|grant| &grant.scope).collect()
    }

    /// The organisations for which this account speaks.
    #[must_use]
    pub fn manages(&self) -> Vec<Uuid> {
        let managing = self.grants.iter().filter(|grant| grant.role == Role::OrganisationManager);
        managing.filter_map(|grant| grant.organisation).collect()
    }

    /// Whether the role is held by grant for a scope that covers the division.
    #[must_use]
    pub fn has_in_scope(&self, role: Role, division: &DivisionCode) -> bool {
        self.grants.iter().any(|grant| grant.role == role && grant.scope.covers(division))
    }
}
