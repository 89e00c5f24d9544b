//! Keeping what was decided about an item: the guarded update, the event, the revisions of the lists.

use diesel::prelude::*;
use domain::demand::{Decision, Item};
use domain::order::{Basis, Group};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::row::{Current, Row, tags_text};
use crate::both;
use crate::error::StoreError;
use crate::schema::{demand_events, demand_items, demand_lists};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Who has done it, and why.
#[derive(Clone, Copy, Debug, Default)]
pub struct Recorded {
    /// The account; none for the rules themselves.
    pub actor: Option<Uuid>,
    /// A code.
    pub reason: Option<&'static str>,
    /// On what basis somebody else's need was told.
    pub basis: Option<Basis>,
}

impl Recorded {
    /// Somebody has done it.
    #[must_use]
    pub const fn by(account: Uuid) -> Self {
        Self { actor: Some(account), reason: None, basis: None }
    }

    /// The same, for a reason.
    #[must_use]
    pub const fn because(self, reason: Option<&'static str>) -> Self {
        Self { reason, ..self }
    }

    /// The same, on a basis.
    #[must_use]
    pub const fn on(self, basis: Option<Basis>) -> Self {
        Self { basis, ..self }
    }
}

/// A row of `demand_events`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = demand_events, treat_none_as_default_value = false)]
pub(super) struct EventRow {
    pub item_id: Uid,
    pub seq: i32,
    pub step: String,
    pub at: Instant,
    pub actor: Option<Uid>,
    pub division: String,
    pub subject_group: String,
    pub revision: i32,
    pub left_group: Option<String>,
    pub left_revision: Option<i32>,
    pub state: String,
    pub urgency: String,
    pub tags: String,
    pub waiting_since: Instant,
    pub verified_at: Instant,
    pub verify_by: Instant,
    pub reopened: i32,
    pub voices: i32,
    pub order_id: Option<Uid>,
    pub reason: Option<String>,
    pub basis: Option<String>,
    pub policy_version: String,
}

/// Keeps a new item.
///
/// # Errors
/// [`StoreError::Duplicate`] where the same need is on the list, or the ticket has an item; [`StoreError::Unknown`] where the
/// division, the person or the craft is not there.
pub fn insert(tx: &mut Tx, decision: &Decision, recorded: Recorded) -> Result<(), StoreError> {
    tx.in_region(&decision.item.region);
    let row = Row::from(&decision.item);
    both!(tx, |c| diesel::insert_into(demand_items::table).values(&row).execute(c))?;
    keep_event(tx, decision, recorded)
}

/// Keeps a step: only if the item is still the one that was decided on.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Duplicate`] where the same need has come on the list meanwhile.
pub fn save(tx: &mut Tx, before: &Item, decision: &Decision, recorded: Recorded) -> Result<(), StoreError> {
    let item = &decision.item;
    tx.in_region(&item.region);
    let changed = diesel::update(demand_items::table.find(Uid(item.id)))
        .filter(demand_items::version.eq(before.version))
        .filter(demand_items::order_live.eq(before.order_live))
        .set(Current::from(item))
        .execute(&mut tx.conn)?;
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    keep_event(tx, decision, recorded)
}

fn keep_event(tx: &mut Tx, decision: &Decision, recorded: Recorded) -> Result<(), StoreError> {
    let (item, Some(step)) = (&decision.item, decision.step) else { return Ok(()) };
    // In one order whoever moves items between two lists: nobody waits for somebody who waits for them.
    let mut lists: Vec<Group> = decision.left.into_iter().chain([item.group]).collect();
    lists.sort_unstable();
    let mut revisions = Vec::with_capacity(lists.len());
    for group in lists {
        revisions.push((group, next_revision(tx, &item.division, group)?));
    }
    let revision_of = |group: Group| revisions.iter().find(|(of, _)| *of == group).map(|(_, revision)| *revision);
    let row = EventRow {
        item_id: item.id.into(),
        seq: item.version,
        step: step.as_str().to_owned(),
        at: item.changed_at.into(),
        actor: recorded.actor.map(Into::into),
        division: item.division.as_str().to_owned(),
        subject_group: item.group.as_str().to_owned(),
        revision: revision_of(item.group).unwrap_or_default(),
        left_group: decision.left.map(|group| group.as_str().to_owned()),
        left_revision: decision.left.and_then(revision_of),
        state: item.state.as_str().to_owned(),
        urgency: item.urgency.as_str().to_owned(),
        tags: tags_text(&item.tags),
        waiting_since: item.waiting_since.into(),
        verified_at: item.verified_at.into(),
        verify_by: item.verify_by.into(),
        reopened: item.reopened,
        voices: item.voices,
        order_id: item.order.map(Into::into),
        reason: recorded.reason.map(ToOwned::to_owned),
        basis: recorded.basis.map(|basis| basis.as_str().to_owned()),
        policy_version: item.policy_version.clone(),
    };
    both!(tx, |c| diesel::insert_into(demand_events::table).values(&row).execute(c))?;
    Ok(())
}

/// The next revision of a list; the first change makes its first one.
fn next_revision(tx: &mut Tx, division: &DivisionCode, group: Group) -> Result<i32, StoreError> {
    let now = Instant::from(tx.now());
    let row = (
        demand_lists::division.eq(division.as_str().to_owned()),
        demand_lists::subject_group.eq(group.as_str()),
        demand_lists::revision.eq(1),
        demand_lists::changed_at.eq(now),
    );
    Ok(both!(tx, |c| diesel::insert_into(demand_lists::table)
        .values(row)
        .on_conflict((demand_lists::division, demand_lists::subject_group))
        .do_update()
        .set((demand_lists::revision.eq(demand_lists::revision + 1), demand_lists::changed_at.eq(now)))
        .returning(demand_lists::revision)
        .get_result(c))?)
}
