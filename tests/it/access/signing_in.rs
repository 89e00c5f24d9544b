//! Residents: signing in, binding a phone, claiming a person, signing out, giving up the account.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::json;
use support::world::COMMUNITY;
use support::{Client, World, on_both};

on_both! { the_same_openid_is_the_same_account, codes_that_are_not_good, a_token_ends_and_is_renewed, a_reused_refresh_token_ends_the_session,
a_person_is_claimed_by_phone_and_name, claims_at_once_make_one_person, signing_out, an_account_is_given_up, the_keys_are_public }

async fn signs_in(world: &World, code: &str) -> (Client, serde_json::Value) {
    let session = world.anyone.post("/v1/sessions/wechat", json!({ "code": code })).await.is(200);
    (world.anyone.with_token(session["access_token"].as_str().unwrap()), session)
}

async fn the_same_openid_is_the_same_account(world: Arc<World>) {
    let (one, first) = signs_in(&world, "li").await;
    let (_, second) = signs_in(&world, "li:2").await;
    let (_, other) = signs_in(&world, "wang").await;
    assert_eq!(first["account"]["id"], second["account"]["id"]);
    assert_ne!(first["account"]["id"], other["account"]["id"]);
    assert_eq!((first["token_type"].as_str(), first["expires_in"].as_i64()), (Some("Bearer"), Some(900)));
    let me = one.get("/v1/me").await.is(200);
    assert_eq!((me["account"]["kind"].as_str(), &me["person"]), (Some("resident"), &json!(null)));
}

async fn codes_that_are_not_good(world: Arc<World>) {
    let ask = |code: &'static str| world.anyone.post("/v1/sessions/wechat", json!({ "code": code }));
    ask("invalid").await.is_problem(401, "bad_credentials");
    signs_in(&world, "li").await;
    ask("li").await.is_problem(401, "bad_credentials");
    let limited = ask("limited").await;
    limited.is_problem(429, "rate_limited");
    assert!(!limited.header("retry-after").is_empty());
    ask("blocked").await.is_problem(403, "account_disabled");
    ask("busy").await.is_problem(503, "busy");
    ask("").await.is_broken("/code", "required");
}

async fn a_token_ends_and_is_renewed(world: Arc<World>) {
    let (li, session) = signs_in(&world, "li").await;
    world.clock.advance(TimeDelta::minutes(15));
    li.get("/v1/me").await.is_problem(401, "unauthenticated");
    let renewed = world.anyone.post("/v1/sessions/refresh", json!({ "refresh_token": session["refresh_token"] })).await.is(200);
    assert_ne!(renewed["refresh_token"], session["refresh_token"]);
    let _ = world.anyone.with_token(renewed["access_token"].as_str().unwrap()).get("/v1/me").await.is(200);
    world.clock.advance(TimeDelta::days(30));
    let late = world.anyone.post("/v1/sessions/refresh", json!({ "refresh_token": renewed["refresh_token"] })).await;
    late.is_problem(401, "unauthenticated");
    let unknown = world.anyone.post("/v1/sessions/refresh", json!({ "refresh_token": "unknown" })).await;
    unknown.is_problem(401, "unauthenticated");
}

async fn a_reused_refresh_token_ends_the_session(world: Arc<World>) {
    let (li, session) = signs_in(&world, "li").await;
    let refresh = json!({ "refresh_token": session["refresh_token"] });
    let next = world.anyone.post("/v1/sessions/refresh", refresh.clone()).await.is(200);
    world.anyone.post("/v1/sessions/refresh", refresh).await.is_problem(401, "refresh_reused");
    li.get("/v1/me").await.is_problem(401, "unauthenticated");
    let next = world.anyone.post("/v1/sessions/refresh", json!({ "refresh_token": next["refresh_token"] })).await;
    next.is_problem(401, "unauthenticated");
}

async fn a_person_is_claimed_by_phone_and_name(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let entered = json!({ "name": "李小龙", "phone": "13900001111", "division": COMMUNITY, "basis": "consent" });
    let entered = grid.post("/v1/persons", entered).await.is(201);
    let (li, _) = signs_in(&world, "li").await;
    let claim = json!({ "name": "李小龙", "division": COMMUNITY });
    li.post("/v1/me/person", claim.clone()).await.is_problem(409, "phone_required");
    li.post("/v1/me/phone", json!({ "code": "nonsense" })).await.is_broken("/code", "wechat_code");
    let retried = li.with("idempotency-key", "phone");
    let bound = retried.post("/v1/me/phone", json!({ "code": "phone-13900001111" })).await.is(200);
    assert_eq!(bound["phone"], "139****1111");
    let again = retried.post("/v1/me/phone", json!({ "code": "phone-13900001111" })).await;
    assert_eq!(again.header("idempotent-replayed"), "true", "a code is good once, a retry is answered all the same: {}", again.text);
    let person = li.post("/v1/me/person", claim.clone()).await.is(200);
    assert_eq!((&person["id"], &person["name"], &person["claimed"]), (&entered["id"], &json!("李**"), &json!(true)));
    assert_eq!(li.post("/v1/me/person", claim).await.is(200)["id"], entered["id"], "claiming again changes nothing");
    let other = li.post("/v1/me/person", json!({ "name": "李大龙", "division": COMMUNITY })).await;
    other.is_problem(409, "already_exists");
    let me = li.get("/v1/me").await;
    assert!(!me.text.contains("李小龙") && !me.text.contains("13900001111"), "{}", me.text);
    assert_eq!(me.is(200)["account"]["roles"], json!(["resident"]));
}

async fn claims_at_once_make_one_person(world: Arc<World>) {
    let mut clients = Vec::new();
    for number in 0..4 {
        let (client, _) = signs_in(&world, &format!("li{}:{number}", number % 2)).await;
        let _ = client.post("/v1/me/phone", json!({ "code": format!("phone-13900001111:{number}") })).await.is(200);
        clients.push(client);
    }
    let claims = clients.iter().map(|client| client.post("/v1/me/person", json!({ "name": "李小龙", "division": COMMUNITY })));
    let people: Vec<_> = join_all(claims).await.into_iter().map(|claim| claim.is(200)["id"].clone()).collect();
    assert!(people.iter().all(|person| *person == people[0]), "{people:?}");
}

async fn signing_out(world: Arc<World>) {
    let (li, session) = signs_in(&world, "li").await;
    assert_eq!(li.delete("/v1/sessions/current").await.status, 204);
    li.get("/v1/me").await.is_problem(401, "unauthenticated");
    let refresh = world.anyone.post("/v1/sessions/refresh", json!({ "refresh_token": session["refresh_token"] })).await;
    refresh.is_problem(401, "unauthenticated");
}

async fn an_account_is_given_up(world: Arc<World>) {
    let (li, session) = signs_in(&world, "li").await;
    assert_eq!(li.delete("/v1/me").await.status, 204);
    li.get("/v1/me").await.is_problem(401, "unauthenticated");
    let (_, anew) = signs_in(&world, "li:2").await;
    assert_ne!(anew["account"]["id"], session["account"]["id"], "the same openid begins anew");
    let last = world.staff(Role::Administrator, "230822").await;
    last.delete("/v1/me").await.is_problem(409, "last_administrator");
    let _second = world.staff(Role::Administrator, "230822").await;
    assert_eq!(last.delete("/v1/me").await.status, 204);
}

async fn the_keys_are_public(world: Arc<World>) {
    let answer = world.anyone.get("/.well-known/jwks.json").await;
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let keys = answer.is(200);
    assert_eq!((keys["keys"][0]["kty"].as_str(), keys["keys"][0]["crv"].as_str()), (Some("OKP"), Some("Ed25519")));
    assert_eq!(keys["keys"][0]["x"].as_str().unwrap().len(), 43, "32 bytes");
    assert!(keys["keys"][0].get("d").is_none());
}
