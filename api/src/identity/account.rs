//! Accounts of staff: opening and reading them.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use domain::identity::{Actor as Acting, Grant, Intervention, Receiver, Role, may_grant};
use domain::region::DivisionCode;
use persistence::Tx;
use persistence::identity::{self, GrantRow, NewStaff};
use persistence::person;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::grant::{GrantRole, told};
use super::password::{hash_in_turn, temporary_password};
use super::view::{AccountView, account_view};
use crate::actor::{Actor, Permission, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region;
use crate::services::Services;

/// Every endpoint of accounts.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": create_staff, account, accounts]
}

/// An account to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateStaff {
    /// The user name, unique for good: small letters, digits, dots, dashes and underscores.
    #[schema(min_length = 3, max_length = 64, pattern = "^[a-z][a-z0-9._-]*$", example = "wang.li")]
    username: String,
    /// The person behind it.
    person: Option<Uuid>,
    /// Its first roles.
    #[schema(min_items = 1, max_items = 20)]
    grants: Vec<GrantRole>,
}

/// An account with a password that is shown once.
#[derive(Serialize, ToSchema)]
pub struct WithPassword {
    /// The account.
    pub(super) account: AccountView,
    /// The password for the first sign-in, which must be changed there. Shown once: null where the request is repeated.
    pub(super) temporary_password: Option<String>,
}

/// Open an account for staff.
///
/// 开设工作账号:返回只显示一次的临时密码,首次登录须修改;只能授予本人有权授予的角色。
#[utoipa::path(post, path = "/v1/accounts", operation_id = "createStaffAccount", request_body = CreateStaff,
    responses((status = 201, description = "新账号", body = WithPassword)))]
pub async fn create_staff(
    services: Data<Services>,
    actor: Actor<may::CreateStaff>,
    conditions: Conditions,
    reads: Reads,
    body: Json<CreateStaff>,
) -> Answer<WithPassword> {
    let (asked, digest, who, id) = (body.value, body.digest, actor.actor, Uuid::now_v7());
    let receiver = Receiver { account: id, person: asked.person };
    let grants: Vec<(Uuid, Grant)> = asked
        .grants
        .iter()
        .enumerate()
        .map(|(index, grant)| {
            let grant = grant.read(&format!("/grants/{index}"))?;
            may_grant(&who, receiver, &grant).map_err(|refusal| told(refusal, &format!("/grants/{index}")))?;
            Ok((Uuid::now_v7(), grant))
        })
        .collect::<Result<_, Problem>>()?;
    let password = temporary_password()?;
    let password_hash = hash_in_turn(&services.hashing, password.clone()).await?;
    let staff = NewStaff { id, username: asked.username, password_hash, must_change_password: true, person: asked.person };
    let work = move |tx: &mut Tx| -> Result<(AccountView, bool), Fault> {
        let once = conditions.once(tx, who.account, &digest, 201, id)?;
        if let Once::Before(before) = once {
            held::<may::CreateStaff>(tx, &who, before)?;
            return Ok((account_view(tx, before, reads.0)?, true));
        }
        if let Some(person) = staff.person {
            let person = refers(person::load(tx, person), "/person", Rule::UnknownPerson)?;
            let known = region::may_in::<may::CreateStaff>(tx, &who, &person.division)?;
            // Whoever signs in for themselves already is not given to an account whose password somebody else has seen.
            (known && !person.claimed).then_some(()).ok_or_else(|| Problem::field("/person", Rule::UnknownPerson))?;
        }
        identity::add_staff(tx, &staff)?;
        identity::intervene(tx, id, who.account, Intervention::Opened)?;
        for (index, (grant_id, grant)) in grants.iter().enumerate() {
            super::grant::give(tx, &who, id, *grant_id, grant, &format!("/grants/{index}"))?;
        }
        Ok((account_view(tx, id, reads.0)?, false))
    };
    let (account, replayed) = services.store.write(work).await?;
    let (version, at) = (account.version(), format!("/v1/accounts/{}", account.id()));
    let temporary_password = (!replayed).then_some(password);
    Ok(Reply::created(WithPassword { account, temporary_password }, &at).tagged(version).replayed(replayed))
}

/// Read an account.
///
/// 查看账号(脱敏):限本人管辖范围内。
#[utoipa::path(get, path = "/v1/accounts/{id}", operation_id = "readAccount", params(("id" = Uuid, Path, description = "账号")),
    responses((status = 200, description = "账号", body = AccountView)))]
pub async fn account(services: Data<Services>, actor: Actor<may::ReadAccounts>, reads: Reads, id: Path<Uuid>) -> Answer<AccountView> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<AccountView, Fault> {
        held::<may::ReadAccounts>(tx, &who, id)?;
        account_view(tx, id, reads.0)
    };
    let view = services.store.read(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version))
}

/// The roles of an account that the actor may know of: one with a role in scope, or of a person who lives there. An account
/// that holds nothing is for operators.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) fn held<P: Permission>(tx: &mut Tx, actor: &Acting, id: Uuid) -> Result<(identity::Account, Vec<GrantRow>), Fault> {
    let account = identity::load(tx, id)?;
    let grants = identity::grants(tx, id)?;
    let mut known = grants.is_empty() && account.person.is_none() && actor.has(Role::Operator);
    for row in &grants {
        known = known || region::may_in::<P>(tx, actor, &row.grant.scope)?;
    }
    if let Some(person) = account.person.filter(|_| !known) {
        let division = person::load(tx, person)?.division;
        known = region::may_in::<P>(tx, actor, &division)?;
    }
    if known { Ok((account, grants)) } else { Err(Code::NotFound.into()) }
}

/// Which accounts.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAccounts {
    /// Only those with a role in this division; everywhere that the caller may look where it is left out.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    within: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List accounts that hold roles.
///
/// 账号列表(脱敏):在所查区划内持有角色的账号,先开设者在前。
#[utoipa::path(get, path = "/v1/accounts", operation_id = "listAccounts", params(ListAccounts),
    responses((status = 200, description = "账号", body = Page<AccountView>)))]
pub async fn accounts(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadAccounts>,
    reads: Reads,
    query: Query<ListAccounts>,
) -> Answer<Page<AccountView>> {
    let limit = page::limit(query.0.limit)?;
    let within = scopes(&actor, query.0.within.as_deref())?;
    let after = query.0.cursor.as_deref().map(|cursor| page::read_cursor(services.store.keys(), "accounts", cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<AccountView>, Fault> {
        let ids = identity::accounts_with_roles(tx, &within, after, limit + 1)?;
        ids.into_iter().map(|id| account_view(tx, id, reads.0)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), "accounts", views, limit, AccountView::id)
}

/// The divisions to look in: the one asked for, if the actor may look there, else all of the actor's.
///
/// # Errors
/// [`Code::NotFound`], or names the field.
pub fn scopes<P: Permission>(actor: &Actor<P>, within: Option<&str>) -> Result<Vec<DivisionCode>, Problem> {
    let Some(raw) = within else { return Ok(actor.scopes()) };
    let division = region::code("within", raw)?;
    actor.within(&division)?;
    Ok(vec![division])
}
