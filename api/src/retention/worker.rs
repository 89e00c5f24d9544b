//! The job by the clock.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use domain::audit::ActorKind;
use domain::retention::RecordKind;
use persistence::audit::{self, Origin, RETENTION};
use uuid::Uuid;

use super::job::{self, Asked, Turn};
use crate::audit::checkpoint;
use crate::problem::Problem;
use crate::services::Services;

/// How often the clock looks whether a day has begun somewhere.
const EVERY: Duration = Duration::from_secs(600);

/// After so long what was written is linked.
const LINKED: Duration = Duration::from_secs(3);

/// Runs until the process ends. With several replicas, one holds the lease and does the work.
pub async fn run(services: web::Data<Services>) {
    let holder = Uuid::now_v7();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(problem) = turn(&services, holder).await {
            tracing::warn!(code = problem.code.as_str(), cause = problem.cause(), "what is past its time waits to be erased");
        }
    }
}

/// One turn, which has failed if anything of it has; the chains of which entries were emptied are then signed, so that a checkpoint vouches for it.
async fn turn(services: &web::Data<Services>, holder: Uuid) -> Result<(), Problem> {
    let asked = Asked { by: ActorKind::Clock, again: false };
    let Turn { done, failed } = audit::within(Arc::new(Origin::clock(RETENTION)), job::turn(&services.store, holder, asked)).await?;
    for run in &done {
        tracing::info!(region = run.region, kind = %run.kind, policy = run.policy, erased = run.erased, "erased what is past its time");
    }
    let of_entries = |kind| matches!(kind, RecordKind::Audit | RecordKind::Provisions);
    let emptied: BTreeSet<String> = done.into_iter().filter(|run| run.erased > 0 && of_entries(run.kind)).map(|run| run.region).collect();
    if !emptied.is_empty() {
        tokio::time::sleep(LINKED).await;
    }
    for region in emptied {
        checkpoint::renew(services, region).await?;
    }
    failed.into_iter().next().map_or(Ok(()), |failure| Err(failure.problem))
}
