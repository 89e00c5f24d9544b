//! `linli config`.

use crate::settings::{KNOWN, Settings};

use super::say;

/// The list of settings.
pub(super) fn after_help() -> String {
    let lines = KNOWN.iter().map(|known| format!("  {:<16} {}\n  {:<16} {}\n", known.key, known.help, "", known.variables.join(", ")));
    format!("Settings (name in the TOML file, variable in the environment):\n{}", lines.collect::<String>())
}

/// Prints the effective settings.
pub(super) fn run(settings: &Settings) {
    for shown in settings.shown() {
        match &shown.value {
            Some(value) => say(&format!("{} = {value}  # {}", shown.key, shown.source)),
            None => say(&format!("# {} is not set", shown.key)),
        }
    }
}
