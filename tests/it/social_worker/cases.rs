//! Which needs a social worker sees to.

use std::sync::Arc;

use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY};
use support::{Person, World, on_both};
use uuid::Uuid;

use super::{adult, social_worker};
use crate::demand::meals;

on_both! { a_need_has_one_worker, a_case_lies_where_the_worker_works, a_caseload_has_an_end }

async fn need(world: &World, worker: &Person, name: &str) -> Value {
    worker.post("/v1/demands", meals(adult(world, name).await)).await.is(201)
}

fn case_of(need: &Value) -> String {
    format!("/v1/demands/{}/case", need["id"].as_str().unwrap())
}

fn cases_of(worker: Uuid) -> String {
    format!("/v1/social-workers/{worker}/cases")
}

async fn a_need_has_one_worker(world: Arc<World>) {
    let (chen, li) = (social_worker(&world, "陈社工").await, social_worker(&world, "李社工").await);
    let lead = world.staff(Role::SocialWorker, COUNTY).await;
    let need = need(&world, &lead, "王秀英").await;
    let case = lead.post(&case_of(&need), json!({ "worker": chen })).await.is(201);
    lead.post(&case_of(&need), json!({ "worker": li })).await.is_problem(409, "already_exists");
    assert_eq!(lead.get(&format!("/v1/social-workers/{chen}")).await.is(200)["cases"], 1);
    let end = format!("/v1/social-work-cases/{}/end", case["id"].as_str().unwrap());
    lead.post(&end, json!({ "reason": "bored" })).await.is_broken("/reason", "not_in_list");
    let ended = lead.post(&end, json!({ "reason": "handed_over" })).await.is(200);
    assert_eq!(lead.post(&end, json!({ "reason": "solved" })).await.is(200), ended, "it has ended once");
    let _ = lead.post(&case_of(&need), json!({ "worker": li })).await.is(201);
    assert_eq!(lead.get(&cases_of(chen)).await.is(200)["items"], json!([]));
    assert_eq!(lead.get(&format!("{}?also_ended=true", cases_of(chen))).await.is(200)["items"][0]["end_reason"], "handed_over");
    let _ = lead.post(&crate::demand::path(&need, "drop"), json!({ "reason": "declined" })).await.is(200);
    assert_eq!(lead.get(&format!("/v1/social-workers/{li}")).await.is(200)["cases"], 0, "what is off the list is no case any more");
    lead.post(&case_of(&need), json!({ "worker": chen })).await.is_problem(409, "demand_over");
}

async fn a_case_lies_where_the_worker_works(world: Arc<World>) {
    let chen = social_worker(&world, "陈社工").await;
    let lead = world.staff(Role::SocialWorker, COUNTY).await;
    let asked = json!({ "subject": { "kind": "grid" }, "division": OTHER_COMMUNITY, "group": "elderly", "care": "meals",
        "source": "grid_visit", "description": "楼栋老人就餐不便" });
    let elsewhere = lead.post("/v1/demands", asked).await.is(201);
    lead.post(&case_of(&elsewhere), json!({ "worker": chen })).await.is_broken("/worker", "works_elsewhere");
    lead.post(&case_of(&elsewhere), json!({ "worker": Uuid::now_v7() })).await.is_broken("/worker", "unknown_social_worker");
    let need = need(&world, &lead, "王秀英").await;
    let beside = world.staff(Role::SocialWorker, OTHER_COMMUNITY).await;
    beside.post(&case_of(&need), json!({ "worker": chen })).await.is_problem(404, "not_found");
    beside.post(&case_of(&elsewhere), json!({ "worker": chen })).await.is_broken("/worker", "unknown_social_worker");
    world.staff(Role::GridMember, COMMUNITY).await.post(&case_of(&need), json!({ "worker": chen })).await.is_problem(403, "forbidden");
}

async fn a_caseload_has_an_end(world: Arc<World>) {
    let chen = social_worker(&world, "陈社工").await;
    let (lead, county) = (world.staff(Role::SocialWorker, COUNTY).await, world.staff(Role::Administrator, COUNTY).await);
    let policy = json!({ "version": "county-1", "expiry_notice_days": 30, "registration_years": 3, "education_hours_assistant": 72,
        "education_hours": 90, "most_cases": 3 });
    let _ = county.post("/v1/policies/people", json!({ "region": COUNTY, "policy": policy })).await.is(201);
    let mut needs = Vec::new();
    for nth in 0..8 {
        needs.push(need(&world, &lead, ["王一", "王二", "王三", "王四", "王五", "王六", "王七", "王八"][nth]).await);
    }
    let at_once = needs.iter().map(|need| {
        let (lead, at) = (lead.client.clone(), case_of(need));
        async move { lead.post(&at, json!({ "worker": chen })).await.status }
    });
    let mut answers = join_all(at_once).await;
    answers.sort_unstable();
    assert_eq!(answers, [201, 201, 201, 409, 409, 409, 409, 409]);
    assert_eq!(lead.get(&format!("/v1/social-workers/{chen}")).await.is(200)["cases"], 3);
}
