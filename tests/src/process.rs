//! The program itself, as a process of its own.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use persistence::{Clock, Location};
use rustix::process::{Pid, Signal, kill_process};

use crate::client::Client;
use crate::database::Kind;
use crate::people::Person;
use crate::world::{Ground, ISSUER, World};

/// How long the program may take to do anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// `linli serve` on a loopback port; killed when dropped.
pub struct Process {
    child: Child,
    log: PathBuf,
    /// Nobody, at the server.
    pub anyone: Client,
}

/// The program beside the tests.
///
/// # Panics
/// It has not been built.
#[must_use]
pub fn program() -> PathBuf {
    let tests = std::env::current_exe().expect("this test's own path");
    let folder = tests.ancestors().nth(2).expect("the folder of what was built");
    let path = folder.join("linli");
    assert!(path.is_file(), "there is no {}: `cargo build` first", path.display());
    path
}

/// A command of the program, with no setting but these.
pub fn command(settings: &[(&str, &str)]) -> Command {
    command_of(&program(), settings)
}

/// A command of the program at this path, with no setting but these.
#[must_use]
pub fn command_of(program: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("LINLI_") || name == "DATABASE_URL") {
            command.env_remove(name);
        }
    }
    command.envs(settings.iter().copied()).stdin(Stdio::null());
    command
}

/// The URL of a database.
#[must_use]
pub fn url(location: &Location) -> String {
    match location {
        Location::Sqlite(path) => format!("sqlite://{}", path.display()),
        Location::Postgres(url) => url.clone(),
    }
}

/// Runs a command of the program to its end.
///
/// # Panics
/// It cannot be started.
#[must_use]
pub fn run(settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    command(settings).args(arguments).output().expect("the program runs")
}

impl Process {
    /// Serves a database that was filled under a key, and waits until it is ready.
    ///
    /// # Panics
    /// It does not become ready.
    pub async fn serve(location: &Location, secret: &str, folder: &Path, settings: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).expect("a free port");
        let log = folder.join(format!("log-{}", port.port()));
        let file = std::fs::File::create(&log).expect("a log");
        let (database, data) = (url(location), folder.to_string_lossy().into_owned());
        let mut command = command(&[("LINLI_DATABASE", &database), ("LINLI_KEY", secret), ("LINLI_DATA", &data)]);
        command.envs(settings.iter().copied()).args(["serve", "--issuer", ISSUER, "--listen", &port.to_string()]);
        let child = command.stdout(Stdio::null()).stderr(file).spawn().expect("the program starts");
        let mut process = Self { child, log, anyone: Client::new(&format!("http://{port}")) };
        let started = Instant::now();
        while !process.is_ready().await {
            let ended = process.child.try_wait().expect("its state");
            assert!(ended.is_none() && started.elapsed() < PATIENCE, "it is not ready ({ended:?}): {}", process.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        process
    }

    /// Whether a balancer would send requests here.
    pub async fn is_ready(&self) -> bool {
        let asked = self.anyone.request(reqwest::Method::GET, "/readyz").send().await;
        asked.is_ok_and(|answer| answer.status() == 200)
    }

    /// Tells it to end.
    ///
    /// # Panics
    /// It is not there.
    pub fn terminate(&self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process");
        kill_process(pid, Signal::TERM).expect("a process that is there");
    }

    /// Waits for its end and gives the exit code.
    ///
    /// # Panics
    /// It does not end.
    pub async fn ended(&mut self) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                return status.code();
            }
            assert!(started.elapsed() < PATIENCE, "it does not end: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What it has written to its log.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Process {
    /// What it holds of the memory, in bytes.
    ///
    /// # Panics
    /// It is not there.
    #[must_use]
    pub fn memory(&self) -> usize {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its state");
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
    }
}

/// A filled database, and the program that serves it.
pub struct Served {
    /// The world, whose own server has stopped.
    pub world: World,
    /// A resident, at the program.
    pub wang: Person,
    /// The program.
    pub process: Process,
}

impl Served {
    /// On a new database, with these settings.
    ///
    /// # Panics
    /// It cannot be set up.
    pub async fn on(kind: Kind, settings: &[(&str, &str)]) -> Self {
        let ground = Ground { clock: Clock::System, ..Ground::new(kind) };
        let secret = ground.secret.clone();
        let world = World::on(ground).await;
        let wang = world.resident("王秀英").await;
        world.stop().await;
        let process = Process::serve(&world.database.location, &secret, world.database.folder.path(), settings).await;
        let client = process.anyone.with_token(wang.token().expect("a token"));
        Self { wang: Person { client, ..wang }, world, process }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
