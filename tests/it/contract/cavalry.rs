//! Who sends the examples about the light cavalry, and the situation in which each makes sense.

use api::openapi::example;
use serde_json::Value;
use support::Client;
use support::world::COUNTY;

use super::situation::Cast;

impl Cast<'_> {
    /// Who does something with the cavalry, and where to.
    pub(super) async fn cavalry_situation(&self, id: &str, path: &str) -> Option<(Client, String)> {
        let of_craftsman = || path.replace("{id}", example::CRAFTSMAN);
        let (who, path) = match id {
            "joinCavalry" => (&self.craftsman, path.to_owned()),
            "enrolInCavalry" => (&self.social_worker, of_craftsman()),
            "readCavalryPolicies" => (&self.craftsman, format!("{path}?region={COUNTY}")),
            "publishCavalryPolicy" => (&self.administrator, path.to_owned()),
            "readOwnCavalry" | "leaveCavalry" | "goOnDuty" | "removeFromCavalry" => {
                self.joins().await;
                if id == "removeFromCavalry" { (&self.social_worker, of_craftsman()) } else { (&self.craftsman, path.to_owned()) }
            }
            "reportPosition" | "goOffDuty" | "listCavalry" | "countCavalry" => {
                self.joins().await;
                let _ = self.craftsman.post("/v1/me/cavalry/duty", example_of("goOnDuty")).await.is(200);
                match id {
                    "listCavalry" => (&self.social_worker, format!("{path}?longitude=130.55&latitude=46.24&within_metres=3000")),
                    "countCavalry" => (&self.administrator, format!("{path}?division={COUNTY}")),
                    _ => (&self.craftsman, path.to_owned()),
                }
            }
            _ => return self.apprenticeship_situation(id, path).await,
        };
        Some((who.client.clone(), path))
    }

    /// The craftsman joins the cavalry.
    async fn joins(&self) {
        let _ = self.craftsman.post("/v1/me/cavalry", example_of("joinCavalry")).await.is(200);
    }
}

fn example_of(operation: &str) -> Value {
    example::body(operation).expect("an example")
}
