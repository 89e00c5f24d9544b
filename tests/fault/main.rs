//! The fault tool: what the program keeps and how it answers while its process, its database or its disk fail under load.
//! See docs/reliability.md.

mod carry;
mod check;
mod crowd;
mod disk;
mod down;
mod frozen;
mod kill;
mod options;
mod report;
mod stage;
mod watch;

use std::process::ExitCode;

use clap::Parser as _;
use support::{Kind, Outcome};

use crate::options::{Command, Fault, Options};
use crate::report::Report;

#[actix_web::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(Command::Crowd(crowd)) = &options.command {
        return finish(crowd::be(crowd).await);
    }
    let mut report = Report::new();
    let done = tokio::select! {
        done = run(&options, &mut report) => done,
        _ = tokio::signal::ctrl_c() => Err("stopped".into()),
    };
    finish(done.and_then(|()| report.verdict()))
}

fn finish(done: Outcome<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fault: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Brings about every fault that is asked for, one after the other.
async fn run(options: &Options, report: &mut Report) -> Outcome<()> {
    if options.wants(Fault::Kill) {
        kill::rounds(Kind::Sqlite, options, report).await?;
        kill::rounds(Kind::Postgres, options, report).await?;
    }
    if options.wants(Fault::Down) {
        down::database_ends(down::Ending::Killed, options, report).await?;
        if !options.short {
            down::database_ends(down::Ending::Immediate, options, report).await?;
        }
    }
    if options.wants(Fault::Frozen) {
        frozen::database_freezes(options, report).await?;
    }
    if options.wants(Fault::Disk) {
        disk::sqlite_is_full(options, report).await?;
        disk::postgres_is_full(options, report).await?;
    }
    if options.wants(Fault::Crowd) {
        crowd::comes(options, report).await?;
    }
    Ok(())
}
