//! Every error as `application/problem+json` (RFC 9457), in the caller's language.

mod code;
mod refusal;
mod rule;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use domain::language::Language;
use persistence::{Failure, StoreError};
use serde::Serialize;

pub use code::{Code, text_in};
pub use refusal::{not_for_cavalry, reason_of};
pub use rule::Rule;

/// One field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where in the body (RFC 6901), or the name of the query parameter.
    pub pointer: String,
    /// Which rule.
    pub rule: Rule,
    /// The rule's numbers or words.
    pub words: Vec<String>,
}

/// What went wrong with a request. The cause, if there is one, is for the log only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The fields that break rules.
    pub errors: Vec<FieldError>,
    /// Seconds until trying again makes sense.
    pub retry_after: Option<i64>,
    /// The state in which a step was refused.
    pub state: Option<domain::order::State>,
    /// What the caller may do instead.
    pub allowed: Option<Vec<domain::order::Step>>,
    /// From when on it will be possible.
    pub from: Option<domain::Timestamp>,
    /// The methods of the path.
    pub methods: Option<String>,
}

/// A problem: its code and its facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Which one.
    pub code: Code,
    /// With what facts.
    pub facts: Box<Facts>,
    /// For the log, under the request's id; never sent.
    cause: Option<String>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self { code, facts: Box::default(), cause: None }
    }
}

impl Problem {
    /// One field breaks a rule.
    #[must_use]
    pub fn field(pointer: impl Into<String>, rule: Rule) -> Self {
        Self::field_with(pointer, rule, Vec::new())
    }

    /// One field breaks a rule, with the rule's numbers or words.
    #[must_use]
    pub fn field_with(pointer: impl Into<String>, rule: Rule, words: Vec<String>) -> Self {
        Self::fields(vec![FieldError { pointer: pointer.into(), rule, words }])
    }

    /// Several fields break rules.
    #[must_use]
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::from(Code::Invalid);
        problem.facts.errors = errors;
        problem
    }

    /// Something stands against a command: a code, and the rule that says what.
    #[must_use]
    pub fn stands_against(code: Code, rule: Rule, words: Vec<String>) -> Self {
        let mut problem = Self::from(code);
        problem.facts.errors = vec![FieldError { pointer: String::new(), rule, words }];
        problem
    }

    /// The same with a cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl ToString) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// The same, to be tried again after some seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: i64) -> Self {
        self.facts.retry_after = Some(seconds.max(1));
        self
    }

    /// A defect of ours.
    #[must_use]
    pub fn internal(cause: impl ToString) -> Self {
        Self::from(Code::Internal).because(cause)
    }

    /// What is logged of it.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The body in a language.
    #[must_use]
    pub fn body(&self, language: Language, instance: &str, request_id: &str) -> Body {
        let error = |error: &FieldError| BodyError {
            pointer: error.pointer.clone(),
            code: error.rule.as_str().to_owned(),
            message: error.rule.message(language, &refusal::in_language(error, language)),
        };
        Body {
            r#type: format!("/problems/{}", self.code.as_str()),
            title: text_in(&self.code.title(), language).to_owned(),
            status: self.code.status().as_u16(),
            detail: text_in(&self.code.detail(), language).to_owned(),
            code: self.code.as_str().to_owned(),
            instance: instance.to_owned(),
            request_id: request_id.to_owned(),
            errors: self.facts.errors.iter().map(error).collect(),
            state: self.facts.state,
            allowed: self.facts.allowed.clone(),
            from: self.facts.from,
        }
    }
}

/// A problem as it is sent.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/problems/not_found", "title": "未找到", "status": 404, "detail": "没有这一项，或您无权知晓。", "code": "not_found",
    "instance": "/v1/orders/0199b7c0-0000-7000-8000-000000000000", "request_id": "0199b7c0-1111-7000-8000-000000000000"
}))]
pub struct Body {
    /// A stable address; opens as a page that explains the problem.
    r#type: String,
    /// A short name in the caller's language.
    title: String,
    /// The HTTP status again.
    status: u16,
    /// What it means and what can be done, in the caller's language.
    detail: String,
    /// The stable code.
    code: String,
    /// The path that was asked for.
    instance: String,
    /// Under which the log tells more.
    request_id: String,
    /// The fields that break rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<BodyError>,
    /// The state of the order, where it stands against a step.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<domain::order::State>,
    /// What the caller may do now instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<Vec<domain::order::Step>>,
    /// From when on the step is possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<DateTime<Utc>>,
}

/// One field that breaks a rule, as it is sent.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ProblemField)]
pub struct BodyError {
    /// Where in the body (RFC 6901), or the name of the query parameter.
    pointer: String,
    /// The stable code of the rule.
    code: String,
    /// The rule in the caller's language.
    message: String,
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// Carries the problem to the front, which knows the caller's language.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.code.status());
        let headers = response.headers_mut();
        if let Some(seconds) = self.facts.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.facts.methods.as_deref().and_then(|methods| HeaderValue::from_str(methods).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        if self.code == Code::InsufficientScope {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"linli\", error=\"insufficient_scope\""));
        }
        if self.code.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"linli\""));
        }
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// An error inside a transaction: the store's own, so that it can try again, or an answer.
#[derive(Debug)]
pub enum Fault {
    /// From the store.
    Store(StoreError),
    /// An answer that is decided.
    Problem(Problem),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self::Problem(code.into())
    }
}

impl From<domain::order::Refusal> for Fault {
    fn from(refusal: domain::order::Refusal) -> Self {
        Self::Problem(refusal.into())
    }
}

impl Failure for Fault {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Problem(_) => None,
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => from_store(error),
            Fault::Problem(problem) => problem,
        }
    }
}

/// Names the field of a request where what it refers to is not there.
///
/// # Errors
/// The rule at the field, or the store's own error.
pub fn refers<T>(found: Result<T, StoreError>, pointer: &str, rule: Rule) -> Result<T, Fault> {
    found.map_err(|error| match error {
        StoreError::Missing | StoreError::Unknown(_) => Problem::field(pointer, rule).into(),
        other => other.into(),
    })
}

/// What a caller is told of an error of the store.
fn from_store(error: StoreError) -> Problem {
    match &error {
        StoreError::Missing => Code::NotFound.into(),
        StoreError::Stale | StoreError::Conflict => Problem::from(Code::ChangedMeanwhile).because(&error),
        StoreError::Duplicate(which) if which.contains("quarter_claims") => Code::DoubleBooked.into(),
        StoreError::Duplicate(_) => Problem::from(Code::AlreadyExists).because(&error),
        StoreError::Unknown(_) => Problem::from(Code::NotFound).because(&error),
        StoreError::Busy => Problem::from(Code::Busy).retry_after(1).because(&error),
        StoreError::Unavailable(_) => Problem::from(Code::Unavailable).retry_after(2).because(&error),
        StoreError::OutcomeUnknown => Problem::from(Code::OutcomeUnknown).retry_after(2).because(&error),
        StoreError::Bug(_) => Problem::internal(&error),
    }
}
