//! Accounts of others: a new first password, locking, unlocking.

use actix_web::web::{Data, Path};
use domain::identity::{Intervention, Receiver, may_manage};
use persistence::Tx;
use persistence::identity::{self, AccountKind, AccountState, Attempt};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::account::{WithPassword, held};
use super::grant::told;
use super::password::{hash_in_turn, temporary_password};
use super::view::{AccountView, account_view};
use crate::actor::{Actor, Permission, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault};
use crate::services::Services;

/// Every endpoint of managing accounts.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": reset_password, reset_second_factor, lock, unlock]
}

/// Nothing to say.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// Give a staff account a new first password.
///
/// 重置密码:返回只显示一次的临时密码,该账号的会话全部注销,登录后须修改。
#[utoipa::path(post, path = "/v1/accounts/{id}/password-reset", operation_id = "resetPassword",
    params(("id" = Uuid, Path, description = "账号")), request_body = Empty,
    responses((status = 200, description = "账号与临时密码", body = WithPassword)))]
pub async fn reset_password(
    services: Data<Services>,
    actor: Actor<may::ResetPassword>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<WithPassword> {
    let (who, digest, id) = (actor.actor, body.digest, *id);
    let password = temporary_password()?;
    let hash = hash_in_turn(&services.hashing, password.clone()).await?;
    let work = move |tx: &mut Tx| -> Result<(AccountView, bool), Fault> {
        let account = may_be_managed::<may::ResetPassword>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(account.version)?;
            if account.kind != AccountKind::Staff {
                return Err(Code::NotFound.into());
            }
            identity::set_password(tx, id, &hash, true)?;
            identity::revoke_sessions(tx, id, "password_reset")?;
            identity::intervene(tx, id, who.account, Intervention::PasswordReset)?;
        }
        Ok((account_view(tx, id, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (account, replayed) = services.store.write(work).await?;
    services.forget();
    let (version, temporary_password) = (account.version(), (!replayed).then_some(password));
    Ok(Reply::ok(WithPassword { account, temporary_password }).tagged(version).replayed(replayed))
}

/// Take the second factor of a staff account away.
///
/// 解除两步验证:当事人遗失验证器与恢复码时由管理员办理;该账号的会话全部注销,须以密码重新登录。
#[utoipa::path(post, path = "/v1/accounts/{id}/totp-reset", operation_id = "resetSecondFactor",
    params(("id" = Uuid, Path, description = "账号")), request_body = Empty,
    responses((status = 200, description = "账号", body = AccountView)))]
pub async fn reset_second_factor(
    services: Data<Services>,
    actor: Actor<may::ResetPassword>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<AccountView> {
    let (who, digest, id) = (actor.actor, body.digest, *id);
    let work = move |tx: &mut Tx| -> Result<(AccountView, bool), Fault> {
        let account = may_be_managed::<may::ResetPassword>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(account.version)?;
            tx.about("accounts", id);
            identity::remove_second_factor(tx, id)?;
            identity::revoke_sessions(tx, id, "second_factor_reset")?;
            identity::intervene(tx, id, who.account, Intervention::SecondFactorReset)?;
        }
        Ok((account_view(tx, id, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    services.forget();
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// An account that is not cancelled and that the actor may manage.
pub(super) fn may_be_managed<P: Permission>(tx: &mut Tx, actor: &domain::identity::Actor, id: Uuid) -> Result<identity::Account, Fault> {
    let (account, grants) = held::<P>(tx, actor, id)?;
    if account.state == AccountState::Cancelled {
        return Err(Code::NotFound.into());
    }
    let grants: Vec<_> = grants.into_iter().map(|row| row.grant).collect();
    may_manage(actor, Receiver { account: id, person: account.person }, &grants).map_err(|refusal| told(refusal, ""))?;
    Ok(account)
}

/// Lock an account.
///
/// 锁定账号:不能再登录,现有会话全部注销。
#[utoipa::path(post, path = "/v1/accounts/{id}/lock", operation_id = "lockAccount", params(("id" = Uuid, Path, description = "账号")),
    request_body = Empty, responses((status = 200, description = "已锁定的账号", body = AccountView)))]
pub async fn lock(
    services: Data<Services>,
    actor: Actor<may::LockAccount>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<AccountView> {
    change(&services, actor, conditions, reads, (*id, body.digest), AccountState::Locked).await
}

/// Unlock an account.
///
/// 解锁账号:可以重新登录,失败次数清零。
#[utoipa::path(post, path = "/v1/accounts/{id}/unlock", operation_id = "unlockAccount", params(("id" = Uuid, Path, description = "账号")),
    request_body = Empty, responses((status = 200, description = "已解锁的账号", body = AccountView)))]
pub async fn unlock(
    services: Data<Services>,
    actor: Actor<may::LockAccount>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<AccountView> {
    change(&services, actor, conditions, reads, (*id, body.digest), AccountState::Active).await
}

/// Brings an account into a state; one that is there already stays as it is, but wrong passwords are forgotten.
async fn change(
    services: &Data<Services>,
    actor: Actor<may::LockAccount>,
    conditions: Conditions,
    reads: Reads,
    (id, digest): (Uuid, Vec<u8>),
    to: AccountState,
) -> Answer<AccountView> {
    let who = actor.actor;
    let work = move |tx: &mut Tx| -> Result<(AccountView, bool), Fault> {
        let account = may_be_managed::<may::LockAccount>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(account.version)?;
            match (account.state, to) {
                (AccountState::Active, AccountState::Locked) => identity::lock(tx, id)?,
                (AccountState::Locked, AccountState::Active) => identity::unlock(tx, id)?,
                (AccountState::Active, AccountState::Active) => {}
                (AccountState::Active | AccountState::Locked | AccountState::Cancelled, _) => {}
            }
            if to == AccountState::Active {
                // Also where only wrong passwords are forgotten: whoever can do that can guess on.
                identity::intervene(tx, id, who.account, Intervention::Unlocked)?;
            }
            if let (AccountState::Active, Some(name)) = (to, &account.username) {
                let attempt = Attempt::new(tx.keys(), name, "");
                identity::forget(tx, &attempt)?;
            }
        }
        Ok((account_view(tx, id, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    services.forget();
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
