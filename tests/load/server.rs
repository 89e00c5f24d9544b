//! The program under measurement: a process of its own on a loopback port.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use persistence::Location;
use support::world::ISSUER;
use tempfile::TempDir;

use crate::Outcome;
use crate::http::{self, Connection};
use crate::population::Population;

/// How long the program may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running `linli serve`; killed when dropped.
pub(crate) struct Server {
    child: Child,
    folder: TempDir,
    /// Where it serves.
    pub(crate) address: SocketAddr,
    /// How long it took from its start until it could serve a request that needs the database.
    pub(crate) ready: Duration,
}

/// What a process holds of the memory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// Resident now, in kibibytes.
    pub(crate) now: u64,
    /// Resident at most, in kibibytes.
    pub(crate) peak: u64,
}

/// The release binary beside this one.
pub(crate) fn program() -> Outcome<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("linli");
    if path.is_file() {
        return Ok(path);
    }
    Err(format!("there is no {}: build it first with `cargo build --release`", path.display()).into())
}

impl Server {
    /// Starts the program on a filled database and waits until it is ready.
    pub(crate) async fn start(program: &Path, population: &Population, settings: &[(&str, &str)]) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let key = folder.path().join("linli.key");
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&key)?.write_all(population.secret.as_bytes())?;
        let log = File::create(folder.path().join("log"))?;
        let address = free_port()?;
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_setting(name)) {
            command.env_remove(name);
        }
        let database = match &population.database.location {
            Location::Sqlite(path) => format!("sqlite://{}", path.display()),
            Location::Postgres(url) => url.clone(),
        };
        command.env("LINLI_DATABASE", database).env("LINLI_KEY_FILE", &key).env("LINLI_DATA", folder.path()).envs(settings.iter().copied());
        // All clients of the tool come from one address, and ask more than any person.
        command.env("LINLI_RATE_LIMITS", "off");
        command.args(["serve", "--issuer", ISSUER, "--listen", &address.to_string()]);
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        let mut server = Self { child, folder, address, ready: Duration::ZERO };
        server.ready = server.until_ready(started).await?;
        Ok(server)
    }

    async fn until_ready(&mut self, started: Instant) -> Outcome<Duration> {
        let request = http::get("/readyz", None);
        while started.elapsed() < PATIENCE {
            if let Ok(mut connection) = Connection::open(self.address).await
                && let Ok(reply) = connection.send(&request).await
                && reply.status == 200
            {
                return Ok(started.elapsed());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the program ended with {status}:\n{}", self.log()).into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err(format!("the program was not ready within {PATIENCE:?}:\n{}", self.log()).into())
    }

    /// What it has written to its log.
    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Its memory.
    pub(crate) fn memory(&self) -> Outcome<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kibibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
        };
        let found = kibibytes("VmRSS").zip(kibibytes("VmHWM"));
        let (now, peak) = found.ok_or("the process says nothing about its memory")?;
        Ok(Memory { now, peak })
    }

    /// The processor time that it has used.
    pub(crate) fn processor(&self) -> Outcome<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // After the name in parentheses: the state is the first field; user and system time are the 12th and 13th.
        let fields: Vec<&str> = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
        let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
        Ok(Duration::from_millis((ticks(11) + ticks(12)) * 10))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn is_setting(name: &std::ffi::OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with("LINLI_") || name == "DATABASE_URL")
}

fn free_port() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}
