//! Characters that have no place in a text.

use serde_json::Value;

use crate::problem::{Problem, Rule};

/// Refuses characters that nobody types and that deceive a reader or break a database: controls, and marks that turn text round.
pub(super) fn clean(value: &Value, at: &mut String) -> Result<(), Problem> {
    match value {
        Value::String(text) if text.chars().any(deceives) => Err(Problem::field(at.clone(), Rule::Characters)),
        Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| within(at, &index.to_string(), item)),
        Value::Object(fields) => fields.iter().try_for_each(|(name, field)| within(at, name, field)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn within(at: &mut String, name: &str, value: &Value) -> Result<(), Problem> {
    let before = enter(at, name);
    clean(value, at)?;
    at.truncate(before);
    Ok(())
}

/// Goes on to what has this name below, and gives the length to go back to.
pub(super) fn enter(at: &mut String, name: &str) -> usize {
    let before = at.len();
    at.push('/');
    at.extend(name.chars().filter(|character| !deceives(*character)).take(64));
    before
}

pub(super) fn deceives(character: char) -> bool {
    match character {
        '\n' | '\r' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}
