//! A migrated database for one test alone, dropped with it.

use std::sync::{LazyLock, Mutex};

use persistence::{Location, migration};
use tempfile::TempDir;
use uuid::Uuid;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// A server, named by `LINLI_TEST_POSTGRES`.
    Postgres,
}

/// A database of its own.
pub struct Database {
    /// Where it is.
    pub location: Location,
    /// A folder for files that belong to it.
    pub folder: TempDir,
    /// The server and the name, where it must be dropped there.
    made_on: Option<(String, String)>,
}

/// The server on which databases are made.
fn server() -> String {
    std::env::var("LINLI_TEST_POSTGRES").expect(
        "LINLI_TEST_POSTGRES must name a PostgreSQL server on which databases can be made, such as postgres://postgres@127.0.0.1:5432; \
         `bash scripts/test.sh` starts one",
    )
}

/// The name of a migrated database that others are copied from; made once a process.
static TEMPLATE: LazyLock<String> = LazyLock::new(|| {
    let name = format!("linli_template_{}", Uuid::new_v4().simple());
    persistence::tools::execute(&at("postgres"), &format!("CREATE DATABASE {name}")).expect("the template can be made");
    migration::up(&at(&name)).expect("the template migrates");
    name
});

/// A migrated SQLite file that others are copies of; made once a process.
static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("linli.sqlite3");
    migration::up(&Location::Sqlite(path.clone())).expect("SQLite migrates");
    std::fs::read(path).expect("SQLite leaves one file when it is closed")
});

/// PostgreSQL copies a template only while nobody else does.
static COPYING: Mutex<()> = Mutex::new(());

fn at(name: &str) -> Location {
    on(&server(), name)
}

fn on(server: &str, name: &str) -> Location {
    Location::parse(&format!("{}/{name}", server.trim_end_matches('/'))).expect("a PostgreSQL server's URL")
}

impl Database {
    /// A new, migrated database.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        match kind {
            Kind::Sqlite => Self::in_folder(folder),
            Kind::Postgres => {
                let template = TEMPLATE.as_str();
                let name = format!("linli_test_{}", Uuid::new_v4().simple());
                let copying = COPYING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let copy = format!("CREATE DATABASE {name} TEMPLATE {template}");
                persistence::tools::execute(&at("postgres"), &copy).expect("a database can be made");
                drop(copying);
                Self { location: at(&name), folder, made_on: Some((server(), name)) }
            }
        }
    }

    /// A new, migrated SQLite in a folder that the caller chooses.
    ///
    /// # Panics
    /// It cannot be made there.
    #[must_use]
    pub fn in_folder(folder: TempDir) -> Self {
        let path = folder.path().join("linli.sqlite3");
        std::fs::write(&path, FILE.as_slice()).expect("the file can be written");
        Self { location: Location::Sqlite(path), folder, made_on: None }
    }

    /// A new, migrated database on a server that the caller names.
    ///
    /// # Panics
    /// It cannot be made there.
    #[must_use]
    pub fn on_server(server: &str) -> Self {
        Self::with_options(server, "")
    }

    /// As [`Self::on_server`], with all its tables and indexes in this folder, which belongs to the server alone.
    ///
    /// # Panics
    /// It cannot be made there.
    #[must_use]
    pub fn on_server_in(server: &str, folder: &std::path::Path) -> Self {
        let space = format!("CREATE TABLESPACE small LOCATION '{}'", folder.display());
        persistence::tools::execute(&on(server, "postgres"), &space).expect("a tablespace can be made");
        Self::with_options(server, "TABLESPACE small")
    }

    fn with_options(server: &str, options: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let name = format!("linli_test_{}", Uuid::new_v4().simple());
        persistence::tools::execute(&on(server, "postgres"), &format!("CREATE DATABASE {name} {options}")).expect("a database can be made");
        let location = on(server, &name);
        migration::up(&location).expect("PostgreSQL migrates");
        Self { location, folder, made_on: Some((server.to_owned(), name)) }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.made_on {
            // Left behind where it fails: the server of the test script is thrown away as a whole.
            drop(persistence::tools::execute(&on(server, "postgres"), &format!("DROP DATABASE {name} WITH (FORCE)")));
        }
    }
}
