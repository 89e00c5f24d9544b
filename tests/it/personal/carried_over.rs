//! Texts that an earlier version kept in plain: read at once, and sealed by and by.

use std::sync::Arc;

use domain::identity::Role;
use persistence::{Location, migration, tools};
use serde_json::{Value, json};
use support::world::COUNTY;
use support::{Person, World, on_both};

on_both! { what_was_plain_is_read_and_sealed, what_was_plain_is_erased }

const EVIDENCE: &str = "电工证 2017-0042";

fn lines(location: &Location, sql: &str) -> Vec<String> {
    tools::lines(location, sql).expect("a query")
}

/// How many texts stand in plain, and how many are sealed.
fn standing(location: &Location) -> (Vec<String>, Vec<String>) {
    let count = |table: &str, column: &str| {
        lines(location, &format!("SELECT CAST(COUNT({column}) AS TEXT) AS line FROM {table}")).into_iter().next().expect("a number")
    };
    let plain = vec![count("certifications", "unsealed_evidence"), count("order_reviews", "unsealed_tags")];
    (plain, vec![count("certifications", "evidence"), count("order_reviews", "tags")])
}

/// A craftsman and a resident whose review has tags, on a database that comes from the version before.
async fn carried_over(world: &World) -> (Person, Person) {
    let (wang, li) = (world.resident("王秀英").await, world.craftsman("李师傅", world.catalogue.plumbing).await);
    let station = world.dispatcher().await;
    let order = wang.places(world.catalogue.free).await;
    let triage = json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 });
    station.takes(&order, "triage", triage).await;
    station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    li.takes(&order, "accept", json!({})).await;
    let seen = wang.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200);
    let proof = json!({ "kind": "code", "code": seen["check_in_code"] });
    li.takes(&order, "check-in", json!({ "proof": proof })).await;
    li.takes(&order, "finish", json!({ "proof": proof, "work": "更换阀芯", "minutes": 40 })).await;
    wang.takes(&order, "review", json!({ "stars": 5, "solved": true, "tags": ["准时"] })).await;
    assert_eq!(standing(&world.database.location), (vec!["0".to_owned(); 2], vec!["1".to_owned(); 2]));
    let location = world.database.location.clone();
    let carried = tokio::task::spawn_blocking(move || {
        while migration::down(&location).expect("down").is_some_and(|name| !name.contains("000015")) {}
        let plain = format!("UPDATE certifications SET evidence = '{EVIDENCE}'; UPDATE order_reviews SET tags = '守时';");
        tools::execute(&location, &plain).expect("what the version before has kept");
        migration::up(&location).expect("up again");
    });
    carried.await.expect("the migrations run");
    (wang, li)
}

async fn reads(world: &World, wang: &Person, li: &Person) -> (Value, Value) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let certified = worker.get(&format!("/v1/persons/{}/certifications", li.person)).await.is(200);
    let export = wang.get("/v1/me/export").await.is(200);
    (certified["items"][0]["evidence"].clone(), export["orders"][0]["reviews"][0]["tags"].clone())
}

async fn what_was_plain_is_read_and_sealed(world: Arc<World>) {
    let (wang, li) = carried_over(&world).await;
    assert_eq!(standing(&world.database.location).0, ["1", "1"]);
    assert_eq!(reads(&world, &wang, &li).await, (json!(EVIDENCE), json!(["守时"])));
    world.tick().await;
    assert_eq!(standing(&world.database.location), (vec!["0".to_owned(); 2], vec!["1".to_owned(); 2]));
    assert_eq!(reads(&world, &wang, &li).await, (json!(EVIDENCE), json!(["守时"])));
}

async fn what_was_plain_is_erased(world: Arc<World>) {
    let (_, li) = carried_over(&world).await;
    let _ = li.post("/v1/me/erasure", json!({ "irreversible": true })).await.is(200);
    assert_eq!(standing(&world.database.location).0, ["0", "0"]);
}
