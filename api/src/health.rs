//! Whether the service is alive and ready.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use persistence::migration;
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

/// How the service is prepared for requests.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ok`, or `unready` where any check is red.
    status: &'static str,
    /// Every check.
    checks: Vec<Check>,
}

/// One condition of being ready.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Check {
    /// `serving` (not about to stop), `database` (it answers), `schema` (it is this program's), `disk` (the data folder has
    /// room).
    name: &'static str,
    /// Whether it is met.
    ok: bool,
}

/// Whether the process answers.
///
/// 存活:进程能应答即为正常,不访问数据库。
#[utoipa::path(get, path = "/healthz", operation_id = "isAlive", security(()), responses((status = 200, description = "正常", body = Health)))]
async fn alive() -> Answer<Health> {
    Ok(Reply::ok(Health { status: "ok" }))
}

/// Whether requests can be served: each check with its state; 503 where any is red.
///
/// 就绪:数据库可用、表结构一致、磁盘有余量、且未在停止;任何一项不符即为 503。
#[utoipa::path(get, path = "/readyz", operation_id = "isReady", security(()),
    responses((status = 200, description = "就绪", body = Readiness), (status = 503, description = "未就绪", body = Readiness)))]
async fn ready(services: Data<Services>) -> Answer<Readiness> {
    let checks = check(&services).await;
    let ok = checks.iter().all(|check| check.ok);
    let reply = Reply::ok(Readiness { status: if ok { "ok" } else { "unready" }, checks });
    Ok(if ok { reply } else { reply.report(StatusCode::SERVICE_UNAVAILABLE) })
}

async fn check(services: &Services) -> Vec<Check> {
    let schema = services.store.read::<_, Fault>(|tx| Ok(migration::is_current(tx)?)).await;
    let room = room(services.watching.folder.clone(), services.watching.free_bytes).await;
    vec![
        Check { name: "serving", ok: !services.draining.load(Ordering::Relaxed) },
        Check { name: "database", ok: schema.is_ok() },
        Check { name: "schema", ok: schema.unwrap_or(false) },
        Check { name: "disk", ok: room },
    ]
}

/// Whether a folder has this much room left; a network folder that hangs must not hold up the thread that serves.
async fn room(folder: Option<PathBuf>, wanted: u64) -> bool {
    let Some(folder) = folder else { return true };
    let free = web::block(move || free_bytes(&folder)).await;
    free.ok().flatten().is_some_and(|free| free >= wanted)
}

/// The bytes that are free for us where a folder lies; `None` where nobody can tell.
fn free_bytes(folder: &Path) -> Option<u64> {
    rustix::fs::statvfs(folder).ok().map(|about| about.f_bavail.saturating_mul(about.f_frsize))
}
