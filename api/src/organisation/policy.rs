//! The policies of a region by which organisations are run.

use actix_web::web::Data;
use domain::organisation::OrganisationPolicy;

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
    endpoints!["regions": organisation_policies, publish_organisation_policy]
}

/// Read the policies of organisations of a region.
///
/// 组织政策:记账复核限额、补记天数,现行版本与历次版本;每笔记账按记账时的版本执行。
#[utoipa::path(get, path = "/v1/policies/organisations", operation_id = "readOrganisationPolicies", params(PoliciesOf), security(()),
    responses((status = 200, description = "组织政策", body = PolicyVersions<OrganisationPolicy>)))]
pub async fn organisation_policies(services: Data<Services>, query: Query<PoliciesOf>) -> Answer<PolicyVersions<OrganisationPolicy>> {
    versions(&services, &query.0).await
}

/// Publish a new version of the policy of organisations.
///
/// 发布组织政策新版本:自即刻或将来某时起生效;已有记账仍按其版本。
#[utoipa::path(post, path = "/v1/policies/organisations", operation_id = "publishOrganisationPolicy", request_body = PublishPolicy<OrganisationPolicy>,
    responses((status = 201, description = "已发布的版本", body = PolicyVersion<OrganisationPolicy>)))]
pub async fn publish_organisation_policy(
    services: Data<Services>,
    actor: Actor<may::EditPolicy>,
    conditions: Conditions,
    body: Json<PublishPolicy<OrganisationPolicy>>,
) -> Answer<PolicyVersion<OrganisationPolicy>> {
    publish(&services, &actor, conditions, body).await
}
