//! Why a command ends early, in words for whoever typed it.

use domain::language::Language;
use persistence::StoreError;
use persistence::secret::SecretError;

use crate::problem::{Fault, Problem};
use crate::settings::SettingsError;

/// Why a command ends early.
#[derive(Debug)]
pub(super) struct Stop {
    text: String,
    code: u8,
}

impl Stop {
    /// Something failed.
    pub(super) fn failed(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 1 }
    }

    /// What was typed or set cannot be meant.
    pub(super) fn usage(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 2 }
    }

    /// Nothing is wrong with it, but it is not proven either.
    pub(super) fn unproven(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 3 }
    }

    /// The exit code.
    pub(super) const fn code(&self) -> u8 {
        self.code
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<SettingsError> for Stop {
    fn from(error: SettingsError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<SecretError> for Stop {
    fn from(error: SecretError) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        let fields: Vec<String> = problem
            .facts
            .errors
            .iter()
            .map(|error| format!("{}: {}", error.pointer.trim_start_matches('/'), error.rule.message(Language::En, &error.words)))
            .collect();
        let parts = [Some(problem.to_string()), problem.cause().map(ToOwned::to_owned), Some(fields.join(", "))];
        let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        Self::failed(parts.join(": "))
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error.into(),
            Fault::Problem(problem) => problem.into(),
        }
    }
}
