//! Care plans 照护计划 and their visits.

mod plan;
mod visit;

pub(crate) use plan::{ADDRESS, NOTE, forget, hand_over};
pub use plan::{Plan, PlanFilter, add, due, live_of, load, newest, of_people, postpone, save};
pub use visit::{Visit, keep, of_order, on, save as save_visit, to_ask, visits};
