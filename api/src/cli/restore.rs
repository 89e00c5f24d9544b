//! `linli restore`: puts a backup where there is nothing yet.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use persistence::{Keyring, Location, backup, migration};

use super::backup::{LIST, List, PHOTOS, copy_photos, digest, files, sync};
use super::open::{self, KeySource, cannot};
use super::stop::Stop;
use super::{lock, say};
use crate::settings::{DATABASE_FILE, Settings};

/// Flags of `linli restore`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli restore /backup/2026-11-24 --data /var/lib/linli-new

Puts the database and the photos of `linli backup` into a data folder that has neither. Nothing is ever overwritten: move the old
ones away first. The copy is checked before and after. Put the key file of the installation into the data folder (linli.key), or
name it with --key-file; where it is there already, it is compared with the backup.")]
pub(super) struct Flags {
    /// The folder that `linli backup` has made
    folder: PathBuf,
}

/// Runs the command.
pub(super) fn run(settings: &Settings, flags: &Flags) -> Result<(), Stop> {
    let Location::Sqlite(database) = &settings.database else {
        return Err(Stop::usage("a copy of PostgreSQL is put back with pg_restore: see docs/operating.md, Backup"));
    };
    let list = checked(&flags.folder)?;
    let photos = settings.data.join(PHOTOS);
    refuse_overwriting(database, &photos)?;
    let key = key_fits(settings, &list.keys)?;
    open::make_folder(&settings.database)?;
    open::make_private(&settings.data)?;
    let _held = lock::hold(&settings.database)?;
    // Under another name first: a copy that breaks off must never be taken for the database.
    let fresh = database.with_extension("restoring");
    let copied = fs::copy(flags.folder.join(DATABASE_FILE), &fresh).and_then(|_| fs::File::open(&fresh)?.sync_all());
    copied.map_err(|error| cannot("write", &fresh, &error))?;
    if digest(&fresh)? != list.database_sha256 {
        return Err(Stop::failed(format!("{} is not what was copied: the disk may be failing", fresh.display())));
    }
    let count = copy_photos(&flags.folder.join(PHOTOS), &photos)?;
    fs::rename(&fresh, database).map_err(|error| cannot("write", database, &error))?;
    database.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(Ok(()), sync)?;
    say(&format!("restored {} of {} and {count} photos", settings.database.redacted(), list.at));
    if !migration::status(&settings.database)?.is_current() {
        say("Its schema is not the one of this program: see `linli migrate status`.");
    }
    if !key {
        say("Now put the key file of the installation into place (linli.key in the data folder, or --key-file).");
    }
    Ok(())
}

/// The list of a backup that is whole and sound.
fn checked(folder: &Path) -> Result<List, Stop> {
    let path = folder.join(LIST);
    let text = fs::read_to_string(&path).map_err(|error| cannot("read", &path, &error))?;
    let list: List = serde_json::from_str(&text).map_err(|error| Stop::failed(format!("{}: {error}", path.display())))?;
    let copy = folder.join(DATABASE_FILE);
    if digest(&copy)? != list.database_sha256 {
        return Err(Stop::failed(format!("{} is not the file that was backed up", copy.display())));
    }
    let photos = files(&folder.join(PHOTOS))?.len();
    if photos < list.photos {
        return Err(Stop::failed(format!("the backup had {} photos, {photos} are there", list.photos)));
    }
    if backup::check(&copy)? != list.keys {
        return Err(Stop::failed(format!("{} names another key than its database", path.display())));
    }
    Ok(list)
}

/// Refuses to write over anything.
fn refuse_overwriting(database: &Path, photos: &Path) -> Result<(), Stop> {
    let companion = |end: &str| {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let mut there = vec![database.to_owned(), companion("-wal"), companion("-shm")];
    there.retain(|path| path.exists());
    if !files(photos)?.is_empty() {
        there.push(photos.to_owned());
    }
    match there.first() {
        None => Ok(()),
        Some(path) => Err(Stop::failed(format!("{} is there already: nothing is overwritten. Move it away first", path.display()))),
    }
}

/// Whether the keys are there; refuses others than the backup's.
fn key_fits(settings: &Settings, needed: &[String]) -> Result<bool, Stop> {
    let Some(file) = KeySource::of(settings)?.read()? else { return Ok(false) };
    let at_hand = Keyring::new(&file)?.fingerprints();
    let at_hand: Vec<String> = at_hand.into_iter().map(|(id, fingerprint)| format!("{id}:{fingerprint}")).collect();
    match needed.iter().find(|key| !at_hand.contains(key)) {
        Some(missing) => Err(Stop::failed(format!(
            "this is not the key of the backup: it was filled under the key {missing}, at hand is {}",
            at_hand.join(", ")
        ))),
        None => Ok(true),
    }
}
