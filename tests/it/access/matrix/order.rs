//! Orders, carried to where a step may be taken.

use chrono::TimeDelta;
use serde_json::{Value, json};
use support::Person;
use support::people::path;
use uuid::Uuid;

use super::cast::Cast;

/// How far an order has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Placed,
    Queued,
    Offered,
    Accepted,
    Serving,
    Finished,
}

/// An order that stands where the step may be taken.
pub(super) async fn order_for(id: &str, cast: &Cast<'_>) -> Uuid {
    let stage = match id {
        "readOrder" | "listOrderEvents" | "listPhotos" | "uploadPhoto" | "cancelOrder" | "triageOrder" | "transferOrder"
        | "refuseOrder" | "escalateOrder" | "proposeExclusion" | "addContact" | "listContacts" | "appealOrder" | "decideExclusion" => {
            Stage::Placed
        }
        "offerOrder" | "decideOrder" | "assignMembers" => Stage::Queued,
        "recallOrder" | "declineOrder" | "acceptOrder" => Stage::Offered,
        "releaseOrder" | "rescheduleOrder" | "reportNoShow" | "checkIn" => Stage::Accepted,
        "abortOrder" | "finishOrder" => Stage::Serving,
        "reviewOrder" | "mendOrder" => Stage::Finished,
        other => panic!("nothing is known of {other}: say in {} at which stage of an order it makes sense", file!()),
    };
    let order = carry(cast, stage).await;
    let to_craftsman = json!({ "takers": [{ "kind": "person", "id": cast.craftsman.person }] });
    match id {
        "mendOrder" => drop(cast.resident.takes(&order, "review", json!({ "stars": 1, "solved": false })).await),
        "appealOrder" => drop(cast.station.takes(&order, "refuse", json!({ "reason": "no_capacity" })).await),
        "decideExclusion" => drop(cast.station.post(&path(&order, "scope-exclusion"), json!({ "note": "属物业职责" })).await.is(200)),
        "assignMembers" => {
            let to_team = json!({ "takers": [{ "kind": "organisation", "id": cast.team }] });
            cast.station.takes(&order, "offer", to_team).await;
            cast.captain.takes(&order, "accept", json!({ "organisation": cast.team })).await;
        }
        "decideOrder" => {
            for _ in 0..3 {
                cast.station.takes(&order, "offer", to_craftsman.clone()).await;
                cast.craftsman.takes(&order, "accept", json!({})).await;
                cast.craftsman.takes(&order, "release", json!({ "reason": "not_available" })).await;
            }
        }
        _ => {}
    }
    order["id"].as_str().expect("an id").parse().expect("an id")
}

/// Carries an order to a stage, on a day of its own: nobody is in two places.
async fn carry(cast: &Cast<'_>, stage: Stage) -> Value {
    cast.world.clock.advance(TimeDelta::hours(25));
    let order = cast.resident.places(cast.world.catalogue.free).await;
    let craftsman: &Person = &cast.craftsman;
    let triage = json!({ "craft": cast.world.catalogue.plumbing, "urgency": "normal", "minutes": 60 });
    let offer = json!({ "takers": [{ "kind": "person", "id": craftsman.person }] });
    if stage >= Stage::Queued {
        cast.station.takes(&order, "triage", triage).await;
    }
    if stage >= Stage::Offered {
        cast.station.takes(&order, "offer", offer).await;
    }
    if stage >= Stage::Accepted {
        craftsman.takes(&order, "accept", json!({})).await;
    }
    if stage >= Stage::Serving {
        let seen = cast.resident.get(&format!("/v1/orders/{}", order["id"].as_str().expect("an id"))).await.is(200);
        let proof = json!({ "kind": "code", "code": seen["check_in_code"] });
        craftsman.takes(&order, "check-in", json!({ "proof": proof })).await;
        if stage >= Stage::Finished {
            craftsman.takes(&order, "finish", json!({ "proof": proof, "work": "更换阀芯", "minutes": 40 })).await;
        }
    }
    order
}
