//! Changing one's own password.

use actix_web::HttpRequest;
use actix_web::web::Data;
use persistence::Tx;
use persistence::identity::{self, AccountKind};
use serde::Deserialize;
use utoipa::ToSchema;

use super::attempt::{Given, Whose, attempt};
use super::password;
use super::session::{self, Lasting, Opening, SessionView};
use super::view::{AccountView, account_view};
use crate::actor::{Actor, Reads, may};
use crate::answer::Answer;
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of one's own password.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": change_password]
}

/// The password there is and the one there is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password there is.
    #[schema(min_length = 1, max_length = 128, format = Password)]
    current: String,
    /// The new one: at least ten characters of three kinds, or sixteen of any.
    #[schema(min_length = 10, max_length = 128, format = Password)]
    new: String,
}

/// Change one's own password.
///
/// 修改密码:其他会话全部注销,返回新的会话。
#[utoipa::path(post, path = "/v1/me/password", operation_id = "changePassword", request_body = ChangePassword,
    responses((status = 200, description = "新会话", body = SessionView)))]
pub async fn change_password(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadOwn>,
    reads: Reads,
    body: Json<ChangePassword>,
) -> Answer<SessionView> {
    let (id, ChangePassword { current, new }) = (actor.account(), body.value);
    let account = services.store.read::<_, Fault>(move |tx| Ok(identity::load(tx, id)?)).await?;
    if account.kind != AccountKind::Staff {
        return Err(Code::NotFound.into());
    }
    password::check("/new", &new, account.username.as_deref().unwrap_or_default())?;
    if new == current {
        return Err(Problem::field("/new", Rule::PasswordSame));
    }
    let given = Given { whose: Whose::Account(id), password: current, code: None };
    attempt(&services, &request, given).await.map_err(wrong_current)?;
    let hash = password::hash_in_turn(&services.hashing, new).await?;
    let session = actor.session;
    let strong = services.store.read::<_, Fault>(move |tx| Ok(identity::session(tx, session)?.second_factor)).await?;
    let (opening, lasting) = (Opening::new()?.strong(strong), Lasting::of(AccountKind::Staff));
    let kept = opening.clone();
    let work = move |tx: &mut Tx| -> Result<AccountView, Fault> {
        identity::set_password(tx, id, &hash, false)?;
        identity::revoke_sessions(tx, id, "password_changed")?;
        kept.keep(tx, id, lasting)?;
        account_view(tx, id, reads.0)
    };
    let view = services.store.write(work).await?;
    services.forget();
    Ok(session::answer(opening.view(&services, view, lasting)?))
}

/// The caller has signed in, so a wrong password is a wrong field.
fn wrong_current(problem: Problem) -> Problem {
    if problem.code == Code::BadCredentials { Problem::field("/current", Rule::PasswordWrong) } else { problem }
}
