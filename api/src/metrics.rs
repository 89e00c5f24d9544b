//! What the program tells of itself in numbers, in the text form that Prometheus reads. Labels are names of our own (operations,
//! kinds of requests), never anything that a caller chose.
//!
//! `prometheus-client` keeps them: its registry belongs to the services and not to the process, so several servers in one
//! process, as in tests, do not mix.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::actor;
use crate::address;
use crate::limits::{Class, gate};
use crate::problem::{Code, Problem};
use crate::services::Services;

/// Who may read the numbers.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Access {
    /// Nobody: there is no such page.
    #[default]
    Off,
    /// Whoever asks from this machine, not through a proxy.
    Loopback,
    /// Whoever has this token.
    Token(String),
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Off => "Off",
            Self::Loopback => "Loopback",
            Self::Token(_) => "Token(hidden)",
        })
    }
}

/// The operation of a request and how it was answered.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    operation: &'static str,
    status: u16,
}

/// The operation of a request.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    operation: &'static str,
}

/// The kind of a request.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Limited {
    class: &'static str,
}

/// Requests that are no operation: pages, and what nobody serves.
const NO_OPERATION: &str = "none";

/// Upper bounds of the latencies that are told apart, in seconds.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The numbers.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram>,
    limited: Family<Limited, Counter>,
    connections: Arc<AtomicI64>,
    open: Gauge,
    overdue: Gauge,
    audit_lag: Gauge<f64, AtomicU64>,
    store: StoreNumbers,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("linli");
        let seconds = Family::<Asked, Histogram>::new_with_constructor(|| Histogram::new(SECONDS));
        let (requests, limited) = (Family::default(), Family::default());
        let (open, overdue, audit_lag) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("requests", "Requests by operation and status", Family::clone(&requests));
        registry.register("request_seconds", "Time from a request's head to its answer, by operation", Family::clone(&seconds));
        registry.register("limited_requests", "Requests that were answered with 429 here, by kind", Family::clone(&limited));
        registry.register("connections", "Connections that are open", Gauge::clone(&open));
        registry.register(
            "overdue_orders",
            "Orders with a deadline that has passed and has had no consequence yet",
            Gauge::clone(&overdue),
        );
        registry.register("audit_lag_seconds", "Age of the oldest audit row that is not in the chain yet", Gauge::clone(&audit_lag));
        let store = StoreNumbers::registered(&mut registry);
        Self { registry, requests, seconds, limited, connections: Arc::default(), open, overdue, audit_lag, store }
    }
}

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, operation: Option<&'static str>, status: u16, took: Duration) {
        let operation = operation.unwrap_or(NO_OPERATION);
        self.requests.get_or_create(&Answered { operation, status }).inc();
        self.seconds.get_or_create(&Asked { operation }).observe(took.as_secs_f64());
    }

    /// A request was refused because its client asks too much.
    pub fn limited(&self, class: Class) {
        self.limited.get_or_create(&Limited { class: class.name() }).inc();
    }

    /// How far the audit chain is behind the audit rows.
    pub fn set_audit_lag(&self, lag: Duration) {
        self.audit_lag.set(lag.as_secs_f64());
    }

    /// How many orders are overdue, as the replica that does the clock's work has counted.
    pub fn set_overdue(&self, orders: i64) {
        self.overdue.set(orders);
    }

    /// The count of open connections, kept by the connections themselves.
    #[must_use]
    pub fn connections(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.connections)
    }

    /// All of it as text.
    fn text(&self, services: &Services) -> Result<String, Problem> {
        self.open.set(self.connections.load(Ordering::Relaxed));
        self.store.set(services.store.pulse());
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(Problem::internal)?;
        Ok(text)
    }
}

/// What the store says of itself.
#[derive(Debug, Default)]
struct StoreNumbers {
    pool_size: Gauge,
    pool_in_use: Gauge,
    pool_waiting: Gauge,
    queued: Gauge,
    commits: Counter,
    writes: Counter,
    last_batch: Gauge,
    failed: Counter,
}

impl StoreNumbers {
    fn registered(registry: &mut Registry) -> Self {
        let all = Self::default();
        registry.register("postgres_pool_size", "Transactions that may run at once", all.pool_size.clone());
        registry.register("postgres_pool_in_use", "Transactions that run", all.pool_in_use.clone());
        registry.register("postgres_pool_waiting", "Transactions that wait for their turn", all.pool_waiting.clone());
        registry.register("sqlite_queue", "Writes that wait for the writer", all.queued.clone());
        registry.register("sqlite_commits", "Group commits that were kept", all.commits.clone());
        registry.register("sqlite_writes", "Writes in those commits; by commits it is the size of a batch", all.writes.clone());
        registry.register("sqlite_last_batch", "Writes in the last group commit", all.last_batch.clone());
        registry.register("sqlite_failed_commits", "Group commits of which nothing was kept", all.failed.clone());
        all
    }

    fn set(&self, pulse: persistence::pulse::Pulse) {
        let gauge = |gauge: &Gauge, number: u64| gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
        let pool = pulse.pool.unwrap_or_default();
        gauge(&self.pool_size, pool.size);
        gauge(&self.pool_in_use, pool.in_use);
        gauge(&self.pool_waiting, pool.waiting);
        let writer = pulse.writer.unwrap_or_default();
        gauge(&self.queued, writer.queued);
        gauge(&self.last_batch, writer.last_batch);
        self.commits.inner().store(writer.commits, Ordering::Relaxed);
        self.writes.inner().store(writer.writes, Ordering::Relaxed);
        self.failed.inner().store(writer.failed, Ordering::Relaxed);
    }
}

/// Serves `/metrics`.
#[expect(clippy::disallowed_methods, reason = "a page for machines that watch the program, no operation of the contract")]
pub fn configure(config: &mut web::ServiceConfig) {
    config.route("/metrics", gate::gated(Class::Probe, web::route().guard(crate::endpoint::readable()).to(page)));
}

/// `/metrics`.
async fn page(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    match &services.watching.metrics {
        Access::Off => return Err(Code::NotFound.into()),
        Access::Loopback if !address::is_local(&request) => return Err(Code::NotFound.into()),
        Access::Token(token) if !actor::bears(&request, token) => return Err(Code::Unauthenticated.into()),
        Access::Loopback | Access::Token(_) => {}
    }
    let text = services.metrics.text(&services)?;
    Ok(HttpResponse::Ok().content_type("application/openmetrics-text; version=1.0.0; charset=utf-8").body(text))
}
