//! Social workers 社会工作者 over HTTP: the register, continuing education, cases, the examination.

mod case;
mod count;
mod exam;
pub(crate) mod register;
mod view;

pub(crate) use exam::{ExamView, exams_of};
pub(crate) use view::{SocialWorkerView, own};

use domain::identity::Actor;
use persistence::Tx;
use persistence::social_worker::{self, SocialWorker};
use uuid::Uuid;

use crate::actor::may;
use crate::endpoint::Endpoint;
use crate::problem::Fault;
use crate::region;

/// Every endpoint of social workers.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [register::endpoints(), case::endpoints(), count::endpoints(), exam::endpoints()].into_iter().flatten().collect()
}

/// A social worker whom the actor may know of: of a division where they may, or themselves.
///
/// # Errors
/// [`crate::problem::Code::NotFound`], or the database's.
fn readable(tx: &mut Tx, actor: &Actor, person: Uuid) -> Result<SocialWorker, Fault> {
    let worker = social_worker::load(tx, person)?;
    if actor.person != Some(worker.person) {
        region::within::<may::ReadSocialWorkers>(tx, actor, &worker.division)?;
    }
    Ok(worker)
}
