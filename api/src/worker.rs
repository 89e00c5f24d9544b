//! The clock's work: deadlines and offers whose time is up, and what can be swept away.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use chrono::TimeDelta;
use domain::identity::KeyUse;
use domain::order::due_commands;
use persistence::audit::{self, Origin};
use persistence::{Tx, client, idempotency, identity, lease, order, photo, sealed, unsealed};
use uuid::Uuid;

use crate::demand::regroup;
use crate::order::step::keep;
use crate::problem::{Fault, Problem};
use crate::services::Services;

/// How often the clock looks.
const EVERY: Duration = Duration::from_secs(5);

/// How long a replica holds the job without renewing it.
const LEASE: TimeDelta = TimeDelta::seconds(30);

/// Orders that one look takes on.
const BATCH: i64 = 200;

/// Batches of values that one look seals anew under a new key: deadlines must not wait for long.
const RESEALED: usize = 20;

/// Files of erased photos that one look deletes.
const REMOVED: i64 = 50;

/// When a file is tried again that could not be deleted.
const REMOVED_AGAIN: TimeDelta = TimeDelta::minutes(1);
/// So many overdue deadlines are counted at most: more are as alarming.
const OVERDUE_COUNTED: i64 = 10_000;

/// How long an idempotency key is kept.
const KEYS_KEPT: TimeDelta = TimeDelta::hours(24);

/// Runs until the process ends. With several replicas, one holds the lease and does the work.
pub async fn run(services: web::Data<Services>) {
    let holder = Uuid::now_v7();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(problem) = turn(&services, holder).await {
            tracing::warn!(code = problem.code.as_str(), cause = problem.cause(), "the clock's work was interrupted");
        }
    }
}

/// One turn: does everything that is due, if this replica holds the lease.
///
/// # Errors
/// The database's.
pub async fn turn(services: &web::Data<Services>, holder: Uuid) -> Result<(), Problem> {
    services.book.refresh(&services.store).await?;
    services.load_keys().await?;
    let held = services.store.tally::<_, Fault>(move |tx| {
        let until = tx.now() + LEASE;
        Ok(lease::take(tx, "clock", holder, until)?)
    });
    if held.await? {
        let deadlines = Arc::new(Origin::clock("deadlines"));
        audit::within(deadlines, async {
            while take_due(services).await? == BATCH {}
            Ok::<_, Problem>(())
        })
        .await?;
        let sweep = |tx: &mut Tx| -> Result<usize, Fault> {
            let before = tx.now() - KEYS_KEPT;
            crate::content::worker::sweep(tx)?;
            Ok(idempotency::sweep(tx, before)?)
        };
        services.store.tally(sweep).await?;
        remove_photos(services).await?;
        sweep_identity(services).await?;
        crate::person::expiry::tell(services).await?;
        seal_plain(services).await?;
        let overdue = services.store.read::<_, Fault>(|tx| {
            let now = tx.now();
            Ok(order::count_overdue(tx, now, OVERDUE_COUNTED)?)
        });
        services.metrics.set_overdue(overdue.await?);
        regroup::turn(services).await?;
        crate::care::clock::turn(services).await?;
        crate::cavalry::clock::turn(services).await?;
        crate::apprenticeship::clock::turn(services).await?;
    }
    seal_anew(services, holder).await
}

/// Deletes the files of photos that were erased; one that cannot be deleted now is tried again later.
async fn remove_photos(services: &web::Data<Services>) -> Result<(), Problem> {
    for id in services.store.read::<_, Fault>(|tx| Ok(photo::removals(tx, REMOVED)?)).await? {
        match services.photos.delete(id).await {
            Ok(_) => services.store.tally::<_, Fault>(move |tx| Ok(photo::removed(tx, id)?)).await?,
            Err(error) => {
                tracing::error!(photo = %id, %error, "an erased photo could not be deleted yet");
                let later = move |tx: &mut Tx| -> Result<(), Fault> {
                    let next = tx.now() + REMOVED_AGAIN;
                    Ok(photo::not_removed(tx, id, next)?)
                };
                services.store.tally(later).await?;
            }
        }
    }
    Ok(())
}

/// Goes on sealing values anew under a new key, where a change of the key is under way.
async fn seal_anew(services: &web::Data<Services>, holder: Uuid) -> Result<(), Problem> {
    if !services.store.read::<_, Fault>(|tx| Ok(sealed::is_under_way(tx)?)).await? {
        return Ok(());
    }
    for _ in 0..RESEALED {
        let turn = services.store.tally::<_, Fault>(move |tx| Ok(sealed::turn(tx, holder)?)).await?;
        if !matches!(turn, sealed::Turn::Did(_)) {
            break;
        }
    }
    Ok(())
}

/// Seals what an earlier version has left in plain.
async fn seal_plain(services: &web::Data<Services>) -> Result<(), Problem> {
    if !services.store.read::<_, Fault>(|tx| Ok(unsealed::is_left(tx)?)).await? {
        return Ok(());
    }
    for _ in 0..RESEALED {
        if services.store.tally::<_, Fault>(|tx| Ok(unsealed::seal(tx)?)).await? == 0 {
            break;
        }
    }
    Ok(())
}

/// Forgets what counts no more of signing in, and retires the signing keys with which nothing that holds was signed.
async fn sweep_identity(services: &web::Data<Services>) -> Result<(), Problem> {
    let policy = services.identity.clone();
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        let known = tx.now().checked_sub_signed(TimeDelta::days(policy.lockout.known_days)).unwrap_or(tx.now());
        identity::sweep_attempts(tx, policy.lockout.counting_since(tx.now()), known)?;
        client::sweep_assertions(tx)?;
        let keys = identity::signing_keys(tx)?.into_iter().filter(|key| key.retired_at.is_none());
        let uses: Vec<KeyUse> = keys.map(|key| KeyUse { id: key.id, activates: key.activates_at }).collect();
        for over in policy.keys.over(&uses, tx.now()) {
            identity::retire_signing_key(tx, over)?;
        }
        Ok(())
    };
    Ok(services.store.tally(work).await?)
}

/// Does what is due now for up to [`BATCH`] orders; how many there were.
async fn take_due(services: &web::Data<Services>) -> Result<i64, Problem> {
    let due = services.store.read::<_, Fault>(|tx| {
        let now = tx.now();
        Ok(order::due(tx, now, BATCH)?)
    });
    let due = due.await?;
    let mut acted = 0;
    for id in due {
        acted += i64::from(take_order(services, id).await);
    }
    Ok(acted)
}

/// Does what is due for one order, each command in a transaction of its own; whether anything was done. One order that
/// cannot be dealt with must not hold up the others.
async fn take_order(services: &web::Data<Services>, id: Uuid) -> bool {
    let mut acted = false;
    loop {
        let shared = services.clone();
        let one = services.store.write::<_, Fault>(move |tx| next_command(tx, &shared, id)).await;
        match one.map_err(Problem::from) {
            Ok(true) => acted = true,
            Ok(false) => return acted,
            Err(problem) => {
                tracing::error!(order = %id, code = problem.code.as_str(), cause = problem.cause(), "what is due could not be done");
                return acted;
            }
        }
    }
}

/// Takes the first step that is due; `false` where nothing is.
fn next_command(tx: &mut Tx, services: &Services, id: Uuid) -> Result<bool, Fault> {
    let loaded = order::load_for_timer(tx, id)?;
    tx.about("orders", id);
    let (policy, _) = services.book.of_order(tx, &loaded.order)?;
    let commands = due_commands(&loaded.order, &loaded.offers, &loaded.deadlines, &policy, tx.now());
    let Some(command) = commands.first() else {
        tx.changes_nothing();
        return Ok(false);
    };
    keep(tx, services, &loaded, command, Vec::new())?;
    Ok(true)
}
