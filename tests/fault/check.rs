//! What must be true of the database afterwards, whatever happened.

use std::collections::BTreeSet;

use domain::order::{self, Order, Replayed};
use persistence::{Location, Store, StoreError, order as kept, tools};
use support::Outcome;
use uuid::Uuid;

use crate::carry::STEPS;
use crate::stage::Stage;

/// Queries that must give nothing, with what it would mean if they did.
const NOTHING: [(&str, &str); 7] = [
    (
        "an order whose version is not the number of its events",
        "SELECT number AS line FROM orders o WHERE version <> (SELECT count(*) FROM order_events e WHERE e.order_id = o.id)",
    ),
    (
        "an ended order with an open offer",
        "SELECT number AS line FROM orders o WHERE ended_at IS NOT NULL AND EXISTS (SELECT 1 FROM order_offers f WHERE f.order_id = o.id AND f.state = 'open')",
    ),
    (
        "an ended order that still binds somebody's time",
        "SELECT number AS line FROM orders o WHERE ended_at IS NOT NULL AND EXISTS (SELECT 1 FROM quarter_claims c WHERE c.holder_id = o.id)",
    ),
    (
        "an ended order with a deadline that is neither met nor void nor acted upon",
        "SELECT number AS line FROM orders o WHERE ended_at IS NOT NULL AND EXISTS (SELECT 1 FROM order_deadlines d WHERE d.order_id = o.id AND d.met_at IS NULL AND d.void_reason IS NULL AND d.acted_at IS NULL)",
    ),
    (
        "an order that was not accepted exactly once",
        "SELECT number AS line FROM orders o WHERE 1 <> (SELECT count(*) FROM order_offers f WHERE f.order_id = o.id AND f.state = 'accepted')",
    ),
    (
        "an order that was not reviewed exactly once",
        "SELECT number AS line FROM orders o WHERE 1 <> (SELECT count(*) FROM order_reviews r WHERE r.order_id = o.id)",
    ),
    (
        "an order without its two proofs of presence",
        "SELECT number AS line FROM orders o WHERE 2 <> (SELECT count(*) FROM order_proofs p WHERE p.order_id = o.id)",
    ),
];

/// Looks at everything that was carried; what is not as it must be.
pub(crate) async fn broken(stage: &Stage, carried: &[Uuid]) -> Outcome<Vec<String>> {
    let mut broken = Vec::new();
    let location = &stage.database.location;
    let count = |table: &str| -> Outcome<usize> {
        let lines = tools::lines(location, &format!("SELECT CAST(count(*) AS TEXT) AS line FROM {table}"))?;
        Ok(lines.first().ok_or("a count has a row")?.parse()?)
    };
    let distinct = carried.iter().collect::<BTreeSet<_>>().len();
    let (orders, keys) = (count("orders")?, count("idempotency_keys")?);
    if distinct != carried.len() || orders != carried.len() {
        broken.push(format!("{} orders were acknowledged, {distinct} of them distinct, but {orders} are there", carried.len()));
    }
    if keys != carried.len() * STEPS {
        broken.push(format!("{} writes were acknowledged, but {keys} keys are there", carried.len() * STEPS));
    }
    for (what, query) in NOTHING {
        let found = tools::lines(location, query)?;
        if let Some(first) = found.first() {
            broken.push(format!("{what}: {} times, such as {first}", found.len()));
        }
    }
    if let Location::Sqlite(_) = location {
        let sound = tools::lines(location, "SELECT integrity_check AS line FROM pragma_integrity_check")?;
        if sound != ["ok"] {
            broken.push(format!("SQLite finds damage: {sound:?}"));
        }
        let dangling = tools::lines(location, "SELECT \"table\" AS line FROM pragma_foreign_key_check")?;
        if !dangling.is_empty() {
            broken.push(format!("rows refer to what is not there: {dangling:?}"));
        }
    }
    let store = stage.store()?;
    // Who finds nothing must be able to find something: an order that nobody has placed is missed.
    if misses(&store, Uuid::nil()).await?.is_none() {
        broken.push("the check does not miss an order that is not there".to_owned());
    }
    for id in carried {
        broken.extend(misses(&store, *id).await?);
    }
    Ok(broken)
}

/// What is not as it must be with one order: its events replay to its state, and its texts can be read.
async fn misses(store: &Store, id: Uuid) -> Outcome<Option<String>> {
    let read = store.read::<_, StoreError>(move |tx| match kept::load_for_timer(tx, id) {
        Ok(loaded) => Ok(Some((loaded.order, kept::events(tx, id)?, kept::texts(tx, id)?.len()))),
        Err(StoreError::Missing) => Ok(None),
        Err(error) => Err(error),
    });
    let Some((order, events, texts)) = read.await? else { return Ok(Some(format!("order {id} was acknowledged and is gone"))) };
    if events.len() != STEPS || texts != 4 {
        return Ok(Some(format!("order {id} has {} events and {texts} texts", events.len())));
    }
    Ok(match order::replay(&events) {
        Ok(replayed) if replayed == claimed(&order) => None,
        Ok(replayed) => Some(format!("order {id} claims {:?}, its events say {replayed:?}", claimed(&order))),
        Err(error) => Some(format!("order {id} cannot be replayed: {error}")),
    })
}

/// What the order's row says of what its events say.
fn claimed(order: &Order) -> Replayed {
    Replayed {
        state: order.state,
        version: order.version,
        handler: order.handler.clone(),
        returns: order.returns,
        mends: order.mends,
        round: order.round,
        appealed: order.appealed,
        bound: order.bound,
        placed_at: order.placed_at,
        changed_at: order.changed_at,
    }
}
