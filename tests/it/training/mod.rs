//! Training: seats and the waiting list, attendance, results, and what they give.

mod enrolling;
mod results;
