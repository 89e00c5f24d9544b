//! The audit log 审计: who did or read what, when, why, and with what outcome.
//!
//! Every [`crate::Store::write`] that a request causes leaves an entry in the same transaction, without the request's handler
//! having to think of it: the request says who asks for what ([`within`], [`asks_for`], [`acting`]), the transaction what it is about
//! ([`crate::Tx::about`]). Entries hold ids and codes, never texts. They are only ever added; a sequencer links them into one
//! chain a region ([`link_pending`]), so that whatever is changed or missing later is found ([`Verifier`]).

mod chain;
mod checkpoint;
mod entry;
mod erasure;
mod fault;
mod origin;
mod search;
mod verify;

pub use chain::{Link, Linked, last_link, link_pending, links, regions, strays, waiting_since};
pub use checkpoint::{Checkpoint, add_checkpoint, checkpoints};
pub use entry::{Content, Entry, Outcome, digest_of};
pub use erasure::{Past, RETENTION, count_past, empty};
pub use fault::Fault;
pub use origin::{Acting, ActorKind, Origin, acting, asks_for, origin, regards, within};
pub use search::{Filter, entries_of, search};
pub use verify::{Report, Standing, Verifier, Vouched, Witness};

pub(crate) use entry::record;
pub(crate) use origin::Note;
