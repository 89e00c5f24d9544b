use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY};
use support::{Person, World, on_both};
use uuid::Uuid;

use super::{born, meals, path};

on_both! {
    an_order_solves_a_need, what_is_not_solved_comes_back, a_cancelled_order_gives_the_need_back, a_household_needs_together,
    the_same_request_orders_once
}

/// An item with its order, and who can serve it.
async fn ordered(world: &World, worker: &Person, person: Uuid) -> (Value, Value, Person) {
    // The station is there first, so that it handles the order.
    let _ = world.dispatcher().await;
    let item = worker.post("/v1/demands", meals(person)).await.is(201);
    let made = worker.post(&path(&item, "order"), wish(world)).await.is(201);
    (made["demand"].clone(), made["order"].clone(), world.craftsman("李师傅", world.catalogue.plumbing).await)
}

fn wish(world: &World) -> Value {
    json!({ "service": world.catalogue.free, "text": "送一份午饭", "basis": "statutory_duty" })
}

/// Carries an order until its work is done.
async fn finish(world: &World, order: &Value, craftsman: &Person) {
    let station = world.dispatcher().await;
    station.takes(order, "triage", json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 })).await;
    station.takes(order, "offer", json!({ "takers": [{ "kind": "person", "id": craftsman.person }] })).await;
    craftsman.takes(order, "accept", json!({})).await;
    station.takes(order, "check-in", json!({ "proof": { "kind": "staff" } })).await;
    station.takes(order, "finish", json!({ "proof": { "kind": "staff" }, "work": "已送餐", "minutes": 30 })).await;
}

async fn state(worker: &Person, item: &Value) -> (Value, Value) {
    let seen = worker.get(&path(item, "")).await.is(200);
    (seen["state"].clone(), seen["reopened"].clone())
}

async fn an_order_solves_a_need(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let wang = world.resident("王秀英").await;
    let (item, order, craftsman) = ordered(&world, &worker, wang.person).await;
    assert_eq!((&item["state"], &item["order"]), (&json!("planned"), &order["id"]));
    assert_eq!(order["subject"]["id"], json!(wang.person));
    worker.post(&path(&item, "order"), wish(&world)).await.is_problem(409, "demand_step");
    worker.post(&path(&item, "drop"), json!({ "reason": "declined" })).await.is_problem(409, "demand_step");
    finish(&world, &order, &craftsman).await;
    assert_eq!(state(&worker, &item).await.0, "served");
    wang.takes(&order, "review", json!({ "stars": 5, "solved": true })).await;
    assert_eq!(state(&worker, &item).await, (json!("closed"), json!(0)));
    let events = worker.get(&path(&item, "events")).await.is(200);
    let steps: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["step"].clone()).collect();
    assert_eq!(steps, ["enter", "order", "serve", "solve"]);
    let counted = worker.get(&format!("/v1/measures/demands?division={COMMUNITY}&from=2026-09-07&to=2026-09-07")).await.is(200);
    let general = counted["groups"].as_array().unwrap().iter().find(|of| of["group"] == "general").unwrap();
    assert_eq!(general["served"]["basis_points"], 10_000);
}

async fn what_is_not_solved_comes_back(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let wang = world.resident("王秀英").await;
    let (item, order, craftsman) = ordered(&world, &worker, wang.person).await;
    finish(&world, &order, &craftsman).await;
    wang.takes(&order, "review", json!({ "stars": 2, "solved": false })).await;
    assert_eq!(state(&worker, &item).await, (json!("open"), json!(1)), "the person says that it is not solved");
    worker.post(&path(&item, "order"), wish(&world)).await.is_problem(409, "order_under_way");
    craftsman.takes(&order, "mend", json!({ "how": "revisited", "note": "重新送餐" })).await;
    assert_eq!(state(&worker, &item).await.0, "served");
    world.pass(TimeDelta::days(9)).await;
    world.tick().await;
    assert_eq!(state(&worker, &item).await, (json!("open"), json!(2)), "left unreviewed");
    wang.takes(&order, "review", json!({ "stars": 4, "solved": true })).await;
    assert_eq!(state(&worker, &item).await.0, "closed", "a late review counts");
}

async fn a_cancelled_order_gives_the_need_back(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let wang = world.resident("王秀英").await;
    let (item, order, _) = ordered(&world, &worker, wang.person).await;
    wang.takes(&order, "cancel", json!({ "reason": "resident_changed_mind" })).await;
    assert_eq!(state(&worker, &item).await, (json!("open"), json!(1)));
    let again = worker.post(&path(&item, "order"), wish(&world)).await.is(201);
    assert_ne!(again["order"]["id"], order["id"]);
    let station = world.dispatcher().await;
    station.takes(&again["order"], "refuse", json!({ "reason": "no_capacity" })).await;
    assert_eq!(state(&worker, &item).await, (json!("open"), json!(2)));
    wang.takes(&again["order"], "appeal", json!({ "text": "确实需要" })).await;
    assert_eq!(state(&worker, &item).await.0, "planned", "the refused order lives again");
}

async fn a_household_needs_together(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let (old, child) = (born(&worker, "王秀英", "1948-03-12").await, born(&worker, "赵小满", "2015-06-01").await);
    let made = worker.post("/v1/households", json!({ "division": COMMUNITY, "head": old })).await.is(201);
    let at = format!("/v1/households/{}", made["id"].as_str().unwrap());
    let joined = worker.post(&format!("{at}/members"), json!({ "person": child, "relation": "grandchild" })).await.is(200);
    assert_eq!(joined["members"].as_array().unwrap().len(), 2);
    let other = worker.post("/v1/households", json!({ "division": COMMUNITY })).await.is(201);
    let elsewhere = format!("/v1/households/{}/members", other["id"].as_str().unwrap());
    worker.post(&elsewhere, json!({ "person": child, "relation": "child" })).await.is_problem(409, "another_household");
    let need = json!({ "subject": { "kind": "household", "id": made["id"] }, "group": "minor", "care": "relief", "source": "station",
        "basis": "statutory_duty", "description": "祖孙二人，冬季取暖困难" });
    let item = worker.post("/v1/demands", need).await.is(201);
    assert_eq!((&item["division"], &item["subject"]["name"]), (&json!(COMMUNITY), &Value::Null));
    worker.post(&path(&item, "order"), wish(&world)).await.is_broken("/subject", "required");
    let mut ordered = wish(&world);
    ordered["subject"] = json!(old);
    assert_eq!(worker.post(&path(&item, "order"), ordered).await.is(201)["order"]["subject"]["id"], json!(old));
    assert_eq!(worker.delete(&format!("{at}/members/{child}")).await.status, 204);
    worker.delete(&format!("{at}/members/{child}")).await.is_problem(404, "not_found");
    let _ = worker.post(&elsewhere, json!({ "person": child, "relation": "child" })).await.is(200);
}

async fn the_same_request_orders_once(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let wang = world.resident("王秀英").await;
    let item = worker.post("/v1/demands", meals(wang.person)).await.is(201);
    let keyed = worker.client.with("idempotency-key", "once");
    let (first, second) = (keyed.post(&path(&item, "order"), wish(&world)).await, keyed.post(&path(&item, "order"), wish(&world)).await);
    assert_eq!(first.is(201)["order"]["id"], second.is(201)["order"]["id"]);
    assert_eq!(wang.get("/v1/orders").await.is(200)["items"].as_array().unwrap().len(), 1);
}
