//! Who was there and has passed gets credit hours, or a certification.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY};
use support::{World, on_both};

use super::enrolling::{at, of};

on_both! { passing_gives_credit_hours, a_course_may_certify, only_volunteers_enrol_where_a_certification_is_given, nobody_passes_themselves,
merged_records_count_a_session_once, who_is_erased_leaves_the_seat }

async fn passing_gives_credit_hours(world: Arc<World>) {
    let session = world.session(&world.course().await, 5).await;
    let (wang, zhao) = (world.resident("王秀英").await, world.resident("赵小满").await);
    let (one, other) = (world.enrolled(&session, wang.person).await, world.enrolled(&session, zhao.person).await);
    let worker = world.staff(Role::SocialWorker, COMMUNITY).await;
    worker.post(&of(&one, "attendance"), json!({ "attended": true })).await.is_problem(409, "too_early");
    world.clock.advance(TimeDelta::hours(25));
    worker.post(&of(&one, "result"), json!({ "passed": true })).await.is_problem(409, "enrolment_step");
    wang.post(&of(&one, "attendance"), json!({ "attended": true })).await.is_problem(403, "forbidden");
    for enrolment in [&one, &other] {
        assert_eq!(worker.post(&of(enrolment, "attendance"), json!({ "attended": true })).await.is(200)["state"], "attended");
    }
    assert_eq!(worker.post(&of(&other, "attendance"), json!({ "attended": false })).await.is(200)["state"], "absent", "corrected");
    worker.post(&of(&other, "result"), json!({ "passed": true })).await.is_problem(409, "enrolment_step");
    assert_eq!(worker.post(&of(&one, "result"), json!({ "passed": false })).await.is(200)["credit_hours"], json!(null));
    let passed = worker.post(&of(&one, "result"), json!({ "passed": true })).await.is(200);
    assert_eq!((&passed["state"], &passed["credit_hours"], &passed["certification"]), (&json!("passed"), &json!(8), &json!(null)));
    worker.post(&of(&one, "result"), json!({ "passed": false })).await.is_problem(409, "enrolment_step");
    let record = wang.get(&format!("/v1/persons/{}/training", wang.person)).await.is(200);
    assert_eq!((&record["credit_hours"], &record["years"]), (&json!(8), &json!([{ "year": 2026, "hours": 8 }])));
    zhao.get(&format!("/v1/persons/{}/training", wang.person)).await.is_problem(404, "not_found");
    let export = wang.get("/v1/me/export").await.is(200);
    assert_eq!(export["training"]["enrolments"][0]["title"], "居家照护基础");
}

/// A session of a course that certifies plumbers.
async fn certifying(world: &World) -> Value {
    let certifies = json!({ "craft": world.catalogue.plumbing, "level": "senior", "valid_months": 24 });
    let asked = json!({ "division": COMMUNITY, "title": "水电维修提升班", "credit_hours": 16, "certifies": certifies });
    let course = world.staff(Role::SocialWorker, COUNTY).await.post("/v1/training-courses", asked).await.is(201);
    world.session(&course, 5).await
}

async fn a_course_may_certify(world: Arc<World>) {
    let session = certifying(&world).await;
    let li = world.volunteer("李师傅").await;
    let enrolment = li.post(&at(&session, "enrolments"), json!({})).await.is(201);
    world.clock.advance(TimeDelta::hours(25));
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let _ = worker.post(&of(&enrolment, "attendance"), json!({ "attended": true })).await.is(200);
    let keyed = worker.with("Idempotency-Key", "result-1");
    let passed = keyed.post(&of(&enrolment, "result"), json!({ "passed": true })).await.is(200);
    let again = keyed.post(&of(&enrolment, "result"), json!({ "passed": true })).await.is(200);
    assert_eq!(again["certification"], passed["certification"], "certified once");
    let held = li.get(&format!("/v1/persons/{}/certifications", li.person)).await.is(200);
    assert_eq!(held["items"].as_array().map(Vec::len), Some(1));
    let held = &held["items"][0];
    assert_eq!((&held["id"], &held["level"], &held["valid"]), (&passed["certification"], &json!("senior"), &json!(true)));
    assert_eq!((&held["valid_from"], &held["valid_until"]), (&json!("2026-09-08"), &json!("2028-09-07")));
    assert_eq!(held["evidence"], "2026-09-07 培训合格：水电维修提升班");
}

async fn only_volunteers_enrol_where_a_certification_is_given(world: Arc<World>) {
    let session = certifying(&world).await;
    let wang = world.resident("王秀英").await;
    wang.post(&at(&session, "enrolments"), json!({})).await.is_problem(409, "volunteer_required");
}

async fn nobody_passes_themselves(world: Arc<World>) {
    let session = world.session(&world.course().await, 5).await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let enrolment = worker.post(&at(&session, "enrolments"), json!({})).await.is(201);
    world.clock.advance(TimeDelta::hours(25));
    worker.post(&of(&enrolment, "attendance"), json!({ "attended": true })).await.is_problem(403, "second_person_needed");
    let other = world.staff(Role::SocialWorker, COUNTY).await;
    let _ = other.post(&of(&enrolment, "attendance"), json!({ "attended": true })).await.is(200);
}

async fn merged_records_count_a_session_once(world: Arc<World>) {
    let course = world.course().await;
    let (past, next) = (world.session(&course, 5).await, world.session(&course, 2).await);
    let (wang, waits) = (world.resident("王秀英").await, world.resident("赵小满").await);
    let twin = world.written_down("王秀英").await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let twice = [world.enrolled(&past, wang.person).await, world.enrolled(&past, twin).await];
    world.clock.advance(TimeDelta::hours(25));
    for enrolment in &twice {
        let _ = worker.post(&of(enrolment, "attendance"), json!({ "attended": true })).await.is(200);
        let _ = worker.post(&of(enrolment, "result"), json!({ "passed": true })).await.is(200);
    }
    let later = world.session(&course, 2).await;
    assert_ne!(later["id"], next["id"]);
    for person in [wang.person, twin, waits.person] {
        world.enrolled(&later, person).await;
    }
    let _ = worker.post(&format!("/v1/persons/{twin}/merge"), json!({ "into": wang.person })).await.is(200);
    let record = world.learned(&wang).await;
    assert_eq!(record["credit_hours"], 8, "one session, one time");
    assert_eq!(world.learned(&waits).await["enrolments"][0]["state"], "enrolled", "one person needs one seat");
}

async fn who_is_erased_leaves_the_seat(world: Arc<World>) {
    let session = world.session(&world.course().await, 1).await;
    let (wang, zhao) = (world.resident("王秀英").await, world.resident("赵小满").await);
    for person in [&wang, &zhao] {
        world.enrolled(&session, person.person).await;
    }
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let asked = json!({ "irreversible": true, "requested_through": "paper" });
    let erased = worker.post(&format!("/v1/persons/{}/erasure", wang.person), asked).await;
    assert!(erased.status < 300, "{}", erased.text);
    assert_eq!(world.learned(&zhao).await["enrolments"][0]["state"], "enrolled");
    worker.post(&at(&session, "enrolments"), json!({ "person": wang.person })).await.is_problem(404, "not_found");
}
