//! What happened to items, and lists as they stood on a past day.

use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::demand::{DemandState, DemandStep, Item};
use domain::order::{Basis, Group};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary as _;
use uuid::Uuid;

use super::row::{Row, read_tags};
use super::save::EventRow;
use crate::error::StoreError;
use crate::order::{optional, value};
use crate::schema::{demand_events, demand_items};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Something that happened to an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// 1 for entering, then without a gap.
    pub seq: i32,
    /// What.
    pub step: DemandStep,
    /// When.
    pub at: domain::Timestamp,
    /// The account; none where it followed by itself.
    pub actor: Option<Uuid>,
    /// Where the item stood afterwards.
    pub state: DemandState,
    /// On whose list.
    pub group: Group,
    /// The revision that it made of that list.
    pub revision: i32,
    /// The list that it left, and the revision that this made of it.
    pub left: Option<(Group, i32)>,
    /// The order that it is about.
    pub order: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
    /// On what basis somebody else's need was told.
    pub basis: Option<Basis>,
}

impl EventRow {
    fn into_event(self) -> Result<Event, StoreError> {
        let left = optional::<Group>(self.left_group.as_deref())?.zip(self.left_revision);
        Ok(Event {
            seq: self.seq,
            step: value(&self.step)?,
            at: self.at.get(),
            actor: self.actor.map(Into::into),
            state: value(&self.state)?,
            group: value(&self.subject_group)?,
            revision: self.revision,
            left,
            order: self.order_id.map(Into::into),
            reason: self.reason,
            basis: optional(self.basis.as_deref())?,
        })
    }

    /// The item as this event left it. What only a living order tells is not of the past.
    fn apply(self, item: Item) -> Result<Item, StoreError> {
        let state: DemandState = value(&self.state)?;
        let drop_reason = if state == DemandState::Dropped { optional(self.reason.as_deref())? } else { None };
        Ok(Item {
            group: value(&self.subject_group)?,
            urgency: value(&self.urgency)?,
            tags: read_tags(&self.tags)?,
            state,
            version: self.seq,
            changed_at: self.at.get(),
            waiting_since: self.waiting_since.get(),
            verified_at: self.verified_at.get(),
            verify_by: self.verify_by.get(),
            reopened: self.reopened,
            voices: self.voices,
            order: self.order_id.map(Into::into),
            order_live: false,
            served_at: item.served_at.filter(|served| *served <= self.at.get()),
            ended_at: (!state.is_live()).then(|| self.at.get()),
            drop_reason,
            policy_version: self.policy_version,
            ..item
        })
    }
}

/// What happened to an item, oldest first.
///
/// # Errors
/// The database's.
pub fn events(tx: &mut Tx, item: Uuid) -> Result<Vec<Event>, StoreError> {
    let rows: Vec<EventRow> = demand_events::table
        .filter(demand_events::item_id.eq(Uid(item)))
        .order(demand_events::seq)
        .select(EventRow::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(EventRow::into_event).collect()
}

/// On what basis what is noted of an item rests: the last one that was cited, if one ever was.
///
/// # Errors
/// The database's.
pub fn last_basis(tx: &mut Tx, item: Uuid) -> Result<Option<Basis>, StoreError> {
    let cited: Option<Option<String>> = demand_events::table
        .filter(demand_events::item_id.eq(Uid(item)))
        .filter(demand_events::basis.is_not_null())
        .order(demand_events::seq.desc())
        .select(demand_events::basis)
        .first(&mut tx.conn)
        .optional()?;
    optional(cited.flatten().as_deref())
}

/// Every basis that was ever cited for an item, each once.
///
/// # Errors
/// The database's.
pub fn bases(tx: &mut Tx, item: Uuid) -> Result<Vec<Basis>, StoreError> {
    let cited: Vec<Option<String>> = demand_events::table
        .filter(demand_events::item_id.eq(Uid(item)))
        .filter(demand_events::basis.is_not_null())
        .select(demand_events::basis)
        .distinct()
        .load(&mut tx.conn)?;
    cited.iter().flatten().map(|basis| value(basis)).collect()
}

/// Whether any of these accounts has reported an item.
///
/// # Errors
/// The database's.
pub fn has_reported(tx: &mut Tx, item: Uuid, accounts: &[Uuid]) -> Result<bool, StoreError> {
    let accounts: Vec<Option<Uid>> = accounts.iter().map(|id| Some(Uid(*id))).collect();
    let said: i64 = demand_events::table
        .filter(demand_events::item_id.eq(Uid(item)))
        .filter(demand_events::actor.eq_any(accounts))
        .filter(demand_events::step.eq_any([DemandStep::Enter.as_str(), DemandStep::Join.as_str()]))
        .count()
        .get_result(&mut tx.conn)?;
    Ok(said > 0)
}

/// A list as it stood right before a moment, with its revision then: the items that were live and of the group, under any code that
/// the division has had.
///
/// # Errors
/// The database's.
pub fn as_of(tx: &mut Tx, codes: &[DivisionCode], group: Group, before: domain::Timestamp) -> Result<(i32, Vec<Item>), StoreError> {
    let rows: Vec<EventRow> = demand_events::table
        .filter(demand_events::division.eq_any(codes.iter().map(DivisionCode::as_str)))
        .filter(demand_events::at.lt(Instant::from(before)))
        .order((demand_events::item_id, demand_events::seq))
        .select(EventRow::as_select())
        .load(&mut tx.conn)?;
    let (mut revisions, mut last) = (BTreeMap::new(), BTreeMap::new());
    for row in rows {
        let made = (value::<Group>(&row.subject_group)? == group).then_some(row.revision);
        let left = optional::<Group>(row.left_group.as_deref())?.filter(|left| *left == group).and(row.left_revision);
        let revision: &mut i32 = revisions.entry(row.division.clone()).or_default();
        *revision = made.into_iter().chain(left).fold(*revision, i32::max);
        last.insert(row.item_id, row);
    }
    let revision = revisions.values().sum();
    last.retain(|_, row| value::<Group>(&row.subject_group) == Ok(group));
    let ids: Vec<Uid> = last.keys().copied().collect();
    let rows: Vec<Row> = demand_items::table.filter(demand_items::id.eq_any(ids)).select(Row::as_select()).load(&mut tx.conn)?;
    let mut items = Vec::new();
    for row in rows {
        let Some(event) = last.remove(&row.entered.id) else { continue };
        let item = event.apply(row.into_item()?)?;
        if item.state.is_live() {
            items.push(item);
        }
    }
    Ok((revision, items))
}
