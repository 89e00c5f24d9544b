//! The policies of a region by which orders are handled.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use domain::order::OrderPolicy;
use domain::region::DivisionCode;
use persistence::policy::{self, Policy};
use persistence::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::code;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::book::ORDER_POLICY;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of policies.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["regions": order_policies, publish_order_policy]
}

/// A version of the policy of orders.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderPolicyVersion)]
pub struct PolicyView {
    /// The region; null for the defaults of the program, which hold where no version does.
    region: Option<String>,
    /// From when on it holds, until the next one does; null for the defaults.
    valid_from: Option<DateTime<Utc>>,
    /// When it was published; null for the defaults.
    published_at: Option<DateTime<Utc>>,
    /// The policy.
    policy: OrderPolicy,
}

impl PolicyView {
    fn defaults() -> Self {
        Self { region: None, valid_from: None, published_at: None, policy: OrderPolicy::default() }
    }

    fn new(kept: &Policy) -> Result<Self, Fault> {
        let policy = serde_json::from_str(&kept.document).map_err(Problem::internal)?;
        let region = Some(kept.region.to_string());
        Ok(Self { region, valid_from: Some(kept.valid_from), published_at: Some(kept.created_at), policy })
    }
}

/// The policies of orders of a region.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderPolicies {
    /// The region that was found.
    region: String,
    /// The version that holds now.
    in_force: PolicyView,
    /// Every version that the region has published, the one that begins last first.
    versions: Vec<PolicyView>,
}

/// Of which region.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PoliciesOf {
    /// A division: the nearest region at or above counts.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    region: String,
}

/// Read the policies of orders of a region.
///
/// 订单政策:现行版本与历次版本;每笔订单按下单当日的版本执行。
#[utoipa::path(get, path = "/v1/policies/orders", operation_id = "readOrderPolicies", params(PoliciesOf), security(()),
    responses((status = 200, description = "订单政策", body = OrderPolicies)))]
pub async fn order_policies(services: Data<Services>, query: Query<PoliciesOf>) -> Answer<OrderPolicies> {
    let asked = code("region", &query.0.region)?;
    let region = services.book.region_of(&asked).ok_or_else(|| Problem::field("region", Rule::UnknownDivision))?;
    let division = region.division.clone();
    let work = move |tx: &mut Tx| -> Result<OrderPolicies, Fault> {
        let held = policy::in_force(tx, &division, ORDER_POLICY, tx.now())?;
        let in_force = held.as_ref().map_or_else(|| Ok(PolicyView::defaults()), PolicyView::new)?;
        let versions = policy::list(tx, &division, ORDER_POLICY)?;
        let versions = versions.iter().map(PolicyView::new).collect::<Result<_, _>>()?;
        Ok(OrderPolicies { region: division.to_string(), in_force, versions })
    };
    Ok(Reply::ok(services.store.read(work).await?))
}

/// A new version of the policy of orders.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishOrderPolicy {
    /// The region.
    #[schema(min_length = 2, max_length = 15, example = "230822")]
    region: String,
    /// From when on it holds; from now on where it is left out. Never in the past.
    valid_from: Option<DateTime<Utc>>,
    /// The policy; its `version` must be new in the region.
    policy: OrderPolicy,
}

/// Publish a new version of the policy of orders.
///
/// 发布订单政策新版本:自即刻或将来某时起生效;已下订单仍按原版本执行。
#[utoipa::path(post, path = "/v1/policies/orders", operation_id = "publishOrderPolicy", request_body = PublishOrderPolicy,
    responses((status = 201, description = "已发布的版本", body = PolicyView)))]
pub async fn publish_order_policy(
    services: Data<Services>,
    actor: Actor<may::EditPolicy>,
    conditions: Conditions,
    body: Json<PublishOrderPolicy>,
) -> Answer<PolicyView> {
    let (asked, digest, account) = (body.value, body.digest, actor.account());
    let division = region_itself(&services, "/region", &asked.region)?;
    actor.within(&division)?;
    check(&asked.policy)?;
    let document = serde_json::to_string(&asked.policy).map_err(Problem::internal)?;
    let (version, from) = (asked.policy.version, asked.valid_from);
    let at = format!("/v1/policies/orders?region={division}");
    let work = move |tx: &mut Tx| -> Result<(PolicyView, bool), Fault> {
        let once = conditions.once(tx, account, &digest, 201, Uuid::nil())?;
        if matches!(once, Once::First) {
            let now = tx.now();
            let valid_from = from.unwrap_or(now);
            if valid_from < now {
                return Err(Problem::field("/valid_from", Rule::InPast).into());
            }
            let (region, kind, version) = (division.clone(), ORDER_POLICY.to_owned(), version.clone());
            let created_by = Some(account);
            policy::add(tx, &Policy { region, kind, version, valid_from, document: document.clone(), created_by, created_at: now })?;
        }
        let kept = policy::by_version(tx, &division, ORDER_POLICY, &version)?;
        Ok((PolicyView::new(&kept)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    services.book.refresh(&services.store).await?;
    Ok(Reply::created(view, &at).replayed(replayed))
}

/// Reads the code of a division that is a region itself.
///
/// # Errors
/// Names the field.
pub fn region_itself(services: &Services, pointer: &str, raw: &str) -> Result<DivisionCode, Problem> {
    let division = code(pointer, raw)?;
    let region = services.book.region_of(&division).filter(|region| region.division == division);
    region.map(|region| region.division.clone()).ok_or_else(|| Problem::field(pointer, Rule::NotARegion))
}

fn check(policy: &OrderPolicy) -> Result<(), Problem> {
    policy.check().map_err(|fault| {
        let pointer = format!("/policy/{}", fault.field.replace('.', "/"));
        Problem::field_with(pointer, Rule::Policy, vec![fault.rule])
    })?;
    // Orders placed under the defaults keep that name.
    if policy.version == OrderPolicy::default().version {
        return Err(Problem::from(Code::AlreadyExists).because(StoreError::Duplicate("policies.version".to_owned())));
    }
    Ok(())
}
