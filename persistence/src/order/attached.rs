//! The rows that hang on an order: its events, offers and deadlines.

use diesel::prelude::*;
use domain::order::{Deadline, DeadlineKind, Event, Offer, Party};

use super::row::{division, join, optional, split, text, value};
use crate::error::StoreError;
use crate::schema::{order_deadlines, order_events, order_offers};
use crate::types::{Instant, Uid};

/// A row of `order_events`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_events, treat_none_as_default_value = false)]
pub(super) struct EventRow {
    order_id: Uid,
    seq: i32,
    step: String,
    from_state: Option<String>,
    to_state: String,
    at: Instant,
    actor: Option<Uid>,
    party: String,
    reason: Option<String>,
    handler: String,
    returns: i32,
    mends: i32,
    offer_id: Option<Uid>,
}

impl EventRow {
    pub(super) fn new(order: uuid::Uuid, event: &Event) -> Self {
        Self {
            order_id: order.into(),
            seq: event.seq,
            step: text(event.step),
            from_state: event.from.map(text),
            to_state: text(event.to),
            at: event.at.into(),
            actor: event.actor.map(Into::into),
            party: text(event.party),
            reason: event.reason.map(text),
            handler: event.handler.to_string(),
            returns: event.returns,
            mends: event.mends,
            offer_id: event.offer.map(Into::into),
        }
    }

    pub(super) fn into_event(self) -> Result<Event, StoreError> {
        Ok(Event {
            seq: self.seq,
            step: value(&self.step)?,
            from: optional(self.from_state.as_deref())?,
            to: value(&self.to_state)?,
            at: self.at.get(),
            actor: self.actor.map(Into::into),
            party: value::<Party>(&self.party)?,
            reason: optional(self.reason.as_deref())?,
            handler: division(&self.handler)?,
            returns: self.returns,
            mends: self.mends,
            offer: self.offer_id.map(Into::into),
        })
    }
}

/// A row of `order_offers`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_offers, treat_none_as_default_value = false)]
pub(super) struct OfferRow {
    pub id: Uid,
    pub order_id: Uid,
    round: i32,
    person_id: Option<Uid>,
    organisation_id: Option<Uid>,
    state: String,
    offered_at: Instant,
    due: Instant,
    answered_at: Option<Instant>,
    reason: Option<String>,
}

impl OfferRow {
    pub(super) fn new(order: uuid::Uuid, offer: &Offer) -> Self {
        let (person_id, organisation_id) = split(Some(offer.taker));
        Self {
            id: offer.id.into(),
            order_id: order.into(),
            round: offer.round,
            person_id,
            organisation_id,
            state: text(offer.state),
            offered_at: offer.offered_at.into(),
            due: offer.due.into(),
            answered_at: offer.answered_at.map(Into::into),
            reason: offer.reason.map(text),
        }
    }

    pub(super) fn into_offer(self) -> Result<Offer, StoreError> {
        let taker = join(self.person_id, self.organisation_id);
        Ok(Offer {
            id: self.id.0,
            round: self.round,
            taker: taker.ok_or_else(|| StoreError::Bug("an offer without a taker".to_owned()))?,
            state: value(&self.state)?,
            offered_at: self.offered_at.get(),
            due: self.due.get(),
            answered_at: self.answered_at.map(Into::into),
            reason: optional(self.reason.as_deref())?,
        })
    }
}

/// A row of `order_deadlines`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_deadlines, treat_none_as_default_value = false)]
pub(super) struct DeadlineRow {
    order_id: Uid,
    kind: String,
    opened_by: i32,
    due: Instant,
    met_at: Option<Instant>,
    void_reason: Option<String>,
    reminded_at: Option<Instant>,
    acted_at: Option<Instant>,
}

impl DeadlineRow {
    pub(super) fn new(order: uuid::Uuid, deadline: &Deadline) -> Self {
        Self {
            order_id: order.into(),
            kind: text(deadline.kind),
            opened_by: deadline.opened_by,
            due: deadline.due.into(),
            met_at: deadline.met.map(Into::into),
            void_reason: deadline.void.map(text),
            reminded_at: deadline.reminded.map(Into::into),
            acted_at: deadline.acted.map(Into::into),
        }
    }

    pub(super) fn into_deadline(self) -> Result<Deadline, StoreError> {
        Ok(Deadline {
            kind: value::<DeadlineKind>(&self.kind)?,
            opened_by: self.opened_by,
            due: self.due.get(),
            met: self.met_at.map(Into::into),
            void: optional(self.void_reason.as_deref())?,
            reminded: self.reminded_at.map(Into::into),
            acted: self.acted_at.map(Into::into),
        })
    }
}
