//! `linli audit`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use persistence::audit::{self, Report, Vouched};
use persistence::{Store, StoreError};

use super::stop::Stop;
use super::{open, say};
use crate::audit::check;
use crate::audit::file::{self, FileError, INSTALLATION, called};
use crate::audit::keys::key_set;
use crate::audit::witness::{self, Evidence};
use crate::identity::jwks::KeySet;
use crate::settings::Settings;
use crate::token::PublicKey;

/// Flags of `linli audit`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli audit verify                                  every chain of the database
  linli audit verify --keys kept.json --checkpoint eyJ0eXAi...    compared with what was kept elsewhere
  linli audit export --region 230822 audit.jsonl
  linli audit keys > kept.json
  linli audit verify --file audit.jsonl --keys kept.json

Verifying recomputes every digest and hash and compares them with the signed checkpoints. It names each entry or link that
was edited, deleted, put in another place or cut off. A file needs no database. Whoever can write a database can make new
keys, entries and checkpoints in it: keep the keys and some checkpoints where nobody can change them, and give them with
--keys and --checkpoint.

Exit codes: 0 it holds, 1 something does not hold, 2 wrong flags or settings, 3 nothing was found that does not hold, but no
checkpoint whose signature was checked vouches for it (--without-checkpoint makes that a 0).")]
pub(super) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Recompute the chains and name what does not hold
    Verify(Verify),
    /// Write a chain to a file
    Export {
        /// The region; `installation` for the installation's own chain
        #[arg(long, value_name = "CODE")]
        region: String,
        /// The file to make
        file: PathBuf,
    },
    /// Print every public key that checkpoints were ever signed with, also retired ones (JWKS)
    Keys,
}

/// Flags of `linli audit verify`.
#[derive(Args)]
struct Verify {
    /// Only this region's chain; `installation` for the installation's own
    #[arg(long, value_name = "CODE", conflicts_with = "file")]
    region: Option<String>,
    /// An exported chain instead of the database
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The keys that are trusted (JWKS), instead of those in the database
    #[arg(id = "jwks", long = "keys", value_name = "JWKS")]
    keys: Option<PathBuf>,
    /// A checkpoint that was kept elsewhere: the chain must fit it; can be given several times
    #[arg(long, value_name = "TOKEN")]
    checkpoint: Vec<String>,
    /// Do not ask that a checkpoint vouches for what is verified
    #[arg(long)]
    without_checkpoint: bool,
}

/// Whether the command needs the database's settings.
pub(super) const fn needs_database(flags: &Flags) -> bool {
    !matches!(flags.what, What::Verify(Verify { file: Some(_), .. }))
}

/// Runs the command.
pub(super) async fn run(settings: Option<Settings>, flags: Flags) -> Result<(), Stop> {
    match (flags.what, settings) {
        (What::Verify(asked), settings) => verify(settings, asked).await,
        (What::Export { region, file }, Some(settings)) => export(&open::store(&settings).await?, &region, &file).await,
        (What::Keys, Some(settings)) => keys(&open::store(&settings).await?).await,
        (What::Export { .. } | What::Keys, None) => Err(no_settings()),
    }
}

fn no_settings() -> Stop {
    Stop::usage("the settings are missing")
}

fn meant(region: &str) -> String {
    if region == INSTALLATION { String::new() } else { region.to_owned() }
}

async fn verify(settings: Option<Settings>, asked: Verify) -> Result<(), Stop> {
    let keys = asked.keys.as_deref().map(read_keys).transpose()?;
    let deposited = asked.checkpoint.iter().map(|token| witness::deposited(token));
    let deposited = deposited.collect::<Result<_, _>>().map_err(|error| Stop::usage(format!("--checkpoint: {error}")))?;
    let evidence = Evidence { keys, deposited };
    let reports = match (&asked.file, settings) {
        (Some(file), _) => verify_file(file, &evidence)?,
        (None, Some(settings)) => verify_database(&open::store(&settings).await?, asked.region, &evidence).await?,
        (None, None) => return Err(no_settings()),
    };
    judge(&reports, asked.without_checkpoint)
}

fn verify_file(path: &Path, evidence: &Evidence) -> Result<Vec<(String, Report)>, Stop> {
    let opened = File::open(path).map_err(|error| unreadable(path, &error))?;
    let checked = file::verify(BufReader::new(opened), evidence).map_err(|error| broken(path, &error))?;
    if evidence.keys.is_none() {
        say("signatures are not checked (--keys)");
    }
    Ok(vec![(checked.region, checked.report)])
}

fn read_keys(path: &Path) -> Result<Vec<PublicKey>, Stop> {
    let content = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let set: KeySet = serde_json::from_str(&content).map_err(|error| Stop::usage(format!("--keys {}: {error}", path.display())))?;
    Ok(set.public_keys())
}

/// A file that cannot be read was named wrongly; nothing is said of a chain.
fn unreadable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::usage(format!("{} cannot be read: {error}", path.display()))
}

/// Refuses a region of which there is no chain: a slip of the pen must not look like an empty one.
async fn there_is(store: &Store, region: &str, elsewhere: bool) -> Result<(), Stop> {
    let known = store.read::<_, StoreError>(audit::regions).await?;
    if elsewhere || known.iter().any(|known| known == region) {
        return Ok(());
    }
    Err(Stop::usage(format!("there is no chain {}", called(region))))
}

fn broken(path: &Path, error: &FileError) -> Stop {
    let text = format!("{}: {error}", path.display());
    if matches!(error, FileError::OtherChain { .. }) { Stop::usage(text) } else { Stop::failed(text) }
}

async fn verify_database(store: &Store, region: Option<String>, evidence: &Evidence) -> Result<Vec<(String, Report)>, Stop> {
    let deposited = || evidence.deposited.iter().map(|checkpoint| checkpoint.region.clone());
    let regions = match region.map(|region| meant(&region)) {
        Some(region) => {
            if let Some(other) = deposited().find(|other| *other != region) {
                return Err(Stop::usage(format!("--checkpoint is of the chain {}, not of {}", called(&other), called(&region))));
            }
            there_is(store, &region, deposited().any(|other| other == region)).await?;
            BTreeSet::from([region])
        }
        // A chain of which nothing is left is known by what was kept elsewhere.
        None => store.read::<_, StoreError>(audit::regions).await?.into_iter().chain(deposited()).collect(),
    };
    if evidence.keys.is_none() {
        say("signatures are checked with the keys in the database itself (--keys)");
    }
    let mut reports = Vec::new();
    for region in regions {
        let bar = bar(store, &region).await?;
        let report = check::verify(store, &region, evidence, |link| bar.set_position(link.unsigned_abs())).await;
        bar.finish_and_clear();
        reports.push((region, report.map_err(|error| Stop::failed(error.to_string()))?));
    }
    Ok(reports)
}

async fn keys(store: &Store) -> Result<(), Stop> {
    let keys = store.read(key_set).await?;
    say(&serde_json::to_string_pretty(&keys).map_err(|error| Stop::failed(error.to_string()))?);
    Ok(())
}

/// A bar as long as a chain.
async fn bar(store: &Store, region: &str) -> Result<ProgressBar, Stop> {
    let chain = region.to_owned();
    let last = store.read::<_, StoreError>(move |tx| audit::last_link(tx, &chain)).await?;
    Ok(ProgressBar::new(last.map_or(0, |last| last.number.unsigned_abs())))
}

async fn export(store: &Store, region: &str, path: &Path) -> Result<(), Stop> {
    let region = meant(region);
    there_is(store, &region, false).await?;
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

/// Says what was found. What does not hold is a failure; what nothing vouches for is not proven.
fn judge(reports: &[(String, Report)], without_checkpoint: bool) -> Result<(), Stop> {
    let mut faults = 0;
    for (region, report) in reports {
        let Report { links, entries, erased, unproven, vouched, faults: found } = report;
        let vouched = match vouched {
            Some(Vouched { link, at }) => format!("a checkpoint of {} vouches for link {link} and all before", at.to_rfc3339()),
            None => "no checkpoint vouches for it".to_owned(),
        };
        say(&format!("{}: {links} links, {entries} entries, {} faults; {vouched}", called(region), found.len()));
        if erased + unproven > 0 {
            say(&format!("  {erased} entries were erased when their time was over, {unproven} more as no checkpoint vouches for"));
        }
        found.iter().for_each(|fault| say(&format!("  {fault}")));
        faults += found.len();
    }
    if faults > 0 {
        return Err(Stop::failed(format!("the audit log does not hold: {faults} faults")));
    }
    let unproven: Vec<String> =
        reports.iter().filter(|(_, report)| report.vouched.is_none() || report.unproven > 0).map(|(region, _)| called(region)).collect();
    if unproven.is_empty() || without_checkpoint {
        return Ok(());
    }
    Err(Stop::unproven(format!(
        "no fault was found, but no checkpoint that was checked vouches for {}: what was cut off or written anew would not be seen",
        unproven.join(", ")
    )))
}
