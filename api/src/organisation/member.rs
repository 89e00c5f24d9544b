//! Who belongs to an organisation.

use actix_web::web::{Data, Path};
use persistence::{Tx, organisation, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::record::{OrganisationView, managed, view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Nothing, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Fault, Problem, Rule, refers};
use crate::services::Services;

/// Every endpoint of members.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["organisations": add_member, remove_member]
}

/// Who is to belong to it.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMember {
    /// The person.
    person: Uuid,
}

/// Take a person into an organisation.
///
/// 加入成员:由组织管理员,或其所在区划的社工、管理员办理;已是成员者不变。
#[utoipa::path(post, path = "/v1/organisations/{id}/members", operation_id = "addMember",
    params(("id" = Uuid, Path, description = "组织")), request_body = AddMember,
    responses((status = 200, description = "组织及成员", body = OrganisationView)))]
pub async fn add_member(
    services: Data<Services>,
    actor: Actor<may::ManageMembers>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<AddMember>,
) -> Answer<OrganisationView> {
    let (who, digest, id, person) = (actor.actor, body.digest, *id, body.value.person);
    let work = move |tx: &mut Tx| -> Result<(OrganisationView, bool), Fault> {
        let organisation = managed(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(organisation.version)?;
            let person = refers(person::load(tx, person), "/person", Rule::UnknownPerson)?;
            if !organisation.region.covers(&person.division) {
                return Err(Problem::field("/person", Rule::UnknownPerson).into());
            }
            organisation::join(tx, id, person.id)?;
        }
        Ok((view(tx, &who, organisation, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Let a person leave an organisation.
///
/// 移出成员。
#[utoipa::path(delete, path = "/v1/organisations/{id}/members/{person}", operation_id = "removeMember",
    params(("id" = Uuid, Path, description = "组织"), ("person" = Uuid, Path, description = "成员")),
    responses((status = 204, description = "已移出")))]
pub async fn remove_member(
    services: Data<Services>,
    actor: Actor<may::ManageMembers>,
    path: Path<(Uuid, Uuid)>,
) -> Result<Nothing, Problem> {
    let (who, (id, person)) = (actor.actor, path.into_inner());
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        managed(tx, &who, id)?;
        Ok(organisation::leave(tx, id, person)?)
    };
    services.store.write(work).await?;
    Ok(Nothing)
}
