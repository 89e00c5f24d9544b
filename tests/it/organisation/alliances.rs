//! Organisations of organisations.

use std::sync::Arc;

use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::json;
use support::world::COUNTY;
use support::{World, on_both};
use uuid::Uuid;

on_both! { an_organisation_joins_once_and_leaves, alliances_make_no_circle, of_two_that_make_a_circle_one_is_refused }

fn at(alliance: Uuid) -> String {
    format!("/v1/organisations/{alliance}/alliance-members")
}

async fn an_organisation_joins_once_and_leaves(world: Arc<World>) {
    let (worker, alliance) = (world.staff(Role::SocialWorker, COUNTY).await, world.alliance().await);
    let ((team, captain), li) = (world.team(&[]).await, world.resident("李师傅").await);
    let asked = json!({ "organisation": team });
    assert_eq!(worker.post(&at(alliance), asked.clone()).await.is(201)["organisation"], json!(team));
    worker.post(&at(alliance), asked.clone()).await.is_problem(409, "already_exists");
    worker.post(&at(team), json!({ "organisation": alliance })).await.is_broken("/organisation", "not_an_alliance");
    captain.post(&at(alliance), asked.clone()).await.is_problem(403, "forbidden");
    assert_eq!(captain.delete(&format!("{}/{team}", at(alliance))).await.status, 204);
    captain.delete(&format!("{}/{team}", at(alliance))).await.is_problem(404, "not_found");
    let _ = worker.post(&at(alliance), asked).await.is(201);
    let listed = li.get(&at(alliance)).await.is(200);
    let left: Vec<bool> = listed["items"].as_array().unwrap().iter().map(|one| !one["left_at"].is_null()).collect();
    assert_eq!(left, [true, false]);
}

async fn alliances_make_no_circle(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let (a, b, c) = (world.alliance().await, world.alliance().await, world.alliance().await);
    worker.post(&at(a), json!({ "organisation": a })).await.is_broken("/organisation", "alliance_cycle");
    for (above, below) in [(a, b), (b, c)] {
        let _ = worker.post(&at(above), json!({ "organisation": below })).await.is(201);
    }
    worker.post(&at(c), json!({ "organisation": a })).await.is_broken("/organisation", "alliance_cycle");
    assert_eq!(worker.delete(&format!("{}/{c}", at(b))).await.status, 204);
    let _ = worker.post(&at(c), json!({ "organisation": a })).await.is(201);
}

async fn of_two_that_make_a_circle_one_is_refused(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    for _ in 0..10 {
        let (a, b) = (world.alliance().await, world.alliance().await);
        let pairs = [(a, b), (b, a)].map(|(above, below)| (at(above), json!({ "organisation": below })));
        let answers = join_all(pairs.iter().map(|(at, body)| worker.post(at, body.clone()))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| answer.status == 422).count(), 1, "{answers:?}");
    }
}
