//! The policies of a region by which the registers of people are kept.

use actix_web::web::Data;
use domain::person::PeoplePolicy;

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
    endpoints!["regions": people_policies, publish_people_policy]
}

/// Read the policies of the registers of people of a region.
///
/// 人员登记政策:技能认证到期提醒天数等,现行版本与历次版本。
#[utoipa::path(get, path = "/v1/policies/people", operation_id = "readPeoplePolicies", params(PoliciesOf), security(()),
    responses((status = 200, description = "人员登记政策", body = PolicyVersions<PeoplePolicy>)))]
pub async fn people_policies(services: Data<Services>, query: Query<PoliciesOf>) -> Answer<PolicyVersions<PeoplePolicy>> {
    versions(&services, &query.0).await
}

/// Publish a new version of the policy of the registers of people.
///
/// 发布人员登记政策新版本:自即刻或将来某时起生效。
#[utoipa::path(post, path = "/v1/policies/people", operation_id = "publishPeoplePolicy", request_body = PublishPolicy<PeoplePolicy>,
    responses((status = 201, description = "已发布的版本", body = PolicyVersion<PeoplePolicy>)))]
pub async fn publish_people_policy(
    services: Data<Services>,
    actor: Actor<may::EditPolicy>,
    conditions: Conditions,
    body: Json<PublishPolicy<PeoplePolicy>>,
) -> Answer<PolicyVersion<PeoplePolicy>> {
    publish(&services, &actor, conditions, body).await
}
