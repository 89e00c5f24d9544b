//! Crafts, services and vocabularies.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::json;
use support::world::{COMMUNITY, COUNTY, OTHER_REGION};
use support::{World, on_both};

on_both! { residents_see_what_can_be_ordered, crafts_are_added_and_changed, services_are_added_and_changed, vocabularies_are_published }

async fn residents_see_what_can_be_ordered(world: Arc<World>) {
    let offered = world.anyone.with("accept-language", "en").get(&format!("/v1/services?region={COMMUNITY}")).await.is(200);
    assert_eq!(offered["items"].as_array().unwrap().len(), 4, "those of the region that the community lies in");
    let first = world.anyone.get("/v1/services?region=230822&limit=3").await.is(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = world.anyone.get(&format!("/v1/services?region=230822&limit=3&cursor={cursor}")).await.is(200);
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &json!(null)));
    world.anyone.get("/v1/services?region=11").await.is_broken("region", "unknown_division");
    world.anyone.get("/v1/services").await.is_broken("region", "required");
    let one = world.anyone.get(&format!("/v1/services/{}", world.catalogue.free)).await;
    let tag = one.header("etag").to_owned();
    assert_eq!(one.is(200)["payment"], "free");
    let known = world.anyone.with("if-none-match", &tag).get(&format!("/v1/services/{}", world.catalogue.free)).await;
    assert_eq!(known.status, 304);
}

async fn crafts_are_added_and_changed(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let asked = json!({ "region": COUNTY, "domain": "非遗传承", "code": "fan-making", "names": { "zh": "团扇制作", "en": "fan making" } });
    let made = county.post("/v1/crafts", asked.clone()).await.is(201);
    county.post("/v1/crafts", asked.clone()).await.is_problem(409, "already_exists");
    let path = format!("/v1/crafts/{}", made["id"].as_str().unwrap());
    let read = county.client.with("accept-language", "en").get(&path).await;
    let tag = read.header("etag").to_owned();
    assert_eq!(read.is(200)["name"], "fan making");
    let change = json!({ "domain": "非遗传承", "names": { "zh": "团扇" }, "active": false });
    county.put(&path, change.clone()).await.is_problem(428, "precondition_required");
    let changed = county.client.with("if-match", &tag).put(&path, change.clone()).await.is(200);
    assert_eq!((&changed["version"], &changed["active"]), (&json!(2), &json!(false)));
    county.client.with("if-match", &tag).put(&path, change.clone()).await.is_problem(412, "precondition_failed");
    let whichever = county.client.with("if-match", "*").put(&path, change).await.is(200);
    assert_eq!(whichever["version"], 3, "whoever says so replaces whichever version is there");
    let gone = world.anyone.get("/v1/crafts?region=230822&active=false").await.is(200);
    assert_eq!(gone["items"].as_array().unwrap().len(), 1);
    let mut elsewhere = asked.clone();
    elsewhere["region"] = json!(OTHER_REGION);
    county.post("/v1/crafts", elsewhere).await.is_problem(404, "not_found");
    let mut wrong = asked;
    wrong["names"] = json!({ "zh": "  " });
    county.post("/v1/crafts", wrong).await.is_broken("/names/zh", "required");
}

async fn services_are_added_and_changed(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let asked = json!({
        "region": COUNTY, "code": "lamp", "craft": world.catalogue.plumbing, "names": { "zh": "换灯泡" }, "payment": "at_cost", "minutes": 30,
    });
    let made = county.post("/v1/services", asked.clone()).await;
    let tag = made.header("etag").to_owned();
    let path = format!("/v1/services/{}", made.is(201)["id"].as_str().unwrap());
    let change = json!({ "names": { "zh": "换灯泡" }, "payment": "free", "minutes": 45, "active": true });
    let changed = county.client.with("if-match", &tag).put(&path, change).await.is(200);
    assert_eq!((&changed["payment"], &changed["minutes"], &changed["craft"]), (&json!("free"), &json!(45), &json!(null)));
    let mut wrong = asked;
    wrong["craft"] = json!(COUNTY);
    county.post("/v1/services", wrong.clone()).await.is_broken("/craft", "wrong_format");
    wrong["craft"] = json!(world.catalogue.free);
    county.post("/v1/services", wrong).await.is_broken("/craft", "unknown_craft");
}

async fn vocabularies_are_published(world: Arc<World>) {
    let names = world.anyone.get("/v1/vocabularies").await.is(200);
    assert!(names["items"].as_array().unwrap().iter().any(|list| list["name"] == "order-states"));
    let list = world.anyone.with("accept-language", "vi").get("/v1/vocabularies/organisation-states").await;
    assert_eq!(list.header("cache-control"), "public, max-age=3600");
    let list = list.is(200);
    let active = list["values"].as_array().unwrap().iter().find(|state| state["value"] == "active").unwrap();
    assert_eq!((&active["label"], &active["labels"]["zh"]), (&json!("hoạt động"), &json!("正常")));
    world.anyone.get("/v1/vocabularies/unknown").await.is_problem(404, "not_found");
}
