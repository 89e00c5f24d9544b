//! Social workers, their cases, and the examination.

mod case;
mod exam;
mod register;

pub use case::{Case, add_case, cases_of, end_case, load_case, open_cases};
pub use exam::{ExamRegistration, add_exam, change_exam, exam_of, exams_of, list_exams, load_exam};
pub(crate) use register::CERTIFICATE;
pub use register::{SocialWorker, Tally, WorkersOf, add, list, load, tally, update};

use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Tx;

/// Hands over what one record was as a social worker to another. Where both were, the record that stays keeps what it says.
pub(crate) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid, by: Uuid) -> Result<(), StoreError> {
    register::hand_over(tx, from, into, by)?;
    exam::hand_over(tx, from, into)
}

/// Erases the number of somebody's certificate and ends what they do; that they were a social worker stays for the totals.
pub(crate) fn forget(tx: &mut Tx, person: Uuid, by: Uuid) -> Result<(), StoreError> {
    case::end_all(tx, person, by)?;
    register::forget(tx, person)?;
    exam::forget(tx, person, by)
}
