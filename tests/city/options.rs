//! What the command line asks for.

use clap::{Parser, ValueEnum};

/// Fills a database of the size of a city and asks it: 488,040 volunteers, 4,311 teams and 200,000 needs.
#[derive(Clone, Copy, Debug, Parser)]
#[command(
    name = "city",
    after_help = "\
Build the program first: cargo build --release
SQLite needs nothing else. PostgreSQL's programs must be installed: a server of its own is started in a temporary folder."
)]
pub(crate) struct Options {
    /// Only this database
    #[arg(long, value_name = "DATABASE")]
    pub(crate) only: Option<Only>,
    /// Volunteers
    #[arg(long, value_name = "N", default_value_t = 488_040, value_parser = clap::value_parser!(u64).range(1_000..=900_000))]
    pub(crate) volunteers: u64,
    /// Teams
    #[arg(long, value_name = "N", default_value_t = 4_311)]
    pub(crate) teams: u64,
    /// Needs, each of another volunteer
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    pub(crate) demands: u64,
    /// How often each question is asked
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub(crate) questions: u64,
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
    /// Whether this database is to be filled.
    pub(crate) fn wants(&self, database: Only) -> bool {
        self.only.is_none_or(|only| only == database)
    }
}
