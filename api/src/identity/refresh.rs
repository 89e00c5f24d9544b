//! The next access token of a session.

use actix_web::web::Data;
use persistence::Tx;
use persistence::identity::{self, AccountKind, AccountState, RefreshUse};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::{self, Lasting, Refresh, SessionView};
use super::view::{AccountView, account_view};
use crate::actor::Reads;
use crate::answer::Answer;
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::{Code, Fault};
use crate::services::Services;

/// Every endpoint of refreshing.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": refresh_session]
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshSession {
    /// The one that came last.
    #[schema(min_length = 1, max_length = 128)]
    refresh_token: String,
}

/// What became of a refresh token; kept in every case, so that a session that must end has ended.
enum Refreshed {
    Fresh { session: Uuid, account: Box<AccountView>, lasting: Lasting },
    Reused,
    Refused,
}

/// Get the next access token.
///
/// 续期:刷新令牌一次有效,每次换发新令牌;重复使用即注销整个会话。
#[utoipa::path(post, path = "/v1/sessions/refresh", operation_id = "refreshSession", request_body = RefreshSession, security(()),
    responses((status = 200, description = "会话", body = SessionView)))]
pub async fn refresh_session(services: Data<Services>, reads: Reads, body: Json<RefreshSession>) -> Answer<SessionView> {
    let given = Refresh::given(body.value.refresh_token).digest();
    let next = Refresh::generate()?;
    let digest = next.digest();
    let idle = services.identity.idle();
    let work = move |tx: &mut Tx| -> Result<Refreshed, Fault> {
        match identity::use_refresh(tx, &given)? {
            RefreshUse::Fresh { session, account } => {
                let held = identity::load(tx, account)?;
                let kept = identity::session(tx, session)?;
                let used = kept.holds_unless_idle(tx.now(), (held.kind == AccountKind::Staff).then_some(idle));
                if held.state != AccountState::Active || !used {
                    return Ok(Refreshed::Refused);
                }
                let expires = kept.expires_at;
                identity::add_refresh(tx, &digest, session, expires)?;
                let account = Box::new(account_view(tx, account, reads.0)?);
                Ok(Refreshed::Fresh { session, account, lasting: Lasting::of(held.kind) })
            }
            RefreshUse::Reused { session } => {
                identity::revoke_session(tx, session, "refresh_reused")?;
                // The refusal is what goes on record.
                tx.changes_nothing();
                Ok(Refreshed::Reused)
            }
            RefreshUse::Unknown | RefreshUse::Expired => {
                tx.changes_nothing();
                Ok(Refreshed::Refused)
            }
        }
    };
    match services.store.write(work).await? {
        Refreshed::Fresh { session, account, lasting } => {
            Ok(session::answer(SessionView::new(&services, session, next, *account, lasting.access)?))
        }
        Refreshed::Reused => {
            services.forget();
            Err(Code::RefreshReused.into())
        }
        Refreshed::Refused => Err(Code::Unauthenticated.into()),
    }
}
