//! Training 培训: sessions with seats and a waiting list, and what taking part gives.

mod credit;
mod enrolment;
mod seats;

#[cfg(test)]
mod tests;

pub use credit::{Credit, CreditYear, credits_by_year};
pub use enrolment::{EnrolmentRefusal, EnrolmentState, EnrolmentStep, Moment, SessionState, SessionTime};
pub use seats::moving_up;
