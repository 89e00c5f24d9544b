//! Consents: given by whom it takes, withdrawn, and what then stops.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::{Value, json};
use support::world::COMMUNITY;
use support::{World, on_both};

on_both! { registering_is_a_consent_that_can_be_withdrawn, a_child_needs_the_guardians_separate_consent, a_minor_does_not_register_alone,
what_no_consent_covers_rests_on_another_basis }

fn order(world: &World, subject: &Value, basis: &str) -> Value {
    json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "修水龙头", "subject": subject["id"], "basis": basis, "channel": "visit" })
}

async fn registering_is_a_consent_that_can_be_withdrawn(world: Arc<World>) {
    let (wang, grid) = (world.resident("王秀英").await, world.staff(Role::GridMember, COMMUNITY).await);
    let given = wang.get("/v1/me/consents").await.is(200);
    let kinds: Vec<&str> = given["items"].as_array().unwrap().iter().map(|consent| consent["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["register", "be_served"]);
    let _ = wang.places(world.catalogue.free).await;
    let withdrawn = wang.post("/v1/me/consents/withdraw", json!({ "kind": "be_served" })).await.is(200);
    assert!(withdrawn["items"][1]["withdrawn_at"].is_string() && withdrawn["items"][0]["withdrawn_at"].is_null());
    let wish = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "修水龙头" });
    let refused = wang.post("/v1/orders", wish.clone()).await;
    refused.is_problem(409, "consent_missing");
    assert_eq!(refused.body["errors"][0]["message"], "缺少本人的“接受服务”同意");
    let _ = wang.post("/v1/me/volunteer", json!({})).await.is(201);
    let _ = wang.post("/v1/me/consents/withdraw", json!({ "kind": "register" })).await.is(200);
    assert_eq!(grid.post("/v1/persons/search", json!({ "name": "王秀英" })).await.is(200)["items"], json!([]), "not found any more");
    let li = world.resident("李小龙").await;
    let _ = li.post("/v1/me/consents/withdraw", json!({ "kind": "register" })).await.is(200);
    li.post("/v1/me/volunteer", json!({})).await.is_problem(409, "consent_missing");
    let again = wang.post("/v1/me/consents", json!({ "kind": "be_served", "text_version": "2026-1" })).await.is(201);
    assert_eq!(again["items"].as_array().unwrap().len(), 3, "the withdrawal stays on record");
    let _ = wang.post("/v1/orders", wish).await.is(201);
}

async fn a_child_needs_the_guardians_separate_consent(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let card = json!({ "name": "张小宝", "birth_date": "2016-05-01", "division": COMMUNITY, "basis": "guardian" });
    let child = grid.post("/v1/persons", card).await.is(201);
    grid.post("/v1/orders", order(&world, &child, "guardian")).await.is_problem(409, "consent_missing");
    let path = format!("/v1/persons/{}/consents", child["id"].as_str().unwrap());
    let mut consent =
        json!({ "kind": "sensitive_data", "text_version": "2026-1", "giver": "guardian", "channel": "paper", "evidence": "表 2026-017" });
    grid.post(&path, consent.clone()).await.is_broken("/relation", "relation_needed");
    consent["relation"] = json!("parent");
    let mut own = consent.clone();
    own["giver"] = json!("self");
    own.as_object_mut().unwrap().remove("relation");
    grid.post(&path, own).await.is_broken("/giver", "guardian_needed");
    let _ = grid.post(&path, consent).await.is(201);
    let listed = grid.get(&path).await.is(200);
    assert_eq!((&listed["items"][2]["evidence"], &listed["items"][2]["relation"]), (&json!("表 2026-017"), &json!("parent")));
    let _ = grid.post("/v1/orders", order(&world, &child, "guardian")).await.is(201);
    let _ = grid.post(&format!("{path}/withdraw"), json!({ "kind": "sensitive_data" })).await.is(200);
    grid.post("/v1/orders", order(&world, &child, "guardian")).await.is_problem(409, "consent_missing");
    let placed = grid.post("/v1/orders", order(&world, &child, "emergency")).await.is(201);
    assert_eq!(placed["basis"], "emergency", "the other basis is cited and kept");
    let elsewhere = world.staff(Role::GridMember, support::world::OTHER_COMMUNITY).await;
    elsewhere.get(&path).await.is_problem(404, "not_found");
}

async fn a_minor_does_not_register_alone(world: Arc<World>) {
    let session = world.anyone.post("/v1/sessions/wechat", json!({ "code": "xiao-bao:0" })).await.is(200);
    let client = world.anyone.with_token(session["access_token"].as_str().unwrap());
    let _ = client.post("/v1/me/phone", json!({ "code": "phone-13900000001:0" })).await.is(200);
    let claim = json!({ "name": "张小宝", "division": COMMUNITY, "birth_date": "2010-05-01" });
    client.post("/v1/me/person", claim.clone()).await.is_broken("/birth_date", "guardian_needed");
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let card = json!({ "name": "张小宝", "phone": "13900000001", "birth_date": "2010-05-01", "division": COMMUNITY, "basis": "guardian" });
    let child = grid.post("/v1/persons", card).await.is(201);
    assert_eq!(client.post("/v1/me/person", claim.clone()).await.is(200)["id"], child["id"], "what staff wrote down can be claimed");
    let mut stale = claim;
    stale["consent_version"] = json!("2019-1");
    client.post("/v1/me/person", stale).await.is_broken("/consent_version", "not_in_list");
    client.post("/v1/me/consents", json!({ "kind": "publication", "text_version": "2026-1" })).await.is_broken("/giver", "guardian_needed");
}

async fn what_no_consent_covers_rests_on_another_basis(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let card = json!({ "name": "周大爷", "division": COMMUNITY, "basis": "statutory_duty" });
    let zhou = grid.post("/v1/persons", card).await.is(201);
    let found = grid.post("/v1/persons/search", json!({ "name": "周大爷" })).await.is(200);
    assert_eq!(found["items"][0]["id"], zhou["id"], "on record without a consent, on a duty that is cited");
    grid.post("/v1/orders", order(&world, &zhou, "consent")).await.is_problem(409, "consent_missing");
    let _ = grid.post("/v1/orders", order(&world, &zhou, "statutory_duty")).await.is(201);
    grid.post(&format!("/v1/persons/{}/volunteer", zhou["id"].as_str().unwrap()), json!({})).await.is_problem(409, "consent_missing");
}
