//! The program as a process: its end, its lock, its log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use support::process::{self, url};
use support::world::{COMMUNITY, World};
use support::{Client, Kind, Served, Wire};

fn order(world: &World) -> Value {
    json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "厨房水龙头漏水", "address": "红旗小区3号楼2单元" })
}

/// Places orders, each on a connection of its own, for as long as the process says that it is ready, as behind a balancer.
async fn load(base: String, token: String, body: Value, red: Arc<AtomicBool>) -> Result<usize, String> {
    let mut placed = 0;
    while !red.load(Ordering::SeqCst) {
        let client = Client::new(&base).with_token(&token);
        let sent = client.request(Method::POST, "/v1/orders").json(&body).send().await;
        let answer = sent.map_err(|error| format!("after {placed}: {error:?}"))?;
        if answer.status() != 201 {
            return Err(format!("after {placed}: {}", answer.status()));
        }
        placed += 1;
    }
    Ok(placed)
}

fn a_process_that_is_told_to_end_finishes_what_it_has_accepted(kind: Kind) {
    actix_web::rt::System::new().block_on(async {
        let Served { world, wang, mut process } = Served::on(kind, &[("LINLI_DRAIN", "2")]).await;
        let (red, token) = (Arc::new(AtomicBool::new(false)), wang.token().unwrap().to_owned());
        let crowd: Vec<_> =
            (0..6).map(|_| actix_web::rt::spawn(load(wang.base().to_owned(), token.clone(), order(&world), Arc::clone(&red)))).collect();
        let body = order(&world).to_string();
        let (first, rest) = body.split_at(10);
        let mut half = Wire::to(wang.base()).await;
        half.send(format!(
            "POST /v1/orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{first}",
            body.len()
        ))
        .await;
        let mut idle = Wire::to(wang.base()).await;
        idle.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
        idle.answer().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        process.terminate();
        while process.is_ready().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let answer = process.anyone.get("/readyz").await;
        assert_eq!(answer.status, 503, "it still answers, and says that it is about to stop: {}", answer.text);
        red.store(true, Ordering::SeqCst);
        let mut placed = 0;
        for task in crowd {
            placed += task.await.expect("no panic").expect("no accepted request fails");
        }
        assert!(placed > 0);
        // Later than the announcement lasts, so that the server is stopping now.
        tokio::time::sleep(Duration::from_millis(2500)).await;
        half.send(rest).await;
        let answer = half.answer().await;
        assert!(answer.starts_with("HTTP/1.1 201"), "a request that was under way is finished: {answer}");
        assert_eq!(process.ended().await, Some(0), "{}", process.log());
        assert_eq!(idle.rest().await, "", "a connection that rests is closed");
        let kept =
            world.services.store.read::<_, persistence::StoreError>(|tx| persistence::order::count_overdue(tx, domain_far(), 100_000));
        let kept = kept.await.expect("a count");
        assert_eq!(usize::try_from(kept).unwrap(), placed + 1, "what was answered is kept");
    });
}

/// A moment at which every order is overdue, so that the overdue ones are all.
fn domain_far() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(4_000_000_000, 0).expect("a moment")
}

#[test]
fn sqlite_a_process_that_is_told_to_end_finishes_what_it_has_accepted() {
    a_process_that_is_told_to_end_finishes_what_it_has_accepted(Kind::Sqlite);
}

#[test]
fn postgres_a_process_that_is_told_to_end_finishes_what_it_has_accepted() {
    a_process_that_is_told_to_end_finishes_what_it_has_accepted(Kind::Postgres);
}

#[test]
fn an_embedded_database_is_served_once() {
    actix_web::rt::System::new().block_on(async {
        let Served { world, process, .. } = Served::on(Kind::Sqlite, &[]).await;
        let (database, data) = (url(&world.database.location), world.database.folder.path().to_string_lossy().into_owned());
        let settings = [("LINLI_DATABASE", database.as_str()), ("LINLI_DATA", data.as_str()), ("LINLI_LISTEN", "127.0.0.1:0")];
        let second = process::run(&settings, &["serve"]);
        let said = String::from_utf8_lossy(&second.stderr).into_owned();
        assert_eq!(second.status.code(), Some(1), "{said}");
        assert!(said.contains("another process already serves"), "{said}");
        assert!(process.is_ready().await, "the first one goes on");
    });
}

#[test]
fn the_log_has_a_line_for_each_request_and_nothing_of_what_was_said() {
    actix_web::rt::System::new().block_on(async {
        let Served { world, wang, mut process } = Served::on(Kind::Sqlite, &[("LINLI_DRAIN", "0")]).await;
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let traced = wang.with("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"));
        let answer = traced.get("/v1/orders?limit=7&cursor=SeCrEtCuRsOr").await;
        answer.is_broken("cursor", "cursor");
        let placed = traced.post("/v1/orders", order(&world)).await;
        let wechat = process.anyone.post("/v1/sessions/wechat", json!({ "code": "anything" })).await;
        wechat.is_problem(503, "wechat_off");
        process.terminate();
        assert_eq!(process.ended().await, Some(0));
        let log = process.log();
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect();
        let line = |id: &str| lines.iter().find(|line| line["request_id"] == id && line["message"] == "answered").cloned();
        let line = line(placed.header("x-request-id")).unwrap_or_else(|| panic!("no line for the request in {log}"));
        assert_eq!((line["method"].as_str(), line["operation"].as_str()), (Some("POST"), Some("placeOrder")));
        assert_eq!((line["status"].as_u64(), line["trace_id"].as_str()), (Some(201), Some(trace)));
        assert_eq!(line["account"].as_str(), Some(wang.account.to_string().as_str()));
        assert!(line["micros"].is_u64());
        for said in ["SeCrEtCuRsOr", "limit=7", "水龙头", "红旗小区", "王秀英"] {
            assert!(!log.contains(said), "{said} is in the log: {log}");
        }
    });
}

#[test]
fn the_demo_refuses_a_settings_file() {
    let refused = process::run(&[], &["demo", "--config", "linli.toml", "--once"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("--config"), "{said}");
}
