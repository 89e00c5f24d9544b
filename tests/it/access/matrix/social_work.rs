//! Social workers, made for those who ask about them.

use api::openapi::example;
use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY};

use super::cast::Cast;
use super::thing::About;

/// What an operation on social workers is about; none where it is about something else.
pub(super) async fn about(id: &str, path: &str, cast: &Cast<'_>) -> Option<(About, String)> {
    let at = |thing: &Value| path.replace("{id}", thing["id"].as_str().expect("an id"));
    let person = cast.craftsman.person;
    Some(match id {
        "registerSocialWorker" => (About::Place(COMMUNITY), path.to_owned()),
        "listSocialWorkers" | "countSocialWorkers" => (About::Place(COUNTY), format!("{path}?division={COUNTY}")),
        "listExamRegistrations" => (About::Place(COUNTY), format!("{path}?division={COUNTY}&year=2026")),
        "updateSocialWorker" => {
            worker(cast).await;
            (About::Place(COMMUNITY), path.replace("{id}", &person.to_string()))
        }
        "readSocialWorker" | "listSocialWorkCases" => {
            worker(cast).await;
            (About::Person(person, COMMUNITY), path.replace("{id}", &person.to_string()))
        }
        "endSocialWorkCase" => (About::Place(COMMUNITY), at(&case(cast).await)),
        "registerForExam" => (About::Person(person, COMMUNITY), path.to_owned()),
        "recordExamResult" => (About::Place(COMMUNITY), at(&exam(cast).await)),
        "withdrawFromExam" => (About::Person(person, COMMUNITY), at(&exam(cast).await)),
        _ => return None,
    })
}

/// An example, about the craftsman.
fn example(operation: &str, cast: &Cast<'_>) -> Value {
    let example = example::body(operation).expect("an example").to_string();
    serde_json::from_str(&example.replace(example::CRAFTSMAN, &cast.craftsman.person.to_string())).expect("JSON")
}

/// Makes the craftsman a social worker.
pub(super) async fn worker(cast: &Cast<'_>) {
    let administrator = cast.world.staff(Role::Administrator, COUNTY).await;
    let made = administrator.post("/v1/social-workers", example("registerSocialWorker", cast)).await;
    assert!(matches!(made.status, 201 | 409), "{}", made.text);
}

async fn case(cast: &Cast<'_>) -> Value {
    worker(cast).await;
    let worker = cast.world.staff(Role::SocialWorker, COUNTY).await;
    let neighbour = cast.world.resident("周桂兰").await.person;
    let need = json!({ "subject": { "kind": "person", "id": neighbour }, "division": COMMUNITY, "care": "meals", "source": "grid_visit",
        "description": "独居，午饭常不做", "basis": "statutory_duty" });
    let need = worker.post("/v1/demands", need).await.is(201);
    let to = format!("/v1/demands/{}/case", need["id"].as_str().expect("an id"));
    worker.post(&to, example("openSocialWorkCase", cast)).await.is(201)
}

/// A registration of the craftsman; the same whoever asks for it.
async fn exam(cast: &Cast<'_>) -> Value {
    let administrator = cast.world.staff(Role::Administrator, COUNTY).await;
    let made = administrator.post("/v1/exam-registrations", example("registerForExam", cast)).await;
    if made.status == 201 {
        return made.body;
    }
    let held = administrator.get(&format!("/v1/persons/{}/exams", cast.craftsman.person)).await.is(200);
    held["items"][0].clone()
}
