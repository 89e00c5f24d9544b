//! The machine's clock is set back and forward.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use domain::order::replay;
use persistence::{StoreError, order};
use serde_json::{Value, json};
use support::people::path;
use support::{World, on_both};

use super::loop_through::queued;

on_both! { nothing_expires_twice_and_no_time_runs_back, a_session_outlives_it }

async fn nothing_expires_twice_and_no_time_runs_back(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    let offer = json!({ "takers": [{ "kind": "person", "id": li.person }] });
    let offered = station.takes(&order, "offer", offer.clone()).await;
    let due = DateTime::parse_from_rfc3339(offered["offers"][0]["due"].as_str().unwrap()).unwrap();
    world.pass(due.to_utc() - world.now() + TimeDelta::seconds(1)).await;
    assert_eq!(count(&world, &order, "expire").await, 1);
    for hours in [-1, 1, 1, -1, -1, 1] {
        world.pass(TimeDelta::hours(hours)).await;
        assert_eq!(count(&world, &order, "expire").await, 1, "what has expired does not expire again");
    }
    world.pass(TimeDelta::hours(-1)).await;
    // Life goes on while the clock stands an hour behind what has happened.
    station.takes(&order, "offer", offer).await;
    let accepted = li.takes(&order, "accept", json!({})).await;
    assert_eq!(accepted["state"], "accepted");
    assert_eq!(count(&world, &order, "expire").await, 1);
    let id = order["id"].as_str().unwrap().parse().unwrap();
    let (kept, events) =
        world.keep(move |tx| -> Result<_, StoreError> { Ok((order::load_for_timer(tx, id)?.order, order::events(tx, id)?)) }).await;
    let replayed = replay(&events).expect("no event is earlier than the one before it");
    assert_eq!((replayed.state, replayed.version, replayed.changed_at), (kept.state, kept.version, kept.changed_at));
}

async fn count(world: &World, order: &Value, step: &str) -> usize {
    let reader = world.staff(domain::identity::Role::Supervisor, support::world::COUNTY).await;
    let events = reader.get(&path(order, "events")).await.is(200);
    events["items"].as_array().unwrap().iter().filter(|event| event["step"] == step).count()
}

async fn a_session_outlives_it(world: Arc<World>) {
    world.clock.advance(TimeDelta::hours(2));
    let session = world.anyone.post("/v1/sessions/wechat", json!({ "code": "wang-xiuying:7" })).await.is(200);
    let wang = world.anyone.with_token(session["access_token"].as_str().unwrap());
    world.clock.advance(TimeDelta::hours(-1));
    let _ = wang.get("/v1/me").await.is(200);
    let again = world.anyone.post("/v1/sessions/refresh", json!({ "refresh_token": session["refresh_token"] })).await.is(200);
    let wang = world.anyone.with_token(again["access_token"].as_str().unwrap());
    world.clock.advance(TimeDelta::minutes(10));
    let _ = wang.get("/v1/me").await.is(200);
    world.clock.advance(TimeDelta::hours(1));
    wang.get("/v1/me").await.is_problem(401, "unauthenticated");
    let _ = world.anyone.post("/v1/sessions/refresh", json!({ "refresh_token": again["refresh_token"] })).await.is(200);
}
