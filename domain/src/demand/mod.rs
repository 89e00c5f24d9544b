//! Demand lists 需求清单 of the three groups 一老一小一青: what is needed in a grid, kept alive.
//!
//! [`DemandStep::from`] and [`DemandStep::to`] are the one table of an item's life. [`decide()`] takes an item, a command and the facts of the
//! moment, and answers with the item afterwards and the event that is kept with it. Nothing else changes an item.

mod decide;
mod fate;
mod item;
mod policy;
mod priority;
mod step;
#[cfg(test)]
mod tests;
mod words;

pub use decide::{Command, Decision, Edit, Entering, Facts, Refusal, allowed, decide, enter, withdraw};
pub use fate::{Fate, fate};
pub use item::{Category, Item, Subject};
pub use policy::{CarePlanNumbers, DemandPolicy, PriorityWeights, VerifyDays};
pub use priority::{Score, Term, priority};
pub use step::DemandStep;
pub use words::{CareCategory, DemandListKind, DemandState, DropReason, PriorityTerm, Source, SubjectKind, Vulnerability};
