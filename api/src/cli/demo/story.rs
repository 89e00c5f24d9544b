//! The story of an order: when who did what. Times are minutes before the demo begins.

use domain::order::{Basis, Channel, Reason, Urgency};

/// Minutes before the demo begins.
pub(super) type Ago = i64;

/// So many days.
pub(super) const fn days(days: i64) -> Ago {
    days * 24 * 60
}

/// So many hours.
pub(super) const fn hours(hours: i64) -> Ago {
    hours * 60
}

/// Where a service happens.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// In the grid of the community with a station.
    Grid,
    /// In the community beside it, which has none.
    Neighbour,
}

/// The order of a story.
pub(super) struct Story {
    pub(super) service: &'static str,
    pub(super) subject: &'static str,
    pub(super) placer: &'static str,
    pub(super) channel: Channel,
    pub(super) basis: Option<Basis>,
    pub(super) ticket: Option<&'static str>,
    pub(super) urgency: Urgency,
    pub(super) text: &'static str,
    pub(super) address: &'static str,
    pub(super) place: Place,
    /// When it is wanted: minutes after the demo begins, and for how many.
    pub(super) wanted: Option<(i64, i64)>,
    pub(super) placed: Ago,
    pub(super) people: i32,
    pub(super) steps: Vec<Told>,
}

/// One step of a story.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) at: Ago,
    pub(super) who: &'static str,
    pub(super) did: Did,
}

/// What somebody did.
#[derive(Clone)]
pub(super) enum Did {
    Triaged,
    Transferred { reason: Reason },
    Refused { reason: Reason, note: &'static str },
    Appealed { text: &'static str },
    Offered { takers: Vec<&'static str> },
    Declined { reason: Reason },
    Accepted { members: Vec<&'static str> },
    Released { reason: Reason },
    ResidentAbsent,
    CheckedIn,
    Finished { minutes: i32, fee_fen: i64, materials_fen: i64, work: &'static str },
    Reviewed { stars: i32, solved: bool, tags: &'static [&'static str], text: &'static str },
    CalledBack { stars: i32, solved: bool, text: &'static str },
    LeftUnreviewed,
    Mended { how: Reason, note: &'static str },
    Decided { reason: Reason, note: &'static str },
    Cancelled { reason: Reason },
    Reached { note: &'static str },
}

impl Story {
    /// Somebody places an order for themselves through the mini-program.
    pub(super) fn new(placed: Ago, service: &'static str, subject: &'static str, text: &'static str, address: &'static str) -> Self {
        Self {
            service,
            subject,
            placer: subject,
            channel: Channel::MiniProgram,
            basis: None,
            ticket: None,
            urgency: Urgency::Normal,
            text,
            address,
            place: Place::Grid,
            wanted: None,
            placed,
            people: 1,
            steps: Vec::new(),
        }
    }

    /// Somebody else writes it down.
    pub(super) const fn by(mut self, placer: &'static str, channel: Channel, basis: Basis) -> Self {
        self.placer = placer;
        self.channel = channel;
        self.basis = Some(basis);
        self
    }

    /// It came through the hotline.
    pub(super) const fn ticket(mut self, ticket: &'static str) -> Self {
        self.ticket = Some(ticket);
        self
    }

    pub(super) const fn urgency(mut self, urgency: Urgency) -> Self {
        self.urgency = urgency;
        self
    }

    pub(super) const fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Wanted so many minutes after the demo begins, in a span of so many minutes.
    pub(super) const fn wanted(mut self, after: i64, span: i64) -> Self {
        self.wanted = Some((after, span));
        self
    }

    /// Needs so many people.
    pub(super) const fn people(mut self, people: i32) -> Self {
        self.people = people;
        self
    }

    /// The next step.
    pub(super) fn then(mut self, at: Ago, who: &'static str, did: Did) -> Self {
        self.steps.push(Told { at, who, did });
        self
    }

    /// Classified by the community's station.
    pub(super) fn triaged(self, at: Ago) -> Self {
        self.then(at, "dispatcher", Did::Triaged)
    }

    /// Offered by the community's station.
    pub(super) fn offered(self, at: Ago, takers: &[&'static str]) -> Self {
        self.then(at, "dispatcher", Did::Offered { takers: takers.to_vec() })
    }

    /// Accepted by a person.
    pub(super) fn accepted(self, at: Ago, who: &'static str) -> Self {
        self.then(at, who, Did::Accepted { members: Vec::new() })
    }

    /// Triaged, offered, accepted and begun, an hour and a half in all.
    pub(super) fn served_by(self, taker: &'static str) -> Self {
        let at = self.placed;
        self.triaged(at - 15).offered(at - 25, &[taker]).accepted(at - 45, taker).then(at - 65, taker, Did::CheckedIn)
    }

    /// Finished without any payment.
    pub(super) fn finished(self, at: Ago, who: &'static str, minutes: i32, work: &'static str) -> Self {
        self.then(at, who, Did::Finished { minutes, fee_fen: 0, materials_fen: 0, work })
    }

    /// Judged by the person served.
    pub(super) fn reviewed(self, at: Ago, stars: i32, solved: bool, tags: &'static [&'static str], text: &'static str) -> Self {
        let subject = self.subject;
        self.then(at, subject, Did::Reviewed { stars, solved, tags, text })
    }
}
