//! Answers: a body with its entity tag, 201 with its address, a replay that says so.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use serde::Serialize;

use crate::problem::Problem;

/// What a handler gives: an answer or a problem.
pub type Answer<T> = Result<Reply<T>, Problem>;

/// A body and the headers that go with it.
pub struct Reply<T> {
    body: T,
    status: StatusCode,
    version: Option<i32>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl<T> Reply<T> {
    /// 200 with this body.
    #[must_use]
    pub const fn ok(body: T) -> Self {
        Self { body, status: StatusCode::OK, version: None, headers: Vec::new() }
    }

    /// 201 with this body, at this address.
    #[must_use]
    pub fn created(body: T, at: &str) -> Self {
        let location = HeaderValue::from_str(at).ok().map(|at| (header::LOCATION, at));
        Self { body, status: StatusCode::CREATED, version: None, headers: location.into_iter().collect() }
    }

    /// With another status that is no problem but a report: the body stays, where the front would put a problem.
    #[must_use]
    pub fn report(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With the entity tag of a version. `If-None-Match` is answered with 304.
    #[must_use]
    pub fn tagged(mut self, version: i32) -> Self {
        self.version = Some(version);
        self
    }

    /// Says that this is the outcome of an earlier request with the same key.
    #[must_use]
    pub fn replayed(mut self, replayed: bool) -> Self {
        if replayed {
            self.headers.push((HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true")));
        }
        self
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, header: Option<(HeaderName, HeaderValue)>) -> Self {
        self.headers.extend(header);
        self
    }
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let body = match serde_json::to_vec(&self.body) {
            Ok(body) => body,
            Err(error) => return Problem::internal(error).error_response(),
        };
        let tag = self.version.map(|version| entity_tag(version, &body));
        let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_known = |tag: &String| known.split(',').any(|other| other.trim().trim_start_matches("W/") == tag);
        let unchanged = self.status == StatusCode::OK && request.method().is_safe() && tag.as_ref().is_some_and(is_known);
        let mut response = if unchanged {
            HttpResponse::NotModified().finish()
        } else {
            HttpResponse::build(self.status).content_type("application/json").body(body)
        };
        if self.status.is_server_error() {
            response.extensions_mut().insert(Report);
        }
        let headers = response.headers_mut();
        if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
            headers.insert(header::ETAG, tag);
        }
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }
}

/// The version, which `If-Match` goes by, and a digest of what this caller sees, which `If-None-Match` goes by.
fn entity_tag(version: i32, body: &[u8]) -> String {
    let digest = persistence::secret::hex(&persistence::secret::sha256(body));
    format!("\"v{version}-{}\"", digest.get(..16).unwrap_or_default())
}

/// Marks an answer whose body is meant although its status is an error's: a report, or an error in the form of another
/// standard than RFC 9457.
pub struct Report;

/// 204.
pub struct Nothing;

impl Responder for Nothing {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}
