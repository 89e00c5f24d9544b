mod clock_set;
pub(crate) mod loop_through;
mod measures;
mod overdue;
mod photos;
mod races;
mod refusals;
mod returns;
