//! What the clock does.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::json;
use support::people::path;
use support::{World, on_both};

use super::loop_through::{accepted, finished, queued};

on_both! { an_unanswered_offer_expires, a_missed_triage_is_escalated_and_stands_first, a_taker_who_does_not_come_loses_the_order,
nobody_reviews_and_a_late_review_counts, turning_twice_changes_nothing }

async fn steps(world: &World, order: &serde_json::Value, reader: &support::Person) -> Vec<String> {
    let _ = world;
    let events = reader.get(&path(order, "events")).await.is(200);
    events["items"].as_array().unwrap().iter().map(|event| event["step"].as_str().unwrap().to_owned()).collect()
}

async fn an_unanswered_offer_expires(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    let order = station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    let due = chrono::DateTime::parse_from_rfc3339(order["offers"][0]["due"].as_str().unwrap()).unwrap();
    world.pass(due.to_utc() - world.now() + TimeDelta::seconds(1)).await;
    let seen = wang.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200);
    assert_eq!(seen["state"], "queued");
    assert!(steps(&world, &order, &wang).await.contains(&"expire".to_owned()));
    let late = li.post(&path(&order, "accept"), json!({})).await;
    assert!(matches!(late.status, 404 | 409), "{}", late.text);
}

async fn a_missed_triage_is_escalated_and_stands_first(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let order = wang.places(world.catalogue.free).await;
    world.pass(TimeDelta::days(3)).await;
    world.pass(TimeDelta::days(1)).await;
    let fresh = wang.places(world.catalogue.free).await;
    let above = world.staff(domain::identity::Role::Dispatcher, support::world::TOWNSHIP).await;
    let seen = above.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200);
    assert_ne!(seen["handler"], support::world::COMMUNITY, "the division above handles it now");
    let taken = steps(&world, &order, &above).await;
    assert!(taken.contains(&"remind".to_owned()) && taken.contains(&"escalate".to_owned()), "{taken:?}");
    let county = world.staff(domain::identity::Role::Dispatcher, support::world::COUNTY).await;
    let queue = county.get(&format!("/v1/orders?list=station&division={}", support::world::COUNTY)).await.is(200);
    assert_eq!(queue["items"][0]["id"], order["id"], "overdue first");
    assert_eq!(queue["items"][1]["id"], fresh["id"]);
    drop(station);
}

async fn a_taker_who_does_not_come_loses_the_order(world: Arc<World>) {
    let (wang, _, order) = accepted(&world).await;
    world.pass(TimeDelta::days(2)).await;
    world.pass(TimeDelta::days(1)).await;
    let seen = wang.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200);
    assert_eq!((&seen["state"], &seen["returns"]), (&json!("queued"), &json!(1)), "{seen}");
    assert!(steps(&world, &order, &wang).await.contains(&"no_show".to_owned()));
}

async fn nobody_reviews_and_a_late_review_counts(world: Arc<World>) {
    let (wang, _, order) = finished(&world).await;
    world.pass(TimeDelta::days(6)).await;
    let path_to = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    assert_eq!(wang.get(&path_to).await.is(200)["state"], "finished");
    world.pass(TimeDelta::days(2)).await;
    let closed = wang.get(&path_to).await.is(200);
    assert_eq!((&closed["state"], &closed["outcome"]), (&json!("closed"), &json!("unreviewed")));
    let order = wang.takes(&order, "review", json!({ "stars": 4, "solved": true })).await;
    assert_eq!((&order["state"], &order["outcome"]), (&json!("closed"), &json!("solved")));
}

async fn turning_twice_changes_nothing(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let order = wang.places(world.catalogue.free).await;
    world.pass(TimeDelta::days(3)).await;
    world.tick().await;
    let before = steps(&world, &order, &wang).await;
    world.tick().await;
    world.tick().await;
    assert_eq!(steps(&world, &order, &wang).await, before, "what is done is not done again");
}
