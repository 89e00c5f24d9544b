//! Apprenticeships, made for those who ask about them.

use serde_json::json;
use support::world::{COMMUNITY, COUNTY};

use super::cast::Cast;
use super::thing::About;

/// What an operation on apprenticeships is about; none where it is about something else.
pub(super) async fn about(id: &str, path: &str, cast: &Cast<'_>) -> Option<(About, String)> {
    Some(match id {
        "proposeApprenticeship" => (About::Own, path.to_owned()),
        "listApprenticeships" | "countApprenticeships" => (About::Place(COUNTY), format!("{path}?division={COUNTY}")),
        "listShownWorks" => (About::Nothing, format!("{path}?division={COUNTY}")),
        "readApprenticeshipPolicies" => (About::Nothing, format!("{path}?region={COUNTY}")),
        "publishApprenticeshipPolicy" => (About::Place(COUNTY), path.to_owned()),
        _ if path.starts_with("/v1/apprentice") => {
            let pupil = cast.world.resident("周桂兰").await;
            let made = cast.world.apprenticeship(&cast.craftsman, &pupil).await;
            let mut thing = made.to_string();
            if id == "decideStage" {
                let _ = cast.craftsman.post(&format!("/v1/apprenticeships/{made}/ask-for-stage"), json!({})).await.is(200);
            }
            if path.starts_with("/v1/apprentice-works") {
                let works = format!("/v1/apprenticeships/{made}/works");
                let work = json!({ "title": "莲花团扇", "made_on": "2026-09-05" });
                thing = pupil.post(&works, work).await.is(201)["id"].as_str().expect("an id").to_owned();
            }
            (About::Person(cast.craftsman.person, COMMUNITY), path.replace("{id}", &thing))
        }
        _ => return None,
    })
}
