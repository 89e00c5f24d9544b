//! One's own data as one file.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::json;
use support::people::path;
use support::world::COMMUNITY;
use support::{World, on_both};

use crate::order::loop_through::finished;

on_both! { the_file_holds_what_is_known_of_a_person_and_of_nobody_else, many_orders_come_in_one_file }

async fn the_file_holds_what_is_known_of_a_person_and_of_nobody_else(world: Arc<World>) {
    let (wang, li, order) = finished(&world).await;
    wang.takes(&order, "review", json!({ "stars": 5, "solved": true, "text": "李师傅手艺好", "tags": ["准时"] })).await;
    let worker = world.staff(Role::SocialWorker, COMMUNITY).await;
    let seen = json!({ "fields": ["phone"], "purpose": "verification" });
    let _ = worker.post(&format!("/v1/persons/{}/unmask", wang.person), seen).await.is(200);
    let answer = wang.get("/v1/me/export").await;
    assert!(answer.header("content-disposition").starts_with("attachment; filename="), "{:?}", answer.headers);
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/json", "no-store"));
    let whole = answer.text.clone();
    let file = answer.is(200);
    assert_eq!((&file["person"]["name"], &file["format"]), (&json!("王秀英"), &json!("linli-person/1")));
    assert!(file["person"]["phone"].as_str().unwrap().starts_with("+86138"));
    assert_eq!(file["consents"].as_array().unwrap().len(), 2);
    assert_eq!(file["accounts"][0]["id"], json!(wang.account));
    assert_eq!(file["accounts"][0]["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(file["plain_values_seen"][0]["purpose"], "verification");
    let mine = &file["orders"][0];
    assert_eq!((&mine["id"], &mine["roles"]), (&order["id"], &json!(["subject", "placer"])));
    let texts: Vec<&str> = mine["texts"].as_array().unwrap().iter().filter_map(|text| text["body"].as_str()).collect();
    assert!(texts.contains(&"厨房水龙头漏水") && texts.contains(&"李师傅手艺好"), "{texts:?}");
    assert_eq!(mine["reviews"][0]["stars"], 5);
    assert!(!whole.contains(&li.person.to_string()) && !whole.contains(&worker.account.to_string()), "nobody else is named");
    let theirs = li.get("/v1/me/export").await.is(200);
    assert_eq!((&theirs["volunteer"]["state"], &theirs["certifications"][0]["evidence"]), (&json!("active"), &json!("电工证")));
    assert_eq!(theirs["orders"][0]["roles"], json!(["taker"]));
    let texts = theirs["orders"][0]["texts"].as_array().unwrap();
    assert!(texts.iter().all(|text| text["kind"] == "work" || text["kind"] == "review"), "where somebody lives is not theirs: {texts:?}");
    world.anyone.get("/v1/me/export").await.is_problem(401, "unauthenticated");
    let _ = wang.get(&path(&order, "events")).await.is(200);
}

async fn many_orders_come_in_one_file(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    for _ in 0..60 {
        let _ = wang.places(world.catalogue.free).await;
    }
    let file = wang.get("/v1/me/export").await.is(200);
    let ids: std::collections::HashSet<String> = file["orders"].as_array().unwrap().iter().map(|order| order["id"].to_string()).collect();
    assert_eq!((ids.len(), file["orders"].as_array().unwrap().len()), (60, 60), "each once, across the parts that it is sent in");
}
