//! What a taker does: accept, decline, release, name members, check in, finish, mend.

use actix_web::web::{Data, Path};
use chrono::{DateTime, TimeDelta, Utc};
use domain::geo::Position;
use domain::order::{Command, Proof, ProofKind, Reason, Taker, Window};
use persistence::candidate::{self, Occasion};
use persistence::order::{self, Loaded, TextKind};
use persistence::{Tx, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::station::WithReason;
use super::step::{Request, WRONG_CODES, check_in_code, take, text};
use super::view::{OrderView, PositionView};
use crate::actor::{Actor, Permission, Reads, may};
use crate::answer::Answer;
use crate::body::Json;
use crate::once::Conditions;
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::services::Services;

/// Saying yes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptOrder {
    /// For which organisation, where the offer was made to one; the caller's own offer where it is left out.
    organisation: Option<Uuid>,
    /// When the service will begin: within the time that the resident wants; its start where it is left out.
    start: Option<DateTime<Utc>>,
    /// The members of the organisation who will serve; they may also be named later.
    #[serde(default)]
    #[schema(max_items = 100)]
    members: Vec<Uuid>,
}

/// Accept an order.
///
/// 接单:派单仍有效且此刻符合条件者,先到先得;其余派单同时撤回。
#[utoipa::path(post, path = "/v1/orders/{id}/accept", operation_id = "acceptOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = AcceptOrder, responses((status = 200, description = "接单后的订单", body = OrderView)))]
pub async fn accept(
    services: Data<Services>,
    actor: Actor<may::AcceptOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<AcceptOrder>,
) -> Answer<OrderView> {
    let yes = body.value;
    let taker = own_taker(&actor, yes.organisation)?;
    let request = Request { id: *id, digest: body.digest, texts: Vec::new(), language: reads.0 };
    take(&services, &actor, conditions, request, move |tx, before| {
        let start = yes.start.or(before.order.wanted.map(|wanted| wanted.start)).unwrap_or_else(|| tx.now());
        let window = window(start, before.order.minutes);
        let candidate = match taker {
            Taker::Person(person) => {
                // Not while the person is being erased: whoever comes second decides on what the first has done.
                let version = person::version(tx, person)?;
                let candidate = candidate::person(tx, person, Some(window), &Occasion::from(&before.order), None)?;
                person::hold(tx, person, version)?;
                candidate
            }
            Taker::Organisation(organisation) => candidate::organisation(tx, organisation, &Occasion::from(&before.order))?,
        };
        let members = members(tx, before, &yes.members, Some(window), yes.organisation)?;
        Ok(Command::Accept { candidate, start: yes.start, members })
    })
    .await
}

fn window(start: DateTime<Utc>, minutes: i32) -> Window {
    Window { start, end: start + TimeDelta::minutes(i64::from(minutes)) }
}

/// The actor as a taker: an organisation that they manage, or their own person.
fn own_taker<P: Permission>(actor: &Actor<P>, organisation: Option<Uuid>) -> Result<Taker, Problem> {
    match organisation {
        Some(organisation) if actor.actor.manages().contains(&organisation) => Ok(Taker::Organisation(organisation)),
        Some(_) => Err(Problem::field("/organisation", Rule::UnknownOrganisation)),
        None => actor.actor.person.map(Taker::Person).ok_or_else(|| Code::PersonRequired.into()),
    }
}

fn members(
    tx: &mut Tx,
    before: &Loaded,
    ids: &[Uuid],
    window: Option<Window>,
    organisation: Option<Uuid>,
) -> Result<Vec<domain::dispatch::Candidate>, Fault> {
    let mut candidates = Vec::with_capacity(ids.len());
    for (index, id) in ids.iter().enumerate() {
        let found = candidate::person(tx, *id, window, &Occasion::from(&before.order), organisation);
        candidates.push(refers(found, &format!("/members/{index}"), Rule::UnknownPerson)?);
    }
    Ok(candidates)
}

/// Saying no.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineOrder {
    /// For which organisation, where the offer was made to one.
    organisation: Option<Uuid>,
    /// Why.
    reason: Reason,
    /// A note to the step.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Decline an order.
///
/// 婉拒:须说明原因;没有其他有效派单时订单回到待派单。
#[utoipa::path(post, path = "/v1/orders/{id}/decline", operation_id = "declineOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = DeclineOrder, responses((status = 200, description = "婉拒后的订单", body = OrderView)))]
pub async fn decline(
    services: Data<Services>,
    actor: Actor<may::DeclineOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<DeclineOrder>,
) -> Answer<OrderView> {
    let taker = own_taker(&actor, body.value.organisation)?;
    let reason = body.value.reason;
    let request = Request { id: *id, digest: body.digest, texts: text(TextKind::Note, body.value.note), language: reads.0 };
    take(&services, &actor, conditions, request, move |_, _| Ok(Command::Decline { taker, reason })).await
}

/// Give an accepted order back.
///
/// 退单:须说明原因,计一次退回;上级裁定后不得退单。
#[utoipa::path(post, path = "/v1/orders/{id}/release", operation_id = "releaseOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = WithReason, responses((status = 200, description = "退单后的订单", body = OrderView)))]
pub async fn release(
    services: Data<Services>,
    actor: Actor<may::ReleaseOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<WithReason>,
) -> Answer<OrderView> {
    let reason = body.value.reason;
    let request = Request { id: *id, digest: body.digest, texts: text(TextKind::Note, body.value.note), language: reads.0 };
    take(&services, &actor, conditions, request, move |_, _| Ok(Command::Release { reason })).await
}

/// Who of a team serves.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignMembers {
    /// The members, in place of those named before.
    #[schema(min_items = 1, max_items = 100)]
    members: Vec<Uuid>,
}

/// Name who of a team serves.
///
/// 指定成员:每名成员都须属于该队伍、具备技能且该时段空闲。
#[utoipa::path(post, path = "/v1/orders/{id}/assign-members", operation_id = "assignMembers",
    params(("id" = Uuid, Path, description = "订单")), request_body = AssignMembers,
    responses((status = 200, description = "指定成员后的订单", body = OrderView)))]
pub async fn assign_members(
    services: Data<Services>,
    actor: Actor<may::AssignMembers>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<AssignMembers>,
) -> Answer<OrderView> {
    let ids = body.value.members;
    let request = Request { id: *id, digest: body.digest, texts: Vec::new(), language: reads.0 };
    take(&services, &actor, conditions, request, move |tx, before| {
        let organisation = match before.order.taker {
            Some(Taker::Organisation(organisation)) => Some(organisation),
            Some(Taker::Person(_)) | None => None,
        };
        Ok(Command::AssignMembers { members: members(tx, before, &ids, before.order.agreed, organisation)? })
    })
    .await
}

/// A proof of presence.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofRequest {
    /// Which kind.
    kind: ProofKind,
    /// The one-time code that the person served shows; for `code`.
    #[schema(min_length = 6, max_length = 6)]
    code: Option<String>,
    /// Where the caller is; for `position`.
    position: Option<PositionView>,
}

impl ProofRequest {
    fn read(&self, tx: &Tx, before: &Loaded) -> Result<Proof, Fault> {
        Ok(match self.kind {
            ProofKind::Code => {
                let given = self.code.clone().ok_or_else(|| Problem::field("/proof/code", Rule::Required))?;
                Proof::Code { given, expected: check_in_code(tx, &before.order) }
            }
            ProofKind::Position => {
                let at = self.position.ok_or_else(|| Problem::field("/proof/position", Rule::Required))?;
                let at = Position::from_crs(at.longitude, at.latitude, at.crs);
                Proof::Position(at.map_err(|_| Problem::field("/proof/position", Rule::WrongFormat))?)
            }
            ProofKind::Staff => Proof::Staff,
        })
    }
}

/// The beginning of a service.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// How presence is shown.
    proof: ProofRequest,
}

/// Begin the service.
///
/// 签到:出示一次性码、在服务地点附近,或由站点工作人员签到;方式作为证据保存。
#[utoipa::path(post, path = "/v1/orders/{id}/check-in", operation_id = "checkIn", params(("id" = Uuid, Path, description = "订单")),
    request_body = CheckIn, responses((status = 200, description = "签到后的订单", body = OrderView)))]
pub async fn check_in(
    services: Data<Services>,
    actor: Actor<may::CheckIn>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<CheckIn>,
) -> Answer<OrderView> {
    let proof = body.value.proof;
    count_attempt(&services, &actor, *id, &proof).await?;
    let request = Request { id: *id, digest: body.digest, texts: Vec::new(), language: reads.0 };
    take(&services, &actor, conditions, request, move |tx, before| Ok(Command::CheckIn { proof: proof.read(tx, before)? })).await
}

/// What was done.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishOrder {
    /// How presence at the end is shown.
    proof: ProofRequest,
    /// What was done, in words.
    #[schema(min_length = 1, max_length = 2000)]
    work: String,
    /// Minutes of work.
    #[schema(minimum = 1, maximum = 720)]
    minutes: i32,
    /// What was paid for work, in fen; only for paid services.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000_000)]
    fee_fen: i64,
    /// What was paid for materials, in fen; not for free services.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000_000)]
    materials_fen: i64,
}

/// Finish the service.
///
/// 完成服务:填写服务内容、用时与费用;签退凭证与签到相同。
#[utoipa::path(post, path = "/v1/orders/{id}/finish", operation_id = "finishOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = FinishOrder, responses((status = 200, description = "待评单的订单", body = OrderView)))]
pub async fn finish(
    services: Data<Services>,
    actor: Actor<may::FinishOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<FinishOrder>,
) -> Answer<OrderView> {
    let done = body.value;
    count_attempt(&services, &actor, *id, &done.proof).await?;
    let texts = text(TextKind::Work, Some(done.work.clone()));
    let request = Request { id: *id, digest: body.digest, texts, language: reads.0 };
    take(&services, &actor, conditions, request, move |tx, before| {
        Ok(Command::Finish {
            proof: done.proof.read(tx, before)?,
            minutes: done.minutes,
            fee_fen: done.fee_fen,
            materials_fen: done.materials_fen,
        })
    })
    .await
}

/// Counts a wrong attempt at the code before the step that refuses it: in a transaction of its own, so that it stays counted
/// whatever becomes of the step. A right one is never counted: it may come again because its answer was lost.
async fn count_attempt<P: Permission>(services: &Services, actor: &Actor<P>, id: Uuid, proof: &ProofRequest) -> Result<(), Problem> {
    if proof.kind != ProofKind::Code {
        return Ok(());
    }
    let (who, given) = (actor.actor.clone(), proof.code.clone());
    let count = move |tx: &mut Tx| -> Result<(), Fault> {
        let loaded = order::load(tx, id, &who)?;
        let wrong = given.as_ref().is_some_and(|given| *given != check_in_code(tx, &loaded.order));
        if loaded.acting.serves(&loaded.order) && order::count_code_attempt(tx, id, wrong)? >= WRONG_CODES {
            return Err(Code::CodeLocked.into());
        }
        Ok(())
    };
    Ok(services.store.tally(count).await?)
}

/// How a bad result is set right.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MendOrder {
    /// `explained`, `revisited` or `new_visit`.
    how: Reason,
    /// What was done or explained.
    #[schema(min_length = 1, max_length = 2000)]
    note: String,
}

/// Set a bad result right.
///
/// 整改:解释说明、已回访整改,或需重新上门(回到待派单);下一次评价即为复评。
#[utoipa::path(post, path = "/v1/orders/{id}/mend", operation_id = "mendOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = MendOrder, responses((status = 200, description = "整改后的订单", body = OrderView)))]
pub async fn mend(
    services: Data<Services>,
    actor: Actor<may::MendOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<MendOrder>,
) -> Answer<OrderView> {
    let how = body.value.how;
    let request = Request { id: *id, digest: body.digest, texts: text(TextKind::Work, Some(body.value.note)), language: reads.0 };
    take(&services, &actor, conditions, request, move |_, _| Ok(Command::Mend { how })).await
}
