//! `linli retention`.

use clap::{Args, Subcommand};
use domain::audit::ActorKind;
use domain::vocabulary::Vocabulary as _;
use persistence::region::regions;
use persistence::retention::{self, Run};
use persistence::{Store, StoreError, Tx};
use uuid::Uuid;

use super::stop::Stop;
use super::{open, say};
use crate::audit::file::{INSTALLATION, called};
use crate::problem::{Fault, Problem};
use crate::retention::job::{self, Asked, Failure, Turn};
use crate::settings::Settings;

/// Flags of `linli retention`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli retention plan                      what is past its time now; erases nothing
  linli retention run                       erase it now; `linli serve` does so once a day
  linli retention report --region 230822    what was erased

How long each kind of record is kept is a policy that a region publishes (POST /v1/policies/retention), never under what the
law says. What belongs to no single region is kept as long as the region that keeps it longest says.")]
pub(super) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Count what is past its time, and erase nothing
    Plan,
    /// Erase what is past its time now
    Run,
    /// List what was erased, the last first
    Report {
        /// The region; `installation` for what belongs to the installation as a whole
        #[arg(long, value_name = "CODE")]
        region: String,
        /// How many reports at most
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
}

/// Runs the command.
pub(super) async fn run(settings: &Settings, flags: Flags) -> Result<(), Stop> {
    let store = open::store(settings).await?;
    match flags.what {
        What::Plan => plan(&store).await,
        What::Run => erase(&store).await,
        What::Report { region, limit } => report(&store, region, limit).await,
    }
}

async fn plan(store: &Store) -> Result<(), Stop> {
    let count = |tx: &mut Tx| -> Result<(Vec<String>, Vec<Failure>), Fault> {
        let mut lines = Vec::new();
        let (plans, unknown) = job::plans(tx)?;
        for plan in plans {
            let records = retention::count(tx, &plan.region, plan.kind, plan.cutoff)?;
            let (name, cutoff) = (called(&plan.region), plan.cutoff.format("%Y-%m-%d"));
            lines.push(format!("{name:<16}{:<12}{records:>9} of before {cutoff} (policy {})", plan.kind.as_str(), plan.version));
        }
        Ok((lines, unknown))
    };
    let (lines, unknown) = store.read(count).await.map_err(Problem::from)?;
    lines.iter().for_each(|line| say(line));
    all_done(&unknown)
}

async fn erase(store: &Store) -> Result<(), Stop> {
    let Turn { done, failed } = job::turn(store, Uuid::now_v7(), Asked { by: ActorKind::Console, again: true }).await?;
    done.iter().for_each(|run| say(&line(run)));
    all_done(&failed)?;
    if done.is_empty() {
        return Err(Stop::failed("another process erases what is past its time now: try again in a minute"));
    }
    Ok(())
}

/// Names what could not be done.
fn all_done(failed: &[Failure]) -> Result<(), Stop> {
    let name = |Failure { region, kind, problem }: &Failure| {
        let (kind, cause) = (kind.map_or("every kind", |kind| kind.as_str()), problem.cause().unwrap_or_default());
        format!("{} {kind} ({} {cause})", called(region), problem.code.as_str())
    };
    let names: Vec<String> = failed.iter().map(name).collect();
    if names.is_empty() { Ok(()) } else { Err(Stop::failed(format!("not done: {}", names.join(", ")))) }
}

async fn report(store: &Store, region: String, limit: i64) -> Result<(), Stop> {
    let asked = region.clone();
    let region = if region == INSTALLATION { String::new() } else { region };
    let read = move |tx: &mut Tx| -> Result<Option<Vec<Run>>, StoreError> {
        let runs = retention::runs(tx, &region, None, limit)?;
        // A slip of the pen must not look like a region of which nothing was erased.
        let known = !runs.is_empty() || region.is_empty() || regions(tx)?.iter().any(|known| known.division.as_str() == region);
        Ok(known.then_some(runs))
    };
    let runs = store.read(read).await?.ok_or_else(|| Stop::usage(format!("there is no region {asked}")))?;
    runs.iter().for_each(|run| say(&line(run)));
    Ok(())
}

fn line(run: &Run) -> String {
    let (name, cutoff) = (called(&run.region), run.cutoff.format("%Y-%m-%d"));
    let ended = run.ended_at.map_or_else(|| "not through yet".to_owned(), |at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    format!("{name:<16}{:<12}{:>9} of before {cutoff} (policy {}), {ended}", run.kind.as_str(), run.erased, run.policy)
}
