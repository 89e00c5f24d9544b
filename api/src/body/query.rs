//! Query strings.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::characters::deceives;
use super::unfit::variants;
use crate::problem::{Problem, Rule};

/// A query string without unknown names: `T` must deny unknown fields.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse_query(request.query_string()).map(Query))
    }
}

pub(super) fn parse_query<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
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
        } else if message.starts_with("duplicate field") {
            Problem::field(named, Rule::Duplicates)
        } else {
            unreadable(error.path().to_string(), &message)
        }
    })
}

/// A value of the query string that is not what it must be. What is due stands in what the parsers say, which is English.
fn unreadable(name: String, message: &str) -> Problem {
    if let Some(known) = variants(message) {
        return Problem::field_with(name, Rule::NotInList, vec![known]);
    }
    let rule = match message {
        _ if message.contains("`true` or `false`") => return Problem::field_with(name, Rule::NotInList, vec!["true, false".to_owned()]),
        _ if message.contains("digit") || message.contains("number") || message.contains("integer") => Rule::NotANumber,
        "input contains invalid characters" | "premature end of input" | "input is out of range" => Rule::NotADate,
        _ => Rule::NotReadable,
    };
    Problem::field(name, rule)
}
