//! The second factor of staff: an authenticator app, and recovery codes for when it is lost.

use actix_web::HttpRequest;
use actix_web::web::Data;
use data_encoding::BASE32_NOPAD;
use domain::identity::IdentityPolicy;
use persistence::Tx;
use persistence::identity::{self, AccountKind};
use persistence::secret::random;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::attempt::{Given, Right, Whose, attempt, guess, use_code};
use super::password::temporary_password;
use super::view::{AccountView, account_view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of the second factor.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": enrol_totp, confirm_totp, disable_totp]
}

/// One's own password once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolTotp {
    /// The password: who finds an open session must not bind an app to it.
    #[schema(min_length = 1, max_length = 128, format = Password)]
    password: String,
}

/// What the app is told.
#[derive(Serialize, ToSchema)]
pub struct TotpSecret {
    /// The secret in Base32, to be typed.
    secret: String,
    /// The same as an address, to be shown as a QR code.
    #[schema(example = "otpauth://totp/Linli:wang.li?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Linli")]
    otpauth_url: String,
}

/// Set up the second factor.
///
/// 绑定身份验证器:返回密钥与二维码地址;须再以一个验证码确认才生效。
#[utoipa::path(post, path = "/v1/me/totp", operation_id = "enrolTotp", request_body = EnrolTotp,
    responses((status = 200, description = "密钥", body = TotpSecret)))]
pub async fn enrol_totp(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadOwn>,
    body: Json<EnrolTotp>,
) -> Answer<TotpSecret> {
    let id = actor.account();
    let username = staff_name(&services, id).await?;
    let given = Given { whose: Whose::Account(id), password: body.value.password, code: None };
    attempt(&services, &request, given).await.map_err(wrong_password)?;
    let secret = BASE32_NOPAD.encode(&random::<20>().map_err(Problem::internal)?);
    let kept = secret.clone();
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        tx.about("accounts", id);
        if identity::has_second_factor(tx, id)? {
            return Err(Code::AlreadyExists.into());
        }
        Ok(identity::enrol(tx, id, &kept)?)
    };
    services.store.write(work).await?;
    // A user name has no character that an address would have to escape.
    let otpauth_url = format!("otpauth://totp/Linli:{username}?secret={secret}&issuer=Linli&algorithm=SHA1&digits=6&period=30");
    Ok(Reply::ok(TotpSecret { secret, otpauth_url }))
}

/// A code of the app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmTotp {
    /// The six digits.
    #[schema(min_length = 6, max_length = 6, pattern = "^[0-9]*$", example = "287082")]
    code: String,
}

/// The codes that sign in without the app.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Each good once in the place of the six digits. Shown only now.
    recovery_codes: Vec<String>,
}

/// Confirm the second factor with a code of the app.
///
/// 确认两步验证:自此登录须提交验证码;恢复码只显示一次,每个只能用一次。当前会话即视为已验证。验证码输错与登录失败一样计数、锁定。
#[utoipa::path(post, path = "/v1/me/totp/confirm", operation_id = "confirmTotp", request_body = ConfirmTotp,
    responses((status = 200, description = "恢复码", body = RecoveryCodes)))]
pub async fn confirm_totp(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadOwn>,
    body: Json<ConfirmTotp>,
) -> Answer<RecoveryCodes> {
    let (id, session, code, policy) = (actor.account(), actor.session, body.value.code, services.identity.clone());
    let codes = (0..policy.recovery_codes).map(|_| temporary_password()).collect::<Result<Vec<_>, _>>()?;
    let kept = codes.clone();
    services.store.read(move |tx| pending(tx, id)).await?;
    let guess = guess(&services, &request, id).await?;
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        confirm(tx, id, session, &code, &kept, &policy)?;
        Ok(identity::uncount(tx, &guess)?)
    };
    services.store.write(work).await?;
    services.forget();
    Ok(Reply::ok(RecoveryCodes { recovery_codes: codes }))
}

/// The factor that waits to be confirmed.
fn pending(tx: &mut Tx, id: Uuid) -> Result<identity::SecondFactor, Fault> {
    let factor = identity::second_factor(tx, id)?.ok_or(Code::NotFound)?;
    if factor.confirmed { Err(Code::AlreadyExists.into()) } else { Ok(factor) }
}

fn confirm(tx: &mut Tx, id: Uuid, session: Uuid, code: &str, codes: &[String], policy: &IdentityPolicy) -> Result<(), Fault> {
    tx.about("accounts", id);
    let factor = pending(tx, id)?;
    if !use_code(tx, id, &factor, code, policy)? {
        return Err(Problem::field("/code", Rule::OneTimeCode).into());
    }
    identity::confirm_second_factor(tx, id)?;
    identity::add_recovery_codes(tx, id, codes)?;
    Ok(identity::strengthen(tx, session)?)
}

/// Password and code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableTotp {
    /// The password.
    #[schema(min_length = 1, max_length = 128, format = Password)]
    password: String,
    /// The six digits of the app, or a recovery code.
    #[schema(min_length = 6, max_length = 40, example = "287082")]
    code: String,
}

/// Take one's own second factor away.
///
/// 解除两步验证:须密码与验证码;要求两步验证的角色解除后只能重新绑定。
#[utoipa::path(post, path = "/v1/me/totp/disable", operation_id = "disableTotp", request_body = DisableTotp,
    responses((status = 200, description = "我的账号", body = AccountView)))]
pub async fn disable_totp(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadOwn>,
    reads: Reads,
    body: Json<DisableTotp>,
) -> Answer<AccountView> {
    let id = actor.account();
    staff_name(&services, id).await?;
    let DisableTotp { password, code } = body.value;
    let given = Given { whose: Whose::Account(id), password, code: Some(Some(code)) };
    let Right { strong, .. } = attempt(&services, &request, given).await.map_err(wrong_either)?;
    if !strong {
        return Err(Code::NotFound.into());
    }
    let work = move |tx: &mut Tx| -> Result<AccountView, Fault> {
        tx.about("accounts", id);
        identity::remove_second_factor(tx, id)?;
        account_view(tx, id, reads.0)
    };
    let view = services.store.write(work).await?;
    services.forget();
    let version = view.version();
    Ok(Reply::ok(view).tagged(version))
}

/// The user name; only staff sign in with a password.
async fn staff_name(services: &Services, id: Uuid) -> Result<String, Problem> {
    let account = services.store.read::<_, Fault>(move |tx| Ok(identity::load(tx, id)?)).await?;
    let name = account.username.filter(|_| account.kind == AccountKind::Staff);
    name.ok_or_else(|| Code::NotFound.into())
}

/// The caller has signed in, so a wrong password is a wrong field.
fn wrong_password(problem: Problem) -> Problem {
    if problem.code == Code::BadCredentials { Problem::field("/password", Rule::PasswordWrong) } else { problem }
}

/// Which of both is wrong is not told.
fn wrong_either(problem: Problem) -> Problem {
    if problem.code == Code::BadCredentials { Problem::field("/code", Rule::OneTimeCode) } else { problem }
}
