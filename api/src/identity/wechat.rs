//! Signing in through the mini-program.

use actix_web::web::Data;
use persistence::Tx;
use persistence::identity::{self, AccountKind, AccountState};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::{self, Lasting, Opening, SessionView};
use super::view::{AccountView, account_view};
use crate::actor::Reads;
use crate::answer::Answer;
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::{Code, Fault, Problem};
use crate::services::Services;
use crate::wechat::WechatError;

/// Every endpoint of the mini-program's sign-in.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": sign_in_wechat]
}

/// A code of the mini-program.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WechatCode {
    /// What `wx.login` or the phone button has given; good once, for five minutes.
    #[schema(min_length = 1, max_length = 512)]
    pub(super) code: String,
}

/// Sign in with the mini-program.
///
/// 微信登录:以 wx.login 的 code 换取会话;首次登录即建立账号。
#[utoipa::path(post, path = "/v1/sessions/wechat", operation_id = "signInWithWechat", request_body = WechatCode, security(()),
    responses((status = 200, description = "会话", body = SessionView)))]
pub async fn sign_in_wechat(services: Data<Services>, reads: Reads, body: Json<WechatCode>) -> Answer<SessionView> {
    let found = services.wechat.session(&body.value.code).await.map_err(|error| told(error, Code::BadCredentials.into()))?;
    let (opening, id, lasting) = (Opening::new()?, Uuid::now_v7(), Lasting::of(AccountKind::Resident));
    let kept = opening.clone();
    let work = move |tx: &mut Tx| -> Result<AccountView, Fault> {
        let account = identity::add_resident(tx, id, &found.openid)?;
        if account.state != AccountState::Active {
            return Err(Code::AccountDisabled.into());
        }
        tx.about("accounts", account.id);
        kept.keep(tx, account.id, lasting)?;
        account_view(tx, account.id, reads.0)
    };
    let account = services.store.write(work).await?;
    Ok(session::answer(opening.view(&services, account, lasting)?))
}

/// What a caller is told of WeChat's refusal; a code that is not good is `wrong_code`.
pub(super) fn told(error: WechatError, wrong_code: Problem) -> Problem {
    let problem = match error {
        WechatError::CodeInvalid | WechatError::CodeUsed => wrong_code,
        WechatError::RateLimited => Problem::from(Code::RateLimited).retry_after(60),
        WechatError::RiskBlocked => Code::AccountDisabled.into(),
        WechatError::Busy => Problem::from(Code::Busy).retry_after(2),
        WechatError::Off => Code::WechatOff.into(),
        WechatError::NotActive | WechatError::Misconfigured { .. } | WechatError::Unreachable { .. } | WechatError::Other { .. } => {
            Code::UpstreamFailed.into()
        }
    };
    problem.because(error)
}
