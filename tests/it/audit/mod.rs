//! The audit log 审计.

mod chain;
mod entries;
mod erased;
mod proof;
mod retention;
