//! PostgreSQL ends under load and comes back.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use support::{Database, Outcome, Postgres};
use tokio::time::sleep;

use crate::carry::{Load, STEPS};
use crate::options::Options;
use crate::report::{Promises, Report, seconds};
use crate::stage::Stage;
use crate::{check, watch};

/// After this time the service must be well again.
const WELL_AGAIN: Duration = Duration::from_secs(10);

/// How the server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Its first process is killed.
    Killed,
    /// It is told to end at once.
    Immediate,
}

/// Ends the database under load; meanwhile everybody is put off, and soon after it is back all is well.
pub(crate) async fn database_ends(ending: Ending, options: &Options, report: &mut Report) -> Outcome<()> {
    let postgres = Arc::new(Postgres::start()?);
    let stage = Stage::set(Database::on_server(&postgres.url())).await?;
    let server = stage.program.start().await?;
    let load = Load::begin(&stage, 4);
    let tally = Arc::clone(&load.tally);
    sleep(Duration::from_millis(1500)).await;
    end(&postgres, ending).await?;
    // What was under way has been answered by then.
    sleep(Duration::from_millis(500)).await;
    tally.longest();
    let seen = watch::watch(&server, Duration::from_secs(options.outage())).await?;
    let longest = tally.longest();
    let put_off = tally.put_off();
    start_again(&postgres).await?;
    let well = watch::recovery(&server, &tally, WELL_AGAIN).await;
    sleep(Duration::from_millis(500)).await;
    let carried = load.end().await?;
    let mut promises = Promises::default();
    promises.check(!put_off.is_empty(), || "nobody was put off while the database was away".to_owned());
    promises.check(longest <= Duration::from_secs(3), || format!("somebody waited {} for an answer", seconds(longest)));
    promises.check(seen.alive.is_some(), || "/healthz was not green all the time".to_owned());
    promises.check(seen.ready.0 == 0 && seen.ready.1 > 0, || format!("/readyz was green {} times", seen.ready.0));
    promises.check(well.is_some(), || format!("it was not well again within {}", seconds(WELL_AGAIN)));
    promises.broken(tally.wrong());
    drop(server);
    promises.broken(check::broken(&stage, &carried).await?);
    let outcome = format!(
        "put off with Retry-After meanwhile ({put_off:?}), each within {}; well again {} after it was back; {} writes acknowledged, {} cut: none lost, none doubled",
        seconds(longest),
        well.map_or_else(|| "not".to_owned(), seconds),
        carried.len() * STEPS,
        tally.cut.load(Ordering::SeqCst),
    );
    let fault = match ending {
        Ending::Killed => "PostgreSQL killed (kill -9)",
        Ending::Immediate => "PostgreSQL stopped (immediate)",
    };
    report.row(fault, "PostgreSQL", &outcome, promises);
    drop(stage);
    Ok(())
}

async fn end(postgres: &Arc<Postgres>, ending: Ending) -> Outcome<()> {
    match ending {
        Ending::Killed => {
            let first = *postgres.processes()?.first().ok_or("PostgreSQL does not run")?;
            kill_process(pid(first)?, Signal::KILL)?;
        }
        Ending::Immediate => {
            let postgres = Arc::clone(postgres);
            tokio::task::spawn_blocking(move || postgres.stop_immediately()).await??;
        }
    }
    Ok(())
}

/// Starts it again, which it refuses for as long as what is left of it still runs.
async fn start_again(postgres: &Arc<Postgres>) -> Outcome<()> {
    let begun = Instant::now();
    loop {
        let starting = Arc::clone(postgres);
        match tokio::task::spawn_blocking(move || starting.start_again()).await? {
            Err(_) if begun.elapsed() < Duration::from_secs(30) => sleep(Duration::from_millis(500)).await,
            done => return done,
        }
    }
}

/// The number of a process as the system takes it.
pub(crate) fn pid(number: u32) -> Outcome<Pid> {
    Ok(Pid::from_raw(i32::try_from(number)?).ok_or("0 is no process of ours")?)
}
