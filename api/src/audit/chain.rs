//! The sequencer: links what was written into the chains, and signs each chain once a day.

use std::time::Duration;

use actix_web::web;
use chrono::TimeDelta;
use persistence::Tx;
use persistence::audit::{self, Linked};
use persistence::lease;
use uuid::Uuid;

use super::checkpoint;
use crate::problem::{Fault, Problem};
use crate::services::Services;

/// How often the sequencer looks: no entry waits longer than two seconds for its link.
const EVERY: Duration = Duration::from_millis(500);

/// How long a replica holds the job without renewing it.
const LEASE: TimeDelta = TimeDelta::seconds(10);

/// Entries that one transaction links.
const BATCH: i64 = 2_000;

/// Looks between two checks whether a chain has its checkpoint of the day.
const LOOKS: u32 = 120;

/// Runs until the process ends. With several replicas, one holds the lease and does the work.
pub async fn run(services: web::Data<Services>) {
    let holder = Uuid::now_v7();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for look in (0..LOOKS).cycle() {
        ticks.tick().await;
        let done = match turn(&services, holder).await {
            Ok(_) if look == 0 => checkpoint::daily(&services).await,
            done => done.map(drop),
        };
        if let Err(problem) = done {
            tracing::warn!(code = problem.code.as_str(), cause = problem.cause(), "the audit log waits for its links");
        }
    }
}

/// Links everything that waits, if this replica holds the lease. Nothing is written where nothing waits.
///
/// # Errors
/// The database's.
pub async fn turn(services: &Services, holder: Uuid) -> Result<Linked, Problem> {
    let mut all = Linked::default();
    loop {
        let since = services.store.read::<_, Fault>(|tx| Ok(audit::waiting_since(tx)?)).await?;
        let lag = since.map_or(TimeDelta::zero(), |since| services.store.clock().now() - since);
        services.metrics.set_audit_lag(lag.to_std().unwrap_or_default());
        if since.is_none() {
            break;
        }
        let link = move |tx: &mut Tx| -> Result<Option<Linked>, Fault> {
            let until = tx.now() + LEASE;
            if !lease::take(tx, "audit", holder, until)? {
                return Ok(None);
            }
            Ok(Some(audit::link_pending(tx, BATCH)?))
        };
        let Some(linked) = services.store.tally(link).await? else { break };
        all.entries += linked.entries;
        all.links += linked.links;
    }
    Ok(all)
}
