//! The situations in which the examples of care plans make sense.

use api::openapi::example;
use serde_json::json;
use support::Client;
use support::world::COUNTY;

use super::situation::Cast;

/// Who sends the example of an operation about care plans, and where to; nothing for other operations.
pub(super) async fn situation(cast: &Cast<'_>, id: &str, path: &str) -> Option<(Client, String)> {
    let worker = cast.social_worker.client.clone();
    if id == "listCarePlans" {
        return Some((worker, format!("{path}?division={COUNTY}")));
    }
    if !path.starts_with("/v1/care-plans/{id}") {
        return None;
    }
    let need = worker.post("/v1/demands", example::body("enterDemand").expect("an example")).await.is(201);
    let to = format!("/v1/demands/{}/care-plan", need["id"].as_str().expect("an id"));
    let plan = worker.post(&to, example::body("makeCarePlan").expect("an example")).await.is(201);
    let plan = plan["id"].as_str().expect("an id").to_owned();
    if id == "resumeCarePlan" {
        let _ = worker.post(&format!("/v1/care-plans/{plan}/pause"), json!({})).await.is(200);
    }
    Some((worker, path.replace("{id}", &plan)))
}
