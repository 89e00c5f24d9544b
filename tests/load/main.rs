//! The load tool: how fast the release binary answers on each database, how much memory it needs for it, and how that compares
//! with the database alone. See docs/performance.md.

mod case;
mod drive;
mod options;
mod pgbench;
mod population;
mod report;
mod statements;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use support::{Database, Kind, Outcome, Postgres};

use crate::case::Case;
use crate::drive::{Figures, measure};
use crate::options::{Only, Options};
use crate::population::Population;

#[actix_web::main]
async fn main() -> ExitCode {
    let done = tokio::select! {
        done = run(Options::parse()) => done,
        _ = tokio::signal::ctrl_c() => Err("stopped".into()),
    };
    match done {
        Ok(0) => ExitCode::SUCCESS,
        Ok(errors) => {
            eprintln!("load: {errors} errors: the figures mean nothing");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures what is asked for; how many errors there were.
async fn run(options: Options) -> Outcome<u64> {
    let (clients, seconds) = (options.clients, options.time().as_secs());
    println!("{}; the load generator beside the server; {clients} clients, {seconds} s each", report::machine());
    let mut errors = 0;
    if options.wants(Only::Sqlite) {
        errors += sqlite(&options).await?;
    }
    if options.wants(Only::Postgres) {
        errors += on_postgres(&options).await?;
    }
    Ok(errors)
}

async fn sqlite(options: &Options) -> Outcome<u64> {
    let population = Arc::new(Population::fill(Database::new(Kind::Sqlite), options).await?);
    let all = cases("SQLite", &population, options).await?;
    let alone = population.serve(&[("LINLI_COMMIT_BATCH", "1")]).await?;
    let alone = measure(&alone, &population, options, Case::Place).await?;
    println!();
    report::line("place an order, one commit each", &alone);
    report::ratio("\nplacing, group commit to one commit each", rate(&all, Case::Place) / alone.rate, "at least 4");
    Ok(errors(&all) + alone.errors)
}

async fn on_postgres(options: &Options) -> Outcome<u64> {
    if let Ok(url) = std::env::var("LINLI_TEST_POSTGRES") {
        let population = Arc::new(Population::fill(Database::on_server(&url), options).await?);
        let all = cases("PostgreSQL of LINLI_TEST_POSTGRES", &population, options).await?;
        println!("not compared with pgbench: the statements are read from the log of a server that this tool starts itself");
        return Ok(errors(&all));
    }
    let server = Postgres::start()?;
    let version = server.version()?;
    let population = Arc::new(Population::fill(Database::on_server(&server.url()), options).await?);
    let all = cases(&version, &population, options).await?;
    let alone = pgbench::measure(&server, &population, options).await?;
    println!("\npgbench -M prepared -c 8 -j 2, the same statements:");
    println!(
        "GET one order: {:.0}/s ({} statements); place an order: {:.0}/s ({})",
        alone.one.1, alone.one.0, alone.place.1, alone.place.0
    );
    report::ratio("\nGET one order, service to pgbench", rate(&all, Case::One) / alone.one.1, "aim 0.6, at least 0.35");
    report::ratio("place an order, service to pgbench", rate(&all, Case::Place) / alone.place.1, "aim 0.8, at least 0.5");
    // The database goes before its server does.
    drop(population);
    Ok(errors(&all))
}

/// Measures every case on a filled database, and prints the table.
async fn cases(database: &str, population: &Arc<Population>, options: &Options) -> Outcome<Vec<Figures>> {
    let server = population.serve(&[]).await?;
    report::head(database, server.ready);
    let mut all = Vec::new();
    for case in Case::ALL {
        let figures = measure(&server, population, options, case).await?;
        report::line(case.name(), &figures);
        all.push(figures);
    }
    report::memory(server.memory()?);
    report::ratio("GET one order to hello", rate(&all, Case::One) / rate(&all, Case::Hello), "what the database and the token cost");
    Ok(all)
}

fn rate(all: &[Figures], case: Case) -> f64 {
    all.iter().find(|figures| figures.case == case).map_or(f64::NAN, |figures| figures.rate)
}

fn errors(all: &[Figures]) -> u64 {
    all.iter().map(|figures| figures.errors).sum()
}
