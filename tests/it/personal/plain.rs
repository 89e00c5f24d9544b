//! Plain values: for a purpose, within reach, few times a day, and of minors with a second person's approval.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use domain::person::PrivacyPolicy;
use persistence::person;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY};
use support::{Person, World, on_both};

on_both! { staff_see_what_the_purpose_needs, a_taker_reaches_the_person_served_while_serving, looks_are_counted_by_the_day,
a_minors_data_need_a_second_person }

fn path(person: &Value) -> String {
    format!("/v1/persons/{}/unmask", person["id"].as_str().unwrap())
}

async fn enters(grid: &Person, birth: &str, basis: &str) -> Value {
    let card = json!({ "name": "张三丰", "phone": "13812345678", "birth_date": birth, "division": COMMUNITY, "basis": basis });
    grid.post("/v1/persons", card).await.is(201)
}

async fn staff_see_what_the_purpose_needs(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let zhang = enters(&grid, "1950-05-01", "consent").await;
    let asked = json!({ "fields": ["phone", "name"], "purpose": "verification" });
    let plain = grid.post(&path(&zhang), asked.clone()).await.is(200);
    assert_eq!((plain["name"].as_str(), plain["phone"].as_str()), (Some("张三丰"), Some("+8613812345678")));
    assert!(plain.get("birth_date").is_none(), "only what was asked for");
    let seen = plain["id"].as_str().unwrap().parse().unwrap();
    let records = world.keep(move |tx| person::unmaskings(tx, &[seen])).await;
    assert_eq!(records.len(), 1);
    assert_eq!((records[0].wanted.account, records[0].wanted.purpose.to_string()), (grid.account, "verification".to_owned()));
    let other = world.staff(Role::GridMember, OTHER_COMMUNITY).await;
    other.post(&path(&zhang), asked.clone()).await.is_problem(404, "not_found");
    world.resident("王秀英").await.post(&path(&zhang), asked.clone()).await.is_problem(403, "forbidden");
    world.anyone.post(&path(&zhang), asked).await.is_problem(401, "unauthenticated");
    let because = json!({ "fields": ["phone"], "purpose": "curiosity" });
    grid.post(&path(&zhang), because).await.is_broken("/purpose", "not_in_list");
    grid.post(&path(&zhang), json!({ "fields": ["phone"], "purpose": "contact_for_order" })).await.is_broken("/order", "order_mismatch");
    grid.post(&path(&zhang), json!({ "fields": [], "purpose": "verification" })).await.is_broken("/fields", "too_few");
}

async fn a_taker_reaches_the_person_served_while_serving(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let (li, zhao) = (world.craftsman("李师傅", world.catalogue.plumbing).await, world.craftsman("赵师傅", world.catalogue.plumbing).await);
    let order = wang.places(world.catalogue.free).await;
    let triage = json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 });
    station.takes(&order, "triage", triage).await;
    station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    let path = format!("/v1/persons/{}/unmask", wang.person);
    let asked = json!({ "fields": ["phone"], "purpose": "contact_for_order", "order": order["id"] });
    li.post(&path, asked.clone()).await.is_problem(409, "no_live_reason");
    li.takes(&order, "accept", json!({})).await;
    let plain = li.post(&path, asked.clone()).await.is(200);
    assert!(plain["phone"].as_str().unwrap().starts_with("+86138"), "{plain}");
    assert!(station.post(&path, asked.clone()).await.is(200)["phone"].is_string(), "so does the station that handles it");
    zhao.post(&path, asked.clone()).await.is_problem(404, "not_found");
    let too_much = json!({ "fields": ["document"], "purpose": "contact_for_order", "order": order["id"] });
    li.post(&path, too_much).await.is_broken("/fields", "not_needed");
    let otherwise = json!({ "fields": ["phone"], "purpose": "verification" });
    li.post(&path, otherwise).await.is_problem(404, "not_found");
    let own = format!("/v1/persons/{}/unmask", zhao.person);
    li.post(&own, asked.clone()).await.is_problem(404, "not_found");
    li.takes(&order, "release", json!({ "reason": "not_available" })).await;
    let after = li.post(&path, asked.clone()).await;
    assert!(after.status == 404 || after.status == 409, "{}", after.text);
    wang.takes(&order, "cancel", json!({ "reason": "resident_changed_mind" })).await;
    station.post(&path, asked).await.is_problem(409, "no_live_reason");
}

async fn looks_are_counted_by_the_day(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let zhang = enters(&grid, "1950-05-01", "consent").await;
    let (limit, account) = (PrivacyPolicy::default().unmaskings_a_day, grid.account);
    let day = "2026-09-07".parse().unwrap();
    for _ in 0..limit - 3 {
        assert!(world.keep(move |tx| person::count_unmasking(tx, account, day, limit)).await);
    }
    let asked = json!({ "fields": ["phone"], "purpose": "verification" });
    let (path, keyed) = (path(&zhang), grid.client.with("idempotency-key", "once"));
    let _ = keyed.post(&path, asked.clone()).await.is(200);
    assert_eq!(keyed.post(&path, asked.clone()).await.header("idempotent-replayed"), "true", "a retry is not counted again");
    let many = futures_util::future::join_all((0..8).map(|_| grid.post(&path, asked.clone()))).await;
    assert_eq!(many.iter().filter(|answer| answer.status == 200).count(), 2, "of many at once no more than are left");
    let refused = grid.post(&path, asked.clone()).await;
    refused.is_problem(429, "unmask_limit");
    assert_eq!(refused.header("retry-after"), (15 * 3600).to_string(), "until local midnight");
    let colleague = world.staff(Role::GridMember, COMMUNITY).await;
    let _ = colleague.post(&path, asked.clone()).await.is(200);
    world.clock.advance(TimeDelta::hours(15));
    let _ = grid.post(&path, asked).await.is(200);
}

async fn a_minors_data_need_a_second_person(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let child = enters(&grid, "2012-05-01", "guardian").await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let (path, requests) = (path(&child), format!("/v1/persons/{}/unmask-requests", child["id"].as_str().unwrap()));
    let asked = json!({ "fields": ["phone"], "purpose": "verification" });
    worker.post(&path, asked.clone()).await.is_problem(403, "approval_needed");
    let request = worker.post(&requests, asked.clone()).await.is(201);
    assert_eq!(request["approved"], Value::Null);
    let decide = format!("/v1/unmask-requests/{}/decide", request["id"].as_str().unwrap());
    worker.post(&decide, json!({ "approved": true })).await.is_problem(403, "second_person_needed");
    grid.post(&decide, json!({ "approved": true })).await.is_problem(403, "forbidden");
    let elsewhere = world.staff(Role::SocialWorker, OTHER_COMMUNITY).await;
    elsewhere.post(&decide, json!({ "approved": true })).await.is_problem(404, "not_found");
    let colleague = world.staff(Role::SocialWorker, COUNTY).await;
    assert_eq!(colleague.get(&requests).await.is(200)["items"], json!([request]));
    worker.post(&path, asked.clone()).await.is_problem(403, "approval_needed");
    assert_eq!(colleague.post(&decide, json!({ "approved": true })).await.is(200)["approved"], true);
    colleague.post(&decide, json!({ "approved": false })).await.is_problem(409, "already_exists");
    let _ = worker.post(&path, asked.clone()).await.is(200);
    let more = json!({ "fields": ["phone", "birth_date"], "purpose": "verification" });
    worker.post(&path, more).await.is_problem(403, "approval_needed");
    let otherwise = json!({ "fields": ["phone"], "purpose": "correction" });
    worker.post(&path, otherwise).await.is_problem(403, "approval_needed");
    colleague.post(&path, asked.clone()).await.is_problem(403, "approval_needed");
    world.clock.advance(TimeDelta::hours(PrivacyPolicy::default().approval_hours));
    worker.post(&path, asked).await.is_problem(403, "approval_needed");
}
