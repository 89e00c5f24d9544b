//! Signing in with a user name and a password.

use actix_web::HttpRequest;
use actix_web::web::Data;
use persistence::Tx;
use persistence::identity::{self, AccountKind, AccountState};
use serde::Deserialize;
use utoipa::ToSchema;

use super::attempt::{Given, Right, Whose, attempt};
use super::session::{self, Lasting, Opening, SessionView};
use super::view::{AccountView, account_view};
use crate::actor::Reads;
use crate::answer::Answer;
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::{Code, Fault};
use crate::services::Services;

/// Every endpoint of the sign-in of staff.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": sign_in_staff]
}

/// A user name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffSignIn {
    /// The user name.
    #[schema(min_length = 1, max_length = 64, example = "dispatcher")]
    username: String,
    /// The password.
    #[schema(min_length = 1, max_length = 128, format = Password)]
    password: String,
    /// The six digits of the authenticator app, or a recovery code; asked for where the account has a second factor.
    #[schema(min_length = 6, max_length = 40, example = "287082")]
    totp: Option<String>,
}

/// Sign in with a user name and a password.
///
/// 工作人员登录:同一来源连续失败五次锁定五分钟;无论账号是否存在,回答相同。启用两步验证的账号须同时提交 totp,否则返回
/// totp_required;验证码与恢复码只能用一次。
#[utoipa::path(post, path = "/v1/sessions/staff", operation_id = "signInAsStaff", request_body = StaffSignIn, security(()),
    responses((status = 200, description = "会话", body = SessionView)))]
pub async fn sign_in_staff(services: Data<Services>, request: HttpRequest, reads: Reads, body: Json<StaffSignIn>) -> Answer<SessionView> {
    let StaffSignIn { username, password, totp } = body.value;
    let given = Given { whose: Whose::Name(username.trim().to_lowercase()), password, code: Some(totp) };
    let Right { account, strong } = attempt(&services, &request, given).await?;
    let (opening, lasting) = (Opening::new()?.strong(strong), Lasting::of(AccountKind::Staff));
    let kept = opening.clone();
    let work = move |tx: &mut Tx| -> Result<AccountView, Fault> {
        if identity::load(tx, account)?.state != AccountState::Active {
            return Err(Code::BadCredentials.into());
        }
        tx.about("accounts", account);
        kept.keep(tx, account, lasting)?;
        account_view(tx, account, reads.0)
    };
    let view = services.store.write(work).await?;
    Ok(session::answer(opening.view(&services, view, lasting)?))
}
