//! What is written down of people who serve, made for those who ask about it.

use api::openapi::example;
use domain::identity::Role;
use serde_json::json;
use support::Person;
use support::world::{COMMUNITY, COUNTY};
use uuid::Uuid;

use super::cast::Cast;

/// A certification of somebody of the community.
pub(super) async fn certification(cast: &Cast<'_>) -> String {
    let holder = cast.world.craftsman("孙师傅", cast.world.catalogue.plumbing).await;
    certification_of(&holder, cast).await
}

/// How somebody of the community is insured.
pub(super) async fn insurance(cast: &Cast<'_>) -> String {
    let worker = cast.world.staff(Role::SocialWorker, COUNTY).await;
    let insured = cast.world.volunteer("孙师傅").await;
    let asked = example::body("addInsurance").expect("an example");
    let made = worker.post(&format!("/v1/persons/{}/insurances", insured.person), asked).await.is(201);
    made["id"].as_str().expect("an id").to_owned()
}

/// The certification of somebody.
pub(super) async fn certification_of(holder: &Person, cast: &Cast<'_>) -> String {
    let worker = cast.world.staff(Role::SocialWorker, COUNTY).await;
    let listed = worker.get(&format!("/v1/persons/{}/certifications", holder.person)).await.is(200);
    listed["items"][0]["id"].as_str().expect("a certification").to_owned()
}

/// A request to see what is masked of somebody of the community.
pub(super) async fn unmask_request(cast: &Cast<'_>) -> String {
    let worker = cast.world.staff(Role::SocialWorker, COUNTY).await;
    let about = format!("/v1/persons/{}/unmask-requests", cast.resident.person);
    let asked = worker.post(&about, example::body("requestUnmasking").expect("an example")).await.is(201);
    asked["id"].as_str().expect("an id").to_owned()
}

/// An account of staff in the community, and its grant.
pub(super) async fn account(cast: &Cast<'_>) -> (String, String) {
    let administrator = cast.world.staff(Role::Administrator, COUNTY).await;
    let username = format!("staff.{}", Uuid::now_v7().simple());
    let asked = json!({ "username": username, "grants": [{ "role": "dispatcher", "scope": COMMUNITY }] });
    let made = administrator.post("/v1/accounts", asked).await.is(201);
    let id = made["account"]["id"].as_str().or_else(|| made["id"].as_str()).expect("an id").to_owned();
    let account = administrator.get(&format!("/v1/accounts/{id}")).await.is(200);
    (id, account["grants"][0]["id"].as_str().expect("a grant").to_owned())
}
