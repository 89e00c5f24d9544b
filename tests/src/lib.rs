//! What the end-to-end tests and the load tool share: a database of its own, a server on a port of its own, and people in it.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot be set up must fail loudly")]

pub mod client;
pub mod database;
pub mod people;
pub mod world;

pub use client::{Answer, Client};
pub use database::{Database, Kind};
pub use people::{Craftsman, Person};
pub use world::{Replica, World};

/// Runs each test on both databases: `on_both! { a, b }` makes `sqlite::a`, `postgres::a`, …
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { $crate::world::run($crate::Kind::Sqlite, super::$name); })+
        }
        mod postgres {
            $(#[test] fn $name() { $crate::world::run($crate::Kind::Postgres, super::$name); })+
        }
    };
}
