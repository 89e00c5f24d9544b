//! The contract: what the endpoints say of themselves, and what holds for all of them.

pub mod example;
mod header;

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Ref, RefOr, Required,
    ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use crate::endpoint::Endpoint;
use crate::limits::Class;
use crate::problem::{Body, BodyError};

/// The tags with what they are about.
const TAGS: [(&str, &str); 11] = [
    ("regions", "Divisions 行政区划, grids 网格, regions and their policies"),
    ("identity", "Signing in, one's own account, staff accounts and roles"),
    ("clients", "Machine clients: tokens by OAuth 2.0 client credentials, and who may have them"),
    ("persons", "People 人员, volunteers and certified crafts"),
    ("catalogue", "Crafts 匠 and the services that residents order from"),
    ("organisations", "Teams and other organisations that take orders"),
    ("orders", "点单 · 派单 · 接单 · 评单: the closed loop, its photos and its measures"),
    ("audit", "Who did or read what, when and why 审计: entries, their chain and its signed checkpoints"),
    ("vocabularies", "The closed lists of values with their labels in zh, en and vi"),
    ("operations", "Whether the service is alive and ready"),
    ("content", "The content check 内容安全检查 of texts and photos, and what staff decide"),
];

const ABOUT: &str = "The open backend for community service governed by professional social workers and volunteers together \
(专业社工 + 志愿服务).\n\nErrors are `application/problem+json` (RFC 9457) in the caller's language (`Accept-Language`: zh-CN, en, vi). \
Every `POST` but those that sign in accepts `Idempotency-Key`: the same key and body take effect once, and the answer shows \
what was made or changed as it now is. Commands accept `If-Match` with the `ETag` of \
what they act on. Times are RFC 3339; money is in fen, durations in minutes, shares in basis points with numerator and denominator beside \
them. Unknown fields and query parameters are refused.";

/// The whole document.
#[must_use]
pub fn document() -> OpenApi {
    let mut schemas: BTreeMap<String, RefOr<Schema>> = BTreeMap::new();
    let mut common = Vec::new();
    common.push((Body::name().into_owned(), Body::schema()));
    common.push((BodyError::name().into_owned(), BodyError::schema()));
    Body::schemas(&mut common);
    schemas.extend(common);
    let mut paths: BTreeMap<String, PathItem> = BTreeMap::new();
    for endpoint in crate::app::endpoints() {
        let Endpoint { path, method, mut operation, schemas: referred, class, .. } = endpoint;
        schemas.extend(referred);
        operation = complete(&path, &method, class, operation);
        header::describe(&path, &method, class, &mut operation);
        let item = PathItem::new(method.clone(), operation);
        paths.entry(path).or_default().merge_operations(item);
    }
    let paths = paths.into_iter().fold(PathsBuilder::new(), |paths, (path, item)| paths.path(path, item)).build();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some("访问令牌，15 分钟有效")).build();
    let components = schemas.into_iter().fold(ComponentsBuilder::new(), |all, (name, schema)| all.schema(name, schema));
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    let info = InfoBuilder::new().title("Linli 邻里").version(env!("CARGO_PKG_VERSION")).description(Some(ABOUT)).license(Some(license));
    OpenApiBuilder::new()
        .info(info.build())
        .tags(Some(TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())))
        .paths(paths)
        .components(Some(components.security_scheme("bearer", SecurityScheme::Http(bearer)).build()))
        .security(Some([SecurityRequirement::new("bearer", Vec::<String>::new())]))
        .build()
}

/// The document as it is committed and served.
#[must_use]
pub fn text() -> String {
    let text = document().to_pretty_json().unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string());
    format!("{text}\n")
}

/// Whether an operation is open to everybody.
#[must_use]
pub fn is_public(operation: &Operation) -> bool {
    operation.security.is_some()
}

/// Adds what holds for every operation of its kind: conditions, and the errors that can come.
fn complete(path: &str, method: &HttpMethod, class: Class, mut operation: Operation) -> Operation {
    let writes = !matches!(method, HttpMethod::Get);
    let has_name = path.contains('{');
    let is_session = path.starts_with("/v1/sessions");
    let unchanged = matches!(method, HttpMethod::Get) && header::is_versioned(&operation);
    let takes_key = header::takes_key(path, method);
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(asked("Accept-Language", "zh-CN（默认）、en 或 vi"));
    if takes_key {
        parameters.push(asked("Idempotency-Key", "不超过 255 个字符；24 小时内同键同内容得到首次结果"));
    }
    if writes && has_name {
        parameters.push(asked("If-Match", "所依据版本的 ETag"));
    }
    if unchanged {
        parameters.push(asked("If-None-Match", "已有版本的 ETag；未变则 304"));
    }
    let example = operation.operation_id.as_deref().and_then(example::body);
    if let (Some(example), Some(RefOr::T(body))) = (example, &mut operation.request_body)
        && let Some(RefOr::T(content)) = body.content.get_mut("application/json")
    {
        content.example = Some(example);
    }
    let secured = !is_public(&operation);
    let statuses: [(bool, &str, &str); 16] = [
        (unchanged, "304", "未改变"),
        (true, "400", "请求格式错误"),
        (secured || is_session, "401", "未登录或令牌无效"),
        (secured || is_session, "403", "没有权限"),
        (has_name || secured, "404", "未找到，或无权知晓"),
        (writes, "408", "请求内容未在时限内送达"),
        (writes, "409", "与当前状态冲突"),
        (writes && has_name, "412", "版本已改变"),
        (writes, "413", "内容过大"),
        (writes, "415", "不支持的内容类型"),
        (true, "422", "内容不符合要求"),
        (matches!(method, HttpMethod::Put), "428", "缺少 If-Match"),
        (class != Class::Probe, "429", "过于频繁"),
        (path == "/v1/sessions/wechat" || path == "/v1/me/phone", "502", "微信服务没有正常应答"),
        (true, "500", "系统内部错误"),
        (true, "503", "系统繁忙或暂不可用"),
    ];
    for (applies, status, about) in statuses {
        if applies && !operation.responses.responses.contains_key(status) {
            operation.responses.responses.insert(status.to_owned(), RefOr::T(problem(status, about)));
        }
    }
    operation
}

fn problem(status: &str, about: &str) -> utoipa::openapi::Response {
    let response = ResponseBuilder::new().description(about);
    if status == "304" {
        return response.build();
    }
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    response.content("application/problem+json", content).build()
}

fn asked(name: &str, about: &str) -> RefOr<Parameter> {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build();
    RefOr::T(parameter)
}
