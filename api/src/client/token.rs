//! The token endpoint.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, http::header::CONTENT_TYPE};
use chrono::TimeDelta;
use domain::identity::granted_scopes;
use serde::Serialize;
use utoipa::ToSchema;

use super::prove::prove;
use super::refused::{Body, Refused};
use crate::answer::Reply;
use crate::body;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::services::Services;
use crate::token::ACCESS_MINUTES;

/// Every endpoint of tokens for clients.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["clients": request_token]
}

/// What is asked for, as a form.
#[derive(ToSchema)]
#[schema(as = TokenRequest)]
#[expect(dead_code, reason = "the form is read by name: this is what the contract says of it")]
pub struct Form {
    /// `client_credentials`.
    #[schema(example = "client_credentials")]
    grant_type: String,
    /// The scopes of the token, with spaces between them; all that the client holds where it is left out.
    #[schema(example = "statistics.read", nullable = false)]
    scope: Option<String>,
    /// The client, where it does not say so otherwise; must agree.
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, for `private_key_jwt`.
    #[schema(nullable = false)]
    client_assertion_type: Option<String>,
    /// The signed assertion, for `private_key_jwt`: `iss` and `sub` are the client, `aud` is the issuer alone, `exp` within five
    /// minutes, `jti` used once.
    #[schema(nullable = false)]
    client_assertion: Option<String>,
}

/// A token (RFC 6749, 5.1).
#[derive(Serialize, ToSchema)]
#[schema(as = ClientToken)]
pub struct TokenView {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds for which it is good.
    #[schema(example = 900)]
    expires_in: i64,
    /// What it allows.
    #[schema(example = "statistics.read")]
    scope: String,
}

/// The parameters that are known; others are let be, as RFC 6749, 3.2 asks.
#[derive(Debug, Default)]
pub(super) struct Asked {
    grant_type: Option<String>,
    scope: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) assertion_type: Option<String>,
    pub(super) assertion: Option<String>,
    /// A secret in the body is refused: bodies are logged more often than headers.
    pub(super) client_secret: bool,
}

impl Asked {
    fn read(bytes: &[u8]) -> Result<Self, Refused> {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(bytes) {
            let place = match name.as_ref() {
                "grant_type" => &mut asked.grant_type,
                "scope" => &mut asked.scope,
                "client_id" => &mut asked.client_id,
                "client_assertion_type" => &mut asked.assertion_type,
                "client_assertion" => &mut asked.assertion,
                "client_secret" => {
                    asked.client_secret = true;
                    continue;
                }
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(Refused::Request("a parameter is given twice"));
            }
        }
        Ok(asked)
    }
}

/// Ask for a token of a machine client.
///
/// 机器客户端以 OAuth 2.0 客户端凭据换取访问令牌:表单提交;客户端身份用 client_secret_basic 或 private_key_jwt
/// 证明;错误按 RFC 6749 第 5.2 节返回 {"error": …},不是 problem+json。
#[utoipa::path(post, path = "/oauth/token", operation_id = "requestToken", security(()),
    request_body(content = Form, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "访问令牌", body = TokenView),
        (status = 400, description = "请求无效(invalid_request、invalid_scope、unsupported_grant_type)", body = Body),
        (status = 401, description = "客户端身份未得到证明(invalid_client)", body = Body),
        (status = 500, description = "系统内部错误(server_error)", body = Body),
        (status = 503, description = "暂不可用(temporarily_unavailable)", body = Body)))]
pub async fn request_token(services: Data<Services>, request: HttpRequest, payload: Payload) -> Result<Reply<TokenView>, Refused> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return Err(Refused::Request("send application/x-www-form-urlencoded"));
    }
    let bytes = body::bytes(payload.into_inner(), body::deadlines(&request).body)
        .await
        .map_err(|_| Refused::Request("the form did not arrive, or is too large"))?;
    let asked = Asked::read(&bytes)?;
    match asked.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(Refused::Grant),
        None => return Err(Refused::Request("grant_type is missing")),
    }
    let proven = prove(&services, request.headers(), &asked).await?;
    let scopes = granted_scopes(&proven.scopes, asked.scope.as_deref()).map_err(Refused::Scope)?;
    let now = services.store.clock().now();
    let lasts = TimeDelta::minutes(ACCESS_MINUTES).min(proven.until - now);
    let (access_token, expires) = services.tokens.issue_to_client(proven.client, proven.credential, &scopes, now, lasts)?;
    let scope = scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let view = TokenView { access_token, token_type: "Bearer", expires_in: (expires - now).num_seconds(), scope };
    Ok(Reply::ok(view).with(Some((header::PRAGMA, HeaderValue::from_static("no-cache")))))
}
