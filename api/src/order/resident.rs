//! What the resident's side does: appeal, review, cancel; and what either side may say: reschedule, no-show, abort.

use actix_web::web::{Data, Path};
use chrono::TimeDelta;
use domain::order::{Command, Reason, ReviewChannel, Side, Window};
use persistence::order::{self, TextKind};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::contact::calls_for_another;
use super::station::WithReason;
use super::step::{Request, take, text};
use super::view::{OrderView, WindowView};
use crate::actor::{Actor, Reads, may};
use crate::answer::Answer;
use crate::body::Json;
use crate::once::Conditions;
use crate::problem::{Problem, Rule};
use crate::services::Services;

/// Why a refusal should be looked at again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealOrder {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    text: String,
}

/// Ask the division above to look at a refusal.
///
/// 申诉:规定天数内一次,由上级区划办理。
#[utoipa::path(post, path = "/v1/orders/{id}/appeal", operation_id = "appealOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = AppealOrder, responses((status = 200, description = "重新点单的订单", body = OrderView)))]
pub async fn appeal(
    services: Data<Services>,
    actor: Actor<may::AppealOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<AppealOrder>,
) -> Answer<OrderView> {
    let request = Request { id: *id, digest: body.digest, texts: text(TextKind::Note, Some(body.value.text)), language: reads.0 };
    take(&services, &actor, conditions, request, |_, _| Ok(Command::Appeal)).await
}

/// A judgement.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewOrder {
    /// Stars.
    #[schema(minimum = 1, maximum = 5)]
    stars: i32,
    /// Whether the matter is solved.
    solved: bool,
    /// Through whom it comes: oneself, a proxy, or a callback of the division above; `own` where it is left out.
    #[serde(default = "own")]
    channel: ReviewChannel,
    /// Chosen words.
    #[serde(default)]
    #[schema(max_items = 10)]
    tags: Vec<Tag>,
    /// The words of the review.
    #[schema(max_length = 1000)]
    text: Option<String>,
}

/// A chosen word.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 1, max_length = 20, pattern = r"^[^\r\n]+$")]
pub struct Tag(String);

const fn own() -> ReviewChannel {
    ReviewChannel::Own
}

/// Judge a service.
///
/// 评单:一至五星、是否解决、标签与文字;三星及以上且已解决即办结,否则进入整改。
#[utoipa::path(post, path = "/v1/orders/{id}/review", operation_id = "reviewOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = ReviewOrder, responses((status = 200, description = "评价后的订单", body = OrderView)))]
pub async fn review(
    services: Data<Services>,
    actor: Actor<may::ReviewOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<ReviewOrder>,
) -> Answer<OrderView> {
    let (review, review_id) = (body.value, Uuid::now_v7());
    let texts = text(TextKind::Review, review.text.clone());
    let request = Request { id: *id, digest: body.digest, texts, language: reads.0 };
    let who = actor.actor.clone();
    take(&services, &actor, conditions, request, move |tx, before| {
        if review.channel == ReviewChannel::Callback {
            if order::handlers(tx, before.order.id)?.contains(&who.account) {
                return Err(Problem::field("/channel", Rule::WrongReviewChannel).into());
            }
            calls_for_another(tx, &who, before)?;
        }
        Ok(Command::Review {
            id: review_id,
            channel: review.channel,
            stars: review.stars,
            solved: review.solved,
            tags: review.tags.iter().map(|tag| tag.0.clone()).collect(),
        })
    })
    .await
}

/// Call an order off before the service.
///
/// 取消:服务开始前由居民方或站点取消,预约与占用时段同时释放。
#[utoipa::path(post, path = "/v1/orders/{id}/cancel", operation_id = "cancelOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = WithReason, responses((status = 200, description = "已取消的订单", body = OrderView)))]
pub async fn cancel(
    services: Data<Services>,
    actor: Actor<may::CancelOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<WithReason>,
) -> Answer<OrderView> {
    let reason = body.value.reason;
    let request = Request { id: *id, digest: body.digest, texts: text(TextKind::Note, body.value.note), language: reads.0 };
    take(&services, &actor, conditions, request, move |_, _| Ok(Command::Cancel { reason })).await
}

/// A new time.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleOrder {
    /// The time proposed, or the one that the other side has proposed.
    window: WindowView,
}

/// Propose a new time, or agree to the one proposed.
///
/// 改期:一方提出,另一方以相同时间确认后生效。
#[utoipa::path(post, path = "/v1/orders/{id}/reschedule", operation_id = "rescheduleOrder",
    params(("id" = Uuid, Path, description = "订单")), request_body = RescheduleOrder,
    responses((status = 200, description = "改期后的订单", body = OrderView)))]
pub async fn reschedule(
    services: Data<Services>,
    actor: Actor<may::RescheduleOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<RescheduleOrder>,
) -> Answer<OrderView> {
    let window = Window { start: body.value.window.start, end: body.value.window.end };
    if window.end <= window.start {
        return Err(Problem::field("/window/end", Rule::EndBeforeStart));
    }
    let latest = window.start + TimeDelta::hours(12);
    if window.end > latest {
        return Err(Problem::field_with("/window/end", Rule::TooBig, vec![latest.to_rfc3339()]));
    }
    let request = Request { id: *id, digest: body.digest, texts: Vec::new(), language: reads.0 };
    take(&services, &actor, conditions, request, move |_, _| Ok(Command::Reschedule { window })).await
}

/// Who was not there.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportNoShow {
    /// The side that was absent.
    absent: Side,
    /// A note to the step.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Say that one side was not there.
///
/// 爽约:由另一方或站点报告;居民未在场则取消,接单人未到场则回到待派单。
#[utoipa::path(post, path = "/v1/orders/{id}/no-show", operation_id = "reportNoShow", params(("id" = Uuid, Path, description = "订单")),
    request_body = ReportNoShow, responses((status = 200, description = "报告后的订单", body = OrderView)))]
pub async fn no_show(
    services: Data<Services>,
    actor: Actor<may::ReportNoShow>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<ReportNoShow>,
) -> Answer<OrderView> {
    let absent = body.value.absent;
    let request = Request { id: *id, digest: body.digest, texts: text(TextKind::Note, body.value.note), language: reads.0 };
    take(&services, &actor, conditions, request, move |_, _| Ok(Command::NoShow { absent })).await
}

/// Break a service off.
///
/// 中止服务:居民要求中止则结束,其余原因回到待派单并计一次退回。
#[utoipa::path(post, path = "/v1/orders/{id}/abort", operation_id = "abortOrder", params(("id" = Uuid, Path, description = "订单")),
    request_body = WithReason, responses((status = 200, description = "中止后的订单", body = OrderView)))]
pub async fn abort(
    services: Data<Services>,
    actor: Actor<may::AbortOrder>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<WithReason>,
) -> Answer<OrderView> {
    let reason: Reason = body.value.reason;
    let request = Request { id: *id, digest: body.digest, texts: text(TextKind::Note, body.value.note), language: reads.0 };
    take(&services, &actor, conditions, request, move |_, _| Ok(Command::Abort { reason })).await
}
