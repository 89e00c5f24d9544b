//! Lists of orders, in pages that begin where the last one ended.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::identity::Actor;
use domain::order::{Offer, OfferState, State};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::Loaded;
use super::attached::OfferRow;
use super::row::OrderRow;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::region::in_ranges;
use crate::schema::{order_members, order_offers, orders};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Where a page begins and how long it is.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The last order of the page before; newest first.
    pub after: Option<Uuid>,
    /// How many at most.
    pub limit: i64,
}

/// Which orders of a station, most pressing first.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Handlers at or below these divisions, as text ranges.
    pub ranges: Vec<(String, String)>,
    /// These states; empty for every open one.
    pub states: Vec<State>,
    /// Due and id of the last order of the page before.
    pub after: Option<(domain::Timestamp, Uuid)>,
    /// How many at most.
    pub limit: i64,
}

type Boxed = orders::BoxedQuery<'static, MultiBackend>;

/// The orders of these people that stand in one of these states, the oldest first.
///
/// # Errors
/// The database's.
pub fn ids_of_subject(tx: &mut Tx, persons: &[Uuid], states: &[State]) -> Result<Vec<Uuid>, StoreError> {
    let persons: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    ids_in(tx, orders::table.filter(orders::subject_id.eq_any(persons)).into_boxed(), states)
}

/// The orders that these people have taken themselves and that stand in one of these states, the oldest first.
///
/// # Errors
/// The database's.
pub fn ids_of_taker(tx: &mut Tx, persons: &[Uuid], states: &[State]) -> Result<Vec<Uuid>, StoreError> {
    let persons: Vec<Option<Uid>> = persons.iter().map(|id| Some(Uid(*id))).collect();
    ids_in(tx, orders::table.filter(orders::taker_person.eq_any(persons)).into_boxed(), states)
}

fn ids_in(tx: &mut Tx, query: Boxed, states: &[State]) -> Result<Vec<Uuid>, StoreError> {
    let states: Vec<&str> = states.iter().copied().map(Vocabulary::as_str).collect();
    let ids: Vec<Uid> = query.filter(orders::state.eq_any(states)).order(orders::id).select(orders::id).load(&mut tx.conn)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// The orders that the actor placed or that are for the actor's person, newest first.
///
/// # Errors
/// The database's.
pub fn list_mine(tx: &mut Tx, actor: &Actor, page: Page) -> Result<Vec<Loaded>, StoreError> {
    let query = orders::table.into_boxed::<MultiBackend>();
    let query = match actor.person {
        Some(person) => query.filter(orders::subject_id.eq(Uid(person)).or(orders::placed_by.eq(Uid(actor.account)))),
        None => query.filter(orders::placed_by.eq(Uid(actor.account))),
    };
    newest(tx, query, actor, page)
}

/// The orders with an open offer to the actor's person or to an organisation that the actor manages, newest first.
///
/// # Errors
/// The database's.
pub fn list_offered(tx: &mut Tx, actor: &Actor, page: Page) -> Result<Vec<Loaded>, StoreError> {
    let open = order_offers::table.filter(order_offers::state.eq(OfferState::Open.as_str())).select(order_offers::order_id);
    let to_person = open.filter(order_offers::person_id.eq(actor.person.map(Uid)));
    let to_managed = open.filter(order_offers::organisation_id.eq_any(managed(actor)));
    let query = orders::table
        .filter(orders::state.eq(State::Offered.as_str()))
        .filter(orders::id.eq_any(to_person).or(orders::id.eq_any(to_managed)))
        .into_boxed::<MultiBackend>();
    newest(tx, query, actor, page)
}

/// The orders that the actor, or an organisation that the actor manages or serves for, has taken, newest first.
///
/// # Errors
/// The database's.
pub fn list_accepted(tx: &mut Tx, actor: &Actor, page: Page) -> Result<Vec<Loaded>, StoreError> {
    let served = order_members::table.filter(order_members::person_id.nullable().eq(actor.person.map(Uid))).select(order_members::order_id);
    let query = orders::table
        .filter(
            orders::taker_person
                .is_not_null()
                .and(orders::taker_person.eq(actor.person.map(Uid)))
                .or(orders::taker_organisation.eq_any(managed(actor)).and(orders::taker_organisation.is_not_null()))
                .or(orders::id.eq_any(served)),
        )
        .into_boxed::<MultiBackend>();
    newest(tx, query, actor, page)
}

fn managed(actor: &Actor) -> Vec<Option<Uid>> {
    actor.manages().into_iter().map(|id| Some(Uid(id))).collect()
}

fn newest(tx: &mut Tx, query: Boxed, actor: &Actor, page: Page) -> Result<Vec<Loaded>, StoreError> {
    let query = match page.after {
        Some(after) => query.filter(orders::id.lt(Uid(after))),
        None => query,
    };
    let rows: Vec<OrderRow> = query.order(orders::id.desc()).limit(page.limit).select(OrderRow::as_select()).load(&mut tx.conn)?;
    complete(tx, rows, actor)
}

/// The queue of a station, each order with its next deadline: what is overdue stands first, then what is due soonest.
///
/// # Errors
/// The database's.
pub fn list_station(tx: &mut Tx, actor: &Actor, queue: Queue) -> Result<Vec<(domain::Timestamp, Loaded)>, StoreError> {
    let states = if queue.states.is_empty() { State::OPEN.to_vec() } else { queue.states };
    let states: Vec<&str> = states.into_iter().map(Vocabulary::as_str).collect();
    let mut query = orders::table.filter(orders::state.eq_any(states)).into_boxed::<MultiBackend>();
    query = query.filter(in_ranges!(orders::table, orders::handler, queue.ranges));
    if let Some((due, id)) = queue.after {
        let due = Instant::from(due);
        query = query.filter(orders::next_due.ge(due).and(orders::next_due.gt(due).or(orders::id.gt(Uid(id)))));
    }
    let rows: Vec<OrderRow> =
        query.order((orders::next_due, orders::id)).limit(queue.limit).select(OrderRow::as_select()).load(&mut tx.conn)?;
    let dues: Vec<domain::Timestamp> = rows.iter().map(|row| row.kept.next_due.get()).collect();
    Ok(dues.into_iter().zip(complete(tx, rows, actor)?).collect())
}

/// Adds members and offers to the rows of a page, one query each.
fn complete(tx: &mut Tx, rows: Vec<OrderRow>, actor: &Actor) -> Result<Vec<Loaded>, StoreError> {
    let with_team: Vec<Uid> = rows.iter().filter(|row| row.current.is_taken_by_organisation()).map(|row| row.placed.id).collect();
    let mut members = members_of(tx, with_team)?;
    let mut loaded = Vec::with_capacity(rows.len());
    for row in rows {
        let check_in_failures = row.kept.check_in_failures;
        let id = row.placed.id.0;
        let order = row.into_order(members.remove(&id).unwrap_or_default())?;
        loaded.push((order, check_in_failures));
    }
    let offered: Vec<Uid> = loaded.iter().filter(|(order, _)| order.state == State::Offered).map(|(order, _)| Uid(order.id)).collect();
    let mut offers = offers_of(tx, offered)?;
    let finish = |(order, check_in_failures): (domain::order::Order, i32)| {
        let offers = offers.remove(&order.id).unwrap_or_default();
        let acting = domain::order::acting(&order, actor, &offers);
        Loaded { order, offers, deadlines: Vec::new(), acting, check_in_failures }
    };
    Ok(loaded.into_iter().map(finish).collect())
}

fn members_of(tx: &mut Tx, ids: Vec<Uid>) -> Result<HashMap<Uuid, Vec<Uuid>>, StoreError> {
    let mut members: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    if !ids.is_empty() {
        let rows: Vec<(Uid, Uid)> = order_members::table
            .filter(order_members::order_id.eq_any(ids))
            .order((order_members::order_id, order_members::person_id))
            .select((order_members::order_id, order_members::person_id))
            .load(&mut tx.conn)?;
        for (order, person) in rows {
            members.entry(order.0).or_default().push(person.0);
        }
    }
    Ok(members)
}

fn offers_of(tx: &mut Tx, ids: Vec<Uid>) -> Result<HashMap<Uuid, Vec<Offer>>, StoreError> {
    let mut offers: HashMap<Uuid, Vec<Offer>> = HashMap::new();
    if !ids.is_empty() {
        let rows: Vec<OfferRow> = order_offers::table
            .filter(order_offers::order_id.eq_any(ids))
            .filter(order_offers::state.eq(OfferState::Open.as_str()))
            .order(order_offers::id)
            .select(OfferRow::as_select())
            .load(&mut tx.conn)?;
        for row in rows {
            offers.entry(row.order_id.0).or_default().push(row.into_offer()?);
        }
    }
    Ok(offers)
}

/// The orders that a person, by any of these records and accounts, is part of, oldest first: those after one of them.
///
/// # Errors
/// The database's.
pub fn ids_concerning(tx: &mut Tx, persons: &[Uuid], accounts: &[Uuid], after: Option<Uuid>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let people: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let takers: Vec<Option<Uid>> = people.iter().copied().map(Some).collect();
    let served = order_members::table.filter(order_members::person_id.eq_any(people.clone())).select(order_members::order_id);
    let concerning = orders::subject_id
        .eq_any(people)
        .or(orders::placed_by.eq_any(accounts.iter().copied().map(Uid).collect::<Vec<_>>()))
        .or(orders::taker_person.is_not_null().and(orders::taker_person.eq_any(takers)))
        .or(orders::id.eq_any(served));
    let rows: Vec<Uid> = orders::table
        .filter(concerning)
        .filter(orders::id.gt(Uid(after.unwrap_or_default())))
        .order(orders::id)
        .limit(limit)
        .select(orders::id)
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}
