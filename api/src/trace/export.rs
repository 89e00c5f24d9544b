//! Traces of requests for an OpenTelemetry collector (OTLP over HTTP): what the log says of each request, as spans.
//!
//! A request never waits for it. Its spans go into a queue of bounded length, or nowhere where that is full; a thread of its own
//! sends them in batches. The spans are made here and not by a layer below the log, because the request has its ids before
//! anything is traced, and the same ones stand in the log.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{ExporterBuildError, Protocol, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SpanData, SpanEvents, SpanExporter, SpanLinks, SpanProcessor as _};
use persistence::watch::{Access, Asked};
use uuid::Uuid;

use super::{OTHER, Trace, fresh};

/// So many spans wait at most; further ones are dropped.
const QUEUE: usize = 4096;

/// So many are sent at once.
const BATCH: usize = 512;

/// So long spans wait for others before they are sent.
const DELAY: Duration = Duration::from_secs(1);

/// So long the collector may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// So long the last spans are waited for when the program stops.
const LAST_SPANS: Duration = Duration::from_secs(4);

/// What whoever watches asks for, all the time.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The way to a collector.
#[derive(Debug)]
pub struct Traces {
    processor: BatchSpanProcessor,
    scope: InstrumentationScope,
    share: u64,
    database: &'static str,
}

/// A request that was answered. It holds no path, no query, no account and no address.
#[derive(Debug)]
pub struct Answered<'a> {
    /// Its part of a trace.
    pub trace: &'a Trace,
    /// Its id.
    pub id: Uuid,
    /// Its method, by its standard name.
    pub method: &'static str,
    /// The pattern that its path has, where there is one.
    pub route: Option<String>,
    /// The operation that it was routed to.
    pub operation: Option<&'static str>,
    /// How it was answered.
    pub status: StatusCode,
    /// When it was answered, by the clock on the wall.
    pub at: DateTime<Utc>,
    /// When it came.
    pub begun: Instant,
    /// How long it took.
    pub took: Duration,
    /// What it asked of the store.
    pub store: Vec<Access>,
}

impl Traces {
    /// Sends traces to the collector at this address: of so many requests in a hundred.
    ///
    /// # Errors
    /// The standard variables of the environment (`OTEL_…`) ask for what this program does not have.
    pub fn to(collector: &str, share: u32, database: &'static str) -> Result<Self, ExporterBuildError> {
        let endpoint = if collector.ends_with("/v1/traces") { collector.to_owned() } else { format!("{collector}/v1/traces") };
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_timeout(PATIENCE)
            .build()?;
        let batches =
            BatchConfigBuilder::default().with_max_queue_size(QUEUE).with_max_export_batch_size(BATCH).with_scheduled_delay(DELAY).build();
        let mut processor = BatchSpanProcessor::builder(Loud::new(exporter)).with_batch_config(batches).build();
        let version = env!("CARGO_PKG_VERSION");
        let ourselves = [KeyValue::new("service.version", version), KeyValue::new("service.instance.id", Uuid::new_v4().to_string())];
        processor.set_resource(&Resource::builder().with_service_name("linli").with_attributes(ourselves).build());
        let scope = InstrumentationScope::builder("linli").with_version(version).build();
        Ok(Self { processor, scope, share: u64::from(share), database })
    }

    /// Whether the collector is to get this request. Nothing that the caller has said counts for it: anybody could have each of
    /// their requests sent, or none. By our own id, so that it is the same whenever it is asked.
    #[must_use]
    pub const fn wants(&self, trace: &Trace) -> bool {
        trace.span % 100 < self.share
    }

    /// Takes the spans of a request on, if there is room for them.
    pub fn answered(&self, request: Answered<'_>) {
        if request.route.as_deref().is_some_and(|route| PROBES.contains(&route)) {
            return;
        }
        let at = SystemTime::from(request.at) - request.took;
        let instant = |instant: Instant| at + instant.saturating_duration_since(request.begun);
        for access in &request.store {
            self.processor.on_end(self.access(request.trace, access, instant(access.begun)));
        }
        self.processor.on_end(self.request(&request, at));
    }

    fn request(&self, request: &Answered<'_>, at: SystemTime) -> SpanData {
        let (trace, method) = (request.trace, request.method);
        let named = if method == OTHER { "HTTP" } else { method };
        let mut attributes = vec![
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.response.status_code", i64::from(request.status.as_u16())),
            KeyValue::new("linli.request_id", request.id.to_string()),
        ];
        attributes.extend(request.operation.map(|operation| KeyValue::new("linli.operation", operation)));
        attributes.extend(request.route.clone().map(|route| KeyValue::new("http.route", route)));
        let name = request.route.as_ref().map_or_else(|| named.to_owned(), |route| format!("{named} {route}"));
        SpanData {
            span_kind: SpanKind::Server,
            parent_span_id: trace.parent.map_or(SpanId::INVALID, SpanId::from),
            parent_span_is_remote: trace.parent.is_some(),
            status: if request.status.is_server_error() { Status::error("") } else { Status::Unset },
            attributes,
            ..self.span(trace, trace.span, name, (at, request.took))
        }
    }

    fn access(&self, trace: &Trace, access: &Access, at: SystemTime) -> SpanData {
        let asked = match access.asked {
            Asked::Read => "read",
            Asked::Write => "write",
        };
        SpanData {
            attributes: vec![KeyValue::new("db.system.name", self.database), KeyValue::new("db.operation.name", asked)],
            ..self.span(trace, fresh().1, format!("store {asked}"), (at, access.took))
        }
    }

    /// A part of a trace, below our own part of it.
    fn span(&self, trace: &Trace, id: u64, name: String, (at, took): (SystemTime, Duration)) -> SpanData {
        SpanData {
            span_context: SpanContext::new(trace.id.into(), id.into(), TraceFlags::SAMPLED, false, TraceState::NONE),
            parent_span_id: trace.span.into(),
            parent_span_is_remote: false,
            span_kind: SpanKind::Client,
            name: name.into(),
            start_time: at,
            end_time: at + took,
            attributes: Vec::new(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: self.scope.clone(),
        }
    }

    /// Sends what still waits, for a few seconds at most. What comes later goes nowhere.
    pub fn finish(&self) {
        if let Err(error) = self.processor.shutdown_with_timeout(LAST_SPANS) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Sends, and says in the log when the collector ceases to take what is sent, and when it takes it again.
#[derive(Debug)]
struct Loud {
    exporter: opentelemetry_otlp::SpanExporter,
    silent: AtomicBool,
}

impl Loud {
    const fn new(exporter: opentelemetry_otlp::SpanExporter) -> Self {
        Self { exporter, silent: AtomicBool::new(false) }
    }
}

impl SpanExporter for Loud {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len();
        let sent = self.exporter.export(batch).await;
        match (&sent, self.silent.swap(sent.is_err(), Ordering::Relaxed)) {
            (Err(error), false) => tracing::warn!(%error, count, "the collector does not take traces: they are dropped"),
            (Ok(()), true) => tracing::info!("the collector takes traces again"),
            (Err(_), true) | (Ok(()), false) => {}
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
