//! Settings of the operation: how the service is guarded and watched.

use std::time::Duration;

use super::{Chosen, Secret, SettingsError};
use crate::address::{ForwardedBy, Proxies};
use crate::limits::{CONNECTIONS, Limits};
use crate::metrics::Access;
use crate::services::Watching;

/// How the service is guarded and watched.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Whether one client may ask only so much.
    pub rate_limits: bool,
    /// The proxies in front as they were written.
    pub trusted_proxies: Option<String>,
    /// The header in which they tell for whom they ask.
    pub forwarded_by: ForwardedBy,
    /// Connections that may be open at once.
    pub connections: usize,
    /// Who may read the numbers.
    pub metrics: Metrics,
    /// The token with which they are read.
    pub metrics_token: Option<Secret>,
    /// The collector that gets traces of requests, if any.
    pub traces: Option<String>,
    /// Of how many in a hundred of the traces that begin here.
    pub traces_share: u32,
    /// Megabytes that must be free in the data folder.
    pub free_disk: u32,
    /// Seconds for which the service says that it is about to stop.
    pub drain: u32,
    proxies: Proxies,
}

/// Who may read the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metrics {
    /// Nobody.
    Off,
    /// Whoever asks from this machine.
    Loopback,
    /// Whoever has the token.
    Token,
}

/// Shorter tokens could be guessed.
const TOKEN_CHARACTERS: usize = 16;

impl Operation {
    pub(super) fn resolve(chosen: &Chosen<'_>) -> Result<Self, SettingsError> {
        let forwarded_by = chosen.parse("forwarded_by", forwarded_by)?.unwrap_or_default();
        let proxies = |raw: &str| {
            Proxies::parse(raw, forwarded_by).map_err(|part| format!("{part} is neither an address nor a network such as 10.0.0.0/8"))
        };
        let token = chosen.parse("metrics_token", token)?;
        let by_token = if token.is_some() { Metrics::Token } else { Metrics::Off };
        let metrics = |raw: &str| match raw {
            "off" => Ok(Metrics::Off),
            "loopback" => Ok(Metrics::Loopback),
            "token" if token.is_none() => Err("needs LINLI_METRICS_TOKEN".to_owned()),
            "token" => Ok(Metrics::Token),
            _ => Err("must be off, loopback or token".to_owned()),
        };
        Ok(Self {
            rate_limits: chosen.parse("rate_limits", on_or_off)?.unwrap_or(true),
            trusted_proxies: chosen.text("trusted_proxies").map(ToOwned::to_owned),
            proxies: chosen.parse("trusted_proxies", proxies)?.unwrap_or_default(),
            forwarded_by,
            connections: chosen.parse("connections", |raw| number(raw, 1, 1_000_000))?.map_or(CONNECTIONS, |number| number as usize),
            metrics: chosen.parse("metrics", metrics)?.unwrap_or(by_token),
            traces: chosen.parse("traces", traces)?.flatten(),
            traces_share: chosen.parse("traces_share", |raw| number(raw, 1, 100))?.unwrap_or(100),
            free_disk: chosen.parse("free_disk", |raw| number(raw, 0, 1_000_000_000))?.unwrap_or(256),
            drain: chosen.parse("drain", |raw| number(raw, 0, 600))?.unwrap_or(5),
            metrics_token: token,
        })
    }

    /// The value of a setting in TOML, secrets hidden.
    pub(super) fn show(&self, key: &str) -> Option<String> {
        let text = |text: &str| Some(toml::Value::String(text.to_owned()).to_string());
        match key {
            "rate_limits" => text(if self.rate_limits { "on" } else { "off" }),
            "trusted_proxies" => self.trusted_proxies.as_deref().and_then(text),
            "forwarded_by" => text(self.forwarded_by.header()),
            "connections" => Some(self.connections.to_string()),
            "metrics" => text(match self.metrics {
                Metrics::Off => "off",
                Metrics::Loopback => "loopback",
                Metrics::Token => "token",
            }),
            "metrics_token" => self.metrics_token.as_ref().and_then(|_| text("(hidden)")),
            "traces" => text(self.traces.as_deref().unwrap_or("off")),
            "traces_share" => Some(self.traces_share.to_string()),
            "free_disk" => Some(self.free_disk.to_string()),
            "drain" => Some(self.drain.to_string()),
            _ => None,
        }
    }

    /// What the front of the service keeps.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let limits = Limits { proxies: self.proxies.clone(), connections: self.connections, ..Limits::default() };
        if self.rate_limits { limits } else { Limits { rates: None, ..limits } }
    }

    /// How the service is watched; its data lies in this folder.
    #[must_use]
    pub fn watching(&self, folder: &std::path::Path) -> Watching {
        let metrics = match (&self.metrics, &self.metrics_token) {
            (Metrics::Token, Some(token)) => Access::Token(token.reveal().to_owned()),
            (Metrics::Loopback, _) => Access::Loopback,
            (Metrics::Off | Metrics::Token, _) => Access::Off,
        };
        Watching {
            metrics,
            folder: Some(folder.to_owned()),
            free_bytes: u64::from(self.free_disk) * 1_000_000,
            drain: Duration::from_secs(u64::from(self.drain)),
        }
    }
}

fn on_or_off(raw: &str) -> Result<bool, String> {
    match raw {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("must be on or off".to_owned()),
    }
}

fn forwarded_by(raw: &str) -> Result<ForwardedBy, String> {
    let all = [ForwardedBy::XForwardedFor, ForwardedBy::Forwarded];
    all.into_iter().find(|by| by.header() == raw).ok_or_else(|| "must be x-forwarded-for or forwarded".to_owned())
}

/// The address of a collector. It is shown, so that a password has no place in it.
fn traces(raw: &str) -> Result<Option<String>, String> {
    if raw == "off" {
        return Ok(None);
    }
    let url = reqwest::Url::parse(raw).ok().filter(|url| {
        let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        plain && url.has_host() && matches!(url.scheme(), "http" | "https")
    });
    url.ok_or_else(|| "must be off or the address of a collector, such as http://127.0.0.1:4318, and no more".to_owned())?;
    Ok(Some(raw.trim_end_matches('/').to_owned()))
}

fn number(raw: &str, least: u32, most: u32) -> Result<u32, String> {
    let parsed = raw.parse().ok().filter(|number| (least..=most).contains(number));
    parsed.ok_or_else(|| format!("must be a number from {least} to {most}"))
}

fn token(raw: &str) -> Result<Secret, String> {
    if raw.chars().count() < TOKEN_CHARACTERS {
        return Err(format!("must have at least {TOKEN_CHARACTERS} characters"));
    }
    Ok(Secret(raw.to_owned()))
}
