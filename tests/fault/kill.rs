//! `kill -9` of the program under load, again and again.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use support::{Database, Kind, Outcome, Postgres};
use tokio::time::sleep;

use crate::carry::{Load, STEPS};
use crate::check;
use crate::options::Options;
use crate::report::{Promises, Report, seconds};
use crate::stage::Stage;

/// Kills the program in every round and starts it again; then everything that was acknowledged must be there, once.
pub(crate) async fn rounds(kind: Kind, options: &Options, report: &mut Report) -> Outcome<()> {
    let postgres = match kind {
        Kind::Sqlite => None,
        Kind::Postgres => Some(Arc::new(Postgres::start()?)),
    };
    let database = postgres.as_ref().map_or_else(|| Database::new(Kind::Sqlite), |server| Database::on_server(&server.url()));
    let stage = Stage::set(database).await?;
    let load = Load::begin(&stage, 2);
    let tally = Arc::clone(&load.tally);
    let (mut slowest, mut idle) = (Duration::ZERO, 0);
    for round in 1..=options.rounds() {
        let server = stage.program.start().await?;
        slowest = slowest.max(server.ready);
        let before = tally.acknowledged.load(Ordering::SeqCst);
        // Now after the first commit, now in the middle of many.
        sleep(Duration::from_millis(150 + u64::from(round * 67 % 300))).await;
        server.kill()?;
        idle += u32::from(tally.acknowledged.load(Ordering::SeqCst) == before);
    }
    let server = stage.program.start().await?;
    let carried = load.end().await?;
    drop(server);
    let mut promises = Promises::default();
    promises.check(idle * 2 <= options.rounds(), || {
        format!("in {idle} rounds nothing was acknowledged: the load is too light to say anything")
    });
    promises.broken(tally.wrong());
    promises.broken(check::broken(&stage, &carried).await?);
    let outcome = format!(
        "{} writes acknowledged, {} connections cut and retried: none lost, none doubled; {} orders replay; ready again after {} at most",
        carried.len() * STEPS,
        tally.cut.load(Ordering::SeqCst),
        carried.len(),
        seconds(slowest),
    );
    report.row(&format!("program killed {} times", options.rounds()), name(kind), &outcome, promises);
    // The database goes before its server does.
    drop(stage);
    Ok(())
}

/// What the table calls a database.
pub(crate) const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => "SQLite",
        Kind::Postgres => "PostgreSQL",
    }
}
