//! What the station and those above it do: triage, transfer, refuse, offer, recall, escalate, decide.

use actix_web::web::{Data, Path};
use domain::order::{Command, Group, Reason, Ruling, TakerKind, Taking, Urgency};
use persistence::candidate::{self, Occasion};
use persistence::order::TextKind;
use persistence::{catalogue, region};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::step::{Request, division, take, text};
use super::view::{OrderView, TakerRef};
use crate::actor::{Actor, Reads, may};
use crate::answer::Answer;
use crate::body::Json;
use crate::identity::second_person::{First, independent};
use crate::once::Conditions;
use crate::problem::{Fault, Problem, Rule, refers};
use crate::services::Services;

/// How an order is classified.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriageOrder {
    /// The craft it needs.
    craft: Uuid,
    /// The group of the person served; what the birth date says where it is left out.
    group: Option<Group>,
    /// How pressing it is.
    urgency: Urgency,
    /// How long it should take, in minutes.
    #[schema(minimum = 5, maximum = 720)]
    minutes: i32,
    /// How many people it needs; more than one asks for a team that names as many.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 100)]
    people_needed: i32,
    /// A note to the step.
    #[schema(max_length = 500)]
    note: Option<String>,
}

const fn one() -> i32 {
    1
}

/// Classify an order.
///
/// 受理分类:站点确定技能、群体、紧急程度、时长和所需人数。
#[utoipa::path(post, path = "/v1/orders/{id}/triage", operation_id = "triageOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = TriageOrder, responses((status = 200, description = "受理后的订单", body = OrderView)))]
pub async fn triage(
    services: Data<Services>,
    actor: Actor<may::TriageOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<TriageOrder>,
) -> Answer<OrderView> {
    let triage = body.value;
    let texts = text(TextKind::Note, triage.note.clone());
    let request = Request { id: *id, digest: body.digest, texts, language: reads.0 };
    take(&services, &actor, conditions, request, move |tx, before| {
        let craft = refers(catalogue::load_craft(tx, triage.craft), "/craft", Rule::UnknownCraft)?;
        if craft.region != before.order.region {
            return Err(Problem::field("/craft", Rule::UnknownCraft).into());
        }
        Ok(Command::Triage {
            craft: craft.id,
            group: triage.group.unwrap_or(before.order.group),
            urgency: triage.urgency,
            minutes: triage.minutes,
            people_needed: triage.people_needed,
        })
    })
    .await
}

/// Another division is to handle the order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferOrder {
    /// The division that is to handle it.
    #[schema(min_length = 2, max_length = 15)]
    to: String,
    /// Why.
    reason: Reason,
    /// A note to the step.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Hand an order to another division of the region.
///
/// 转办:计一次退回;第三次退回自动上报上级裁定。
#[utoipa::path(post, path = "/v1/orders/{id}/transfer", operation_id = "transferOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = TransferOrder, responses((status = 200, description = "转办后的订单", body = OrderView)))]
pub async fn transfer(
    services: Data<Services>,
    actor: Actor<may::TransferOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<TransferOrder>,
) -> Answer<OrderView> {
    let to = division("/to", &body.value.to)?;
    let reason = body.value.reason;
    let texts = text(TextKind::Note, body.value.note);
    let request = Request { id: *id, digest: body.digest, texts, language: reads.0 };
    take(&services, &actor, conditions, request, move |tx, _| {
        let to = refers(region::find(tx, &to), "/to", Rule::UnknownDivision)?.code;
        Ok(Command::Transfer { to, reason })
    })
    .await
}

/// A reason, with a note where it needs one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithReason {
    /// Why.
    pub reason: Reason,
    /// A note to the step.
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Do not take an order on.
///
/// 不予受理:须说明原因,居民可在规定天数内申诉一次。
#[utoipa::path(post, path = "/v1/orders/{id}/refuse", operation_id = "refuseOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = WithReason, responses((status = 200, description = "不予受理的订单", body = OrderView)))]
pub async fn refuse(
    services: Data<Services>,
    actor: Actor<may::RefuseOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<WithReason>,
) -> Answer<OrderView> {
    let reason = body.value.reason;
    let request = Request { id: *id, digest: body.digest, texts: text(TextKind::Note, body.value.note), language: reads.0 };
    take(&services, &actor, conditions, request, move |_, _| Ok(Command::Refuse { reason })).await
}

/// To whom an order is offered.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferOrder {
    /// The takers of this round. Each must be eligible now.
    #[schema(min_items = 1, max_items = 20)]
    takers: Vec<TakerRef>,
}

/// Offer an order to takers.
///
/// 派单:可一次派给多人,先接者得;每份派单都有自己的应答时限。
#[utoipa::path(post, path = "/v1/orders/{id}/offer", operation_id = "offerOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = OfferOrder, responses((status = 200, description = "派单后的订单", body = OrderView)))]
pub async fn offer(
    services: Data<Services>,
    actor: Actor<may::OfferOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<OfferOrder>,
) -> Answer<OrderView> {
    let takers: Vec<(TakerRef, Uuid)> = body.value.takers.into_iter().map(|taker| (taker, Uuid::now_v7())).collect();
    let request = Request { id: *id, digest: body.digest, texts: Vec::new(), language: reads.0 };
    let who = actor.actor.clone();
    take(&services, &actor, conditions, request, move |tx, before| {
        let (mut asked, mut first) = (Vec::with_capacity(takers.len()), First::default());
        for (index, (taker, offer)) in takers.iter().enumerate() {
            let candidate = match taker.kind {
                TakerKind::Person => {
                    let found = candidate::person(tx, taker.id, before.order.wanted, &Occasion::from(&before.order), None);
                    refers(found, &format!("/takers/{index}/id"), Rule::UnknownPerson)?
                }
                TakerKind::Organisation => refers(
                    candidate::organisation(tx, taker.id, &Occasion::from(&before.order)),
                    &format!("/takers/{index}/id"),
                    Rule::UnknownOrganisation,
                )?,
            };
            first = first.and_taker(Some(candidate.taker));
            asked.push(Taking { offer: *offer, candidate });
        }
        independent(tx, &who, &first, before.order.placed_at)?;
        Ok(Command::Offer { takers: asked })
    })
    .await
}

/// Take back all open offers.
///
/// 撤回派单:所有未应答的派单一并撤回。
#[utoipa::path(post, path = "/v1/orders/{id}/recall", operation_id = "recallOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = WithReason, responses((status = 200, description = "撤回后的订单", body = OrderView)))]
pub async fn recall(
    services: Data<Services>,
    actor: Actor<may::RecallOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<WithReason>,
) -> Answer<OrderView> {
    let reason = body.value.reason;
    let request = Request { id: *id, digest: body.digest, texts: text(TextKind::Note, body.value.note), language: reads.0 };
    take(&services, &actor, conditions, request, move |_, _| Ok(Command::Recall { reason })).await
}

/// Hand an order to the division above.
///
/// 升级上报:由上级区划办理;在本区域最高层级时报告监管部门。
#[utoipa::path(post, path = "/v1/orders/{id}/escalate", operation_id = "escalateOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = WithReason, responses((status = 200, description = "上报后的订单", body = OrderView)))]
pub async fn escalate(
    services: Data<Services>,
    actor: Actor<may::EscalateOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<WithReason>,
) -> Answer<OrderView> {
    let reason = body.value.reason;
    let request = Request { id: *id, digest: body.digest, texts: text(TextKind::Note, body.value.note), language: reads.0 };
    take(&services, &actor, conditions, request, move |_, _| Ok(Command::Escalate { reason })).await
}

/// What the division above decides.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideOrder {
    /// The decision; it binds.
    ruling: Ruling,
    /// Who handles the order from now on; as it is where it is left out.
    #[schema(min_length = 2, max_length = 15)]
    handler: Option<String>,
    /// Why.
    reason: Reason,
    /// The words of the decision.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Decide with binding force after the third return or mending.
///
/// 裁定:第三次退回或整改后由上级作出,作出后不得再转办或退单。
#[utoipa::path(post, path = "/v1/orders/{id}/decide", operation_id = "decideOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = DecideOrder, responses((status = 200, description = "裁定后的订单", body = OrderView)))]
pub async fn decide(
    services: Data<Services>,
    actor: Actor<may::DecideOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<DecideOrder>,
) -> Answer<OrderView> {
    let decision = body.value;
    let handler = decision.handler.as_deref().map(|raw| division("/handler", raw)).transpose()?;
    let texts = text(TextKind::Note, decision.note);
    let request = Request { id: *id, digest: body.digest, texts, language: reads.0 };
    take(&services, &actor, conditions, request, move |tx, _| -> Result<Command, Fault> {
        let found = handler.as_ref().map(|code| region::find(tx, code)).transpose();
        let handler = refers(found, "/handler", Rule::UnknownDivision)?.map(|division| division.code);
        Ok(Command::Decide { ruling: decision.ruling, handler, reason: decision.reason })
    })
    .await
}
