//! The clock's work: a certification that does not hold any more is told to staff, once.

use actix_web::web;
use domain::apprenticeship::ApprenticeshipPolicy;
use domain::message::MessageKind;
use persistence::Tx;
use persistence::apprenticeship::{self, keep_certification};
use persistence::audit::{self, Origin};
use uuid::Uuid;

use super::rule::{certification, tell_staff};
use crate::problem::{Fault, Problem};
use crate::region::policy::of_version;
use crate::services::Services;

/// Apprenticeships that one turn takes on.
const BATCH: i64 = 100;

/// Does what is due about apprenticeships.
///
/// # Errors
/// The database's.
pub(crate) async fn turn(services: &web::Data<Services>) -> Result<(), Problem> {
    audit::within(std::sync::Arc::new(Origin::clock("apprenticeships")), async {
        for id in services.store.read::<_, Fault>(|tx| Ok(apprenticeship::lapsing(tx, BATCH)?)).await? {
            let seen = services.store.write::<_, Fault>(move |tx| see_to(tx, id)).await;
            if let Err(problem) = seen.map_err(Problem::from) {
                tracing::error!(apprenticeship = %id, code = problem.code.as_str(), cause = problem.cause(), "staff could not be told yet");
            }
        }
        Ok(())
    })
    .await
}

/// Another certification takes the place of one that does not hold any more; where there is none, staff are told.
fn see_to(tx: &mut Tx, id: Uuid) -> Result<(), Fault> {
    tx.about("apprenticeships", id);
    let found = apprenticeship::load(tx, id)?;
    tx.in_region(&found.region);
    let policy: ApprenticeshipPolicy = of_version(tx, &found.region, &found.policy_version)?;
    if let Some(held) = certification(tx, &policy, found.master, found.craft)? {
        return Ok(keep_certification(tx, id, Some(held.id), None)?);
    }
    let lapsed = Some(tx.now());
    keep_certification(tx, id, found.certification, lapsed)?;
    tell_staff(tx, MessageKind::MasterUncertified, &found)
}
