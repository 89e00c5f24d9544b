//! The queue of staff, oldest first.

use diesel::prelude::*;
use domain::content::ContentState;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::Check;
use super::row::Row;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::region::in_ranges;
use crate::schema::{content_checks, orders};
use crate::store::Tx;
use crate::types::Uid;

/// Which checks.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Of orders handled in these ranges of divisions.
    pub ranges: Vec<(String, String)>,
    /// In these states.
    pub states: Vec<ContentState>,
    /// The last check of the page before.
    pub after: Option<Uuid>,
    /// How many at most.
    pub limit: i64,
}

type Joined =
    diesel::dsl::InnerJoinQuerySource<content_checks::table, orders::table, diesel::dsl::Eq<orders::id, content_checks::order_id>>;

/// A page of checks with the numbers of their orders.
///
/// # Errors
/// The database's; a note that does not open is a defect.
pub fn list(tx: &mut Tx, filter: Filter) -> Result<Vec<(Check, String)>, StoreError> {
    let states: Vec<&str> = filter.states.into_iter().map(Vocabulary::as_str).collect();
    let near = in_ranges!(Joined, orders::handler, filter.ranges);
    let mut query = content_checks::table
        .inner_join(orders::table.on(orders::id.eq(content_checks::order_id)))
        .into_boxed::<MultiBackend>()
        .filter(content_checks::state.eq_any(states))
        .filter(near);
    if let Some(after) = filter.after {
        query = query.filter(content_checks::id.gt(Uid(after)));
    }
    let rows: Vec<(Row, String)> =
        query.order(content_checks::id).limit(filter.limit).select((Row::as_select(), orders::number)).load(&mut tx.conn)?;
    rows.into_iter().map(|(row, number)| Ok((row.into_check(tx)?, number))).collect()
}
