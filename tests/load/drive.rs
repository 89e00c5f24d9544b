//! Many clients that ask at once, and how long each had to wait.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::case::{Case, Client};
use crate::options::Options;
use crate::population::Population;
use support::Outcome;
use support::Server;

/// Longer than this after the end no answer is waited for.
const GRACE: Duration = Duration::from_secs(30);

/// What was measured.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    /// What was done.
    pub(crate) case: Case,
    /// How often in a second.
    pub(crate) rate: f64,
    /// Half were as fast or faster.
    pub(crate) median: Duration,
    /// Ninety-nine of a hundred were as fast or faster.
    pub(crate) p99: Duration,
    /// What did not go as it should; 0, or the figures mean nothing.
    pub(crate) errors: u64,
    /// The first of them.
    pub(crate) first_error: Option<String>,
    /// The server's processor time for each.
    pub(crate) processor: Duration,
}

/// What one client saw.
#[derive(Default)]
struct Seen {
    micros: Vec<u32>,
    done: u64,
    errors: u64,
    first_error: Option<String>,
}

/// Measures one case with all clients at once.
pub(crate) async fn measure(server: &Server, population: &Arc<Population>, options: &Options, case: Case) -> Outcome<Figures> {
    let begin = Instant::now() + options.warm_up();
    let end = begin + options.time();
    let clients: Vec<_> = (0..options.clients)
        .map(|number| tokio::spawn(run(Client::new(server.address, Arc::clone(population), number), case, begin, end)))
        .collect();
    tokio::time::sleep_until(begin.into()).await;
    let used = server.processor()?;
    tokio::time::sleep_until(end.into()).await;
    let used = server.processor()?.saturating_sub(used);
    let mut all = Seen::default();
    for client in clients {
        let seen = tokio::time::timeout(GRACE, client).await.map_err(|_| format!("{}: a client hangs", case.name()))??;
        all.micros.extend(seen.micros);
        all.done += seen.done;
        all.errors += seen.errors;
        all.first_error = all.first_error.or(seen.first_error);
    }
    all.micros.sort_unstable();
    let done = u32::try_from(all.done).unwrap_or(u32::MAX);
    Ok(Figures {
        case,
        rate: f64::from(done) / options.time().as_secs_f64(),
        median: percentile(&all.micros, 50),
        p99: percentile(&all.micros, 99),
        errors: all.errors,
        first_error: all.first_error,
        processor: used.checked_div(done).unwrap_or_default(),
    })
}

/// One client asks, again and again, until the end. What ends between `begin` and `end` counts.
async fn run(mut client: Client, case: Case, begin: Instant, end: Instant) -> Seen {
    let mut seen = Seen::default();
    loop {
        let started = Instant::now();
        if started >= end {
            return seen;
        }
        let done = client.once(case).await;
        let ended = Instant::now();
        match done {
            Ok(()) if ended >= begin && ended < end => {
                seen.done += 1;
                seen.micros.push(u32::try_from(ended.duration_since(started).as_micros()).unwrap_or(u32::MAX));
            }
            Ok(()) => {}
            Err(error) => {
                seen.errors += 1;
                seen.first_error.get_or_insert(error.to_string());
                client.hang_up();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

/// The time within which this many of a hundred were done.
fn percentile(sorted: &[u32], percent: usize) -> Duration {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    Duration::from_micros(sorted.get(place).copied().unwrap_or_default().into())
}
