//! The audit log 审计.

mod chain;
mod entries;
