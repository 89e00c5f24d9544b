//! Why no token is given, in the form that OAuth clients expect (RFC 6749, 5.2), not as a problem.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Fault, Problem};

/// Why no token is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// The request is not one for a token; says what is wrong with it.
    Request(&'static str),
    /// Who asks has not proved to be a client that may; the reason is for the log only.
    Client(String),
    /// Another grant than `client_credentials`.
    Grant,
    /// A scope that there is not, or that the client does not hold.
    Scope(String),
    /// A failure of ours.
    Failed(Problem),
}

/// A refusal as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OAuthError, example = json!({ "error": "invalid_client" }))]
pub struct Body {
    /// The code of RFC 6749, 5.2: `invalid_request`, `invalid_client`, `unsupported_grant_type` or `invalid_scope`; besides
    /// `temporarily_unavailable` and `server_error`.
    error: &'static str,
    /// More, for developers.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<String>,
}

impl Refused {
    fn body(&self) -> Body {
        let (error, error_description) = match self {
            Self::Request(why) => ("invalid_request", Some((*why).to_owned())),
            Self::Client(_) => ("invalid_client", None),
            Self::Grant => ("unsupported_grant_type", Some("only client_credentials".to_owned())),
            Self::Scope(name) => ("invalid_scope", Some(format!("not a scope of this client: {name}"))),
            Self::Failed(problem) if problem.code.status() == StatusCode::SERVICE_UNAVAILABLE => ("temporarily_unavailable", None),
            Self::Failed(_) => ("server_error", None),
        };
        // Only what RFC 6749 lets through: what is told again is the caller's own text.
        let plain = |text: String| text.chars().filter(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')).take(200).collect();
        Body { error, error_description: error_description.map(plain) }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.body().error)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault.into())
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Request(_) | Self::Grant | Self::Scope(_) => StatusCode::BAD_REQUEST,
            Self::Client(_) => StatusCode::UNAUTHORIZED,
            Self::Failed(problem) => problem.code.status(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Client(why) => tracing::info!(why, "a client was refused a token"),
            Self::Failed(problem) => tracing::error!(code = problem.code.as_str(), cause = problem.cause(), "no token could be given"),
            Self::Request(_) | Self::Grant | Self::Scope(_) => {}
        }
        let mut response = HttpResponse::build(self.status_code()).json(self.body());
        let headers = response.headers_mut();
        if let Self::Failed(problem) = self
            && let Some(seconds) = problem.facts.retry_after
        {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(self, Self::Client(_)) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"linli\", charset=\"UTF-8\""));
        }
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        response.extensions_mut().insert(crate::answer::Report);
        response
    }
}
