//! Which kind of request an endpoint takes. Each kind has limits of its own.

use utoipa::openapi::RefOr;
use utoipa::openapi::path::{HttpMethod, Operation};

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Says who one is: passwords, codes and tokens can be guessed here.
    SignIn,
    /// Reads.
    Read,
    /// Changes something.
    Write,
    /// Brings a file.
    Upload,
    /// Takes much out at once.
    Export,
    /// A page for people, and what nobody serves.
    Page,
    /// Asks how the program is; never limited, so that a balancer is never turned away.
    Probe,
}

/// How the paths say it: the first rule whose beginning a path has. Whatever has no rule goes by its body and its method.
const PATHS: &[(&str, Class)] = &[
    ("/v1/sessions/current", Class::Write),
    ("/v1/sessions", Class::SignIn),
    ("/oauth/", Class::SignIn),
    ("/v1/me/password", Class::SignIn),
    ("/v1/me/phone", Class::SignIn),
    ("/v1/me/export", Class::Export),
    ("/v1/exports", Class::Export),
    ("/v1/changes", Class::Export),
    ("/healthz", Class::Probe),
    ("/readyz", Class::Probe),
    ("/metrics", Class::Probe),
];

impl Class {
    /// Every kind.
    pub const ALL: [Self; 7] = [Self::SignIn, Self::Read, Self::Write, Self::Upload, Self::Export, Self::Page, Self::Probe];

    /// The kind of an endpoint.
    #[must_use]
    pub fn of(path: &str, method: &HttpMethod, operation: &Operation) -> Self {
        if let Some((_, class)) = PATHS.iter().find(|(beginning, _)| path.starts_with(beginning)) {
            return *class;
        }
        let brings_a_file = match &operation.request_body {
            Some(RefOr::T(body)) => body.content.contains_key("multipart/form-data"),
            Some(RefOr::Ref(_)) | None => false,
        };
        match method {
            _ if brings_a_file => Self::Upload,
            HttpMethod::Get => Self::Read,
            _ => Self::Write,
        }
    }

    /// Its name, as headers and documentation show it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Read => "read",
            Self::Write => "write",
            Self::Upload => "upload",
            Self::Export => "export",
            Self::Page => "page",
            Self::Probe => "probe",
        }
    }
}
