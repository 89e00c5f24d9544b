//! The front of every request: an id, the time it may take, and every error as a problem in the caller's language.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, ResponseError, web};
use domain::language::Language;
use persistence::audit::Origin;
use uuid::Uuid;

use crate::actor::{authenticate, language};
use crate::audit;
use crate::problem::{Code, Problem};
use crate::services::Services;

/// The header that names a request in answers and in the log.
pub const REQUEST_ID: &str = "x-request-id";

/// What answers may load and do in a browser: only what this program serves itself.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";

/// A request is answered within this time; uploads of photos have their own.
const REQUEST_TIME: Duration = Duration::from_secs(60);

/// Passes a request on and makes its answer fit for the caller.
///
/// # Errors
/// Only where the request took too long, or another middleware failed: then the framework asks the error for its answer.
pub async fn front(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let caller = Caller::of(&request);
    let started = std::time::Instant::now();
    authenticate(&request).await;
    let origin = audit::origin(&request, caller.id);
    // Routing, which says what is asked for, happens in the call itself: it belongs inside.
    let passed_on = async { tokio::time::timeout(REQUEST_TIME, next.call(request)).await };
    let answered = persistence::audit::within(Arc::clone(&origin), passed_on).await;
    let mut response = match answered {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        Ok(Err(error)) => return Err(error),
        Err(_) => return Err(Problem::from(Code::RequestTimeout).into()),
    };
    let status = response.status();
    let as_it_is = response.response().extensions().contains::<AsItIs>();
    if (status.is_client_error() || status.is_server_error()) && !as_it_is {
        response = explain(response, &caller, &origin).await;
    }
    finish(response.headers_mut(), &caller);
    tracing::debug!(
        request_id = %caller.id, method = %caller.method, path = %caller.path, status = response.status().as_u16(),
        micros = started.elapsed().as_micros(), "answered"
    );
    Ok(response)
}

/// Marks an error whose body another standard than RFC 9457 sets: it is sent as it is.
pub struct AsItIs;

/// What the front must know of a request after it has been passed on.
struct Caller {
    id: Uuid,
    language: Language,
    method: Method,
    path: String,
}

impl Caller {
    fn of(request: &ServiceRequest) -> Self {
        Self {
            id: Uuid::now_v7(),
            language: language(request.headers()),
            method: request.method().clone(),
            path: request.path().to_owned(),
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
        tracing::error!(request_id = %id, method = %caller.method, path = %caller.path, code, cause, "failed");
    } else {
        tracing::debug!(request_id = %id, method = %caller.method, path = %caller.path, code, cause, "refused");
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
