//! The log: to stderr, as JSON for machines or as text for people.

use std::io::IsTerminal as _;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

use super::stop::Stop;
use crate::settings::LogFormat;

/// Leaves out what the framework calls an error and is none of ours: a client that sends what is no request, or goes away in the
/// middle of one. Where it is answered, the connection says so itself.
struct NotOurs;

impl<S: Subscriber> Layer<S> for NotOurs {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        if event.metadata().target() != "actix_http::h1::dispatcher" {
            return true;
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        !message.0.starts_with("stream error:")
    }
}

/// The message of an event.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// Starts the log; a second start leaves the first one as it is.
pub(super) fn start(filter: &str, format: LogFormat) -> Result<(), Stop> {
    let filter = EnvFilter::try_new(filter).map_err(|error| Stop::usage(format!("log: {error}")))?;
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).with_span_list(false).finish().with(NotOurs).try_init(),
        LogFormat::Text => log.with_target(false).with_ansi(std::io::stderr().is_terminal()).finish().with(NotOurs).try_init(),
    };
    if started.is_err() {
        tracing::debug!("the log has been started before");
    }
    Ok(())
}
