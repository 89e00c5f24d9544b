//! Whom an emergency rings, and to whom it is offered.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::{Value, json};
use support::people::path;
use support::world::{COMMUNITY, COUNTY};
use support::{Person, World, on_both};
use uuid::Uuid;

use super::{HERE, at, on_duty, rider};

on_both! { it_rings_who_is_ready_and_near, it_is_offered_once_the_craft_is_known, the_first_to_accept_has_it,
without_a_position_it_rings_the_community, who_is_at_the_nearest_site_is_told, the_nearest_come_first_and_not_too_many,
one_person_rings_so_often_and_no_oftener }

async fn emergency(world: &World, who: &Person, place: Option<(f64, f64)>) -> Value {
    let mut wish = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "水管爆裂", "urgency": "emergency" });
    if let Some((longitude, latitude)) = place {
        wish["position"] = json!({ "longitude": longitude, "latitude": latitude });
    }
    who.post("/v1/orders", wish).await.is(201)
}

async fn triaged(world: &World, station: &Person, order: &Value, urgency: &str) -> Value {
    station.takes(order, "triage", json!({ "craft": world.catalogue.plumbing, "urgency": urgency, "minutes": 60 })).await
}

/// How many rings somebody has got, all about that order.
async fn rings(who: &Person, order: &Value) -> usize {
    let told = who.get("/v1/me/messages").await.is(200);
    let rung: Vec<&Value> = told["items"].as_array().unwrap().iter().filter(|told| told["kind"] == "emergency_nearby").collect();
    assert!(rung.iter().all(|told| told["object"] == order["id"]), "{told}");
    rung.len()
}

async fn it_rings_who_is_ready_and_near(world: Arc<World>) {
    let near = on_duty(&world, "李师傅", HERE).await;
    let far = on_duty(&world, "赵师傅", (130.7, 46.239)).await;
    let off = rider(&world, "孙师傅", true).await;
    let not_ready = rider(&world, "周师傅", false).await;
    let _ = not_ready.post("/v1/me/cavalry/duty", at(HERE)).await.is(200);
    let silent = on_duty(&world, "吴师傅", HERE).await;
    let _ = silent.post("/v1/me/cavalry/duty/end", json!({})).await.is(200);
    let herself = on_duty(&world, "王秀英", HERE).await;
    let order = emergency(&world, &herself, Some(HERE)).await;
    assert_eq!(rings(&near, &order).await, 1);
    for other in [&far, &off, &not_ready, &silent, &herself] {
        assert_eq!(rings(other, &order).await, 0);
    }
    near.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is_problem(404, "not_found");
    let calm = world.resident("周桂兰").await.places(world.catalogue.free).await;
    assert_eq!(rings(&near, &order).await, 1, "{calm}");
    let counts = world.staff(Role::Supervisor, COUNTY).await.get(&format!("/v1/measures/cavalry?division={COUNTY}")).await.is(200);
    assert_eq!((&counts["emergencies"], &counts["people_rung"]), (&json!(1), &json!(1)));
}

async fn it_is_offered_once_the_craft_is_known(world: Arc<World>) {
    let station = world.dispatcher().await;
    let near = on_duty(&world, "李师傅", HERE).await;
    let driver = world.volunteer_of_age("赵师傅").await;
    let _ = driver.post("/v1/me/cavalry", json!({ "employment": "ride_hailing", "emergency_ready": true })).await.is(200);
    let _ = driver.post("/v1/me/cavalry/duty", at(HERE)).await.is(200);
    let order = emergency(&world, &world.resident("王秀英").await, Some(HERE)).await;
    assert_eq!(order["state"], "placed", "the station says first what it needs");
    let offered = triaged(&world, &station, &order, "emergency").await;
    assert_eq!(offered["state"], "offered", "{offered}");
    let mine = near.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200);
    assert_eq!(mine["state"], "offered");
    driver.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is_problem(404, "not_found");
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let events = supervisor.get(&format!("/v1/orders/{}/events", order["id"].as_str().unwrap())).await.is(200);
    let offer = events["items"].as_array().unwrap().iter().find(|event| event["step"] == "offer").cloned().unwrap();
    assert_eq!((&offer["party"], &offer["reason"]), (&json!("timer"), &json!("emergency_nearby")), "{offer}");
    // What was placed calmly and found to be an emergency rings then.
    let calm = world.resident("周桂兰").await.places(world.catalogue.free).await;
    let queued = triaged(&world, &station, &calm, "high").await;
    assert_eq!(queued["state"], "queued");
    let risen = triaged(&world, &station, &calm, "emergency").await;
    assert_eq!(risen["state"], "offered", "{risen}");
}

async fn the_first_to_accept_has_it(world: Arc<World>) {
    let station = world.dispatcher().await;
    let (li, zhao) = (on_duty(&world, "李师傅", HERE).await, on_duty(&world, "赵师傅", HERE).await);
    let order = emergency(&world, &world.resident("王秀英").await, Some(HERE)).await;
    let _ = triaged(&world, &station, &order, "emergency").await;
    let _ = zhao.post(&path(&order, "accept"), json!({})).await.is(200);
    li.post(&path(&order, "accept"), json!({})).await.is_problem(409, "no_open_offer");
}

async fn without_a_position_it_rings_the_community(world: Arc<World>) {
    let far = on_duty(&world, "李师傅", (130.7, 46.239)).await;
    let order = emergency(&world, &world.resident("王秀英").await, None).await;
    assert_eq!(rings(&far, &order).await, 1, "who is counted in the community");
}

async fn who_is_at_the_nearest_site_is_told(world: Arc<World>) {
    let site = world.open_site().await;
    let volunteer = world.volunteer("周桂兰").await;
    let _ = world.shift(&site, &volunteer, 1).await;
    let resident = world.resident("王秀英").await;
    let early = emergency(&world, &resident, Some(HERE)).await;
    assert_eq!(rings(&volunteer, &early).await, 0, "the shift has not begun");
    world.clock.advance(TimeDelta::minutes(90));
    let order = emergency(&world, &resident, Some(HERE)).await;
    assert_eq!(rings(&volunteer, &order).await, 1);
}

async fn the_nearest_come_first_and_not_too_many(world: Arc<World>) {
    let policy = json!({ "version": "county-1", "cell_metres": 100, "silent_minutes": 240, "duty_minutes": 720, "ring_metres": 5000,
        "ring_people": 2, "rings_a_day": 3, "site_metres": 10000 });
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let _ = administrator.post("/v1/policies/cavalry", json!({ "region": COUNTY, "policy": policy })).await.is(201);
    let mut riders: Vec<Person> = Vec::new();
    for (name, east) in [("李师傅", 0.03), ("赵师傅", 0.02), ("孙师傅", 0.01)] {
        riders.push(on_duty(&world, name, (HERE.0 + east, HERE.1)).await);
    }
    let order = emergency(&world, &world.resident("王秀英").await, Some(HERE)).await;
    let mut rung: Vec<(Uuid, usize)> = Vec::new();
    for rider in &riders {
        rung.push((rider.person, rings(rider, &order).await));
    }
    assert_eq!(rung.iter().map(|(_, rung)| *rung).collect::<Vec<_>>(), [0, 1, 1], "{rung:?}");
}

/// Whoever cries wolf rings three times a day; what the station finds to be an emergency rings all the same.
async fn one_person_rings_so_often_and_no_oftener(world: Arc<World>) {
    let (li, wang, station) = (on_duty(&world, "李师傅", HERE).await, world.resident("王秀英").await, world.dispatcher().await);
    let heard = async || {
        let told = li.get("/v1/me/messages").await.is(200);
        told["items"].as_array().unwrap().iter().filter(|told| told["kind"] == "emergency_nearby").count()
    };
    let mut last = Value::Null;
    for _ in 0..5 {
        last = emergency(&world, &wang, Some(HERE)).await;
    }
    assert_eq!(heard().await, 3);
    let _ = emergency(&world, &world.resident("赵大爷").await, Some(HERE)).await;
    assert_eq!(heard().await, 4, "others are not kept from it");
    triaged(&world, &station, &last, "emergency").await;
    assert_eq!(heard().await, 5);
    world.pass(TimeDelta::hours(25)).await;
    let _ = li.post("/v1/me/cavalry/duty", at(HERE)).await;
    let _ = emergency(&world, &wang, Some(HERE)).await;
    assert_eq!(heard().await, 6, "another day");
}
