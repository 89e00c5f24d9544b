//! The policies of a region by which crafts are passed on.

use actix_web::web::Data;
use domain::apprenticeship::ApprenticeshipPolicy;

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
    endpoints!["regions": apprenticeship_policies, publish_apprenticeship_policy]
}

/// Read the policies of apprenticeships of a region.
///
/// 匠心传承政策:师傅的认证等级、在带学徒上限、各阶段的天数与作品数,现行版本与历次版本;每段师徒关系始终按提出时的版本。
#[utoipa::path(get, path = "/v1/policies/apprenticeships", operation_id = "readApprenticeshipPolicies", params(PoliciesOf), security(()),
    responses((status = 200, description = "匠心传承政策", body = PolicyVersions<ApprenticeshipPolicy>)))]
pub async fn apprenticeship_policies(services: Data<Services>, query: Query<PoliciesOf>) -> Answer<PolicyVersions<ApprenticeshipPolicy>> {
    versions(&services, &query.0).await
}

/// Publish a new version of the policy of apprenticeships.
///
/// 发布匠心传承政策新版本:自即刻或将来某时起生效;已提出的师徒关系仍按原版本。
#[utoipa::path(post, path = "/v1/policies/apprenticeships", operation_id = "publishApprenticeshipPolicy",
    request_body = PublishPolicy<ApprenticeshipPolicy>,
    responses((status = 201, description = "已发布的版本", body = PolicyVersion<ApprenticeshipPolicy>)))]
pub async fn publish_apprenticeship_policy(
    services: Data<Services>,
    actor: Actor<may::EditPolicy>,
    conditions: Conditions,
    body: Json<PublishPolicy<ApprenticeshipPolicy>>,
) -> Answer<PolicyVersion<ApprenticeshipPolicy>> {
    publish(&services, &actor, conditions, body).await
}
