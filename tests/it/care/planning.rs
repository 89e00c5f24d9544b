use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY};
use support::{World, on_both};
use uuid::Uuid;

use super::{are, at, need_state, planned, tuesdays, visits};
use crate::demand::{meals, path};

on_both! {
    a_need_becomes_a_plan, rules_that_cannot_be_kept_are_refused, one_plan_at_a_time, a_plan_is_of_its_place,
    a_pause_calls_off_and_goes_on, a_day_is_left_out, an_end_gives_the_need_back, the_same_request_plans_once
}

async fn a_need_becomes_a_plan(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let (need, plan, worker) = planned(&world, &wang).await;
    assert_eq!(need_state(&worker, &need).await, "planned");
    assert_eq!((&plan["state"], &plan["visits"]), (&json!("active"), &json!([])));
    let coming: Vec<&str> = plan["coming"].as_array().unwrap().iter().map(|visit| visit["starts_at"].as_str().unwrap()).collect();
    assert_eq!(coming, ["2026-09-08T01:30:00Z", "2026-09-15T01:30:00Z", "2026-09-22T01:30:00Z", "2026-09-29T01:30:00Z"]);
    world.tick().await;
    world.tick().await;
    assert_eq!(visits(&worker, &plan).await, are(&[("2026-09-08", "placed")]), "three days ahead, once");
    let own = wang.get(&at(&plan, "")).await.is(200);
    assert_eq!((&own["note"], &own["allowed"]), (&json!("敲门要久一些"), &json!([])));
    let order = own["visits"][0]["order"].as_str().unwrap();
    assert_eq!(wang.get(&format!("/v1/orders/{order}")).await.is(200)["subject"]["id"], json!(wang.person));
    let exported = wang.get("/v1/me/export").await.is(200);
    assert_eq!(exported["care_plans"][0]["id"], plan["id"]);
    world.resident("邻居").await.get(&at(&plan, "")).await.is_problem(404, "not_found");
    let steps = worker.get(&path(&need, "events")).await.is(200);
    assert_eq!(steps["items"][1]["step"], "plan");
}

async fn rules_that_cannot_be_kept_are_refused(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let need = worker.post("/v1/demands", meals(world.resident("王秀英").await.person)).await.is(201);
    let to = path(&need, "care-plan");
    let with = |field: &str, value: Value| {
        let mut asked = tuesdays(&world);
        asked[field] = value;
        asked
    };
    let refused = [
        ("rule", json!("FREQ=HOURLY"), "/rule", "care_too_frequent"),
        ("rule", json!("FREQ=DAILY;BYHOUR=8,12"), "/rule", "care_too_frequent"),
        ("rule", json!("FREQ=DAILY;UNTIL=20261001T000000Z"), "/rule", "care_own_end"),
        ("rule", json!("每周二"), "/rule", "care_rule"),
        ("rule", json!("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "/rule", "care_never"),
        ("first_day", json!("2026-09-06"), "/first_day", "in_past"),
        ("last_day", json!("2026-09-06"), "/last_day", "end_before_start"),
        ("last_day", json!("2027-09-08"), "/last_day", "too_big"),
        ("starts", json!("24:30"), "/starts", "wrong_format"),
        ("service", json!(Uuid::now_v7()), "/service", "unknown_service"),
        ("subject", json!(Uuid::now_v7()), "/subject", "subject_follows"),
    ];
    for (field, value, pointer, rule) in refused {
        worker.post(&to, with(field, value)).await.is_broken(pointer, rule);
    }
    assert_eq!(need_state(&worker, &need).await, "open");
}

async fn one_plan_at_a_time(world: Arc<World>) {
    let (need, _, worker) = planned(&world, &world.resident("王秀英").await).await;
    worker.post(&path(&need, "care-plan"), tuesdays(&world)).await.is_problem(409, "demand_step");
    let order = json!({ "service": world.catalogue.free, "text": "送一份午饭", "basis": "statutory_duty" });
    worker.post(&path(&need, "order"), order).await.is_problem(409, "demand_step");
    worker.post(&path(&need, "drop"), json!({ "reason": "declined" })).await.is_problem(409, "demand_step");
    let other = worker.post("/v1/demands", meals(world.resident("周桂兰").await.person)).await.is(201);
    let at_once = (0..4).map(|_| {
        let (worker, to, asked) = (worker.client.clone(), path(&other, "care-plan"), tuesdays(&world));
        async move { worker.post(&to, asked).await.status }
    });
    let mut answers = join_all(at_once).await;
    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409, 409]);
}

async fn a_plan_is_of_its_place(world: Arc<World>) {
    let (need, plan, worker) = planned(&world, &world.resident("王秀英").await).await;
    let beside = world.staff(Role::SocialWorker, OTHER_COMMUNITY).await;
    beside.get(&at(&plan, "")).await.is_problem(404, "not_found");
    beside.post(&at(&plan, "pause"), json!({})).await.is_problem(404, "not_found");
    beside.post(&path(&need, "care-plan"), tuesdays(&world)).await.is_problem(404, "not_found");
    beside.get(&format!("/v1/care-plans?division={COMMUNITY}")).await.is_problem(404, "not_found");
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    assert_eq!(supervisor.get(&at(&plan, "")).await.is(200)["note"], Value::Null, "who only looks on reads no texts");
    supervisor.post(&at(&plan, "pause"), json!({})).await.is_problem(403, "forbidden");
    assert_eq!(worker.get(&format!("/v1/care-plans?division={COUNTY}")).await.is(200)["items"][0]["id"], plan["id"]);
}

async fn a_pause_calls_off_and_goes_on(world: Arc<World>) {
    let (_, plan, worker) = planned(&world, &world.resident("王秀英").await).await;
    world.tick().await;
    let paused = worker.post(&at(&plan, "pause"), json!({})).await.is(200);
    assert_eq!((&paused["state"], &paused["visits"][0]["state"]), (&json!("paused"), &json!("cancelled")));
    worker.post(&at(&plan, "pause"), json!({})).await.is_problem(409, "care_plan_step");
    let _ = worker.post(&at(&plan, "resume"), json!({})).await.is(200);
    world.tick().await;
    assert_eq!(visits(&worker, &plan).await, are(&[("2026-09-08", "placed")]), "the same day is placed anew");
    let _ = worker.post(&at(&plan, "pause"), json!({})).await.is(200);
    world.pass(TimeDelta::days(9)).await;
    world.tick().await;
    let _ = worker.post(&at(&plan, "resume"), json!({})).await.is(200);
    world.pass(TimeDelta::days(4)).await;
    world.tick().await;
    let expected = [("2026-09-08", "cancelled"), ("2026-09-22", "placed")];
    assert_eq!(visits(&worker, &plan).await, are(&expected), "nobody was expected while it paused");
}

async fn a_day_is_left_out(world: Arc<World>) {
    let (_, plan, worker) = planned(&world, &world.resident("王秀英").await).await;
    world.tick().await;
    let skip = |day: &str| json!({ "day": day, "reason": "hospital" });
    worker.post(&at(&plan, "skip"), skip("2026-09-09")).await.is_broken("/day", "no_visit");
    let _ = worker.post(&at(&plan, "skip"), skip("2026-09-08")).await.is(200);
    let left = worker.post(&at(&plan, "skip"), skip("2026-09-15")).await.is(200);
    assert_eq!(left["coming"].as_array().unwrap().len(), 2);
    worker.post(&at(&plan, "skip"), skip("2026-09-15")).await.is_broken("/day", "no_visit");
    world.pass(TimeDelta::days(14)).await;
    world.tick().await;
    let expected = [("2026-09-08", "skipped"), ("2026-09-15", "skipped"), ("2026-09-22", "placed")];
    assert_eq!(visits(&worker, &plan).await, are(&expected));
}

async fn an_end_gives_the_need_back(world: Arc<World>) {
    let (need, plan, worker) = planned(&world, &world.resident("王秀英").await).await;
    world.tick().await;
    worker.post(&at(&plan, "end"), json!({ "reason": "completed" })).await.is_broken("/reason", "not_in_list");
    let stale = worker.with("If-Match", "\"77\"");
    stale.post(&at(&plan, "end"), json!({ "reason": "moved" })).await.is_problem(412, "precondition_failed");
    let ended = worker.post(&at(&plan, "end"), json!({ "reason": "moved" })).await.is(200);
    assert_eq!((&ended["state"], &ended["end_reason"], &ended["note"]), (&json!("ended"), &json!("moved"), &Value::Null));
    assert_eq!(ended["visits"][0]["state"], "cancelled");
    assert_eq!(need_state(&worker, &need).await, "open");
    worker.post(&at(&plan, "resume"), json!({})).await.is_problem(409, "care_plan_step");
    let _ = worker.post(&path(&need, "care-plan"), tuesdays(&world)).await.is(201);
}

async fn the_same_request_plans_once(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let need = worker.post("/v1/demands", meals(world.resident("王秀英").await.person)).await.is(201);
    let asked = tuesdays(&world);
    let keyed = worker.with("Idempotency-Key", "plan-1");
    let first = keyed.post(&path(&need, "care-plan"), asked.clone()).await.is(201);
    let second = keyed.post(&path(&need, "care-plan"), asked).await.is(201);
    assert_eq!(first["id"], second["id"]);
}
