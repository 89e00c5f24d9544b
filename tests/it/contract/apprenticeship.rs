//! Who sends the examples about apprenticeships, and the situation in which each makes sense.

use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::{Value, json};
use support::Client;
use support::world::COUNTY;

use super::situation::Cast;

impl Cast<'_> {
    /// Who does something with an apprenticeship, and where to.
    pub(super) async fn apprenticeship_situation(&self, id: &str, path: &str) -> Option<(Client, String)> {
        let about = ["/v1/apprentice", "/v1/shown-works", "/v1/policies/apprenticeships", "/v1/me/apprenticeships"];
        if id != "countApprenticeships" && !about.iter().any(|start| path.starts_with(start)) {
            return self.import_situation(id, path).await;
        }
        let world = self.world;
        let mut who = self.craftsman.client.clone();
        let path = match id {
            "proposeApprenticeship" => {
                world.make_master(&self.craftsman, TimeDelta::days(300)).await;
                path.to_owned()
            }
            "listApprenticeships" | "countApprenticeships" | "listShownWorks" => {
                who = self.administrator.client.clone();
                format!("{path}?division={COUNTY}")
            }
            "readApprenticeshipPolicies" => format!("{path}?region={COUNTY}"),
            "publishApprenticeshipPolicy" => {
                who = self.administrator.client.clone();
                path.to_owned()
            }
            "listOwnApprenticeships" => path.to_owned(),
            "agreeToApprenticeship" | "refuseApprenticeship" => {
                world.make_master(&self.craftsman, TimeDelta::days(300)).await;
                who = self.resident.client.clone();
                let example = api::openapi::example::body("proposeApprenticeship").expect("an example");
                at(path, &self.craftsman.post("/v1/apprenticeships", example).await.is(201))
            }
            "exhibitWork" | "withdrawWork" => {
                let made = world.apprenticeship(&self.craftsman, &self.resident).await;
                let example = api::openapi::example::body("addApprenticeWork").expect("an example");
                at(path, &self.resident.post(&format!("/v1/apprenticeships/{made}/works"), example).await.is(201))
            }
            _ => {
                let made = world.apprenticeship(&self.craftsman, &self.resident).await;
                if id == "decideStage" {
                    let _ = self.craftsman.post(&format!("/v1/apprenticeships/{made}/ask-for-stage"), json!({})).await.is(200);
                    who = world.staff(Role::SocialWorker, COUNTY).await.client;
                }
                path.replace("{id}", &made.to_string())
            }
        };
        Some((who, path))
    }
}

fn at(path: &str, thing: &Value) -> String {
    path.replace("{id}", thing["id"].as_str().expect("an id"))
}
