//! Pages: an opaque cursor that only this service can make, and the link to the next page.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use persistence::Keyring;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::answer::{Answer, Reply};
use crate::problem::{Problem, Rule};

/// How long a page is when nobody says.
pub const DEFAULT_LIMIT: i64 = 20;

/// The longest page.
pub const MAX_LIMIT: i64 = 100;

const MARK_BYTES: usize = 8;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
}

/// Checks a limit.
///
/// # Errors
/// Names the rule where it is not 1 to [`MAX_LIMIT`].
pub fn limit(asked: Option<i64>) -> Result<i64, Problem> {
    match asked {
        None => Ok(DEFAULT_LIMIT),
        Some(limit) if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::field_with("limit", Rule::OutOfRange, vec!["1".to_owned(), MAX_LIMIT.to_string()])),
    }
}

/// Makes the cursor of a list from where its page ends.
pub fn cursor<T: Serialize>(keys: &Keyring, list: &str, at: &T) -> Result<String, Problem> {
    let body = serde_json::to_vec(at).map_err(Problem::internal)?;
    Ok(URL_SAFE_NO_PAD.encode([mark(keys, list, &body), body].concat()))
}

/// Reads a cursor of the same list.
///
/// # Errors
/// Names the field where it was not made by this service for this list.
pub fn read_cursor<T: DeserializeOwned>(keys: &Keyring, list: &str, cursor: &str) -> Result<T, Problem> {
    let wrong = || Problem::field("cursor", Rule::Cursor);
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let (given, body) = bytes.split_at_checked(MARK_BYTES).ok_or_else(wrong)?;
    if mark(keys, list, body) != given {
        return Err(wrong());
    }
    serde_json::from_slice(body).map_err(|_| wrong())
}

fn mark(keys: &Keyring, list: &str, body: &[u8]) -> Vec<u8> {
    let mut mark = keys.sign("cursor", &[list.as_bytes(), &[0], body].concat());
    mark.truncate(MARK_BYTES);
    mark
}

/// The `Link` header to the next page.
#[must_use]
pub fn next_link(request: &HttpRequest, cursor: &str) -> Option<(HeaderName, HeaderValue)> {
    let kept = request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let query: Vec<String> = kept.map(ToOwned::to_owned).chain([format!("cursor={cursor}")]).collect();
    let link = format!("<{}?{}>; rel=\"next\"", request.path(), query.join("&"));
    Some((actix_web::http::header::LINK, HeaderValue::from_str(&link).ok()?))
}

/// A page of a list that was read one item longer than the page.
///
/// # Errors
/// The cursor cannot be made, which is a defect.
pub fn cut<T: ToSchema, K: Serialize>(
    keys: &Keyring,
    list: &str,
    mut items: Vec<T>,
    limit: i64,
    at: impl Fn(&T) -> K,
) -> Result<Page<T>, Problem> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let last = items.last().filter(|_| more);
    let next_cursor = last.map(|last| cursor(keys, list, &at(last))).transpose()?;
    Ok(Page { items, next_cursor })
}

/// Answers with a page of a list that was read one item longer than the page, and links to the next one.
///
/// # Errors
/// The cursor cannot be made, which is a defect.
pub fn reply<T: ToSchema, K: Serialize>(
    request: &HttpRequest,
    keys: &Keyring,
    list: &str,
    items: Vec<T>,
    limit: i64,
    at: impl Fn(&T) -> K,
) -> Answer<Page<T>> {
    let page = cut(keys, list, items, limit, at)?;
    let link = page.next_cursor.as_deref().and_then(|cursor| next_link(request, cursor));
    Ok(Reply::ok(page).with(link))
}
