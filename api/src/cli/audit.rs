//! `linli audit`.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use persistence::audit::{self, Report};
use persistence::{Store, StoreError};

use super::stop::Stop;
use super::{open, say};
use crate::audit::check;
use crate::audit::file::{self, FileError};
use crate::identity::jwks::KeySet;
use crate::settings::Settings;
use crate::token::PublicKey;

/// Flags of `linli audit`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli audit verify                             every chain of the database
  linli audit export --region 230822 audit.jsonl
  linli audit verify --file audit.jsonl --keys jwks.json

Verifying recomputes every digest and hash and compares them with the signed checkpoints. It names each entry or link that
was edited, deleted, put in another place or cut off; then the exit code is 1. A file needs no database. Its signatures are
checked with the keys that the service publishes at /.well-known/jwks.json; without --keys they are not.")]
pub(super) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Recompute the chains and name what does not hold
    Verify {
        /// Only this region's chain; `installation` for the installation's own
        #[arg(long, value_name = "CODE", conflicts_with = "file")]
        region: Option<String>,
        /// An exported chain instead of the database
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// The published keys, to check the signatures in a file
        #[arg(id = "jwks", long = "keys", value_name = "JWKS", requires = "file")]
        keys: Option<PathBuf>,
    },
    /// Write a chain to a file
    Export {
        /// The region; `installation` for the installation's own chain
        #[arg(long, value_name = "CODE")]
        region: String,
        /// The file to make
        file: PathBuf,
    },
}

/// Whether the command needs the database's settings.
pub(super) const fn needs_database(flags: &Flags) -> bool {
    !matches!(flags.what, What::Verify { file: Some(_), .. })
}

/// What the installation's own chain is called on the command line.
const INSTALLATION: &str = "installation";

/// Runs the command.
pub(super) async fn run(settings: Option<Settings>, flags: Flags) -> Result<(), Stop> {
    match (flags.what, settings) {
        (What::Verify { file: Some(file), keys, .. }, _) => verify_file(&file, keys.as_deref()),
        (What::Verify { region, .. }, Some(settings)) => verify_database(&open::store(&settings).await?, region).await,
        (What::Export { region, file }, Some(settings)) => export(&open::store(&settings).await?, &region, &file).await,
        (What::Verify { .. } | What::Export { .. }, None) => Err(Stop::usage("the settings are missing")),
    }
}

fn called(region: &str) -> &str {
    if region.is_empty() { INSTALLATION } else { region }
}

fn meant(region: &str) -> String {
    if region == INSTALLATION { String::new() } else { region.to_owned() }
}

fn verify_file(path: &Path, keys: Option<&Path>) -> Result<(), Stop> {
    let keys = keys.map(read_keys).transpose()?;
    let opened = File::open(path).map_err(|error| open::cannot("read", path, &error))?;
    let checked = file::verify(BufReader::new(opened), keys.as_deref()).map_err(|error| broken(path, &error))?;
    let signatures = match (checked.checkpoints, &keys) {
        (0, _) => "no checkpoint vouches for its end",
        (_, Some(_)) => "signatures checked",
        (_, None) => "signatures not checked (--keys)",
    };
    say(&format!("{}: {signatures}", called(&checked.region)));
    judge(&[(checked.region, checked.report)])
}

fn read_keys(path: &Path) -> Result<Vec<PublicKey>, Stop> {
    let content = std::fs::read_to_string(path).map_err(|error| open::cannot("read", path, &error))?;
    let set: KeySet = serde_json::from_str(&content).map_err(|error| Stop::failed(format!("{}: {error}", path.display())))?;
    Ok(set.public_keys())
}

fn broken(path: &Path, error: &FileError) -> Stop {
    Stop::failed(format!("{}: {error}", path.display()))
}

async fn verify_database(store: &Store, region: Option<String>) -> Result<(), Stop> {
    let regions = match region {
        Some(region) => vec![meant(&region)],
        None => store.read::<_, StoreError>(audit::regions).await?,
    };
    let mut reports = Vec::new();
    for region in regions {
        let bar = bar(store, &region).await?;
        let report = check::verify(store, &region, |link| bar.set_position(link.unsigned_abs())).await;
        bar.finish_and_clear();
        reports.push((region, report.map_err(|error| Stop::failed(error.to_string()))?));
    }
    judge(&reports)
}

/// A bar as long as a chain.
async fn bar(store: &Store, region: &str) -> Result<ProgressBar, Stop> {
    let chain = region.to_owned();
    let last = store.read::<_, StoreError>(move |tx| audit::last_link(tx, &chain)).await?;
    Ok(ProgressBar::new(last.map_or(0, |last| last.number.unsigned_abs())))
}

async fn export(store: &Store, region: &str, path: &Path) -> Result<(), Stop> {
    let region = meant(region);
    let made = open::new_private(path).map_err(|error| open::cannot("make", path, &error))?;
    let bar = bar(store, &region).await?;
    let written = check::export(store, &region, BufWriter::new(made), |link| bar.set_position(link.unsigned_abs())).await;
    bar.finish_and_clear();
    let written = written.map_err(|error| Stop::failed(format!("{}: {error}", path.display())))?;
    let written = written.into_inner().map_err(|error| open::cannot("write", path, error.error()))?;
    written.sync_all().map_err(|error| open::cannot("write", path, &error))?;
    say(&format!("{} is written", path.display()));
    Ok(())
}

/// Says what was found; what does not hold is a failure.
fn judge(reports: &[(String, Report)]) -> Result<(), Stop> {
    let mut faults = 0;
    for (region, report) in reports {
        let (name, Report { links, entries, faults: found }) = (called(region), report);
        say(&format!("{name}: {links} links, {entries} entries, {} faults", found.len()));
        found.iter().for_each(|fault| say(&format!("  {fault}")));
        faults += found.len();
    }
    if faults == 0 { Ok(()) } else { Err(Stop::failed(format!("the audit log does not hold: {faults} faults"))) }
}
