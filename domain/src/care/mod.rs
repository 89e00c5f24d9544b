//! Care plans 照护计划: a need is served again and again, on the days of a recurrence rule (RFC 5545), until a day.
//!
//! Everything here is a function of facts: which days a rule names ([`CareSchedule`]), what may happen to a plan ([`CarePlanStep`]) and to a
//! visit ([`VisitState`]), and what the end of a plan means for the need ([`at_end`]). When things happen is decided by the worker's clock.

mod end;
mod rule;
mod state;
#[cfg(test)]
mod tests;

pub use end::{LastVisit, at_end};
pub use rule::{CareRule, CareSchedule, Occurrence, RuleFault};
pub use state::{CarePlanEnd, CarePlanState, CarePlanStep, SkipReason, VisitState};
