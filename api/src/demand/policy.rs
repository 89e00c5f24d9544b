//! The policies of a region by which demand lists are kept alive.

use actix_web::web::Data;
use domain::demand::DemandPolicy;

use crate::actor::{Actor, may};
use crate::answer::Answer;
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::Conditions;
use crate::region::policy::{PoliciesOf, PolicyVersion, PolicyVersions, PublishPolicy, publish, versions};
use crate::services::Services;

/// Every endpoint of policies.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["regions": demand_policies, publish_demand_policy]
}

/// Read the policies of demand lists of a region.
///
/// 需求清单政策:群体年龄、核实期限、优先级分值,现行版本与历次版本。
#[utoipa::path(get, path = "/v1/policies/demands", operation_id = "readDemandPolicies", params(PoliciesOf), security(()),
    responses((status = 200, description = "需求清单政策", body = PolicyVersions<DemandPolicy>)))]
pub async fn demand_policies(services: Data<Services>, query: Query<PoliciesOf>) -> Answer<PolicyVersions<DemandPolicy>> {
    versions(&services, &query.0).await
}

/// Publish a new version of the policy of demand lists.
///
/// 发布需求清单政策新版本:自即刻或将来某时起生效;此后的每次变动与排序按新版本计算。
#[utoipa::path(post, path = "/v1/policies/demands", operation_id = "publishDemandPolicy", request_body = PublishPolicy<DemandPolicy>,
    responses((status = 201, description = "已发布的版本", body = PolicyVersion<DemandPolicy>)))]
pub async fn publish_demand_policy(
    services: Data<Services>,
    actor: Actor<may::EditPolicy>,
    conditions: Conditions,
    body: Json<PublishPolicy<DemandPolicy>>,
) -> Answer<PolicyVersion<DemandPolicy>> {
    publish(&services, &actor, conditions, body).await
}
