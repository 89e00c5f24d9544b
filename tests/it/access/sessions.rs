//! Living sessions: ending when unused, seen by their owner, ended by owner and administrator.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::{IdentityPolicy, Role};
use persistence::identity::{self, NewStaff};
use serde_json::{Value, json};
use support::world::{COUNTY, OTHER_REGION};
use support::{Client, World, on_both};
use uuid::Uuid;

on_both! { a_session_of_staff_ends_when_it_is_not_used, sessions_are_seen_and_ended_by_their_owner, sessions_are_ended_from_above }

const PASSWORD: &str = "Hongqi-2026-shequ";

async fn signs_in(world: &World, nobody: &Client, name: &str) -> (Client, Value) {
    let (id, username) = (Uuid::now_v7(), name.to_owned());
    let password_hash = api::identity::hash_password(PASSWORD).unwrap();
    world
        .keep(move |tx| {
            if identity::by_username(tx, &username)?.is_some() {
                return Ok(());
            }
            let (username, password_hash) = (username.clone(), password_hash.clone());
            identity::add_staff(tx, &NewStaff { id, username, password_hash, must_change_password: false, person: None })
        })
        .await;
    let session = nobody.post("/v1/sessions/staff", json!({ "username": name, "password": PASSWORD })).await.is(200);
    (nobody.with_token(session["access_token"].as_str().unwrap()), session)
}

async fn refreshed(client: &Client, session: &Value) -> support::Answer {
    client.post("/v1/sessions/refresh", json!({ "refresh_token": session["refresh_token"] })).await
}

async fn a_session_of_staff_ends_when_it_is_not_used(world: Arc<World>) {
    let replica = world.replica(IdentityPolicy::default()).await;
    let (mut zhao, mut session) = signs_in(&world, &replica.anyone, "zhao.min").await;
    for _ in 0..6 {
        world.clock.advance(TimeDelta::minutes(10));
        let _ = zhao.get("/v1/me").await.is(200);
        // The use is kept beside the request.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        session = refreshed(&replica.anyone, &session).await.is(200);
        zhao = replica.anyone.with_token(session["access_token"].as_str().unwrap());
    }
    let used = zhao.get("/v1/me/sessions").await.is(200)["items"][0]["used_at"].clone();
    assert_eq!(used, json!(world.now()), "kept to the minute");
    world.clock.advance(TimeDelta::minutes(31));
    refreshed(&replica.anyone, &session).await.is_problem(401, "unauthenticated");
    zhao.get("/v1/me").await.is_problem(401, "unauthenticated");
    let li = replica.anyone.post("/v1/sessions/wechat", json!({ "code": "li" })).await.is(200);
    world.clock.advance(TimeDelta::days(2));
    let li = refreshed(&replica.anyone, &li).await.is(200);
    let li = replica.anyone.with_token(li["access_token"].as_str().unwrap());
    assert_eq!(li.get("/v1/me").await.status, 200, "residents stay signed in");
    replica.stop().await;
}

async fn sessions_are_seen_and_ended_by_their_owner(world: Arc<World>) {
    let (one, _) = signs_in(&world, &world.anyone, "zhao.min").await;
    let (other, other_session) = signs_in(&world, &world.anyone, "zhao.min").await;
    let (stranger, _) = signs_in(&world, &world.anyone, "wang.li").await;
    let listed = one.get("/v1/me/sessions").await.is(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let id = listed["items"][0]["id"].as_str().unwrap();
    assert_eq!((&listed["items"][0]["current"], &listed["items"][1]["current"]), (&json!(false), &json!(true)), "the newest first");
    stranger.delete(&format!("/v1/me/sessions/{id}")).await.is_problem(404, "not_found");
    let _ = other.get("/v1/me").await.is(200);
    assert_eq!(one.delete(&format!("/v1/me/sessions/{id}")).await.status, 204);
    other.get("/v1/me").await.is_problem(401, "unauthenticated");
    refreshed(&world.anyone, &other_session).await.is_problem(401, "unauthenticated");
    one.delete(&format!("/v1/me/sessions/{id}")).await.is_problem(404, "not_found");
    assert_eq!(one.get("/v1/me/sessions").await.is(200)["items"].as_array().unwrap().len(), 1);
}

async fn sessions_are_ended_from_above(world: Arc<World>) {
    let (county, elsewhere) = (world.staff(Role::Administrator, COUNTY).await, world.staff(Role::Administrator, OTHER_REGION).await);
    let station = world.dispatcher().await;
    let path = format!("/v1/accounts/{}/sessions", station.account);
    elsewhere.get(&path).await.is_problem(404, "not_found");
    station.get(&path).await.is_problem(403, "forbidden");
    let id = county.get(&path).await.is(200)["items"][0]["id"].as_str().unwrap().to_owned();
    elsewhere.delete(&format!("{path}/{id}")).await.is_problem(404, "not_found");
    assert_eq!(county.delete(&format!("{path}/{id}")).await.status, 204);
    station.get("/v1/me").await.is_problem(401, "unauthenticated");
    let operator = world.staff(Role::Operator, COUNTY).await;
    let above = format!("/v1/accounts/{}/sessions", operator.account);
    let id = county.get(&above).await.is(200)["items"][0]["id"].as_str().unwrap().to_owned();
    county.delete(&format!("{above}/{id}")).await.is_problem(403, "forbidden");
}
