//! What the command line asks for.

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Brings faults about while `linli serve` is under load, and checks what was promised.
#[derive(Debug, Parser)]
#[command(
    name = "fault",
    after_help = "\
Build the program first, in the same profile: cargo build --release
PostgreSQL's programs must be installed: servers of its own are started in temporary folders, with fsync. A full disk is a small
tmpfs, which only root may mount; elsewhere that part is left out and says so."
)]
pub(crate) struct Options {
    /// A few rounds of everything, in about a minute
    #[arg(long)]
    pub(crate) short: bool,
    /// How often the program is killed on each database [default: 100, short: 4]
    #[arg(long, value_name = "N")]
    rounds: Option<u32>,
    /// How many idle connections [default: 10000, short: 500; no more than the limit of open files allows]
    #[arg(long, value_name = "N")]
    crowd: Option<usize>,
    /// Only this fault
    #[arg(long, value_name = "FAULT")]
    only: Option<Fault>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// A fault by its name on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fault {
    /// The program is killed.
    Kill,
    /// PostgreSQL ends.
    Down,
    /// PostgreSQL stands still.
    Frozen,
    /// The disk is full.
    Disk,
    /// Thousands of idle connections.
    Crowd,
}

/// What the tool starts itself as.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Holds idle connections, in a process of its own.
    #[command(hide = true)]
    Crowd(Crowd),
}

/// How a crowd is to be.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Crowd {
    /// Where to connect to.
    pub(crate) address: SocketAddr,
    /// How many connections.
    pub(crate) count: usize,
    /// For how many seconds once all are there.
    pub(crate) seconds: u64,
}

impl Options {
    /// Whether a fault is asked for.
    pub(crate) fn wants(&self, fault: Fault) -> bool {
        self.only.is_none_or(|only| only == fault)
    }

    /// How often the program is killed on each database.
    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.short { 4 } else { 100 })
    }

    /// How many connections rest.
    pub(crate) fn crowd(&self) -> usize {
        self.crowd.unwrap_or(if self.short { 500 } else { 10_000 })
    }

    /// For how many seconds the database is away or stands still.
    pub(crate) const fn outage(&self) -> u64 {
        if self.short { 4 } else { 15 }
    }
}
