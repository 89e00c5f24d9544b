//! The application: endpoints, pages, the front, and the server.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::LazyLock;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_http::{Extensions, HttpService, KeepAlive, Protocol, Response};
use actix_server::Server;
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::body::BoxBody;
use actix_web::dev::{AppConfig, ServerHandle};
use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, web};
use tokio::net::TcpStream;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::Instrument as _;

use crate::connection::{Connection, LINGER};
use crate::endpoint::{self, Endpoint};
use crate::front::{front, nowhere};
use crate::limits::{Class, gate};
use crate::problem::Problem;
use crate::services::Services;
use crate::trace::Traces;
use crate::{
    appointment, apprenticeship, audit, care, catalogue, cavalry, client, content, demand, docs, health, identity, import, message,
    metrics, openapi, order, organisation, partnership, person, region, retention, site, social_worker, training, vocabulary, worker,
};

/// Every endpoint of the contract.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        region::endpoints(),
        identity::endpoints(),
        client::endpoints(),
        person::endpoints(),
        catalogue::endpoints(),
        training::endpoints(),
        social_worker::endpoints(),
        cavalry::endpoints(),
        care::endpoints(),
        organisation::endpoints(),
        import::http::endpoints(),
        partnership::endpoints(),
        apprenticeship::endpoints(),
        site::endpoints(),
        appointment::endpoints(),
        demand::endpoints(),
        order::endpoints(),
        audit::endpoints(),
        retention::endpoints(),
        vocabulary::endpoints(),
        health::endpoints(),
        content::endpoints(),
        message::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Puts everything that is served into an actix application.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PathConfig::default().error_handler(|error, _| Problem::from(crate::problem::Code::NotFound).because(error).into()))
        .app_data(web::PayloadConfig::new(crate::body::JSON_BYTES));
    endpoint::serve(endpoints(), config);
    docs::configure(config);
    metrics::configure(config);
    config.default_service(gate::gated(Class::Page, web::to(nowhere)));
}

/// So long requests under way are waited for when the program stops.
const LAST_REQUESTS: u64 = 30;

/// Serves until the process is told to end: first it says that it is about to stop, then it takes no more connections, then it
/// finishes the requests under way and what waits to be written.
///
/// # Errors
/// The listener cannot be used.
pub async fn serve(services: web::Data<Services>, listener: TcpListener, workers: Option<usize>) -> std::io::Result<()> {
    let signals = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let server = server(services.clone(), listener, workers)?;
    let clock = actix_web::rt::spawn(worker::run(services.clone()).instrument(tracing::info_span!("clock")));
    let sequencer = actix_web::rt::spawn(audit::chain::run(services.clone()).instrument(tracing::info_span!("sequencer")));
    let checking = actix_web::rt::spawn(content::worker::run(services.clone()).instrument(tracing::info_span!("content")));
    let importing = actix_web::rt::spawn(import::job::run(services.clone()).instrument(tracing::info_span!("imports")));
    let erasing = actix_web::rt::spawn(retention::worker::run(services.clone()).instrument(tracing::info_span!("retention")));
    let stopping = actix_web::rt::spawn(stop(services.clone(), server.handle(), signals));
    let done = server.await;
    stopping.abort();
    clock.abort();
    sequencer.abort();
    checking.abort();
    erasing.abort();
    importing.abort();
    if let Err(error) = services.store.settle().await {
        tracing::warn!(%error, "the last writes could not be waited for");
    }
    let traced = web::block(move || services.traces.as_ref().map(Traces::finish)).await;
    if let Err(error) = traced {
        tracing::warn!(%error, "the last traces were not sent");
    }
    tracing::info!("stopped");
    done
}

/// Waits for the first signal and stops the server; a second signal cuts the announcement short.
async fn stop(services: web::Data<Services>, server: ServerHandle, (mut terminate, mut interrupt): (Signal, Signal)) {
    told(&mut terminate, &mut interrupt).await;
    services.draining.store(true, Ordering::Relaxed);
    tracing::info!(seconds = services.watching.drain.as_secs_f64(), "about to stop");
    tokio::select! {
        () = tokio::time::sleep(services.watching.drain) => {}
        () = told(&mut terminate, &mut interrupt) => {}
    }
    tracing::info!("finishing the requests under way");
    server.stop(true).await;
}

async fn told(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// The server without the clock's worker and without signals, for tests that set the clock themselves.
///
/// # Errors
/// The listener cannot be used.
pub fn server(services: web::Data<Services>, listener: TcpListener, workers: Option<usize>) -> std::io::Result<Server> {
    let (deadlines, connections) = (services.limits.deadlines, services.limits.connections);
    let open = services.metrics.connections();
    let make = move || App::new().app_data(services.clone()).wrap(from_fn(front)).configure(configure);
    let workers = workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from));
    let server = Server::build().workers(workers).max_concurrent_connections(connections.div_ceil(workers)).disable_signals();
    let server = server.shutdown_timeout(LAST_REQUESTS);
    let stopping = server.graceful_shutdown_signal();
    let built = server.listen("linli", listener, move || {
        let (stopping, open) = (stopping.clone(), open.clone());
        let app = make().into_factory().map_err(|error: actix_web::Error| Response::<BoxBody>::from(error.error_response()));
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KeepAlive::Timeout(deadlines.idle))
            // The connection keeps the time of every head, of the first one too.
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(LINGER)
            .on_connect_ext(|connection: &Connection, data: &mut Extensions| {
                data.insert(connection.watch());
            })
            .finish(map_config(app, |()| AppConfig::default()));
        let watched = fn_service(move |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            let connection = Connection::new(stream, deadlines, open.clone());
            async move { Ok::<_, Infallible>((connection, Protocol::Http1, peer)) }
        });
        watched.map_err(|never| match never {}).and_then(http)
    });
    Ok(built?.run())
}

/// The contract as it is served, made once, when it is first asked for.
static CONTRACT: LazyLock<web::Bytes> = LazyLock::new(|| openapi::text().into());

/// `/openapi.json`.
pub async fn contract() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").insert_header((header::CACHE_CONTROL, "no-cache")).body(CONTRACT.clone())
}
