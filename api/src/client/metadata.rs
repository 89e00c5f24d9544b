//! What the authorization server says of itself (RFC 8414).

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use domain::identity::{ClientAlgorithm, ClientAuthentication, ClientScope};
use domain::vocabulary::Vocabulary;
use serde::Serialize;
use utoipa::ToSchema;

use super::TOKEN_PATH;
use crate::answer::{Answer, Reply};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::services::Services;

/// Every endpoint of metadata.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["clients": authorization_server]
}

/// What the authorization server says of itself (RFC 8414).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuthorizationServer {
    /// Who issues the tokens; also the audience of assertions.
    issuer: String,
    /// Where tokens are asked for.
    token_endpoint: String,
    /// The keys with which anybody can check a token.
    jwks_uri: String,
    /// What may be asked for.
    scopes_supported: Vec<&'static str>,
    /// None: nobody is sent here by a browser.
    response_types_supported: Vec<&'static str>,
    /// `client_credentials`.
    grant_types_supported: Vec<&'static str>,
    /// How clients prove who they are.
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    /// What assertions may be signed with.
    token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    /// For people.
    service_documentation: String,
}

fn names<V: Vocabulary>() -> Vec<&'static str> {
    V::ALL.iter().map(|value| value.as_str()).collect()
}

/// Read what the authorization server offers.
///
/// 授权服务器元数据(RFC 8414):令牌地址、作用域、客户端身份证明方式。
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", operation_id = "readAuthorizationServer", security(()),
    responses((status = 200, description = "元数据", body = AuthorizationServer)))]
pub async fn authorization_server(services: Data<Services>) -> Answer<AuthorizationServer> {
    let issuer = services.tokens.issuer().to_owned();
    let at = |path: &str| format!("{}{path}", issuer.trim_end_matches('/'));
    let metadata = AuthorizationServer {
        token_endpoint: at(TOKEN_PATH),
        jwks_uri: at("/.well-known/jwks.json"),
        scopes_supported: names::<ClientScope>(),
        response_types_supported: Vec::new(),
        grant_types_supported: vec!["client_credentials"],
        token_endpoint_auth_methods_supported: names::<ClientAuthentication>(),
        token_endpoint_auth_signing_alg_values_supported: names::<ClientAlgorithm>(),
        service_documentation: at("/docs/"),
        issuer,
    };
    Ok(Reply::ok(metadata).with(Some((CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")))))
}
