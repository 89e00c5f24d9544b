//! `linli backup`: a copy of an embedded database and its photos, made while it is served.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use persistence::{Clock, Location, backup};
use serde::{Deserialize, Serialize};

use super::import::bar;
use super::open::{self, cannot};
use super::say;
use super::stop::Stop;
use crate::settings::{DATABASE_FILE, Settings};

/// Flags of `linli backup`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli backup /backup/2026-11-24
  linli backup /backup/2026-11-24 --data /var/lib/linli

For the embedded database (SQLite). The folder must be new. It receives the database as it is when the copy begins, the photos,
and a list of what is there. Linli may serve meanwhile. The copy is read through and checked before the command ends.

THE KEY IS NOT IN IT. Personal data in the copy can only be read with the key file of the installation (linli.key in the data
folder): keep a copy of the key somewhere else, never beside the backup.

PostgreSQL is copied with pg_dump, see docs/operating.md.")]
pub(super) struct Flags {
    /// A new folder for the backup
    folder: PathBuf,
}

/// The list in a backup.
#[derive(Deserialize, Serialize)]
pub(super) struct List {
    /// The version of the program.
    pub(super) program: String,
    /// When the copy was begun.
    pub(super) at: String,
    /// The keys that the personal data is encrypted with: id and fingerprint of each.
    pub(super) keys: Vec<String>,
    /// SHA-256 of the database's copy.
    pub(super) database_sha256: String,
    /// How many photos there are.
    pub(super) photos: usize,
}

/// The list's name in a backup.
pub(super) const LIST: &str = "backup.json";

/// The photos' folder, in a backup as in the data folder.
pub(super) const PHOTOS: &str = "photos";

/// Runs the command.
pub(super) async fn run(settings: &Settings, flags: Flags) -> Result<(), Stop> {
    let Location::Sqlite(database) = &settings.database else {
        return Err(Stop::usage("PostgreSQL is copied with pg_dump: see docs/operating.md, Backup"));
    };
    open::require_schema(&settings.database)?;
    let folder = flags.folder;
    if folder.exists() {
        return Err(Stop::usage(format!("{} is there already: a backup needs a new folder", folder.display())));
    }
    open::make_private(&folder)?;
    let at = Clock::System.now();
    let copy = folder.join(DATABASE_FILE);
    copy_database(&settings.database, database, &copy).await?;
    // A photo is kept before the row that names it, so every row of the copy finds its photo.
    let photos = copy_photos(&settings.data.join(PHOTOS), &folder.join(PHOTOS))?;
    let keys = backup::check(&copy)?;
    let list = List { program: env!("CARGO_PKG_VERSION").to_owned(), at: at.to_rfc3339(), keys, database_sha256: digest(&copy)?, photos };
    let text = serde_json::to_string_pretty(&list).map_err(|error| Stop::failed(error.to_string()))?;
    open::write_private(&folder.join(LIST), &format!("{text}\n"), false).map_err(|error| cannot("write", &folder.join(LIST), &error))?;
    sync(&folder)?;
    say(&format!("{}: the database and {photos} photos, checked", folder.display()));
    say("The key is not in it: keep a copy of the key file somewhere else, without it the personal data is lost.");
    Ok(())
}

/// Copies the database; the bar shows how much of the copy is there.
async fn copy_database(location: &Location, from: &Path, to: &Path) -> Result<(), Stop> {
    let length = fs::metadata(from).map_or(0, |about| about.len());
    let style = ProgressStyle::with_template("{msg:>10} {bar:40} {bytes}/{total_bytes}").unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(length).with_style(style).with_message("database");
    let (location, target) = (location.clone(), to.to_owned());
    let mut copying = tokio::task::spawn_blocking(move || backup::copy(&location, &target));
    let copied = loop {
        tokio::select! {
            done = &mut copying => break done,
            () = tokio::time::sleep(Duration::from_millis(100)) => bar.set_position(fs::metadata(to).map_or(0, |about| about.len())),
        }
    };
    bar.finish_and_clear();
    Ok(copied.map_err(|error| Stop::failed(error.to_string()))??)
}

/// Copies every photo; how many there were. What goes away meanwhile is passed over.
pub(super) fn copy_photos(from: &Path, to: &Path) -> Result<usize, Stop> {
    let files = files(from)?;
    let bar = bar(files.len(), "photos");
    let mut copied = 0;
    for file in files {
        let target = to.join(file.strip_prefix(from).unwrap_or(&file));
        if let Some(folder) = target.parent() {
            open::make_private(folder)?;
        }
        match fs::copy(&file, &target) {
            Ok(_) => copied += 1,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(cannot("copy", &file, &error)),
        }
        File::open(&target)
            .and_then(|file| file.sync_all())
            .or_else(|error| if target.exists() { Err(error) } else { Ok(()) })
            .map_err(|error| cannot("write", &target, &error))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(copied)
}

/// Every file below a folder; none where there is no folder.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(cannot("read", &folder, &error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| cannot("read", &folder, &error))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(|error| cannot("read", &path, &error))?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// SHA-256 of a file, in hexadecimal; a part of it is in memory at a time.
pub(super) fn digest(path: &Path) -> Result<String, Stop> {
    use std::io::Read as _;
    let read = || -> std::io::Result<String> {
        let (mut file, mut part) = (File::open(path)?, vec![0; 1 << 16]);
        let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        loop {
            match file.read(&mut part)? {
                0 => return Ok(persistence::secret::hex(digest.finish().as_ref())),
                count => digest.update(part.get(..count).unwrap_or_default()),
            }
        }
    };
    read().map_err(|error| cannot("read", path, &error))
}

/// Brings the names in a folder to the disk.
pub(super) fn sync(folder: &Path) -> Result<(), Stop> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| cannot("write", folder, &error))
}
