//! The policies of a region by which appointments are kept and shifts are planned.

use actix_web::web::Data;
use domain::appointment::AppointmentPolicy;

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
    endpoints!["regions": appointment_policies, publish_appointment_policy]
}

/// Read the policies of appointments of a region.
///
/// 预约与值班政策:自行取消期限、爽约次数与期间、班次最长时间等,现行版本与历次版本;每笔预约与班次记下所依据的版本。
#[utoipa::path(get, path = "/v1/policies/appointments", operation_id = "readAppointmentPolicies", params(PoliciesOf), security(()),
    responses((status = 200, description = "预约与值班政策", body = PolicyVersions<AppointmentPolicy>)))]
pub async fn appointment_policies(services: Data<Services>, query: Query<PoliciesOf>) -> Answer<PolicyVersions<AppointmentPolicy>> {
    versions(&services, &query.0).await
}

/// Publish a new version of the policy of appointments.
///
/// 发布预约与值班政策新版本:自即刻或将来某时起生效;已有预约的取消期限不变。
#[utoipa::path(post, path = "/v1/policies/appointments", operation_id = "publishAppointmentPolicy",
    request_body = PublishPolicy<AppointmentPolicy>,
    responses((status = 201, description = "已发布的版本", body = PolicyVersion<AppointmentPolicy>)))]
pub async fn publish_appointment_policy(
    services: Data<Services>,
    actor: Actor<may::EditPolicy>,
    conditions: Conditions,
    body: Json<PublishPolicy<AppointmentPolicy>>,
) -> Answer<PolicyVersion<AppointmentPolicy>> {
    publish(&services, &actor, conditions, body).await
}
