//! The clock's work: whoever has been silent for too long, or on duty for as long as may be, is on duty no more.

use std::sync::Arc;

use actix_web::web;
use persistence::audit::{self, Origin};
use persistence::{Tx, cavalry};
use uuid::Uuid;

use super::duty::end_overdue;
use crate::problem::{Fault, Problem};
use crate::services::Services;

/// Times on duty that one turn ends.
const BATCH: i64 = 500;

/// Ends what is over, and deletes where people were.
///
/// # Errors
/// The database's.
pub(crate) async fn turn(services: &web::Data<Services>) -> Result<(), Problem> {
    let due = services.store.read::<_, Fault>(|tx| {
        let now = tx.now();
        Ok(cavalry::due(tx, now, BATCH)?)
    });
    let due = due.await?;
    audit::within(Arc::new(Origin::clock("cavalry_duties")), async {
        for person in due {
            let ended = services.store.write::<_, Fault>(move |tx| end_one(tx, person)).await;
            if let Err(problem) = ended.map_err(Problem::from) {
                tracing::error!(%person, code = problem.code.as_str(), cause = problem.cause(), "a time on duty could not be ended");
            }
        }
    })
    .await;
    Ok(())
}

fn end_one(tx: &mut Tx, person: Uuid) -> Result<(), Fault> {
    tx.about("persons", person);
    let now = tx.now();
    let over = cavalry::on_duty(tx, person)?.filter(|duty| duty.expires_at <= now);
    let ended = match over {
        Some(duty) => {
            let member = cavalry::load(tx, person)?;
            end_overdue(tx, &member, duty)?
        }
        None => false,
    };
    if !ended {
        tx.changes_nothing();
    }
    Ok(())
}
