//! Personal data: keys, plain values, consents, erasure, export.

mod carried_over;
mod consents;
mod disputes;
mod erasure;
mod export;
mod keys;
mod plain;
mod withdrawals;
