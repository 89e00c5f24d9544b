//! In what relations somebody stands to an order.

use super::{Acting, Offer, Order, Party, Placing, State, Taker};
use crate::identity::{Action, Actor, Role, client_may};
use crate::region::DivisionCode;

impl Party {
    /// The relations of those who watch over the loop: they see its deadlines and every offer.
    pub const WATCHING: [Self; 3] = [Self::Station, Self::Above, Self::Supervisor];
}

impl Acting {
    /// The clock.
    #[must_use]
    pub fn timer() -> Self {
        Self { account: None, person: None, parties: vec![Party::Timer], manages: Vec::new() }
    }

    /// Whether the actor stands in this relation to the order.
    #[must_use]
    pub fn is(&self, party: Party) -> bool {
        self.parties.contains(&party)
    }

    /// Whether the actor is this taker, or manages the organisation that it is.
    #[must_use]
    pub fn speaks_for(&self, taker: Taker) -> bool {
        match taker {
            Taker::Person(person) => self.person == Some(person),
            Taker::Organisation(organisation) => self.manages.contains(&organisation),
        }
    }

    /// Whether the actor serves: as the taker, for it, or as one of its members.
    #[must_use]
    pub fn serves(&self, order: &Order) -> bool {
        let member = self.person.is_some_and(|person| order.members.contains(&person));
        member || order.taker.is_some_and(|taker| self.speaks_for(taker)) || self.is(Party::Taker) || self.is(Party::Member)
    }
}

/// Every relation in which the actor stands to the order. Of the offers only the open ones count.
///
/// While a review is awaited or may still come, [`Party::Above`] means above the division that *dispatched*: that one calls
/// back. Before, it means above the one that handles. And whoever belongs to the dispatching station is then no
/// [`Party::Placer`]: a station does not review itself through the orders that it has written down.
#[must_use]
pub fn parties(order: &Order, actor: &Actor, offers: &[Offer]) -> Vec<Party> {
    use Role::{Administrator, GridMember, Supervisor};
    let is_subject = actor.person == Some(order.subject);
    let in_scope = |role, division| actor.has_in_scope(role, division);
    let watches = [Supervisor, Administrator].into_iter().any(|role| in_scope(role, &order.division) || in_scope(role, &order.handler));
    let held = [
        (Party::Subject, is_subject),
        (Party::Placer, actor.account == order.placed_by && !is_subject && !judges_own_station(order, actor)),
        (Party::Offered, offers.iter().any(|offer| offer.is_open() && speaks_for(actor, offer.taker))),
        (Party::Taker, order.taker.is_some_and(|taker| speaks_for(actor, taker))),
        (Party::Member, actor.person.is_some_and(|person| order.members.contains(&person))),
        (Party::Station, is_station_of(actor, &order.handler)),
        (Party::Above, is_above(order, actor)),
        (Party::Supervisor, watches),
        (Party::Grid, in_scope(GridMember, &order.division)),
    ];
    held.into_iter().filter_map(|(party, holds)| holds.then_some(party)).collect()
}

/// Who acts on the order, for [`super::Facts`].
#[must_use]
pub fn acting(order: &Order, actor: &Actor, offers: &[Offer]) -> Acting {
    Acting { account: Some(actor.account), person: actor.person, parties: parties(order, actor, offers), manages: actor.manages() }
}

/// Who acts when an order is placed: it does not exist yet.
#[must_use]
pub fn acting_to_place(placing: &Placing, actor: &Actor) -> Acting {
    let is_subject = actor.person == Some(placing.subject);
    let held = [
        (Party::Subject, is_subject),
        (Party::Placer, !is_subject),
        (Party::Station, is_station_of(actor, &placing.handler)),
        (Party::Grid, actor.has_in_scope(Role::GridMember, &placing.division)),
    ];
    let parties = held.into_iter().filter_map(|(party, holds)| holds.then_some(party)).collect();
    Acting { account: Some(actor.account), person: actor.person, parties, manages: actor.manages() }
}

/// Whether the actor belongs to a division above the one that dispatched the order last, and so may call back. At the
/// region's root that is the supervisor.
#[must_use]
pub fn above_dispatcher(order: &Order, actor: &Actor) -> bool {
    order.dispatched_from.as_ref().is_some_and(|dispatcher| {
        let supervises = *dispatcher == order.region && actor.has_in_scope(Role::Supervisor, dispatcher);
        supervises || dispatcher.parent().is_some_and(|above| is_station_of(actor, &above))
    })
}

/// Whether the actor may see the order: every party, the stations in whose area it happens, and machine clients of a
/// division in which it happens or is handled.
#[must_use]
pub fn may_read(order: &Order, parties: &[Party], actor: &Actor) -> bool {
    let near = [&order.division, &order.handler];
    !parties.is_empty()
        || is_station_of(actor, &order.division)
        || actor.account == order.placed_by
        || client_may(Action::ReadOrder, actor, &near)
}

fn is_above(order: &Order, actor: &Actor) -> bool {
    match order.state {
        State::Finished | State::Closed => above_dispatcher(order, actor),
        State::Placed
        | State::Queued
        | State::Offered
        | State::Accepted
        | State::Serving
        | State::Mending
        | State::Refused
        | State::Cancelled => order.handler.parent().is_some_and(|above| is_station_of(actor, &above)),
    }
}

/// Whether the actor belongs to the station that dispatched the order, now that it is to be reviewed.
fn judges_own_station(order: &Order, actor: &Actor) -> bool {
    let reviewed = matches!(order.state, State::Finished | State::Closed);
    reviewed && order.dispatched_from.as_ref().is_some_and(|dispatcher| is_station_of(actor, dispatcher))
}

fn is_station_of(actor: &Actor, division: &DivisionCode) -> bool {
    actor.has_in_scope(Role::Dispatcher, division) || actor.has_in_scope(Role::SocialWorker, division)
}

fn speaks_for(actor: &Actor, taker: Taker) -> bool {
    match taker {
        Taker::Person(person) => actor.person == Some(person),
        Taker::Organisation(organisation) => actor.manages().contains(&organisation),
    }
}
