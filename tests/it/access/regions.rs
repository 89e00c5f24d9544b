//! Divisions, grids, imports, populations, policies.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::json;
use support::world::{COMMUNITY, COUNTY, OTHER_REGION};
use support::{World, on_both};

on_both! { the_tree_is_read_by_any_form_of_a_code, pages_of_divisions_are_linked, a_grid_is_drawn_once,
an_import_reports_row_by_row, merged_codes_lead_on, populations_are_corrected, policies_are_published }

async fn the_tree_is_read_by_any_form_of_a_code(world: Arc<World>) {
    for form in ["230822", "230822000000"] {
        let answer = world.anyone.get(&format!("/v1/divisions/{form}")).await;
        assert!(!answer.header("etag").is_empty());
        let county = answer.is(200);
        assert_eq!(county["code"], "230822");
        assert_eq!(county["padded_code"], "230822000000");
        assert_eq!(county["label"], "县级");
        assert_eq!(county["parent"], json!(null));
    }
    world.anyone.get("/v1/divisions/23082x").await.is_broken("code", "division_code");
    world.anyone.get("/v1/divisions/999999").await.is_problem(404, "not_found");
    world.anyone.get("/v1/divisions?colour=red").await.is_broken("colour", "unknown_field");
    let regions = world.anyone.get("/v1/regions").await.is(200);
    assert_eq!(regions["items"][0]["zone"], "Asia/Shanghai");
}

async fn pages_of_divisions_are_linked(world: Arc<World>) {
    let first = world.anyone.get("/v1/divisions?within=230822&limit=3").await;
    let link = first.header("link").to_owned();
    let body = first.is(200);
    assert_eq!(body["items"].as_array().unwrap().len(), 3);
    let cursor = body["next_cursor"].as_str().unwrap();
    assert!(link.contains(cursor) && link.contains("rel=\"next\""), "{link}");
    let rest = world.anyone.get(&format!("/v1/divisions?within=230822&limit=3&cursor={cursor}")).await.is(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 2);
    assert_eq!(rest["next_cursor"], json!(null));
    world.anyone.get("/v1/divisions?cursor=forged").await.is_broken("cursor", "cursor");
    world.anyone.get("/v1/divisions?limit=0").await.is_broken("limit", "out_of_range");
    let named = world.anyone.get("/v1/divisions?name=%E7%BA%A2%E6%97%97&within=230822106").await.is(200);
    assert_eq!(named["items"].as_array().unwrap().len(), 2, "红旗社区 and its grid");
    let children = world.anyone.get("/v1/divisions/230822106/children").await.is(200);
    assert_eq!(children["items"].as_array().unwrap().len(), 2);
}

async fn a_grid_is_drawn_once(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await.with("idempotency-key", "grid-2");
    let grid = json!({ "code": format!("{COMMUNITY}002"), "name": "红旗第二网格" });
    let first = county.post("/v1/divisions", grid.clone()).await.is(201);
    assert_eq!((first["level"].as_str(), first["parent"].as_str()), (Some("grid"), Some(COMMUNITY)));
    let again = county.post("/v1/divisions", grid.clone()).await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.is(201), first);
    let county = world.staff(Role::Administrator, COUNTY).await;
    county.post("/v1/divisions", grid).await.is_problem(409, "already_exists");
    county.post("/v1/divisions", json!({ "code": "230822106009001", "name": "无" })).await.is_broken("/code", "unknown_parent");
    county.post("/v1/divisions", json!({ "code": "230822106001", "name": "无" })).await.is_broken("/code", "too_short");
    let elsewhere = json!({ "code": "451402001001002", "name": "别处" });
    county.post("/v1/divisions", elsewhere).await.is_problem(404, "not_found");
    world.dispatcher().await.post("/v1/divisions", json!({})).await.is_problem(403, "forbidden");
}

async fn an_import_reports_row_by_row(world: Arc<World>) {
    let operator = world.staff(Role::Operator, COUNTY).await;
    let rows = json!({ "rows": [
        { "code": "230822107000", "level": "township", "name": "土龙山镇" },
        { "code": "230822107200", "level": "village", "name": "庆发村", "parent": "230822107" },
        { "code": "230822106", "level": "township", "name": "改名镇" },
        { "code": "451402002", "level": "township", "name": "别处" },
        { "code": "23082", "level": "county", "name": "短" },
    ] });
    let report = operator.post("/v1/divisions/import", rows.clone()).await.is(200);
    assert_eq!(report["accepted"], 2);
    let refused: Vec<_> = report["refused"].as_array().unwrap().iter().map(|row| (row["line"].as_u64(), row["pointer"].as_str())).collect();
    assert_eq!(refused, [(Some(3), Some("/rows/2/name")), (Some(4), Some("/rows/3/code")), (Some(5), Some("/rows/4/code"))]);
    assert!(report["refused"][0]["message"].as_str().unwrap().contains("桦南镇"));
    assert_eq!(operator.post("/v1/divisions/import", rows).await.is(200), report, "loading again says the same");
    assert_eq!(world.anyone.get("/v1/divisions/230822107200").await.is(200)["name"], "庆发村");
}

async fn merged_codes_lead_on(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let merged = county.post("/v1/divisions/230822106001/aliases", json!({ "alias": "230822106099" })).await.is(201);
    assert_eq!(merged["code"], COMMUNITY);
    assert_eq!(world.anyone.get("/v1/divisions/230822106099").await.is(200)["code"], COMMUNITY);
    let of_others = county.post("/v1/divisions/230822106001/aliases", json!({ "alias": "451402001001" })).await;
    of_others.is_broken("/alias", "unknown_division");
    let of_another_level = county.post("/v1/divisions/230822106001/aliases", json!({ "alias": "230822107" })).await;
    of_another_level.is_broken("/alias", "level_mismatch");
}

async fn populations_are_corrected(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    for residents in [410_000, 408_000] {
        let stated = json!({ "year": 2024, "residents": residents, "source": "统计公报" });
        let _ = county.post("/v1/divisions/230822/populations", stated).await.is(200);
    }
    let known = world.anyone.get("/v1/divisions/230822/populations").await.is(200);
    assert_eq!(known["items"], json!([{ "year": 2024, "residents": 408_000, "source": "统计公报" }]));
}

async fn policies_are_published(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let held = world.anyone.get("/v1/policies/orders?region=230822106001").await.is(200);
    assert_eq!((held["region"].as_str(), held["in_force"]["policy"]["version"].as_str()), (Some(COUNTY), Some("default-1")));
    let mut policy = held["in_force"]["policy"].clone();
    county.post("/v1/policies/orders", json!({ "region": COUNTY, "policy": policy })).await.is_problem(409, "already_exists");
    policy["version"] = json!("2026-09");
    policy["high"]["triage"] = json!(0);
    county
        .post("/v1/policies/orders", json!({ "region": COUNTY, "policy": policy }))
        .await
        .is_broken("/policy/high/triage", "out_of_range");
    policy["high"]["triage"] = json!(30);
    let past = json!({ "region": COUNTY, "policy": policy, "valid_from": "2020-01-01T00:00:00Z" });
    county.post("/v1/policies/orders", past).await.is_broken("/valid_from", "in_past");
    let _ = county.post("/v1/policies/orders", json!({ "region": COUNTY, "policy": policy })).await.is(201);
    let held = world.anyone.get("/v1/policies/orders?region=230822").await.is(200);
    assert_eq!(held["in_force"]["policy"]["high"]["triage"], 30);
    assert_eq!(held["versions"].as_array().unwrap().len(), 1);
    county.post("/v1/policies/orders", json!({ "region": OTHER_REGION, "policy": policy })).await.is_problem(404, "not_found");
    county.post("/v1/policies/orders", json!({ "region": "230822106", "policy": policy })).await.is_broken("/region", "not_a_region");
}
