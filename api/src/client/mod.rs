//! Machine clients: evaluators, integrators, upstream platforms. They ask for tokens by OAuth 2.0 client credentials
//! (RFC 6749, 4.4), and administrators register them.

mod assertion;
mod jwk;
mod manage;
mod metadata;
mod prove;
mod refused;
mod register;
mod token;
mod view;

pub use refused::Refused;
pub use register::{Registered, Registration, register};

use crate::endpoint::Endpoint;

/// The path of the token endpoint.
pub const TOKEN_PATH: &str = "/oauth/token";

/// Every endpoint of machine clients.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [token::endpoints(), metadata::endpoints(), register::endpoints(), manage::endpoints()].into_iter().flatten().collect()
}
