//! What apprentices make, and when everybody may see it.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COUNTY, OTHER_COMMUNITY};
use support::{World, on_both};

use super::{at, id};

on_both! { a_work_is_shown_then_sold_then_settled, everybody_sees_what_the_apprentice_consents_to, a_withdrawn_work_does_not_count,
nothing_is_shown_of_what_has_ended }

fn fan() -> Value {
    json!({ "title": "莲花团扇", "description": "绷绢、裱边", "made_on": "2026-09-05" })
}

fn to(work: &Value, step: &str) -> String {
    format!("/v1/apprentice-works/{}/{step}", id(work))
}

async fn a_work_is_shown_then_sold_then_settled(world: Arc<World>) {
    let (master, pupil) = (world.volunteer("赵师傅").await, world.resident("李晓").await);
    let works = at(world.apprenticeship(&master, &pupil).await, "works");
    pupil.post(&works, json!({ "title": "团扇", "made_on": "2027-01-01" })).await.is_broken("/made_on", "out_of_range");
    pupil.post(&works, json!({ "title": "团扇", "made_on": "2026-01-01" })).await.is_broken("/made_on", "out_of_range");
    pupil.post(&works, json!({ "title": " ", "made_on": "2026-09-05" })).await.is_broken("/title", "required");
    let work = pupil.post(&works, fan()).await.is(201);
    let exhibit = to(&work, "exhibit");
    let sold = |day: &str| json!({ "kind": "sold", "day": day, "price_fen": 6800 });
    pupil.post(&exhibit, json!({ "kind": "sold", "day": "2026-09-06" })).await.is_broken("/price_fen", "required");
    pupil.post(&exhibit, json!({ "kind": "shown", "day": "2026-09-06", "price_fen": 1 })).await.is_broken("/price_fen", "price_of_unsold");
    pupil.post(&exhibit, sold("2026-09-01")).await.is_broken("/day", "too_small");
    pupil.post(&exhibit, sold("2026-12-01")).await.is_broken("/day", "in_future");
    let nowhere = json!({ "kind": "shown", "day": "2026-09-06", "site": uuid::Uuid::now_v7() });
    pupil.post(&exhibit, nowhere).await.is_broken("/site", "unknown_site");
    world.resident("周敏").await.post(&exhibit, sold("2026-09-06")).await.is_problem(404, "not_found");
    assert_eq!(master.post(&exhibit, json!({ "kind": "shown", "day": "2026-09-06" })).await.is(200)["exhibition"], "shown");
    assert_eq!(pupil.post(&exhibit, sold("2026-09-06")).await.is(200)["price_fen"], 6800);
    pupil.post(&exhibit, sold("2026-09-06")).await.is_problem(409, "work_settled");
}

async fn everybody_sees_what_the_apprentice_consents_to(world: Arc<World>) {
    let (master, pupil) = (world.volunteer("赵师傅").await, world.resident("李晓").await);
    let works = at(world.apprenticeship(&master, &pupil).await, "works");
    let work = pupil.post(&works, fan()).await.is(201);
    let _ = pupil.post(&to(&work, "exhibit"), json!({ "kind": "shown", "day": "2026-09-06" })).await.is(200);
    let shown = format!("/v1/shown-works?division={COUNTY}");
    assert_eq!(world.anyone.get(&shown).await.is(200)["items"], json!([]));
    let publication = || json!({ "kind": "publication", "text_version": "2026-1" });
    let _ = pupil.post("/v1/me/consents", publication()).await.is(201);
    let listed = world.anyone.get(&shown).await.is(200);
    assert_eq!((&listed["items"][0]["exhibition"], &listed["items"][0]["master"]), (&json!("shown"), &Value::Null));
    assert!(!listed.to_string().contains("李晓"), "masked: {listed}");
    assert!(!listed.to_string().contains("莲花"), "what people write is for those whom it concerns: {listed}");
    let _ = master.post("/v1/me/consents", publication()).await.is(201);
    let named = world.anyone.get(&shown).await.is(200);
    assert!(named["items"][0]["master"].as_str().unwrap().starts_with('赵'));
    let elsewhere = format!("/v1/shown-works?division={OTHER_COMMUNITY}");
    assert_eq!(world.anyone.get(&elsewhere).await.is(200)["items"], json!([]));
    let _ = pupil.post("/v1/me/consents/withdraw", json!({ "kind": "publication" })).await.is(200);
    assert_eq!(world.anyone.get(&shown).await.is(200)["items"], json!([]));
}

/// Whoever has withdrawn being on record is not shown any more by the other side.
async fn nothing_is_shown_of_what_has_ended(world: Arc<World>) {
    let (master, pupil) = (world.volunteer("赵师傅").await, world.resident("李晓").await);
    let works = at(world.apprenticeship(&master, &pupil).await, "works");
    let work = master.post(&works, fan()).await.is(201);
    let _ = pupil.post("/v1/me/consents/withdraw", json!({ "kind": "register" })).await.is(200);
    let sold = json!({ "kind": "sold", "day": "2026-09-06", "price_fen": 1 });
    assert_eq!(master.post(&to(&work, "exhibit"), sold).await.status, 409);
    let _ = master.post(&to(&work, "withdraw"), json!({})).await.is(200);
}

async fn a_withdrawn_work_does_not_count(world: Arc<World>) {
    let (master, pupil) = (world.volunteer("赵师傅").await, world.resident("李晓").await);
    let made = world.apprenticeship(&master, &pupil).await;
    let listed = pupil.get(&at(made, "works")).await.is(200);
    let withdraw = to(&listed["items"][0], "withdraw");
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let counts = format!("/v1/measures/apprenticeships?division={COUNTY}");
    assert_eq!(worker.get(&counts).await.is(200)["crafts"][0]["works"], 1);
    let _ = pupil.post(&withdraw, json!({})).await.is(200);
    pupil.post(&withdraw, json!({})).await.is_problem(409, "work_settled");
    assert_eq!(worker.get(&counts).await.is(200)["works"], 0);
    master.post(&at(made, "ask-for-stage"), json!({})).await.is_problem(409, "stage_not_done");
}
