//! Pausing, resuming and ending a plan, and leaving out one of its days.

use actix_web::web::{Data, Path};
use chrono::NaiveDate;
use domain::care::{CarePlanEnd, CarePlanState, CarePlanStep, SkipReason, VisitState};
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::care::{self, Plan, Visit};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::end::end;
use super::view::{CarePlanView, one};
use super::visit::{call_off, of_day, put};
use super::{Ground, possible, unusable};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::once::{Conditions, Once};
use crate::problem::{Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of changing plans.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["care-plans": pause, resume, skip, end_plan]
}

/// Why a plan is ended.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndCarePlan {
    /// The reason; `completed`, `off_list` and `consent_withdrawn` follow by themselves.
    reason: CarePlanEnd,
}

/// Which day is left out, and why.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkipCareVisit {
    /// The local day of a visit that has not begun.
    day: NaiveDate,
    /// The reason.
    reason: SkipReason,
}

/// The reasons that people may give.
fn by_people() -> String {
    let may = CarePlanEnd::ALL.iter().filter(|why| why.is_for_people());
    may.map(|why| why.as_str()).collect::<Vec<_>>().join(", ")
}

/// What is asked of a plan.
#[derive(Clone, Copy)]
enum Asked {
    Pause,
    Resume,
    Skip(SkipCareVisit),
    End(CarePlanEnd),
}

impl Asked {
    const fn step(self) -> CarePlanStep {
        match self {
            Self::Pause => CarePlanStep::Pause,
            Self::Resume => CarePlanStep::Resume,
            Self::Skip(_) => CarePlanStep::Skip,
            Self::End(_) => CarePlanStep::End,
        }
    }
}

async fn take(
    services: &Data<Services>,
    actor: Actor<may::PlanDemand>,
    (conditions, reads): (Conditions, Reads),
    (id, digest): (Uuid, Vec<u8>),
    asked: Asked,
) -> Answer<CarePlanView> {
    let (shared, who) = (services.clone(), actor.actor);
    let work = move |tx: &mut Tx| -> Result<(CarePlanView, bool), Fault> {
        let plan = care::load(tx, id)?;
        region::within::<may::PlanDemand>(tx, &who, &plan.division)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(plan.version)?;
            possible(&plan, asked.step())?;
            match asked {
                Asked::Pause => pause_now(tx, &shared, plan, who.account)?,
                Asked::Resume => resume_now(tx, &shared, plan)?,
                Asked::Skip(skip) => skip_now(tx, &shared, plan, skip, who.account)?,
                Asked::End(why) => end(tx, &shared, &plan, why, Some(who.account))?,
            }
        }
        let plan = care::load(tx, id)?;
        Ok((one(tx, &shared, plan, &who, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// No visit is placed any more, and those that nobody has begun are called off.
fn pause_now(tx: &mut Tx, services: &Services, plan: Plan, by: Uuid) -> Result<(), Fault> {
    for visit in care::visits(tx, plan.id)?.iter().filter(|visit| visit.state == VisitState::Placed) {
        call_off(tx, services, visit, Some(by))?;
    }
    Ok(care::save(tx, &Plan { state: CarePlanState::Paused, next_day: None, act_at: None, ..plan })?)
}

/// Visits go on with the first one that has not begun. Those of the pause stay out: nobody was expected.
fn resume_now(tx: &mut Tx, services: &Services, plan: Plan) -> Result<(), Fault> {
    let ground = Ground::of(tx, services, &plan)?;
    let next = ground.schedule.beginning_after(tx.now()).map_err(unusable)?;
    Ok(care::save(tx, &Plan { state: CarePlanState::Active, ..ground.awaiting(plan, next) })?)
}

fn skip_now(tx: &mut Tx, services: &Services, plan: Plan, skip: SkipCareVisit, by: Uuid) -> Result<(), Fault> {
    let none = || Problem::field("/day", Rule::NoVisit);
    let ground = Ground::of(tx, services, &plan)?;
    let mut due = ground.schedule.occurrences().map_err(unusable)?.into_iter();
    let next = due.find(|next| next.day == skip.day && next.window.start > tx.now()).ok_or_else(none)?;
    if let Some(placed) = care::on(tx, plan.id, next.day)?.filter(|visit| visit.state == VisitState::Placed) {
        call_off(tx, services, &placed, Some(by))?;
    }
    let before = care::on(tx, plan.id, next.day)?;
    if before.as_ref().is_some_and(|before| before.state != VisitState::Cancelled) {
        return Err(none().into());
    }
    let order = before.as_ref().and_then(|before| before.order);
    let left_out = of_day(tx, &plan, next, VisitState::Skipped, &ground.policy.version);
    put(tx, before.as_ref(), &Visit { order, skip: Some(skip.reason), ..left_out })?;
    Ok(care::save(tx, &plan)?)
}

/// Pause a care plan.
///
/// 暂停计划:不再点单,已点而尚未开始的上门随即取消。
#[utoipa::path(post, path = "/v1/care-plans/{id}/pause", operation_id = "pauseCarePlan", request_body = Empty,
    params(("id" = Uuid, Path, description = "计划")), responses((status = 200, description = "照护计划", body = CarePlanView)))]
pub async fn pause(
    services: Data<Services>,
    actor: Actor<may::PlanDemand>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<CarePlanView> {
    take(&services, actor, (conditions, reads), (*id, body.digest), Asked::Pause).await
}

/// Resume a care plan.
///
/// 恢复计划:自下一次尚未开始的上门起继续点单;暂停期间的上门不补。
#[utoipa::path(post, path = "/v1/care-plans/{id}/resume", operation_id = "resumeCarePlan", request_body = Empty,
    params(("id" = Uuid, Path, description = "计划")), responses((status = 200, description = "照护计划", body = CarePlanView)))]
pub async fn resume(
    services: Data<Services>,
    actor: Actor<may::PlanDemand>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<CarePlanView> {
    take(&services, actor, (conditions, reads), (*id, body.digest), Asked::Resume).await
}

/// Leave out one visit of a care plan.
///
/// 跳过某一天的上门(EXDATE):须说明原因;已点而尚未开始的订单随即取消。
#[utoipa::path(post, path = "/v1/care-plans/{id}/skip", operation_id = "skipCareVisit", request_body = SkipCareVisit,
    params(("id" = Uuid, Path, description = "计划")), responses((status = 200, description = "照护计划", body = CarePlanView)))]
pub async fn skip(
    services: Data<Services>,
    actor: Actor<may::PlanDemand>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<SkipCareVisit>,
) -> Answer<CarePlanView> {
    take(&services, actor, (conditions, reads), (*id, body.digest), Asked::Skip(body.value)).await
}

/// End a care plan.
///
/// 结束计划:须说明原因;尚未开始的上门取消,说明文字随即清除;需求按最后一次已服务的上门处理,从未服务的退回清单。
#[utoipa::path(post, path = "/v1/care-plans/{id}/end", operation_id = "endCarePlan", request_body = EndCarePlan,
    params(("id" = Uuid, Path, description = "计划")), responses((status = 200, description = "照护计划", body = CarePlanView)))]
pub async fn end_plan(
    services: Data<Services>,
    actor: Actor<may::PlanDemand>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<EndCarePlan>,
) -> Answer<CarePlanView> {
    if !body.value.reason.is_for_people() {
        return Err(Problem::field_with("/reason", Rule::NotInList, vec![by_people()]));
    }
    take(&services, actor, (conditions, reads), (*id, body.digest), Asked::End(body.value.reason)).await
}
