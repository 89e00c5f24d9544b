//! SQLite: one writer thread that commits many jobs at once, and readers beside it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use tokio::sync::Semaphore;

use super::{AnyConn, Job, Ran, Tuning};
use crate::error::StoreError;
use crate::pulse::{Counts, WriterPulse};
use crate::store::{Tx, TxContext};

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Everything.
    Write,
    /// Only read.
    Read,
}

/// Opens a connection. Every commit reaches the disk before it is answered.
pub(super) fn connect(path: &Path, mode: Mode) -> Result<SqliteConnection, StoreError> {
    let unavailable = |error: String| StoreError::Unavailable(error);
    if mode == Mode::Write {
        make_private(path).map_err(|error| unavailable(error.to_string()))?;
    }
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| unavailable(error.to_string()))?;
    let common = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";
    conn.batch_execute(common)?;
    conn.batch_execute(match mode {
        Mode::Write => {
            // A page that is written again and again is copied into the database once in 32 MiB of the log, not in 4.
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8192; \
             PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8192;"
        }
        // A small cache of each reader's own: behind it is the one of the operating system, which all share.
        Mode::Read => "PRAGMA query_only = ON; PRAGMA cache_size = -1024;",
    })?;
    Ok(conn)
}

/// Makes the file for its owner alone where it is not there yet; SQLite gives its companions the same permissions.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Copies a database into a new file, in one reading transaction, and brings the copy to the disk.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let unwritable = |error: std::io::Error| StoreError::Unavailable(format!("{}: {error}", to.display()));
    if to.exists() {
        return Err(unwritable(std::io::ErrorKind::AlreadyExists.into()));
    }
    // The file first and empty, for its owner alone: SQLite fills an empty file, and the copy holds what the database holds.
    make_private(to).map_err(unwritable)?;
    let mut conn = connect(from, Mode::Write)?;
    let name = to.to_string_lossy().replace('\'', "''");
    conn.batch_execute(&format!("VACUUM INTO '{name}'"))?;
    std::fs::File::open(to).and_then(|file| file.sync_all()).map_err(unwritable)
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// Reads a whole database, and which keys it needs: id and fingerprint of each.
pub(super) fn check(path: &Path) -> Result<Vec<String>, StoreError> {
    use diesel::RunQueryDsl as _;
    if !path.is_file() {
        return Err(StoreError::Unavailable(format!("there is no {}", path.display())));
    }
    let mut conn = connect(path, Mode::Read)?;
    let damaged = |error: diesel::result::Error| StoreError::Unavailable(format!("{} is damaged: {error}", path.display()));
    let lines = |conn: &mut SqliteConnection, sql: &str| diesel::sql_query(sql).load::<Line>(conn);
    let found = lines(&mut conn, "SELECT integrity_check AS line FROM pragma_integrity_check LIMIT 10").map_err(damaged)?;
    let foreign = lines(&mut conn, "SELECT \"table\" AS line FROM pragma_foreign_key_check LIMIT 10").map_err(damaged)?;
    let wrong: Vec<String> = found.into_iter().chain(foreign).map(|line| line.line).filter(|line| line != "ok").collect();
    if !wrong.is_empty() {
        return Err(StoreError::Unavailable(format!("{} is damaged: {}", path.display(), wrong.join("; "))));
    }
    let needed = "SELECT id || ':' || fingerprint AS line FROM data_keys WHERE dropped_at IS NULL ORDER BY id";
    Ok(lines(&mut conn, needed).map_err(damaged)?.into_iter().map(|line| line.line).collect())
}

/// The embedded database.
pub(crate) struct Sqlite {
    id: u64,
    path: PathBuf,
    context: Arc<TxContext>,
    queue: SyncSender<Box<dyn Job>>,
    counts: Arc<Counts>,
    readers: Arc<Mutex<Vec<Tx>>>,
    permits: Arc<Semaphore>,
}

thread_local! {
    /// The connection on which this thread glances at each open store.
    static GLANCES: RefCell<HashMap<u64, Tx>> = RefCell::new(HashMap::new());
}

static NEXT_ID: AtomicU64 = AtomicU64::new(0);

impl Sqlite {
    pub(super) fn open(path: &Path, context: &TxContext, tuning: &Tuning) -> Result<Self, StoreError> {
        let context = Arc::new(context.clone());
        let (queue, jobs) = sync_channel(tuning.queue);
        let counts = Arc::new(Counts::default());
        let writer =
            Writer { path: path.to_owned(), context: Arc::clone(&context), batch: tuning.batch.max(1), counts: Arc::clone(&counts) };
        let conn = writer.connect()?;
        std::thread::Builder::new()
            .name("linli-writer".to_owned())
            .spawn(move || writer.serve(conn, &jobs))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            path: path.to_owned(),
            context,
            queue,
            counts,
            readers: Arc::new(Mutex::new(Vec::new())),
            permits: Arc::new(Semaphore::new(usize::try_from(tuning.readers).unwrap_or(4))),
        })
    }

    pub(super) fn write(&self, job: Box<dyn Job>) {
        self.counts.queue();
        let (job, error) = match self.queue.try_send(job) {
            Ok(()) => return,
            Err(TrySendError::Full(job)) => (job, StoreError::Busy),
            Err(TrySendError::Disconnected(job)) => (job, StoreError::Unavailable("the writer has stopped".to_owned())),
        };
        self.counts.unqueue(1);
        job.answer(Some(error));
    }

    pub(super) fn pulse(&self) -> WriterPulse {
        self.counts.pulse()
    }

    pub(super) async fn read<T, E>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| StoreError::Busy)?;
        let (readers, path, context) = (Arc::clone(&self.readers), self.path.clone(), Arc::clone(&self.context));
        let run = move || -> Result<T, E> {
            let _permit = permit;
            let idle = readers.lock().ok().and_then(|mut idle| idle.pop());
            let mut tx = match idle {
                Some(tx) => tx,
                None => reader(&path, &context)?,
            };
            tx.renew_now();
            let answer = work(&mut tx);
            if let Ok(mut idle) = readers.lock() {
                idle.push(tx);
            }
            answer
        };
        tokio::task::spawn_blocking(run).await.map_err(|_| StoreError::Bug("a read panicked".to_owned()))?
    }

    pub(super) fn glance<T, E>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        GLANCES.with(|glances| {
            let mut glances = glances.try_borrow_mut().map_err(|_| StoreError::Bug("a glance inside a glance".to_owned()))?;
            let tx = match glances.entry(self.id) {
                std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::hash_map::Entry::Vacant(entry) => entry.insert(reader(&self.path, &self.context)?),
            };
            tx.renew_now();
            work(tx)
        })
    }
}

fn reader(path: &Path, context: &Arc<TxContext>) -> Result<Tx, StoreError> {
    Ok(Tx::new(AnyConn::Sqlite(connect(path, Mode::Read)?), Arc::clone(context)))
}

/// The thread that alone writes.
struct Writer {
    path: PathBuf,
    context: Arc<TxContext>,
    batch: usize,
    counts: Arc<Counts>,
}

impl Writer {
    fn connect(&self) -> Result<Tx, StoreError> {
        Ok(Tx::new(AnyConn::Sqlite(connect(&self.path, Mode::Write)?), Arc::clone(&self.context)))
    }

    fn serve(&self, conn: Tx, jobs: &Receiver<Box<dyn Job>>) {
        let mut tx = Some(conn);
        let mut careful = 0;
        while let Ok(first) = jobs.recv() {
            let mut batch = vec![first];
            batch.extend(std::iter::from_fn(|| jobs.try_recv().ok()).take(self.batch - 1));
            self.counts.unqueue(batch.len());
            let outcome = match tx.take().map_or_else(|| self.connect(), Ok) {
                Ok(mut fresh) => {
                    let outcome = commit_batch(&mut fresh, &mut batch, &mut careful);
                    // After a failure SQLite may have rolled back everything: only a fresh connection is certain.
                    tx = outcome.is_ok().then_some(fresh);
                    outcome
                }
                Err(error) => Err(error),
            };
            self.counts.committed(batch.len(), outcome.is_ok());
            if let Err(error) = &outcome {
                tracing::error!(%error, jobs = batch.len(), "a group commit failed; nothing of it was kept");
            }
            for job in batch {
                job.answer(outcome.clone().err());
            }
        }
    }
}

/// So many batches after one with a failure run each job in a savepoint of its own.
const CAREFUL_BATCHES: u32 = 32;

/// Runs the jobs in one transaction and commits them together. A savepoint for each costs a sixth of the work, and only a job
/// that fails beside others needs one: then the batch is rolled back and run again with them, as are the next ones.
fn commit_batch(tx: &mut Tx, batch: &mut [Box<dyn Job>], careful: &mut u32) -> Result<(), StoreError> {
    let alone = batch.len() == 1;
    if alone || *careful == 0 {
        if run_together(tx, batch)? == Ran::Keep || alone {
            return Ok(());
        }
        *careful = CAREFUL_BATCHES;
    } else {
        *careful -= 1;
    }
    run_apart(tx, batch)
}

/// Runs the jobs until one of them is not to be kept: then nothing is.
fn run_together(tx: &mut Tx, batch: &mut [Box<dyn Job>]) -> Result<Ran, StoreError> {
    super::begin_immediate(&mut tx.conn)?;
    for job in batch {
        let ran = super::run_caught(tx, job.as_mut());
        if ran != Ran::Keep {
            super::rollback(&mut tx.conn)?;
            return Ok(ran);
        }
        if super::depth(&mut tx.conn) != Some(1) {
            return Err(StoreError::Unavailable("the database rolled the batch back".to_owned()));
        }
    }
    super::commit(&mut tx.conn)?;
    Ok(Ran::Keep)
}

/// Runs every job in a savepoint of its own. After each job exactly the outer transaction must be open; anything else means
/// that the batch is lost.
fn run_apart(tx: &mut Tx, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    super::begin_immediate(&mut tx.conn)?;
    for job in batch {
        let ran = super::run_guarded(tx, job.as_mut());
        if super::depth(&mut tx.conn) != Some(1) {
            return Err(ran.err().unwrap_or_else(|| StoreError::Unavailable("the database rolled the batch back".to_owned())));
        }
        // There is one writer, so nobody was in the way: what is stale now is stale however often it is tried.
        ran?;
    }
    super::commit(&mut tx.conn)
}
