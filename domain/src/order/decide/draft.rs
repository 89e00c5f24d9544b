use uuid::Uuid;

use super::Facts;
use super::admit::above;
use crate::Timestamp;
use crate::days::later;
use crate::order::{
    Change, Deadline, DeadlineKind, Decision, Event, Offer, OfferState, Order, OrderPolicy, Party, Reason, Refusal, State, Step, Taker,
    UrgencyPolicy, Window,
};

/// A decision as it is being made: the order, its offers and deadlines as they will be, and how they came to be so.
pub(super) struct Draft<'a> {
    /// The order, changed so far.
    pub(super) order: Order,
    /// The rest of what the rules know.
    pub(super) facts: &'a Facts<'a>,
    /// The moment at which it happens.
    pub(super) at: Timestamp,
    /// In what relations the actor may take the step; the first is recorded unless the command narrows them.
    pub(super) parties: Vec<Party>,
    offers: Vec<Offer>,
    deadlines: Vec<Deadline>,
    events: Vec<Event>,
    changes: Vec<Change>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(order: &Order, parties: Vec<Party>, facts: &'a Facts<'a>) -> Self {
        Self {
            order: order.clone(),
            facts,
            at: facts.now.max(order.changed_at),
            parties,
            offers: facts.offers.to_vec(),
            deadlines: facts.deadlines.to_vec(),
            events: Vec::new(),
            changes: Vec::new(),
        }
    }

    pub(super) fn into_decision(self) -> Decision {
        Decision { order: self.order, events: self.events, changes: self.changes }
    }

    pub(super) fn policy(&self) -> &'a OrderPolicy {
        self.facts.policy
    }

    /// The limits of the order's urgency.
    pub(super) fn limits(&self) -> &'a UrgencyPolicy {
        self.facts.policy.limits(self.order.urgency)
    }

    pub(super) fn change(&mut self, change: Change) {
        change.apply(&mut self.offers, &mut self.deadlines);
        self.changes.push(change);
    }

    // Events

    /// Records the step: the order is in the new state from here on. What the event says of handler and counters is what the
    /// order says now.
    pub(super) fn record(&mut self, step: Step, to: State, reason: Option<Reason>) {
        self.record_about(step, to, reason, None);
    }

    /// The same, for a step about one offer.
    pub(super) fn record_about(&mut self, step: Step, to: State, reason: Option<Reason>, offer: Option<Uuid>) {
        let party = self.parties.first().copied().unwrap_or(Party::Timer);
        self.push_event(step, to, reason, offer, party);
    }

    /// The number of the last event: the one that opens deadlines.
    pub(super) fn seq(&self) -> i32 {
        self.order.version
    }

    fn push_event(&mut self, step: Step, to: State, reason: Option<Reason>, offer: Option<Uuid>, party: Party) {
        let order = &mut self.order;
        let from = (step != Step::Place).then_some(order.state);
        order.version += 1;
        order.state = to;
        order.changed_at = self.at;
        self.events.push(Event {
            seq: order.version,
            step,
            from,
            to,
            at: self.at,
            actor: if party == Party::Timer { None } else { self.facts.acting.account },
            party,
            reason,
            handler: order.handler.clone(),
            returns: order.returns,
            mends: order.mends,
            offer,
        });
    }

    /// Hands the order to the division above and waits for its decision, where one is due now. The rule does this itself, not
    /// the actor.
    pub(super) fn raise_for_decision(&mut self, due: bool, reason: Reason) {
        if !due || self.order.decision_due {
            return;
        }
        self.order.decision_due = true;
        self.raise();
        self.push_event(Step::Escalate, self.order.state, Some(reason), None, Party::Timer);
    }

    /// The division above handles it; at the region's root nothing changes.
    pub(super) fn raise(&mut self) {
        if let Some(above) = above(&self.order) {
            self.order.handler = above;
        }
    }

    /// Refuses a reason that does not belong to the step.
    pub(super) fn check_reason(&self, step: Step, reason: Reason) -> Result<(), Refusal> {
        if step.reasons().contains(&reason) { Ok(()) } else { Err(Refusal::WrongReason { step, reason }) }
    }

    // Offers

    /// The offers that wait for an answer.
    pub(super) fn open_offers(&self) -> Vec<Offer> {
        self.offers.iter().filter(|offer| offer.is_open()).cloned().collect()
    }

    pub(super) fn answer(&mut self, offer: Uuid, state: OfferState, reason: Option<Reason>) {
        self.change(Change::Answered { offer, state, at: self.at, reason });
    }

    /// Takes back every offer that is still open.
    pub(super) fn withdraw_offers(&mut self, reason: Option<Reason>) {
        for offer in self.open_offers() {
            self.answer(offer.id, OfferState::Withdrawn, reason);
        }
    }

    /// A first round that ends without an acceptance is no match.
    pub(super) fn end_round(&mut self, reason: Option<Reason>) {
        self.withdraw_offers(reason);
        if self.order.round == 1 && self.order.matched.is_none() {
            self.order.matched = Some(false);
        }
    }

    // Deadlines

    /// Opens a deadline by the last event.
    pub(super) fn open(&mut self, kind: DeadlineKind, due: Timestamp) {
        let opened_by = self.seq();
        self.change(Change::Opened(Deadline { kind, opened_by, due, met: None, void: None, reminded: None, acted: None }));
    }

    /// Opens a deadline so many minutes from now.
    pub(super) fn open_in(&mut self, kind: DeadlineKind, minutes: i32) {
        self.open(kind, later(self.at, minutes));
    }

    pub(super) fn deadlines(&self) -> &[Deadline] {
        &self.deadlines
    }

    /// Whether a deadline of the kind is still to be met and has not had its consequence.
    fn is_waiting(&self, kind: DeadlineKind) -> bool {
        self.deadlines.iter().any(|deadline| deadline.kind == kind && deadline.is_waiting())
    }

    /// Meets the latest open deadline of the kind. Earlier ones that are still open were missed by others.
    pub(super) fn meet(&mut self, kind: DeadlineKind) {
        let open = self.deadlines.iter().filter(|deadline| deadline.kind == kind && deadline.is_open());
        if let Some(opened_by) = open.map(|deadline| deadline.opened_by).max() {
            self.change(Change::Met { kind, opened_by, at: self.at });
        }
    }

    pub(super) fn act(&mut self, deadline: &Deadline) {
        self.change(Change::Acted { kind: deadline.kind, opened_by: deadline.opened_by, at: self.at });
    }

    fn void(&mut self, deadline: &Deadline, reason: Reason) {
        self.change(Change::Voided { kind: deadline.kind, opened_by: deadline.opened_by, reason });
    }

    /// Gives up the open deadlines of these kinds. What has been missed stays missed; only the clock is done with it.
    pub(super) fn give_up(&mut self, kinds: &[DeadlineKind], reason: Reason) {
        let open: Vec<Deadline> =
            self.deadlines.iter().filter(|deadline| kinds.contains(&deadline.kind) && deadline.is_open()).cloned().collect();
        for deadline in open {
            if !deadline.has_passed(self.at) {
                self.void(&deadline, reason);
            } else if deadline.is_waiting() {
                self.act(&deadline);
            }
        }
    }

    /// Opens arrival and finishing from the agreed start, in place of those that ran from the first dispatch (they no longer
    /// count, passed or not: there had been nobody to arrive) or from an earlier agreement.
    pub(super) fn open_visit(&mut self, agreed: Window) {
        let dispatch = self.deadlines.iter().find(|deadline| deadline.kind == DeadlineKind::AcceptBy).map(|first| first.opened_by);
        let is_visit = |deadline: &&Deadline| matches!(deadline.kind, DeadlineKind::ArriveBy | DeadlineKind::FinishBy);
        let from_dispatch: Vec<Deadline> = self
            .deadlines
            .iter()
            .filter(is_visit)
            .filter(|deadline| deadline.is_open() && Some(deadline.opened_by) == dispatch)
            .cloned()
            .collect();
        for deadline in from_dispatch {
            self.void(&deadline, Reason::Agreed);
        }
        self.give_up(&[DeadlineKind::ArriveBy, DeadlineKind::FinishBy], Reason::Agreed);
        let limits = self.limits();
        self.open(DeadlineKind::ArriveBy, later(agreed.start, limits.arrive));
        self.open(DeadlineKind::FinishBy, later(agreed.start, limits.finish));
    }

    // Serving

    /// Binds everybody who serves for the agreed time.
    pub(super) fn claim(&mut self) {
        let Some(window) = self.order.agreed else { return };
        let people = match self.order.taker {
            Some(Taker::Person(person)) => vec![person],
            Some(Taker::Organisation(_)) => self.order.members.clone(),
            None => Vec::new(),
        };
        for person in people {
            self.change(Change::Claimed { person, window });
        }
    }

    /// Nobody serves it any more: taker, members, times and claims are given up, and with them the clocks of the visit.
    pub(super) fn clear_taker(&mut self, reason: Reason) {
        if self.order.state == State::Offered {
            self.end_round(Some(reason));
        }
        if self.order.taker.is_some() {
            self.change(Change::Freed);
            self.give_up(&[DeadlineKind::ArriveBy, DeadlineKind::FinishBy, DeadlineKind::MendBy, DeadlineKind::ReviewBy], reason);
        }
        let order = &mut self.order;
        order.taker = None;
        order.members.clear();
        order.agreed = None;
        order.proposal = None;
        order.checked_in_at = None;
    }

    /// Records a step that leads back to the queue. A clock runs for whoever dispatches it anew, if none does.
    pub(super) fn requeue(&mut self, step: Step, reason: Reason, offer: Option<Uuid>) {
        self.clear_taker(reason);
        if step.returns_to(State::Queued) {
            self.order.returns += 1;
        }
        self.record_about(step, State::Queued, Some(reason), offer);
        if !self.is_waiting(DeadlineKind::DispatchBy) && !self.is_waiting(DeadlineKind::AcceptBy) {
            self.open_in(DeadlineKind::DispatchBy, self.limits().dispatch);
        }
        if step.returns_to(State::Queued) {
            let due = self.order.returns == self.policy().decision_after_returns;
            self.raise_for_decision(due, Reason::ThirdReturn);
        }
    }

    /// The order ends here: call it before the step is recorded.
    pub(super) fn end(&mut self, reason: Reason) {
        use DeadlineKind::{AcceptBy, ArriveBy, DispatchBy, FinishBy, MendBy, ReviewBy, TriageBy};
        if self.order.state == State::Offered {
            self.end_round(Some(reason));
        }
        self.give_up(&[TriageBy, DispatchBy, AcceptBy, ArriveBy, FinishBy, MendBy, ReviewBy], reason);
        self.order.proposal = None;
        self.order.decision_due = false;
        self.order.ended_at = Some(self.at);
    }
}
