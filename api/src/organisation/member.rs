//! Who belongs to an organisation.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::identity::Actor as Acting;
use domain::organisation::{MemberRole, MembershipEventKind, OrganisationState};
use domain::person::is_of_age;
use persistence::organisation::Organisation;
use persistence::person::Person;
use persistence::{Tx, organisation, person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::life::OrganisationPart;
use super::permitted;
use super::record::{OrganisationView, view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Nothing, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::person::input::day;
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region;
use crate::services::Services;

/// Every endpoint of members.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["organisations": add_member, remove_member, history]
}

/// Who is to belong to it.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMember {
    /// The person.
    person: Uuid,
    /// What they do in it; a plain member where it is left out, and who belongs to it already stays what they are.
    role: Option<MemberRole>,
}

/// Take a person into an organisation.
///
/// 加入成员或变更职务:由组织管理员,或其所在区划的社工、管理员办理;已是成员者只变更职务。经手或审批资金的职务只由所在区划的社工、管理员授予和变更,且须为已登记出生日期的成年人。
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
    let (who, digest, id, AddMember { person, role }) = (actor.actor, body.digest, *id, body.value);
    let shared = services.clone();
    let work = move |tx: &mut Tx| -> Result<(OrganisationView, bool), Fault> {
        let organisation = permitted::<may::ManageMembers>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(organisation.version)?;
            let person = refers(person::load(tx, person), "/person", Rule::UnknownPerson)?;
            if !organisation.region.covers(&person.division) {
                return Err(Problem::field("/person", Rule::UnknownPerson).into());
            }
            if organisation.state == OrganisationState::Dissolved {
                return Err(Code::OrganisationState.into());
            }
            if let Some(role) = role {
                may_become(tx, &shared, &who, &organisation, &person, role)?;
            }
            match role {
                Some(role) => organisation::join_as(tx, id, person.id, role)?,
                None => organisation::join(tx, id, person.id)?,
            };
        }
        Ok((view(tx, &who, organisation, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// An office that touches the fund is given and taken by staff of where the organisation is at home, never by whom it would watch; and
/// given only to who is known to be of age.
fn may_become(
    tx: &mut Tx,
    services: &Services,
    who: &Acting,
    organisation: &Organisation,
    person: &Person,
    role: MemberRole,
) -> Result<(), Fault> {
    let held = organisation::role_of(tx, organisation.id, person.id)?;
    if held == Some(role) {
        return Ok(());
    }
    let touches_fund = role.touches_fund() || held.is_some_and(MemberRole::touches_fund);
    if touches_fund && !region::may_in::<may::ManageMembers>(tx, who, &organisation.division)? {
        return Err(Problem::field("/role", Rule::OfficeByStaff).into());
    }
    let today = day(services, &organisation.division, tx.now());
    let of_age = person.birth_date.is_some_and(|birth| is_of_age(birth, today));
    if role.touches_fund() && !of_age { Err(Problem::field("/person", Rule::AdultsOnly).into()) } else { Ok(()) }
}

/// Let a person leave an organisation.
///
/// 移出成员;经手或审批资金者只由所在区划的社工、管理员移出。
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
        let organisation = permitted::<may::ManageMembers>(tx, &who, id)?;
        let touches_fund = organisation::role_of(tx, id, person)?.is_some_and(MemberRole::touches_fund);
        if touches_fund && !region::may_in::<may::ManageMembers>(tx, &who, &organisation.division)? {
            return Err(Problem::field("person", Rule::OfficeByStaff).into());
        }
        Ok(organisation::leave(tx, id, person)?)
    };
    services.store.write(work).await?;
    Ok(Nothing)
}

/// That somebody came, went, or does something else.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MembershipEvent)]
pub struct MembershipEventView {
    /// Its id.
    id: Uuid,
    /// Who.
    person: Uuid,
    /// What.
    kind: MembershipEventKind,
    /// As what, from then on or until then.
    role: MemberRole,
    /// When.
    at: DateTime<Utc>,
}

/// List who has joined and left an organisation.
///
/// 成员变动记录:加入、职务变更、退出,按时间先后。
#[utoipa::path(get, path = "/v1/organisations/{id}/membership-events", operation_id = "listMembershipEvents",
    params(("id" = Uuid, Path, description = "组织"), OrganisationPart),
    responses((status = 200, description = "成员变动", body = Page<MembershipEventView>)))]
pub async fn history(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadOrganisationFile>,
    id: Path<Uuid>,
    query: Query<OrganisationPart>,
) -> Answer<Page<MembershipEventView>> {
    let (who, id, limit) = (actor.actor, *id, page::limit(query.0.limit)?);
    let keys = services.store.keys();
    let after = query.0.cursor.as_deref().map(|cursor| page::read_cursor(keys, "membership-events", cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<MembershipEventView>, Fault> {
        permitted::<may::ReadOrganisationFile>(tx, &who, id)?;
        let events = organisation::membership_events(tx, id, after, limit + 1)?;
        let seen = |event: organisation::MembershipEvent| {
            let organisation::MembershipEvent { id, person, kind, role, at } = event;
            MembershipEventView { id, person, kind, role, at }
        };
        Ok(events.into_iter().map(seen).collect())
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), "membership-events", views, limit, |event| (event.at, event.id))
}
