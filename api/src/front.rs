//! The front of every request: an id, the time it may take, and every error as a problem in the caller's language.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use actix_http::ConnectionType;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, ResponseError, web};
use domain::language::Language;
use persistence::audit::Origin;
use persistence::watch::{Accesses, within};
use uuid::Uuid;

use crate::actor::{account, authenticate, language};
use crate::answer::Report;
use crate::audit;
use crate::connection::Watch;
use crate::endpoint::{operation, route};
use crate::problem::{Code, Problem};
use crate::services::Services;
use crate::trace::{Answered, Trace, method_name};

/// The header that names a request in answers and in the log.
pub const REQUEST_ID: &str = "x-request-id";

/// What answers may load and do in a browser: only what this program serves itself.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";

/// Passes a request on and makes its answer fit for the caller.
///
/// # Errors
/// Only where another middleware failed: then the framework asks the error for its answer.
pub async fn front(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let caller = Caller::of(&request);
    caller.trace.keep(request.request());
    let watch = request.request().conn_data::<Rc<Watch>>().cloned();
    if let Some(watch) = &watch {
        watch.request();
    }
    within(caller.accesses.as_ref(), authenticate(&request)).await;
    let origin = audit::origin(&request, caller.id);
    // Routing, which says what is asked for, happens in the call itself: it belongs inside.
    // Routed inside of it, not before it: routing says what the request asks for.
    let answered = async { within(caller.accesses.as_ref(), next.call(request)).await };
    let answered = persistence::audit::within(Arc::clone(&origin), answered).await;
    let answered = match answered {
        Ok(response) => Ok(finished(response.map_into_boxed_body(), &caller, &origin).await),
        Err(error) => Err(error),
    };
    if let Some(watch) = &watch {
        watch.answer();
    }
    answered
}

/// Makes an answer fit for the caller and records it.
async fn finished(mut response: ServiceResponse<BoxBody>, caller: &Caller, origin: &Arc<Origin>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let is_report = response.response().extensions().contains::<Report>();
    if (status.is_client_error() || status.is_server_error()) && !is_report {
        response = within(caller.accesses.as_ref(), explain(response, caller, origin)).await;
    }
    finish(response.headers_mut(), caller);
    record(&mut response, caller);
    response
}

/// Writes the request into the log, into the numbers and into its trace. None of them holds a path, a query, a body or a name.
fn record(response: &mut ServiceResponse<BoxBody>, caller: &Caller) {
    let took = caller.begun.elapsed();
    let (operation, account) = (operation(response.request()), account(response.request()));
    let status = response.status().as_u16();
    tracing::info!(
        request_id = %caller.id, trace_id = caller.trace.id_text(), method = method_name(&caller.method), operation, status,
        micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX), account = account.map(tracing::field::display), "answered"
    );
    let Some(services) = response.request().app_data::<web::Data<Services>>().cloned() else { return };
    services.metrics.answered(operation, status, took);
    if let (Some(traces), Some(accesses)) = (&services.traces, &caller.accesses) {
        traces.answered(Answered {
            trace: &caller.trace,
            id: caller.id,
            method: method_name(&caller.method),
            route: route(response.request()),
            operation,
            status: response.status(),
            at: services.store.clock().now(),
            begun: caller.begun,
            took,
            store: accesses.take(),
        });
    }
    if services.draining.load(Ordering::Relaxed) {
        // Whoever asks again shall ask another process.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
}

/// What the front must know of a request after it has been passed on.
struct Caller {
    id: Uuid,
    language: Language,
    method: Method,
    path: String,
    trace: Trace,
    begun: Instant,
    /// Where it is traced: what it asks of the store.
    accesses: Option<Accesses>,
}

impl Caller {
    fn of(request: &ServiceRequest) -> Self {
        let (trace, begun) = (Trace::of(request.headers()), Instant::now());
        let traces = request.app_data::<web::Data<Services>>().and_then(|services| services.traces.as_ref());
        Self {
            id: Uuid::now_v7(),
            language: language(request.headers()),
            method: request.method().clone(),
            path: request.path().to_owned(),
            accesses: traces.filter(|traces| traces.wants(&trace)).map(|_| Accesses::default()),
            trace,
            begun,
        }
    }
}

/// Replaces the body of an error by a problem; the framework's own errors are known by their status.
async fn explain(response: ServiceResponse<BoxBody>, caller: &Caller, origin: &Arc<Origin>) -> ServiceResponse<BoxBody> {
    let problem = response.response().extensions().get::<Problem>().cloned();
    let problem = problem.unwrap_or_else(|| by_status(response.status()));
    log(&problem, caller);
    let services = response.request().app_data::<web::Data<Services>>().cloned();
    if let Some(services) = services {
        audit::refused(&services, origin, &caller.method, &problem).await;
    }
    let body = serde_json::to_vec(&problem.body(caller.language, &caller.path, &caller.id.to_string())).unwrap_or_default();
    response.map_body(|head, _| {
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        head.headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(caller.language.tag()));
        BoxBody::new(body)
    })
}

fn log(problem: &Problem, caller: &Caller) {
    let (id, code, cause) = (caller.id, problem.code.as_str(), problem.cause().unwrap_or_default());
    if problem.code.status().is_server_error() {
        tracing::error!(request_id = %id, method = method_name(&caller.method), path = %caller.path, code, cause, "failed");
    } else {
        tracing::debug!(request_id = %id, method = method_name(&caller.method), path = %caller.path, code, cause, "refused");
    }
}

/// The problem that stands for a status of the framework's.
fn by_status(status: StatusCode) -> Problem {
    let code = match status {
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
        StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::Forbidden,
        other if other.is_client_error() => Code::Malformed,
        _ => Code::Internal,
    };
    code.into()
}

fn finish(headers: &mut header::HeaderMap, caller: &Caller) {
    let set = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::VARY, "accept-language, authorization"),
    ];
    for (name, text) in set {
        headers.insert(name, HeaderValue::from_static(text));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(id) = HeaderValue::from_str(&caller.id.to_string()) {
        headers.insert(HeaderName::from_static(REQUEST_ID), id);
    }
}

/// What nobody serves.
pub async fn nowhere() -> HttpResponse {
    Problem::from(Code::NotFound).error_response()
}
