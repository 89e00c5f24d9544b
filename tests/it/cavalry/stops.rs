//! What ends a duty: no place is kept of anybody who is not on duty.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use futures_util::future::join;
use serde_json::{Value, json};
use support::world::COUNTY;
use support::{World, on_both};
use uuid::Uuid;

use super::{HERE, at, on_duty, places_of, rider};

on_both! { silence_ends_it, nothing_lasts_longer_than_may_be, a_policy_holds_for_what_begins_under_it, pausing_and_leaving_end_it,
a_withdrawn_consent_ends_it, whoever_pauses_meanwhile_is_not_on_duty, who_is_erased_leaves_no_place, merged_records_keep_the_hours }

/// How the last duty of somebody ended.
async fn ended(world: &World, person: Uuid) -> (Value, TimeDelta) {
    assert_eq!(places_of(world, person).await, 0, "no place is kept");
    let duties = world.keep(move |tx| persistence::cavalry::duties_of(tx, &[person])).await;
    let last = duties.first().expect("a duty");
    (json!(last.end.map(domain::vocabulary::Vocabulary::as_str)), last.ended_at.expect("an end") - last.started_at)
}

async fn silence_ends_it(world: Arc<World>) {
    let li = on_duty(&world, "李师傅", HERE).await;
    world.pass(TimeDelta::minutes(239)).await;
    assert_eq!(places_of(&world, li.person).await, 1);
    world.clock.advance(TimeDelta::minutes(2));
    let dispatcher = world.dispatcher().await;
    assert_eq!(dispatcher.get("/v1/cavalry").await.is(200)["items"], json!([]), "also before the clock has come by");
    li.post("/v1/me/cavalry/duty/position", at(HERE)).await.is_problem(409, "not_on_duty");
    world.tick().await;
    assert_eq!(ended(&world, li.person).await, (json!("silent"), TimeDelta::hours(4)));
    let _ = li.post("/v1/me/cavalry/duty", at(HERE)).await.is(200);
}

async fn nothing_lasts_longer_than_may_be(world: Arc<World>) {
    let li = on_duty(&world, "李师傅", HERE).await;
    for _ in 0..3 {
        world.pass(TimeDelta::hours(3)).await;
        let _ = li.post("/v1/me/cavalry/duty/position", at(HERE)).await.is(200);
    }
    world.pass(TimeDelta::hours(3)).await;
    assert_eq!(ended(&world, li.person).await, (json!("longest"), TimeDelta::hours(12)));
}

async fn a_policy_holds_for_what_begins_under_it(world: Arc<World>) {
    let before = on_duty(&world, "李师傅", HERE).await;
    world.clock.advance(TimeDelta::minutes(1));
    let policy = json!({ "version": "county-1", "cell_metres": 1000, "silent_minutes": 30, "duty_minutes": 60, "ring_metres": 3000,
        "ring_people": 20, "rings_a_day": 3, "site_metres": 10000 });
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let _ = administrator.post("/v1/policies/cavalry", json!({ "region": COUNTY, "policy": policy })).await.is(201);
    let after = on_duty(&world, "赵师傅", HERE).await;
    world.pass(TimeDelta::minutes(31)).await;
    assert_eq!(ended(&world, after.person).await, (json!("silent"), TimeDelta::minutes(30)));
    assert_eq!(places_of(&world, before.person).await, 1);
    let mut wrong = policy;
    (wrong["version"], wrong["silent_minutes"]) = (json!("county-2"), json!(90));
    let refused = administrator.post("/v1/policies/cavalry", json!({ "region": COUNTY, "policy": wrong })).await;
    refused.is_broken("/policy/silent_minutes", "out_of_range");
}

async fn pausing_and_leaving_end_it(world: Arc<World>) {
    let li = on_duty(&world, "李师傅", HERE).await;
    let _ = li.post("/v1/me/volunteer/state", json!({ "state": "paused" })).await.is(200);
    assert_eq!(ended(&world, li.person).await.0, json!("volunteer_stopped"));
    li.post("/v1/me/cavalry/duty", at(HERE)).await.is_problem(409, "not_for_cavalry");
    let _ = li.post("/v1/me/volunteer/state", json!({ "state": "active" })).await.is(200);
    let _ = li.post("/v1/me/cavalry/duty", at(HERE)).await.is(200);
    let _ = li.post("/v1/me/volunteer/state", json!({ "state": "left" })).await.is(200);
    assert_eq!(ended(&world, li.person).await.0, json!("volunteer_stopped"));
    assert_eq!(li.get("/v1/me/cavalry").await.is(200)["active"], false);
    let zhao = on_duty(&world, "赵师傅", HERE).await;
    let _ = zhao.post("/v1/me/cavalry/leave", json!({})).await.is(200);
    assert_eq!(ended(&world, zhao.person).await.0, json!("left_cavalry"));
}

async fn a_withdrawn_consent_ends_it(world: Arc<World>) {
    let li = on_duty(&world, "李师傅", HERE).await;
    let consent = json!({ "kind": "register", "text_version": "2026-1" });
    let _ = li.post("/v1/me/consents", consent).await.is(201);
    let _ = li.post("/v1/me/consents/withdraw", json!({ "kind": "register" })).await.is(200);
    assert_eq!(ended(&world, li.person).await.0, json!("consent_withdrawn"));
    li.post("/v1/me/cavalry/duty", at(HERE)).await.is_problem(409, "not_for_cavalry");
}

async fn whoever_pauses_meanwhile_is_not_on_duty(world: Arc<World>) {
    let li = rider(&world, "李师傅", true).await;
    for _ in 0..8 {
        let pauses = li.post("/v1/me/volunteer/state", json!({ "state": "paused" }));
        let (begun, paused) = join(li.post("/v1/me/cavalry/duty", at(HERE)), pauses).await;
        let _ = paused.is(200);
        assert!(matches!(begun.status, 200 | 409), "{}", begun.text);
        assert_eq!(places_of(&world, li.person).await, 0, "whichever came first");
        let _ = li.post("/v1/me/volunteer/state", json!({ "state": "active" })).await.is(200);
    }
}

async fn who_is_erased_leaves_no_place(world: Arc<World>) {
    let li = on_duty(&world, "李师傅", HERE).await;
    let asked = json!({ "irreversible": true, "requested_through": "paper" });
    let erased = world.staff(Role::SocialWorker, COUNTY).await.post(&format!("/v1/persons/{}/erasure", li.person), asked).await;
    assert!(erased.status < 300, "{}", erased.text);
    let (_, lasted) = ended(&world, li.person).await;
    assert_eq!(lasted, TimeDelta::zero(), "that they were on duty stays for the totals");
    let person = li.person;
    assert!(!world.keep(move |tx| persistence::cavalry::load(tx, person)).await.active);
}

async fn merged_records_keep_the_hours(world: Arc<World>) {
    let li = on_duty(&world, "李师傅", HERE).await;
    let twin = world.written_down("李师傅").await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let _ = worker.post(&format!("/v1/persons/{}/merge", li.person), json!({ "into": twin })).await.is(200);
    assert_eq!(places_of(&world, li.person).await, 0);
    assert_eq!(ended(&world, twin).await.0, json!("left_cavalry"));
    assert!(world.keep(move |tx| persistence::cavalry::load(tx, twin)).await.active);
}
