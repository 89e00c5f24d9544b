//! `linli import` as a process of its own: its rows in a second and its memory, and COPY of the same rows.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use persistence::{Location, tools};
use support::process::{command_of, url};
use support::{Outcome, Postgres};

/// The tables that an import of volunteers fills, each after those that it refers to.
const TABLES: [&str; 5] = ["persons", "person_events", "consents", "volunteers", "volunteer_events"];

/// Imports into one database.
pub(crate) struct Importer<'a> {
    pub(crate) location: &'a Location,
    pub(crate) secret: &'a str,
    pub(crate) folder: &'a Path,
}

impl Importer<'_> {
    /// Imports a table; how many seconds it took.
    pub(crate) fn run(&self, what: &str, table: &Path, rows: u64) -> Outcome<f64> {
        let (database, data) = (url(self.location), self.folder.to_string_lossy().into_owned());
        let settings = [("LINLI_DATABASE", database.as_str()), ("LINLI_KEY", self.secret), ("LINLI_DATA", data.as_str())];
        let table = table.to_string_lossy();
        let started = Instant::now();
        let program = std::env::current_exe()?.with_file_name("linli");
        let mut child = command_of(&program, &settings)
            .args(["import", what, &table, "--state", "active"])
            .args(if what == "organisations" { &["--division", "4514"][..] } else { &[] })
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit())
            .spawn()?;
        let mut held = Vec::new();
        let status = loop {
            held.extend(resident(child.id()));
            match child.try_wait()? {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        };
        let seconds = started.elapsed().as_secs_f64();
        if !status.success() {
            return Err(format!("the import of {what} ended with {status}").into());
        }
        let at = |part: usize| held.get(held.len() * part / 10).copied().unwrap_or_default() / 1024;
        let rate = f64::from(u32::try_from(rows)?) / seconds;
        println!(
            "{what}: {rows} rows in {seconds:.1} s, {rate:.0} rows/s; memory after a tenth {} MiB, half {} MiB, nine tenths {} MiB",
            at(1),
            at(5),
            at(9)
        );
        Ok(seconds)
    }
}

/// What a process holds of the memory, in kibibytes.
fn resident(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().trim_end_matches(" kB").parse().ok())
}

/// Copies what was imported into the same tables of an empty database with COPY; how many seconds it took to read it in.
pub(crate) fn copy(server: &Postgres, from: &Location, folder: &Path) -> Outcome<f64> {
    server.give_to_postgres(folder)?;
    let empty = Location::parse(&format!("{}/city_copy", server.url()))?;
    tools::execute(&Location::parse(&format!("{}/postgres", server.url()))?, "CREATE DATABASE city_copy")?;
    persistence::migration::up(&empty)?;
    let file = |table: &str| folder.join(table).to_string_lossy().into_owned();
    for table in ["divisions"].into_iter().chain(TABLES) {
        tools::execute(from, &format!("COPY {table} TO '{}'", file(table)))?;
    }
    tools::execute(&empty, &format!("COPY divisions FROM '{}'", file("divisions")))?;
    let started = Instant::now();
    for table in TABLES {
        tools::execute(&empty, &format!("COPY {table} FROM '{}'", file(table)))?;
    }
    Ok(started.elapsed().as_secs_f64())
}
