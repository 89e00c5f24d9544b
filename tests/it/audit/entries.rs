//! What leaves an entry, and what the entry says.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_REGION};
use support::{Person, World, on_both};
use uuid::Uuid;

on_both! {
    every_write_leaves_an_entry, refusals_are_on_record, an_action_that_nobody_knows_is_refused, a_refused_look_says_what_for, failed_sign_ins_are_on_record, the_clock_is_named, reads_leave_none, nobody_writes_into_the_log,
    the_log_is_for_supervisors_and_shows_who_reads_it, the_installations_own_log_is_for_operators_of_all_its_regions,
    entries_hold_no_text
}

/// The entries of the county, the newest first.
async fn entries(supervisor: &Person, narrow: Value) -> Vec<Value> {
    let mut asked = json!({ "region": COUNTY, "limit": 100 });
    asked.as_object_mut().unwrap().extend(narrow.as_object().unwrap().clone());
    supervisor.post("/v1/audit/search", asked).await.is(200)["items"].as_array().unwrap().clone()
}

async fn every_write_leaves_an_entry(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let retried = wang.with("idempotency-key", "once");
    let wish = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "厨房水龙头漏水" });
    let order = retried.post("/v1/orders", wish.clone()).await.is(201);
    let _ = retried.post("/v1/orders", wish).await.is(201);
    station.takes(&order, "triage", json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 })).await;
    let object = format!("orders/{}", order["id"].as_str().unwrap());
    let found = entries(&supervisor, json!({ "object": object })).await;
    let told: Vec<_> = found.iter().map(|entry| (&entry["action"], &entry["role"], &entry["outcome"], &entry["actor"])).collect();
    let (wang, station) = (json!(wang.account), json!(station.account));
    let expected = [
        (&json!("triageOrder"), &json!("dispatcher"), &json!("done"), &station),
        (&json!("placeOrder"), &json!("resident"), &json!("replayed"), &wang),
        (&json!("placeOrder"), &json!("resident"), &json!("done"), &wang),
    ];
    assert_eq!(told, expected);
    assert_eq!(found[0]["address"], "127.0.0.1");
    assert!(found.iter().all(|entry| entry["request_id"].is_string() && entry["actor_kind"] == "account"));
}

async fn refusals_are_on_record(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let (stranger, supervisor) = (world.resident("刘洋").await, world.staff(Role::Supervisor, COUNTY).await);
    let order = wang.places(world.catalogue.free).await;
    let object = format!("orders/{}", order["id"].as_str().unwrap());
    station.post(&support::people::path(&order, "offer"), json!({ "takers": [] })).await.is_broken("/takers", "too_few");
    stranger
        .post(&support::people::path(&order, "cancel"), json!({ "reason": "resident_changed_mind" }))
        .await
        .is_problem(404, "not_found");
    let answer = wang.post(&support::people::path(&order, "triage"), json!({})).await;
    answer.is_problem(403, "forbidden");
    let found = entries(&supervisor, json!({ "object": object })).await;
    let told: Vec<_> = found.iter().map(|entry| (entry["action"].as_str().unwrap(), entry["outcome"].as_str().unwrap())).collect();
    let expected = [("triageOrder", "forbidden"), ("cancelOrder", "not_found"), ("offerOrder", "invalid"), ("placeOrder", "done")];
    assert_eq!(told, expected);
    assert_eq!(found[0]["request_id"], answer.header("x-request-id"), "the entry leads to the log");
}

async fn failed_sign_ins_are_on_record(world: Arc<World>) {
    let operator = world.operator().await;
    let wrong = json!({ "username": "nobody.here", "password": "wrong" });
    world.anyone.post("/v1/sessions/staff", wrong).await.is_problem(401, "bad_credentials");
    let found = operator.post("/v1/audit/search", json!({ "action": "signInAsStaff" })).await.is(200);
    let entry = &found["items"][0];
    assert_eq!((&entry["actor_kind"], &entry["outcome"]), (&json!("nobody"), &json!("bad_credentials")), "{found}");
    assert!(!found.to_string().contains("nobody.here"), "{found}");
    assert_eq!(entry["object"], Value::Null, "nobody has that name");
    let target = world.staff(Role::Dispatcher, COUNTY).await;
    let account = target.account;
    let known = world.keep(move |tx| persistence::identity::load(tx, account)).await;
    let wrong = json!({ "username": known.username, "password": "wrong" });
    world.anyone.post("/v1/sessions/staff", wrong).await.is_problem(401, "bad_credentials");
    let found = operator.post("/v1/audit/search", json!({ "object": format!("accounts/{account}") })).await.is(200);
    let entry = &found["items"][0];
    assert_eq!((&entry["action"], &entry["outcome"]), (&json!("signInAsStaff"), &json!("bad_credentials")), "{found}");
}

async fn an_action_that_nobody_knows_is_refused(world: Arc<World>) {
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let asked = |action: &str| json!({ "region": COUNTY, "action": action });
    for known in ["acceptOrder", "deadlines", "linli keys"] {
        let _ = supervisor.post("/v1/audit/search", asked(known)).await.is(200);
    }
    supervisor.post("/v1/audit/search", asked("acceptOrders")).await.is_broken("/action", "unknown_action");
}

async fn a_refused_look_says_what_for(world: Arc<World>) {
    let (wang, supervisor) = (world.resident("王秀英").await, world.staff(Role::Supervisor, COUNTY).await);
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let ask = json!({ "fields": ["phone"], "purpose": "contact_for_order" });
    let answer = worker.post(&format!("/v1/persons/{}/unmask", wang.person), ask).await;
    assert!(answer.status >= 400, "{}", answer.text);
    let nobody =
        worker.post(&format!("/v1/persons/{}/unmask", Uuid::now_v7()), json!({ "fields": ["phone"], "purpose": "emergency" })).await;
    nobody.is_problem(404, "not_found");
    let found = entries(&supervisor, json!({ "action": "unmaskPerson" })).await;
    let told: Vec<_> = found.iter().map(|entry| (entry["purpose"].as_str(), entry["outcome"].as_str())).collect();
    assert_eq!(told[0], (Some("emergency"), Some("not_found")));
    assert_eq!(told[1].0, Some("contact_for_order"), "{found:?}");
    assert_eq!(found[1]["object"], json!(format!("persons/{}", wang.person)));
}

async fn the_clock_is_named(world: Arc<World>) {
    let (wang, supervisor) = (world.resident("王秀英").await, world.staff(Role::Supervisor, COUNTY).await);
    let order = wang.places(world.catalogue.free).await;
    world.pass(TimeDelta::days(2)).await;
    let object = format!("orders/{}", order["id"].as_str().unwrap());
    let found = entries(&supervisor, json!({ "object": object, "action": "deadlines" })).await;
    assert!(!found.is_empty());
    assert!(found.iter().all(|entry| entry["actor_kind"] == "clock" && entry["actor"].is_null()), "{found:?}");
    let before = found.len();
    world.tick().await;
    assert_eq!(entries(&supervisor, json!({ "object": object, "action": "deadlines" })).await.len(), before, "nothing due, no entry");
}

async fn nobody_writes_into_the_log(world: Arc<World>) {
    let (wang, supervisor) = (world.resident("王秀英").await, world.staff(Role::Supervisor, COUNTY).await);
    for path in ["/v1/orders/姓名张三-13812345678/accept", "/v1/orders/13812345678/cancel"] {
        let _ = wang.post(path, json!({ "reason": "resident_changed_mind" })).await;
    }
    let found = entries(&supervisor, json!({ "actor": wang.account })).await;
    assert!(found.iter().all(|entry| entry["object"] == "orders"), "neither an id nor a division: {found:?}");
}

async fn reads_leave_none(world: Arc<World>) {
    let (wang, supervisor) = (world.resident("王秀英").await, world.staff(Role::Supervisor, COUNTY).await);
    let order = wang.places(world.catalogue.free).await;
    for path in ["/v1/me", "/v1/orders", &format!("/v1/orders/{}", order["id"].as_str().unwrap())] {
        let _ = wang.get(path).await.is(200);
    }
    let found = entries(&supervisor, json!({ "actor": wang.account })).await;
    assert_eq!(found.len(), 1, "what is masked may be read without a trace: {found:?}");
    let _ = wang.get("/v1/me/export").await.is(200);
    let found = entries(&supervisor, json!({ "actor": wang.account })).await;
    assert_eq!((found.len(), &found[0]["action"]), (2, &json!("exportMe")), "what leaves in plain is on record");
}

async fn the_log_is_for_supervisors_and_shows_who_reads_it(world: Arc<World>) {
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let elsewhere = world.staff(Role::Supervisor, OTHER_REGION).await;
    let below = world.staff(Role::Supervisor, COMMUNITY).await;
    for outsider in [&elsewhere, &below] {
        outsider.post("/v1/audit/search", json!({ "region": COUNTY })).await.is_problem(404, "not_found");
        outsider.get(&format!("/v1/audit/chain?region={COUNTY}")).await.is_problem(404, "not_found");
    }
    world.dispatcher().await.post("/v1/audit/search", json!({ "region": COUNTY })).await.is_problem(403, "forbidden");
    supervisor.post("/v1/audit/search", json!({})).await.is_broken("/region", "required");
    let _ = entries(&supervisor, json!({})).await;
    let found = entries(&supervisor, json!({ "action": "searchAudit", "actor": supervisor.account })).await;
    assert_eq!(found[0]["outcome"], "done", "{found:?}");
    let first = supervisor.post("/v1/audit/search", json!({ "region": COUNTY, "limit": 1 })).await.is(200);
    let next = json!({ "region": COUNTY, "limit": 1, "cursor": first["next_cursor"] });
    let second = supervisor.post("/v1/audit/search", next).await.is(200);
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    let forged = json!({ "region": COUNTY, "cursor": "AAAA" });
    supervisor.post("/v1/audit/search", forged).await.is_broken("/cursor", "cursor");
}

async fn the_installations_own_log_is_for_operators_of_all_its_regions(world: Arc<World>) {
    let elsewhere = json!({ "username": "nobody.there", "password": "wrong" });
    world.anyone.post("/v1/sessions/staff", elsewhere).await.is_problem(401, "bad_credentials");
    let everywhere = world.operator().await;
    for scope in [COUNTY, OTHER_REGION] {
        let one = world.staff(Role::Operator, scope).await;
        one.post("/v1/audit/search", json!({})).await.is_broken("/region", "required");
        one.post("/v1/audit/checkpoints", json!({})).await.is_broken("/region", "required");
        for path in ["/v1/audit/chain", "/v1/audit/checkpoints", "/v1/retention/runs"] {
            one.get(path).await.is_broken("region", "required");
            let _ = one.get(&format!("{path}?region={scope}")).await.is(200);
            let _ = everywhere.get(path).await.is(200);
        }
    }
    let found = everywhere.post("/v1/audit/search", json!({})).await.is(200);
    assert_eq!(found["items"][0]["action"], "signInAsStaff", "{found}");
}

async fn entries_hold_no_text(world: Arc<World>) {
    let (wang, supervisor) = (world.resident("王秀英").await, world.staff(Role::Supervisor, COUNTY).await);
    let wish = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "煤气灶打不着火", "address": "红旗小区3号楼" });
    let order = wang.post("/v1/orders", wish).await.is(201);
    wang.takes(&order, "cancel", json!({ "reason": "resident_changed_mind" })).await;
    let all = format!("{:?}", entries(&supervisor, json!({})).await);
    for text in ["王秀英", "煤气灶", "红旗小区"] {
        assert!(!all.contains(text), "{text} in {all}");
    }
}
