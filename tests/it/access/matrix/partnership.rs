//! Partnerships, made for those who ask about them.

use api::openapi::example;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY};
use uuid::Uuid;

use super::cast::Cast;
use super::thing::About;

/// What an operation on partnerships is about; none where it is about something else.
pub(super) async fn about(id: &str, path: &str, cast: &Cast<'_>) -> Option<(About, String)> {
    let at = |thing: &Value| path.replace("{id}", thing["id"].as_str().expect("an id"));
    let of_team = || About::Organisation(cast.team, COMMUNITY);
    let hospital = cast.world.organisation(Uuid::parse_str(example::HOSPITAL).expect("an id"), "hospital");
    Some(match id {
        "listPartnerships" => (About::Nothing, format!("{path}?division={COUNTY}")),
        "proposePartnership" => {
            hospital.await;
            (of_team(), path.to_owned())
        }
        "readPartnership" => (About::Nothing, at(&cast.world.proposed(cast.team, hospital.await).await)),
        _ if path.starts_with("/v1/partnerships/{id}") => (of_team(), at(&cast.world.proposed(cast.team, hospital.await).await)),
        "readPledge" => (About::Nothing, at(&pledge_of_team(cast, hospital.await).await)),
        _ if path.starts_with("/v1/pledges/{id}") => (of_team(), at(&pledge_of_team(cast, hospital.await).await)),
        _ if path.starts_with("/v1/pledge-uses/{id}") => {
            let pledge = pledge_of_team(cast, hospital.await).await;
            let uses = format!("/v1/pledges/{}/uses", pledge["id"].as_str().expect("an id"));
            let used = json!({ "amount": 1, "used_on": "2026-09-05", "purpose": "九月社区义诊" });
            (of_team(), at(&cast.captain.post(&uses, used).await.is(201)))
        }
        _ => return None,
    })
}

async fn pledge_of_team(cast: &Cast<'_>, hospital: Uuid) -> Value {
    cast.world.partnership(cast.team, hospital).await["pledges"][1].clone()
}
