use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::json;
use support::world::{COMMUNITY, COUNTY, GRID, OTHER_REGION, TOWNSHIP};
use support::{World, on_both};

use super::{born, meals, path};

on_both! {
    a_need_is_entered_once, fifty_reports_at_once_are_one_need, bad_needs_are_refused_by_field, a_resident_tells_their_own,
    what_is_sensitive_needs_a_consent_or_a_basis, whoever_is_elsewhere_sees_nothing
}

async fn a_need_is_entered_once(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let old = born(&grid, "王秀英", "1948-03-12").await;
    let made = grid.post("/v1/demands", meals(old)).await.is(201);
    assert_eq!(
        (&made["group"], &made["state"], &made["voices"], &made["version"]),
        (&json!("elderly"), &json!("open"), &json!(1), &json!(1))
    );
    assert_eq!((&made["subject"]["name"], &made["label"]), (&json!("王**"), &json!("助餐")));
    assert_eq!(made["texts"][0]["body"], "独居，午饭常不做");
    assert_eq!(made["allowed"], json!(["join", "verify", "edit", "order", "plan", "drop"]));
    let mut again = meals(old);
    again["urgency"] = json!("high");
    again["description"] = json!("邻居说她三天没出门");
    let joined = grid.post("/v1/demands", again).await.is(200);
    assert_eq!((&joined["id"], &joined["voices"], &joined["urgency"]), (&made["id"], &json!(2), &json!("high")));
    assert_eq!(joined["texts"].as_array().unwrap().len(), 2);
    let mut other = meals(old);
    other["care"] = json!("visits");
    assert_ne!(grid.post("/v1/demands", other).await.is(201)["id"], made["id"], "another category is another need");
    let events = grid.get(&path(&made, "events")).await.is(200);
    let steps: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["step"].clone()).collect();
    assert_eq!(steps, ["enter", "join"]);
    assert_eq!(events["items"][0]["basis"], "statutory_duty", "on what it was told stays on record");
    let keyed = grid.client.with("idempotency-key", "again");
    let (first, second) = (keyed.post("/v1/demands", meals(old)).await, keyed.post("/v1/demands", meals(old)).await);
    assert_eq!(second.header("idempotent-replayed"), "true");
    assert_eq!((&first.is(200)["voices"], &second.is(200)["voices"]), (&json!(3), &json!(3)), "one request is one voice");
}

async fn fifty_reports_at_once_are_one_need(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let old = born(&grid, "王秀英", "1948-03-12").await;
    let answers = join_all((0..50).map(|_| grid.post("/v1/demands", meals(old)))).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 201)), "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
    let item = grid.get(&path(&answers[0].body, "")).await.is(200);
    assert_eq!((&item["voices"], &item["version"]), (&json!(50), &json!(50)));
}

async fn bad_needs_are_refused_by_field(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COUNTY).await;
    let old = born(&grid, "王秀英", "1948-03-12").await;
    let with = |field: &str, value: serde_json::Value| {
        let mut need = meals(old);
        need[field] = value;
        need
    };
    grid.post("/v1/demands", with("division", json!(format!("{TOWNSHIP}000")))).await.is_broken("/division", "not_a_grid");
    grid.post("/v1/demands", with("division", json!("230822106999"))).await.is_broken("/division", "unknown_division");
    grid.post("/v1/demands", with("craft", json!(world.catalogue.plumbing))).await.is_broken("", "exactly_one");
    grid.post("/v1/demands", with("group", json!("youth"))).await.is_broken("/group", "group_follows");
    grid.post("/v1/demands", with("source", json!("hotline"))).await.is_broken("/external_ref", "ticket_mismatch");
    grid.post("/v1/demands", with("basis", json!(null))).await.is_broken("/basis", "basis_required");
    let household = json!({ "kind": "household", "id": old });
    let mut without = with("subject", household);
    (without["group"], without["basis"]) = (json!("elderly"), json!(null));
    grid.post("/v1/demands", without).await.is_broken("/basis", "basis_required");
    grid.post("/v1/demands", with("description", json!("  "))).await.is_broken("/description", "required");
    grid.post("/v1/demands", with("subject", json!({ "kind": "grid", "id": old }))).await.is_broken("/subject/id", "unknown_field");
    grid.post("/v1/demands", with("subject", json!({ "kind": "grid" }))).await.is_broken("/group", "required");
    let nobody = json!({ "kind": "person", "id": uuid::Uuid::now_v7() });
    grid.post("/v1/demands", with("subject", nobody)).await.is_broken("/subject/id", "unknown_person");
    let nowhere = json!({ "subject": { "kind": "household", "id": old }, "group": "elderly", "care": "meals", "source": "station",
        "basis": "consent", "description": "全家需要助餐" });
    grid.post("/v1/demands", nowhere).await.is_broken("/subject/id", "unknown_household");
    let lists = grid.get(&format!("/v1/demand-lists?division={COUNTY}")).await.is(200);
    assert_eq!(lists["items"], json!([]), "nothing was half written");
}

async fn a_resident_tells_their_own(world: Arc<World>) {
    let (wang, other) = (world.resident("王秀英").await, world.resident("李四").await);
    let need = json!({ "division": GRID, "care": "medical", "description": "下周去县医院复查" });
    let made = wang.post("/v1/demands", need.clone()).await.is(201);
    assert_eq!((&made["source"], &made["allowed"]), (&json!("mini_program"), &json!([])));
    assert_eq!(made["texts"][0]["body"], "下周去县医院复查");
    assert_eq!(wang.get("/v1/demands").await.is(200)["items"][0]["id"], made["id"]);
    assert_eq!(other.get("/v1/demands").await.is(200)["items"], json!([]));
    other.get(&path(&made, "")).await.is_problem(404, "not_found");
    wang.post(&path(&made, "verify"), json!({})).await.is_problem(403, "forbidden");
    let mut for_other = need;
    for_other["subject"] = json!({ "kind": "person", "id": other.person });
    for_other["source"] = json!("mini_program");
    for_other["basis"] = json!("consent");
    wang.post("/v1/demands", for_other).await.is_problem(404, "not_found");
}

async fn what_is_sensitive_needs_a_consent_or_a_basis(world: Arc<World>) {
    let (wang, grid) = (world.resident("王秀英").await, world.staff(Role::GridMember, COMMUNITY).await);
    let mut need = meals(wang.person);
    need["basis"] = json!("consent");
    grid.post("/v1/demands", need.clone()).await.is_problem(409, "consent_missing");
    need["tags"] = json!([]);
    let _ = grid.post("/v1/demands", need).await.is(201);
    let own = json!({ "division": GRID, "care": "visits", "tags": ["living_alone"], "description": "想有人说话" });
    wang.post("/v1/demands", own.clone()).await.is_problem(409, "consent_missing");
    let _ = wang.post("/v1/me/consents", json!({ "kind": "sensitive_data", "text_version": "2026-1" })).await.is(201);
    let _ = wang.post("/v1/demands", own).await.is(201);
}

async fn whoever_is_elsewhere_sees_nothing(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let old = born(&grid, "王秀英", "1948-03-12").await;
    let made = grid.post("/v1/demands", meals(old)).await.is(201);
    let elsewhere = world.staff(Role::SocialWorker, OTHER_REGION).await;
    elsewhere.post("/v1/demands", meals(old)).await.is_problem(404, "not_found");
    elsewhere.get(&path(&made, "")).await.is_problem(404, "not_found");
    elsewhere.post(&path(&made, "verify"), json!({})).await.is_problem(404, "not_found");
    elsewhere.get(&format!("/v1/demand-lists/{COMMUNITY}/elderly")).await.is_problem(404, "not_found");
    elsewhere.get(&format!("/v1/demands?list=newest&division={COMMUNITY}")).await.is_problem(404, "not_found");
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let seen = supervisor.get(&path(&made, "")).await.is(200);
    assert!(seen.get("texts").is_none() && seen["allowed"] == json!([]), "who only watches reads no texts about people");
    world.clock.advance(TimeDelta::seconds(1));
    world.anyone.get(&path(&made, "")).await.is_problem(401, "unauthenticated");
}
