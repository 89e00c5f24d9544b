//! What is true in Linli: values, states, rules and scores.
//!
//! Nothing here reads a clock, a file, a socket or a database. Whoever needs *now* is handed it, so every rule can be
//! run again by somebody else on the same facts and must give the same answer.

pub mod appointment;
pub mod apprenticeship;
pub mod audit;
pub mod care;
pub mod catalogue;
pub mod cavalry;
pub mod content;
pub mod days;
pub mod demand;
pub mod dispatch;
pub mod geo;
pub mod identity;
pub mod import;
pub mod language;
pub mod message;
pub mod order;
pub mod organisation;
pub mod person;
pub mod policy;
pub mod region;
pub mod retention;
pub mod site;
pub mod social_worker;
pub mod training;
pub mod vocabulary;

/// An instant in UTC. Stored and compared in whole microseconds.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
