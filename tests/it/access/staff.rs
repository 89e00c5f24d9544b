//! Staff: accounts, passwords, lockout, roles.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_REGION};
use support::{Answer, Person, World, on_both};

on_both! { a_first_password_must_be_changed, wrong_passwords_lock_also_names_that_nobody_has, many_attempts_at_once_are_counted,
roles_are_given_and_taken, what_may_not_be_granted, accounts_are_managed_from_above, accounts_are_listed_in_scope,
the_last_administrator_stays }

async fn opens(administrator: &Person, name: &str, role: &str, scope: &str) -> (Value, String) {
    let asked = json!({ "username": name, "grants": [{ "role": role, "scope": scope }] });
    let made = administrator.post("/v1/accounts", asked).await.is(201);
    let password = made["temporary_password"].as_str().unwrap().to_owned();
    (made["account"].clone(), password)
}

async fn signs_in(world: &World, name: &str, password: &str) -> Answer {
    world.anyone.post("/v1/sessions/staff", json!({ "username": name, "password": password })).await
}

async fn a_first_password_must_be_changed(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let (_, first) = opens(&county, "zhao.min", "dispatcher", COMMUNITY).await;
    let session = signs_in(&world, " Zhao.Min ", &first).await.is(200);
    assert_eq!(session["account"]["must_change_password"], true);
    let zhao = world.anyone.with_token(session["access_token"].as_str().unwrap());
    zhao.get("/v1/orders?list=station").await.is_problem(403, "password_change_required");
    let _ = zhao.get("/v1/me").await.is(200);
    zhao.post("/v1/me/password", json!({ "current": first, "new": "zhao.min-2026A" })).await.is_broken("/new", "password_user_name");
    zhao.post("/v1/me/password", json!({ "current": first, "new": "abcdefghij" })).await.is_broken("/new", "password_kinds");
    zhao.post("/v1/me/password", json!({ "current": "wrong", "new": "Huanan-2026" })).await.is_broken("/current", "password_wrong");
    let changed = zhao.post("/v1/me/password", json!({ "current": first, "new": "Huanan-2026" })).await.is(200);
    zhao.get("/v1/me").await.is_problem(401, "unauthenticated");
    let zhao = world.anyone.with_token(changed["access_token"].as_str().unwrap());
    assert_eq!(zhao.get("/v1/me").await.is(200)["account"]["must_change_password"], false);
    signs_in(&world, "zhao.min", &first).await.is_problem(401, "bad_credentials");
    let _ = signs_in(&world, "zhao.min", "Huanan-2026").await.is(200);
}

async fn wrong_passwords_lock_also_names_that_nobody_has(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let (_, password) = opens(&county, "zhao.min", "dispatcher", COMMUNITY).await;
    for name in ["zhao.min", "nobody.here"] {
        for _ in 0..5 {
            signs_in(&world, name, "wrong").await.is_problem(401, "bad_credentials");
        }
        let locked = signs_in(&world, name, &password).await;
        locked.is_problem(429, "account_locked");
        assert_eq!(locked.header("retry-after"), "300");
    }
    world.clock.advance(TimeDelta::seconds(300));
    signs_in(&world, "nobody.here", "wrong").await.is_problem(401, "bad_credentials");
    let _ = signs_in(&world, "zhao.min", &password).await.is(200);
    signs_in(&world, "zhao.min", "wrong").await.is_problem(401, "bad_credentials");
    let _ = signs_in(&world, "zhao.min", &password).await.is(200);
}

async fn many_attempts_at_once_are_counted(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let _ = opens(&county, "zhao.min", "dispatcher", COMMUNITY).await;
    let attempts = join_all((0..12).map(|_| signs_in(&world, "zhao.min", "wrong"))).await;
    let looked_at = attempts.iter().filter(|attempt| attempt.status == 401).count();
    assert_eq!(looked_at, 5, "{:?}", attempts.iter().map(|attempt| attempt.status).collect::<Vec<_>>());
}

async fn roles_are_given_and_taken(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let station = world.dispatcher().await;
    let grants = format!("/v1/accounts/{}/grants", station.account);
    let account = county.post(&grants, json!({ "role": "social_worker", "scope": COMMUNITY })).await.is(201);
    assert_eq!(account["roles"], json!(["resident", "social_worker", "dispatcher"]));
    county.post(&grants, json!({ "role": "social_worker", "scope": COMMUNITY })).await.is_problem(409, "already_exists");
    let grant = account["grants"].as_array().unwrap().iter().find(|grant| grant["role"] == "dispatcher").unwrap()["id"].clone();
    let path = format!("{grants}/{}", grant.as_str().unwrap());
    assert_eq!(county.delete(&path).await.status, 204);
    county.delete(&path).await.is_problem(404, "not_found");
    let me = station.get("/v1/me").await.is(200);
    assert_eq!(me["account"]["roles"], json!(["resident", "social_worker"]), "seen at once");
}

async fn what_may_not_be_granted(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let station = world.dispatcher().await;
    let grants = format!("/v1/accounts/{}/grants", station.account);
    county.post(&grants, json!({ "role": "volunteer", "scope": COUNTY })).await.is_broken("/role", "derived_role");
    county.post(&grants, json!({ "role": "organisation_manager", "scope": COUNTY })).await.is_broken("/organisation", "required");
    county.post(&grants, json!({ "role": "operator", "scope": COUNTY })).await.is_problem(403, "forbidden");
    county.post(&grants, json!({ "role": "dispatcher", "scope": OTHER_REGION })).await.is_problem(403, "forbidden");
    let own = format!("/v1/accounts/{}/grants", county.account);
    county.post(&own, json!({ "role": "dispatcher", "scope": COUNTY })).await.is_problem(403, "second_person_needed");
    let (team, _) = world.team(&[]).await;
    let elsewhere = world.staff(Role::Administrator, OTHER_REGION).await;
    let asked = json!({ "username": "li.na", "grants": [{ "role": "organisation_manager", "scope": OTHER_REGION, "organisation": team }] });
    elsewhere.post("/v1/accounts", asked).await.is_broken("/grants/0/organisation", "unknown_organisation");
    elsewhere.get(&format!("/v1/accounts/{}", station.account)).await.is_problem(404, "not_found");
    station.post(&grants, json!({ "role": "dispatcher", "scope": COMMUNITY })).await.is_problem(403, "forbidden");
}

async fn accounts_are_managed_from_above(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let (account, first) = opens(&county, "zhao.min", "dispatcher", COMMUNITY).await;
    let path = format!("/v1/accounts/{}", account["id"].as_str().unwrap());
    let session = signs_in(&world, "zhao.min", &first).await.is(200);
    let zhao = world.anyone.with_token(session["access_token"].as_str().unwrap());
    let retried = county.with("idempotency-key", "reset");
    let reset = retried.post(&format!("{path}/password-reset"), json!({})).await.is(200);
    let second = reset["temporary_password"].as_str().unwrap();
    let again = retried.post(&format!("{path}/password-reset"), json!({})).await.is(200);
    assert_eq!(again["temporary_password"], json!(null), "shown once");
    zhao.get("/v1/me").await.is_problem(401, "unauthenticated");
    signs_in(&world, "zhao.min", &first).await.is_problem(401, "bad_credentials");
    let session = signs_in(&world, "zhao.min", second).await.is(200);
    let zhao = world.anyone.with_token(session["access_token"].as_str().unwrap());
    assert_eq!(county.post(&format!("{path}/lock"), json!({})).await.is(200)["state"], "locked");
    zhao.get("/v1/me").await.is_problem(401, "unauthenticated");
    signs_in(&world, "zhao.min", second).await.is_problem(401, "bad_credentials");
    assert_eq!(county.post(&format!("{path}/unlock"), json!({})).await.is(200)["state"], "active");
    let _ = signs_in(&world, "zhao.min", second).await.is(200);
    let operator = world.staff(Role::Operator, COUNTY).await;
    let above = format!("/v1/accounts/{}/lock", operator.account);
    county.post(&above, json!({})).await.is_problem(403, "forbidden");
    county.post(&format!("/v1/accounts/{}/lock", county.account), json!({})).await.is_problem(403, "second_person_needed");
}

async fn accounts_are_listed_in_scope(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let _ = (world.dispatcher().await, world.staff(Role::Administrator, OTHER_REGION).await);
    let all = county.get("/v1/accounts").await;
    assert!(!all.text.contains("王干事"), "masked: {}", all.text);
    assert_eq!(all.is(200)["items"].as_array().unwrap().len(), 2);
    let first = county.get("/v1/accounts?limit=1").await.is(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let next = county.get(&format!("/v1/accounts?limit=1&cursor={cursor}")).await.is(200);
    assert_ne!(first["items"][0]["id"], next["items"][0]["id"]);
    county.get("/v1/accounts?within=4514").await.is_problem(404, "not_found");
}

async fn the_last_administrator_stays(world: Arc<World>) {
    let operator = world.staff(Role::Operator, COUNTY).await;
    let (one, other) = (world.staff(Role::Administrator, COUNTY).await, world.staff(Role::Administrator, COUNTY).await);
    let left = join_all([one.delete("/v1/me"), other.delete("/v1/me")]).await;
    let mut statuses: Vec<_> = left.iter().map(|left| left.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409], "of two who leave at once one stays");
    let last = if left[0].status == 409 { one } else { other };
    let account = operator.get(&format!("/v1/accounts/{}", last.account)).await.is(200);
    let grant = account["grants"][0]["id"].as_str().unwrap();
    let revoked = operator.delete(&format!("/v1/accounts/{}/grants/{grant}", last.account)).await;
    revoked.is_problem(409, "last_administrator");
}
