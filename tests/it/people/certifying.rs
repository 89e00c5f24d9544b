//! Certifications: suspended and resumed with reasons, told of and listed before they expire.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use domain::person::PeoplePolicy;
use serde_json::{Value, json};
use support::people::path;
use support::world::{COUNTY, OTHER_REGION};
use support::{Person, World, on_both};

use crate::order::loop_through::queued;

on_both! { a_suspension_says_why_and_keeps_from_dispatch, what_has_expired_is_not_dispatched, who_holds_it_is_told_once,
a_region_says_how_early, what_is_about_to_expire_is_listed }

async fn certification(holder: &Person) -> String {
    let held = holder.get(&format!("/v1/persons/{}/certifications", holder.person)).await.is(200);
    held["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn a_suspension_says_why_and_keeps_from_dispatch(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let at = format!("/v1/certifications/{}", certification(&li).await);
    worker.post(&format!("{at}/suspend"), json!({})).await.is_broken("/reason", "required");
    let _ = worker.post(&format!("{at}/suspend"), json!({ "reason": "投诉待核实" })).await.is(200);
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    let takers = json!({ "takers": [{ "kind": "person", "id": li.person }] });
    let refused = station.post(&path(&order, "offer"), takers.clone()).await;
    refused.is_problem(422, "taker_not_eligible");
    assert!(refused.text.contains("certification_invalid"), "{}", refused.text);
    let _ = worker.post(&format!("{at}/resume"), json!({ "reason": "不属实" })).await.is(200);
    station.takes(&order, "offer", takers).await;
    let told = li.get(&format!("{at}/events")).await.is(200);
    let steps: Vec<_> = told["items"].as_array().unwrap().iter().map(|event| (event["kind"].clone(), event["reason"].clone())).collect();
    let expected = [(json!("certified"), Value::Null), (json!("suspended"), json!("投诉待核实")), (json!("resumed"), json!("不属实"))];
    assert_eq!(steps, expected);
    wang.get(&format!("{at}/events")).await.is_problem(404, "not_found");
}

async fn what_has_expired_is_not_dispatched(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.volunteer("李师傅").await;
    world.certify(&li, world.catalogue.plumbing, TimeDelta::minutes(10)).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    world.clock.advance(TimeDelta::minutes(11));
    let refused = station.post(&path(&order, "offer"), json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    refused.is_problem(422, "taker_not_eligible");
    assert!(refused.text.contains("certification_invalid"), "{}", refused.text);
}

async fn who_holds_it_is_told_once(world: Arc<World>) {
    let li = world.volunteer("李师傅").await;
    world.certify(&li, world.catalogue.plumbing, TimeDelta::days(31)).await;
    world.tick().await;
    assert_eq!(li.get("/v1/me/messages").await.is(200)["items"], json!([]), "not yet");
    world.clock.advance(TimeDelta::days(1));
    world.tick().await;
    world.tick().await;
    let told = li.get("/v1/me/messages").await.is(200);
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "once: {told}");
    let message = &told["items"][0];
    assert_eq!((&message["kind"], &message["order"]), (&json!("certification_expires"), &Value::Null));
    assert_eq!(message["certification"], json!(certification(&li).await));
    let read = li.post(&format!("/v1/me/messages/{}/read", message["id"].as_str().unwrap()), json!({})).await.is(200);
    assert!(read["read_at"].is_string());
    let export = li.get("/v1/me/export").await.is(200);
    assert_eq!(export["accounts"][0]["messages"][0]["certification"], message["certification"]);
}

async fn a_region_says_how_early(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let (li, policy) = (
        world.volunteer("李师傅").await,
        PeoplePolicy { version: "huanan-1".to_owned(), expiry_notice_days: 60, ..PeoplePolicy::default() },
    );
    world.certify(&li, world.catalogue.plumbing, TimeDelta::days(50)).await;
    world.tick().await;
    assert_eq!(li.get("/v1/me/messages").await.is(200)["items"], json!([]));
    let _ = administrator.post("/v1/policies/people", json!({ "region": COUNTY, "policy": policy })).await.is(201);
    world.tick().await;
    assert_eq!(li.get("/v1/me/messages").await.is(200)["items"].as_array().unwrap().len(), 1);
    let wrong = json!({ "region": COUNTY, "policy": PeoplePolicy { version: "huanan-2".to_owned(), expiry_notice_days: 0, ..PeoplePolicy::default() } });
    assert_eq!(administrator.post("/v1/policies/people", wrong).await.status, 422);
    let read = world.anyone.get(&format!("/v1/policies/people?region={COUNTY}")).await.is(200);
    assert_eq!(read["in_force"]["policy"]["expiry_notice_days"], 60);
}

async fn what_is_about_to_expire_is_listed(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let (soon, sooner, late) = (world.volunteer("甲").await, world.volunteer("乙").await, world.volunteer("丙").await);
    for (holder, days) in [(&soon, 20), (&sooner, 10), (&late, 40)] {
        world.certify(holder, world.catalogue.plumbing, TimeDelta::days(days)).await;
    }
    let at = format!("/v1/expiring-certifications?division={COUNTY}&limit=1");
    let first = worker.get(&at).await.is(200);
    assert_eq!(first["items"][0]["person"], json!(sooner.person), "the one that ends first");
    let second = worker.get(&format!("{at}&cursor={}", first["next_cursor"].as_str().unwrap())).await.is(200);
    assert_eq!((&second["items"][0]["person"], &second["next_cursor"]), (&json!(soon.person), &Value::Null));
    let elsewhere = world.staff(Role::SocialWorker, OTHER_REGION).await;
    elsewhere.get(&at).await.is_problem(404, "not_found");
    soon.get(&at).await.is_problem(403, "forbidden");
}
