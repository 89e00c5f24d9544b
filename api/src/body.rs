//! Request bodies and query strings. What a schema of the contract says is what is checked: there is no second list of limits.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::limits::Deadlines;
use crate::problem::{Code, FieldError, Problem, Rule};
use crate::services::Services;

/// Larger JSON bodies are refused.
pub const JSON_BYTES: usize = 1024 * 1024;

/// A larger body that is wrong is told only its first mistake.
const LARGE: usize = 16 * 1024;

/// At most this many mistakes are told at once.
const ERRORS_TOLD: usize = 50;

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
    let value: Value = serde_json::from_slice(bytes).map_err(|error| Problem::from(Code::Malformed).because(error))?;
    clean(&value, &mut String::new())?;
    check::<T>(&value, bytes.len() > LARGE)?;
    serde_path_to_error::deserialize(&value).map_err(|error| {
        let pointer = format!("/{}", error.path().to_string().replace('.', "/"));
        Problem::field_with(pointer, Rule::WrongFormat, vec![error.inner().to_string()])
    })
}

/// Refuses characters that nobody types and that deceive a reader or break a database: controls, and marks that turn text round.
fn clean(value: &Value, at: &mut String) -> Result<(), Problem> {
    match value {
        Value::String(text) if text.chars().any(deceives) => Err(Problem::field(at.clone(), Rule::Characters)),
        Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| within(at, &index.to_string(), item)),
        Value::Object(fields) => fields.iter().try_for_each(|(name, field)| within(at, name, field)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn within(at: &mut String, name: &str, value: &Value) -> Result<(), Problem> {
    let before = at.len();
    at.push('/');
    at.extend(name.chars().filter(|character| !deceives(*character)).take(64));
    clean(value, at)?;
    at.truncate(before);
    Ok(())
}

fn deceives(character: char) -> bool {
    match character {
        '\n' | '\r' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}

static VALIDATORS: LazyLock<RwLock<HashMap<TypeId, Arc<Validator>>>> = LazyLock::new(RwLock::default);

/// Checks a value against the schema of `T` as the contract publishes it.
fn check<T: ToSchema + 'static>(value: &Value, large: bool) -> Result<(), Problem> {
    let validator = validator::<T>()?;
    if validator.is_valid(value) {
        return Ok(());
    }
    // A large body that is wrong is told its first mistake only: to look for all of them costs more than it can be worth.
    if large {
        let first = validator.validate(value).err().map(|error| broken(&error, value)).unwrap_or_default();
        return Err(Problem::fields(first));
    }
    let mut errors: Vec<FieldError> = validator.iter_errors(value).flat_map(|error| broken(&error, value)).take(ERRORS_TOLD).collect();
    errors.dedup();
    Err(Problem::fields(errors))
}

fn validator<T: ToSchema + 'static>() -> Result<Arc<Validator>, Problem> {
    let known = VALIDATORS.read().ok().and_then(|known| known.get(&TypeId::of::<T>()).cloned());
    if let Some(validator) = known {
        return Ok(validator);
    }
    let built = Arc::new(build::<T>().map_err(Problem::internal)?);
    if let Ok(mut known) = VALIDATORS.write() {
        known.insert(TypeId::of::<T>(), Arc::clone(&built));
    }
    Ok(built)
}

fn build<T: ToSchema>() -> Result<Validator, String> {
    let mut referred = Vec::new();
    T::schemas(&mut referred);
    let mut schema = serde_json::to_value(T::schema()).map_err(|error| error.to_string())?;
    let referred: serde_json::Map<String, Value> =
        referred.into_iter().filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?))).collect();
    if let Some(object) = schema.as_object_mut() {
        object.insert("components".to_owned(), json!({ "schemas": referred }));
    }
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
    options.build(&schema).map_err(|error| error.to_string())
}

/// What a broken rule of a schema is called in a problem.
fn broken(error: &ValidationError<'_>, body: &Value) -> Vec<FieldError> {
    let at = error.instance_path().to_string();
    let one = |rule: Rule, words: Vec<String>| vec![FieldError { pointer: at.clone(), rule, words }];
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .take(ERRORS_TOLD)
            .map(|name| FieldError { pointer: format!("{at}/{name}"), rule: Rule::UnknownField, words: Vec::new() })
            .collect(),
        // An object that takes no fields at all.
        ValidationErrorKind::FalseSchema => {
            let names = body.pointer(&at).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name).take(ERRORS_TOLD);
            names.map(|name| FieldError { pointer: format!("{at}/{name}"), rule: Rule::UnknownField, words: Vec::new() }).collect()
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![FieldError { pointer: format!("{at}/{name}"), rule: Rule::Required, words: Vec::new() }]
        }
        ValidationErrorKind::MinLength { limit } if *limit == 1 => one(Rule::Required, Vec::new()),
        ValidationErrorKind::MinLength { limit } => one(Rule::TooShort, vec![limit.to_string()]),
        ValidationErrorKind::MaxLength { limit } => one(Rule::TooLong, vec![limit.to_string()]),
        ValidationErrorKind::MinItems { limit } => one(Rule::TooFew, vec![limit.to_string()]),
        ValidationErrorKind::MaxItems { limit } => one(Rule::TooMany, vec![limit.to_string()]),
        ValidationErrorKind::Minimum { limit } => one(Rule::TooSmall, vec![limit.to_string()]),
        ValidationErrorKind::Maximum { limit } => one(Rule::TooBig, vec![limit.to_string()]),
        ValidationErrorKind::UniqueItems => one(Rule::Duplicates, Vec::new()),
        ValidationErrorKind::Format { format } => one(Rule::WrongFormat, vec![format.clone()]),
        ValidationErrorKind::Pattern { pattern } => one(Rule::WrongFormat, vec![pattern.clone()]),
        ValidationErrorKind::Enum { options } => one(Rule::NotInList, vec![listed(options)]),
        ValidationErrorKind::Type { kind } => one(Rule::WrongType, vec![type_name(kind)]),
        other => one(Rule::WrongFormat, vec![other.keyword().to_owned()]),
    }
}

fn listed(options: &Value) -> String {
    let texts = options.as_array().into_iter().flatten().map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned));
    texts.collect::<Vec<_>>().join(", ")
}

fn type_name(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => kind.to_string(),
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" | "),
    }
}

/// A query string without unknown names: `T` must deny unknown fields.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse_query(request.query_string()).map(Query))
    }
}

fn parse_query<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    if let Some((name, _)) = form_urlencoded::parse(text.as_bytes()).find(|(_, value)| value.chars().any(deceives)) {
        return Err(Problem::field(name, Rule::Characters));
    }
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let message = error.inner().to_string();
        // serde names the unknown or missing field only in its message.
        let named = message.split('`').nth(1).unwrap_or_default().to_owned();
        if message.starts_with("unknown field") {
            Problem::field(named, Rule::UnknownField)
        } else if message.starts_with("missing field") {
            Problem::field(named, Rule::Required)
        } else {
            Problem::field_with(error.path().to_string(), Rule::WrongFormat, vec![message])
        }
    })
}
