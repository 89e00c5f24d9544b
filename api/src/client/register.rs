//! Registering clients and reading them.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::identity::{ClientAuthentication, ClientScope, IdentityPolicy};
use domain::region::DivisionCode;
use persistence::Tx;
use persistence::client::{self, Client, NewKey};
use persistence::secret::{random, sha256};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::jwk::Jwk;
use super::view::{ClientView, WithSecret, client_view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::account::scopes;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of registering.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["clients": create_client, list_clients, read_client]
}

/// A client to register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateClient {
    /// What people call it: the program and whose it is.
    #[schema(min_length = 1, max_length = 100, example = "省志愿服务平台")]
    name: String,
    /// The division within which its scopes hold.
    #[schema(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// What it may ask for.
    #[schema(min_items = 1, max_items = 10)]
    scopes: Vec<ClientScope>,
    /// Until when it is registered: 366 days from now at most.
    expires_at: DateTime<Utc>,
    /// How it proves who it is.
    authentication: ClientAuthentication,
    /// Its public keys, for `private_key_jwt` and only for it.
    #[serde(default)]
    #[schema(max_items = 5)]
    keys: Vec<Jwk>,
}

/// A client to register, with a division that is there.
pub struct Registration {
    /// What people call it.
    pub name: String,
    /// Where its scopes hold.
    pub division: DivisionCode,
    /// What it may ask for.
    pub scopes: Vec<ClientScope>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
    /// How it proves who it is.
    pub authentication: ClientAuthentication,
    /// Its public keys.
    pub keys: Vec<NewKey>,
    /// Who registers it; none for the command line.
    pub by: Option<Uuid>,
}

/// The ids and the secret of a registration, made before its transaction, which may run more than once.
#[derive(Clone)]
pub struct Registered {
    /// The client's id.
    pub id: Uuid,
    credential: Uuid,
    /// The secret.
    pub secret: String,
}

impl Registered {
    /// New ones.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn new() -> Result<Self, Problem> {
        Ok(Self { id: Uuid::now_v7(), credential: Uuid::now_v7(), secret: new_secret()? })
    }
}

/// A secret of 32 random bytes, of which the database knows only the digest: nobody can guess what it is of.
pub(super) fn new_secret() -> Result<String, Problem> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>().map_err(Problem::internal)?))
}

/// Registers a client.
///
/// # Errors
/// Names the field and the rule, or the database's.
pub fn register(tx: &mut Tx, registered: &Registered, asked: &Registration, policy: &IdentityPolicy) -> Result<Client, Fault> {
    let (now, latest) = (tx.now(), tx.now() + TimeDelta::days(policy.client_days));
    if asked.expires_at <= now {
        return Err(Problem::field("/expires_at", Rule::InPast).into());
    }
    if asked.expires_at > latest {
        return Err(Problem::field_with("/expires_at", Rule::OutOfRange, vec![now.to_rfc3339(), latest.to_rfc3339()]).into());
    }
    let mut scopes = asked.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.len() != asked.scopes.len() {
        return Err(Problem::field("/scopes", Rule::Duplicates).into());
    }
    let signs = asked.authentication == ClientAuthentication::PrivateKeyJwt;
    if signs == asked.keys.is_empty() {
        return Err(Problem::field("/keys", if signs { Rule::Required } else { Rule::UnknownField }).into());
    }
    let client = Client {
        id: registered.id,
        name: asked.name.clone(),
        division: region::known(tx, "/division", &asked.division)?.code,
        authentication: asked.authentication,
        scopes,
        expires_at: asked.expires_at,
        disabled_at: None,
        created_by: asked.by,
        created_at: now,
        version: 1,
    };
    tx.about("clients", client.id);
    client::add(tx, &client)?;
    if signs {
        client::add_keys(tx, client.id, &asked.keys)?;
    } else {
        client::add_secret(tx, registered.credential, client.id, &sha256(registered.secret.as_bytes()))?;
    }
    Ok(client)
}

/// Register a machine client.
///
/// 登记机器客户端:作用域限于本人管辖的一个区划;密钥只显示一次,数据库只存摘要。
#[utoipa::path(post, path = "/v1/clients", operation_id = "createClient", request_body = CreateClient,
    responses((status = 201, description = "客户端与只显示一次的密钥", body = WithSecret)))]
pub async fn create_client(
    services: Data<Services>,
    actor: Actor<may::ManageClients>,
    conditions: Conditions,
    body: Json<CreateClient>,
) -> Answer<WithSecret> {
    let (asked, digest, who) = (body.value, body.digest, actor.actor.clone());
    let division = region::code("/division", &asked.division)?;
    actor.within(&division).map_err(|_| Problem::field("/division", Rule::UnknownDivision))?;
    let (registered, policy) = (Registered::new()?, services.identity.clone());
    let registration = Registration {
        name: asked.name,
        division,
        scopes: asked.scopes,
        expires_at: asked.expires_at,
        authentication: asked.authentication,
        keys: Jwk::read(&asked.keys)?,
        by: Some(who.account),
    };
    let (secret, signs) = (registered.secret.clone(), asked.authentication == ClientAuthentication::PrivateKeyJwt);
    let work = move |tx: &mut Tx| -> Result<(ClientView, bool), Fault> {
        let once = conditions.once(tx, who.account, &digest, 201, registered.id)?;
        if let Once::Before(before) = once {
            let client = held(tx, &who, before)?;
            return Ok((client_view(tx, client)?, true));
        }
        let client = register(tx, &registered, &registration, &policy)?;
        Ok((client_view(tx, client)?, false))
    };
    let (client, replayed) = services.store.write(work).await?;
    let (version, at) = (client.version(), format!("/v1/clients/{}", client.id()));
    let secret = (!replayed && !signs).then_some(secret);
    Ok(Reply::created(WithSecret { client, secret }, &at).tagged(version).replayed(replayed))
}

/// Which clients.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListClients {
    /// Only those of this division; everywhere that the caller may look where it is left out.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    within: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List machine clients.
///
/// 机器客户端列表:本人管辖范围内,先登记者在前,含已停用与已到期的。
#[utoipa::path(get, path = "/v1/clients", operation_id = "listClients", params(ListClients),
    responses((status = 200, description = "客户端", body = Page<ClientView>)))]
pub async fn list_clients(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ManageClients>,
    query: Query<ListClients>,
) -> Answer<Page<ClientView>> {
    let limit = page::limit(query.0.limit)?;
    let within = scopes(&actor, query.0.within.as_deref())?;
    let after = query.0.cursor.as_deref().map(|cursor| page::read_cursor(services.store.keys(), "clients", cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<ClientView>, Fault> {
        let clients = client::list(tx, &within, after, limit + 1)?;
        clients.into_iter().map(|client| Ok(client_view(tx, client)?)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), "clients", views, limit, ClientView::id)
}

/// Read a machine client.
///
/// 查看机器客户端:限本人管辖范围内;不含密钥。
#[utoipa::path(get, path = "/v1/clients/{id}", operation_id = "readClient", params(("id" = Uuid, Path, description = "客户端")),
    responses((status = 200, description = "客户端", body = ClientView)))]
pub async fn read_client(services: Data<Services>, actor: Actor<may::ManageClients>, _: Reads, id: Path<Uuid>) -> Answer<ClientView> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<ClientView, Fault> {
        let client = held(tx, &who, id)?;
        Ok(client_view(tx, client)?)
    };
    let view = services.store.read(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version))
}

/// A client that the actor manages.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) fn held(tx: &mut Tx, actor: &domain::identity::Actor, id: Uuid) -> Result<Client, Fault> {
    let client = client::load(tx, id)?;
    tx.about("clients", id);
    if region::may_in::<may::ManageClients>(tx, actor, &client.division)? { Ok(client) } else { Err(Code::NotFound.into()) }
}
