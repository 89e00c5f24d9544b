//! Training 培训 over HTTP: courses, sessions, who takes part, and what it gives.

mod course;
mod enrol;
mod record;
mod result;
mod session;
mod view;

pub(crate) use record::{RecordView, record_of};

use domain::Timestamp;
use domain::region::DivisionCode;
use domain::training::EnrolmentRefusal;
use domain::vocabulary::Vocabulary as _;
use persistence::training::Session;
use persistence::{Tx, region};

use crate::endpoint::Endpoint;
use crate::problem::{Code, Fault, Problem, Rule};

/// Every endpoint of training.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [course::endpoints(), session::endpoints(), enrol::endpoints(), result::endpoints(), record::endpoints()]
        .into_iter()
        .flatten()
        .collect()
}

/// Whether something that is for the people of a division is for somebody who lives in another, also where that one was merged
/// into it.
///
/// # Errors
/// The database's.
fn is_for(tx: &mut Tx, division: &DivisionCode, home: &DivisionCode) -> Result<bool, Fault> {
    Ok(region::lies_in(home, &region::ranges(tx, division)?))
}

/// What a caller is told of a step that cannot be taken.
fn refused(refusal: EnrolmentRefusal, session: &Session) -> Fault {
    let problem = match refusal {
        EnrolmentRefusal::State(state) => {
            Problem::stands_against(Code::EnrolmentStep, Rule::EnrolmentStep, vec![state.as_str().to_owned()])
        }
        EnrolmentRefusal::Cancelled => Code::SessionCancelled.into(),
        EnrolmentRefusal::Begun => Code::SessionBegun.into(),
        EnrolmentRefusal::NotBegun => too_early(session.starts_at),
        EnrolmentRefusal::NotEnded => too_early(session.ends_at),
    };
    problem.because(refusal).into()
}

fn too_early(from: Timestamp) -> Problem {
    let mut problem = Problem::from(Code::TooEarly);
    problem.facts.from = Some(from);
    problem
}
