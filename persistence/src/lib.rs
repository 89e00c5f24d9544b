//! What is kept: rows, queries and transactions, on SQLite and PostgreSQL from one code path.
//!
//! [`Store`] is the only door: [`Store::read`] and [`Store::write`] hand a [`Tx`] to the queries of the subject modules.

pub mod appointment;
pub mod apprenticeship;
pub mod audit;
pub mod backup;
pub mod candidate;
pub mod care;
pub mod catalogue;
pub mod cavalry;
mod claim;
pub mod client;
pub mod clock;
pub mod content;
pub mod data_key;
pub mod demand;
mod dialect;
mod error;
pub mod idempotency;
pub mod identity;
pub mod import;
pub mod lease;
pub mod message;
pub mod migration;
pub mod order;
pub mod organisation;
pub mod person;
pub mod photo;
pub mod policy;
pub mod pulse;
pub mod region;
pub mod retention;

mod schema;
pub mod sealed;
pub mod secret;
pub mod site;
pub mod social_worker;
mod store;
pub mod tools;
pub mod training;
mod types;
pub mod unsealed;
pub mod watch;

pub use clock::Clock;
pub use dialect::{Location, LocationError, Tuning};
pub use error::{Failure, StoreError};
pub use secret::Keyring;
pub use store::{Store, Tx, TxContext};
