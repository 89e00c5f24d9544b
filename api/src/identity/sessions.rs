//! Living sessions: one's own, and those of accounts that one manages.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use persistence::Tx;
use persistence::identity::{self, Session};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::account::held;
use super::manage::may_be_managed;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Nothing};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::{Code, Fault, Problem};
use crate::services::Services;

/// Every endpoint of living sessions.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": own_sessions, end_own_session, account_sessions, end_session]
}

/// A session that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LivingSession)]
pub struct LivingView {
    /// Its id.
    id: Uuid,
    /// When it was opened.
    created_at: DateTime<Utc>,
    /// When it was last used, to the minute; kept for staff only.
    used_at: DateTime<Utc>,
    /// When it ends.
    expires_at: DateTime<Utc>,
    /// Whether a second factor was shown in it.
    second_factor: bool,
    /// Whether it is the one that asks.
    current: bool,
}

/// A page of sessions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSessions {
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List one's own sessions.
///
/// 我的会话:仍有效的会话,新的在前。
#[utoipa::path(get, path = "/v1/me/sessions", operation_id = "listOwnSessions", params(ListSessions),
    responses((status = 200, description = "会话", body = Page<LivingView>)))]
pub async fn own_sessions(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadOwn>,
    query: Query<ListSessions>,
) -> Answer<Page<LivingView>> {
    let id = actor.account();
    listed(&services, &request, (id, actor.session), query.0, |_| Ok(())).await
}

/// List the sessions of an account that one manages.
///
/// 账号的会话:限本人管辖范围内的账号。
#[utoipa::path(get, path = "/v1/accounts/{id}/sessions", operation_id = "listAccountSessions", params(("id" = Uuid, Path, description = "账号"), ListSessions),
    responses((status = 200, description = "会话", body = Page<LivingView>)))]
pub async fn account_sessions(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::EndSessions>,
    id: Path<Uuid>,
    query: Query<ListSessions>,
) -> Answer<Page<LivingView>> {
    let (who, id) = (actor.actor, *id);
    let check = move |tx: &mut Tx| held::<may::EndSessions>(tx, &who, id).map(drop);
    listed(&services, &request, (id, actor.session), query.0, check).await
}

async fn listed(
    services: &Services,
    request: &HttpRequest,
    (account, current): (Uuid, Uuid),
    query: ListSessions,
    check: impl FnOnce(&mut Tx) -> Result<(), Fault> + Send + 'static,
) -> Answer<Page<LivingView>> {
    let limit = page::limit(query.limit)?;
    let list = format!("sessions {account}");
    let after = query.cursor.as_deref().map(|cursor| page::read_cursor(services.store.keys(), &list, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<Session>, Fault> {
        check(tx)?;
        Ok(identity::living_sessions(tx, account, after, limit + 1)?)
    };
    let view = |session: Session| LivingView {
        id: session.id,
        created_at: session.created_at,
        used_at: session.used_at,
        expires_at: session.expires_at,
        second_factor: session.second_factor,
        current: session.id == current,
    };
    let views = services.store.read(work).await?.into_iter().map(view).collect();
    page::reply(request, services.store.keys(), &list, views, limit, |view: &LivingView| view.id)
}

/// End one of one's own sessions.
///
/// 注销自己的一个会话:立即失效。
#[utoipa::path(delete, path = "/v1/me/sessions/{id}", operation_id = "endOwnSession", params(("id" = Uuid, Path, description = "会话")),
    responses((status = 204, description = "已注销")))]
pub async fn end_own_session(services: Data<Services>, actor: Actor<may::ReadOwn>, id: Path<Uuid>) -> Result<Nothing, Problem> {
    let (account, id) = (actor.account(), *id);
    ended(&services, account, id, "revoked_by_owner", |_| Ok(())).await
}

/// End a session of an account that one manages.
///
/// 注销账号的一个会话:限可管理的账号,立即失效。
#[utoipa::path(delete, path = "/v1/accounts/{id}/sessions/{session}", operation_id = "endAccountSession",
    params(("id" = Uuid, Path, description = "账号"), ("session" = Uuid, Path, description = "会话")),
    responses((status = 204, description = "已注销")))]
pub async fn end_session(services: Data<Services>, actor: Actor<may::EndSessions>, path: Path<(Uuid, Uuid)>) -> Result<Nothing, Problem> {
    let (who, (account, id)) = (actor.actor, path.into_inner());
    ended(&services, account, id, "revoked_by_administrator", move |tx| may_be_managed::<may::EndSessions>(tx, &who, account).map(drop))
        .await
}

async fn ended(
    services: &Services,
    account: Uuid,
    id: Uuid,
    why: &'static str,
    check: impl Fn(&mut Tx) -> Result<(), Fault> + Send + 'static,
) -> Result<Nothing, Problem> {
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        tx.about("accounts", account);
        check(tx)?;
        let session = identity::session(tx, id)?;
        if session.account != account || !session.holds(tx.now()) {
            return Err(Code::NotFound.into());
        }
        Ok(identity::revoke_session(tx, id, why)?)
    };
    services.store.write(work).await?;
    services.forget();
    Ok(Nothing)
}
