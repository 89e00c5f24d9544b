//! The city tool: a database of the size of a city, filled through `linli import`, how fast that is beside PostgreSQL's own COPY, and
//! how fast the service then answers. See docs/performance.md.

mod ask;
mod fill;
mod import;
mod options;
mod plan;

use std::process::ExitCode;

use clap::Parser as _;
use domain::identity::Role;
use support::world::{Ground, OTHER_REGION};
use support::{Database, Kind, Outcome, Postgres, Program, World};

use crate::options::{Only, Options};

#[actix_web::main]
async fn main() -> ExitCode {
    let done = tokio::select! {
        done = run(Options::parse()) => done,
        _ = tokio::signal::ctrl_c() => Err("stopped".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("city: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Outcome<()> {
    if options.wants(Only::Sqlite) {
        println!("SQLite");
        city(Database::new(Kind::Sqlite), &options, None).await?;
    }
    if options.wants(Only::Postgres) {
        let server = Postgres::start()?;
        println!("\n{}", server.version()?);
        city(Database::on_server(&server.url()), &options, Some(&server)).await?;
    }
    Ok(())
}

/// Fills a database and asks it. What fills it has stopped before it is asked.
async fn city(database: Database, options: &Options, server: Option<&Postgres>) -> Outcome<()> {
    let ground = Ground { clock: persistence::Clock::System, workers: 1, tuning: fill::tuning(), ..Ground::of(database) };
    let secret = ground.secret.clone();
    let world = World::on(ground).await;
    let communities = fill::divisions(&world).await?;
    let worker = world.staff(Role::SocialWorker, OTHER_REGION).await;
    let folder = tempfile::tempdir()?;
    let importer = import::Importer { location: &world.database.location, secret: &secret, folder: folder.path() };
    let volunteers = folder.path().join("volunteers.csv");
    support::synthetic::volunteers(std::fs::File::create(&volunteers)?, options.volunteers, &communities)?;
    let imported = importer.run("volunteers", &volunteers, options.volunteers)?;
    importer.run("volunteers", &volunteers, options.volunteers)?;
    let teams = folder.path().join("teams.csv");
    std::fs::write(&teams, fill::teams(options.teams, &communities))?;
    importer.run("organisations", &teams, options.teams)?;
    if let Some(server) = server {
        let copied = import::copy(server, &world.database.location, folder.path())?;
        println!("COPY of the same rows into the same tables: {copied:.1} s; import to COPY: {:.2}", copied / imported);
    }
    let list = fill::demands(&world, options.demands, worker.account).await?;
    world.stop().await;
    let token = worker.token().ok_or("a worker has a token")?.to_owned();
    let program = Program::new(&world.database.location, &secret, &[])?.start().await?;
    ask::measure(&program, &token, &list, options).await?;
    if server.is_some() { plan::print(&world.database.location) } else { Ok(()) }
}
