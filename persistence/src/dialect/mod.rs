//! The only place that looks at which database it is.

mod postgres;
mod sqlite;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::migration::{Migration, MigrationSource};
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

pub(crate) use postgres::Postgres;
pub(crate) use sqlite::Sqlite;

use crate::error::StoreError;
use crate::pulse::Pulse;
use crate::store::{Tx, TxContext};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub(crate) enum AnyConn {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// Compiles one expression for both connections: for upserts, batch inserts and RETURNING.
#[macro_export]
#[doc(hidden)]
macro_rules! both {
    ($tx:expr, |$c:ident| $body:expr) => {
        match &mut $tx.conn {
            $crate::dialect::AnyConn::Postgres($c) => $body,
            $crate::dialect::AnyConn::Sqlite($c) => $body,
        }
    };
}

/// Inserts the rows of a `Vec` in one statement. A few rows are a statement that is prepared once for each connection; the text
/// of more depends on how many they are, and is prepared each time.
#[macro_export]
#[doc(hidden)]
macro_rules! insert_all {
    ($tx:expr, $table:expr, $rows:expr) => {{
        let rows = $rows.as_slice();
        $crate::both!($tx, |c| {
            if rows.is_empty() {
                Ok(0)
            } else if let Ok(rows) = <&[_; 1]>::try_from(rows) {
                diesel::insert_into($table).values(rows).execute(c)
            } else if let Ok(rows) = <&[_; 2]>::try_from(rows) {
                diesel::insert_into($table).values(rows).execute(c)
            } else if let Ok(rows) = <&[_; 3]>::try_from(rows) {
                diesel::insert_into($table).values(rows).execute(c)
            } else {
                diesel::insert_into($table).values(rows).execute(c)
            }
        })
    }};
}

/// Inserts the rows of a `Vec` in bulk: PostgreSQL is fed with COPY, which no constraint is spared by; SQLite takes one statement.
/// A row that stands against a constraint refuses them all.
#[macro_export]
#[doc(hidden)]
macro_rules! copy_all {
    ($tx:expr, $table:ident, $rows:expr) => {{
        let rows = $rows.as_slice();
        match &mut $tx.conn {
            _ if rows.is_empty() => Ok(0),
            $crate::dialect::AnyConn::Postgres(c) => diesel::copy_from($table::table).from_insertable(rows).execute(c),
            $crate::dialect::AnyConn::Sqlite(c) => diesel::insert_into($table::table).values(rows).execute(c),
        }
    }};
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(std::path::PathBuf),
    /// A PostgreSQL server, by URL.
    Postgres(String),
}

/// Why a text does not say where a database is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database must be sqlite://PATH or postgres://USER@HOST/NAME")]
pub struct LocationError;

impl Location {
    /// Reads `sqlite://PATH` or `postgres://…`; the scheme decides, never a guess.
    ///
    /// # Errors
    /// [`LocationError`] for any other scheme or an empty path.
    pub fn parse(url: &str) -> Result<Self, LocationError> {
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(path.into()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(LocationError)
    }

    /// The address without a password, for people and logs.
    #[must_use]
    pub fn redacted(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
                let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
                match rest.rsplit_once('@') {
                    Some((user, host)) => format!("{scheme}://{}@{host}", user.split_once(':').map_or(user, |(name, _)| name)),
                    None => format!("{scheme}://{rest}"),
                }
            }
        }
    }
}

/// One transaction's work without its types, so that both engines can queue it.
pub(crate) trait Job: Send {
    /// Does the work; `false` rolls it back.
    fn run(&mut self, tx: &mut Tx) -> Ran;
    /// Gives the answer, once it is certain. An error here replaces it.
    fn answer(self: Box<Self>, failed: Option<StoreError>);
}

/// How a job's run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ran {
    /// Keep it.
    Keep,
    /// Roll it back.
    Undo,
    /// Roll it back and try again.
    Again,
}

/// The database behind a store.
pub(crate) enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Engine {
    pub(crate) fn open(location: &Location, context: &TxContext, tuning: &Tuning) -> Result<Self, StoreError> {
        Ok(match location {
            Location::Sqlite(path) => Self::Sqlite(Sqlite::open(path, context, tuning)?),
            Location::Postgres(url) => Self::Postgres(Postgres::open(url, context, tuning)?),
        })
    }

    pub(crate) async fn write(&self, job: Box<dyn Job>) {
        match self {
            Self::Sqlite(engine) => engine.write(job),
            Self::Postgres(engine) => engine.write(job).await,
        }
    }

    /// How busy it is.
    pub(crate) fn pulse(&self) -> Pulse {
        match self {
            Self::Sqlite(engine) => Pulse { writer: Some(engine.pulse()), pool: None },
            Self::Postgres(engine) => Pulse { pool: Some(engine.pulse()), writer: None },
        }
    }

    /// Runs a read on a thread that may block.
    pub(crate) async fn read<T, E>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match self {
            Self::Sqlite(engine) => engine.read(work).await,
            Self::Postgres(engine) => engine.read(work).await,
        }
    }

    /// Runs a read of a few primary keys: in place on the embedded database, where it takes microseconds.
    pub(crate) async fn glance<T, E>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match self {
            Self::Sqlite(engine) => engine.glance(work),
            Self::Postgres(engine) => engine.read(work).await,
        }
    }
}

/// Sizes and limits of the engines.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// Connections to PostgreSQL, and transactions that run on it at once.
    pub pool: u32,
    /// Reading connections to SQLite.
    pub readers: u32,
    /// Jobs that may wait; one more is refused as busy.
    pub queue: usize,
    /// Jobs in one commit of SQLite.
    pub batch: usize,
    /// How long a caller waits for the database before it is told so, with what it then knows of the outcome.
    pub patience: std::time::Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { pool: 8, readers: 4, queue: 2048, batch: 64, patience: std::time::Duration::from_millis(2_500) }
    }
}

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Connects once, for migrations and tools.
pub(crate) fn connect(location: &Location) -> Result<AnyConn, StoreError> {
    match location {
        Location::Sqlite(path) => sqlite::connect(path, sqlite::Mode::Write).map(AnyConn::Sqlite),
        Location::Postgres(url) => postgres::connect(url).map(AnyConn::Postgres),
    }
}

/// Runs one expression with the harness and the embedded migrations of the database at hand.
macro_rules! with_migrations {
    ($conn:expr, |$harness:ident, $source:ident| $body:expr) => {
        match $conn {
            AnyConn::Postgres($harness) => {
                let $source = POSTGRES_MIGRATIONS;
                $body
            }
            AnyConn::Sqlite($harness) => {
                let $source = SQLITE_MIGRATIONS;
                $body
            }
        }
    };
}

/// Applies what is pending; the names of what was applied.
pub(crate) fn migrate_up(conn: &mut AnyConn) -> Result<Vec<String>, StoreError> {
    let bug = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Bug(error.to_string());
    with_migrations!(conn, |harness, source| {
        let applied = harness.run_pending_migrations(source).map_err(bug)?;
        Ok(applied.iter().map(ToString::to_string).collect())
    })
}

/// Reverts the last one; its name, or `None` where nothing is applied.
pub(crate) fn migrate_down(conn: &mut AnyConn) -> Result<Option<String>, StoreError> {
    let bug = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Bug(error.to_string());
    with_migrations!(conn, |harness, source| {
        if harness.applied_migrations().map_err(bug)?.is_empty() {
            return Ok(None);
        }
        harness.revert_last_migration(source).map(|version| Some(version.to_string())).map_err(bug)
    })
}

/// Every migration with whether it is applied, and whether the database has one that this program does not know.
pub(crate) fn migration_status(conn: &mut AnyConn) -> Result<(Vec<(String, bool)>, bool), StoreError> {
    let bug = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Bug(error.to_string());
    with_migrations!(conn, |harness, source| {
        let applied: Vec<String> = harness.applied_migrations().map_err(bug)?.iter().map(ToString::to_string).collect();
        let known = backend_migrations(harness, &source).map_err(bug)?;
        let newer = applied.iter().any(|version| !known.iter().any(|(known, _)| known == version));
        Ok((known.into_iter().map(|(version, name)| (name, applied.contains(&version))).collect(), newer))
    })
}

/// Version and name of each migration, oldest first.
fn backend_migrations<C: Connection>(
    _conn: &C,
    source: &EmbeddedMigrations,
) -> Result<Vec<(String, String)>, Box<dyn std::error::Error + Send + Sync>> {
    let migrations = MigrationSource::<C::Backend>::migrations(source)?;
    let mut names: Vec<_> =
        migrations.iter().map(|migration| (migration.name().version().to_string(), migration.name().to_string())).collect();
    names.sort();
    Ok(names)
}

/// Copies an embedded database into a new file.
pub(crate) fn copy(from: &Location, to: &std::path::Path) -> Result<(), StoreError> {
    match from {
        Location::Sqlite(path) => sqlite::copy(path, to),
        Location::Postgres(_) => Err(StoreError::Unavailable("PostgreSQL is copied with pg_dump".to_owned())),
    }
}

/// Checks a copy of an embedded database, and says which keys it needs.
pub(crate) fn check(copy: &std::path::Path) -> Result<Vec<String>, StoreError> {
    sqlite::check(copy)
}

/// Runs statements that return nothing.
pub(crate) fn batch(conn: &mut AnyConn, sql: &str) -> Result<(), StoreError> {
    Ok(conn.batch_execute(sql)?)
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// What a query gives in its column `line`.
pub(crate) fn lines(conn: &mut AnyConn, sql: &str) -> Result<Vec<String>, StoreError> {
    use diesel::RunQueryDsl as _;
    let lines: Vec<Line> = match conn {
        AnyConn::Postgres(inner) => diesel::sql_query(sql).load(inner)?,
        AnyConn::Sqlite(inner) => diesel::sql_query(sql).load(inner)?,
    };
    Ok(lines.into_iter().map(|row| row.line).collect())
}

/// Begins the outermost transaction of the writer: the write lock is taken at once.
fn begin_immediate(conn: &mut AnyConn) -> Result<(), StoreError> {
    match conn {
        AnyConn::Sqlite(inner) => Ok(AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE")?),
        AnyConn::Postgres(inner) => Ok(AnsiTransactionManager::begin_transaction(inner)?),
    }
}

/// How many transactions are open on it; `None` where the connection is broken.
fn depth(conn: &mut AnyConn) -> Option<u32> {
    let status = match conn {
        AnyConn::Sqlite(inner) => AnsiTransactionManager::transaction_manager_status_mut(inner).transaction_depth(),
        AnyConn::Postgres(inner) => AnsiTransactionManager::transaction_manager_status_mut(inner).transaction_depth(),
    };
    status.ok().map(|depth| depth.map_or(0, std::num::NonZero::get))
}

/// Commits the outermost transaction.
fn commit(conn: &mut AnyConn) -> Result<(), StoreError> {
    match conn {
        AnyConn::Sqlite(inner) => Ok(AnsiTransactionManager::commit_transaction(inner)?),
        AnyConn::Postgres(inner) => Ok(AnsiTransactionManager::commit_transaction(inner)?),
    }
}

/// Whether no other transaction writes while this one does.
pub(crate) const fn writes_alone(conn: &AnyConn) -> bool {
    matches!(conn, AnyConn::Sqlite(_))
}

/// Runs a job in the transaction that is open; a panic is to be rolled back like an error.
fn run_caught(tx: &mut Tx, job: &mut dyn Job) -> Ran {
    tx.renew_now();
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job.run(tx))).unwrap_or_else(|_| {
        tracing::error!("a transaction's work panicked and was rolled back");
        Ran::Undo
    })
}

/// Runs a job inside a transaction or savepoint of its own; a panic rolls it back like an error.
fn run_guarded(tx: &mut Tx, job: &mut dyn Job) -> Result<Ran, StoreError> {
    begin_nested(&mut tx.conn)?;
    let ran = run_caught(tx, job);
    if ran == Ran::Keep {
        // Lost while it was told to commit: nobody can say whether it was kept.
        commit(&mut tx.conn)
            .map_err(|error| if matches!(error, StoreError::Unavailable(_)) { StoreError::OutcomeUnknown } else { error })?;
    } else {
        rollback(&mut tx.conn)?;
    }
    Ok(ran)
}

fn begin_nested(conn: &mut AnyConn) -> Result<(), StoreError> {
    match conn {
        AnyConn::Sqlite(inner) => Ok(AnsiTransactionManager::begin_transaction(inner)?),
        AnyConn::Postgres(inner) => Ok(AnsiTransactionManager::begin_transaction(inner)?),
    }
}

fn rollback(conn: &mut AnyConn) -> Result<(), StoreError> {
    match conn {
        AnyConn::Sqlite(inner) => Ok(AnsiTransactionManager::rollback_transaction(inner)?),
        AnyConn::Postgres(inner) => Ok(AnsiTransactionManager::rollback_transaction(inner)?),
    }
}
