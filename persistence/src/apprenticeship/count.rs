//! How many apprenticeships and works there are, by craft.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;
use domain::apprenticeship::{ApprenticeshipState, ExhibitionKind};
use domain::region::DivisionCode;
use uuid::Uuid;

use crate::error::StoreError;
use crate::order::{optional, value};
use crate::region::{in_ranges, ranges};
use crate::schema::{apprentice_works, apprenticeships};
use crate::store::Tx;
use crate::types::Uid;

/// What there is in a craft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CraftTally {
    /// Apprenticeships that run.
    pub running: i64,
    /// Apprenticeships that were completed.
    pub completed: i64,
    /// Works that were not withdrawn.
    pub works: i64,
    /// Those of them that were sold.
    pub sold: i64,
}

/// What there is in a division, by craft; crafts in which there is nothing are left out.
///
/// # Errors
/// The database's.
pub fn tally(tx: &mut Tx, within: &DivisionCode) -> Result<BTreeMap<Uuid, CraftTally>, StoreError> {
    let mut tallies: BTreeMap<Uuid, CraftTally> = BTreeMap::new();
    let near = in_ranges!(apprenticeships::table, apprenticeships::division, ranges(tx, within)?);
    let rows: Vec<(Uid, String, i64)> = apprenticeships::table
        .filter(near)
        .group_by((apprenticeships::craft_id, apprenticeships::state))
        .select((apprenticeships::craft_id, apprenticeships::state, count_star()))
        .load(&mut tx.conn)?;
    for (craft, state, count) in rows {
        let tally = tallies.entry(craft.0).or_default();
        match value::<ApprenticeshipState>(&state)? {
            ApprenticeshipState::Running => tally.running += count,
            ApprenticeshipState::Completed => tally.completed += count,
            ApprenticeshipState::Proposed | ApprenticeshipState::Ended | ApprenticeshipState::Refused => {}
        }
    }
    let near = in_ranges!(apprentice_works::table, apprentice_works::division, ranges(tx, within)?);
    let rows: Vec<(Uid, Option<String>, i64)> = apprentice_works::table
        .filter(near)
        .filter(apprentice_works::withdrawn_at.is_null())
        .group_by((apprentice_works::craft_id, apprentice_works::exhibition))
        .select((apprentice_works::craft_id, apprentice_works::exhibition, count_star()))
        .load(&mut tx.conn)?;
    for (craft, exhibition, count) in rows {
        let tally = tallies.entry(craft.0).or_default();
        tally.works += count;
        if optional::<ExhibitionKind>(exhibition.as_deref())? == Some(ExhibitionKind::Sold) {
            tally.sold += count;
        }
    }
    tallies.retain(|_, tally| *tally != CraftTally::default());
    Ok(tallies)
}
