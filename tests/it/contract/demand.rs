//! The situations in which the examples of demand lists make sense.

use api::openapi::example;
use serde_json::json;
use support::Client;
use support::world::{COMMUNITY, COUNTY};

use super::situation::Cast;

/// Who sends the example of an operation about demand lists, and where to; nothing for other operations.
pub(super) async fn situation(cast: &Cast<'_>, id: &str, path: &str) -> Option<(Client, String)> {
    let worker = cast.social_worker.client.clone();
    if path.starts_with("/v1/demands/{id}") {
        let entered = worker.post("/v1/demands", example::body("enterDemand").expect("an example")).await.is(201);
        let item = entered["id"].as_str().expect("an id");
        if id == "reopenDemand" {
            let _ = worker.post(&format!("/v1/demands/{item}/drop"), json!({ "reason": "declined" })).await.is(200);
        }
        return Some((worker, path.replace("{id}", item)));
    }
    if path.starts_with("/v1/households/{id}") {
        let made = worker.post("/v1/households", example::body("addHousehold").expect("an example")).await.is(201);
        let path = path.replace("{id}", made["id"].as_str().expect("an id")).replace("{person}", example::RESIDENT);
        return Some((worker, path));
    }
    Some(match id {
        "enterDemand" | "addHousehold" => (worker, path.to_owned()),
        "listDemands" => (cast.resident.client.clone(), path.to_owned()),
        "readDemandList" => (worker, path.replace("{division}", COMMUNITY).replace("{group}", "general")),
        "listDemandLists" => (worker, format!("{path}?division={COUNTY}")),
        "readDemandCoverage" => (worker, format!("{path}?division={COUNTY}&from=2026-09-01&to=2026-09-30")),
        "readDemandPolicies" => (worker, format!("{path}?region={COUNTY}")),
        "publishDemandPolicy" => (cast.administrator.client.clone(), path.to_owned()),
        _ => return None,
    })
}
