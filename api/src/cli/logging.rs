//! The log: to stderr, as JSON for machines or as text for people.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use super::stop::Stop;
use crate::settings::LogFormat;

/// Starts the log; a second start leaves the first one as it is.
pub(super) fn start(filter: &str, format: LogFormat) -> Result<(), Stop> {
    let filter = EnvFilter::try_new(filter).map_err(|error| Stop::usage(format!("log: {error}")))?;
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
        LogFormat::Text => log.with_target(false).with_ansi(std::io::stderr().is_terminal()).try_init(),
    };
    if started.is_err() {
        tracing::debug!("the log has been started before");
    }
    Ok(())
}
