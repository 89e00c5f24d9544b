//! Opening the store of an installation: the schema must fit, and the key must be the one that it was filled with.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use persistence::secret::KeyFile;
use persistence::{Clock, Keyring, Location, Store, Tuning, TxContext, data_key, migration};

use super::stop::Stop;
use crate::settings::Settings;

/// The key file of an embedded database, in the data folder.
pub(super) const KEY_FILE: &str = "linli.key";

/// Where the keys come from.
#[derive(Clone)]
pub(super) enum KeySource {
    /// Said outright.
    Given(String),
    /// In a file that must be there.
    File(PathBuf),
    /// In a file that is made for a database that has no key yet.
    Made(PathBuf),
}

impl KeySource {
    /// The source that the settings name.
    pub(super) fn of(settings: &Settings) -> Result<Self, Stop> {
        match (&settings.key, &settings.key_file, &settings.database) {
            (Some(_), Some(_), _) => Err(Stop::usage("key and key_file are both set: which one is meant?")),
            (Some(key), None, _) => Ok(Self::Given(key.reveal().to_owned())),
            (None, Some(path), _) => Ok(Self::File(path.clone())),
            (None, None, Location::Sqlite(_)) => Ok(Self::Made(settings.data.join(KEY_FILE))),
            (None, None, Location::Postgres(_)) => Err(Stop::usage(
                "PostgreSQL needs the key of personal data: set LINLI_KEY_FILE (or LINLI_KEY).\n\
                 A new one: openssl rand -base64 32 > linli.key && chmod 600 linli.key",
            )),
        }
    }

    /// The keys, if there are any yet.
    pub(super) fn read(&self) -> Result<Option<KeyFile>, Stop> {
        let text = match self {
            Self::Given(key) => Some(key.clone()),
            Self::File(path) => Some(read_key(path)?.ok_or_else(|| Stop::failed(format!("there is no key file {}", path.display())))?),
            Self::Made(path) => read_key(path)?,
        };
        Ok(text.map(|text| KeyFile::parse(&text)).transpose()?)
    }

    /// The file, unless the keys are said outright.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::Given(_) => None,
            Self::File(path) | Self::Made(path) => Some(path),
        }
    }
}

/// Opens the store that the settings name.
pub(super) async fn store(settings: &Settings) -> Result<Store, Stop> {
    store_with(settings, &settings.tuning()).await
}

/// As [`store`], with other sizes and limits.
pub(super) async fn store_with(settings: &Settings, tuning: &Tuning) -> Result<Store, Stop> {
    require_schema(&settings.database)?;
    with_key(&settings.database, KeySource::of(settings)?, Clock::System, tuning).await
}

/// Opens a store whose schema is current with its keys; a first key is made where that may be.
pub(super) async fn with_key(location: &Location, source: KeySource, clock: Clock, tuning: &Tuning) -> Result<Store, Stop> {
    let known = source.read()?;
    let keys = match &known {
        Some(keys) => keys.clone(),
        None => KeyFile::parse(&Keyring::generate()?)?,
    };
    let again = source.clone();
    let ring = Keyring::new(&keys)?.with_source(move || again.read().ok().flatten());
    let store = Store::open(location, TxContext { clock, keys: Arc::new(ring) }, tuning)?;
    if let (None, KeySource::Made(path)) = (&known, &source) {
        if store.read(data_key::is_filled).await? {
            return Err(Stop::failed(format!(
                "the key file {} is missing, but {} is filled with personal data under it: put it back from your backup",
                path.display(),
                location.redacted()
            )));
        }
        write_private(path, &keys.text(), false).map_err(|error| cannot("write", path, &error))?;
    }
    let settled = data_key::settle(&store).await;
    settled.map_err(|error| Stop::failed(format!("the keys do not fit {}: {error}", location.redacted())))?;
    Ok(store)
}

/// Refuses a schema that is not the program's.
pub(super) fn require_schema(location: &Location) -> Result<(), Stop> {
    let place = location.redacted();
    if let Location::Sqlite(path) = location
        && !path.exists()
    {
        return Err(Stop::failed(format!("there is no database at {place}: `linli migrate up` makes it, with the same settings")));
    }
    let status = migration::status(location)?;
    if status.newer {
        return Err(Stop::failed(format!(
            "the schema of {place} is newer than this program: use the program that made it, or a later one"
        )));
    }
    if !status.is_current() {
        return Err(Stop::failed(format!(
            "the schema of {place} is older than this program: run `linli migrate up` with the same settings"
        )));
    }
    Ok(())
}

/// Makes the folder of an embedded database.
pub(super) fn make_folder(location: &Location) -> Result<(), Stop> {
    match location {
        Location::Sqlite(path) => path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(Ok(()), make_private),
        Location::Postgres(_) => Ok(()),
    }
}

/// Makes a folder that nobody else can enter; one that is there stays as it is.
pub(super) fn make_private(folder: &Path) -> Result<(), Stop> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| cannot("make", folder, &error))
}

/// Makes a new file that nobody else can read.
pub(super) fn new_private(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes a file that nobody else can read. Without `replace` the file must be new.
pub(super) fn write_private(path: &Path, content: &str, replace: bool) -> io::Result<()> {
    let fresh = if replace { path.with_extension(format!("new-{}", std::process::id())) } else { path.to_owned() };
    let mut file = new_private(&fresh)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    if replace {
        fs::rename(&fresh, path)?;
    }
    sync_folder(path)
}

/// Brings the name of a file to the disk: a key must not be lost that is used already.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A sentence for a file that does not do.
pub(super) fn cannot(what: &str, path: &Path, error: &io::Error) -> Stop {
    Stop::failed(format!("cannot {what} {}: {error}", path.display()))
}

/// The content of a key file that nobody else can read; `None` where there is none.
fn read_key(path: &Path) -> Result<Option<String>, Stop> {
    let content = match fs::read_to_string(path) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot("read", path, &error)),
    };
    #[cfg(unix)]
    {
        let metadata = fs::metadata(path).map_err(|error| cannot("read", path, &error))?;
        if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0 {
            return Err(Stop::failed(format!("others can read the key file: chmod 600 {}", path.display())));
        }
    }
    Ok(Some(content.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{KEY_FILE, KeySource, require_schema, with_key, write_private};
    use persistence::{Clock, Keyring, Location, Tuning, migration};
    use std::path::PathBuf;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let folder = std::env::temp_dir().join(format!("linli-open-{}", uuid::Uuid::now_v7()));
            std::fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn database(&self) -> Location {
            Location::Sqlite(self.0.join("linli.db"))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    async fn open(folder: &Folder, source: KeySource) -> Result<(), String> {
        let opened = with_key(&folder.database(), source, Clock::System, &Tuning::default()).await;
        opened.map(drop).map_err(|stop| stop.to_string())
    }

    #[actix_web::test]
    async fn a_key_is_made_once_and_no_other_one_opens_the_database() {
        let folder = Folder::new();
        migration::up(&folder.database()).unwrap();
        let path = folder.0.join(KEY_FILE);
        open(&folder, KeySource::Made(path.clone())).await.unwrap();
        let key = std::fs::read_to_string(&path).unwrap();
        open(&folder, KeySource::Made(path.clone())).await.unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), key, "the key stays");
        open(&folder, KeySource::Given(key)).await.unwrap();
        let other = open(&folder, KeySource::Given(Keyring::generate().unwrap())).await.unwrap_err();
        assert!(other.contains("not the key 1"), "{other}");
        std::fs::remove_file(&path).unwrap();
        let lost = open(&folder, KeySource::Made(path.clone())).await.unwrap_err();
        assert!(lost.contains("put it back") && !path.exists(), "{lost}");
    }

    #[cfg(unix)]
    #[actix_web::test]
    async fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Folder::new();
        migration::up(&folder.database()).unwrap();
        let path = folder.0.join("key");
        write_private(&path, &Keyring::generate().unwrap(), false).unwrap();
        open(&folder, KeySource::File(path.clone())).await.unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(open(&folder, KeySource::File(path)).await.unwrap_err().contains("chmod 600"));
    }

    #[test]
    fn only_a_current_schema_is_served() {
        let folder = Folder::new();
        let refused = || require_schema(&folder.database()).unwrap_err().to_string();
        assert!(refused().contains("there is no database"));
        migration::up(&folder.database()).unwrap();
        require_schema(&folder.database()).unwrap();
        migration::down(&folder.database()).unwrap();
        assert!(refused().contains("older") && refused().contains("linli migrate up"));
    }
}
