//! Orders 点单 · 派单 · 接单 · 评单: the closed loop from a resident's wish to the resident's judgement.
//!
//! [`Step::from`], [`Step::to`] and [`Step::by`] are the one table of the loop. [`decide()`] takes an order, a command and
//! the facts of the moment and answers with a [`Decision`]: the order afterwards and everything that must be kept
//! with it. Nothing else changes an order.

mod command;
mod contact;
mod deadline;
mod decide;
mod decision;
mod facts;
mod judgement;
mod party;
mod policy;
mod reason;
mod record;
mod replay;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod timer;

pub use command::{Command, Placing, Proof, ProofKind, Ruling, Taking};
pub use contact::{contact, exclude};
pub use deadline::{Deadline, DeadlineKind};
pub use decide::{Facts, allowed, decide, place};
pub use decision::{Change, Decision, Refusal};
pub use facts::{
    Acting, Basis, Channel, Event, Exclusion, Group, Hazard, Offer, OfferState, Order, Party, Payment, Proposal, Side, Taker, Urgency,
    Window,
};
pub use judgement::{Contact, ContactKind, Review, ReviewChannel};
pub use party::{above_dispatcher, acting, acting_to_place, may_read, parties};
pub use policy::{OrderPolicy, UrgencyPolicy};
pub use reason::Reason;
pub use record::{OrderList, PhotoKind, TakerKind, TextKind};
pub use replay::{ReplayError, Replayed, replay};
pub use state::{Outcome, State};
pub use step::Step;
pub use timer::due_commands;
