//! Care plans, made for those who ask about them.

use domain::identity::Role;
use serde_json::json;
use support::world::{COMMUNITY, COUNTY};

use super::cast::Cast;
use super::thing::{About, body};

/// What an operation on care plans is about; none where it is about something else.
pub(super) async fn about(id: &str, path: &str, cast: &Cast<'_>) -> Option<(About, String)> {
    if id == "listCarePlans" {
        return Some((About::Place(COUNTY), format!("{path}?division={COUNTY}")));
    }
    if !path.starts_with("/v1/care-plans/{id}") {
        return None;
    }
    let plan = plan(cast).await;
    if id == "resumeCarePlan" {
        let worker = cast.world.staff(Role::SocialWorker, COUNTY).await;
        let _ = worker.post(&format!("/v1/care-plans/{plan}/pause"), json!({})).await.is(200);
    }
    Some((About::Person(cast.resident.person, COMMUNITY), path.replace("{id}", &plan)))
}

/// A plan by which the resident is visited, made anew whoever asks for it.
async fn plan(cast: &Cast<'_>) -> String {
    let worker = cast.world.staff(Role::SocialWorker, COUNTY).await;
    let mut need = body("enterDemand", cast).expect("an example");
    need["care"] = json!("visits");
    let entered = worker.post("/v1/demands", need).await;
    assert!(matches!(entered.status, 200 | 201), "{}", entered.text);
    let to = format!("/v1/demands/{}/care-plan", entered.body["id"].as_str().expect("an id"));
    let asked = body("makeCarePlan", cast).expect("an example");
    let made = worker.post(&to, asked.clone()).await;
    if made.status == 201 {
        return made.body["id"].as_str().expect("an id").to_owned();
    }
    // The need has a plan, whose step was taken or refused: it gives way to a new one.
    let plans = worker.get(&format!("/v1/care-plans?division={COUNTY}")).await.is(200);
    for live in plans["items"].as_array().expect("plans").iter().filter(|plan| plan["state"] != "ended") {
        let to = format!("/v1/care-plans/{}/end", live["id"].as_str().expect("an id"));
        let _ = worker.post(&to, json!({ "reason": "other" })).await.is(200);
    }
    let made = worker.post(&to, asked).await.is(201);
    made["id"].as_str().expect("an id").to_owned()
}
