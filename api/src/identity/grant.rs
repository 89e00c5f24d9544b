//! Giving roles and taking them away.

use actix_web::web::{Data, Path};
use domain::identity::{Actor as Acting, Grant, GrantRefusal, Receiver, Role, may_grant, may_revoke};
use persistence::Tx;
use persistence::identity::{self, AccountKind, AccountState, GrantRow};
use persistence::organisation;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::account::held;
use super::me::refuse_last_administrator;
use super::second_person::{First, independent};
use super::view::{AccountView, account_view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Nothing, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region;
use crate::services::Services;

/// Every endpoint of roles.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": grant_role, revoke_role]
}

/// A role to give.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRole {
    /// The role; those that follow from a person's records are not given by hand.
    role: Role,
    /// The division within which it holds.
    #[schema(min_length = 2, max_length = 15, example = "230822")]
    scope: String,
    /// For which organisation; an organisation manager has one.
    organisation: Option<Uuid>,
}

impl GrantRole {
    /// Reads it.
    ///
    /// # Errors
    /// Names the field below `at`.
    pub(super) fn read(&self, at: &str) -> Result<Grant, Problem> {
        let scope = region::code(&format!("{at}/scope"), &self.scope)?;
        Ok(Grant { role: self.role, scope, organisation: self.organisation })
    }
}

/// What a caller is told where a rule of granting stands against it.
pub(super) fn told(refusal: GrantRefusal, at: &str) -> Problem {
    let problem = match refusal {
        GrantRefusal::Derived { .. } => Problem::field(format!("{at}/role"), Rule::DerivedRole),
        GrantRefusal::OrganisationMissing => Problem::field(format!("{at}/organisation"), Rule::Required),
        GrantRefusal::OwnAccount => Code::SecondPersonNeeded.into(),
        GrantRefusal::NotYours { .. } => Code::Forbidden.into(),
    };
    problem.because(refusal)
}

/// Gives a role, after the rules were asked. An organisation must be at home where the role holds: who manages it can do so
/// wherever it is.
pub(super) fn give(tx: &mut Tx, actor: &Acting, account: Uuid, id: Uuid, grant: &Grant, at: &str) -> Result<(), Fault> {
    let scope = region::known(tx, &format!("{at}/scope"), &grant.scope)?.code;
    if let Some(organisation) = grant.organisation {
        let pointer = format!("{at}/organisation");
        let organisation = refers(organisation::load(tx, organisation), &pointer, Rule::UnknownOrganisation)?;
        if !scope.covers(&organisation.division) {
            return Err(Problem::field(pointer, Rule::UnknownOrganisation).into());
        }
    }
    let grant = Grant { scope, ..grant.clone() };
    if identity::grants(tx, account)?.iter().any(|row| row.grant == grant) {
        return Err(Code::AlreadyExists.into());
    }
    let (granted_by, granted_at) = (Some(actor.account), tx.now());
    Ok(identity::grant(tx, &GrantRow { id, account, grant, granted_by, granted_at })?)
}

/// Give a role.
///
/// 授予角色:只能在本人管辖范围内、按授权规则授予,不能授予自己。
#[utoipa::path(post, path = "/v1/accounts/{id}/grants", operation_id = "grantRole", params(("id" = Uuid, Path, description = "账号")),
    request_body = GrantRole, responses((status = 201, description = "账号", body = AccountView)))]
pub async fn grant_role(
    services: Data<Services>,
    actor: Actor<may::GrantRole>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<GrantRole>,
) -> Answer<AccountView> {
    let (who, digest, id, grant_id) = (actor.actor, body.digest, *id, Uuid::now_v7());
    let (grant, policy) = (body.value.read("")?, services.identity.clone());
    let work = move |tx: &mut Tx| -> Result<(AccountView, bool), Fault> {
        let (account, _) = held::<may::GrantRole>(tx, &who, id)?;
        if account.state == AccountState::Cancelled {
            return Err(Code::NotFound.into());
        }
        may_grant(&who, Receiver { account: id, person: account.person }, &grant).map_err(|refusal| told(refusal, ""))?;
        independent(tx, &who, &First::account(id), tx.now())?;
        let once = conditions.once(tx, who.account, &digest, 201, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(account.version)?;
            if account.kind != AccountKind::Staff && policy.asks_for_second_factor(&[grant.role]) {
                return Err(Problem::field("/role", Rule::StaffAccount).into());
            }
            give(tx, &who, id, grant_id, &grant, "")?;
        }
        Ok((account_view(tx, id, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    services.forget();
    let (version, at) = (view.version(), format!("/v1/accounts/{id}"));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Take a role away.
///
/// 撤销角色:能授予者方可撤销,不能撤销自己的;区域的最后一名管理员不能撤销。
#[utoipa::path(delete, path = "/v1/accounts/{id}/grants/{grant}", operation_id = "revokeRole",
    params(("id" = Uuid, Path, description = "账号"), ("grant" = Uuid, Path, description = "授权")),
    responses((status = 204, description = "已撤销")))]
pub async fn revoke_role(services: Data<Services>, actor: Actor<may::RevokeRole>, path: Path<(Uuid, Uuid)>) -> Result<Nothing, Problem> {
    let (who, (id, grant)) = (actor.actor, path.into_inner());
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        let (account, grants) = held::<may::RevokeRole>(tx, &who, id)?;
        let row = grants.into_iter().find(|row| row.id == grant).ok_or(Code::NotFound)?;
        may_revoke(&who, Receiver { account: id, person: account.person }, &row.grant).map_err(|refusal| told(refusal, ""))?;
        refuse_last_administrator(tx, id, &row.grant)?;
        Ok(identity::revoke_grant(tx, grant, who.account)?)
    };
    services.store.write(work).await?;
    services.forget();
    Ok(Nothing)
}
