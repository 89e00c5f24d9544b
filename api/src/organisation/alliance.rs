//! Organisations in alliances 志愿服务联盟.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::identity::Actor as Acting;
use domain::organisation::{OrganisationKind, OrganisationState};
use domain::vocabulary::Vocabulary as _;
use persistence::organisation::{self, AllianceMember};
use persistence::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::life::OrganisationPart;
use super::{may_do, permitted};
use crate::actor::{Actor, may};
use crate::answer::{Answer, Nothing, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::services::Services;

/// Every endpoint of alliances.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["organisations": add, remove, list]
}

/// That an organisation belongs, or belonged, to an alliance.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AllianceMember)]
pub struct AllianceMemberView {
    /// The id of this belonging.
    id: Uuid,
    /// The organisation.
    organisation: Uuid,
    /// What it is called.
    name: String,
    /// Since when.
    joined_at: DateTime<Utc>,
    /// Until when; null while it belongs to it.
    left_at: Option<DateTime<Utc>>,
}

fn view(tx: &mut Tx, member: AllianceMember) -> Result<AllianceMemberView, StoreError> {
    let name = organisation::load(tx, member.member)?.name;
    let AllianceMember { id, member, joined_at, left_at } = member;
    Ok(AllianceMemberView { id, organisation: member, name, joined_at, left_at })
}

/// Which organisation is to belong to it.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddAllianceMember {
    /// The organisation.
    organisation: Uuid,
}

/// Take an organisation into an alliance.
///
/// 组织加入联盟:须同时管理联盟与该组织,或由区划的社工、管理员办理;联盟之间不得循环加入。
#[utoipa::path(post, path = "/v1/organisations/{id}/alliance-members", operation_id = "addAllianceMember",
    params(("id" = Uuid, Path, description = "联盟")), request_body = AddAllianceMember,
    responses((status = 201, description = "加入记录", body = AllianceMemberView)))]
pub async fn add(
    services: Data<Services>,
    actor: Actor<may::ManageMembers>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<AddAllianceMember>,
) -> Answer<AllianceMemberView> {
    let (who, digest, id, member, row) = (actor.actor, body.digest, *id, body.value.organisation, Uuid::now_v7());
    let work = move |tx: &mut Tx| -> Result<(AllianceMemberView, bool), Fault> {
        permitted::<may::ManageMembers>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 201, row)?;
        let row = match once {
            Once::First => {
                join(tx, &who, row, id, member)?;
                row
            }
            Once::Before(before) => before,
        };
        let found = organisation::alliance_member(tx, row)?;
        Ok((view(tx, found)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    Ok(Reply::created(view, &format!("/v1/organisations/{id}/alliance-members")).replayed(replayed))
}

fn join(tx: &mut Tx, who: &Acting, row: Uuid, id: Uuid, member: Uuid) -> Result<(), Fault> {
    let alliance = organisation::load(tx, id)?;
    if alliance.kind != OrganisationKind::VolunteerAlliance.as_str() {
        return Err(Problem::field("/organisation", Rule::NotAnAlliance).into());
    }
    if !alliance.state.lives() {
        return Err(Code::OrganisationState.into());
    }
    let found = refers(organisation::load(tx, member), "/organisation", Rule::UnknownOrganisation)?;
    if found.region != alliance.region {
        return Err(Problem::field("/organisation", Rule::UnknownOrganisation).into());
    }
    // Nobody is taken in by the word of others.
    if !may_do::<may::ManageMembers>(tx, who, &found)? {
        return Err(Code::Forbidden.into());
    }
    if found.state != OrganisationState::Active {
        return Err(Problem::field("/organisation", Rule::NotActive).into());
    }
    organisation::take_turn(tx, &alliance.region)?;
    if organisation::leads_to(tx, id, member)? {
        return Err(Problem::field("/organisation", Rule::AllianceCycle).into());
    }
    Ok(organisation::add_to_alliance(tx, row, id, member)?)
}

/// Let an organisation leave an alliance.
///
/// 组织退出联盟:由联盟或该组织的管理者,或区划的社工、管理员办理。
#[utoipa::path(delete, path = "/v1/organisations/{id}/alliance-members/{member}", operation_id = "removeAllianceMember",
    params(("id" = Uuid, Path, description = "联盟"), ("member" = Uuid, Path, description = "成员组织")),
    responses((status = 204, description = "已退出")))]
pub async fn remove(services: Data<Services>, actor: Actor<may::ManageMembers>, path: Path<(Uuid, Uuid)>) -> Result<Nothing, Problem> {
    let (who, (id, member)) = (actor.actor, path.into_inner());
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        let (alliance, leaving) = (organisation::load(tx, id)?, organisation::load(tx, member)?);
        if !(may_do::<may::ManageMembers>(tx, &who, &alliance)? || may_do::<may::ManageMembers>(tx, &who, &leaving)?) {
            return Err(Code::Forbidden.into());
        }
        organisation::take_turn(tx, &alliance.region)?;
        Ok(organisation::leave_alliance(tx, id, member)?)
    };
    services.store.write(work).await?;
    Ok(Nothing)
}

/// List the organisations of an alliance.
///
/// 联盟成员:现有与曾有的成员组织,先加入者在前。
#[utoipa::path(get, path = "/v1/organisations/{id}/alliance-members", operation_id = "listAllianceMembers",
    params(("id" = Uuid, Path, description = "联盟"), OrganisationPart),
    responses((status = 200, description = "成员组织", body = Page<AllianceMemberView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    _actor: Actor<may::ReadOrganisation>,
    id: Path<Uuid>,
    query: Query<OrganisationPart>,
) -> Answer<Page<AllianceMemberView>> {
    let (id, limit) = (*id, page::limit(query.0.limit)?);
    let keys = services.store.keys();
    let after = query.0.cursor.as_deref().map(|cursor| page::read_cursor(keys, "alliance-members", cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<AllianceMemberView>, Fault> {
        organisation::load(tx, id)?;
        let members = organisation::alliance_members(tx, id, after, limit + 1)?;
        members.into_iter().map(|member| Ok(view(tx, member)?)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), "alliance-members", views, limit, |view| view.id)
}
