//! Who sends the examples about partnerships, and the situation in which each makes sense.

use api::openapi::example;
use serde_json::Value;
use support::Client;
use support::world::{COUNTY, fixed};

use super::situation::Cast;

impl Cast<'_> {
    /// Who does something with a partnership, and where to.
    pub(super) async fn partnership_situation(&self, id: &str, path: &str) -> Option<(Client, String)> {
        let is_about = path.starts_with("/v1/partnerships") || path.starts_with("/v1/pledge");
        if !is_about {
            return self.apprenticeship_situation(id, path).await;
        }
        let team = self.world.organisation(fixed(example::TEAM), "volunteer_team").await;
        let hospital = self.world.organisation(fixed(example::HOSPITAL), "hospital").await;
        let captain = self.world.manager_of(team).await;
        let at = |thing: &Value| path.replace("{id}", thing["id"].as_str().expect("an id"));
        let path = match id {
            "listPartnerships" => format!("{path}?division={COUNTY}"),
            "proposePartnership" => path.to_owned(),
            "agreeToPartnership" => at(&self.world.proposed(team, hospital).await),
            _ => {
                let made = self.world.partnership(team, hospital).await;
                if path.starts_with("/v1/pledge-uses") {
                    let uses = format!("/v1/pledges/{}/uses", made["pledges"][1]["id"].as_str().expect("an id"));
                    at(&captain.post(&uses, example::body("drawPledge").expect("an example")).await.is(201))
                } else if path.starts_with("/v1/pledges") {
                    at(&made["pledges"][1])
                } else {
                    at(&made)
                }
            }
        };
        Some((captain.client.clone(), path))
    }
}
