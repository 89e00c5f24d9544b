//! The program itself, `linli serve`, as a process of its own on a loopback port.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use persistence::Location;
use tempfile::TempDir;

use crate::Outcome;
use crate::http::{self, Connection};
use crate::world::ISSUER;

/// How long the program may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the program is started, as often as it is needed, always at the same address.
pub struct Program {
    path: PathBuf,
    database: String,
    settings: Vec<(String, String)>,
    folder: Arc<TempDir>,
    address: SocketAddr,
}

/// A running program; killed when dropped.
pub struct Server {
    child: Child,
    folder: Arc<TempDir>,
    /// Where it serves.
    pub address: SocketAddr,
    /// How long it took from its start until it could serve a request that needs the database.
    pub ready: Duration,
}

/// What a process holds of the memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// Resident now, in kibibytes.
    pub now: u64,
    /// Resident at most, in kibibytes.
    pub peak: u64,
}

impl Program {
    /// The `linli` beside the program that runs, on a filled database.
    ///
    /// # Errors
    /// It has not been built, or its folder cannot be made.
    pub fn new(location: &Location, secret: &str, settings: &[(&str, &str)]) -> Outcome<Self> {
        let path = std::env::current_exe()?.with_file_name("linli");
        if !path.is_file() {
            return Err(format!("there is no {}: build it first with `cargo build`, in the same profile", path.display()).into());
        }
        let folder = Arc::new(tempfile::tempdir()?);
        let key = key_file(&folder);
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&key)?.write_all(secret.as_bytes())?;
        let database = match location {
            Location::Sqlite(path) => format!("sqlite://{}", path.display()),
            Location::Postgres(url) => url.clone(),
        };
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Ok(Self { path, database, settings, folder, address: free_port()? })
    }

    /// Where it serves.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts the program and waits until it is ready.
    ///
    /// # Errors
    /// It ends, or is not ready in time; with what it has logged.
    pub async fn start(&self) -> Outcome<Server> {
        let log = OpenOptions::new().create(true).append(true).open(self.folder.path().join("log"))?;
        let mut command = Command::new(&self.path);
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_setting(name)) {
            command.env_remove(name);
        }
        command.env("LINLI_DATABASE", &self.database).env("LINLI_KEY_FILE", key_file(&self.folder)).env("LINLI_DATA", self.folder.path());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        // All clients of the tools come from one address, and ask more than any person.
        command.env("LINLI_RATE_LIMITS", "off");
        command.args(["serve", "--issuer", ISSUER, "--listen", &self.address.to_string()]);
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        let mut server = Server { child, folder: Arc::clone(&self.folder), address: self.address, ready: Duration::ZERO };
        server.ready = server.until_ready(started).await?;
        Ok(server)
    }
}

impl Server {
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

    /// Kills it at once, as `kill -9` does, and waits until it is gone.
    ///
    /// # Errors
    /// It had ended by itself; with what it has logged.
    pub fn kill(mut self) -> Outcome<()> {
        if let Some(status) = self.child.try_wait()? {
            return Err(format!("the program ended by itself with {status}:\n{}", self.log()).into());
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// What it has written to its log, in all its runs.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Its memory.
    ///
    /// # Errors
    /// It has ended.
    pub fn memory(&self) -> Outcome<Memory> {
        Ok(Memory { now: self.status("VmRSS")?, peak: self.status("VmHWM")? })
    }

    /// How many threads it has.
    ///
    /// # Errors
    /// It has ended.
    pub fn threads(&self) -> Outcome<u64> {
        self.status("Threads")
    }

    /// A number of what the system says of the process.
    fn status(&self, name: &str) -> Outcome<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        Ok(number.ok_or_else(|| format!("the process says nothing of {name}"))?)
    }

    /// The processor time that it has used.
    ///
    /// # Errors
    /// It has ended.
    pub fn processor(&self) -> Outcome<Duration> {
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

fn key_file(folder: &TempDir) -> PathBuf {
    Path::join(folder.path(), "linli.key")
}

fn is_setting(name: &std::ffi::OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with("LINLI_") || name == "DATABASE_URL")
}

fn free_port() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}
