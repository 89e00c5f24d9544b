//! PostgreSQL stands still under load: its processes are there, its connections are open, and nothing answers.

use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Signal, kill_process};
use support::{Database, Outcome, Postgres};
use tokio::time::sleep;

use crate::carry::{Load, STEPS};
use crate::down::pid;
use crate::options::Options;
use crate::report::{Promises, Report, seconds};
use crate::stage::Stage;
use crate::{check, watch};

/// How many more threads the program may have than before: one for each connection of its pool, and a few.
const MORE_THREADS: u64 = 16;

/// How much more memory the program may hold than before, in kibibytes.
const MORE_MEMORY: u64 = 32 * 1024;

/// Processes that stand still; they go on when this is dropped.
struct Frozen(Vec<u32>);

impl Frozen {
    /// Stops the first process, which makes the others, before them.
    fn new(postgres: &Postgres) -> Outcome<Self> {
        let mut frozen = Self(Vec::new());
        for _ in 0..2 {
            for process in postgres.processes()? {
                if !frozen.0.contains(&process) {
                    kill_process(pid(process)?, Signal::STOP)?;
                    frozen.0.push(process);
                }
            }
        }
        Ok(frozen)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        for process in &self.0 {
            if let Ok(process) = pid(*process) {
                // It may have ended meanwhile.
                let _ = kill_process(process, Signal::CONT);
            }
        }
    }
}

/// Freezes the database under load. Everybody is answered in time, nothing piles up, and all is well when it goes on.
pub(crate) async fn database_freezes(options: &Options, report: &mut Report) -> Outcome<()> {
    let postgres = Postgres::start()?;
    let stage = Stage::set(Database::on_server(&postgres.url())).await?;
    let server = stage.program.start().await?;
    let load = Load::begin(&stage, 64);
    let tally = Arc::clone(&load.tally);
    sleep(Duration::from_millis(2500)).await;
    let (threads, memory) = (server.threads()?, server.memory()?.now);
    let frozen = Frozen::new(&postgres)?;
    tally.longest();
    let seen = watch::watch(&server, Duration::from_secs(options.outage() + 4)).await?;
    let longest = tally.longest();
    let put_off = tally.put_off();
    drop(frozen);
    let well = watch::recovery(&server, &tally, Duration::from_secs(10)).await;
    sleep(Duration::from_millis(500)).await;
    let carried = load.end().await?;
    let mut promises = Promises::default();
    let most = longest.max(seen.slowest);
    promises.check(most <= Duration::from_secs(3), || format!("somebody waited {} for an answer", seconds(most)));
    let known = ["busy", "unavailable", "outcome_unknown"];
    let others = put_off.keys().any(|code| !known.contains(&code.as_str()));
    promises.check(!put_off.is_empty() && !others, || format!("nobody was put off, or for another reason: {put_off:?}"));
    promises.check(seen.alive.is_some_and(|alive| alive < Duration::from_secs(1)), || format!("/healthz was not green: {:?}", seen.alive));
    promises.check(seen.ready.0 == 0 && seen.ready.1 > 0, || format!("/readyz was green {} times", seen.ready.0));
    promises.check(seen.threads <= threads + MORE_THREADS, || format!("{threads} threads became {}", seen.threads));
    promises.check(seen.memory <= memory + MORE_MEMORY, || format!("{memory} KiB of memory became {} KiB", seen.memory));
    promises.check(well.is_some(), || "it was not well again within 10 s".to_owned());
    promises.broken(tally.wrong());
    drop(server);
    promises.broken(check::broken(&stage, &carried).await?);
    let outcome = format!(
        "64 readers and 8 writers put off within {} ({put_off:?}); /healthz green, /readyz red; {threads} threads became {}, {} MiB became {}; well again {} after it went on; {} writes acknowledged: none lost, none doubled",
        seconds(most),
        seen.threads,
        memory / 1024,
        seen.memory / 1024,
        well.map_or_else(|| "not".to_owned(), seconds),
        carried.len() * STEPS,
    );
    report.row(&format!("PostgreSQL frozen for {} s (SIGSTOP)", options.outage() + 4), "PostgreSQL", &outcome, promises);
    drop(stage);
    Ok(())
}
