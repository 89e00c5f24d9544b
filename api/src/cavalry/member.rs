//! Joining the cavalry and leaving it.

use actix_web::web::{Data, Path};
use domain::cavalry::{DutyEnd, Employment};
use domain::identity::Actor as Acting;
use persistence::cavalry::{self, Member};
use persistence::person::Person;
use persistence::{Tx, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::hold;
use super::view::{MemberView, known, view};
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::person::view::volunteer_of;
use crate::problem::{Code, Fault, not_for_cavalry};
use crate::region;
use crate::services::Services;

/// Every endpoint of who belongs to it.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["cavalry": join, own, leave, enrol, remove]
}

/// How somebody takes part.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinCavalry {
    /// How they work.
    employment: Employment,
    /// Whether emergencies may ring them while they are on duty.
    emergency_ready: bool,
}

/// Nothing is said with it.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveCavalry {}

/// Whom a request is about: oneself, or somebody of the actor's divisions; others are not there.
fn about(tx: &mut Tx, actor: &Acting, of: Option<Uuid>) -> Result<Person, Fault> {
    let own = actor.person;
    let person = person::load(tx, of.or(own).ok_or(Code::PersonRequired)?)?;
    if of.is_some() && own != Some(person.id) {
        region::within::<may::JoinCavalry>(tx, actor, &person.division)?;
    }
    Ok(person)
}

/// Joins, joins again, or changes what was said.
fn enter(tx: &mut Tx, person: &Person, asked: JoinCavalry, by: Uuid, conditions: &Conditions) -> Result<(), Fault> {
    let volunteer = volunteer_of(tx, person.id)?.ok_or_else(|| not_for_cavalry(&[domain::dispatch::Ineligible::NotActive]))?;
    hold(tx, person, &volunteer.region)?;
    let JoinCavalry { employment, emergency_ready } = asked;
    let now = tx.now();
    match known(tx, person.id)? {
        Some(before) => {
            conditions.expect_version(before.version)?;
            let joined_at = if before.active { before.joined_at } else { now };
            let (region, division) = (volunteer.region, volunteer.division);
            Ok(cavalry::update(tx, &Member { region, division, employment, emergency_ready, active: true, by, joined_at, ..before })?)
        }
        None => {
            let member = Member {
                person: person.id,
                region: volunteer.region,
                division: volunteer.division,
                employment,
                emergency_ready,
                active: true,
                version: 1,
                by,
                joined_at: now,
            };
            Ok(cavalry::join(tx, &member)?)
        }
    }
}

/// Ends the duty, deletes the position, and lets the person leave; who has left stays as they are.
fn depart(tx: &mut Tx, member: &Member, by: Uuid, conditions: &Conditions) -> Result<(), Fault> {
    if !member.active {
        tx.changes_nothing();
        return Ok(());
    }
    conditions.expect_version(member.version)?;
    cavalry::end(tx, member.person, DutyEnd::LeftCavalry)?;
    Ok(cavalry::leave(tx, member, by)?)
}

/// What is asked for about somebody.
#[derive(Clone, Copy)]
enum Asked {
    Join(JoinCavalry),
    Leave,
}

/// Does it, for oneself or for somebody of the actor's divisions.
async fn change(
    services: &Services,
    actor: Actor<may::JoinCavalry>,
    conditions: Conditions,
    (of, digest): (Option<Uuid>, Vec<u8>),
    asked: Asked,
) -> Answer<MemberView> {
    let who = actor.actor;
    let work = move |tx: &mut Tx| -> Result<(MemberView, bool), Fault> {
        let person = about(tx, &who, of)?;
        if matches!(asked, Asked::Leave) {
            cavalry::load(tx, person.id)?;
        }
        let once = conditions.once(tx, who.account, &digest, 200, person.id)?;
        if matches!(once, Once::First) {
            match asked {
                Asked::Join(asked) => enter(tx, &person, asked, who.account, &conditions)?,
                Asked::Leave => {
                    let member = cavalry::load(tx, person.id)?;
                    depart(tx, &member, who.account, &conditions)?;
                }
            }
        }
        let member = cavalry::load(tx, person.id)?;
        Ok((view(tx, &person, member, who.person == Some(person.id))?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Join the light cavalry, or change what was said.
///
/// 加入移动轻骑兵或变更信息:须为在岗、已成年的志愿者;注明就业形态与是否参与应急;已退出的可重新加入。
#[utoipa::path(post, path = "/v1/me/cavalry", operation_id = "joinCavalry", request_body = JoinCavalry,
    responses((status = 200, description = "轻骑兵", body = MemberView)))]
pub async fn join(
    services: Data<Services>,
    actor: Actor<may::JoinCavalry>,
    conditions: Conditions,
    body: Json<JoinCavalry>,
) -> Answer<MemberView> {
    change(&services, actor, conditions, (None, body.digest), Asked::Join(body.value)).await
}

/// Read what one is in the light cavalry.
///
/// 本人的轻骑兵信息:含当前值守与所在网格单元(仅保存一个单元,下线即删)。
#[utoipa::path(get, path = "/v1/me/cavalry", operation_id = "readOwnCavalry",
    responses((status = 200, description = "轻骑兵", body = MemberView)))]
pub async fn own(services: Data<Services>, actor: Actor<may::ReadOwn>) -> Answer<MemberView> {
    let person = actor.actor.person.ok_or(Code::PersonRequired)?;
    let work = move |tx: &mut Tx| -> Result<MemberView, Fault> {
        let person = person::load(tx, person)?;
        let member = cavalry::load(tx, person.id)?;
        view(tx, &person, member, true)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Leave the light cavalry.
///
/// 退出移动轻骑兵:值守随即结束,位置立即删除;无须说明理由。
#[utoipa::path(post, path = "/v1/me/cavalry/leave", operation_id = "leaveCavalry", request_body = LeaveCavalry,
    responses((status = 200, description = "轻骑兵", body = MemberView)))]
pub async fn leave(
    services: Data<Services>,
    actor: Actor<may::JoinCavalry>,
    conditions: Conditions,
    body: Json<LeaveCavalry>,
) -> Answer<MemberView> {
    change(&services, actor, conditions, (None, body.digest), Asked::Leave).await
}

/// Enrol somebody in the light cavalry, or change what was said.
///
/// 代为登记轻骑兵:由所在区划的工作人员办理,条件同本人加入。
#[utoipa::path(post, path = "/v1/persons/{id}/cavalry", operation_id = "enrolInCavalry", params(("id" = Uuid, Path, description = "人员")),
    request_body = JoinCavalry, responses((status = 200, description = "轻骑兵", body = MemberView)))]
pub async fn enrol(
    services: Data<Services>,
    actor: Actor<may::JoinCavalry>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<JoinCavalry>,
) -> Answer<MemberView> {
    change(&services, actor, conditions, (Some(*id), body.digest), Asked::Join(body.value)).await
}

/// Remove somebody from the light cavalry.
///
/// 代为退出轻骑兵:值守随即结束,位置立即删除。
#[utoipa::path(post, path = "/v1/persons/{id}/cavalry/leave", operation_id = "removeFromCavalry",
    params(("id" = Uuid, Path, description = "人员")), request_body = LeaveCavalry,
    responses((status = 200, description = "轻骑兵", body = MemberView)))]
pub async fn remove(
    services: Data<Services>,
    actor: Actor<may::JoinCavalry>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<LeaveCavalry>,
) -> Answer<MemberView> {
    change(&services, actor, conditions, (Some(*id), body.digest), Asked::Leave).await
}
