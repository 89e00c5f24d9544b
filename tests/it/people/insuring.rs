//! Insurances: who serves where it is dangerous.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use domain::order::Hazard;
use serde_json::{Value, json};
use support::people::path;
use support::world::{COMMUNITY, COUNTY};
use support::{Person, World, on_both};

use crate::order::loop_through::queued;

on_both! { a_dangerous_service_is_for_the_insured, minors_serve_in_no_rescue, a_team_names_insured_members,
an_insurance_is_written_down_once_and_masked, what_is_wrong_with_an_insurance_is_named, an_order_keeps_what_its_service_was }

/// Makes the free service of the catalogue dangerous.
async fn hazardous(world: &World, hazard: Hazard) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let at = format!("/v1/services/{}", world.catalogue.free);
    let body = json!({ "craft": world.catalogue.plumbing, "names": { "zh": "修水龙头" }, "payment": "free", "minutes": 60, "active": true, "hazard": hazard });
    assert_eq!(administrator.with("if-match", "*").put(&at, body).await.is(200)["hazard"], json!(hazard));
}

fn asked(number: &str, until: &str) -> Value {
    json!({ "insurer": "人保财险", "number": number, "covers": ["accident"], "valid_from": "2026-01-01", "valid_until": until })
}

async fn insure(worker: &Person, person: uuid::Uuid, until: &str) -> Value {
    worker.post(&format!("/v1/persons/{person}/insurances"), asked("PEAC-2026-0017", until)).await.is(201)
}

fn to(person: uuid::Uuid) -> Value {
    json!({ "takers": [{ "kind": "person", "id": person }] })
}

async fn a_dangerous_service_is_for_the_insured(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    hazardous(&world, Hazard::Dangerous).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    let refused = |answer: support::Answer| {
        answer.is_problem(422, "taker_not_eligible");
        assert!(answer.text.contains("not_insured"), "{}", answer.text);
    };
    refused(station.post(&path(&order, "offer"), to(li.person)).await);
    let insurance = insure(&worker, li.person, "2026-12-31").await;
    station.takes(&order, "offer", to(li.person)).await;
    let end = format!("/v1/insurances/{}/end", insurance["id"].as_str().unwrap());
    let _ = worker.post(&end, json!({})).await.is(200);
    refused(li.post(&path(&order, "accept"), json!({})).await);
    let again = asked("PEAC-2026-0018", "2026-12-31");
    let _ = worker.post(&format!("/v1/persons/{}/insurances", li.person), again).await.is(201);
    li.takes(&order, "accept", json!({})).await;
}

async fn minors_serve_in_no_rescue(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    hazardous(&world, Hazard::Rescue).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    for (name, birth, expected) in [("张小宝", Some("2009-05-01"), false), ("李师傅", Some("1980-05-01"), true), ("赵师傅", None, false)]
    {
        let card = json!({ "name": name, "birth_date": birth, "division": COMMUNITY, "basis": "guardian" });
        let person = worker.post("/v1/persons", card).await.is(201);
        let id: uuid::Uuid = person["id"].as_str().unwrap().parse().unwrap();
        let holder = Person { person: id, ..worker.clone() };
        world.register(&holder).await;
        world.certify(&holder, world.catalogue.plumbing, TimeDelta::days(100)).await;
        insure(&worker, id, "2026-12-31").await;
        let answer = station.post(&path(&order, "offer"), to(id)).await;
        if expected {
            let _ = answer.is(200);
        } else {
            answer.is_problem(422, "taker_not_eligible");
            assert!(answer.text.contains("not_of_age"), "{name}: {}", answer.text);
        }
    }
}

async fn a_team_names_insured_members(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let zhao = world.craftsman("赵师傅", world.catalogue.plumbing).await;
    let (team, captain) = world.team(&[&li, &zhao]).await;
    hazardous(&world, Hazard::Dangerous).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    let to_team = json!({ "takers": [{ "kind": "organisation", "id": team }] });
    station.post(&path(&order, "offer"), to_team.clone()).await.is_problem(422, "taker_not_eligible");
    insure(&worker, li.person, "2026-12-31").await;
    station.takes(&order, "offer", to_team).await;
    let accept = path(&order, "accept");
    captain.post(&accept, json!({ "organisation": team })).await.is_broken("/members", "wrong_members");
    let uninsured = captain.post(&accept, json!({ "organisation": team, "members": [zhao.person] })).await;
    uninsured.is_problem(422, "taker_not_eligible");
    assert!(uninsured.text.contains("not_insured"), "{}", uninsured.text);
    let _ = captain.post(&accept, json!({ "organisation": team, "members": [li.person] })).await.is(200);
}

async fn an_insurance_is_written_down_once_and_masked(world: Arc<World>) {
    let (li, worker) = (world.volunteer("李师傅").await, world.staff(Role::SocialWorker, COUNTY).await);
    let made = insure(&worker, li.person, "2026-12-31").await;
    assert_eq!((&made["number"], &made["valid"]), (&json!("****0017"), &json!(true)));
    let at = format!("/v1/persons/{}/insurances", li.person);
    worker.post(&at, asked("PEAC-2026-0017", "2027-12-31")).await.is_broken("/number", "insurance_known");
    assert_eq!(li.get(&at).await.is(200)["items"][0]["id"], made["id"], "one's own");
    world.resident("周敏").await.get(&at).await.is_problem(404, "not_found");
    li.post(&at, asked("PEAC-2026-0019", "2026-12-31")).await.is_problem(403, "forbidden");
    let own = format!("/v1/persons/{}/insurances", worker.person);
    worker.post(&own, asked("PEAC-2026-0019", "2026-12-31")).await.is_problem(403, "second_person_needed");
    let export = li.get("/v1/me/export").await.is(200);
    assert_eq!(export["insurances"][0]["number"], "PEAC-2026-0017", "oneself sees all of it");
}

async fn what_is_wrong_with_an_insurance_is_named(world: Arc<World>) {
    let (li, worker) = (world.volunteer("李师傅").await, world.staff(Role::SocialWorker, COUNTY).await);
    let at = format!("/v1/persons/{}/insurances", li.person);
    worker.post(&at, asked("PEAC-2026-0017", "2025-12-31")).await.is_broken("/valid_until", "end_before_start");
    worker.post(&at, asked("PEAC-2026-0017", "2026-02-30")).await.is_broken("/valid_until", "wrong_format");
    let mut twice = asked("PEAC-2026-0017", "2026-12-31");
    twice["covers"] = json!(["accident", "accident"]);
    worker.post(&at, twice.clone()).await.is_broken("/covers", "duplicates");
    twice["covers"] = json!([]);
    worker.post(&at, twice).await.is_broken("/covers", "too_few");
}

async fn an_order_keeps_what_its_service_was(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    assert_eq!(order["hazard"], "none");
    hazardous(&world, Hazard::Dangerous).await;
    station.takes(&order, "offer", to(li.person)).await;
    let later = queued(&world, &wang, &station, world.catalogue.free).await;
    assert_eq!(later["hazard"], "dangerous");
}
