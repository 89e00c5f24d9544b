//! A repeated request of somebody who has lost the right meanwhile: the key answers nothing that the right does not.

use std::sync::Arc;

use domain::identity::{Grant, Role};
use persistence::identity::{self, GrantRow};
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_REGION, code};
use support::{Client, Person, World, on_both};
use uuid::Uuid;

on_both! { commands_on_accounts_ask_for_the_right_first, commands_on_persons_ask_for_the_right_first,
contacts_are_for_who_may_speak_with_the_resident, who_keeps_the_right_gets_the_same_again }

fn grant(role: Role, scope: &str) -> Grant {
    Grant { role, scope: code(scope), organisation: None }
}

/// Somebody who holds a role here, and elsewhere so that the role itself stays.
async fn holder(world: &World, role: Role) -> Person {
    world.clerk(vec![grant(role, COUNTY), grant(role, OTHER_REGION)]).await
}

async fn loses(world: &World, account: Uuid, scope: &str) {
    let scope = code(scope);
    world
        .keep(move |tx| {
            for row in identity::grants(tx, account)?.into_iter().filter(|row| row.grant.scope == scope) {
                identity::revoke_grant(tx, row.id, account)?;
            }
            Ok(())
        })
        .await;
}

fn keyed(person: &Person) -> Client {
    person.client.with("idempotency-key", "once")
}

async fn commands_on_accounts_ask_for_the_right_first(world: Arc<World>) {
    let (administrator, station) = (holder(&world, Role::Administrator).await, world.dispatcher().await);
    let account = format!("/v1/accounts/{}", station.account);
    let role = json!({ "role": "social_worker", "scope": COMMUNITY });
    let staff = json!({ "username": "zhao.min", "grants": [{ "role": "dispatcher", "scope": COMMUNITY }] });
    let client = json!({ "name": "评估", "division": COUNTY, "scopes": ["orders.read"], "expires_at": "2026-12-01T00:00:00Z",
        "authentication": "client_secret_basic" });
    let made = administrator.post("/v1/clients", client).await.is(201)["client"]["id"].as_str().unwrap().to_owned();
    let asked: Vec<(String, Value)> = vec![
        (format!("{account}/grants"), role),
        (format!("{account}/password-reset"), json!({})),
        (format!("{account}/totp-reset"), json!({})),
        (format!("{account}/lock"), json!({})),
        (format!("{account}/unlock"), json!({})),
        (format!("/v1/clients/{made}/secret-rotation"), json!({})),
        (format!("/v1/clients/{made}/disable"), json!({})),
    ];
    let key = keyed(&administrator);
    for (path, body) in &asked {
        let answer = key.post(path, body.clone()).await;
        assert!(answer.status < 300, "{path}: {}", answer.text);
    }
    let _ = key.post("/v1/accounts", staff.clone()).await.is(201);
    loses(&world, administrator.account, COUNTY).await;
    for (path, body) in &asked {
        assert_eq!((path, key.post(path, body.clone()).await.status), (path, 404));
    }
    key.post("/v1/accounts", staff).await.is_problem(403, "forbidden");
}

async fn commands_on_persons_ask_for_the_right_first(world: Arc<World>) {
    let (worker, grid) = (holder(&world, Role::SocialWorker).await, world.staff(Role::GridMember, COMMUNITY).await);
    let enters = async |name: &str, phone: &str| {
        let card = json!({ "name": name, "phone": phone, "division": COMMUNITY, "basis": "consent" });
        grid.post("/v1/persons", card).await.is(201)["id"].as_str().unwrap().to_owned()
    };
    let (one, other) = (enters("张三丰", "13812345678").await, enters("张三丰", "13900000000").await);
    let (path, body) = (format!("/v1/persons/{other}/merge"), json!({ "into": one }));
    let key = keyed(&worker);
    assert_eq!(key.post(&path, body.clone()).await.is(200)["id"], json!(one));
    assert_eq!(key.post(&path, body.clone()).await.header("idempotent-replayed"), "true");
    loses(&world, worker.account, COUNTY).await;
    key.post(&path, body).await.is_problem(404, "not_found");
}

async fn contacts_are_for_who_may_speak_with_the_resident(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let account = station.account;
    world
        .keep(move |tx| {
            let grant = grant(Role::Dispatcher, OTHER_REGION);
            identity::grant(tx, &GrantRow { id: Uuid::now_v7(), account, grant, granted_by: None, granted_at: tx.now() })
        })
        .await;
    let order = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "水管漏水", "address": "红旗小区", "subject": wang.person,
        "channel": "phone", "basis": "consent" });
    let order = station.post("/v1/orders", order).await.is(201);
    let path = format!("/v1/orders/{}/contacts", order["id"].as_str().unwrap());
    let body = json!({ "kind": "first_contact", "reached": true, "note": "家中无人" });
    let key = keyed(&station);
    assert_eq!(key.post(&path, body.clone()).await.is(201)["items"].as_array().unwrap().len(), 1);
    loses(&world, account, COMMUNITY).await;
    let _ = station.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200);
    key.post(&path, body).await.is_problem(403, "step_not_yours");
    station.get(&path).await.is_problem(403, "step_not_yours");
}

async fn who_keeps_the_right_gets_the_same_again(world: Arc<World>) {
    let (administrator, station) = (world.staff(Role::Administrator, COUNTY).await, world.dispatcher().await);
    let key = keyed(&administrator);
    for command in ["password-reset", "totp-reset", "lock", "unlock"] {
        let path = format!("/v1/accounts/{}/{command}", station.account);
        let first = key.post(&path, json!({})).await;
        assert_eq!((first.status, first.header("idempotent-replayed")), (200, ""), "{command}");
        let again = key.post(&path, json!({})).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (200, "true"), "{command}");
    }
}
