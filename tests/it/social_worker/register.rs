//! Who is a social worker, with what qualification, and what renewing it still asks for.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY, OTHER_REGION};
use support::{World, on_both};

use super::{adult, qualified, social_worker};
use crate::demand::born;

on_both! { a_social_worker_is_registered, what_cannot_be_is_refused, hours_count_while_the_registration_holds, it_lapses_by_the_clock,
who_may_see_and_change_it, it_is_counted, a_merger_keeps_one, who_is_erased_leaves }

async fn a_social_worker_is_registered(world: Arc<World>) {
    let (chen, county) = (adult(&world, "陈社工").await, world.staff(Role::Administrator, COUNTY).await);
    let keyed = county.with("Idempotency-Key", "worker-1");
    let asked = json!({ "person": chen, "worker": qualified() });
    let made = keyed.post("/v1/social-workers", asked.clone()).await.is(201);
    assert_eq!(keyed.post("/v1/social-workers", asked.clone()).await.is(201), made, "once");
    county.post("/v1/social-workers", asked).await.is_problem(409, "already_exists");
    let worker = &made["worker"];
    assert_eq!(
        (&worker["person"]["name"], &worker["certificate"], &worker["label"]),
        (&json!("陈**"), &json!("****0231"), &json!("助理社会工作师"))
    );
    assert_eq!((&worker["registered_until"], &worker["registered"]), (&json!("2029-01-14"), &json!(true)));
    assert_eq!((&made["education"]["needed"], &made["education"]["missing"], &made["cases"]), (&json!(72), &json!(72), &json!(0)));
    let at = format!("/v1/social-workers/{chen}");
    let read = county.get(&at).await;
    let mut promoted = qualified();
    promoted["qualification"] = json!("social_worker");
    promoted.as_object_mut().unwrap().remove("certificate");
    county.put(&at, promoted.clone()).await.is_problem(428, "precondition_required");
    let changed = county.with("If-Match", read.header("etag")).put(&at, promoted.clone()).await.is(200);
    assert_eq!(
        (&changed["education"]["needed"], &changed["worker"]["certificate"]),
        (&json!(90), &json!("****0231")),
        "what is left out stays"
    );
    county.with("If-Match", read.header("etag")).put(&at, promoted).await.is_problem(412, "precondition_failed");
    let listed = county.get(&format!("/v1/social-workers?division={COUNTY}&qualification=social_worker")).await.is(200);
    assert_eq!((&listed["items"][0]["person"]["id"], listed["items"].as_array().unwrap().len()), (&json!(chen), 1));
    assert_eq!(county.get(&format!("/v1/social-workers?division={COUNTY}&post=agency")).await.is(200)["items"], json!([]));
}

async fn what_cannot_be_is_refused(world: Arc<World>) {
    let (chen, county) = (adult(&world, "陈社工").await, world.staff(Role::Administrator, COUNTY).await);
    let child = born(&world.staff(Role::SocialWorker, COUNTY).await.client, "赵小满", "2015-03-02").await;
    let unknown = world.written_down("周桂兰").await;
    for person in [child, unknown] {
        let asked = json!({ "person": person, "worker": qualified() });
        county.post("/v1/social-workers", asked).await.is_broken("/person", "adults_only");
    }
    let with = |name: &str, value: Value| {
        let mut worker = qualified();
        worker[name] = value;
        json!({ "person": chen, "worker": worker })
    };
    let refused = |asked: Value, pointer: &'static str, rule: &'static str| {
        let county = &county;
        async move { county.post("/v1/social-workers", asked).await.is_broken(pointer, rule) }
    };
    refused(with("registered_on", json!("2026-12-01")), "/worker/registered_on", "in_future").await;
    refused(with("registered_on", json!("2024-12-01")), "/worker/registered_on", "too_long_ago").await;
    refused(with("certified_on", json!("0200-12-01")), "/worker/certified_on", "out_of_range").await;
    refused(with("qualification", json!(null)), "/worker/certificate", "not_qualified").await;
    refused(with("certificate", json!("12\n345")), "/worker/certificate", "control_characters").await;
    refused(with("post", json!("chief")), "/worker/post", "not_in_list").await;
    refused(with("wage", json!(1)), "/worker/wage", "unknown_field").await;
    assert_eq!(county.get(&format!("/v1/social-workers?division={COUNTY}")).await.is(200)["items"], json!([]), "nothing half done");
}

async fn hours_count_while_the_registration_holds(world: Arc<World>) {
    let chen = social_worker(&world, "陈社工").await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let session = world.session(&world.course().await, 5).await;
    let enrolment = world.enrolled(&session, chen).await;
    let step = |step: &str| format!("/v1/training-enrolments/{}/{step}", enrolment["id"].as_str().unwrap());
    world.clock.advance(TimeDelta::minutes(90));
    let _ = worker.post(&step("attendance"), json!({ "attended": true })).await.is(200);
    let early = worker.post(&step("result"), json!({ "passed": true })).await;
    early.is_problem(409, "too_early");
    assert_eq!(early.body["from"], session["ends_at"], "nothing is passed before it is over");
    world.clock.advance(TimeDelta::minutes(90));
    let _ = worker.post(&step("result"), json!({ "passed": true })).await.is(200);
    let file = worker.get(&format!("/v1/social-workers/{chen}")).await.is(200);
    assert_eq!((&file["education"]["earned"], &file["education"]["missing"]), (&json!(8), &json!(64)));
    let (at, county) = (format!("/v1/social-workers/{chen}"), world.staff(Role::Administrator, COUNTY).await);
    let read = county.get(&at).await;
    let mut renewed = qualified();
    (renewed["certified_on"], renewed["registered_on"]) = (json!("2020-10-20"), json!("2021-01-15"));
    let earlier = county.with("If-Match", read.header("etag")).put(&at, renewed).await.is(200);
    assert_eq!(
        (&earlier["education"]["earned"], &earlier["worker"]["registered"]),
        (&json!(0), &json!(false)),
        "of that registration nothing"
    );
}

async fn it_lapses_by_the_clock(world: Arc<World>) {
    let chen = social_worker(&world, "陈社工").await;
    let county = world.staff(Role::Administrator, COUNTY).await;
    let policy = json!({ "version": "county-1", "expiry_notice_days": 30, "registration_years": 1, "education_hours_assistant": 24,
        "education_hours": 30, "most_cases": 1 });
    let _ = county.post("/v1/policies/people", json!({ "region": COUNTY, "policy": policy })).await.is(201);
    let file = county.get(&format!("/v1/social-workers/{chen}")).await.is(200);
    assert_eq!((&file["worker"]["registered_until"], &file["education"]["needed"]), (&json!("2027-01-14"), &json!(24)));
    assert_eq!(file["policy_version"], "county-1");
    world.clock.advance(TimeDelta::days(140));
    assert_eq!(county.get(&format!("/v1/social-workers/{chen}")).await.is(200)["worker"]["registered"], json!(false));
}

async fn who_may_see_and_change_it(world: Arc<World>) {
    let chen = social_worker(&world, "陈社工").await;
    let at = format!("/v1/social-workers/{chen}");
    world.staff(Role::Administrator, OTHER_REGION).await.get(&at).await.is_problem(404, "not_found");
    world.resident("王秀英").await.get(&at).await.is_problem(404, "not_found");
    world.staff(Role::SocialWorker, COMMUNITY).await.post("/v1/social-workers", json!({})).await.is_problem(403, "forbidden");
    let beside = world.staff(Role::Administrator, OTHER_COMMUNITY).await;
    let mut taken = qualified();
    taken["division"] = json!(OTHER_COMMUNITY);
    beside.with("If-Match", "\"1\"").put(&at, taken).await.is_problem(404, "not_found");
    let county = world.staff(Role::Administrator, COUNTY).await;
    let own = json!({ "person": county.person, "worker": qualified() });
    county.post("/v1/social-workers", own).await.is_problem(403, "second_person_needed");
}

async fn it_is_counted(world: Arc<World>) {
    let (_, county) = (social_worker(&world, "陈社工").await, world.staff(Role::Administrator, COUNTY).await);
    let li = adult(&world, "李社工").await;
    let asked = json!({ "person": li, "worker": { "division": OTHER_COMMUNITY, "post": "community_worker", "party_member": false } });
    let _ = county.post("/v1/social-workers", asked).await.is(201);
    let counts = county.get(&format!("/v1/measures/social-workers?division={COUNTY}")).await.is(200);
    assert_eq!(
        (&counts["people"], &counts["party_members"], &counts["party_known"], &counts["party_share"]),
        (&json!(2), &json!(1), &json!(2), &json!(5000))
    );
    let none = counts["qualifications"].as_array().unwrap().iter().find(|count| count["qualification"].is_null()).unwrap();
    assert_eq!(none["people"], 1);
    assert_eq!(county.get(&format!("/v1/measures/social-workers?division={COMMUNITY}")).await.is(200)["people"], 1);
}

async fn a_merger_keeps_one(world: Arc<World>) {
    let (chen, county) = (social_worker(&world, "陈社工").await, world.staff(Role::Administrator, COUNTY).await);
    let twin = adult(&world, "陈社工").await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let _ = worker.post(&format!("/v1/persons/{chen}/merge"), json!({ "into": twin })).await.is(200);
    let file = county.get(&format!("/v1/social-workers/{twin}")).await.is(200);
    assert_eq!((&file["worker"]["certificate"], &file["worker"]["active"]), (&json!("****0231"), &json!(true)));
    assert_eq!(county.get(&format!("/v1/measures/social-workers?division={COUNTY}")).await.is(200)["people"], 1);
}

async fn who_is_erased_leaves(world: Arc<World>) {
    let chen = social_worker(&world, "陈社工").await;
    let county = world.staff(Role::Administrator, COUNTY).await;
    let asked = json!({ "irreversible": true, "requested_through": "paper" });
    let erased = county.post(&format!("/v1/persons/{chen}/erasure"), asked).await;
    assert!(erased.status < 300, "{}", erased.text);
    let file = county.get(&format!("/v1/social-workers/{chen}")).await.is(200);
    assert_eq!((&file["worker"]["certificate"], &file["worker"]["active"]), (&json!(null), &json!(false)));
    assert_eq!(county.get(&format!("/v1/measures/social-workers?division={COUNTY}")).await.is(200)["people"], 0);
}
