//! Whether the service is alive and ready.

use actix_web::web::Data;
use persistence::region;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{Answer, Reply};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::Fault;
use crate::services::Services;

/// Every endpoint of operations.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    endpoints!["operations": alive, ready]
}

/// How the service is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    status: &'static str,
}

/// Whether the process answers.
///
/// 存活:进程能应答即为正常。
#[utoipa::path(get, path = "/healthz", operation_id = "isAlive", security(()), responses((status = 200, description = "正常", body = Health)))]
async fn alive() -> Answer<Health> {
    Ok(Reply::ok(Health { status: "ok" }))
}

/// Whether requests can be served: the database answers.
///
/// 就绪:数据库能应答。
#[utoipa::path(get, path = "/readyz", operation_id = "isReady", security(()), responses((status = 200, description = "就绪", body = Health)))]
async fn ready(services: Data<Services>) -> Answer<Health> {
    services.store.read::<_, Fault>(|tx| Ok(region::regions(tx)?)).await?;
    Ok(Reply::ok(Health { status: "ok" }))
}
