//! End to end: real HTTP, both databases, a clock that the tests set.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod appointment;
mod apprenticeship;
mod audit;
mod care;
mod cavalry;
mod content;
mod contract;
mod demand;
mod front;
mod import;
mod migration;
mod operation;
pub(crate) mod order;
mod organisation;
mod people;
mod personal;
mod site;
mod social_worker;
mod training;
