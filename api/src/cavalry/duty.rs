//! Going on duty, saying where one is, and going off.

use actix_web::web::Data;
use domain::cavalry::{CavalryPolicy, DutyEnd, cell, expires};
use domain::geo::{Position, PositionError};
use persistence::Tx;
use persistence::cavalry::{self, Duty, Member, OnDuty};
use persistence::person::{self, Person};
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
use crate::order::view::PositionView;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region::policy::in_force;
use crate::services::Services;

/// Every endpoint of being on duty.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["cavalry": begin, report, end]
}

/// Where somebody is.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhereIAm {
    /// Where; rounded to a cell before it is kept.
    position: PositionView,
}

/// Nothing is said with it.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoOffDuty {}

impl WhereIAm {
    fn read(self) -> Result<Position, Problem> {
        let PositionView { longitude, latitude, crs } = self.position;
        let out_of = |field: &str, most: i64| {
            Problem::field_with(format!("/position/{field}"), Rule::OutOfRange, vec![(-most).to_string(), most.to_string()])
        };
        Position::from_crs(longitude, latitude, crs).map_err(|error| match error {
            PositionError::Longitude => out_of("longitude", 180),
            PositionError::Latitude => out_of("latitude", 90),
        })
    }
}

/// What is asked for about one's own duty.
#[derive(Clone, Copy)]
enum Asked {
    Begin(Position, Uuid),
    Report(Position),
    End,
}

/// The member that somebody is now.
fn member(tx: &mut Tx, person: Uuid) -> Result<Member, Fault> {
    Ok(known(tx, person)?.filter(|member| member.active).ok_or(Code::NotInCavalry)?)
}

/// A time on duty whose time is not up. One that is up and was not ended yet by the clock is ended here.
fn going_on(tx: &mut Tx, member: &Member) -> Result<Option<OnDuty>, Fault> {
    match cavalry::on_duty(tx, member.person)? {
        Some(duty) if duty.expires_at <= tx.now() => {
            end_overdue(tx, member, duty)?;
            Ok(None)
        }
        duty => Ok(duty),
    }
}

/// Ends a time on duty whose time was up, by the policy that it began with; `false` where something was heard since.
///
/// # Errors
/// The database's.
pub(super) fn end_overdue(tx: &mut Tx, member: &Member, duty: OnDuty) -> Result<bool, Fault> {
    let policy: CavalryPolicy = in_force(tx, &member.region, duty.since)?;
    let (_, why) = expires(duty.since, duty.heard_at, &policy);
    Ok(cavalry::end_expired(tx, member.person, duty.expires_at, why)?)
}

/// Begins a duty; whoever is on duty only says where they are.
fn start(tx: &mut Tx, person: &Person, position: Position, id: Uuid) -> Result<(), Fault> {
    let member = member(tx, person.id)?;
    hold(tx, person, &member.region)?;
    if let Some(duty) = going_on(tx, &member)? {
        return hear(tx, &member, duty, position);
    }
    let now = tx.now();
    let policy: CavalryPolicy = in_force(tx, &member.region, now)?;
    let (expires_at, _) = expires(now, now, &policy);
    let duty = Duty {
        id,
        person: member.person,
        region: member.region,
        division: member.division,
        policy_version: policy.version,
        started_at: now,
        ended_at: None,
        end: None,
    };
    let cell = cell(position, policy.cell_metres).map_err(Problem::internal)?;
    Ok(cavalry::start(tx, &duty, cell, expires_at)?)
}

/// Overwrites the cell; the duty lasts longer.
fn hear(tx: &mut Tx, member: &Member, duty: OnDuty, position: Position) -> Result<(), Fault> {
    let policy: CavalryPolicy = in_force(tx, &member.region, duty.since)?;
    let (expires_at, _) = expires(duty.since, tx.now(), &policy);
    let cell = cell(position, policy.cell_metres).map_err(Problem::internal)?;
    if cavalry::hear(tx, member.person, duty.duty, cell, expires_at)? { Ok(()) } else { Err(Code::NotOnDuty.into()) }
}

fn act(tx: &mut Tx, person: &Person, asked: Asked) -> Result<(), Fault> {
    match asked {
        Asked::Begin(position, id) => start(tx, person, position, id),
        Asked::Report(position) => {
            let member = member(tx, person.id)?;
            let duty = cavalry::on_duty(tx, member.person)?.filter(|duty| duty.expires_at > tx.now()).ok_or(Code::NotOnDuty)?;
            hear(tx, &member, duty, position)
        }
        Asked::End => {
            let member = member(tx, person.id)?;
            let ended = match cavalry::on_duty(tx, member.person)? {
                Some(duty) if duty.expires_at <= tx.now() => end_overdue(tx, &member, duty)?,
                Some(_) => cavalry::end(tx, member.person, DutyEnd::Own)?,
                None => false,
            };
            if !ended {
                tx.changes_nothing();
            }
            Ok(())
        }
    }
}

/// Does it. The key of a request is bound to a signature of the body and not to its digest: there are few cells to try.
async fn change(
    services: &Services,
    actor: Actor<may::BeOnDuty>,
    conditions: Conditions,
    digest: Vec<u8>,
    asked: Asked,
) -> Answer<MemberView> {
    let (who, person) = (actor.account(), actor.actor.person.ok_or(Code::PersonRequired)?);
    let work = move |tx: &mut Tx| -> Result<(MemberView, bool), Fault> {
        let person = person::load(tx, person)?;
        let signed = tx.keys().sign("cavalry-position", &digest);
        let once = conditions.once(tx, who, &signed, 200, person.id)?;
        if matches!(once, Once::First) {
            act(tx, &person, asked)?;
        }
        let member = cavalry::load(tx, person.id)?;
        Ok((view(tx, &person, member, true)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Go on duty.
///
/// 上线值守:报送当前位置,仅保存所在网格单元;长时间未更新或达到最长时限自动下线;已在线者视为更新位置。
#[utoipa::path(post, path = "/v1/me/cavalry/duty", operation_id = "goOnDuty", request_body = WhereIAm,
    responses((status = 200, description = "轻骑兵", body = MemberView)))]
pub async fn begin(
    services: Data<Services>,
    actor: Actor<may::BeOnDuty>,
    conditions: Conditions,
    body: Json<WhereIAm>,
) -> Answer<MemberView> {
    let position = body.value.read()?;
    change(&services, actor, conditions, body.digest, Asked::Begin(position, Uuid::now_v7())).await
}

/// Say where one is while on duty.
///
/// 更新位置:覆盖此前的单元,不留轨迹。
#[utoipa::path(post, path = "/v1/me/cavalry/duty/position", operation_id = "reportPosition", request_body = WhereIAm,
    responses((status = 200, description = "轻骑兵", body = MemberView)))]
pub async fn report(
    services: Data<Services>,
    actor: Actor<may::BeOnDuty>,
    conditions: Conditions,
    body: Json<WhereIAm>,
) -> Answer<MemberView> {
    let position = body.value.read()?;
    change(&services, actor, conditions, body.digest, Asked::Report(position)).await
}

/// Go off duty.
///
/// 下线:值守结束,位置立即删除;未在线者保持原样。
#[utoipa::path(post, path = "/v1/me/cavalry/duty/end", operation_id = "goOffDuty", request_body = GoOffDuty,
    responses((status = 200, description = "轻骑兵", body = MemberView)))]
pub async fn end(
    services: Data<Services>,
    actor: Actor<may::BeOnDuty>,
    conditions: Conditions,
    body: Json<GoOffDuty>,
) -> Answer<MemberView> {
    change(&services, actor, conditions, body.digest, Asked::End).await
}
