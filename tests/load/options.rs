//! What the command line asks for.

use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Measures the release binary of `linli` on both databases, over HTTP on the loopback interface.
#[derive(Clone, Copy, Debug, Parser)]
#[command(
    name = "load",
    after_help = "\
Build the program first: cargo build --release
SQLite needs nothing else. PostgreSQL's programs (initdb, pg_ctl, pgbench) must be installed: a server of its own is started in a
temporary folder, with fsync, and stopped again. Where LINLI_TEST_POSTGRES names a server, that one is used, without pgbench."
)]
pub(crate) struct Options {
    /// Seconds that each figure is measured for, after a second of warming up
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) seconds: u64,
    /// Connections that ask at once
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) clients: u16,
    /// Only this database
    #[arg(long, value_name = "DATABASE")]
    pub(crate) only: Option<Only>,
    /// One second each on a tenth of the orders: shows that everything works, says little about speed
    #[arg(long)]
    pub(crate) quick: bool,
}

/// A database by its name on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// The embedded one.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Options {
    /// How long each figure is measured for.
    pub(crate) const fn time(&self) -> Duration {
        Duration::from_secs(if self.quick { 1 } else { self.seconds })
    }

    /// How long is asked before anything is counted.
    pub(crate) const fn warm_up(&self) -> Duration {
        Duration::from_millis(if self.quick { 300 } else { 1000 })
    }

    /// How many orders there are at first.
    pub(crate) const fn orders(&self) -> u64 {
        if self.quick { 2_000 } else { 20_000 }
    }

    /// How many residents there are.
    pub(crate) const fn residents(&self) -> usize {
        if self.quick { 50 } else { 300 }
    }

    /// Whether a database is asked for.
    pub(crate) fn wants(&self, database: Only) -> bool {
        self.only.is_none_or(|only| only == database)
    }
}
