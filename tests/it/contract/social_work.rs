//! Who sends the examples about social workers, and the situation in which each makes sense.

use api::openapi::example;
use serde_json::{Value, json};
use support::Client;
use support::world::COUNTY;

use super::situation::Cast;

impl Cast<'_> {
    /// Who does something with the register of social workers, and where to.
    pub(super) async fn social_work_situation(&self, id: &str, path: &str) -> Option<(Client, String)> {
        let at = |thing: &Value| path.replace("{id}", thing["id"].as_str().expect("an id"));
        let path = match id {
            "registerSocialWorker" | "registerForExam" => path.to_owned(),
            "listSocialWorkers" | "countSocialWorkers" => format!("{path}?division={COUNTY}"),
            "listExamRegistrations" => format!("{path}?division={COUNTY}&year=2026"),
            "listExamsOfPerson" => path.replace("{id}", example::CRAFTSMAN),
            "readSocialWorker" | "updateSocialWorker" | "listSocialWorkCases" => {
                let _ = self.administrator.post("/v1/social-workers", self.example_of("registerSocialWorker")).await.is(201);
                path.replace("{id}", example::CRAFTSMAN)
            }
            "openSocialWorkCase" => at(&self.need_of_a_worker().await),
            "endSocialWorkCase" => {
                let need = self.need_of_a_worker().await;
                let to = format!("/v1/demands/{}/case", need["id"].as_str().expect("an id"));
                at(&self.administrator.post(&to, self.example_of("openSocialWorkCase")).await.is(201))
            }
            "recordExamResult" | "withdrawFromExam" => {
                at(&self.administrator.post("/v1/exam-registrations", self.example_of("registerForExam")).await.is(201))
            }
            _ => return self.partnership_situation(id, path).await,
        };
        Some((self.administrator.client.clone(), path))
    }

    fn example_of(&self, operation: &str) -> Value {
        example::body(operation).expect("an example")
    }

    /// A need, where the craftsman is a social worker.
    async fn need_of_a_worker(&self) -> Value {
        let _ = self.administrator.post("/v1/social-workers", self.example_of("registerSocialWorker")).await.is(201);
        let need = json!({ "subject": { "kind": "grid" }, "division": support::world::COMMUNITY, "group": "elderly", "care": "meals",
            "source": "grid_visit", "description": "楼栋老人就餐不便" });
        let made = self.social_worker.post("/v1/demands", need).await;
        assert!(matches!(made.status, 200 | 201), "{}", made.text);
        made.body
    }
}
