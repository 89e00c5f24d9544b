//! The policies of a region by which records are kept.

use actix_web::web::Data;
use domain::retention::RetentionPolicy;

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
    endpoints!["regions": retention_policies, publish_retention_policy]
}

/// Read the policies of retention of a region.
///
/// 留存政策:各类记录的保存天数,现行版本与历次版本;到期记录由每日任务清除并出具报告。
#[utoipa::path(get, path = "/v1/policies/retention", operation_id = "readRetentionPolicies", params(PoliciesOf), security(()),
    responses((status = 200, description = "留存政策", body = PolicyVersions<RetentionPolicy>)))]
pub async fn retention_policies(services: Data<Services>, query: Query<PoliciesOf>) -> Answer<PolicyVersions<RetentionPolicy>> {
    versions(&services, &query.0).await
}

/// Publish a new version of the policy of retention.
///
/// 发布留存政策新版本:自即刻或将来某时起生效;天数不得低于法定下限。缩短天数会使更早的记录到期并被清除,不可恢复。
#[utoipa::path(post, path = "/v1/policies/retention", operation_id = "publishRetentionPolicy", request_body = PublishPolicy<RetentionPolicy>,
    responses((status = 201, description = "已发布的版本", body = PolicyVersion<RetentionPolicy>)))]
pub async fn publish_retention_policy(
    services: Data<Services>,
    actor: Actor<may::EditPolicy>,
    conditions: Conditions,
    body: Json<PublishPolicy<RetentionPolicy>>,
) -> Answer<PolicyVersion<RetentionPolicy>> {
    publish(&services, &actor, conditions, body).await
}
