//! Coverage 覆盖率: how much of what is needed is served, and how soon.

use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::demand::DemandState;
use domain::order::Group;
use domain::region::DivisionCode;

use super::list::{ListOf, of};
use crate::error::StoreError;
use crate::order::value;
use crate::schema::demand_items;
use crate::store::Tx;
use crate::types::Instant;

/// What became of the needs of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many stand in which state.
    pub states: BTreeMap<DemandState, i64>,
    /// Items that were served at least once, of those that are valid.
    pub served: i64,
    /// Valid items: all but the dropped ones.
    pub valid: i64,
    /// Those of them on a living list that should have been looked at again.
    pub overdue: i64,
    /// Seconds from entering to the first service, of each served one, in order.
    pub seconds: Vec<i64>,
}

type Columns = (String, String, Instant, Instant, Option<Instant>);

/// The coverage by group of what was entered in a period, the end exclusive.
///
/// # Errors
/// The database's.
pub fn coverage(
    tx: &mut Tx,
    division: &DivisionCode,
    (from, to): (domain::Timestamp, domain::Timestamp),
) -> Result<BTreeMap<Group, Coverage>, StoreError> {
    let list = ListOf { within: vec![division.clone()], group: None };
    let rows: Vec<Columns> = of(tx, &list)?
        .filter(demand_items::opened_at.ge(Instant::from(from)))
        .filter(demand_items::opened_at.lt(Instant::from(to)))
        .select((
            demand_items::subject_group,
            demand_items::state,
            demand_items::opened_at,
            demand_items::verify_by,
            demand_items::served_at,
        ))
        .load(&mut tx.conn)?;
    let mut groups: BTreeMap<Group, Coverage> = BTreeMap::new();
    let now = tx.now();
    for (group, state, opened_at, verify_by, served_at) in rows {
        let (group, state): (Group, DemandState) = (value(&group)?, value(&state)?);
        let counted = groups.entry(group).or_default();
        *counted.states.entry(state).or_default() += 1;
        counted.overdue += i64::from(state.is_live() && verify_by.get() <= now);
        if state == DemandState::Dropped {
            continue;
        }
        counted.valid += 1;
        if let Some(served) = served_at {
            counted.served += 1;
            counted.seconds.push((served.get() - opened_at.get()).num_seconds());
        }
    }
    groups.values_mut().for_each(|counted| counted.seconds.sort_unstable());
    Ok(groups)
}
