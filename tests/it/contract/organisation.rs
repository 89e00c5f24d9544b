//! Who sends the examples about organisations, and the situation in which each makes sense.

use api::openapi::example;
use domain::organisation::MemberRole;
use serde_json::json;
use support::Client;

use super::situation::Cast;

impl Cast<'_> {
    /// Who does something with an organisation, and where to.
    pub(super) async fn organisation_situation(&self, id: &str, path: &str) -> Option<(Client, String)> {
        let example = |operation: &str| example::body(operation).expect("an example");
        if matches!(id, "updateOrganisation" | "submitOrganisation" | "decideOrganisation") {
            let made = self.social_worker.post("/v1/organisations", example("createOrganisation")).await.is(201);
            let made = made["id"].as_str().expect("an id");
            if id == "decideOrganisation" {
                let _ = self.social_worker.post(&format!("/v1/organisations/{made}/submit"), json!({})).await.is(200);
                return Some((self.administrator.client.clone(), path.replace("{id}", made)));
            }
            return Some((self.social_worker.client.clone(), path.replace("{id}", made)));
        }
        if id.ends_with("AllianceMember") || id == "listAllianceMembers" {
            let (alliance, team) = (self.world.alliance().await, self.world.example_team(example::TEAM).await);
            let at = format!("/v1/organisations/{alliance}/alliance-members");
            if id != "addAllianceMember" {
                let _ = self.administrator.post(&at, json!({ "organisation": team })).await.is(201);
            }
            let path = path.replace("{id}", &alliance.to_string()).replace("{member}", &team.to_string());
            return Some((self.administrator.client.clone(), path));
        }
        if !path.contains("/fund") && !matches!(id, "listOrganisationDecisions" | "listMembershipEvents") {
            return None;
        }
        let (team, captain) = self.world.team(&[&self.craftsman]).await;
        self.world.appoint(team, &self.craftsman, MemberRole::Leader).await;
        let mut path = path.replace("{id}", &team.to_string());
        if path.contains("{entry}") {
            let mut asked = example("enterFundEntry");
            if id == "decideFundEntry" {
                asked["amount"] = json!(60_000);
            }
            let entered = captain.post(&format!("/v1/organisations/{team}/fund-entries"), asked).await.is(201);
            path = path.replace("{entry}", entered["id"].as_str().expect("an id"));
        }
        let who = if id == "decideFundEntry" { &self.craftsman } else { &captain };
        Some((who.client.clone(), path))
    }
}
