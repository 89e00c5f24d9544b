//! The end of an apprenticeship before its last stage is done.

use actix_web::web::{Data, Path};
use domain::apprenticeship::{ApprenticeshipEnd, ApprenticeshipState, ApprenticeshipStep};
use domain::message::MessageKind;
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::apprenticeship::{self, Apprenticeship};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rule::{possible, tell_others, visible};
use super::view::{ApprenticeshipView, view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of ending.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["apprenticeships": end]
}

/// Why an apprenticeship is ended.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndApprenticeship {
    /// The reason; `consent_withdrawn`, `erased` and `merged` follow by themselves.
    reason: ApprenticeshipEnd,
}

/// The reasons that people may give.
fn by_people() -> String {
    let may = ApprenticeshipEnd::ALL.iter().filter(|why| why.is_for_people());
    may.map(|why| why.as_str()).collect::<Vec<_>>().join(", ")
}

/// End an apprenticeship early.
///
/// 终止师徒关系:师徒任一方,或区划的社工、管理员,须说明原因;已完成的阶段与作品保留。
#[utoipa::path(post, path = "/v1/apprenticeships/{id}/end", operation_id = "endApprenticeship", request_body = EndApprenticeship,
    params(("id" = Uuid, Path, description = "师徒关系")), responses((status = 200, description = "师徒关系", body = ApprenticeshipView)))]
pub async fn end(
    services: Data<Services>,
    actor: Actor<may::EndApprenticeship>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<EndApprenticeship>,
) -> Answer<ApprenticeshipView> {
    let (who, digest, reason, id) = (actor.actor, body.digest, body.value.reason, *id);
    if !reason.is_for_people() {
        return Err(Problem::field_with("/reason", Rule::NotInList, vec![by_people()]));
    }
    let work = move |tx: &mut Tx| -> Result<(ApprenticeshipView, bool), Fault> {
        let found = visible::<may::EndApprenticeship>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(found.version)?;
            possible(&found, ApprenticeshipStep::End)?;
            end_one(tx, found, reason, (who.account, who.person))?;
        }
        let found = apprenticeship::load(tx, id)?;
        Ok((view(tx, found, &who, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

fn end_one(tx: &mut Tx, found: Apprenticeship, why: ApprenticeshipEnd, (by, person): (Uuid, Option<Uuid>)) -> Result<(), Fault> {
    let ended_at = Some(tx.now());
    let ended = Apprenticeship { state: ApprenticeshipState::Ended, end: Some(why), asked: None, ended_at, ..found };
    apprenticeship::save(tx, &ended, by)?;
    tell_others(tx, MessageKind::ApprenticeshipEnded, &ended, person)
}

/// Ends what runs with somebody who has withdrawn the consent to be registered, as master or apprentice.
///
/// # Errors
/// The database's.
pub(crate) fn end_for(tx: &mut Tx, known_as: &[Uuid], by: Uuid) -> Result<(), Fault> {
    for found in apprenticeship::of_people(tx, known_as, None, None, i64::MAX)?.into_iter().filter(|found| found.state.is_live()) {
        end_one(tx, found, ApprenticeshipEnd::ConsentWithdrawn, (by, known_as.first().copied()))?;
    }
    Ok(())
}
