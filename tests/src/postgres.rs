//! A PostgreSQL of the tool's own, with fsync, in a temporary folder.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::Outcome;

/// A running server; stopped when dropped.
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Postgres {
    /// Makes and starts a server.
    ///
    /// # Errors
    /// PostgreSQL is not installed or cannot be started.
    pub fn start() -> Outcome<Self> {
        let programs = programs()?;
        let folder = tempfile::Builder::new().prefix("linli-postgres.").tempdir()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let server = Self { programs, folder, port };
        server.give_to_postgres(server.folder.path())?;
        server.run("initdb", &["-D", &server.data(), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])?;
        // All that counts for durability is as PostgreSQL ships it: fsync, synchronous_commit and full_page_writes are on.
        let settings = "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nlog_line_prefix = '%p '\nlog_checkpoints = off\n";
        OpenOptions::new().append(true).open(Path::new(&server.data()).join("postgresql.conf"))?.write_all(settings.as_bytes())?;
        server.start_again()?;
        Ok(server)
    }

    /// Starts it again after it has ended, and waits until it answers.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start_again(&self) -> Outcome<()> {
        let (data, log, port) = (self.data(), self.log_file(), format!("-p {}", self.port));
        self.run("pg_ctl", &["-D", &data, "-l", &log, "-o", &port, "-w", "-t", "60", "start"])
    }

    /// Ends it without a checkpoint: every connection is cut, the next start recovers.
    ///
    /// # Errors
    /// It does not run.
    pub fn stop_immediately(&self) -> Outcome<()> {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"])
    }

    /// Its processes: the first one that the others come from, then those.
    ///
    /// # Errors
    /// It does not run.
    pub fn processes(&self) -> Outcome<Vec<u32>> {
        let file = fs::read_to_string(Path::new(&self.data()).join("postmaster.pid"))?;
        let first: u32 = file.lines().next().ok_or("postmaster.pid is empty")?.trim().parse()?;
        let mut all = vec![first];
        for entry in fs::read_dir("/proc")?.flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            if parent(id) == Some(first) {
                all.push(id);
            }
        }
        Ok(all)
    }

    /// Makes a folder one that PostgreSQL may write to.
    ///
    /// # Errors
    /// The owner cannot be changed.
    pub fn give_to_postgres(&self, folder: &Path) -> Outcome<()> {
        if is_root()? {
            require(&Command::new("chown").arg("postgres:").arg(folder).output()?)?;
        }
        Ok(())
    }

    /// The server's URL, without a database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}", self.port)
    }

    /// Where a program of this PostgreSQL is.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// The version, as the server says it.
    ///
    /// # Errors
    /// It cannot be asked.
    pub fn version(&self) -> Outcome<String> {
        let output = Command::new(self.program("postgres")).arg("--version").output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// What the server has logged so far.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn log(&self) -> Outcome<String> {
        Ok(String::from_utf8_lossy(&fs::read(self.log_file())?).into_owned())
    }

    fn data(&self) -> String {
        self.folder.path().join("data").to_string_lossy().into_owned()
    }

    fn log_file(&self) -> String {
        self.folder.path().join("log").to_string_lossy().into_owned()
    }

    /// Runs one of PostgreSQL's programs: as `postgres` when this is root, because it refuses to run as root.
    fn run(&self, program: &str, arguments: &[&str]) -> Outcome<()> {
        let program = self.program(program);
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // Not through pipes: the server would inherit and hold them open.
        let output = OpenOptions::new().create(true).append(true).open(self.folder.path().join("output"))?;
        let status = command.args(arguments).current_dir(self.folder.path()).stdin(std::process::Stdio::null()).stdout(output.try_clone()?);
        if status.stderr(output).status()?.success() {
            return Ok(());
        }
        let said = fs::read_to_string(self.folder.path().join("output")).unwrap_or_default();
        Err(format!("PostgreSQL cannot be started:\n{said}\n{}", self.log().unwrap_or_default()).into())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Where it has not been started there is nothing to stop.
        drop(self.stop_immediately());
    }
}

/// The process that another one comes from.
fn parent(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // After the name in parentheses: the state, then the parent.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn is_root() -> Outcome<bool> {
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}

/// Refuses what did not succeed, with what it said.
///
/// # Errors
/// What it said.
pub fn require(output: &Output) -> Outcome<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)).into())
}

/// The folder of PostgreSQL's server programs, newest version first.
fn programs() -> Outcome<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> =
        debian.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))).collect();
    versions.sort();
    let newest = versions.into_iter().rev().map(|(_, folder)| folder);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        newest.chain(std::env::split_paths(&path)).find(|folder| folder.join("initdb").is_file() && folder.join("pgbench").is_file());
    found.ok_or_else(|| "PostgreSQL's programs (initdb, pg_ctl, pgbench) are not installed: Debian's package is postgresql".into())
}
