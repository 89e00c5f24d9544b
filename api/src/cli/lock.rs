//! One `serve` for each embedded database: two writers would be in each other's way.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use persistence::Location;

use super::open;
use super::stop::Stop;

/// Holds an embedded database for this process, as long as the file is held; a process that ends, however it ends, lets it go.
pub(super) fn hold(location: &Location) -> Result<Option<File>, Stop> {
    let Location::Sqlite(database) = location else { return Ok(None) };
    let path = beside(database);
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(|error| open::cannot("open", &path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Stop::failed(format!(
            "another process already serves {}: an embedded database belongs to one. Stop it first, or use PostgreSQL for several",
            location.redacted()
        ))),
        Err(TryLockError::Error(error)) => Err(open::cannot("lock", &path, &error)),
    }
}

/// The lock of a database.
fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::hold;
    use persistence::Location;

    #[test]
    fn a_database_is_held_once_until_it_is_let_go() {
        let folder = std::env::temp_dir().join(format!("linli-lock-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).unwrap();
        let location = Location::Sqlite(folder.join("linli.db"));
        let held = hold(&location).unwrap();
        assert!(held.is_some());
        let refused = hold(&location).unwrap_err().to_string();
        assert!(refused.contains("another process already serves"), "{refused}");
        drop(held);
        assert!(hold(&location).unwrap().is_some());
        assert!(hold(&Location::Postgres("postgres://x/y".to_owned())).unwrap().is_none(), "PostgreSQL takes several");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
