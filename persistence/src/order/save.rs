//! Keeping what was decided: the guarded update, the events and everything that goes with them.

use diesel::prelude::*;
pub use domain::order::TextKind;
use domain::order::{Change, Contact, ContactKind, Deadline, Decision, Exclusion, Order, Step};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::attached::{DeadlineRow, EventRow, OfferRow};
use super::review::ReviewRow;
use super::row::{Beside, Current, Kept, OrderRow, Placed, value};
use super::text::keep_texts;
use crate::claim;
use crate::error::StoreError;
use crate::schema::{order_contacts, order_deadlines, order_events, order_members, order_offers, order_proofs, order_reviews, orders};
use crate::store::Tx;
use crate::types::{Instant, Uid};
use crate::{both, insert_all};

/// The column that a sealed text is bound to.
pub(crate) const fn column(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Request => "order_texts.request",
        TextKind::Address => "order_texts.address",
        TextKind::Note => "order_texts.note",
        TextKind::Work => "order_texts.work",
        TextKind::Review => "order_texts.review",
        TextKind::Contact => "order_texts.contact",
    }
}

/// Texts to keep with a decision.
pub type Texts = Vec<(TextKind, String)>;

/// A row of `order_contacts`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_contacts, treat_none_as_default_value = false)]
pub(super) struct ContactRow {
    id: Uid,
    order_id: Uid,
    kind: String,
    at: Instant,
    by_account: Uid,
    reached: bool,
    solved: Option<bool>,
    satisfied: Option<bool>,
}

impl ContactRow {
    pub(super) fn into_contact(self) -> Result<Contact, StoreError> {
        Ok(Contact {
            id: self.id.0,
            kind: value(&self.kind)?,
            at: self.at.get(),
            by: self.by_account.0,
            reached: self.reached,
            solved: self.solved,
            satisfied: self.satisfied,
        })
    }
}

#[derive(Insertable)]
#[diesel(table_name = order_members, treat_none_as_default_value = false)]
struct MemberRow {
    order_id: Uid,
    person_id: Uid,
}

/// The moment that stands for "nothing is due": later than any deadline, and a number that both databases can keep.
fn never() -> Instant {
    chrono::DateTime::from_timestamp_micros(253_402_300_799_000_000).unwrap_or_default().into()
}

/// Keeps a new order. Whether its texts are held until they are checked.
///
/// # Errors
/// [`StoreError::Duplicate`] where the hotline's ticket has an order already; [`StoreError::Unknown`] where the service, the division or
/// the person is not there.
pub fn insert(tx: &mut Tx, decision: &Decision, texts: Texts) -> Result<bool, StoreError> {
    let order = &decision.order;
    tx.in_region(&order.region);
    let row = OrderRow {
        placed: Placed::from(order),
        current: Current::from(order),
        beside: Beside::from(order),
        kept: Kept {
            check_in_failures: 0,
            exclusion_proposed_by: None,
            exclusion_decided_by: None,
            next_due: next_due(&[], &decision.changes),
        },
    };
    both!(tx, |c| diesel::insert_into(orders::table).values(&row).execute(c))?;
    keep_rest(tx, decision, texts)
}

/// Keeps a step: only if the order is still the one that the decision was made on.
///
/// # Errors
/// [`StoreError::Stale`] where it has changed meanwhile; [`StoreError::Duplicate`] of `quarter_claims` where somebody would be in two
/// places.
pub fn save(tx: &mut Tx, before: &super::Loaded, decision: &Decision, texts: Texts) -> Result<(), StoreError> {
    let order = &decision.order;
    tx.in_region(&order.region);
    let next_due = next_due(&before.deadlines, &decision.changes);
    let changed = diesel::update(orders::table)
        .filter(orders::id.eq(Uid(order.id)))
        .filter(orders::version.eq(before.order.version))
        .set((Current::from(order), orders::next_due.eq(next_due)))
        .execute(&mut tx.conn)?;
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    // A new taker, or a code that fitted: the attempts begin anew.
    let begins = |event: &domain::order::Event| matches!(event.step, Step::Accept | Step::CheckIn | Step::Finish);
    if before.check_in_failures > 0 && decision.events.iter().any(begins) {
        diesel::update(orders::table.find(Uid(order.id))).set(orders::check_in_failures.eq(0)).execute(&mut tx.conn)?;
    }
    if before.order.members != order.members {
        keep_members(tx, order)?;
    }
    keep_rest(tx, decision, texts)?;
    Ok(())
}

fn keep_members(tx: &mut Tx, order: &Order) -> Result<(), StoreError> {
    diesel::delete(order_members::table.filter(order_members::order_id.eq(Uid(order.id)))).execute(&mut tx.conn)?;
    let rows: Vec<MemberRow> =
        order.members.iter().map(|person| MemberRow { order_id: order.id.into(), person_id: (*person).into() }).collect();
    insert_all!(tx, order_members::table, rows)?;
    Ok(())
}

fn keep_rest(tx: &mut Tx, decision: &Decision, texts: Texts) -> Result<bool, StoreError> {
    let order = &decision.order;
    let events: Vec<EventRow> = decision.events.iter().map(|event| EventRow::new(order.id, event)).collect();
    insert_all!(tx, order_events::table, events)?;
    for change in &decision.changes {
        keep_change(tx, order, change)?;
    }
    keep_new(tx, order.id, &decision.changes)?;
    let first = decision.events.first();
    let seq = first.map_or(order.version, |event| event.seq);
    // A review of tags alone is read like one in words.
    let tagged = decision.changes.iter().any(|change| matches!(change, Change::Reviewed(review) if !review.tags.is_empty()));
    let alone = tagged && !texts.iter().any(|(kind, _)| *kind == TextKind::Review);
    let tags = alone.then_some(TextKind::Review);
    keep_texts(tx, order.id, seq, first.and_then(|event| event.actor), texts, tags)
}

/// New offers and deadlines, each kind in one statement; after the changes of old ones, which go by kind.
fn keep_new(tx: &mut Tx, order: Uuid, changes: &[Change]) -> Result<(), StoreError> {
    let (mut offers, mut deadlines) = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Offered(offer) => offers.push(OfferRow::new(order, offer)),
            Change::Opened(deadline) => deadlines.push(DeadlineRow::new(order, deadline)),
            _ => {}
        }
    }
    insert_all!(tx, order_offers::table, offers)?;
    insert_all!(tx, order_deadlines::table, deadlines)?;
    Ok(())
}

/// Changes the one open deadline of this identity; how many there were.
macro_rules! on_deadline {
    ($tx:expr, $order:expr, $kind:expr, $opened_by:expr, $change:expr) => {
        diesel::update(order_deadlines::table.find((Uid($order.id), $kind.as_str(), *$opened_by)))
            .filter(order_deadlines::met_at.is_null().and(order_deadlines::void_reason.is_null()))
            .set($change)
            .execute(&mut $tx.conn)?
    };
}

/// Keeps one change of what was there before; what is new comes afterwards.
fn keep_change(tx: &mut Tx, order: &Order, change: &Change) -> Result<(), StoreError> {
    let changed = match change {
        Change::Offered(_) | Change::Opened(_) => 1,
        Change::Answered { offer, state, at, reason } => diesel::update(order_offers::table)
            .filter(order_offers::id.eq(Uid(*offer)))
            .filter(order_offers::state.eq(domain::order::OfferState::Open.as_str()))
            .set((
                order_offers::state.eq(state.as_str()),
                order_offers::answered_at.eq(Some(Instant::from(*at))),
                order_offers::reason.eq(reason.map(|reason| reason.as_str().to_owned())),
            ))
            .execute(&mut tx.conn)?,
        Change::Met { kind, opened_by, at } => {
            on_deadline!(tx, order, kind, opened_by, order_deadlines::met_at.eq(Some(Instant::from(*at))))
        }
        Change::Voided { kind, opened_by, reason } => {
            on_deadline!(tx, order, kind, opened_by, order_deadlines::void_reason.eq(Some(reason.as_str())))
        }
        Change::Reminded { kind, opened_by, at } => {
            on_deadline!(tx, order, kind, opened_by, order_deadlines::reminded_at.eq(Some(Instant::from(*at))))
        }
        Change::Acted { kind, opened_by, at } => {
            on_deadline!(tx, order, kind, opened_by, order_deadlines::acted_at.eq(Some(Instant::from(*at))))
        }
        Change::Claimed { person, window } => claim::claim(tx, order.id, *person, *window)?,
        Change::Freed => {
            claim::free(tx, order.id)?;
            1
        }
        Change::Proved { seq, kind } => {
            let proof = (order_proofs::order_id.eq(Uid(order.id)), order_proofs::seq.eq(*seq), order_proofs::kind.eq(kind.as_str()));
            diesel::insert_into(order_proofs::table).values(proof).execute(&mut tx.conn)?
        }
        Change::Reviewed(review) => {
            let row = ReviewRow::new(tx, order.id, review)?;
            diesel::insert_into(order_reviews::table).values(&row).execute(&mut tx.conn)?
        }
    };
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The earliest deadline that will be open after the changes.
fn next_due(before: &[Deadline], changes: &[Change]) -> Instant {
    let mut deadlines = before.to_vec();
    for change in changes {
        change.apply(&mut Vec::new(), &mut deadlines);
    }
    let open = deadlines.iter().filter(|deadline| deadline.is_open());
    open.map(|deadline| Instant::from(deadline.due)).min().unwrap_or_else(never)
}

/// Keeps a contact and what it changes in the order. A contact is no step: the version stays.
///
/// # Errors
/// The database's.
pub fn keep_contact(tx: &mut Tx, order: &Order, contact: &Contact, text: Option<String>) -> Result<(), StoreError> {
    if contact.reached {
        keep_contact_in_order(tx, order, contact)?;
    }
    let row = ContactRow {
        id: contact.id.into(),
        order_id: order.id.into(),
        kind: contact.kind.as_str().to_owned(),
        at: contact.at.into(),
        by_account: contact.by.into(),
        reached: contact.reached,
        solved: contact.solved,
        satisfied: contact.satisfied,
    };
    diesel::insert_into(order_contacts::table).values(&row).execute(&mut tx.conn)?;
    let count: i64 = order_contacts::table.filter(order_contacts::order_id.eq(Uid(order.id))).count().get_result(&mut tx.conn)?;
    let number = i32::try_from(count).unwrap_or(i32::MAX);
    keep_texts(tx, order.id, number, Some(contact.by), text.into_iter().map(|text| (TextKind::Contact, text)).collect(), None)?;
    Ok(())
}

/// The first contact counts once, whoever else writes; the last callback that reached the person stands.
fn keep_contact_in_order(tx: &mut Tx, order: &Order, contact: &Contact) -> Result<(), StoreError> {
    let this = orders::table.filter(orders::id.eq(Uid(order.id)));
    match contact.kind {
        ContactKind::FirstContact => diesel::update(this.filter(orders::first_contact_at.is_null()))
            .set((
                orders::first_contact_at.eq(order.first_contact_at.map(Instant::from)),
                orders::first_contact_in_time.eq(order.first_contact_in_time),
            ))
            .execute(&mut tx.conn)?,
        ContactKind::Callback => diesel::update(this)
            .set((orders::callback_solved.eq(contact.solved), orders::callback_satisfied.eq(contact.satisfied)))
            .execute(&mut tx.conn)?,
    };
    Ok(())
}

/// Keeps the out-of-scope flag with who proposed or decided it, if it still stands where it stood.
///
/// # Errors
/// [`StoreError::Stale`] where somebody else has changed it meanwhile.
pub fn keep_exclusion(tx: &mut Tx, before: &Order, after: &Order, by: Uuid, note: Option<String>) -> Result<(), StoreError> {
    let this = orders::table.filter(orders::id.eq(Uid(after.id))).filter(orders::exclusion.eq(before.exclusion.as_str()));
    let exclusion = orders::exclusion.eq(after.exclusion.as_str());
    let changed = match after.exclusion {
        Exclusion::Proposed => {
            diesel::update(this).set((exclusion, orders::exclusion_proposed_by.eq(Some(Uid(by))))).execute(&mut tx.conn)?
        }
        Exclusion::None | Exclusion::Confirmed | Exclusion::Rejected => {
            diesel::update(this).set((exclusion, orders::exclusion_decided_by.eq(Some(Uid(by))))).execute(&mut tx.conn)?
        }
    };
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    // The proposal and the decision are no events; their notes stand beside the order under numbers of their own.
    let number = if after.exclusion == Exclusion::Proposed { -1 } else { -2 };
    keep_texts(tx, after.id, number, Some(by), note.into_iter().map(|note| (TextKind::Note, note)).collect(), None)?;
    Ok(())
}

/// Counts an attempt at the one-time code if it is a wrong one; how many wrong ones there were before it since the last that fitted.
/// Also a right one waits for its turn among many at once, so that they cannot outrun the limit together.
///
/// # Errors
/// The database's.
pub fn count_code_attempt(tx: &mut Tx, id: Uuid, wrong: bool) -> Result<i32, StoreError> {
    let more = i32::from(wrong);
    diesel::update(orders::table.find(Uid(id)))
        .set(orders::check_in_failures.eq(orders::check_in_failures + more))
        .execute(&mut tx.conn)?;
    let counted: i32 = orders::table.find(Uid(id)).select(orders::check_in_failures).first(&mut tx.conn)?;
    Ok(counted - more)
}
