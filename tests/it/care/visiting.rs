use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, OTHER_COMMUNITY};
use support::{Person, World, on_both};

use super::{are, at, first_order, listed, need_state, planned, told, tuesdays_on, visits};
use crate::demand::{meals, path};

on_both! {
    a_served_visit_serves_the_need, a_missed_visit_is_told_the_same_day, after_an_outage_nothing_is_placed_late,
    a_consent_withdrawn_ends_the_plan, the_last_visit_decides_on_the_need, two_clocks_place_once
}

/// Carries an order until its work is done.
async fn finish(world: &World, order: &Value) -> Person {
    let (station, craftsman) = (world.dispatcher().await, world.craftsman("李师傅", world.catalogue.plumbing).await);
    station.takes(order, "triage", json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 })).await;
    station.takes(order, "offer", json!({ "takers": [{ "kind": "person", "id": craftsman.person }] })).await;
    craftsman.takes(order, "accept", json!({})).await;
    // On the day itself.
    world.pass(TimeDelta::hours(24)).await;
    station.takes(order, "check-in", json!({ "proof": { "kind": "staff" } })).await;
    station.takes(order, "finish", json!({ "proof": { "kind": "staff" }, "work": "已上门", "minutes": 30 })).await;
    craftsman
}

async fn a_served_visit_serves_the_need(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let (need, plan, worker) = planned(&world, &wang).await;
    world.tick().await;
    let order = first_order(&world, &worker, &plan).await;
    finish(&world, &order).await;
    assert_eq!(visits(&worker, &plan).await, are(&[("2026-09-08", "served")]));
    assert_eq!(need_state(&worker, &need).await, "served");
    wang.takes(&order, "review", json!({ "stars": 5, "solved": true })).await;
    assert_eq!(need_state(&worker, &need).await, "served", "it is closed by the end of the plan, not by one visit");
    let ended = worker.post(&at(&plan, "end"), json!({ "reason": "not_needed" })).await.is(200);
    assert_eq!(ended["state"], "ended");
    assert_eq!(need_state(&worker, &need).await, "closed");
}

async fn a_missed_visit_is_told_the_same_day(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let beside = world.staff(Role::GridMember, OTHER_COMMUNITY).await;
    let station = world.dispatcher().await;
    let (_, plan, worker) = planned(&world, &world.resident("王秀英").await).await;
    world.tick().await;
    assert_eq!(grid.get(&listed(true)).await.is(200)["items"], json!([]));
    world.pass(TimeDelta::hours(26)).await;
    world.tick().await;
    assert_eq!(visits(&worker, &plan).await, are(&[("2026-09-08", "placed")]), "11:00: it ended at 10:30, and an hour is granted");
    world.pass(TimeDelta::minutes(31)).await;
    world.tick().await;
    world.tick().await;
    assert_eq!(visits(&worker, &plan).await, are(&[("2026-09-08", "missed")]));
    for told_of in [&grid, &worker, &station] {
        assert_eq!(told(told_of).await, ["visit_missed"], "once each, on the day itself");
    }
    assert_eq!(told(&beside).await, Vec::<String>::new());
    assert_eq!(grid.get("/v1/me/messages").await.is(200)["items"][0]["object"], plan["id"]);
    let missed = grid.get(&listed(true)).await.is(200);
    assert_eq!((&missed["items"][0]["id"], &missed["items"][0]["missed"]), (&plan["id"], &json!(1)));
}

async fn after_an_outage_nothing_is_placed_late(world: Arc<World>) {
    let (_, plan, worker) = planned(&world, &world.resident("王秀英").await).await;
    world.pass(TimeDelta::days(9)).await;
    world.tick().await;
    let expected = [("2026-09-08", "missed"), ("2026-09-15", "missed")];
    assert_eq!(visits(&worker, &plan).await, are(&expected));
    let seen = worker.get(&at(&plan, "")).await.is(200);
    assert_eq!((&seen["visits"][0]["order"], &seen["missed"]), (&Value::Null, &json!(2)));
    assert_eq!(told(&worker).await.len(), 2);
}

async fn a_consent_withdrawn_ends_the_plan(world: Arc<World>) {
    let (wang, zhao) = (world.resident("王秀英").await, world.resident("赵大爷").await);
    let (need, plan, worker) = planned(&world, &wang).await;
    let mut meals_of_zhao = meals(zhao.person);
    (meals_of_zhao["basis"], meals_of_zhao["tags"]) = (json!("consent"), json!([]));
    let need_of_zhao = worker.post("/v1/demands", meals_of_zhao).await.is(201);
    let agreed = tuesdays_on(&world, "consent");
    let plan_of_zhao = worker.post(&path(&need_of_zhao, "care-plan"), agreed).await.is(201);
    for person in [&wang, &zhao] {
        let _ = person.post("/v1/me/consents/withdraw", json!({ "kind": "be_served" })).await.is(200);
    }
    let seen = worker.get(&at(&plan_of_zhao, "")).await.is(200);
    assert_eq!((&seen["state"], &seen["end_reason"], &seen["visits"]), (&json!("ended"), &json!("consent_withdrawn"), &json!([])));
    assert_eq!(need_state(&worker, &need_of_zhao).await, "dropped");
    world.tick().await;
    assert_eq!(worker.get(&at(&plan, "")).await.is(200)["state"], "active", "a statutory duty was cited");
    assert_ne!(need_state(&worker, &need).await, "dropped");
}

async fn the_last_visit_decides_on_the_need(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let (need, plan, worker) = planned(&world, &wang).await;
    world.tick().await;
    let order = first_order(&world, &worker, &plan).await;
    finish(&world, &order).await;
    for day in ["2026-09-15", "2026-09-22", "2026-09-29"] {
        let _ = worker.post(&at(&plan, "skip"), json!({ "day": day, "reason": "away" })).await.is(200);
    }
    for _ in 0..12 {
        world.pass(TimeDelta::days(2)).await;
        world.tick().await;
    }
    let seen = worker.get(&at(&plan, "")).await.is(200);
    assert_eq!((&seen["state"], &seen["end_reason"]), (&json!("ended"), &json!("completed")));
    assert_eq!(need_state(&worker, &need).await, "open", "its order was left unreviewed");
}

async fn two_clocks_place_once(world: Arc<World>) {
    let (_, plan, worker) = planned(&world, &world.resident("王秀英").await).await;
    let (one, other) = (world.tick(), world.tick());
    futures_util::future::join(one, other).await;
    assert_eq!(visits(&worker, &plan).await, are(&[("2026-09-08", "placed")]));
}
