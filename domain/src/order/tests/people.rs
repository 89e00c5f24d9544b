//! Everybody who may touch the order, and what they are.

use uuid::Uuid;

use super::world::{COMMUNITY, COUNTY, CRAFT, GRID, NEIGHBOUR, TEAM, TOWNSHIP, division};
use crate::Timestamp;
use crate::dispatch::{Candidate, Certificate};
use crate::identity::{Actor, Grant, Role};
use crate::order::Taker;

/// Everybody who may touch the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// The person served.
    Wang,
    /// Who may have placed it for Wang.
    Daughter,
    /// The dispatcher of the community.
    Station,
    /// A second person at the same station.
    Colleague,
    /// The dispatcher of the next community.
    NextStation,
    /// A social worker of the township.
    Township,
    /// The dispatcher of the county, the region's root.
    County,
    /// Who supervises the county.
    Supervisor,
    /// The grid member.
    Grid,
    /// Volunteers.
    Ann,
    Ben,
    Cai,
    /// Manages the team.
    Manager,
    /// Members of the team.
    Mei,
    Min,
    Mo,
    /// Nobody to this order.
    Stranger,
    /// The clock.
    Timer,
}

impl Who {
    pub(super) const ALL: [Self; 18] = [
        Self::Wang,
        Self::Daughter,
        Self::Station,
        Self::Colleague,
        Self::NextStation,
        Self::Township,
        Self::County,
        Self::Supervisor,
        Self::Grid,
        Self::Ann,
        Self::Ben,
        Self::Cai,
        Self::Manager,
        Self::Mei,
        Self::Min,
        Self::Mo,
        Self::Stranger,
        Self::Timer,
    ];

    fn number(self) -> u128 {
        Self::ALL.iter().position(|who| *who == self).unwrap() as u128 + 1
    }

    pub(super) fn account(self) -> Uuid {
        Uuid::from_u128(100 + self.number())
    }

    pub(super) fn person(self) -> Uuid {
        Uuid::from_u128(500 + self.number())
    }

    pub(super) fn taker(self) -> Taker {
        if self == Self::Manager { Taker::Organisation(TEAM) } else { Taker::Person(self.person()) }
    }

    pub(super) fn actor(self) -> Actor {
        let grant = |role, scope, organisation| vec![Grant { role, scope: division(scope), organisation }];
        let grants = match self {
            Self::Station => grant(Role::Dispatcher, COMMUNITY, None),
            Self::Colleague => grant(Role::SocialWorker, COMMUNITY, None),
            Self::NextStation => grant(Role::Dispatcher, NEIGHBOUR, None),
            Self::Township => grant(Role::SocialWorker, TOWNSHIP, None),
            Self::County => grant(Role::Dispatcher, COUNTY, None),
            Self::Supervisor => grant(Role::Supervisor, COUNTY, None),
            Self::Grid => grant(Role::GridMember, GRID, None),
            Self::Manager => grant(Role::OrganisationManager, COUNTY, Some(TEAM)),
            Self::Wang
            | Self::Daughter
            | Self::Ann
            | Self::Ben
            | Self::Cai
            | Self::Mei
            | Self::Min
            | Self::Mo
            | Self::Stranger
            | Self::Timer => Vec::new(),
        };
        Actor { account: self.account(), person: Some(self.person()), grants, ..Actor::default() }
    }

    /// What the rules ask about them as takers: nothing stands against it.
    pub(super) fn candidate(self) -> Candidate {
        candidate(self.taker())
    }
}

pub(super) fn candidate(taker: Taker) -> Candidate {
    let certificate = Certificate { craft: CRAFT, valid_from: Timestamp::MIN_UTC, valid_until: Timestamp::MAX_UTC, suspended: false };
    let (certificates, insured, busy) = (vec![certificate], Vec::new(), Vec::new());
    Candidate { taker, active: true, certificates, insured, of_age: true, belongs: true, busy }
}
