//! One order, everything kept with it, and the time.

use chrono::{TimeDelta, TimeZone};
use chrono_tz::Tz;
use uuid::Uuid;

pub(super) use super::people::{Who, candidate};

use crate::Timestamp;
use crate::dispatch::Candidate;
use crate::geo::Position;
use crate::order::{
    Acting, Basis, Change, Channel, Command, Deadline, DeadlineKind, Decision, Event, Facts, Group, Hazard, Offer, Order, OrderPolicy,
    Payment, Placing, Proof, Reason, Refusal, Review, ReviewChannel, Step, Taking, Urgency, Window, acting, acting_to_place, allowed,
    decide, due_commands, place,
};
use crate::region::DivisionCode;

pub(super) const ZONE: Tz = Tz::Asia__Shanghai;
pub(super) const TEAM: Uuid = Uuid::from_u128(900);
pub(super) const CRAFT: Uuid = Uuid::from_u128(800);
pub(super) const COUNTY: &str = "230822";
pub(super) const TOWNSHIP: &str = "230822100";
pub(super) const COMMUNITY: &str = "230822100001";
pub(super) const NEIGHBOUR: &str = "230822100002";
pub(super) const GRID: &str = "230822100001001";

pub(super) fn division(code: &str) -> DivisionCode {
    DivisionCode::parse(code).unwrap()
}

pub(super) fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

/// Nine o'clock in the morning of a Monday, in China.
pub(super) fn morning() -> Timestamp {
    ZONE.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap().to_utc()
}

pub(super) fn code() -> Proof {
    Proof::Code { given: "4711".to_owned(), expected: "4711".to_owned() }
}

/// One order with everything kept with it, and the time.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) policy: OrderPolicy,
    pub(super) now: Timestamp,
    pub(super) order: Order,
    pub(super) offers: Vec<Offer>,
    pub(super) deadlines: Vec<Deadline>,
    pub(super) events: Vec<Event>,
    pub(super) claims: Vec<(Uuid, Window)>,
    pub(super) reviews: Vec<Review>,
    /// For ids that nobody has yet.
    pub(super) fresh: u128,
}

/// A wish of Wang's for a free service of the craft.
pub(super) fn wish() -> Placing {
    Placing {
        id: Uuid::from_u128(1),
        number: "HN-1".to_owned(),
        region: division(COUNTY),
        division: division(GRID),
        handler: division(COMMUNITY),
        service: Uuid::from_u128(700),
        payment: Payment::Free,
        hazard: Hazard::None,
        craft: Some(CRAFT),
        minutes: 60,
        urgency: Urgency::Normal,
        group: Group::Elderly,
        subject: Who::Wang.person(),
        channel: Channel::MiniProgram,
        basis: None,
        external_ref: None,
        wanted: None,
        position: Some(Position::new(130.55, 46.24).unwrap()),
    }
}

/// Places a wish at nine in the morning.
pub(super) fn placing(placing: &Placing, who: Who) -> Result<Decision, Refusal> {
    let acting = acting_to_place(placing, &who.actor());
    let policy = OrderPolicy::default();
    place(placing, &Facts { policy: &policy, zone: ZONE, acting: &acting, offers: &[], deadlines: &[], now: morning() })
}

impl World {
    /// Wang has placed a wish at nine in the morning.
    pub(super) fn placed() -> Self {
        Self::of(&wish(), Who::Wang)
    }

    pub(super) fn of(wish: &Placing, who: Who) -> Self {
        let decision = placing(wish, who).unwrap();
        let mut world = Self {
            policy: OrderPolicy::default(),
            now: morning(),
            order: decision.order.clone(),
            offers: Vec::new(),
            deadlines: Vec::new(),
            events: Vec::new(),
            claims: Vec::new(),
            reviews: Vec::new(),
            fresh: 10_000,
        };
        world.keep(decision);
        world
    }

    pub(super) fn triaged() -> Self {
        let mut world = Self::placed();
        world.must(Who::Station, triage(1));
        world
    }

    /// One that needs a team of two.
    pub(super) fn triaged_for_a_team() -> Self {
        let mut world = Self::placed();
        world.must(Who::Station, triage(2));
        world
    }

    pub(super) fn offered_to(takers: &[Who]) -> Self {
        let mut world = Self::triaged();
        world.offer(takers).unwrap();
        world
    }

    /// Ann has accepted for now.
    pub(super) fn accepted() -> Self {
        let mut world = Self::offered_to(&[Who::Ann]);
        world.must(Who::Ann, accept(Who::Ann));
        world
    }

    pub(super) fn serving() -> Self {
        let mut world = Self::accepted();
        world.must(Who::Ann, Command::CheckIn { proof: code() });
        world
    }

    pub(super) fn finished() -> Self {
        let mut world = Self::serving();
        world.must(Who::Ann, finish());
        world
    }

    pub(super) fn mending() -> Self {
        let mut world = Self::finished();
        world.must(Who::Wang, review(2, false));
        world
    }

    pub(super) fn later(&mut self, count: i64) -> &mut Self {
        self.now += minutes(count);
        self
    }

    pub(super) fn acting(&self, who: Who) -> Acting {
        match who {
            Who::Timer => Acting::timer(),
            who => {
                let at = self.now.max(self.order.changed_at);
                let open: Vec<Offer> = self.offers.iter().filter(|offer| offer.can_be_accepted(at)).cloned().collect();
                acting(&self.order, &who.actor(), &open)
            }
        }
    }

    pub(super) fn allowed(&self, who: Who) -> Vec<Step> {
        allowed(&self.order, &self.acting(who), &self.policy, ZONE, self.now)
    }

    /// What would come of it; nothing is kept.
    pub(super) fn ask(&self, who: Who, command: &Command) -> Result<Decision, Refusal> {
        let acting = self.acting(who);
        self.with_facts(&acting, |facts| decide(&self.order, command, facts))
    }

    pub(super) fn with_facts<T>(&self, acting: &Acting, ask: impl FnOnce(&Facts<'_>) -> T) -> T {
        ask(&Facts { policy: &self.policy, zone: ZONE, acting, offers: &self.offers, deadlines: &self.deadlines, now: self.now })
    }

    pub(super) fn act(&mut self, who: Who, command: &Command) -> Result<(), Refusal> {
        let decision = self.ask(who, command)?;
        self.keep(decision);
        Ok(())
    }

    pub(super) fn must(&mut self, who: Who, command: Command) {
        let state = self.order.state;
        self.act(who, &command).unwrap_or_else(|refusal| panic!("{who:?} may not {} from {state}: {refusal:?}", command.step()));
    }

    pub(super) fn refused(&self, who: Who, command: Command) -> Refusal {
        self.ask(who, &command).err().unwrap_or_else(|| panic!("{who:?} may {}", command.step()))
    }

    pub(super) fn fresh(&mut self) -> Uuid {
        self.fresh += 1;
        Uuid::from_u128(self.fresh)
    }

    pub(super) fn taking(&mut self, candidate: Candidate) -> Taking {
        Taking { offer: self.fresh(), candidate }
    }

    /// The station that handles it offers it.
    pub(super) fn offer(&mut self, takers: &[Who]) -> Result<(), Refusal> {
        let takers = takers.iter().map(|who| self.taking(who.candidate())).collect();
        self.act(self.station(), &Command::Offer { takers })
    }

    /// Who works where the order is handled.
    pub(super) fn station(&self) -> Who {
        match self.order.handler.as_str() {
            COUNTY => Who::County,
            TOWNSHIP => Who::Township,
            NEIGHBOUR => Who::NextStation,
            _ => Who::Station,
        }
    }

    fn keep(&mut self, decision: Decision) {
        for change in &decision.changes {
            change.apply(&mut self.offers, &mut self.deadlines);
            match change {
                Change::Claimed { person, window } => self.claims.push((*person, *window)),
                Change::Freed => self.claims.clear(),
                Change::Reviewed(review) => self.reviews.push(review.clone()),
                Change::Offered(_)
                | Change::Answered { .. }
                | Change::Opened(_)
                | Change::Met { .. }
                | Change::Voided { .. }
                | Change::Reminded { .. }
                | Change::Acted { .. }
                | Change::Proved { .. } => {}
            }
        }
        self.order = decision.order;
        self.events.extend(decision.events);
    }

    /// What the clock has to do now.
    pub(super) fn due(&self) -> Vec<Command> {
        due_commands(&self.order, &self.offers, &self.deadlines, &self.policy, self.now)
    }

    /// The clock does all that it has to do now. Answers with the steps taken.
    pub(super) fn tick(&mut self) -> Vec<Step> {
        let mut taken = Vec::new();
        for _ in 0..100 {
            let due = self.due();
            let Some(first) = due.first() else { return taken };
            self.ask(Who::Timer, first).unwrap_or_else(|refusal| panic!("{first:?} is due and refused: {refusal:?}"));
            for command in due {
                if self.act(Who::Timer, &command).is_ok() {
                    taken.push(command.step());
                }
            }
        }
        panic!("the clock does not come to rest: {:?}", self.due());
    }

    /// The deadlines of a kind, oldest first.
    pub(super) fn deadlines_of(&self, kind: DeadlineKind) -> Vec<&Deadline> {
        self.deadlines.iter().filter(|deadline| deadline.kind == kind).collect()
    }

    /// The latest deadline of a kind.
    pub(super) fn deadline(&self, kind: DeadlineKind) -> &Deadline {
        self.deadlines_of(kind).last().copied().unwrap_or_else(|| panic!("no {kind}"))
    }

    pub(super) fn steps(&self) -> Vec<Step> {
        self.events.iter().map(|event| event.step).collect()
    }
}

pub(super) fn triage(people_needed: i32) -> Command {
    Command::Triage { craft: CRAFT, group: Group::Elderly, urgency: Urgency::Normal, minutes: 60, people_needed }
}

pub(super) fn accept(who: Who) -> Command {
    Command::Accept { candidate: who.candidate(), start: None, members: Vec::new() }
}

pub(super) fn finish() -> Command {
    Command::Finish { proof: code(), minutes: 45, fee_fen: 0, materials_fen: 0 }
}

pub(super) fn review(stars: i32, solved: bool) -> Command {
    review_by(ReviewChannel::Own, stars, solved)
}

pub(super) fn review_by(channel: ReviewChannel, stars: i32, solved: bool) -> Command {
    Command::Review { id: Uuid::from_u128(60_000), channel, stars, solved, tags: Vec::new() }
}

pub(super) fn release() -> Command {
    Command::Release { reason: Reason::NotAvailable }
}

pub(super) fn for_wang_by_phone() -> Placing {
    Placing { channel: Channel::Phone, basis: Some(Basis::Consent), ..wish() }
}
