//! Texts, places and photos of orders that have ended, and the messages about them.

use diesel::prelude::*;
use domain::Timestamp;

use super::{Done, Run};
use crate::error::StoreError;
use crate::photo;
use crate::schema::{content_checks, messages, order_reviews, order_texts, orders, photos};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Erases those of the next orders. What was decided about a text stays on record, without its note; orders keep their steps, stars
/// and minutes.
pub(super) fn erase(tx: &mut Tx, run: &Run, limit: i64) -> Result<Done, StoreError> {
    let (at, id) = (Instant::from(run.reached.0), Uid(run.reached.1));
    let past = orders::table
        .filter(orders::region.eq(&run.region))
        .filter(orders::ended_at.ge(at).and(orders::ended_at.gt(at).or(orders::id.gt(id))))
        .filter(orders::ended_at.lt(Instant::from(run.cutoff)))
        .order((orders::ended_at, orders::id))
        .limit(limit);
    let found: Vec<(Instant, Uid)> = past.select((orders::ended_at.assume_not_null(), orders::id)).load(&mut tx.conn)?;
    let ids: Vec<Uid> = found.iter().map(|(_, id)| *id).collect();
    let last = found.last().map(|(at, id)| (at.get(), id.0));
    Ok(Done { rows: texts(tx, &ids)? + places(tx, &ids)? + pictures(tx, &ids)? + told(tx, &ids)?, last, more: false })
}

fn texts(tx: &mut Tx, ids: &[Uid]) -> Result<usize, StoreError> {
    let texts = diesel::delete(order_texts::table.filter(order_texts::order_id.eq_any(ids))).execute(&mut tx.conn)?;
    let tagged = order_reviews::tags.is_not_null().or(order_reviews::unsealed_tags.is_not_null());
    let no_tags = (order_reviews::tags.eq(None::<Vec<u8>>), order_reviews::unsealed_tags.eq(None::<String>));
    let reviews = order_reviews::table.filter(order_reviews::order_id.eq_any(ids)).filter(tagged);
    let tags = diesel::update(reviews).set(no_tags).execute(&mut tx.conn)?;
    let checks = || content_checks::table.filter(content_checks::order_id.eq_any(ids));
    let open = diesel::delete(checks().filter(content_checks::decided_by.is_null())).execute(&mut tx.conn)?;
    let noted = checks().filter(content_checks::note.is_not_null());
    let notes = diesel::update(noted).set(content_checks::note.eq(None::<Vec<u8>>)).execute(&mut tx.conn)?;
    Ok(texts + tags + open + notes)
}

fn places(tx: &mut Tx, ids: &[Uid]) -> Result<usize, StoreError> {
    let placed = orders::longitude.is_not_null().or(orders::latitude.is_not_null()).or(orders::external_ref.is_not_null());
    let nowhere = (orders::longitude.eq(None::<f64>), orders::latitude.eq(None::<f64>), orders::external_ref.eq(None::<String>));
    Ok(diesel::update(orders::table.filter(orders::id.eq_any(ids)).filter(placed)).set(nowhere).execute(&mut tx.conn)?)
}

fn pictures(tx: &mut Tx, ids: &[Uid]) -> Result<usize, StoreError> {
    let found: Vec<Uid> = photos::table.filter(photos::order_id.eq_any(ids)).order(photos::id).select(photos::id).load(&mut tx.conn)?;
    photo::remove(tx, &found)?;
    Ok(found.len())
}

/// Messages about them: which accounts were told of them, and when they read it.
fn told(tx: &mut Tx, ids: &[Uid]) -> Result<usize, StoreError> {
    Ok(diesel::delete(messages::table.filter(messages::order_id.eq_any(ids))).execute(&mut tx.conn)?)
}

/// How many orders there are.
pub(super) fn count(tx: &mut Tx, region: &str, from: Timestamp, cutoff: Timestamp) -> Result<i64, StoreError> {
    let past = orders::table.filter(orders::region.eq(region)).filter(orders::ended_at.ge(Instant::from(from)));
    Ok(past.filter(orders::ended_at.lt(Instant::from(cutoff))).count().get_result(&mut tx.conn)?)
}
