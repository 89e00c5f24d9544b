//! A fresh database with its store.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use domain::region::{DivisionCode, Level};
use persistence::region::{Division, Region};
use persistence::{Clock, Keyring, Location, Store, StoreError, Tuning, Tx, TxContext, region};
use uuid::Uuid;

/// Runs each test on both databases.
macro_rules! on_both {
    ($($name:ident)+) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&$crate::bench::Bench::sqlite()).await;
            })+
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                match $crate::bench::Bench::postgres() {
                    Some(bench) => super::$name(&bench).await,
                    None => eprintln!("not run: LINLI_TEST_POSTGRES is not set"),
                }
            })+
        }
    };
}
pub(crate) use on_both;

/// A fresh, migrated database with its store, at a moment that only the test moves.
pub(crate) struct Bench {
    pub store: Store,
    pub clock: Clock,
    location: Location,
    _folder: Option<tempfile::TempDir>,
    server: Option<(String, String)>,
}

impl Bench {
    /// In a folder that goes away with it.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("linli.db"));
        Self::open(location, Some(folder), None)
    }

    /// On the server that the environment names, if it names one.
    pub(crate) fn postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("LINLI_TEST_POSTGRES").ok()?;
        let name = format!("store_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        PgConnection::establish(&server).unwrap().batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let location = Location::parse(&with_database(&server, &name)).unwrap();
        Some(Self::open(location, None, Some((server, name))))
    }

    /// Another store on the same database, whose callers wait for a moment only and whose writes run one after the other.
    pub(crate) fn impatient(&self) -> Store {
        let keys = Arc::new(Keyring::from_base64(&Keyring::generate().unwrap()).unwrap());
        let context = TxContext { clock: self.clock.clone(), keys };
        let tuning = Tuning { patience: std::time::Duration::from_millis(200), pool: 1, ..Tuning::default() };
        Store::open(&self.location, context, &tuning).unwrap()
    }

    fn open(location: Location, folder: Option<tempfile::TempDir>, server: Option<(String, String)>) -> Self {
        persistence::migration::up(&location).unwrap();
        let clock = Clock::manual(morning());
        let keys = Arc::new(Keyring::from_base64(&Keyring::generate().unwrap()).unwrap());
        let context = TxContext { clock: clock.clone(), keys };
        let tuning = Tuning { patience: std::time::Duration::from_secs(20), ..Tuning::default() };
        let store = Store::open(&location, context, &tuning).unwrap();
        Self { store, clock, location, _folder: folder, server }
    }

    /// Whether one writer commits many jobs at once.
    pub(crate) fn commits_in_groups(&self) -> bool {
        matches!(self.location, Location::Sqlite(_))
    }

    /// Does something that must be kept.
    pub(crate) async fn write<T: Send + 'static>(&self, work: impl FnMut(&mut Tx) -> Result<T, StoreError> + Send + 'static) -> T {
        self.store.write(work).await.unwrap()
    }

    /// Reads something that must be there.
    pub(crate) async fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx) -> Result<T, StoreError> + Send + 'static) -> T {
        self.store.read(work).await.unwrap()
    }

    /// Runs statements on a connection of its own, beside the store.
    pub(crate) fn execute(&self, sqlite: &str, postgres: &str) {
        match &self.location {
            Location::Sqlite(path) => SqliteConnection::establish(path.to_str().unwrap()).unwrap().batch_execute(sqlite).unwrap(),
            Location::Postgres(url) => PgConnection::establish(url).unwrap().batch_execute(postgres).unwrap(),
        }
    }

    /// The facts of the installation with such names, as a connection beside the store sees them.
    pub(crate) fn facts(&self, like: &str) -> Vec<String> {
        let query = diesel::sql_query(format!("SELECT name FROM installation WHERE name LIKE '{like}' ORDER BY name"));
        let facts: Vec<Fact> = match &self.location {
            Location::Sqlite(path) => query.load(&mut SqliteConnection::establish(path.to_str().unwrap()).unwrap()).unwrap(),
            Location::Postgres(url) => query.load(&mut PgConnection::establish(url).unwrap()).unwrap(),
        };
        facts.into_iter().map(|fact| fact.name).collect()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.server {
            let dropped = PgConnection::establish(server).map(|mut conn| conn.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")));
            drop(dropped);
        }
    }
}

#[derive(QueryableByName)]
struct Fact {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

/// The same server's URL for another database.
fn with_database(server: &str, name: &str) -> String {
    let (before, options) = server.split_once('?').map_or((server, String::new()), |(before, after)| (before, format!("?{after}")));
    let host_at = before.find("://").unwrap() + 3;
    let base = before[host_at..].find('/').map_or(before, |slash| &before[..host_at + slash]);
    format!("{base}/{name}{options}")
}

pub(crate) fn morning() -> DateTime<Utc> {
    "2026-11-20T01:00:00Z".parse().unwrap()
}

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn code(text: &str) -> DivisionCode {
    DivisionCode::parse(text).unwrap()
}

pub(crate) fn division(text: &str, name: &str, level: Level) -> Division {
    let code = code(text);
    Division { parent: code.parent().filter(|parent| parent.level() >= Level::Prefecture), code, level, name: name.to_owned() }
}

/// 桦南县 with a town and two communities, as a region.
pub(crate) fn county(tx: &mut Tx) -> Result<(), StoreError> {
    let tree = [
        division("230822100002", "新村", Level::Community),
        division("230822100001", "奋斗社区", Level::Community),
        division("2308", "佳木斯市", Level::Prefecture),
        division("230822100", "桦南镇", Level::Township),
        division("230822", "桦南县", Level::County),
    ];
    assert_eq!(region::insert_many(tx, &tree)?, 5);
    let (division, zone) = (code("230822"), "Asia/Shanghai".to_owned());
    let languages = vec!["zh-CN".to_owned(), "en".to_owned()];
    region::add_region(tx, &Region { division, zone, languages, programme: "邻里十八匠".to_owned() })
}
