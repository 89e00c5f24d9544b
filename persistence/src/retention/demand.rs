//! Texts and hotline tickets of needs that were closed or dropped.

use diesel::prelude::*;
use domain::Timestamp;

use super::{Done, Run};
use crate::error::StoreError;
use crate::schema::{demand_items, demand_texts};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Erases those of the next needs. Steps, tags and terms stay: lists of past days and their priorities can still be recomputed.
pub(super) fn erase(tx: &mut Tx, run: &Run, limit: i64) -> Result<Done, StoreError> {
    let (at, id) = (Instant::from(run.reached.0), Uid(run.reached.1));
    let past = demand_items::table
        .filter(demand_items::region.eq(&run.region))
        .filter(demand_items::ended_at.ge(at).and(demand_items::ended_at.gt(at).or(demand_items::id.gt(id))))
        .filter(demand_items::ended_at.lt(Instant::from(run.cutoff)))
        .order((demand_items::ended_at, demand_items::id))
        .limit(limit);
    let found: Vec<(Instant, Uid)> = past.select((demand_items::ended_at.assume_not_null(), demand_items::id)).load(&mut tx.conn)?;
    let ids: Vec<Uid> = found.iter().map(|(_, id)| *id).collect();
    let texts = diesel::delete(demand_texts::table.filter(demand_texts::item_id.eq_any(&ids))).execute(&mut tx.conn)?;
    let ticketed = demand_items::table.filter(demand_items::id.eq_any(&ids)).filter(demand_items::external_ref.is_not_null());
    let tickets = diesel::update(ticketed).set(demand_items::external_ref.eq(None::<String>)).execute(&mut tx.conn)?;
    Ok(Done { rows: texts + tickets, last: found.last().map(|(at, id)| (at.get(), id.0)), more: false })
}

/// How many needs there are.
pub(super) fn count(tx: &mut Tx, region: &str, from: Timestamp, cutoff: Timestamp) -> Result<i64, StoreError> {
    let past = demand_items::table.filter(demand_items::region.eq(region)).filter(demand_items::ended_at.ge(Instant::from(from)));
    Ok(past.filter(demand_items::ended_at.lt(Instant::from(cutoff))).count().get_result(&mut tx.conn)?)
}
