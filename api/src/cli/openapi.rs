//! `linli openapi`.

use super::say;
use super::stop::Stop;

/// Prints the document.
pub(super) fn run() -> Result<(), Stop> {
    let document = crate::openapi::document().to_pretty_json();
    say(&document.map_err(|error| Stop::failed(error.to_string()))?);
    Ok(())
}
