mod clock_set;
pub(crate) mod loop_through;
mod measures;
mod overdue;
pub(crate) mod photos;
mod races;
mod refusals;
mod returns;
