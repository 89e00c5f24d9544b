//! The yearly examination: who sits for it, and what came of it.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::json;
use support::world::{COUNTY, OTHER_REGION};
use support::{World, on_both};

on_both! { somebody_sits_for_an_examination, staff_write_down_the_past, years_have_bounds, nobody_passes_themselves }

async fn somebody_sits_for_an_examination(world: Arc<World>) {
    let (wang, county) = (world.resident("王秀英").await, world.staff(Role::Administrator, COUNTY).await);
    let asked = json!({ "year": 2026, "level": "assistant" });
    let exam = wang.post("/v1/exam-registrations", asked.clone()).await.is(201);
    wang.post("/v1/exam-registrations", asked.clone()).await.is_problem(409, "already_exists");
    let at = |step: &str| format!("/v1/exam-registrations/{}/{step}", exam["id"].as_str().unwrap());
    wang.post(&at("result"), json!({ "result": "passed" })).await.is_problem(403, "forbidden");
    assert_eq!(wang.post(&at("withdraw"), json!({})).await.is(200)["state"], "withdrawn");
    county.post(&at("result"), json!({ "result": "passed" })).await.is_problem(409, "enrolment_step");
    let again = wang.post("/v1/exam-registrations", asked).await.is(201);
    assert_eq!((&again["id"], &again["state"]), (&exam["id"], &json!("registered")), "one registration a year and level");
    world
        .staff(Role::Administrator, OTHER_REGION)
        .await
        .post(&at("result"), json!({ "result": "passed" }))
        .await
        .is_problem(404, "not_found");
    assert_eq!(county.post(&at("result"), json!({ "result": "failed" })).await.is(200)["state"], "failed");
    assert_eq!(county.post(&at("result"), json!({ "result": "passed" })).await.is(200)["state"], "passed", "corrected");
    wang.post(&at("withdraw"), json!({})).await.is_problem(409, "enrolment_step");
    let listed = county.get(&format!("/v1/exam-registrations?division={COUNTY}&year=2026")).await.is(200);
    assert_eq!((&listed["items"][0]["person"]["name"], &listed["items"][0]["state"]), (&json!("王**"), &json!("passed")));
    assert_eq!(wang.get(&format!("/v1/persons/{}/exams", wang.person)).await.is(200)["items"][0]["level"], "assistant");
    assert_eq!(wang.get("/v1/me/export").await.is(200)["exams"][0]["year"], 2026);
    let zhao = world.resident("赵小满").await;
    zhao.get(&format!("/v1/persons/{}/exams", wang.person)).await.is_problem(404, "not_found");
    zhao.post("/v1/exam-registrations", json!({ "person": wang.person, "year": 2026, "level": "senior" }))
        .await
        .is_problem(404, "not_found");
}

async fn staff_write_down_the_past(world: Arc<World>) {
    let (wang, county) = (world.resident("王秀英").await, world.staff(Role::Administrator, COUNTY).await);
    let exam = county.post("/v1/exam-registrations", json!({ "person": wang.person, "year": 2019, "level": "assistant" })).await.is(201);
    let at = format!("/v1/exam-registrations/{}/result", exam["id"].as_str().unwrap());
    let keyed = county.with("Idempotency-Key", "exam-1");
    let passed = keyed.post(&at, json!({ "result": "passed" })).await.is(200);
    assert_eq!(keyed.post(&at, json!({ "result": "passed" })).await.is(200), passed);
}

async fn years_have_bounds(world: Arc<World>) {
    let (wang, county) = (world.resident("王秀英").await, world.staff(Role::Administrator, COUNTY).await);
    wang.post("/v1/exam-registrations", json!({ "year": 2025, "level": "assistant" })).await.is_broken("/year", "out_of_range");
    county
        .post("/v1/exam-registrations", json!({ "person": wang.person, "year": 2028, "level": "assistant" }))
        .await
        .is_broken("/year", "out_of_range");
    county
        .post("/v1/exam-registrations", json!({ "person": wang.person, "year": 2007, "level": "assistant" }))
        .await
        .is_broken("/year", "too_small");
    let next = wang.post("/v1/exam-registrations", json!({ "year": 2027, "level": "assistant" })).await.is(201);
    let at = format!("/v1/exam-registrations/{}/result", next["id"].as_str().unwrap());
    county.post(&at, json!({ "result": "passed" })).await.is_problem(409, "exam_to_come");
    world.clock.advance(TimeDelta::days(140));
    let _ = county.post(&at, json!({ "result": "absent" })).await.is(200);
}

async fn nobody_passes_themselves(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let own = county.post("/v1/exam-registrations", json!({ "year": 2026, "level": "senior" })).await.is(201);
    let at = format!("/v1/exam-registrations/{}/result", own["id"].as_str().unwrap());
    county.post(&at, json!({ "result": "passed" })).await.is_problem(403, "second_person_needed");
    let other = world.staff(Role::Administrator, COUNTY).await;
    assert_eq!(other.post(&at, json!({ "result": "passed" })).await.is(200)["state"], "passed");
}
