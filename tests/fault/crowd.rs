//! Thousands of clients that hold a connection and hardly ever ask.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use support::http::{self, Connection};
use support::{Database, Kind, Outcome, Server};
use tokio::time::{sleep, timeout};

use crate::options::{Crowd, Options};
use crate::report::{Promises, Report};
use crate::stage::Stage;

/// How often each of the crowd asks.
const EVERY: Duration = Duration::from_secs(4);

/// Files that a process needs besides its connections.
const OTHER_FILES: u64 = 500;

/// The soft limit of open files that most systems begin with.
const USUAL_LIMIT: u64 = 1024;

/// How many connect at once.
const AT_ONCE: usize = 100;

/// How much memory the program may hold for each connection, in kibibytes.
const MEMORY_EACH: u64 = 24;

/// Brings a crowd, and looks at what others notice of it.
pub(crate) async fn comes(options: &Options, report: &mut Report) -> Outcome<()> {
    let hard = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
    let count = options.crowd().min(usize::try_from(hard.saturating_sub(OTHER_FILES))?);
    let stage = Stage::set(Database::new(Kind::Sqlite)).await?;
    // The program begins with the usual limit, and must raise it by itself.
    limit(USUAL_LIMIT.min(hard))?;
    let server = stage.program.start().await?;
    limit(hard)?;
    let token = &stage.crews.first().ok_or("a stage has crews")?.resident.token;
    let before = (slowest_of_hundred(&server, token).await?, server.memory()?.now);
    let stays = if options.short { 6 } else { 20 };
    let mut crowd = tokio::process::Command::new(std::env::current_exe()?)
        .args(["crowd", &server.address.to_string(), &count.to_string(), &stays.to_string()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut said = tokio::io::BufReader::new(crowd.stdout.take().ok_or("the crowd says nothing")?);
    let opened = line(&mut said, Duration::from_secs(90)).await?;
    let during = (slowest_of_hundred(&server, token).await?, server.memory()?.now);
    let failed = line(&mut said, Duration::from_secs(stays + 30)).await?;
    crowd.wait().await?;
    let mut promises = Promises::default();
    promises.check(opened == format!("open {count}"), || format!("the crowd says: {opened}"));
    promises.check(failed == "failed 0", || format!("the crowd says: {failed}"));
    let allowed = before.1 + MEMORY_EACH * u64::try_from(count)?;
    promises.check(during.1 <= allowed, || format!("{} KiB became {} KiB", before.1, during.1));
    promises.check(during.0 < Duration::from_secs(1), || format!("the slowest of a hundred others took {:?}", during.0));
    let each = during.1.saturating_sub(before.1) / u64::try_from(count.max(1))?;
    let outcome = format!(
        "each asks every {} s; {} MiB became {} ({each} KiB a connection); p99 of others {:.0} ms, {:.0} ms before",
        EVERY.as_secs(),
        before.1 / 1024,
        during.1 / 1024,
        during.0.as_secs_f64() * 1000.0,
        before.0.as_secs_f64() * 1000.0,
    );
    report.row(&format!("{count} idle connections"), "SQLite", &outcome, promises);
    Ok(())
}

/// Sets the soft limit of open files, which programs started from here begin with.
fn limit(current: u64) -> Outcome<()> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    Ok(setrlimit(Resource::Nofile, Rlimit { current: Some(current), maximum })?)
}

async fn line(said: &mut tokio::io::BufReader<tokio::process::ChildStdout>, patience: Duration) -> Outcome<String> {
    use tokio::io::AsyncBufReadExt as _;
    let mut line = String::new();
    timeout(patience, said.read_line(&mut line)).await.map_err(|_| "the crowd did not come in time")??;
    Ok(line.trim().to_owned())
}

/// What the 99th of a hundred readers waits for a page of orders.
async fn slowest_of_hundred(server: &Server, token: &str) -> Outcome<Duration> {
    let request = http::get("/v1/orders?limit=5", Some(token));
    let mut connection = Connection::open(server.address).await?;
    let mut times = Vec::new();
    for _ in 0..300 {
        let begun = Instant::now();
        let reply = connection.send(&request).await?;
        if reply.status != 200 {
            return Err(format!("{}: {}", reply.status, String::from_utf8_lossy(reply.body)).into());
        }
        times.push(begun.elapsed());
        sleep(Duration::from_millis(5)).await;
    }
    times.sort_unstable();
    Ok(times.get(times.len() * 99 / 100).copied().unwrap_or_default())
}

/// Is the crowd: says when all are there, stays, and says how many requests failed.
pub(crate) async fn be(crowd: &Crowd) -> Outcome<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut members = Vec::new();
    while members.len() < crowd.count {
        let more = (0..AT_ONCE.min(crowd.count - members.len())).map(|_| Connection::open(crowd.address));
        for connection in futures_util::future::join_all(more).await {
            // Each asks from now on: who says nothing after connecting is taken for a slow client.
            members.push(tokio::spawn(member(connection?, Arc::clone(&stop))));
        }
    }
    sleep(EVERY).await;
    println!("open {}", members.len());
    sleep(Duration::from_secs(crowd.seconds)).await;
    stop.store(true, Ordering::SeqCst);
    let mut failed = 0;
    for asked in members {
        failed += u32::from(asked.await?.is_err());
    }
    println!("failed {failed}");
    Ok(())
}

/// One of the crowd, who asks again and again.
async fn member(mut connection: Connection, stop: Arc<AtomicBool>) -> std::io::Result<()> {
    let request = http::get("/healthz", None);
    while !stop.load(Ordering::SeqCst) {
        let reply = connection.send(&request).await?;
        if reply.status != 200 {
            return Err(std::io::Error::other(reply.status.to_string()));
        }
        sleep(EVERY).await;
    }
    Ok(())
}
