//! `linli migrate`.

use clap::{Args, Subcommand};
use persistence::migration;

use super::open::make_folder;
use super::say;
use super::stop::Stop;
use crate::settings::Settings;

/// Flags of `linli migrate`.
#[derive(Args)]
#[command(after_help = "Examples:\n  linli migrate up\n  linli migrate status --database postgres://linli@localhost/linli")]
pub(super) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Apply every pending migration; makes an embedded database that is not there
    Up,
    /// Revert the last migration: its tables and everything in them are lost
    Down {
        /// Yes, lose what stands in those tables
        #[arg(long)]
        yes: bool,
    },
    /// List the migrations; exit code 1 where the schema is not this program's
    Status,
}

/// Runs the command.
pub(super) fn run(settings: &Settings, flags: &Flags) -> Result<(), Stop> {
    let location = &settings.database;
    match flags.what {
        What::Up => {
            make_folder(location)?;
            let applied = migration::up(location)?;
            applied.iter().for_each(|name| say(&format!("applied {name}")));
            say(&format!("{} is up to date", location.redacted()));
            Ok(())
        }
        What::Down { yes: false } => {
            Err(Stop::usage("this deletes the tables of the last migration with everything in them; with --yes it is done"))
        }
        What::Down { yes: true } => {
            let reverted = migration::down(location)?;
            say(&reverted.map_or_else(|| "nothing is applied".to_owned(), |name| format!("reverted {name}")));
            Ok(())
        }
        What::Status => {
            let status = migration::status(location)?;
            for (name, applied) in &status.migrations {
                say(&format!("{} {name}", if *applied { "applied" } else { "pending" }));
            }
            if status.newer {
                say("newer   the database has migrations that this program does not know");
            }
            if status.is_current() { Ok(()) } else { Err(Stop::failed("the schema is not the one of this program")) }
        }
    }
}
