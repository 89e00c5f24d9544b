use std::sync::Arc;

use domain::identity::Role;
use serde_json::json;
use support::world::{COMMUNITY, COUNTY};
use support::{World, on_both};

use super::{born, meals, path};

on_both! { needs_go_with_the_person, needs_are_told_and_forgotten }

async fn needs_go_with_the_person(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let (given, kept) = (born(&worker, "王秀英", "1948-03-12").await, born(&worker, "王秀英", "1948-03-12").await);
    let (first, second) = (worker.post("/v1/demands", meals(given)).await.is(201), worker.post("/v1/demands", meals(kept)).await.is(201));
    let mut visits = meals(given);
    visits["care"] = json!("visits");
    let third = worker.post("/v1/demands", visits).await.is(201);
    let household = worker.post("/v1/households", json!({ "division": COMMUNITY, "head": given })).await.is(201);
    let _ = worker.post(&format!("/v1/persons/{given}/merge"), json!({ "into": kept })).await.is(200);
    let seen = |item: &serde_json::Value| {
        let (worker, at) = (worker.client.clone(), path(item, ""));
        async move { worker.get(&at).await.is(200) }
    };
    let (first, second, third) = (seen(&first).await, seen(&second).await, seen(&third).await);
    assert_eq!((&first["state"], &first["drop_reason"]), (&json!("dropped"), &json!("duplicate")));
    assert_eq!((&second["state"], &third["state"]), (&json!("open"), &json!("open")));
    assert!([&first, &second, &third].iter().all(|item| item["subject"]["id"] == json!(kept)));
    let at = format!("/v1/households/{}", household["id"].as_str().unwrap());
    assert_eq!(worker.get(&at).await.is(200)["members"][0]["person"]["id"], json!(kept));
}

async fn needs_are_told_and_forgotten(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let wang = world.resident("王秀英").await;
    let item = worker.post("/v1/demands", meals(wang.person)).await.is(201);
    let told = wang.get("/v1/me/export").await.is(200);
    let need = &told["needs"][0];
    assert_eq!((&need["id"], &need["care"], &need["texts"]), (&item["id"], &json!("meals"), &json!(["独居，午饭常不做"])));
    let _ = wang.post("/v1/me/erasure", json!({ "irreversible": true })).await;
    let gone = worker.get(&path(&item, "")).await.is(200);
    assert_eq!((&gone["state"], &gone["texts"]), (&json!("dropped"), &json!([])));
    worker.post(&path(&item, "reopen"), json!({ "note": "又需要" })).await.is_broken("", "unknown_person");
}
