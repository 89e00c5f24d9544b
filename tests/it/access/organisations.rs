//! Organisations and who belongs to them.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::json;
use support::world::{COMMUNITY, COUNTY};
use support::{World, on_both};

on_both! { an_organisation_is_founded_and_joined, members_are_for_managers_only }

async fn an_organisation_is_founded_and_joined(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await.client.with("accept-language", "en");
    let asked = json!({ "division": COMMUNITY, "kind": "volunteer_team", "name": "邻里十八匠" });
    let made = worker.post("/v1/organisations", asked.clone()).await.is(201);
    assert_eq!((&made["label"], &made["region"], &made["members"]), (&json!("volunteer team"), &json!(COUNTY), &json!([])));
    worker.post("/v1/organisations", asked).await.is_problem(409, "already_exists");
    let path = format!("/v1/organisations/{}", made["id"].as_str().unwrap());
    let li = world.volunteer("李师傅").await;
    for _ in 0..2 {
        let joined = worker.post(&format!("{path}/members"), json!({ "person": li.person })).await.is(200);
        assert_eq!(joined["members"].as_array().unwrap().len(), 1);
        assert_eq!(joined["members"][0]["person"]["name"], "李**");
    }
    worker.post(&format!("{path}/members"), json!({ "person": li.account })).await.is_broken("/person", "unknown_person");
    assert_eq!(worker.delete(&format!("{path}/members/{}", li.person)).await.status, 204);
    worker.delete(&format!("{path}/members/{}", li.person)).await.is_problem(404, "not_found");
    let listed = li.get(&format!("/v1/organisations?within={COUNTY}")).await.is(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(li.get("/v1/organisations").await.is(200)["items"].as_array().unwrap().len(), 1);
}

async fn members_are_for_managers_only(world: Arc<World>) {
    let li = world.volunteer("李师傅").await;
    let ((team, chen), (_, other)) = (world.team(&[&li]).await, world.team(&[]).await);
    let path = format!("/v1/organisations/{team}");
    assert_eq!(chen.get(&path).await.is(200)["members"].as_array().unwrap().len(), 1);
    assert!(li.get(&path).await.is(200).get("members").is_none());
    other.post(&format!("{path}/members"), json!({ "person": li.person })).await.is_problem(403, "forbidden");
    li.post(&format!("{path}/members"), json!({ "person": li.person })).await.is_problem(403, "forbidden");
    world.anyone.get(&path).await.is_problem(401, "unauthenticated");
}
