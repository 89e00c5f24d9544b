//! The command line of `linli`.

mod audit;
mod backup;
mod client;
mod config;
mod demo;
mod import;
mod keys;
mod lock;
mod logging;
mod migrate;
mod open;
mod openapi;
mod region;
mod restore;
mod retention;
mod serve;
mod stop;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use persistence::audit::{Origin, within};

use crate::settings::{Layer, Settings, from_environment, from_file};
use stop::Stop;

const AFTER_HELP: &str = "\
Try it:
  linli demo                      two real regions, people of each role, orders in every state
                                  on http://127.0.0.1:8080/docs

Run it:
  linli migrate up                make or update the database (SQLite in ./linli-data)
  linli import divisions FILE.csv load the tree of divisions
  linli region add 230822 --programme NAME
  linli user add NAME --role operator --scope 230822
  linli serve

Settings come from flags, then the environment (LINLI_*, DATABASE_URL), then a TOML file (--config FILE), then defaults.
`linli config` shows them all. Exit codes: 0 done, 1 failed, 2 wrong flags or settings.";

/// Linli 邻里: social work and volunteer services, from a resident's wish to the resident's judgement.
#[derive(Parser)]
#[command(name = "linli", version, after_help = AFTER_HELP, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Args)]
struct Common {
    /// Settings file (TOML) [env: LINLI_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// sqlite://PATH or postgres://USER@HOST/NAME [env: LINLI_DATABASE, DATABASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// Folder for the embedded database, its key and photos [env: LINLI_DATA] [default: linli-data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// File with the key of personal data; for PostgreSQL it must be given [env: LINLI_KEY_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// What is logged: error, warn, info, debug or a filter [env: LINLI_LOG]
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// json or text, to stderr [env: LINLI_LOG_FORMAT]
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Show everything at once: real divisions, made-up people and orders, ready tokens
    Demo(demo::Flags),
    /// Serve the API
    Serve(serve::Flags),
    /// Make or update the tables of the database
    Migrate(migrate::Flags),
    /// Print the OpenAPI document
    Openapi,
    /// Make accounts for staff: the first operator and administrator are made here
    User(user::Flags),
    /// Register machine clients, renew their secrets, switch them off
    Client(client::Flags),
    /// Say which divisions run a programme of their own
    Region(region::Flags),
    /// Load data from files
    Import(import::Flags),
    /// Verify or export the audit log
    Audit(audit::Flags),
    /// Erase what is past its time, and tell what was erased
    Retention(retention::Flags),
    /// Renew keys while everything runs, and show which there are
    Keys(keys::Flags),
    /// Copy an embedded database and its photos while it is served
    Backup(backup::Flags),
    /// Put a backup into an empty data folder
    Restore(restore::Flags),
    /// Print the effective settings, secrets hidden, and where each came from
    #[command(after_help = config::after_help())]
    Config,
}

impl Common {
    fn layer(&self) -> Layer {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        Layer::default()
            .flag("database", self.database.as_ref())
            .flag("data", path(&self.data))
            .flag("key_file", path(&self.key_file))
            .flag("log", self.log.as_ref())
            .flag("log_format", self.log_format.as_ref())
    }

    /// The settings with the flags of a command before everything else.
    fn settings(&self, flags: Layer) -> Result<Settings, Stop> {
        let (environment, named) = from_environment(std::env::vars_os())?;
        let file = self.config.clone().or(named).map(|path| from_file(&path)).transpose()?;
        Ok(Settings::resolve(&[flags, self.layer(), environment, file.unwrap_or_default()])?)
    }
}

/// Runs the command line. Never panics on what people type.
pub async fn run() -> ExitCode {
    match dispatch(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            say_err(&format!("linli: {stop}"));
            ExitCode::from(stop.code())
        }
    }
}

/// Runs a command whose writes are on record.
async fn recorded(command: &'static str, work: impl Future<Output = Result<(), Stop>>) -> Result<(), Stop> {
    debug_assert!(crate::audit::COMMANDS.contains(&command), "{command} can be searched for in the log");
    within(Arc::new(Origin::console(command)), work).await
}

async fn dispatch(cli: Cli) -> Result<(), Stop> {
    let common = &cli.common;
    let settings = |flags: Layer| -> Result<Settings, Stop> {
        let settings = common.settings(flags)?;
        logging::start(&settings.log, settings.log_format)?;
        Ok(settings)
    };
    match cli.command {
        Command::Demo(flags) => demo::run(common, flags).await,
        Command::Serve(flags) => serve::run(settings(flags.layer())?).await,
        Command::Migrate(flags) => migrate::run(&settings(Layer::default())?, &flags),
        Command::Openapi => openapi::run(),
        Command::User(flags) => recorded("linli user", user::run(&settings(Layer::default())?, flags)).await,
        Command::Client(flags) => recorded("linli client", client::run(&settings(Layer::default())?, flags)).await,
        Command::Region(flags) => recorded("linli region", region::run(&settings(Layer::default())?, flags)).await,
        Command::Import(flags) => recorded("linli import", import::run(&settings(Layer::default())?, flags)).await,
        Command::Audit(flags) => {
            let settings = if audit::needs_database(&flags) { Some(settings(Layer::default())?) } else { None };
            audit::run(settings, flags).await
        }
        Command::Retention(flags) => recorded("linli retention", retention::run(&settings(Layer::default())?, flags)).await,
        Command::Keys(flags) => recorded("linli keys", keys::run(&settings(Layer::default())?, flags)).await,
        Command::Backup(flags) => backup::run(&settings(Layer::default())?, flags).await,
        Command::Restore(flags) => restore::run(&settings(Layer::default())?, &flags),
        Command::Config => {
            config::run(&common.settings(Layer::default())?);
            Ok(())
        }
    }
}

/// Prints a line. Whoever reads may have gone away; that is no failure of ours.
fn say(line: &str) {
    use std::io::Write as _;
    drop(writeln!(std::io::stdout(), "{line}"));
}

/// Prints a line where errors go.
fn say_err(line: &str) {
    use std::io::Write as _;
    drop(writeln!(std::io::stderr(), "{line}"));
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::Cli;

    #[test]
    fn keys_are_renewed_in_whatever_folder() {
        for kind in ["--signing", "--personal-data"] {
            let asked = ["linli", "keys", "rotate", kind, "--data", "folder"];
            assert!(Cli::try_parse_from(asked).is_ok_and(|cli| cli.common.data.is_some()), "{kind}");
        }
    }

    #[test]
    fn the_command_line_is_consistent_and_takes_no_secret() {
        Cli::command().debug_assert();
        let mut commands = vec![Cli::command()];
        while let Some(command) = commands.pop() {
            for argument in command.get_arguments() {
                let name = argument.get_id().as_str();
                let harmless = argument.get_action().takes_values() && !name.ends_with("_file");
                assert!(!harmless || !["password", "secret", "key"].iter().any(|word| name.contains(word)), "{name} takes a secret");
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }
}
