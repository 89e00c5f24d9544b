//! The policies of a region by which sites are judged.

use actix_web::web::Data;
use domain::site::SitePolicy;

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
    endpoints!["regions": site_policies, publish_site_policy]
}

/// Read the policies of sites of a region.
///
/// 阵地政策:“1+2+N”各应有多少,现行版本与历次版本。
#[utoipa::path(get, path = "/v1/policies/sites", operation_id = "readSitePolicies", params(PoliciesOf), security(()),
    responses((status = 200, description = "阵地政策", body = PolicyVersions<SitePolicy>)))]
pub async fn site_policies(services: Data<Services>, query: Query<PoliciesOf>) -> Answer<PolicyVersions<SitePolicy>> {
    versions(&services, &query.0).await
}

/// Publish a new version of the policy of sites.
///
/// 发布阵地政策新版本:自即刻或将来某时起生效。
#[utoipa::path(post, path = "/v1/policies/sites", operation_id = "publishSitePolicy", request_body = PublishPolicy<SitePolicy>,
    responses((status = 201, description = "已发布的版本", body = PolicyVersion<SitePolicy>)))]
pub async fn publish_site_policy(
    services: Data<Services>,
    actor: Actor<may::EditPolicy>,
    conditions: Conditions,
    body: Json<PublishPolicy<SitePolicy>>,
) -> Answer<PolicyVersion<SitePolicy>> {
    publish(&services, &actor, conditions, body).await
}
