//! The rows of orders and how they become what the rules read.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::geo::Position;
use domain::order::{Order, Proposal, Side, Taker, Window};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;

use crate::error::StoreError;
use crate::schema::orders;
use crate::types::{Instant, Uid};

/// Reads a value of a closed list; what is stored was written by us, so anything else is a defect.
pub(crate) fn value<V: Vocabulary>(text: &str) -> Result<V, StoreError> {
    V::from_text(text).ok_or_else(|| StoreError::Bug(format!("{} has no value {text}", V::NAME)))
}

/// As [`value`], where there may be none.
pub(crate) fn optional<V: Vocabulary>(text: Option<&str>) -> Result<Option<V>, StoreError> {
    text.map(value).transpose()
}

/// Reads a division code that we have stored.
pub(crate) fn division(text: &str) -> Result<DivisionCode, StoreError> {
    DivisionCode::parse(text).map_err(|error| StoreError::Bug(format!("{text}: {error}")))
}

pub(super) fn text<V: Vocabulary>(value: V) -> String {
    value.as_str().to_owned()
}

fn window(start: Option<Instant>, end: Option<Instant>) -> Option<Window> {
    start.zip(end).map(|(start, end)| Window { start: start.get(), end: end.get() })
}

/// What of an order never changes after it was placed.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub(super) struct Placed {
    pub id: Uid,
    number: String,
    region: String,
    division: String,
    service_id: Uid,
    payment: String,
    subject_id: Uid,
    placed_by: Uid,
    placer_id: Option<Uid>,
    channel: String,
    basis: Option<String>,
    external_ref: Option<String>,
    wanted_start: Option<Instant>,
    wanted_end: Option<Instant>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    policy_version: String,
    placed_at: Instant,
    hazard: String,
}

/// What steps change.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = orders, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Current {
    handler: String,
    craft_id: Option<Uid>,
    subject_group: String,
    urgency: String,
    minutes: i32,
    people_needed: i32,
    state: String,
    version: i32,
    changed_at: Instant,
    round: i32,
    returns: i32,
    mends: i32,
    appealed: bool,
    decision_due: bool,
    bound: bool,
    taker_person: Option<Uid>,
    taker_organisation: Option<Uid>,
    agreed_start: Option<Instant>,
    agreed_end: Option<Instant>,
    proposed_start: Option<Instant>,
    proposed_end: Option<Instant>,
    proposed_by: Option<String>,
    dispatched_at: Option<Instant>,
    dispatched_on: Option<NaiveDate>,
    dispatched_from: Option<String>,
    matched: Option<bool>,
    checked_in_at: Option<Instant>,
    finished_at: Option<Instant>,
    fee_fen: i64,
    materials_fen: i64,
    worked_minutes: Option<i32>,
    stars: Option<i32>,
    ended_at: Option<Instant>,
    outcome: Option<String>,
}

impl Current {
    /// Whether an organisation serves.
    pub(super) const fn is_taken_by_organisation(&self) -> bool {
        self.taker_organisation.is_some()
    }
}

/// What contacts and exclusions change. They are no steps and do not raise the version, so a step must never write these.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub(super) struct Beside {
    exclusion: String,
    first_contact_at: Option<Instant>,
    first_contact_in_time: Option<bool>,
    callback_solved: Option<bool>,
    callback_satisfied: Option<bool>,
}

/// What only the store and the counters of the check-in keep.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub(super) struct Kept {
    pub check_in_failures: i32,
    pub exclusion_proposed_by: Option<Uid>,
    pub exclusion_decided_by: Option<Uid>,
    pub next_due: Instant,
}

/// A whole row.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub(super) struct OrderRow {
    #[diesel(embed)]
    pub placed: Placed,
    #[diesel(embed)]
    pub current: Current,
    #[diesel(embed)]
    pub beside: Beside,
    #[diesel(embed)]
    pub kept: Kept,
}

impl From<&Order> for Placed {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id.into(),
            number: order.number.clone(),
            region: order.region.to_string(),
            division: order.division.to_string(),
            service_id: order.service.into(),
            payment: text(order.payment),
            subject_id: order.subject.into(),
            placed_by: order.placed_by.into(),
            placer_id: order.placer.map(Into::into),
            channel: text(order.channel),
            basis: order.basis.map(text),
            external_ref: order.external_ref.clone(),
            wanted_start: order.wanted.map(|wanted| wanted.start.into()),
            wanted_end: order.wanted.map(|wanted| wanted.end.into()),
            longitude: order.position.map(|position| position.longitude),
            latitude: order.position.map(|position| position.latitude),
            policy_version: order.policy_version.clone(),
            placed_at: order.placed_at.into(),
            hazard: text(order.hazard),
        }
    }
}

impl From<&Order> for Current {
    fn from(order: &Order) -> Self {
        let (person, organisation) = split(order.taker);
        Self {
            handler: order.handler.to_string(),
            craft_id: order.craft.map(Into::into),
            subject_group: text(order.group),
            urgency: text(order.urgency),
            minutes: order.minutes,
            people_needed: order.people_needed,
            state: text(order.state),
            version: order.version,
            changed_at: order.changed_at.into(),
            round: order.round,
            returns: order.returns,
            mends: order.mends,
            appealed: order.appealed,
            decision_due: order.decision_due,
            bound: order.bound,
            taker_person: person,
            taker_organisation: organisation,
            agreed_start: order.agreed.map(|agreed| agreed.start.into()),
            agreed_end: order.agreed.map(|agreed| agreed.end.into()),
            proposed_start: order.proposal.map(|proposal| proposal.window.start.into()),
            proposed_end: order.proposal.map(|proposal| proposal.window.end.into()),
            proposed_by: order.proposal.map(|proposal| text(proposal.by)),
            dispatched_at: order.dispatched_at.map(Into::into),
            dispatched_on: order.dispatched_on,
            dispatched_from: order.dispatched_from.as_ref().map(ToString::to_string),
            matched: order.matched,
            checked_in_at: order.checked_in_at.map(Into::into),
            finished_at: order.finished_at.map(Into::into),
            fee_fen: order.fee_fen,
            materials_fen: order.materials_fen,
            worked_minutes: order.worked_minutes,
            stars: order.stars,
            ended_at: order.ended_at.map(Into::into),
            outcome: order.outcome.map(text),
        }
    }
}

impl From<&Order> for Beside {
    fn from(order: &Order) -> Self {
        Self {
            exclusion: text(order.exclusion),
            first_contact_at: order.first_contact_at.map(Into::into),
            first_contact_in_time: order.first_contact_in_time,
            callback_solved: order.callback_solved,
            callback_satisfied: order.callback_satisfied,
        }
    }
}

impl OrderRow {
    /// The order that the row keeps; its members are rows of their own.
    pub(super) fn into_order(self, members: Vec<uuid::Uuid>) -> Result<Order, StoreError> {
        let (placed, current, beside) = (self.placed, self.current, self.beside);
        let proposer = optional::<Side>(current.proposed_by.as_deref())?;
        let position = placed.longitude.zip(placed.latitude);
        Ok(Order {
            id: placed.id.0,
            number: placed.number,
            region: division(&placed.region)?,
            division: division(&placed.division)?,
            handler: division(&current.handler)?,
            service: placed.service_id.0,
            payment: value(&placed.payment)?,
            hazard: value(&placed.hazard)?,
            craft: current.craft_id.map(Into::into),
            group: value(&current.subject_group)?,
            urgency: value(&current.urgency)?,
            minutes: current.minutes,
            people_needed: current.people_needed,
            subject: placed.subject_id.0,
            placed_by: placed.placed_by.0,
            placer: placed.placer_id.map(Into::into),
            channel: value(&placed.channel)?,
            basis: optional(placed.basis.as_deref())?,
            external_ref: placed.external_ref,
            wanted: window(placed.wanted_start, placed.wanted_end),
            position: position.map(|(longitude, latitude)| Position { longitude, latitude }),
            policy_version: placed.policy_version,
            state: value(&current.state)?,
            version: current.version,
            changed_at: current.changed_at.get(),
            placed_at: placed.placed_at.get(),
            round: current.round,
            returns: current.returns,
            mends: current.mends,
            appealed: current.appealed,
            decision_due: current.decision_due,
            bound: current.bound,
            exclusion: value(&beside.exclusion)?,
            taker: join(current.taker_person, current.taker_organisation),
            members,
            agreed: window(current.agreed_start, current.agreed_end),
            proposal: window(current.proposed_start, current.proposed_end).zip(proposer).map(|(window, by)| Proposal { window, by }),
            dispatched_at: current.dispatched_at.map(Into::into),
            dispatched_on: current.dispatched_on,
            dispatched_from: current.dispatched_from.as_deref().map(division).transpose()?,
            matched: current.matched,
            checked_in_at: current.checked_in_at.map(Into::into),
            finished_at: current.finished_at.map(Into::into),
            fee_fen: current.fee_fen,
            materials_fen: current.materials_fen,
            worked_minutes: current.worked_minutes,
            stars: current.stars,
            ended_at: current.ended_at.map(Into::into),
            outcome: optional(current.outcome.as_deref())?,
            first_contact_at: beside.first_contact_at.map(Into::into),
            first_contact_in_time: beside.first_contact_in_time,
            callback_solved: beside.callback_solved,
            callback_satisfied: beside.callback_satisfied,
        })
    }
}

/// A taker as two columns of which one is filled.
pub(super) fn split(taker: Option<Taker>) -> (Option<Uid>, Option<Uid>) {
    match taker {
        Some(Taker::Person(id)) => (Some(id.into()), None),
        Some(Taker::Organisation(id)) => (None, Some(id.into())),
        None => (None, None),
    }
}

pub(super) fn join(person: Option<Uid>, organisation: Option<Uid>) -> Option<Taker> {
    person.map(|id| Taker::Person(id.0)).or(organisation.map(|id| Taker::Organisation(id.0)))
}
