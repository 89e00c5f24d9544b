//! Who sends the examples about the registers of people, and the situation in which each makes sense.

use api::openapi::example;
use serde_json::json;
use support::Client;
use support::world::COUNTY;

use super::situation::Cast;

impl Cast<'_> {
    /// Who does something with a register of people, and where to.
    pub(super) async fn people_situation(&self, id: &str, path: &str) -> Option<(Client, String)> {
        let of_craftsman = path.replace("{id}", example::CRAFTSMAN);
        Some(match id {
            "readOwnVolunteerProfile" | "keepOwnVolunteerProfile" | "listOwnVolunteerEvents" => {
                (self.craftsman.client.clone(), path.to_owned())
            }
            "readVolunteerProfile" | "keepVolunteerProfile" | "listVolunteerEvents" | "addInsurance" | "listInsurances" => {
                (self.social_worker.client.clone(), of_craftsman)
            }
            "endInsurance" => {
                let insured = example::body("addInsurance").expect("an example");
                let at = format!("/v1/persons/{}/insurances", example::CRAFTSMAN);
                let made = self.social_worker.post(&at, insured).await.is(201);
                (self.social_worker.client.clone(), path.replace("{id}", made["id"].as_str().expect("an id")))
            }
            "listCertificationEvents" | "suspendCertification" | "resumeCertification" => {
                let held = self.craftsman.get(&format!("/v1/persons/{}/certifications", example::CRAFTSMAN)).await.is(200);
                let at = path.replace("{id}", held["items"][0]["id"].as_str().expect("a certification"));
                if id == "resumeCertification" {
                    let suspend = at.replace("/resume", "/suspend");
                    let _ = self.social_worker.post(&suspend, json!({ "reason": "服务投诉待核实" })).await.is(200);
                }
                (self.social_worker.client.clone(), at)
            }
            "listVolunteers" | "listExpiringCertifications" => (self.social_worker.client.clone(), format!("{path}?division={COUNTY}")),
            "readPeoplePolicies" => (self.administrator.client.clone(), format!("{path}?region={COUNTY}")),
            _ => return None,
        })
    }
}
