//! Registering does not tell whether somebody has that document: staff settle whose it is.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY};
use support::{Answer, Client, World, on_both};

on_both! { a_stranger_is_not_told_whose_number_it_is, of_many_with_one_document_one_has_it }

const CARD: &str = "11010519491231002X";

async fn signs_in(world: &World, number: usize) -> Client {
    let session = world.anyone.post("/v1/sessions/wechat", json!({ "code": format!("user-{number}:0") })).await.is(200);
    let client = world.anyone.with_token(session["access_token"].as_str().unwrap());
    let _ = client.post("/v1/me/phone", json!({ "code": format!("phone-1390000{number:04}:0") })).await.is(200);
    client
}

async fn claims(client: &Client, name: &str) -> Answer {
    let card = json!({ "kind": "resident_identity_card", "number": CARD });
    client.post("/v1/me/person", json!({ "name": name, "division": COMMUNITY, "document": card })).await
}

fn without_ids(mut answer: Value) -> Value {
    for field in ["id", "name", "phone"] {
        answer[field] = Value::Null;
    }
    answer
}

async fn a_stranger_is_not_told_whose_number_it_is(world: Arc<World>) {
    let (zhang, stranger) = (signs_in(&world, 1).await, signs_in(&world, 2).await);
    let first = claims(&zhang, "张三丰").await.is(200);
    let second = claims(&stranger, "李四").await.is(200);
    assert_eq!(without_ids(second.clone()), without_ids(first.clone()), "the same answer");
    assert_eq!(without_ids(stranger.get("/v1/me").await.is(200)["person"].clone()), without_ids(first.clone()), "and later");
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let by_card = json!({ "document": { "kind": "resident_identity_card", "number": CARD } });
    assert_eq!(worker.post("/v1/persons/search", by_card.clone()).await.is(200)["items"], json!([first]), "it identifies one");
    let disputes = worker.get("/v1/document-disputes").await.is(200);
    assert_eq!((&disputes["items"][0]["claimant"]["id"], &disputes["items"][0]["other"]["id"]), (&second["id"], &first["id"]));
    stranger.get("/v1/document-disputes").await.is_problem(403, "forbidden");
    let at = format!("/v1/persons/{}/document-dispute", second["id"].as_str().unwrap());
    let settled = worker.post(&at, json!({ "is_theirs": true })).await.is(200);
    assert_eq!(settled["document"]["number"], "110105********002X");
    assert_eq!(worker.post("/v1/persons/search", by_card).await.is(200)["items"][0]["id"], second["id"]);
    assert_eq!(zhang.get("/v1/me").await.is(200)["person"]["document"], Value::Null);
    assert_eq!(worker.get("/v1/document-disputes").await.is(200)["items"], json!([]));
    worker.post(&at, json!({ "is_theirs": false })).await.is_problem(404, "not_found");
}

async fn of_many_with_one_document_one_has_it(world: Arc<World>) {
    let mut clients = Vec::new();
    for number in 1..=6 {
        clients.push(signs_in(&world, number).await);
    }
    let names = ["张三丰", "李四", "王五", "赵六", "孙七", "周八"];
    let answers = futures_util::future::join_all(clients.iter().zip(names).map(|(client, name)| claims(client, name))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "nobody is told: {answers:?}");
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    assert_eq!(worker.get("/v1/document-disputes").await.is(200)["items"].as_array().unwrap().len(), 5);
}
