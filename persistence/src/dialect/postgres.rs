//! PostgreSQL: a small pool, as many transactions at once as it has connections, and bounded patience.

use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::{Connection, PgConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout_at;

use super::{AnyConn, Job, Ran, Tuning};
use crate::error::StoreError;
use crate::pulse::{PoolPulse, wide};
use crate::store::{Tx, TxContext};

/// How often a transaction is tried when others are in its way.
const ATTEMPTS: u32 = 5;

/// A connection that has rested longer is asked whether it still lives.
const TRUSTED: Duration = Duration::from_secs(1);

/// What a connection is opened with where the URL does not say otherwise: a server that has gone without a word, with its machine
/// or its network, is noticed within seconds instead of hours.
const MANNERS: [(&str, &str); 5] = [
    ("connect_timeout", "3"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

/// The URL with what it does not say itself.
fn with_manners(url: &str) -> String {
    let mut full = url.to_owned();
    let said = url.split_once('?').map(|(_, said)| said);
    let mut separator = if said.is_some() { '&' } else { '?' };
    for (name, value) in MANNERS {
        let is_said = said.is_some_and(|said| said.split('&').any(|pair| pair.split('=').next() == Some(name)));
        if !is_said {
            full.extend([separator]);
            full.push_str(&format!("{name}={value}"));
            separator = '&';
        }
    }
    full
}

/// Opens a connection. A transaction never waits longer for another than a caller would.
pub(super) fn connect(url: &str) -> Result<PgConnection, StoreError> {
    let mut conn = PgConnection::establish(&with_manners(url)).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    speak_english(&mut conn);
    conn.batch_execute(
        "SET TIME ZONE 'UTC'; SET lock_timeout = '2s'; SET statement_timeout = '30s'; \
         SET idle_in_transaction_session_timeout = '30s'; SET client_min_messages = warning;",
    )?;
    Ok(conn)
}

/// Has PostgreSQL answer in English where it does not: by its messages conflicts and time-outs are told apart.
const ENGLISH: &str = "DO $$ BEGIN IF current_setting('lc_messages') !~ '^(C|POSIX|en)' THEN \
    PERFORM set_config('lc_messages', 'C', false); END IF; END $$";

/// Asks for messages in English. Only superusers and roles that were granted it may do so.
fn speak_english(conn: &mut PgConnection) {
    static SAID: Once = Once::new();
    if let Err(error) = conn.batch_execute(ENGLISH) {
        SAID.call_once(|| {
            tracing::warn!(%error, "PostgreSQL answers in another language than English, so that conflicts look like errors: \
                a superuser should set lc_messages to C for this database");
        });
    }
}

/// A pooled connection with what decides whether it can be trusted.
pub(crate) struct Lease {
    tx: Tx,
    used: Instant,
    broken: bool,
}

struct Manager {
    url: String,
    context: Arc<TxContext>,
}

impl ManageConnection for Manager {
    type Connection = Lease;
    type Error = StoreError;

    fn connect(&self) -> Result<Lease, StoreError> {
        let tx = Tx::new(AnyConn::Postgres(connect(&self.url)?), Arc::clone(&self.context));
        Ok(Lease { tx, used: Instant::now(), broken: false })
    }

    fn is_valid(&self, lease: &mut Lease) -> Result<(), StoreError> {
        if lease.used.elapsed() < TRUSTED { Ok(()) } else { super::batch(&mut lease.tx.conn, "SELECT 1") }
    }

    fn has_broken(&self, lease: &mut Lease) -> bool {
        lease.broken || super::depth(&mut lease.tx.conn) != Some(0)
    }
}

/// A PostgreSQL database.
pub(crate) struct Postgres {
    pool: Pool<Manager>,
    running: Arc<Semaphore>,
    size: usize,
    waiting: Arc<Semaphore>,
    queue: usize,
    patience: Duration,
}

impl Postgres {
    pub(super) fn open(url: &str, context: &TxContext, tuning: &Tuning) -> Result<Self, StoreError> {
        let manager = Manager { url: url.to_owned(), context: Arc::new(context.clone()) };
        let size = tuning.pool.max(1);
        let places = usize::try_from(size).unwrap_or(8);
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            // Shorter than the caller's patience: that the database is not there is a better answer than that it took too long.
            .connection_timeout(tuning.patience.mul_f32(0.8))
            .test_on_check_out(true)
            .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
            .build_unchecked(manager);
        Ok(Self {
            pool,
            running: Arc::new(Semaphore::new(places)),
            size: places,
            waiting: Arc::new(Semaphore::new(tuning.queue)),
            queue: tuning.queue,
            patience: tuning.patience,
        })
    }

    pub(super) fn pulse(&self) -> PoolPulse {
        PoolPulse {
            size: wide(self.size),
            in_use: wide(self.size.saturating_sub(self.running.available_permits())),
            waiting: wide(self.queue.saturating_sub(self.waiting.available_permits())),
        }
    }

    /// A place among those that run; refused as busy where too many wait already. Whoever asks limits the wait.
    async fn admit(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let _place = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| StoreError::Busy)?;
        Arc::clone(&self.running).acquire_owned().await.map_err(|_| StoreError::Busy)
    }

    pub(super) async fn write(&self, job: Box<dyn Job>) {
        let permit = match self.admit().await {
            Ok(permit) => permit,
            Err(error) => return job.answer(Some(error)),
        };
        let pool = self.pool.clone();
        // The permit moves with the work: a caller who gives up must not let another in while the thread still hangs.
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut job = job;
            let failed = run(&pool, job.as_mut()).err();
            job.answer(failed);
        });
    }

    pub(super) async fn read<T, E>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let until = Instant::now() + self.patience;
        let permit = timeout_at(until.into(), self.admit()).await.map_err(|_| StoreError::Busy)??;
        let pool = self.pool.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut lease = checkout(&pool)?;
            lease.tx.renew_now();
            let answer = work(&mut lease.tx);
            settle(&mut lease);
            answer
        });
        match timeout_at(until.into(), task).await {
            Ok(done) => done.map_err(|_| StoreError::Bug("a read panicked".to_owned()))?,
            Err(_) => Err(StoreError::Unavailable("the database did not answer in time".to_owned()).into()),
        }
    }
}

fn checkout(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, StoreError> {
    pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))
}

fn settle(lease: &mut PooledConnection<Manager>) {
    lease.used = Instant::now();
    lease.broken = lease.tx.take_broken();
}

/// Tries the job until it is kept, refused by itself, or has met conflicts too often.
fn run(pool: &Pool<Manager>, job: &mut dyn Job) -> Result<(), StoreError> {
    let mut lease = checkout(pool)?;
    for attempt in 1..=ATTEMPTS {
        let ran = super::run_guarded(&mut lease.tx, job);
        if matches!(ran, Err(StoreError::Unavailable(_) | StoreError::OutcomeUnknown | StoreError::Bug(_))) {
            lease.broken = true;
        }
        match ran {
            Ok(Ran::Again) | Err(StoreError::Conflict) if attempt < ATTEMPTS => {
                std::thread::sleep(Duration::from_millis(u64::from(attempt) * 3));
            }
            // Also what is still stale or in conflict: the job's own answer says which.
            Ok(Ran::Keep | Ran::Undo | Ran::Again) => {
                settle(&mut lease);
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict)
}

#[cfg(test)]
mod tests {
    use super::with_manners;

    #[test]
    fn a_url_keeps_what_it_says() {
        let rest = "keepalives_idle=5&keepalives_interval=2&keepalives_count=3&tcp_user_timeout=10000";
        assert_eq!(with_manners("postgres://a@b/c"), format!("postgres://a@b/c?connect_timeout=3&{rest}"));
        let said = "postgres://a@b/c?sslmode=require&connect_timeout=30";
        assert_eq!(with_manners(said), format!("{said}&{rest}"));
    }
}
