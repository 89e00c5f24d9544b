//! Request bodies and query strings. What a schema of the contract says is what is checked: there is no second list of limits.

mod characters;
mod members;
mod query;
mod schema;
#[cfg(test)]
mod tests;
mod unfit;

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use crate::limits::Deadlines;
use crate::problem::{Code, Problem};
use crate::services::Services;
use characters::clean;
use members::unrepeated;
pub use query::Query;
use schema::check;
use unfit::{pointer, unfit};

/// Larger JSON bodies are refused.
pub const JSON_BYTES: usize = 1024 * 1024;

/// A larger body that is wrong is told only its first mistake.
const LARGE: usize = 16 * 1024;

/// A JSON body that meets its schema, with the digest that an idempotency key is bound to.
pub struct Json<T> {
    /// The body.
    pub value: T,
    /// SHA-256 of its bytes.
    pub digest: Vec<u8>,
}

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let described = describe(request);
        let time = deadlines(request).body;
        let payload = payload.take();
        Box::pin(async move {
            described?;
            let bytes = bytes(payload, time).await?;
            Ok(Self { value: parse(&bytes)?, digest: persistence::secret::sha256(&bytes) })
        })
    }
}

/// How long things may take.
#[must_use]
pub fn deadlines(request: &HttpRequest) -> Deadlines {
    request.app_data::<web::Data<Services>>().map_or_else(Deadlines::default, |services| services.limits.deadlines)
}

/// Refuses a body that is to be unpacked: what is small when it comes could be large then.
///
/// # Errors
/// [`Code::UnsupportedMediaType`].
pub fn as_it_is(request: &HttpRequest) -> Result<(), Problem> {
    match request.headers().get(header::CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => Err(Code::UnsupportedMediaType.into()),
        Some(_) | None => Ok(()),
    }
}

/// Checks what the head says of the body before any of it is read.
fn describe(request: &HttpRequest) -> Result<(), Problem> {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_ascii_lowercase);
    if let Some(kind) = text(header::CONTENT_TYPE)
        && !kind.starts_with("application/json")
    {
        return Err(Code::UnsupportedMediaType.into());
    }
    as_it_is(request)?;
    let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > JSON_BYTES) { Err(Code::TooLarge.into()) } else { Ok(()) }
}

/// The bytes of a body, as far as it may be large, within a time.
///
/// # Errors
/// [`Code::TooLarge`], [`Code::RequestTimeout`].
pub async fn bytes(payload: Payload, time: Duration) -> Result<Vec<u8>, Problem> {
    tokio::time::timeout(time, read(payload)).await.map_err(|_| Problem::from(Code::RequestTimeout))?
}

async fn read(mut payload: Payload) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Problem::from(Code::Malformed).because(error))?;
        if bytes.len() + chunk.len() > JSON_BYTES {
            return Err(Code::TooLarge.into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Reads a body: an empty one stands for `{}`.
fn parse<T: DeserializeOwned + ToSchema + 'static>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes = if bytes.iter().all(u8::is_ascii_whitespace) { b"{}" } else { bytes };
    read_value(&unrepeated(bytes)?, bytes.len() > LARGE)
}

/// Reads a row of a table as if it had come as a body.
///
/// # Errors
/// Names the fields and the rules.
pub fn row<T: DeserializeOwned + ToSchema + 'static>(value: &Value) -> Result<T, Problem> {
    read_value(value, true)
}

fn read_value<T: DeserializeOwned + ToSchema + 'static>(value: &Value, large: bool) -> Result<T, Problem> {
    clean(value, &mut String::new())?;
    check::<T>(value, large)?;
    serde_path_to_error::deserialize(value).map_err(|error| unfit(pointer(error.path()), &error.into_inner().to_string()))
}
