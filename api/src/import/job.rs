//! The job that loads tables: batch by batch, each in one transaction with how far it has come. Whatever ends the process, the next turn
//! goes on after the last batch that was kept; a table that is stopped or fails keeps what was loaded.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use chrono::TimeDelta;
use data_encoding::BASE64;
use domain::identity::{Actor, may_in};
use domain::import::{ImportFailure, ImportRowOutcome, ImportState};
use persistence::audit::{self, Origin};
use persistence::identity::AccountState;
use persistence::import::{self, Import, ImportCounts, ImportRow};
use persistence::{Failure as _, StoreError, Tx, identity, lease};
use uuid::Uuid;

use super::tables::{self, Loading, Options};
use super::{Outcome, Refused, Row};
use crate::problem::{Fault, Problem};
use crate::services::Services;

/// How often the job looks.
const EVERY: Duration = Duration::from_secs(2);

/// So many rows go in one transaction: others write meanwhile.
const ROWS: usize = 100;

/// How long a replica holds the job without renewing it.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// How often the same rows are tried before the import fails.
const ATTEMPTS: i32 = 5;

/// Runs until the process ends. With several replicas, one holds the lease and does the work.
pub async fn run(services: web::Data<Services>) {
    let holder = Uuid::now_v7();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(problem) = turn(&services, holder).await {
            tracing::warn!(code = problem.code.as_str(), cause = problem.cause(), "an import was interrupted");
        }
    }
}

/// Loads everything that waits, if this replica holds the lease.
///
/// # Errors
/// The database's.
pub async fn turn(services: &web::Data<Services>, holder: Uuid) -> Result<(), Problem> {
    let mut last = Uuid::nil();
    loop {
        let after = last;
        let Some(id) = services.store.read::<_, Fault>(move |tx| Ok(import::next(tx, after)?)).await? else { return Ok(()) };
        if !hold(services, holder).await? {
            return Ok(());
        }
        // One that cannot go on now must not hold up the others.
        if let Err(problem) = audit::within(Arc::new(Origin::clock("imports")), load(services, id, holder)).await {
            tracing::error!(import = %id, code = problem.code.as_str(), cause = problem.cause(), "rows of a table could not be loaded");
            count_attempt(services, id).await?;
        }
        last = id;
    }
}

async fn hold(services: &web::Data<Services>, holder: Uuid) -> Result<bool, Problem> {
    let taken = services.store.tally::<_, Fault>(move |tx| {
        let until = tx.now() + LEASE;
        Ok(lease::take(tx, "imports", holder, until)?)
    });
    Ok(taken.await?)
}

/// Who loads a table, while they may; `None` where they may not any more.
fn loader(tx: &mut Tx, import: &Import) -> Result<Option<Actor>, Fault> {
    if identity::load(tx, import.loaded_by)?.state != AccountState::Active {
        return Ok(None);
    }
    let actor = identity::actor(tx, import.loaded_by)?;
    Ok(may_in(import.kind.action(), &actor, &import.division).then_some(actor))
}

/// Loads the rows of one table that were not looked at yet.
async fn load(services: &web::Data<Services>, id: Uuid, holder: Uuid) -> Result<(), Problem> {
    let begin = move |tx: &mut Tx| -> Result<_, Fault> {
        let import = import::load(tx, id)?;
        Ok((loader(tx, &import)?, import::content(tx, id)?, import))
    };
    let (who, content, import) = services.store.read(begin).await?;
    let (Some(content), true) = (content, import.state.is_live()) else { return Ok(()) };
    let Some(who) = who else { return end(services, id, ImportState::Failed, Some(ImportFailure::NotAllowed)).await };
    let content = BASE64.decode(content.as_bytes()).map_err(Problem::internal)?;
    let options: Options = serde_json::from_str(&import.options).map_err(Problem::internal)?;
    let (book, who) = (tables::book(&services.store).await?, Arc::new(who));
    let table = Arc::new(Loading::of(&import, options, services, book, &who));
    let Ok(mut open) = tables::open(&content, import.kind).await else { return cannot_be_read(services, id).await };
    let mut skip = usize::try_from(import.counts.seen()).unwrap_or(usize::MAX);
    loop {
        let rows = match open.sheet.next().await {
            Ok(Some(rows)) => rows,
            Ok(None) => return end(services, id, ImportState::Done, None).await,
            Err(_) => return cannot_be_read(services, id).await,
        };
        for rows in rows.chunks(ROWS) {
            let fresh = rows.get(skip.min(rows.len())..).unwrap_or_default().to_vec();
            skip -= rows.len() - fresh.len();
            if fresh.is_empty() {
                continue;
            }
            let goes_on = hold(services, holder).await? && step(services, id, &table, fresh).await?;
            if !goes_on {
                return Ok(());
            }
        }
    }
}

async fn cannot_be_read(services: &web::Data<Services>, id: Uuid) -> Result<(), Problem> {
    end(services, id, ImportState::Failed, Some(ImportFailure::NotReadable)).await
}

/// Loads a batch, with what became of it; whether the import goes on. It is tried again where others write down the same.
async fn step(services: &web::Data<Services>, id: Uuid, table: &Arc<Loading>, rows: Vec<Row>) -> Result<bool, Problem> {
    let mut attempt = 1;
    loop {
        let (table, rows) = (Arc::clone(table), rows.clone());
        match services.store.write(move |tx| keep(tx, id, &table, &rows)).await {
            Err(fault) if attempt < ATTEMPTS && matches!(fault.store_error(), Some(StoreError::Duplicate(_))) => attempt += 1,
            done => return Ok(done?),
        }
    }
}

fn keep(tx: &mut Tx, id: Uuid, table: &Loading, rows: &[Row]) -> Result<bool, Fault> {
    let import = import::load(tx, id)?;
    if !import.state.is_live() {
        tx.changes_nothing();
        return Ok(false);
    }
    if loader(tx, &import)?.is_none() {
        finish(tx, &import, ImportState::Failed, Some(ImportFailure::NotAllowed))?;
        return Ok(false);
    }
    let outcome = table.load(tx, rows, import.trial)?;
    let counts = counted(import.counts, rows.len(), &outcome);
    import::save(tx, &import, &Import { state: ImportState::Running, counts, attempts: 0, ..import.clone() })?;
    import::keep_rows(tx, id, &not_taken(&outcome))?;
    if outcome.added > 0 && !import.trial {
        tx.about("imports", id);
    }
    Ok(true)
}

/// Each row counts once, however much of it differs.
fn counted(before: ImportCounts, rows: usize, outcome: &Outcome) -> ImportCounts {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut differing: Vec<usize> = outcome.differing.iter().map(|row| row.line).collect();
    differing.dedup();
    let counts = ImportCounts {
        added: before.added + count(outcome.added),
        unchanged: before.unchanged + count(outcome.unchanged),
        differing: before.differing + count(differing.len()),
        refused: before.refused + count(outcome.refused.len()),
    };
    debug_assert_eq!(counts.seen() - before.seen(), count(rows), "each row counts once");
    counts
}

fn not_taken(outcome: &Outcome) -> Vec<ImportRow> {
    let row = |outcome: ImportRowOutcome, row: &Refused| ImportRow {
        line: i64::try_from(row.line).unwrap_or(i64::MAX),
        outcome,
        field: row.field.to_owned(),
        rule: row.rule.as_str().to_owned(),
        words: row.words.clone(),
    };
    let refused = outcome.refused.iter().map(|refused| row(ImportRowOutcome::Refused, refused));
    refused.chain(outcome.differing.iter().map(|differs| row(ImportRowOutcome::Differs, differs))).collect()
}

/// Ends an import.
async fn end(services: &web::Data<Services>, id: Uuid, state: ImportState, failure: Option<ImportFailure>) -> Result<(), Problem> {
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        let import = import::load(tx, id)?;
        if import.state.is_live() {
            return finish(tx, &import, state, failure);
        }
        tx.changes_nothing();
        Ok(())
    };
    Ok(services.store.write(work).await?)
}

pub(super) fn finish(tx: &mut Tx, import: &Import, state: ImportState, failure: Option<ImportFailure>) -> Result<(), Fault> {
    tx.about("imports", import.id);
    // How many rows there were is known at the end.
    let total = if state == ImportState::Done { import.counts.seen() } else { import.total };
    Ok(import::save(tx, import, &Import { state, failure, total, ..import.clone() })?)
}

/// Counts that rows were tried in vain; after a few times the import has failed.
async fn count_attempt(services: &web::Data<Services>, id: Uuid) -> Result<(), Problem> {
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        let import = import::load(tx, id)?;
        if !import.state.is_live() {
            tx.changes_nothing();
            return Ok(());
        }
        if import.attempts + 1 >= ATTEMPTS {
            return finish(tx, &import, ImportState::Failed, Some(ImportFailure::Internal));
        }
        tx.changes_nothing();
        Ok(import::save(tx, &import, &Import { attempts: import.attempts + 1, ..import.clone() })?)
    };
    Ok(services.store.write(work).await?)
}
