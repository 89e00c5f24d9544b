//! One's own account.

use actix_web::web::Data;
use domain::identity::{Grant, Role};
use persistence::Tx;
use persistence::{identity, person, region};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{AccountView, account_view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Nothing, Reply};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::person::view::{PersonView, person_view};
use crate::problem::{Code, Fault, Problem};
use crate::services::Services;

/// Every endpoint of one's own account.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": me, cancel_account]
}

/// Who has signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    /// The account, with its roles and their scopes.
    account: AccountView,
    /// The person behind it, masked; null until the account has claimed one.
    person: Option<PersonView>,
}

/// Read one's own account.
///
/// 我的账号:角色及其范围、关联人员(脱敏)、是否须先修改密码。
#[utoipa::path(get, path = "/v1/me", operation_id = "readMe", responses((status = 200, description = "我的账号", body = Me)))]
pub async fn me(services: Data<Services>, actor: Actor<may::ReadOwn>, reads: Reads) -> Answer<Me> {
    let (shared, id) = (services.clone(), actor.account());
    let work = move |tx: &mut Tx| -> Result<Me, Fault> {
        let account = account_view(tx, id, reads.0)?;
        let person = identity::load(tx, id)?.person.map(|person| person::load(tx, person)).transpose()?;
        let person = person.map(|person| person_view(tx, &shared, person, reads.0)).transpose()?;
        Ok(Me { account, person })
    };
    let me = services.store.read(work).await?;
    let version = me.account.version();
    Ok(Reply::ok(me).tagged(version))
}

/// Give one's account up for good.
///
/// 注销账号:登录凭据与手机号即被清除,会话与角色全部失效;本区域最后一名管理员须先移交。
#[utoipa::path(delete, path = "/v1/me", operation_id = "cancelAccount", responses((status = 204, description = "已注销")))]
pub async fn cancel_account(services: Data<Services>, actor: Actor<may::ReadOwn>) -> Result<Nothing, Problem> {
    let id = actor.account();
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        for row in identity::grants(tx, id)? {
            refuse_last_administrator(tx, id, &row.grant)?;
        }
        Ok(identity::cancel(tx, id)?)
    };
    services.store.write(work).await?;
    services.forget();
    Ok(Nothing)
}

/// Refuses that a region loses its last administrator.
///
/// # Errors
/// [`Code::LastAdministrator`].
pub fn refuse_last_administrator(tx: &mut Tx, account: Uuid, grant: &Grant) -> Result<(), Fault> {
    if grant.role != Role::Administrator {
        return Ok(());
    }
    let region = region::region_of(tx, &grant.scope)?.filter(|region| region.division == grant.scope);
    if region.is_some() && !identity::has_other_administrator(tx, &grant.scope, account)? {
        return Err(Code::LastAdministrator.into());
    }
    Ok(())
}
