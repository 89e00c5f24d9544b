//! What operations about sites are about.

use api::openapi::example;
use domain::identity::Role;
use serde_json::json;
use support::world::{COMMUNITY, COUNTY};
use uuid::Uuid;

use super::cast::Cast;
use super::thing::About;

/// What an operation about sites is about, and its path; nothing for other operations.
pub(super) async fn about(id: &str, path: &str, cast: &Cast<'_>) -> Option<(About, String)> {
    if path.starts_with("/v1/sites/{id}") {
        return Some((About::Place(COMMUNITY), path.replace("{id}", &site(cast).await)));
    }
    Some(match id {
        "addSite" => (About::Place(COMMUNITY), path.to_owned()),
        "publishSitePolicy" => (About::Place(COUNTY), path.to_owned()),
        "listSites" => (About::Nothing, path.to_owned()),
        "findNearestSites" => (About::Nothing, format!("{path}?longitude=130.553&latitude=46.239")),
        "readSiteCoverage" => (About::Nothing, format!("{path}?division={COUNTY}")),
        "readSitePolicies" => (About::Nothing, format!("{path}?region={COUNTY}")),
        _ => return None,
    })
}

/// A site in the community.
async fn site(cast: &Cast<'_>) -> String {
    let administrator = cast.world.staff(Role::Administrator, COUNTY).await;
    let mut asked = example::body("addSite").expect("an example");
    asked["names"] = json!({ "zh": format!("驿站{}", Uuid::now_v7().simple()) });
    let made = administrator.post("/v1/sites", asked).await.is(201);
    made["id"].as_str().expect("an id").to_owned()
}
