//! Orders: loading them for an actor, keeping a decision, lists, measures.

mod attached;
mod list;
mod measure;
mod review;
mod row;
mod save;
mod text;

use diesel::prelude::*;
use domain::identity::Actor;
use domain::order::{Acting, Contact, Deadline, Event, Offer, OfferState, Order, Party, Review, State};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

pub use list::{Page, Queue, ids_concerning, ids_of_subject, ids_of_taker, list_accepted, list_mine, list_offered, list_station};
pub use measure::{HotlineRates, MeasureFilter, Measures, Share, hotline, measures};
pub(crate) use review::{TAGS, tags};
pub(crate) use row::{division, optional, value};
pub(crate) use save::column;
pub use save::{TextKind, Texts, count_code_attempt, insert, keep_contact, keep_exclusion, save};

use crate::both;
use crate::content::{Checked, CheckedColumns, checked};
use crate::error::StoreError;
use crate::schema::{
    content_checks, order_contacts, order_deadlines, order_events, order_members, order_offers, order_reviews, order_texts, orders,
};
use crate::store::Tx;
use crate::types::Uid;
use attached::{DeadlineRow, EventRow, OfferRow};
use review::ReviewRow;
use row::OrderRow;

/// An order with what the rules ask besides it, and what the actor is to it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The order.
    pub order: Order,
    /// The open offers and all of the current round.
    pub offers: Vec<Offer>,
    /// Every deadline.
    pub deadlines: Vec<Deadline>,
    /// What the actor is to it.
    pub acting: Acting,
    /// How often a wrong check-in code was given since the order was accepted.
    pub check_in_failures: i32,
}

/// Loads an order as far as the actor may know of it. What the actor may not know of is missing, like what is not there.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid, actor: &Actor) -> Result<Loaded, StoreError> {
    let loaded = load_for_timer(tx, id)?;
    let acting = domain::order::acting(&loaded.order, actor, &loaded.offers);
    if domain::order::may_read(&loaded.order, &acting.parties, actor) { Ok(Loaded { acting, ..loaded }) } else { Err(StoreError::Missing) }
}

/// Loads an order to show it: with its deadlines only for those who watch over it.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_to_show(tx: &mut Tx, id: Uuid, actor: &Actor) -> Result<Loaded, StoreError> {
    let (order, offers, check_in_failures) = load_bare(tx, id)?;
    let acting = domain::order::acting(&order, actor, &offers);
    if !domain::order::may_read(&order, &acting.parties, actor) {
        return Err(StoreError::Missing);
    }
    let watching = acting.parties.iter().any(|party| Party::WATCHING.contains(party));
    let deadlines = if watching { deadlines(tx, id)? } else { Vec::new() };
    Ok(Loaded { order, offers, deadlines, acting, check_in_failures })
}

/// Whether the order was ever offered to the actor's person or to an organisation that the actor manages.
///
/// # Errors
/// The database's.
pub fn was_offered(tx: &mut Tx, id: Uuid, actor: &Actor) -> Result<bool, StoreError> {
    let managed: Vec<Option<Uid>> = actor.manages().into_iter().map(|id| Some(Uid(id))).collect();
    let count: i64 = order_offers::table
        .filter(order_offers::order_id.eq(Uid(id)))
        .filter(order_offers::person_id.eq(actor.person.map(Uid)).or(order_offers::organisation_id.eq_any(managed)))
        .count()
        .get_result(&mut tx.conn)?;
    Ok(count > 0)
}

/// The accounts that have dispatched the order or vouched for its service: they do not call back about their own work.
///
/// # Errors
/// The database's.
pub fn handlers(tx: &mut Tx, id: Uuid) -> Result<Vec<Uuid>, StoreError> {
    use domain::order::Step;
    let steps = [Step::Offer, Step::CheckIn, Step::Finish, Step::Mend].map(Vocabulary::as_str);
    let actors: Vec<Option<Uid>> = order_events::table
        .filter(order_events::order_id.eq(Uid(id)))
        .filter(order_events::actor.is_not_null())
        .filter(order_events::step.eq_any(steps))
        .select(order_events::actor)
        .distinct()
        .load(&mut tx.conn)?;
    Ok(actors.into_iter().flatten().map(Into::into).collect())
}

/// Loads an order for the clock, which may know of every order.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_for_timer(tx: &mut Tx, id: Uuid) -> Result<Loaded, StoreError> {
    let (order, offers, check_in_failures) = load_bare(tx, id)?;
    let deadlines = deadlines(tx, id)?;
    Ok(Loaded { order, offers, deadlines, acting: Acting::timer(), check_in_failures })
}

/// The order with its open offers and how often a wrong code was given.
fn load_bare(tx: &mut Tx, id: Uuid) -> Result<(Order, Vec<Offer>, i32), StoreError> {
    let row: OrderRow = both!(tx, |c| orders::table.find(Uid(id)).select(OrderRow::as_select()).get_result(c))?;
    let check_in_failures = row.kept.check_in_failures;
    let members = if row.current.is_taken_by_organisation() { members(tx, id)? } else { Vec::new() };
    let order = row.into_order(members)?;
    let offers = if order.state == State::Offered { offers(tx, id, order.round)? } else { Vec::new() };
    Ok((order, offers, check_in_failures))
}

fn members(tx: &mut Tx, id: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Uid> = order_members::table
        .filter(order_members::order_id.eq(Uid(id)))
        .order(order_members::person_id)
        .select(order_members::person_id)
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The offers of one round and every open one.
fn offers(tx: &mut Tx, id: Uuid, round: i32) -> Result<Vec<Offer>, StoreError> {
    let rows: Vec<OfferRow> = order_offers::table
        .filter(order_offers::order_id.eq(Uid(id)))
        .filter(order_offers::round.eq(round).or(order_offers::state.eq(OfferState::Open.as_str())))
        .order(order_offers::id)
        .select(OfferRow::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(OfferRow::into_offer).collect()
}

/// Every deadline of an order.
fn deadlines(tx: &mut Tx, id: Uuid) -> Result<Vec<Deadline>, StoreError> {
    let rows: Vec<DeadlineRow> = both!(tx, |c| order_deadlines::table
        .filter(order_deadlines::order_id.eq(Uid(id)))
        .order((order_deadlines::opened_by, order_deadlines::kind))
        .select(DeadlineRow::as_select())
        .load(c))?;
    rows.into_iter().map(DeadlineRow::into_deadline).collect()
}

/// Every event of an order, oldest first.
///
/// # Errors
/// The database's.
pub fn events(tx: &mut Tx, id: Uuid) -> Result<Vec<Event>, StoreError> {
    let rows: Vec<EventRow> = order_events::table
        .filter(order_events::order_id.eq(Uid(id)))
        .order(order_events::seq)
        .select(EventRow::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(EventRow::into_event).collect()
}

/// One text of an order, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// What it is.
    pub kind: TextKind,
    /// The event it belongs to.
    pub seq: i32,
    /// The text.
    pub body: String,
    /// What its content check says; `None` where nothing is checked, because staff wrote it.
    pub check: Option<Checked>,
}

/// The texts of an order that have not been erased.
///
/// # Errors
/// The database's; a text that does not open is a defect.
pub fn texts(tx: &mut Tx, id: Uuid) -> Result<Vec<Text>, StoreError> {
    let same = content_checks::order_id
        .eq(order_texts::order_id)
        .and(content_checks::text_kind.eq(order_texts::kind.nullable()))
        .and(content_checks::seq.eq(order_texts::seq.nullable()));
    let check = (content_checks::state, content_checks::author).nullable();
    let rows: Vec<(String, i32, Vec<u8>, CheckedColumns)> = both!(tx, |c| order_texts::table
        .left_join(content_checks::table.on(same))
        .filter(order_texts::order_id.eq(Uid(id)))
        .order((order_texts::seq, order_texts::kind))
        .select((order_texts::kind, order_texts::seq, order_texts::body, check))
        .load(c))?;
    let open = |(kind, seq, body, check): (String, i32, Vec<u8>, CheckedColumns)| {
        let kind = TextKind::from_text(&kind).ok_or_else(|| StoreError::Bug(format!("text kind {kind}")))?;
        Ok(Text { kind, seq, body: tx.unseal(save::column(kind), id, &body)?, check: checked(check)? })
    };
    rows.into_iter().map(open).collect()
}

/// The reviews of an order, oldest first.
///
/// # Errors
/// The database's.
pub fn reviews(tx: &mut Tx, id: Uuid) -> Result<Vec<Review>, StoreError> {
    let rows: Vec<ReviewRow> = order_reviews::table
        .filter(order_reviews::order_id.eq(Uid(id)))
        .order(order_reviews::seq)
        .select(ReviewRow::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.open(tx)).collect()
}

/// The contacts of an order, oldest first.
///
/// # Errors
/// The database's.
pub fn contacts(tx: &mut Tx, id: Uuid) -> Result<Vec<Contact>, StoreError> {
    let rows: Vec<save::ContactRow> = order_contacts::table
        .filter(order_contacts::order_id.eq(Uid(id)))
        .order((order_contacts::at, order_contacts::id))
        .select(save::ContactRow::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(save::ContactRow::into_contact).collect()
}

/// Who proposed to leave the order out of the measures, if somebody did.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn exclusion_proposed_by(tx: &mut Tx, id: Uuid) -> Result<Option<Uuid>, StoreError> {
    let by: Option<Uid> = orders::table.find(Uid(id)).select(orders::exclusion_proposed_by).first(&mut tx.conn)?;
    Ok(by.map(Into::into))
}

/// Orders for which something is due by `now`: a deadline that has passed, or an open offer.
///
/// # Errors
/// The database's.
pub fn due(tx: &mut Tx, now: domain::Timestamp, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let now = crate::types::Instant::from(now);
    let mut ids: Vec<Uid> = order_deadlines::table
        .filter(order_deadlines::due.le(now))
        .filter(order_deadlines::met_at.is_null())
        .filter(order_deadlines::void_reason.is_null())
        .filter(order_deadlines::acted_at.is_null())
        .order(order_deadlines::due)
        .limit(limit)
        .select(order_deadlines::order_id)
        .load(&mut tx.conn)?;
    let offers: Vec<Uid> = order_offers::table
        .filter(order_offers::due.le(now))
        .filter(order_offers::state.eq(OfferState::Open.as_str()))
        .order(order_offers::due)
        .limit(limit)
        .select(order_offers::order_id)
        .load(&mut tx.conn)?;
    ids.extend(offers);
    ids.sort_unstable();
    ids.dedup();
    Ok(ids.into_iter().map(Into::into).collect())
}

/// How many orders are overdue: a deadline has passed, is not met, and has not had its consequence yet. At most `limit` are
/// counted, through the index of what is due.
///
/// # Errors
/// The database's.
pub fn count_overdue(tx: &mut Tx, now: domain::Timestamp, limit: i64) -> Result<i64, StoreError> {
    let mut overdue: Vec<Uid> = order_deadlines::table
        .filter(order_deadlines::due.le(crate::types::Instant::from(now)))
        .filter(order_deadlines::met_at.is_null())
        .filter(order_deadlines::void_reason.is_null())
        .filter(order_deadlines::acted_at.is_null())
        .limit(limit)
        .select(order_deadlines::order_id)
        .load(&mut tx.conn)?;
    overdue.sort_unstable();
    overdue.dedup();
    Ok(i64::try_from(overdue.len()).unwrap_or(i64::MAX))
}
