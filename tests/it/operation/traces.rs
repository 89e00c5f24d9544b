//! Traces for a collector, which here is a stand-in: what it gets, and that nobody waits for it.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use futures_util::future::join_all;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Kept;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::json;
use support::world::COMMUNITY;
use support::{Kind, Served, process};

/// Takes traces like a collector (OTLP over HTTP, protobuf), and keeps what it was sent.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<ExportTraceServiceRequest>>>);

/// The standard variable with the token that the collector asks for.
const AUTHORIZED: (&str, &str) = ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20hush");

impl Collector {
    /// Starts one on a free port, and gives its address.
    fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let kept = Data::new(self.clone());
        let server = HttpServer::new(move || App::new().app_data(Data::clone(&kept)).default_service(web::to(takes)));
        actix_web::rt::spawn(server.workers(1).disable_signals().listen(listener).unwrap().run());
        base
    }

    fn spans(&self) -> Vec<Span> {
        let sent = self.0.lock().unwrap();
        let scopes = sent.iter().flat_map(|sent| &sent.resource_spans).flat_map(|resource| &resource.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }
}

async fn takes(request: HttpRequest, body: Bytes, collector: Data<Collector>) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!((request.method().as_str(), request.path()), ("POST", "/v1/traces"));
    assert_eq!(header("content-type"), "application/x-protobuf");
    assert_eq!(header("authorization"), "Bearer hush", "as the standard variable says");
    collector.0.lock().unwrap().push(ExportTraceServiceRequest::decode(body).unwrap());
    HttpResponse::Ok().finish()
}

/// The value of an attribute as text.
fn value(attributes: &[KeyValue], key: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.clone()?.value) {
        Some(Kept::StringValue(text)) => text,
        Some(Kept::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

fn a_request_is_told_as_in_the_log(kind: Kind) {
    actix_web::rt::System::new().block_on(async {
        let collector = Collector::default();
        let to = collector.start();
        let Served { world, wang, mut process } = Served::on(kind, &[("LINLI_DRAIN", "0"), ("LINLI_TRACES", &to), AUTHORIZED]).await;
        let (trace, other) = ("4bf92f3577b34da6a3ce929d0e0e4736", "0123456789abcdef0123456789abcdef");
        let wish = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "厨房水龙头漏水", "address": "红旗小区3号楼" });
        let traced = wang.with("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"));
        let placed = traced.post("/v1/orders", wish).await;
        let id = placed.header("x-request-id").to_owned();
        let order = placed.is(201)["id"].as_str().unwrap().to_owned();
        let _ = wang.get(&format!("/v1/orders/{order}")).await.is(200);
        let hidden = wang.with("traceparent", &format!("00-{other}-00f067aa0ba902b7-00"));
        let _ = hidden.get("/v1/me").await.is(200);
        let method = reqwest::Method::from_bytes(b"SeCrEtMeThOd").unwrap();
        assert!(wang.send(wang.request(method, "/v1/me")).await.status >= 400);
        process.anyone.post("/v1/sessions/wechat", json!({ "code": "SeCrEtCoDe" })).await.is_problem(503, "wechat_off");
        process.anyone.get("/v1/persons/SeCrEtPaTh?name=SeCrEt").await.is_broken("name", "unknown_field");
        process.terminate();
        assert_eq!(process.ended().await, Some(0), "{}", process.log());

        let spans = collector.spans();
        let of_trace = |id: &str| spans.iter().filter(|span| hex(&span.trace_id) == id).cloned().collect::<Vec<_>>();
        let (ours, asked) = (of_trace(trace), of_trace(trace).into_iter().find(|span| span.kind == 2).expect("the request"));
        assert_eq!((asked.name.as_str(), hex(&asked.parent_span_id).as_str()), ("POST /v1/orders", "00f067aa0ba902b7"));
        let told = |key: &str| value(&asked.attributes, key);
        assert_eq!((told("http.route"), told("http.response.status_code")), ("/v1/orders".to_owned(), "201".to_owned()));
        assert_eq!((told("linli.operation"), told("linli.request_id")), ("placeOrder".to_owned(), id));
        let store: Vec<&Span> = ours.iter().filter(|span| span.kind == 3).collect();
        assert!(store.iter().any(|span| span.name == "store write"), "{store:?}");
        let database = if kind == Kind::Sqlite { "sqlite" } else { "postgresql" };
        for access in store {
            assert_eq!((&access.parent_span_id, value(&access.attributes, "db.system.name").as_str()), (&asked.span_id, database));
            let (begun, ended) = (access.start_time_unix_nano, access.end_time_unix_nano);
            assert!(asked.start_time_unix_nano <= begun && ended <= asked.end_time_unix_nano, "it lies within the request");
        }
        assert!(!of_trace(other).is_empty(), "nobody hides what they ask for");
        let odd = spans.iter().find(|span| value(&span.attributes, "http.request.method") == "_OTHER").expect("what no standard names");
        assert!(odd.name.starts_with("HTTP"), "{odd:?}");
        assert!(process.log().contains("_OTHER") && !process.log().contains("SeCrEtMeThOd"), "{}", process.log());
        let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name} in {spans:?}"));
        assert_eq!(named("GET /v1/orders/{id}").parent_span_id, Vec::<u8>::new(), "it begins here");
        assert_eq!(named("POST /v1/sessions/wechat").status.as_ref().map(|status| status.code), Some(2), "an error of the server's side");
        let all = format!("{:?}", collector.0.lock().unwrap());
        assert!(all.contains("service.name") && all.contains("linli"));
        for said in ["SeCrEt", "水龙头", "红旗小区", "王秀英", &order, &wang.account.to_string(), "127.0.0.1", "readyz"] {
            assert!(!all.contains(said), "{said} has been sent: {all}");
        }
    });
}

#[test]
fn the_share_is_ours_to_choose() {
    actix_web::rt::System::new().block_on(async {
        let collector = Collector::default();
        let to = collector.start();
        let settings =
            [("LINLI_DRAIN", "0"), ("LINLI_TRACES", to.as_str()), ("LINLI_TRACES_SHARE", "1"), ("LINLI_RATE_LIMITS", "off"), AUTHORIZED];
        let Served { wang, mut process, world: _world } = Served::on(Kind::Sqlite, &settings).await;
        let eager = wang.with("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        for _ in 0..60 {
            let _ = eager.get("/v1/me").await.is(200);
        }
        process.terminate();
        assert_eq!(process.ended().await, Some(0), "{}", process.log());
        let requests = collector.spans().iter().filter(|span| span.kind == 2).count();
        assert!(requests < 30, "one in a hundred, whatever the caller's flag says: {requests} of 60");
    });
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[test]
fn sqlite_a_request_is_told_as_in_the_log() {
    a_request_is_told_as_in_the_log(Kind::Sqlite);
}

#[test]
fn postgres_a_request_is_told_as_in_the_log() {
    a_request_is_told_as_in_the_log(Kind::Postgres);
}

#[test]
fn nobody_waits_for_a_collector() {
    actix_web::rt::System::new().block_on(async {
        // One that is not there, and one that takes what it is sent and never answers.
        let gone = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap();
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        for address in [gone, silent.local_addr().unwrap()] {
            let to = format!("http://{address}");
            let settings = [("LINLI_DRAIN", "0"), ("LINLI_TRACES", to.as_str()), ("LINLI_RATE_LIMITS", "off")];
            let Served { wang, mut process, world: _world } = Served::on(Kind::Sqlite, &settings).await;
            // More spans than the queue holds.
            let asks = |_| async {
                for _ in 0..300 {
                    let _ = wang.get("/v1/me").await.is(200);
                }
            };
            join_all((0..10).map(asks)).await;
            process.terminate();
            assert_eq!(process.ended().await, Some(0), "{}", process.log());
            let told = process.log().matches("the collector does not take traces").count();
            assert!(told <= 1, "it is said once: {}", process.log());
        }
    });
}

#[test]
fn the_collector_is_a_setting() {
    let said = |traces: &str| {
        let output = process::run(&[("LINLI_TRACES", traces), ("LINLI_TRACES_SHARE", "5")], &["config"]);
        (output.status.code(), format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
    };
    let (code, shown) = said("http://127.0.0.1:4318/");
    assert!(code == Some(0) && shown.contains("traces = \"http://127.0.0.1:4318\"") && shown.contains("traces_share = 5"), "{shown}");
    let (code, shown) = said("");
    assert!(code == Some(0) && shown.contains("traces = \"off\""), "{shown}");
    let (code, shown) = said("yes");
    assert!(code == Some(2) && shown.contains("LINLI_TRACES"), "{shown}");
}
