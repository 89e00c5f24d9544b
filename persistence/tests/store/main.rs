//! The store and its queries on a real database: on SQLite always, and on PostgreSQL where `LINLI_TEST_POSTGRES` is the URL of
//! a server on which databases can be created. Every test has a database of its own.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod bench;
mod identity;
mod order;
mod people;
mod records;
mod writing;
