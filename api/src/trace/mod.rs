//! The trace that a request belongs to (W3C Trace Context), so that it can be followed across programs.

mod export;

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::{HttpMessage, HttpRequest};
use uuid::Uuid;

pub use export::{Answered, Traces};

/// The header that carries it.
const TRACEPARENT: &str = "traceparent";

/// The part of a trace that one request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The whole, across programs.
    pub id: u128,
    /// The part that asked us, if it told.
    pub parent: Option<u64>,
    /// Our part.
    pub span: u64,
}

impl Trace {
    /// Goes on with the trace that the headers name, or begins one.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let span = fresh().1;
        let named = headers.get(TRACEPARENT).and_then(|value| value.to_str().ok()).and_then(parse);
        match named {
            Some((id, parent)) => Self { id, parent: Some(parent), span },
            None => Self { id: fresh().0, parent: None, span },
        }
    }

    /// Keeps it with the request.
    pub fn keep(self, request: &HttpRequest) {
        request.extensions_mut().insert(self);
    }

    /// The trace of a request.
    #[must_use]
    pub fn kept(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().copied()
    }

    /// The trace's id as it is written.
    #[must_use]
    pub fn id_text(&self) -> String {
        format!("{:032x}", self.id)
    }
}

/// Random ids, neither of them zero.
fn fresh() -> (u128, u64) {
    let random = Uuid::new_v4().as_u128();
    let low = u64::try_from(random & u128::from(u64::MAX)).unwrap_or_default();
    (random, low)
}

/// What stands for a method that is none of the standard ones.
pub const OTHER: &str = "_OTHER";

/// A method by its standard name. Anything else is free text of the caller, and told as [`OTHER`] (OpenTelemetry, semantic conventions
/// for HTTP).
#[must_use]
pub fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "CONNECT" => "CONNECT",
        "OPTIONS" => "OPTIONS",
        "TRACE" => "TRACE",
        "PATCH" => "PATCH",
        _ => OTHER,
    }
}

/// Reads `00-<32 hex>-<16 hex>-<2 hex>`; later versions may have more parts. What is wrong in any way is as good as absent. The
/// flags, which say whether the caller records the trace, are not for us to follow.
fn parse(text: &str) -> Option<(u128, u64)> {
    let mut parts = text.trim().split('-');
    let (version, id, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hex(version, 2) || !is_hex(id, 32) || !is_hex(parent, 16) || !is_hex(flags, 2) || version == "ff" {
        return None;
    }
    if version == "00" && parts.next().is_some() {
        return None;
    }
    let (id, parent) = (u128::from_str_radix(id, 16).ok()?, u64::from_str_radix(parent, 16).ok()?);
    (id != 0 && parent != 0).then_some((id, parent))
}

#[cfg(test)]
mod tests {
    use super::{Trace, method_name, parse};
    use actix_web::http::Method;
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    #[test]
    fn methods_that_nobody_knows_are_not_told() {
        for known in ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"] {
            assert_eq!(method_name(&Method::from_bytes(known.as_bytes()).unwrap()), known);
        }
        for other in ["get", "SeCrEt", "PROPFIND"] {
            assert_eq!(method_name(&Method::from_bytes(other.as_bytes()).unwrap()), "_OTHER");
        }
    }

    #[test]
    fn a_trace_is_continued_and_nonsense_begins_a_new_one() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(parse(good), Some((0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736, 0x00f0_67aa_0ba9_02b7)));
        assert!(parse("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-later").is_some(), "a later version");
        for wrong in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        let mut headers = HeaderMap::new();
        let begun = Trace::of(&headers);
        assert!(begun.id != 0 && begun.parent.is_none());
        headers.insert(HeaderName::from_static("traceparent"), HeaderValue::from_static(good));
        let continued = Trace::of(&headers);
        assert_eq!(continued.id_text(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_ne!(continued.span, 0x00f0_67aa_0ba9_02b7, "our part is our own");
    }
}
