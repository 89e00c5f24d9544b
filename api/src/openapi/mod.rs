//! The contract: what the endpoints say of themselves, and what holds for all of them.

pub mod example;
mod header;

use std::collections::BTreeMap;

use domain::language::Language;
use domain::order::Step;
use domain::vocabulary::Vocabulary as _;
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
use crate::once::{KEY_CHARACTERS, KEY_PATTERN};
use crate::problem::{Body, BodyError, reason_of};

/// The tags with what they are about.
const TAGS: [(&str, &str); 22] = [
    ("regions", "Divisions 行政区划, grids 网格, regions and their policies"),
    ("identity", "Signing in, one's own account, staff accounts and roles"),
    ("clients", "Machine clients: tokens by OAuth 2.0 client credentials, and who may have them"),
    ("persons", "People 人员, volunteers and certified crafts"),
    ("catalogue", "Crafts 匠 and the services that residents order from"),
    ("care-plans", "Care plans 照护计划: a need served again and again, its visits, those that were missed"),
    ("training", "Training 培训: courses, sessions with seats and a waiting list, attendance, results and credit hours"),
    ("social-workers", "Social workers 社会工作者: the register, continuing education, cases, the yearly examination"),
    ("cavalry", "The light cavalry 移动轻骑兵: couriers, riders and drivers who serve, who is on duty now, and emergencies nearby"),
    ("organisations", "Teams and other organisations that take orders"),
    ("imports", "Imports 导入 of tables of other platforms: volunteers, organisations, social workers, needs"),
    ("partnerships", "Partnerships 共建 of organisations: what they pledge, and how it is used"),
    ("apprenticeships", "Apprenticeships 匠心传承: masters, apprentices, stages, and what apprentices make, show and sell"),
    ("sites", "Sites 阵地: where they are, when they are open, which are near, and the 1+2+N table"),
    ("appointments", "Appointments 预约: slots of sites and who books them; duty rosters 值班表: who is on duty there"),
    ("orders", "点单 · 派单 · 接单 · 评单: the closed loop, its photos and its measures"),
    (
        "demands",
        "Living demand lists 需求清单 of the elderly, minors and youth (一老一小一青): items, their priority and history, households",
    ),
    ("audit", "Who did or read what, when and why 审计: entries, their chain and its signed checkpoints"),
    ("vocabularies", "The closed lists of values with their labels in zh, en and vi"),
    ("operations", "Whether the service is alive and ready"),
    ("messages", "What the service tells people without being asked 消息"),
    ("content", "The content check 内容安全检查 of texts and photos, and what staff decide"),
];

const ABOUT: &str = "The open backend for community service governed by professional social workers and volunteers together \
(专业社工 + 志愿服务).\n\nErrors are `application/problem+json` (RFC 9457) in the caller's language (`Accept-Language`: zh-CN, en, vi). \
Every `POST` that lists `Idempotency-Key` accepts it: the same key and body take effect once, and the answer shows \
what was made or changed as it now is. What lists `If-Match` accepts it with the `ETag` of what it acts on; a `PUT` requires it. \
Times are RFC 3339; money is in fen, durations in minutes, shares in basis points with numerator and denominator beside \
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
        let Endpoint { path, method, mut operation, schemas: referred, class, conditions, .. } = endpoint;
        let mut named = Vec::new();
        referred(&mut named);
        schemas.extend(named);
        let keyed = conditions && matches!(method, HttpMethod::Post);
        let names_one = path.contains('{') || matches!(method, HttpMethod::Put);
        let matched = conditions && !matches!(method, HttpMethod::Get) && names_one;
        operation = complete(&path, &method, class, Takes { keyed, matched }, operation);
        header::describe(class, keyed, &mut operation);
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

/// The conditions that a command takes.
#[derive(Clone, Copy)]
struct Takes {
    /// `Idempotency-Key`.
    keyed: bool,
    /// `If-Match`.
    matched: bool,
}

/// Adds what holds for every operation of its kind: conditions, and the errors that can come.
fn complete(path: &str, method: &HttpMethod, class: Class, takes: Takes, mut operation: Operation) -> Operation {
    let writes = !matches!(method, HttpMethod::Get);
    let has_name = path.contains('{');
    let is_session = path.starts_with("/v1/sessions");
    let unchanged = matches!(method, HttpMethod::Get) && header::is_versioned(&operation);
    let replaces = matches!(method, HttpMethod::Put);
    name_reasons(&mut operation);
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(asked("Accept-Language", "zh-CN（默认）、en 或 vi", false, text_schema()));
    if takes.keyed {
        parameters.push(asked(
            "Idempotency-Key",
            "不超过 255 个可见 ASCII 字符，中间可有空格；24 小时内同键同内容得到首次结果",
            false,
            key_schema(),
        ));
    }
    if takes.matched {
        parameters.push(asked("If-Match", "所依据版本的 ETag", replaces, text_schema()));
    }
    if unchanged {
        parameters.push(asked("If-None-Match", "已有版本的 ETag；未变则 304", false, text_schema()));
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
        (writes || secured, "409", "与当前状态冲突，或账号尚未登记人员"),
        (takes.matched, "412", "版本已改变"),
        (writes, "413", "内容过大"),
        (writes, "415", "不支持的内容类型"),
        (true, "422", "内容不符合要求"),
        (replaces, "428", "缺少 If-Match"),
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

/// Says which reasons a step of the order loop takes: the schema lists those of every step.
fn name_reasons(operation: &mut Operation) {
    let is_of = |step: &&Step| operation.operation_id.as_deref() == Some(&format!("{step}Order"));
    let Some(step) = Step::ALL.iter().find(is_of).filter(|step| !step.reasons().is_empty()) else { return };
    let each = step.reasons().iter().map(|reason| format!("`{reason}` {}", reason.label(Language::Zh)));
    let reasons = format!("`{}` 可取：{}。", reason_of(*step), each.collect::<Vec<_>>().join("、"));
    operation.description = Some(operation.description.take().map_or_else(|| reasons.clone(), |about| format!("{about}\n\n{reasons}")));
}

fn problem(status: &str, about: &str) -> utoipa::openapi::Response {
    let response = ResponseBuilder::new().description(about);
    if status == "304" {
        return response.build();
    }
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    response.content("application/problem+json", content).build()
}

fn text_schema() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn key_schema() -> ObjectBuilder {
    text_schema().min_length(Some(1)).max_length(Some(KEY_CHARACTERS)).pattern(Some(KEY_PATTERN))
}

fn asked(name: &str, about: &str, required: bool, schema: ObjectBuilder) -> RefOr<Parameter> {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(if required { Required::True } else { Required::False })
        .description(Some(about))
        .schema(Some(schema))
        .build();
    RefOr::T(parameter)
}
