//! The manners that hold everywhere.

use std::sync::Arc;

use reqwest::Method;
use serde_json::json;
use support::world::COMMUNITY;
use support::{World, on_both};

on_both! { errors_are_problems_in_three_languages, wrong_bodies_are_told_in_our_words, etags_and_conditions, pages_are_linked_and_cursors_are_ours, bodies_have_limits,
head_works_where_get_does, the_problems_have_pages }

async fn errors_are_problems_in_three_languages(world: Arc<World>) {
    for (language, title) in [("zh-CN", "请先登录"), ("en", "Sign in first"), ("vi;q=0.9, fr", "Hãy đăng nhập")] {
        let answer = world.anyone.with("Accept-Language", language).get("/v1/me").await;
        answer.is_problem(401, "unauthenticated");
        assert_eq!(answer.body["title"], title);
        assert_eq!(answer.body["request_id"], answer.header("x-request-id"));
    }
    world.anyone.get("/v1/nothing").await.is_problem(404, "not_found");
    let wang = world.resident("王秀英").await;
    wang.get("/v1/orders/not-an-id").await.is_problem(404, "not_found");
    wang.get("/v1/orders?colour=red").await.is_broken("colour", "unknown_field");
    wang.get("/v1/me?colour=red").await.is_broken("colour", "unknown_field");
    wang.get("/v1/orders?limit=many").await.is_broken("limit", "not_a_number");
    wang.get("/v1/orders?list=all").await.is_broken("list", "not_in_list");
    wang.get("/v1/orders?list=mine&list=station").await.is_broken("list", "duplicates");
    wang.get("/v1/me/messages?unread=yes").await.is_broken("unread", "not_in_list");
    let supervisor = world.staff(domain::identity::Role::Supervisor, support::world::COUNTY).await;
    supervisor.get("/v1/measures/orders?division=230822&from=x&to=2026-11-01").await.is_broken("from", "not_a_date");
    supervisor.get("/v1/measures/orders?division=230822&from=2026-13-01&to=2026-11-01").await.is_broken("from", "not_a_date");
    wang.get("/v1/orders?limit=0").await.is_broken("limit", "out_of_range");
    wang.get("/v1/orders?limit=101").await.is_broken("limit", "out_of_range");
    let raw = |text: &'static str| wang.request(Method::POST, "/v1/orders").header("content-type", "application/json").body(text);
    wang.send(raw("{\"text\":")).await.is_problem(400, "malformed");
    wang.send(raw("[1,2]")).await.is_problem(422, "invalid");
    let form = wang.request(Method::POST, "/v1/orders").header("content-type", "text/plain").body("x");
    wang.send(form).await.is_problem(415, "unsupported_media_type");
}

async fn wrong_bodies_are_told_in_our_words(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let raw = |text: &str| wang.request(Method::POST, "/v1/orders").header("content-type", "application/json").body(text.to_owned());
    let wish = |field: &str| {
        let service = world.catalogue.free;
        format!("{{\"service\":\"{service}\",\"division\":\"{COMMUNITY}\",\"text\":\"修水龙头\",{field}}}")
    };
    let known = "consent, guardian, emergency, statutory_duty";
    let because = wang.send(raw(&wish("\"basis\":\"because\""))).await;
    because.is_broken("/basis", "not_in_list");
    assert_eq!(because.body["errors"], json!([{ "pointer": "/basis", "code": "not_in_list", "message": format!("只能取：{known}") }]));
    wang.send(raw(&wish("\"basis\":7"))).await.is_broken("/basis", "wrong_type");
    wang.send(raw(&wish("\"position\":\"here\""))).await.is_broken("/position", "wrong_type");
    let nowhere = wang.send(raw(&wish("\"position\":{\"longitude\":130.5,\"crs\":\"mars\"}"))).await;
    nowhere.is_broken("/position/latitude", "required");
    nowhere.is_broken("/position/crs", "not_in_list");
    wang.send(raw(&wish("\"text\":\"修灯\""))).await.is_broken("/text", "duplicates");
    let twice = "\"position\":{\"longitude\":130.5,\"latitude\":46.2,\"crs\":\"wgs84\",\"crs\":\"gcj02\"}";
    wang.send(raw(&wish(twice))).await.is_broken("/position/crs", "duplicates");
}

async fn etags_and_conditions(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let order = wang.places(world.catalogue.free).await;
    let path = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    let first = wang.get(&path).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("\"v1-"), "{tag}");
    let same = wang.with("If-None-Match", &tag).get(&path).await;
    assert_eq!((same.status, same.text.as_str()), (304, ""));
    let cancel = format!("{path}/cancel");
    let stale = wang.with("If-Match", "\"v7\"").post(&cancel, json!({ "reason": "other" })).await;
    stale.is_problem(412, "precondition_failed");
    let foreign = wang.with("If-Match", "\"something\"").post(&cancel, json!({ "reason": "other" })).await;
    foreign.is_problem(412, "precondition_failed");
    let done = wang.with("If-Match", &tag).post(&cancel, json!({ "reason": "other" })).await;
    assert_eq!(done.status, 200);
    assert_ne!(wang.with("If-None-Match", &tag).get(&path).await.status, 304, "it has changed");
}

async fn pages_are_linked_and_cursors_are_ours(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(wang.places(world.catalogue.free).await["id"].clone());
    }
    let mut seen = Vec::new();
    let mut next = Some("/v1/orders?limit=2".to_owned());
    while let Some(path) = next {
        let page = wang.get(&path).await;
        let link = page.header("link").to_owned();
        let body = page.is(200);
        seen.extend(body["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
        assert_eq!(body["next_cursor"].is_null(), link.is_empty());
        next = link.split(['<', '>']).nth(1).map(ToOwned::to_owned);
        assert!(link.is_empty() || link.ends_with("rel=\"next\""), "{link}");
    }
    placed.reverse();
    assert_eq!(seen, placed, "newest first, each once");
    let cursor = wang.get("/v1/orders?limit=2").await.is(200)["next_cursor"].as_str().unwrap().to_owned();
    wang.get(&format!("/v1/orders?list=accepted&cursor={cursor}")).await.is_broken("cursor", "cursor");
    wang.get("/v1/orders?cursor=AAAA").await.is_broken("cursor", "cursor");
}

async fn bodies_have_limits(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let large = wang.request(Method::POST, "/v1/orders").json(&json!({ "text": "长".repeat(600_000) }));
    wang.send(large).await.is_problem(413, "too_large");
    let deep = format!("{{\"text\":{}1{}}}", "[".repeat(50_000), "]".repeat(50_000));
    let deep = wang.request(Method::POST, "/v1/orders").header("content-type", "application/json").body(deep);
    assert!(matches!(wang.send(deep).await.status, 400 | 422));
    let zipped = wang.request(Method::POST, "/v1/orders").header("content-encoding", "gzip").json(&json!({}));
    wang.send(zipped).await.is_problem(415, "unsupported_media_type");
    wang.with("Idempotency-Key", &"k".repeat(256)).post("/v1/orders", json!({})).await.is_problem(400, "malformed");
}

async fn head_works_where_get_does(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    for path in ["/v1/orders", "/v1/me", "/healthz", "/v1/vocabularies/order-states"] {
        let get = wang.get(path).await;
        let head = wang.send(wang.request(Method::HEAD, path)).await;
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "HEAD {path}");
    }
}

async fn the_problems_have_pages(world: Arc<World>) {
    for code in api::problem::Code::ALL {
        let page = world.anyone.get(&format!("/problems/{}", code.as_str())).await;
        assert_eq!(page.status, 200, "{}", code.as_str());
        assert!(page.header("content-type").starts_with("text/html"), "{}", code.as_str());
    }
    world.anyone.get("/problems/no-such-code").await.is_problem(404, "not_found");
    let start = world.anyone.get("/").await;
    assert!(start.text.contains("邻里") && start.text.contains("/docs/"), "{}", start.text);
}
