//! What an orchestrator asks while the fault lasts: whether the program lives, whether it is ready, and what it takes of the machine.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use support::http::{self, Connection};
use support::{Outcome, Server};
use tokio::time::{sleep, timeout};

use crate::carry::Tally;

/// What was seen while the fault lasted.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The slowest answer of `/healthz`; nothing where it once did not answer 200.
    pub(crate) alive: Option<Duration>,
    /// The slowest answer of `/readyz`.
    pub(crate) slowest: Duration,
    /// How often `/readyz` said that it is ready, and that it is not.
    pub(crate) ready: (u32, u32),
    /// The most threads that the program had.
    pub(crate) threads: u64,
    /// The most memory that it held, in kibibytes.
    pub(crate) memory: u64,
}

/// Looks twice a second for as long as the fault lasts.
pub(crate) async fn watch(server: &Server, time: Duration) -> Outcome<Seen> {
    let until = Instant::now() + time;
    let mut seen = Seen { alive: Some(Duration::ZERO), ..Seen::default() };
    while Instant::now() < until {
        let (status, took) = ask(server, "/healthz").await;
        seen.alive = seen.alive.filter(|_| status == Some(200)).map(|slowest| slowest.max(took));
        let (status, took) = ask(server, "/readyz").await;
        match status {
            Some(200) => seen.ready.0 += 1,
            _ => seen.ready.1 += 1,
        }
        seen.slowest = seen.slowest.max(took);
        seen.threads = seen.threads.max(server.threads()?);
        seen.memory = seen.memory.max(server.memory()?.now);
        sleep(Duration::from_millis(500)).await;
    }
    Ok(seen)
}

/// How long it takes until the program is ready and a write is acknowledged again; nothing where it takes too long.
pub(crate) async fn recovery(server: &Server, tally: &Arc<Tally>, patience: Duration) -> Option<Duration> {
    let begun = Instant::now();
    let before = tally.acknowledged.load(Ordering::SeqCst);
    while begun.elapsed() < patience {
        let writes = tally.acknowledged.load(Ordering::SeqCst) > before;
        if writes && ask(server, "/readyz").await.0 == Some(200) {
            return Some(begun.elapsed());
        }
        sleep(Duration::from_millis(20)).await;
    }
    None
}

async fn ask(server: &Server, path: &str) -> (Option<u16>, Duration) {
    let begun = Instant::now();
    let answer = async {
        let mut connection = Connection::open(server.address).await.ok()?;
        let reply = connection.send(&http::get(path, None)).await.ok()?;
        Some(reply.status)
    };
    let status = timeout(Duration::from_secs(10), answer).await.ok().flatten();
    (status, begun.elapsed())
}
