//! What is wrong with a value that the types do not take, though it meets its schema.

use serde_path_to_error::Segment;

use super::characters::enter;
use crate::problem::{Problem, Rule};

/// Where something stands, as a pointer.
pub(super) fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut at = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => enter(&mut at, &index.to_string()),
            Segment::Map { key } => enter(&mut at, key),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
    }
    at
}

/// A value that meets its schema and is still not what the types take. What is due stands in what they say, which is English and
/// for the log.
pub(super) fn unfit(at: String, message: &str) -> Problem {
    let named = || format!("{at}/{}", message.split('`').nth(1).unwrap_or_default());
    let problem = if message.starts_with("unknown field") {
        Problem::field(named(), Rule::UnknownField)
    } else if message.starts_with("missing field") {
        Problem::field(named(), Rule::Required)
    } else if message.starts_with("invalid type: floating point") {
        Problem::field(at, Rule::NotANumber)
    } else if let Some((lowest, highest)) = message.split_once("`, expected ").and_then(|(_, number)| range(number)) {
        Problem::field_with(at, Rule::OutOfRange, vec![lowest, highest])
    } else if message.starts_with("a division code") {
        Problem::field(at, Rule::DivisionCode)
    } else if let Some(known) = variants(message) {
        Problem::field_with(at, Rule::NotInList, vec![known])
    } else {
        Problem::field(at, Rule::NotReadable)
    };
    problem.because(message)
}

/// The bounds of a type of whole numbers.
fn range(number: &str) -> Option<(String, String)> {
    Some(match number.split(' ').next()? {
        "i16" => (i16::MIN.to_string(), i16::MAX.to_string()),
        "i32" => (i32::MIN.to_string(), i32::MAX.to_string()),
        "i64" => (i64::MIN.to_string(), i64::MAX.to_string()),
        "u8" => (u8::MIN.to_string(), u8::MAX.to_string()),
        "u16" => (u16::MIN.to_string(), u16::MAX.to_string()),
        "u32" => (u32::MIN.to_string(), u32::MAX.to_string()),
        "u64" => (u64::MIN.to_string(), u64::MAX.to_string()),
        _ => return None,
    })
}

/// The values that serde says it knows.
pub(super) fn variants(message: &str) -> Option<String> {
    let of_two = || message.strip_prefix("unknown variant")?.split_once("expected ");
    let (_, known) = message.split_once("expected one of ").or_else(of_two)?;
    Some(known.replace("` or `", ", ").replace('`', ""))
}
