//! Duty rosters.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_REGION};
use support::{Person, World, on_both};
use uuid::Uuid;

use super::at;

on_both! { a_roster_is_planned_as_a_whole_or_not_at_all, two_planners_at_once_bind_somebody_once, shifts_are_released_and_held,
who_is_shown_a_roster }

fn shift(world: &World, person: Uuid, hours: i64, lasts: i64) -> Value {
    let start = world.in_hours(hours);
    json!({ "person": person, "post": "reception", "starts_at": start, "ends_at": start + TimeDelta::minutes(lasts) })
}

async fn plans(by: &Person, site: &str, shifts: Vec<Value>) -> support::Answer {
    by.post(&format!("/v1/sites/{site}/shifts"), json!({ "shifts": shifts })).await
}

async fn a_roster_is_planned_as_a_whole_or_not_at_all(world: Arc<World>) {
    let site = world.open_site().await;
    let (li, wang) = (world.volunteer("李师傅").await, world.volunteer("王秀英").await);
    let resident = world.resident("周敏").await;
    let stranger = world.resident_of(OTHER_REGION, "陌生人").await;
    let manager = world.staff(Role::SiteManager, COUNTY).await;
    let good = shift(&world, li.person, 24, 120);
    let wrong = [
        (shift(&world, li.person, 25, 120), "/shifts/1", "shift_overlap"),
        (shift(&world, wang.person, -2, 60), "/shifts/1/starts_at", "in_past"),
        (shift(&world, wang.person, 24, 0), "/shifts/1/ends_at", "end_before_start"),
        (shift(&world, wang.person, 24, 20), "/shifts/1/ends_at", "quarter_hour"),
        (shift(&world, wang.person, 24, 735), "/shifts/1/ends_at", "too_big"),
        (shift(&world, wang.person, 24 * 300, 60), "/shifts/1/starts_at", "too_big"),
        (shift(&world, resident.person, 24, 60), "/shifts/1/person", "not_for_duty"),
        (shift(&world, stranger.person, 24, 60), "/shifts/1/person", "unknown_person"),
        (shift(&world, Uuid::now_v7(), 24, 60), "/shifts/1/person", "unknown_person"),
    ];
    for (other, pointer, rule) in wrong {
        plans(&manager, &site, vec![good.clone(), other]).await.is_broken(pointer, rule);
    }
    plans(&manager, &site, Vec::new()).await.is_broken("/shifts", "too_few");
    let nothing = manager.get(&format!("/v1/sites/{site}/shifts")).await.is(200);
    assert_eq!(nothing["items"], json!([]), "nothing half written");
    let planned = plans(&manager, &site, vec![good.clone(), shift(&world, li.person, 26, 60), shift(&world, manager.person, 24, 60)]).await;
    assert_eq!(planned.is(201)["items"].as_array().unwrap().len(), 3, "touching is not overlapping, and staff are on duty, too");
    let told = li.get("/v1/me/messages").await.is(200);
    assert_eq!(told["items"][0]["kind"], "shift_planned");
    let collides = plans(&manager, &site, vec![shift(&world, wang.person, 24, 60), shift(&world, li.person, 25, 60)]).await;
    collides.is_problem(409, "double_booked");
    assert_eq!(collides.body["errors"][0]["pointer"], "/shifts/1");
    assert_eq!(wang.get("/v1/me/shifts").await.is(200)["items"], json!([]));
}

async fn two_planners_at_once_bind_somebody_once(world: Arc<World>) {
    let li = world.volunteer("李师傅").await;
    let manager = world.staff(Role::SiteManager, COUNTY).await;
    let mut sites = Vec::new();
    for _ in 0..8 {
        sites.push(world.open_site().await);
    }
    let answers = join_all(sites.iter().map(|site| plans(&manager, site, vec![shift(&world, li.person, 24, 120)]))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
    for lost in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(lost.status, 409, "{}", lost.text);
    }
}

async fn shifts_are_released_and_held(world: Arc<World>) {
    let site = world.open_site().await;
    let li = world.volunteer("李师傅").await;
    let (first, second) = (world.shift(&site, &li, 24).await, world.shift(&site, &li, 48).await);
    let (worker, wang) = (world.staff(Role::SocialWorker, COMMUNITY).await, world.resident("王秀英").await);
    wang.post(&at("shifts", &first, "release"), json!({ "reason": "illness" })).await.is_problem(404, "not_found");
    worker.post(&at("shifts", &first, "release"), json!({ "reason": "bored" })).await.is_broken("/reason", "not_in_list");
    assert_eq!(worker.post(&at("shifts", &second, "release"), json!({ "reason": "replanned" })).await.is(200)["state"], "released");
    assert_eq!(li.get("/v1/me/messages").await.is(200)["items"][0]["kind"], "shift_released");
    let _ = world.shift(&site, &li, 48).await;
    worker.post(&at("shifts", &first, "record"), json!({ "held": true })).await.is_problem(409, "too_early");
    world.clock.advance(TimeDelta::hours(25));
    li.post(&at("shifts", &first, "record"), json!({ "held": true })).await.is_problem(403, "forbidden");
    assert_eq!(worker.post(&at("shifts", &first, "record"), json!({ "held": false })).await.is(200)["state"], "missed");
    assert_eq!(worker.post(&at("shifts", &first, "record"), json!({ "held": true })).await.is(200)["state"], "held");
    li.post(&at("shifts", &first, "release"), json!({ "reason": "illness" })).await.is_problem(409, "shift_step");
    worker.post(&at("shifts", &second, "record"), json!({ "held": true })).await.is_problem(409, "shift_step");
    let own = world.shift(&site, &worker, 2).await;
    world.clock.advance(TimeDelta::hours(3));
    worker.post(&at("shifts", &own, "record"), json!({ "held": true })).await.is_problem(403, "second_person_needed");
}

async fn who_is_shown_a_roster(world: Arc<World>) {
    let site = world.open_site().await;
    let (li, wang) = (world.volunteer("李师傅").await, world.resident("王秀英").await);
    let planned = world.shift(&site, &li, 24).await;
    let path = format!("/v1/sites/{site}/shifts");
    wang.get(&path).await.is_problem(404, "not_found");
    world.staff(Role::SocialWorker, OTHER_REGION).await.get(&path).await.is_problem(404, "not_found");
    let week = world.staff(Role::Supervisor, COUNTY).await.get(&path).await.is(200);
    assert_eq!((&week["items"][0]["id"], &week["items"][0]["person"]["name"]), (&planned["id"], &json!("李**")));
    assert_eq!(li.get("/v1/me/shifts").await.is(200)["items"][0]["id"], planned["id"]);
    wang.get(&format!("/v1/shifts/{}", planned["id"].as_str().unwrap())).await.is_problem(404, "not_found");
    let grid = world.staff(Role::SiteManager, OTHER_REGION).await;
    plans(&grid, &site, vec![shift(&world, li.person, 30, 60)]).await.is_problem(404, "not_found");
}
