//! What is kept: rows, queries and transactions, on SQLite and PostgreSQL from one code path.
//!
//! [`Store`] is the only door: [`Store::read`] and [`Store::write`] hand a [`Tx`] to the queries of the subject modules.

pub mod audit;
pub mod backup;
pub mod candidate;
pub mod catalogue;
pub mod client;
pub mod clock;
pub mod content;
pub mod data_key;
mod dialect;
mod error;
pub mod idempotency;
pub mod identity;
pub mod lease;
pub mod migration;
pub mod order;
pub mod organisation;
pub mod person;
pub mod photo;
pub mod policy;
pub mod pulse;
pub mod region;

mod schema;
pub mod sealed;
pub mod secret;
mod store;
pub mod tools;
mod types;

pub use clock::Clock;
pub use dialect::{Location, LocationError, Tuning};
pub use error::{Failure, StoreError};
pub use secret::Keyring;
pub use store::{Store, Tx, TxContext};
