//! Joining, being on duty, and who sees it.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::cavalry::cell;
use domain::geo::Position;
use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY, OTHER_REGION};
use support::{World, on_both};
use uuid::Uuid;

use super::{HERE, at, on_duty, places_of, rider};
use crate::demand::born;

on_both! { somebody_joins_and_goes_on_duty, who_may_not_join, only_one_place_stays_of_fifty, one_duty_whoever_asks_at_once,
staff_see_their_own_by_distance, a_duty_is_counted_by_day, staff_enrol_people_of_their_divisions }

async fn somebody_joins_and_goes_on_duty(world: Arc<World>) {
    let li = rider(&world, "李师傅", true).await;
    let keyed = li.with("Idempotency-Key", "duty-1");
    let begun = keyed.post("/v1/me/cavalry/duty", at(HERE)).await.is(200);
    assert_eq!(keyed.post("/v1/me/cavalry/duty", at(HERE)).await.is(200), begun, "once");
    keyed.post("/v1/me/cavalry/duty", at((130.6, 46.3))).await.is_problem(422, "idempotency_key_reused");
    let rounded = cell(Position::new(HERE.0, HERE.1).unwrap(), 500).unwrap();
    let kept = Position::new(begun["duty"]["cell"]["longitude"].as_f64().unwrap(), begun["duty"]["cell"]["latitude"].as_f64().unwrap());
    assert!(kept.unwrap().metres_to(rounded) < 0.1, "only the cell: {begun}");
    assert_ne!(begun["duty"]["cell"]["longitude"], json!(HERE.0));
    world.clock.advance(TimeDelta::hours(3));
    let moved = li.post("/v1/me/cavalry/duty/position", at((130.6, 46.3))).await.is(200);
    assert_eq!(moved["duty"]["since"], begun["duty"]["since"]);
    assert_ne!((&moved["duty"]["cell"], &moved["duty"]["ends_at"]), (&begun["duty"]["cell"], &begun["duty"]["ends_at"]));
    let over = li.post("/v1/me/cavalry/duty/end", json!({})).await.is(200);
    assert_eq!((&over["duty"], &over["version"]), (&json!(null), &json!(1)));
    assert_eq!(places_of(&world, li.person).await, 0);
    li.post("/v1/me/cavalry/duty/position", at(HERE)).await.is_problem(409, "not_on_duty");
    let _ = li.post("/v1/me/cavalry/duty/end", json!({})).await.is(200);
    li.post("/v1/me/cavalry/duty", at((200.0, 46.0))).await.is_broken("/position/longitude", "too_big");
    let export = li.get("/v1/me/export").await.is(200);
    assert_eq!((&export["cavalry"]["duties"][0]["end"], &export["cavalry"]["member"]["employment"]), (&json!("own"), &json!("courier")));
    assert!(export["cavalry"]["duties"][0].get("cell").is_none());
}

async fn who_may_not_join(world: Arc<World>) {
    let asked = || json!({ "employment": "ride_hailing", "emergency_ready": true });
    let neighbour = world.resident("周桂兰").await;
    neighbour.post("/v1/me/cavalry", asked()).await.is_problem(409, "not_for_cavalry");
    neighbour.get("/v1/me/cavalry").await.is_problem(404, "not_found");
    neighbour.post("/v1/me/cavalry/duty", at(HERE)).await.is_problem(409, "not_in_cavalry");
    let unknown = world.volunteer("王秀英").await;
    let refused = unknown.post("/v1/me/cavalry", asked()).await;
    refused.is_problem(409, "not_for_cavalry");
    assert_eq!(refused.body["errors"][0]["code"], "not_eligible", "whose age nobody knows");
    let minor = minor(&world).await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    worker.post(&format!("/v1/persons/{minor}/cavalry"), asked()).await.is_problem(409, "not_for_cavalry");
    assert!(world.keep(move |tx| Ok(persistence::cavalry::load(tx, minor).is_err())).await, "nothing half done");
    let li = rider(&world, "李师傅", true).await;
    li.post("/v1/me/cavalry", json!({ "employment": "pilot", "emergency_ready": true })).await.is_broken("/employment", "not_in_list");
}

/// Somebody of eleven years who serves.
async fn minor(world: &World) -> Uuid {
    let child = born(&world.staff(Role::SocialWorker, COUNTY).await.client, "赵小满", "2015-03-02").await;
    let region = support::world::code(COUNTY);
    let division = support::world::code(COMMUNITY);
    world
        .keep(move |tx| {
            let new = persistence::person::NewVolunteer {
                person: child,
                number: format!("V{}", child.simple()),
                region: region.clone(),
                division: division.clone(),
                state: domain::person::VolunteerState::Active,
                by: None,
            };
            persistence::person::add_volunteer(tx, &new)
        })
        .await;
    child
}

async fn only_one_place_stays_of_fifty(world: Arc<World>) {
    let li = on_duty(&world, "李师傅", HERE).await;
    let asks = (0..50).map(|step| {
        let li = li.clone();
        async move { li.post("/v1/me/cavalry/duty/position", at((130.553 + f64::from(step) * 0.01, 46.239))).await.status }
    });
    let answers = join_all(asks).await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    let person = li.person;
    let duties = world.keep(move |tx| persistence::cavalry::duties_of(tx, &[person])).await;
    assert_eq!(duties.len(), 1);
    assert_eq!(places_of(&world, person).await, 1, "the table itself has one row a person");
    let audit = world.staff(Role::Administrator, COUNTY).await.get(&format!("/v1/audit?region={COUNTY}&limit=100")).await;
    assert!(!audit.text.contains("130.55"), "no place is in the log");
}

async fn one_duty_whoever_asks_at_once(world: Arc<World>) {
    let li = rider(&world, "李师傅", true).await;
    let asks = (0..12).map(|_| {
        let li = li.clone();
        async move { li.post("/v1/me/cavalry/duty", at(HERE)).await.status }
    });
    let answers = join_all(asks).await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    let person = li.person;
    assert_eq!(world.keep(move |tx| persistence::cavalry::duties_of(tx, &[person])).await.len(), 1);
}

async fn staff_see_their_own_by_distance(world: Arc<World>) {
    let (near, far) = (on_duty(&world, "李师傅", HERE).await, on_duty(&world, "赵师傅", (130.7, 46.239)).await);
    let off = rider(&world, "孙师傅", true).await;
    let worker = world.staff(Role::Dispatcher, COMMUNITY).await;
    let ids = |list: &Value| -> Vec<Value> { list["items"].as_array().unwrap().iter().map(|item| item["person"]["id"].clone()).collect() };
    let place = format!("longitude={}&latitude={}", HERE.0, HERE.1);
    let list = worker.get(&format!("/v1/cavalry?{place}")).await.is(200);
    assert_eq!(ids(&list), [json!(near.person), json!(far.person)], "nearest first, nobody who is off: {off:?}", off = off.person);
    assert_eq!(list["items"][0]["person"]["name"], "李**");
    assert_eq!(list["items"][0]["crafts"], json!([world.catalogue.plumbing]));
    assert!(list["items"][0]["distance_metres"].as_i64().unwrap() <= 500);
    let list = worker.get(&format!("/v1/cavalry?division={COMMUNITY}&{place}&within_metres=3000")).await.is(200);
    assert_eq!((ids(&list), &list["total"]), (vec![json!(near.person)], &json!(1)));
    let hair = worker.get(&format!("/v1/cavalry?division={COMMUNITY}&craft={}", world.catalogue.hairdressing)).await.is(200);
    assert_eq!(hair["items"], json!([]));
    let elsewhere = world.staff(Role::Dispatcher, OTHER_COMMUNITY).await;
    assert_eq!(elsewhere.get(&format!("/v1/cavalry?{place}")).await.is(200)["items"], json!([]), "not theirs to see");
    elsewhere.get(&format!("/v1/cavalry?division={COMMUNITY}")).await.is_problem(404, "not_found");
    world.staff(Role::Supervisor, COUNTY).await.get("/v1/cavalry").await.is_problem(403, "forbidden");
    worker.get("/v1/cavalry?longitude=130.5").await.is_broken("latitude", "required");
    worker.get("/v1/cavalry?within_metres=100").await.is_broken("longitude", "required");
}

async fn a_duty_is_counted_by_day(world: Arc<World>) {
    let li = on_duty(&world, "李师傅", HERE).await;
    world.clock.advance(TimeDelta::minutes(90));
    let _ = li.post("/v1/me/cavalry/duty/end", json!({})).await.is(200);
    let _ = on_duty(&world, "赵师傅", HERE).await;
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let counts = supervisor.get(&format!("/v1/measures/cavalry?division={COUNTY}")).await.is(200);
    assert_eq!((&counts["people"], &counts["on_duty"], &counts["emergency_ready"]), (&json!(2), &json!(1), &json!(2)));
    assert_eq!(counts["employments"][0], json!({ "employment": "courier", "people": 2 }));
    assert_eq!(counts["days"].as_array().unwrap().len(), 7);
    assert_eq!(counts["days"][6], json!({ "day": "2026-09-07", "duties": 2, "minutes": 90 }));
    let elsewhere = world.staff(Role::Supervisor, OTHER_REGION).await;
    elsewhere.get(&format!("/v1/measures/cavalry?division={COUNTY}")).await.is_problem(404, "not_found");
    let long = format!("/v1/measures/cavalry?division={COUNTY}&from=2026-01-01&to=2026-09-01");
    supervisor.get(&long).await.is_broken("to", "too_big");
}

async fn staff_enrol_people_of_their_divisions(world: Arc<World>) {
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let path = format!("/v1/persons/{}/cavalry", li.person);
    let asked = json!({ "employment": "food_delivery", "emergency_ready": false });
    world.staff(Role::Dispatcher, OTHER_COMMUNITY).await.post(&path, asked.clone()).await.is_problem(404, "not_found");
    world.resident("周桂兰").await.post(&path, asked.clone()).await.is_problem(404, "not_found");
    let worker = world.dispatcher().await;
    let member = worker.post(&path, asked.clone()).await.is(200);
    assert_eq!(
        (&member["employment"], &member["active"], &member["person"]["name"]),
        (&json!("food_delivery"), &json!(true), &json!("李**"))
    );
    let stale = worker.with("If-Match", "\"v7\"").post(&path, asked).await;
    stale.is_problem(412, "precondition_failed");
    let _ = li.post("/v1/me/cavalry/duty", at(HERE)).await.is(200);
    let left = worker.post(&format!("{path}/leave"), json!({})).await.is(200);
    assert_eq!((&left["active"], &left["duty"]), (&json!(false), &json!(null)));
    assert_eq!(places_of(&world, li.person).await, 0);
    li.post("/v1/me/cavalry/duty", at(HERE)).await.is_problem(409, "not_in_cavalry");
}
