//! What the end-to-end tests, the load tool and the fault tool share: a database of its own, a server on a port of its own, and
//! people in it.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot be set up must fail loudly")]

mod appointment;
mod apprenticeship;
pub mod client;
pub mod database;
mod ground;
pub mod http;
mod partnership;
pub mod people;
pub mod postgres;
pub mod process;
pub mod program;
pub mod synthetic;
mod training;
pub mod wire;
pub mod world;

pub use client::{Answer, Client};
pub use database::{Database, Kind};
pub use people::{Craftsman, Person};
pub use postgres::Postgres;
pub use process::{Process, Served};
pub use program::{Program, Server};
pub use wire::Wire;
pub use world::{Replica, World};

/// What can fail in a tool: everything, with words for whoever started it.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

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
