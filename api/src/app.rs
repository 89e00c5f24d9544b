//! The application: endpoints, pages, the front, and the server.

use std::net::TcpListener;

use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use tracing::Instrument as _;

use crate::endpoint::{self, Endpoint};
use crate::front::{front, nowhere};
use crate::problem::Problem;
use crate::services::Services;
use crate::{audit, catalogue, client, docs, health, identity, openapi, order, organisation, person, region, vocabulary, worker};

/// Every endpoint of the contract.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        region::endpoints(),
        identity::endpoints(),
        client::endpoints(),
        person::endpoints(),
        catalogue::endpoints(),
        organisation::endpoints(),
        order::endpoints(),
        audit::endpoints(),
        vocabulary::endpoints(),
        health::endpoints(),
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
    config.default_service(web::to(nowhere));
}

/// Serves until the process is told to end; requests under way are finished first.
///
/// # Errors
/// The listener cannot be used.
pub async fn serve(services: web::Data<Services>, listener: TcpListener, workers: Option<usize>) -> std::io::Result<()> {
    let clock = actix_web::rt::spawn(worker::run(services.clone()).instrument(tracing::info_span!("clock")));
    let sequencer = actix_web::rt::spawn(audit::chain::run(services.clone()).instrument(tracing::info_span!("sequencer")));
    let done = server(services, listener, workers)?.await;
    clock.abort();
    sequencer.abort();
    done
}

/// The server without the clock's worker, for tests that set the clock themselves.
///
/// # Errors
/// The listener cannot be used.
pub fn server(services: web::Data<Services>, listener: TcpListener, workers: Option<usize>) -> std::io::Result<actix_web::dev::Server> {
    let contract = web::Data::new(Contract::new());
    let make = move || App::new().app_data(services.clone()).app_data(contract.clone()).wrap(from_fn(front)).configure(configure);
    let mut server = HttpServer::new(make)
        .client_request_timeout(std::time::Duration::from_secs(10))
        .keep_alive(std::time::Duration::from_secs(75))
        .shutdown_timeout(30);
    if let Some(workers) = workers {
        server = server.workers(workers);
    }
    Ok(server.listen(listener)?.run())
}

/// The contract as it is served, made once.
pub struct Contract(String);

impl Contract {
    fn new() -> Self {
        Self(openapi::text())
    }
}

/// `/openapi.json`.
pub async fn contract(contract: web::Data<Contract>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").insert_header((header::CACHE_CONTROL, "no-cache")).body(contract.0.clone())
}
