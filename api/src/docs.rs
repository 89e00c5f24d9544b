//! Pages for people: the start page, the interactive contract, and an explanation of every problem.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use domain::language::Language;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::actor::language;
use crate::limits::Class;
use crate::limits::gate::gated;
use crate::problem::{Code, Problem, text_in};

/// Nothing but what this program serves itself may be loaded by its pages.
const POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Pages answer HEAD like GET.
fn readable() -> actix_web::Route {
    web::route().guard(crate::endpoint::readable())
}

/// Serves the pages.
#[expect(clippy::disallowed_methods, reason = "pages and the document itself are no operations of the contract")]
pub fn configure(config: &mut web::ServiceConfig) {
    let swagger = Config::new(["/openapi.json"]).validator_url("none").try_it_out_enabled(true).display_request_duration(true);
    config
        .route("/", gated(Class::Page, readable().to(start)))
        .route("/openapi.json", gated(Class::Page, readable().to(crate::app::contract)))
        .route("/docs", gated(Class::Page, readable().to(to_docs)))
        .route("/problems", gated(Class::Page, readable().to(problems)))
        .route("/problems/{code}", gated(Class::Page, readable().to(problem)))
        .service(SwaggerUi::new("/docs/{_:.*}").config(swagger));
}

async fn to_docs() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/docs/")).finish()
}

fn page(language: Language, title: &str, body: &str) -> HttpResponse {
    let html = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>body{{font:16px/1.6 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}}\
         code{{background:#eee;padding:0 .3em}}td,th{{text-align:left;padding:.2em 1em .2em 0;vertical-align:top}}</style></head>\
         <body>{body}</body></html>",
        lang = language.tag()
    );
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(html)
}

/// `/`: what this is.
async fn start(request: HttpRequest) -> HttpResponse {
    let language = language(request.headers());
    let (about, docs, contract, errors) = match language {
        Language::Zh => ("专业社工与志愿者共同治理的社区服务开放后端：点单—派单—接单—评单。", "接口文档", "OpenAPI 契约", "错误代码"),
        Language::En => (
            "The open backend for community service governed by social workers and volunteers together.",
            "Interactive contract",
            "OpenAPI",
            "Problems",
        ),
        Language::Vi => {
            ("Hệ thống mở cho dịch vụ cộng đồng do nhân viên xã hội và tình nguyện viên cùng quản trị.", "Tài liệu", "OpenAPI", "Mã lỗi")
        }
    };
    let body = format!(
        "<h1>Linli 邻里 {version}</h1><p>{about}</p><ul><li><a href=\"/docs/\">{docs}</a></li>\
         <li><a href=\"/openapi.json\">{contract}</a></li><li><a href=\"/problems\">{errors}</a></li></ul>",
        version = env!("CARGO_PKG_VERSION")
    );
    page(language, "Linli 邻里", &body)
}

/// `/problems`: every code.
async fn problems(request: HttpRequest) -> HttpResponse {
    let language = language(request.headers());
    let row = |code: &Code| {
        format!(
            "<tr><td>{status}</td><td><a href=\"/problems/{text}\"><code>{text}</code></a></td><td>{title}</td></tr>",
            status = code.status().as_u16(),
            text = code.as_str(),
            title = text_in(&code.title(), language)
        )
    };
    let rows: String = Code::ALL.iter().map(row).collect();
    page(language, "Problems", &format!("<h1>Problems</h1><table>{rows}</table>"))
}

/// `/problems/{code}`: what it means, in every language.
async fn problem(request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let found = Code::ALL.iter().find(|known| known.as_str() == code.as_str()).ok_or(Code::NotFound)?;
    let section = |language: &Language| {
        let (title, detail) = (text_in(&found.title(), *language), text_in(&found.detail(), *language));
        format!("<section lang=\"{}\"><h2>{title}</h2><p>{detail}</p></section>", language.tag())
    };
    let sections: String = Language::ALL.iter().map(section).collect();
    let head = format!("<h1><code>{}</code> · HTTP {}</h1>", found.as_str(), found.status().as_u16());
    Ok(page(language(request.headers()), found.as_str(), &format!("{head}{sections}<p><a href=\"/problems\">/problems</a></p>")))
}
