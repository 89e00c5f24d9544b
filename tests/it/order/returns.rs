//! Returns, the binding decision, hotline tickets.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::json;
use support::people::path;
use support::world::{COMMUNITY, OTHER_COMMUNITY, TOWNSHIP};
use support::{World, on_both};

use super::loop_through::queued;

on_both! { the_third_return_lands_at_the_township, a_ticket_has_one_order, a_transfer_reaches_another_community }

async fn the_third_return_lands_at_the_township(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let mut order = queued(&world, &wang, &station, world.catalogue.free).await;
    for returned in 1..=3 {
        station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
        li.takes(&order, "accept", json!({})).await;
        order = li.takes(&order, "release", json!({ "reason": "taker_emergency" })).await;
        assert_eq!(order["returns"], returned);
    }
    let township = world.staff(Role::Dispatcher, TOWNSHIP).await;
    let seen = township.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200);
    assert_eq!((&seen["handler"], &seen["decision_due"]), (&json!(TOWNSHIP), &json!(true)));
    assert!(seen["allowed"].as_array().unwrap().contains(&json!("decide")), "{seen}");
    let early = township.post(&path(&order, "offer"), json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    early.is_problem(409, "decision_due");
    let ruling = json!({ "ruling": "requeue", "handler": COMMUNITY, "reason": "third_return", "note": "由红旗社区落实" });
    station.post(&path(&order, "decide"), ruling.clone()).await.is_problem(403, "step_not_yours");
    let order = township.takes(&order, "decide", ruling).await;
    assert_eq!((&order["bound"], &order["handler"]), (&json!(true), &json!(COMMUNITY)));
    let transfer = station.post(&path(&order, "transfer"), json!({ "to": OTHER_COMMUNITY, "reason": "other_division" })).await;
    transfer.is_problem(409, "binding_decision");
    station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    li.takes(&order, "accept", json!({})).await;
    let release = li.post(&path(&order, "release"), json!({ "reason": "taker_emergency" })).await;
    release.is_problem(409, "binding_decision");
}

async fn a_ticket_has_one_order(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let ticket = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "热线转办", "subject": wang.person,
        "basis": "consent", "channel": "hotline", "external_ref": "12345-0001" });
    let order = station.post("/v1/orders", ticket.clone()).await.is(201);
    station.post("/v1/orders", ticket).await.is_problem(409, "already_exists");
    let contact = json!({ "kind": "first_contact", "reached": true, "note": "已约周二" });
    let contacts = station.post(&path(&order, "contacts"), contact).await.is(201);
    assert_eq!(contacts["items"].as_array().unwrap().len(), 1);
    let half = json!({ "kind": "callback", "reached": true, "solved": true });
    station.post(&path(&order, "contacts"), half).await.is_broken("/solved", "contact_answers");
}

async fn a_transfer_reaches_another_community(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let other = world.staff(Role::Dispatcher, OTHER_COMMUNITY).await;
    let order = wang.places(world.catalogue.free).await;
    other.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is_problem(404, "not_found");
    station.post(&path(&order, "transfer"), json!({ "to": "4514", "reason": "other_division" })).await.is_broken("/to", "wrong_division");
    station.takes(&order, "transfer", json!({ "to": OTHER_COMMUNITY, "reason": "other_division" })).await;
    let queue = other.get(&format!("/v1/orders?list=station&division={OTHER_COMMUNITY}")).await.is(200);
    assert_eq!(queue["items"][0]["id"], order["id"]);
    assert_eq!(queue["items"][0]["returns"], 1);
}
