//! Many at once.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use support::people::path;
use support::{World, on_both};

use super::loop_through::queued;

on_both! { of_many_takers_one_wins, one_key_has_one_effect, one_taker_cannot_accept_two_orders_at_once,
a_step_beside_a_contact_loses_neither }

/// Twenty rounds of two hundred.
async fn of_many_takers_one_wins(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let mut takers = Vec::new();
    for index in 0..20 {
        takers.push(world.craftsman(&format!("匠人{index}"), world.catalogue.plumbing).await);
    }
    for round in 0..20 {
        let order = queued(&world, &wang, &station, world.catalogue.free).await;
        let offers: Vec<_> = takers.iter().map(|taker| json!({ "kind": "person", "id": taker.person })).collect();
        station.takes(&order, "offer", json!({ "takers": offers })).await;
        let accept = path(&order, "accept");
        // Each taker asks ten times at once: two hundred requests for one order.
        let asked = takers.iter().flat_map(|taker| (0..10).map(|_| taker.post(&accept, json!({}))));
        let answers = join_all(asked).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 1, "round {round}: exactly one acceptance");
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)), "round {round}: {answers:?}");
        let events = wang.get(&path(&order, "events")).await.is(200);
        let accepted = events["items"].as_array().unwrap().iter().filter(|event| event["step"] == "accept").count();
        assert_eq!(accepted, 1);
        wang.takes(&order, "cancel", json!({ "reason": "resident_changed_mind" })).await;
    }
}

async fn one_key_has_one_effect(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let keyed = wang.with("Idempotency-Key", "order-1");
    let body = json!({ "service": world.catalogue.free, "division": support::world::COMMUNITY, "text": "修灯" });
    let answers = join_all((0..50).map(|_| keyed.post("/v1/orders", body.clone()))).await;
    let ids: std::collections::HashSet<String> = answers.iter().map(|answer| answer.body["id"].to_string()).collect();
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    assert_eq!(ids.len(), 1, "one order");
    let replayed = answers.iter().filter(|answer| answer.header("idempotent-replayed") == "true").count();
    assert_eq!(replayed, 49);
    assert_eq!(wang.get("/v1/orders").await.is(200)["items"].as_array().unwrap().len(), 1);
    let other = json!({ "service": world.catalogue.free, "division": support::world::COMMUNITY, "text": "别的" });
    keyed.post("/v1/orders", other).await.is_problem(422, "idempotency_key_reused");
}

async fn one_taker_cannot_accept_two_orders_at_once(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let mut orders = Vec::new();
    for _ in 0..10 {
        let order = queued(&world, &wang, &station, world.catalogue.free).await;
        station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
        orders.push(path(&order, "accept"));
    }
    let answers = join_all(orders.iter().map(|accept| li.post(accept, json!({})))).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1, "nobody is in two places: {answers:?}");
    let refused = answers.iter().filter(|answer| answer.status != 200);
    for answer in refused {
        assert!(matches!(answer.body["code"].as_str(), Some("double_booked" | "taker_not_eligible")), "{}", answer.text);
    }
}

async fn a_step_beside_a_contact_loses_neither(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let worker = world.staff(domain::identity::Role::SocialWorker, support::world::COMMUNITY).await;
    for _ in 0..10 {
        let order = wang.places(world.catalogue.free).await;
        let triage = json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 });
        let (triage_path, contacts) = (path(&order, "triage"), path(&order, "contacts"));
        let exclusion = path(&order, "scope-exclusion");
        let first = json!({ "kind": "first_contact", "reached": true });
        let (triaged, contacted, again, proposed) = futures_util::join!(
            worker.post(&triage_path, triage),
            station.post(&contacts, first.clone()),
            worker.post(&contacts, first.clone()),
            station.post(&exclusion, json!({ "note": "属物业职责" })),
        );
        for answer in [&triaged, &contacted, &again, &proposed] {
            assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
        }
        let id = order["id"].as_str().unwrap().parse().unwrap();
        let loaded = world.keep(move |tx| persistence::order::load_for_timer(tx, id)).await;
        assert_eq!(loaded.order.exclusion, domain::order::Exclusion::Proposed, "what was answered is kept");
        assert!(loaded.order.first_contact_at.is_some(), "what was answered is kept");
    }
}
