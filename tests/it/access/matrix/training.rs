//! Trainings, made for those who ask about them.

use chrono::TimeDelta;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY};

use super::cast::Cast;
use super::thing::About;

/// A training of the community: a course, a session of it, or the craftsman's enrolment.
pub(super) async fn training(id: &str, path: &str, cast: &Cast<'_>) -> (About, String) {
    let place = || About::Place(COMMUNITY);
    let at = |thing: &Value| path.replace("{id}", thing["id"].as_str().expect("an id"));
    match id {
        "createTrainingCourse" => return (place(), path.to_owned()),
        "listTrainingCourses" | "listTrainingSessions" => return (About::Nothing, format!("{path}?division={COUNTY}")),
        _ => {}
    }
    let course = cast.world.course().await;
    if path.starts_with("/v1/training-courses/{id}") {
        return (if id == "readTrainingCourse" { About::Nothing } else { place() }, at(&course));
    }
    let session = cast.world.session(&course, 30).await;
    match id {
        "readTrainingSession" => (About::Nothing, at(&session)),
        "enrolInTraining" => (About::Person(cast.craftsman.person, COMMUNITY), at(&session)),
        "listTrainingEnrolments" => {
            cast.world.enrolled(&session, cast.craftsman.person).await;
            (place(), at(&session))
        }
        _ if path.starts_with("/v1/training-sessions/{id}") => (place(), at(&session)),
        _ => {
            let enrolment = cast.world.enrolled(&session, cast.craftsman.person).await;
            if id == "withdrawFromTraining" {
                return (About::Person(cast.craftsman.person, COMMUNITY), at(&enrolment));
            }
            cast.world.clock.advance(TimeDelta::minutes(90));
            if id == "recordTrainingResult" {
                let worker = cast.world.staff(domain::identity::Role::SocialWorker, COUNTY).await;
                let there = format!("/v1/training-enrolments/{}/attendance", enrolment["id"].as_str().expect("an id"));
                let _ = worker.post(&there, json!({ "attended": true })).await.is(200);
                cast.world.clock.advance(TimeDelta::minutes(90));
            }
            (place(), at(&enrolment))
        }
    }
}
