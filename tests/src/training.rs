//! Trainings of the community.

use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Person;
use crate::world::{COMMUNITY, COUNTY, World};

impl World {
    /// A course for the people of the community that gives eight credit hours.
    pub async fn course(&self) -> Value {
        let asked = json!({ "division": COMMUNITY, "title": "居家照护基础", "credit_hours": 8 });
        self.staff(Role::SocialWorker, COUNTY).await.post("/v1/training-courses", asked).await.is(201)
    }

    /// A session of a course, for two hours in an hour.
    pub async fn session(&self, course: &Value, capacity: i32) -> Value {
        let begins = self.now() + TimeDelta::hours(1);
        let asked = json!({ "place": "社区活动室", "starts_at": begins, "ends_at": begins + TimeDelta::hours(2), "capacity": capacity });
        let at = format!("/v1/training-courses/{}/sessions", course["id"].as_str().expect("an id"));
        self.staff(Role::SocialWorker, COUNTY).await.post(&at, asked).await.is(201)
    }

    /// Somebody's enrolment in a session, by a social worker.
    pub async fn enrolled(&self, session: &Value, person: Uuid) -> Value {
        let at = format!("/v1/training-sessions/{}/enrolments", session["id"].as_str().expect("an id"));
        self.staff(Role::SocialWorker, COUNTY).await.post(&at, json!({ "person": person })).await.is(201)
    }

    /// What somebody has learned, as a social worker sees it.
    pub async fn learned(&self, who: &Person) -> Value {
        self.staff(Role::SocialWorker, COUNTY).await.get(&format!("/v1/persons/{}/training", who.person)).await.is(200)
    }
}
