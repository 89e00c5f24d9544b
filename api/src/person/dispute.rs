//! Documents that two people claim, and whose they are.

use actix_web::web::{Data, Path};
use domain::identity::{Action, may_in};
use persistence::Tx;
use persistence::person::{self, Holder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::of_another;
use super::view::{PersonView, person_view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::Page;
use crate::problem::{Code, Fault};
use crate::services::Services;

/// Every endpoint of disputed documents.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": list_disputes, settle]
}

/// The most disputes that a list shows; those that are settled make room.
const SHOWN: i64 = 50;

/// Two people with one document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentDispute {
    /// Who came later.
    claimant: PersonView,
    /// Who was on record with it; null where that person lives outside of the caller's divisions, or is gone.
    other: Option<PersonView>,
}

/// List the documents that two people claim.
///
/// 证件争议:自行登记时所填证件已属他人者,登记照常完成而不提示,由工作人员核实后合并或裁定归属。
#[utoipa::path(get, path = "/v1/document-disputes", operation_id = "listDocumentDisputes",
    responses((status = 200, description = "证件争议(脱敏)", body = Page<DocumentDispute>)))]
pub async fn list_disputes(services: Data<Services>, actor: Actor<may::MergePersons>, reads: Reads) -> Answer<Page<DocumentDispute>> {
    let (shared, scopes, who) = (services.clone(), actor.scopes(), actor.actor);
    let work = move |tx: &mut Tx| -> Result<Vec<DocumentDispute>, Fault> {
        let mut found = Vec::new();
        for claimant in person::disputes(tx, &scopes, SHOWN)? {
            let other = claimant.document.as_ref().map(|document| person::find_by_document(tx, document)).transpose()?.flatten();
            let other = other.filter(|other| may_in(Action::MergePersons, &who, &other.division));
            let other = other.map(|other| person_view(tx, &shared, other, reads.0)).transpose()?;
            found.push(DocumentDispute { claimant: person_view(tx, &shared, claimant, reads.0)?, other });
        }
        Ok(found)
    };
    let items = services.store.read(work).await?;
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// Whose a disputed document is.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleDispute {
    /// Whether it is the one of the person named in the path; else that person loses it.
    is_theirs: bool,
}

/// Say whose a disputed document is.
///
/// 裁定证件归属:归本人则另一人的证件登记删除,否则删除本人所填证件;确系同一人者请合并。
#[utoipa::path(post, path = "/v1/persons/{id}/document-dispute", operation_id = "settleDocumentDispute",
    params(("id" = Uuid, Path, description = "后登记者")), request_body = SettleDispute,
    responses((status = 200, description = "后登记者(脱敏)", body = PersonView)))]
pub async fn settle(
    services: Data<Services>,
    actor: Actor<may::MergePersons>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<SettleDispute>,
) -> Answer<PersonView> {
    let (shared, who, digest, id) = (services.clone(), actor.actor, body.digest, *id);
    let holder = if body.value.is_theirs { Holder::Claimant } else { Holder::Other };
    let work = move |tx: &mut Tx| -> Result<(PersonView, bool), Fault> {
        let claimant = of_another::<may::MergePersons>(tx, &who, id)?;
        tx.about("persons", claimant.id);
        let once = conditions.once(tx, who.account, &digest, 200, claimant.id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(claimant.version)?;
            let document = claimant.document.clone().ok_or(Code::NotFound)?;
            let other = person::find_by_document(tx, &document)?;
            if other.as_ref().is_some_and(|other| other.id == claimant.id) {
                return Err(Code::NotFound.into());
            }
            let other = match other {
                // Somebody's document is taken away only by who may change that record, too.
                Some(other) if holder == Holder::Claimant => Some(of_another::<may::MergePersons>(tx, &who, other.id)?.id),
                _ => None,
            };
            person::settle_dispute(tx, claimant.id, &document, holder, other, who.account)?;
        }
        let person = person::load(tx, claimant.id)?;
        Ok((person_view(tx, &shared, person, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
