//! Training 培训: courses, sessions, and who takes part.
//!
//! Whoever changes who has a seat of a session takes its turn first ([`take_turn`]) and then lets the line move up
//! ([`fill`]): one after the other, so that no seat is given twice and nobody waits beside a free one.

mod course;
mod enrolment;
mod session;

pub use course::{Certifies, Course, add_course, list_courses, load_course, update_course};
pub use enrolment::{
    Enrolment, Outcome, change_enrolment, enrolment_of, enrolments, enrolments_of, fill, line_up, line_up_again, load_enrolment,
    open_enrolments, passed_in, place_in_queue, waiting_in,
};
pub(crate) use enrolment::{forget_enrolments, hand_over_enrolments};
pub use session::{Scheduled, Session, SessionFilter, add_session, cancel_session, list_sessions, load_session, take_turn, update_session};
