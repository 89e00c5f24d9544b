//! Who sends the examples about trainings, and the situation in which each makes sense.

use api::openapi::example;
use chrono::TimeDelta;
use serde_json::Value;
use support::Client;
use support::world::COUNTY;

use super::situation::Cast;

impl Cast<'_> {
    /// Who does something with a training, and where to.
    pub(super) async fn training_situation(&self, id: &str, path: &str) -> Option<(Client, String)> {
        let at = |thing: &Value| path.replace("{id}", thing["id"].as_str().expect("an id"));
        let path = match id {
            "createTrainingCourse" => path.to_owned(),
            "listTrainingCourses" | "listTrainingSessions" => format!("{path}?division={COUNTY}"),
            "readTrainingRecord" => path.replace("{id}", example::CRAFTSMAN),
            "readTrainingCourse" | "updateTrainingCourse" | "planTrainingSession" => at(&self.example_course().await),
            _ if path.starts_with("/v1/training-sessions/{id}") => at(&self.example_session().await),
            _ if path.starts_with("/v1/training-enrolments/{id}") => at(&self.example_enrolment(id).await),
            _ => return self.social_work_situation(id, path).await,
        };
        Some((self.social_worker.client.clone(), path))
    }

    async fn example_course(&self) -> Value {
        self.social_worker.post("/v1/training-courses", example::body("createTrainingCourse").expect("an example")).await.is(201)
    }

    async fn example_session(&self) -> Value {
        let course = self.example_course().await;
        let at = format!("/v1/training-courses/{}/sessions", course["id"].as_str().expect("an id"));
        self.social_worker.post(&at, example::body("planTrainingSession").expect("an example")).await.is(201)
    }

    /// An enrolment of the craftsman: before the session, at its beginning, or after they were there.
    async fn example_enrolment(&self, id: &str) -> Value {
        let session = self.example_session().await;
        let at = format!("/v1/training-sessions/{}/enrolments", session["id"].as_str().expect("an id"));
        let enrolment = self.social_worker.post(&at, example::body("enrolInTraining").expect("an example")).await.is(201);
        if id != "withdrawFromTraining" {
            self.world.clock.advance(TimeDelta::days(6));
        }
        if id == "recordTrainingResult" {
            let at = format!("/v1/training-enrolments/{}/attendance", enrolment["id"].as_str().expect("an id"));
            let there = example::body("recordTrainingAttendance").expect("an example");
            return self.social_worker.post(&at, there).await.is(200);
        }
        enrolment
    }
}
