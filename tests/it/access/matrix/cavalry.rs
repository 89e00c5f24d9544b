//! The light cavalry.

use api::openapi::example;
use support::world::COUNTY;

use super::cast::Cast;
use super::thing::About;

/// What an operation on the cavalry is about that is about no person; none where it is about something else.
pub(super) async fn about(id: &str, path: &str, cast: &Cast<'_>) -> Option<(About, String)> {
    if id == "listCavalry" {
        // Somebody is on duty, so that it is seen who is shown where.
        for (path, operation) in [("/v1/me/cavalry", "joinCavalry"), ("/v1/me/cavalry/duty", "goOnDuty")] {
            let _ = cast.craftsman.post(path, example::body(operation).expect("an example")).await.is(200);
        }
    }
    Some(match id {
        "listCavalry" | "countCavalry" => (About::Place(COUNTY), format!("{path}?division={COUNTY}")),
        "readCavalryPolicies" => (About::Nothing, format!("{path}?region={COUNTY}")),
        "publishCavalryPolicy" => (About::Place(COUNTY), path.to_owned()),
        _ => return None,
    })
}
