//! Renewing what clients prove themselves with, and switching them off and on.

use actix_web::web::{Data, Path};
use chrono::TimeDelta;
use domain::identity::ClientAuthentication;
use persistence::Tx;
use persistence::client::{self, Client};
use persistence::secret::sha256;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::jwk::Jwk;
use super::register::{held, new_secret};
use super::view::{ClientView, WithSecret, client_view};
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of managing clients.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["clients": rotate_secret, replace_keys, disable_client, enable_client]
}

/// How a secret is renewed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// For so many hours the old secret holds beside the new one; 24 where it is left out, 0 where it is known to others.
    #[schema(minimum = 0, maximum = 168, example = 24)]
    overlap_hours: Option<i64>,
}

/// Renew the secret of a machine client.
///
/// 轮换密钥:新密钥只显示一次;旧密钥在并行期内仍有效,并行期为 0 时立即失效,以旧密钥换取的令牌同时失效。
#[utoipa::path(post, path = "/v1/clients/{id}/secret-rotation", operation_id = "rotateClientSecret",
    params(("id" = Uuid, Path, description = "客户端")), request_body = RotateSecret,
    responses((status = 200, description = "客户端与只显示一次的新密钥", body = WithSecret)))]
pub async fn rotate_secret(
    services: Data<Services>,
    actor: Actor<may::ManageClients>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<RotateSecret>,
) -> Answer<WithSecret> {
    let policy = &services.identity;
    let hours = body.value.overlap_hours.unwrap_or(policy.secret_overlap_hours);
    if !(0..=policy.longest_overlap_hours).contains(&hours) {
        let words = vec!["0".to_owned(), policy.longest_overlap_hours.to_string()];
        return Err(Problem::field_with("/overlap_hours", Rule::OutOfRange, words));
    }
    let (secret, credential) = (new_secret()?, Uuid::now_v7());
    let digest = sha256(secret.as_bytes());
    let work = move |tx: &mut Tx, client: &Client| -> Result<(), Fault> {
        if client.authentication != ClientAuthentication::SecretBasic {
            return Err(Code::NoClientSecret.into());
        }
        let until = tx.now() + TimeDelta::hours(hours);
        client::limit_secrets(tx, client.id, until)?;
        Ok(client::add_secret(tx, credential, client.id, &digest)?)
    };
    let (client, replayed) = change(&services, actor, conditions, (*id, body.digest), work).await?;
    let version = client.version();
    Ok(Reply::ok(WithSecret { client, secret: (!replayed).then_some(secret) }).tagged(version).replayed(replayed))
}

/// The public keys that a client is to have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceKeys {
    /// All of them. One that stays keeps its tokens; one that is not among them is gone at once.
    #[schema(min_items = 1, max_items = 5)]
    keys: Vec<Jwk>,
}

/// Replace the public keys of a machine client.
///
/// 更换公钥:给出全部公钥;未列出的立即失效,以其换取的令牌同时失效。
#[utoipa::path(post, path = "/v1/clients/{id}/keys", operation_id = "replaceClientKeys",
    params(("id" = Uuid, Path, description = "客户端")), request_body = ReplaceKeys,
    responses((status = 200, description = "客户端", body = ClientView)))]
pub async fn replace_keys(
    services: Data<Services>,
    actor: Actor<may::ManageClients>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<ReplaceKeys>,
) -> Answer<ClientView> {
    let keys = Jwk::read(&body.value.keys)?;
    let work = move |tx: &mut Tx, client: &Client| -> Result<(), Fault> {
        if client.authentication != ClientAuthentication::PrivateKeyJwt {
            return Err(Code::NoClientKeys.into());
        }
        Ok(client::replace_keys(tx, client.id, &keys)?)
    };
    answer(change(&services, actor, conditions, (*id, body.digest), work).await?)
}

/// Switch a machine client off.
///
/// 停用客户端:不能再换取令牌,已换取的令牌立即失效。
#[utoipa::path(post, path = "/v1/clients/{id}/disable", operation_id = "disableClient",
    params(("id" = Uuid, Path, description = "客户端")), request_body = Empty,
    responses((status = 200, description = "已停用的客户端", body = ClientView)))]
pub async fn disable_client(
    services: Data<Services>,
    actor: Actor<may::ManageClients>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<ClientView> {
    answer(change(&services, actor, conditions, (*id, body.digest), |tx, client| switch(tx, client, true)).await?)
}

/// Switch a machine client on again.
///
/// 启用客户端。
#[utoipa::path(post, path = "/v1/clients/{id}/enable", operation_id = "enableClient",
    params(("id" = Uuid, Path, description = "客户端")), request_body = Empty,
    responses((status = 200, description = "已启用的客户端", body = ClientView)))]
pub async fn enable_client(
    services: Data<Services>,
    actor: Actor<may::ManageClients>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<ClientView> {
    answer(change(&services, actor, conditions, (*id, body.digest), |tx, client| switch(tx, client, false)).await?)
}

/// One that is there already stays as it is.
fn switch(tx: &mut Tx, client: &Client, off: bool) -> Result<(), Fault> {
    if client.disabled_at.is_some() == off { Ok(()) } else { Ok(client::set_disabled(tx, client.id, off)?) }
}

fn answer((view, replayed): (ClientView, bool)) -> Answer<ClientView> {
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Changes a client that the actor manages; what is remembered of clients is forgotten here at once.
async fn change(
    services: &Services,
    actor: Actor<may::ManageClients>,
    conditions: Conditions,
    (id, digest): (Uuid, Vec<u8>),
    work: impl Fn(&mut Tx, &Client) -> Result<(), Fault> + Send + 'static,
) -> Result<(ClientView, bool), Problem> {
    let who = actor.actor;
    let all = move |tx: &mut Tx| -> Result<(ClientView, bool), Fault> {
        let before = held(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(before.version)?;
            work(tx, &before)?;
        }
        let after = client::load(tx, id)?;
        Ok((client_view(tx, after)?, matches!(once, Once::Before(_))))
    };
    let changed = services.store.write(all).await?;
    services.forget();
    Ok(changed)
}
