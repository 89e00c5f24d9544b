//! The policies of a region by which the cavalry is on duty and emergencies ring.

use actix_web::web::Data;
use domain::cavalry::CavalryPolicy;

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
    endpoints!["regions": cavalry_policies, publish_cavalry_policy]
}

/// Read the policies of the light cavalry of a region.
///
/// 轻骑兵政策:位置单元大小、静默与最长值守时间、应急呼叫半径与人数,现行版本与历次版本;每次值守与呼叫记下所依据的版本。
#[utoipa::path(get, path = "/v1/policies/cavalry", operation_id = "readCavalryPolicies", params(PoliciesOf), security(()),
    responses((status = 200, description = "轻骑兵政策", body = PolicyVersions<CavalryPolicy>)))]
pub async fn cavalry_policies(services: Data<Services>, query: Query<PoliciesOf>) -> Answer<PolicyVersions<CavalryPolicy>> {
    versions(&services, &query.0).await
}

/// Publish a new version of the policy of the light cavalry.
///
/// 发布轻骑兵政策新版本:自即刻或将来某时起生效;已开始的值守按开始时的版本。
#[utoipa::path(post, path = "/v1/policies/cavalry", operation_id = "publishCavalryPolicy",
    request_body = PublishPolicy<CavalryPolicy>,
    responses((status = 201, description = "已发布的版本", body = PolicyVersion<CavalryPolicy>)))]
pub async fn publish_cavalry_policy(
    services: Data<Services>,
    actor: Actor<may::EditPolicy>,
    conditions: Conditions,
    body: Json<PublishPolicy<CavalryPolicy>>,
) -> Answer<PolicyVersion<CavalryPolicy>> {
    publish(&services, &actor, conditions, body).await
}
