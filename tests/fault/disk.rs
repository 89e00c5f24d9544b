//! The disk is full: reads go on, writes are put off, and the service goes on by itself when there is room again.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use support::{Database, Outcome, Postgres};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::carry::{Load, STEPS};
use crate::options::Options;
use crate::report::{Promises, Report, seconds};
use crate::stage::Stage;
use crate::{check, watch};

const FAULT: &str = "disk full";

/// A small file system of its own; unmounted when dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount(mebibytes: u32) -> Outcome<Self> {
        let folder = tempfile::Builder::new().prefix("linli-small-disk.").tempdir()?;
        let size = format!("size={mebibytes}m");
        let output = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "linli-fault"]).arg(folder.path()).output()?;
        if output.status.success() { Ok(Self(folder)) } else { Err(String::from_utf8_lossy(&output.stderr).trim().into()) }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all the room that is left.
    fn fill(&self) -> Outcome<PathBuf> {
        let path = self.path().join("filler");
        let mut filler = File::create(&path)?;
        loop {
            match filler.write(&[0; 4096]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(path),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whatever still has a file open there keeps it until it ends.
        drop(Command::new("umount").arg("--lazy").arg(self.path()).status());
    }
}

/// SQLite with its whole folder on a disk that fills up: with room for its write-ahead log, which may grow to 32 MiB first.
pub(crate) async fn sqlite_is_full(options: &Options, report: &mut Report) -> Outcome<()> {
    let disk = match SmallDisk::mount(96) {
        Ok(disk) => disk,
        Err(why) => {
            report.left_out(FAULT, "SQLite", &why.to_string());
            return Ok(());
        }
    };
    let folder = tempfile::tempdir_in(disk.path())?;
    let stage = Stage::set(Database::in_folder(folder)).await?;
    play(&stage, &disk, "SQLite", options, report).await
}

/// PostgreSQL with its tables on a disk that fills up; a full disk under its write-ahead log ends it, by its own design.
pub(crate) async fn postgres_is_full(options: &Options, report: &mut Report) -> Outcome<()> {
    let disk = match SmallDisk::mount(40) {
        Ok(disk) => disk,
        Err(why) => {
            report.left_out(FAULT, "PostgreSQL, its tables", &why.to_string());
            return Ok(());
        }
    };
    let postgres = Postgres::start()?;
    let space = disk.path().join("space");
    std::fs::create_dir(&space)?;
    postgres.give_to_postgres(disk.path())?;
    postgres.give_to_postgres(&space)?;
    let stage = Stage::set(Database::on_server_in(&postgres.url(), &space)).await?;
    play(&stage, &disk, "PostgreSQL, its tables", options, report).await?;
    drop(stage);
    drop(postgres);
    Ok(())
}

async fn play(stage: &Stage, disk: &SmallDisk, database: &str, options: &Options, report: &mut Report) -> Outcome<()> {
    let server = stage.program.start().await?;
    let load = Load::begin(stage, 4);
    let tally = Arc::clone(&load.tally);
    sleep(Duration::from_millis(1000)).await;
    let filler = disk.fill()?;
    let is_full = until_put_off(&load).await;
    let (read, unread) = (tally.read.load(Ordering::SeqCst), tally.unread.load(Ordering::SeqCst));
    let acknowledged = tally.acknowledged.load(Ordering::SeqCst);
    let seen = watch::watch(&server, Duration::from_secs(options.outage() / 2)).await?;
    let kept = tally.acknowledged.load(Ordering::SeqCst) - acknowledged;
    let (read, unread) = (tally.read.load(Ordering::SeqCst) - read, tally.unread.load(Ordering::SeqCst) - unread);
    let put_off = tally.put_off();
    std::fs::remove_file(filler)?;
    let well = watch::recovery(&server, &tally, Duration::from_secs(10)).await;
    sleep(Duration::from_millis(500)).await;
    let carried = load.end().await?;
    let mut promises = Promises::default();
    promises.check(is_full, || "no write was ever put off: the disk did not fill up".to_owned());
    promises.check(read > 0 && unread == 0, || format!("{read} reads were answered and {unread} were put off"));
    promises.check(seen.alive.is_some(), || "/healthz was not green all the time".to_owned());
    promises.check(well.is_some(), || "it did not go on within 10 s".to_owned());
    promises.broken(tally.wrong());
    drop(server);
    promises.broken(check::broken(stage, &carried).await?);
    let outcome = format!(
        "writes put off with Retry-After ({put_off:?}), {read} reads answered and {kept} writes that found room kept meanwhile; went on by itself {} after there was room; {} writes acknowledged: none lost, none doubled",
        well.map_or_else(|| "not".to_owned(), seconds),
        carried.len() * STEPS,
    );
    report.row(FAULT, database, &outcome, promises);
    Ok(())
}

/// Waits until the first write is put off: until then there is room inside the files.
async fn until_put_off(load: &Load) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        if !load.tally.put_off().is_empty() {
            return true;
        }
        sleep(Duration::from_millis(50)).await;
    }
    false
}
