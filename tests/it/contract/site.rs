//! The situations in which the examples of sites make sense.

use api::openapi::example;
use support::Client;
use support::world::COUNTY;

use super::situation::Cast;

/// Who sends the example of an operation about sites, and where to; nothing for other operations.
pub(super) async fn situation(cast: &Cast<'_>, id: &str, path: &str) -> Option<(Client, String)> {
    let administrator = cast.administrator.client.clone();
    if path.starts_with("/v1/sites/{id}") {
        let made = administrator.post("/v1/sites", example::body("addSite").expect("an example")).await.is(201);
        return Some((administrator, path.replace("{id}", made["id"].as_str().expect("an id"))));
    }
    Some(match id {
        "addSite" | "listSites" | "publishSitePolicy" => (administrator, path.to_owned()),
        "findNearestSites" => (administrator, format!("{path}?longitude=130.553&latitude=46.239")),
        "readSiteCoverage" => (administrator, format!("{path}?division={COUNTY}")),
        "readSitePolicies" => (administrator, format!("{path}?region={COUNTY}")),
        _ => return None,
    })
}
