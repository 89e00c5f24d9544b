//! The second factor of staff: setting it up, signing in with it, losing it.

use std::sync::Arc;

use chrono::TimeDelta;
use data_encoding::BASE32_NOPAD;
use domain::identity::{Grant, Role, totp_code};
use futures_util::future::join_all;
use persistence::identity::{self, GrantRow, NewStaff};
use persistence::secret::hmac_sha1;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, code};
use support::{Answer, Client, World, on_both};
use uuid::Uuid;

on_both! { administrators_must_set_it_up_first, a_code_is_taken_once, codes_are_guessed_as_seldom_as_passwords,
guesses_are_counted_when_it_is_set_up, guesses_are_counted_when_it_is_taken_away, a_recovery_code_is_good_once,
it_is_taken_away_with_password_and_code, it_is_reset_from_above }

const PASSWORD: &str = "Hongqi-2026-shequ";

/// Staff with a password, as the first operator is made on the command line.
async fn staff(world: &World, name: &str, role: Role, scope: &str) -> Uuid {
    let (id, username) = (Uuid::now_v7(), name.to_owned());
    let password_hash = api::identity::hash_password(PASSWORD).unwrap();
    let grant = Grant { role, scope: code(scope), organisation: None };
    world
        .keep(move |tx| {
            let (username, password_hash) = (username.clone(), password_hash.clone());
            identity::add_staff(tx, &NewStaff { id, username, password_hash, must_change_password: false, person: None })?;
            let row = GrantRow { id: Uuid::now_v7(), account: id, grant: grant.clone(), granted_by: None, granted_at: tx.now() };
            identity::grant(tx, &row)
        })
        .await;
    id
}

async fn signs_in(nobody: &Client, name: &str, totp: Option<&str>) -> Answer {
    let mut body = json!({ "username": name, "password": PASSWORD });
    if let Some(totp) = totp {
        body["totp"] = json!(totp);
    }
    nobody.post("/v1/sessions/staff", body).await
}

fn session(world: &World, answer: Answer) -> Client {
    world.anyone.with_token(answer.is(200)["access_token"].as_str().unwrap())
}

/// What the app shows now.
fn shown(world: &World, secret: &str) -> String {
    let step = world.now().timestamp() / 30;
    totp_code(&hmac_sha1(&BASE32_NOPAD.decode(secret.as_bytes()).unwrap(), &step.to_be_bytes()))
}

/// Sets it up: the secret and the recovery codes.
async fn sets_up(world: &World, client: &Client) -> (String, Vec<String>) {
    let enrolled = client.post("/v1/me/totp", json!({ "password": PASSWORD })).await.is(200);
    let secret = enrolled["secret"].as_str().unwrap().to_owned();
    let url = enrolled["otpauth_url"].as_str().unwrap();
    assert!(url.starts_with("otpauth://totp/Linli:") && url.contains(&format!("secret={secret}&")), "{url}");
    let confirmed = client.post("/v1/me/totp/confirm", json!({ "code": shown(world, &secret) })).await.is(200);
    let codes: Vec<Value> = confirmed["recovery_codes"].as_array().unwrap().clone();
    world.clock.advance(TimeDelta::seconds(30));
    (secret, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

async fn administrators_must_set_it_up_first(world: Arc<World>) {
    staff(&world, "wang.li", Role::Administrator, COUNTY).await;
    let wang = session(&world, signs_in(&world.anyone, "wang.li", None).await);
    wang.get("/v1/accounts").await.is_problem(403, "second_factor_required");
    wang.post("/v1/clients", json!({})).await.is_problem(403, "second_factor_required");
    assert_eq!(wang.get("/v1/me").await.is(200)["account"]["second_factor"], false);
    wang.post("/v1/me/totp", json!({ "password": "wrong" })).await.is_broken("/password", "password_wrong");
    let enrolled = wang.post("/v1/me/totp", json!({ "password": PASSWORD })).await.is(200);
    wang.get("/v1/accounts").await.is_problem(403, "second_factor_required");
    let _ = session(&world, signs_in(&world.anyone, "wang.li", None).await);
    wang.post("/v1/me/totp/confirm", json!({ "code": "000000" })).await.is_broken("/code", "one_time_code");
    assert!(enrolled["secret"].is_string());
    let (secret, codes) = sets_up(&world, &wang).await;
    assert_eq!(codes.len(), 10);
    let _ = wang.get("/v1/accounts").await.is(200);
    wang.post("/v1/me/totp", json!({ "password": PASSWORD })).await.is_problem(409, "already_exists");
    signs_in(&world.anyone, "wang.li", None).await.is_problem(401, "totp_required");
    let again = session(&world, signs_in(&world.anyone, "wang.li", Some(&shown(&world, &secret))).await);
    assert_eq!(again.get("/v1/me").await.is(200)["account"]["second_factor"], true);
    let _ = again.get("/v1/accounts").await.is(200);
    staff(&world, "zhao.min", Role::Dispatcher, COMMUNITY).await;
    let zhao = session(&world, signs_in(&world.anyone, "zhao.min", None).await);
    let _ = zhao.get(&format!("/v1/orders?list=station&division={COMMUNITY}")).await.is(200);
}

async fn a_code_is_taken_once(world: Arc<World>) {
    staff(&world, "wang.li", Role::Dispatcher, COMMUNITY).await;
    let wang = session(&world, signs_in(&world.anyone, "wang.li", None).await);
    let (secret, _) = sets_up(&world, &wang).await;
    let code = shown(&world, &secret);
    let replica = world.replica(domain::identity::IdentityPolicy::default()).await;
    let at = |turn: i32| if turn % 2 == 0 { &world.anyone } else { &replica.anyone };
    let shown_at_once = join_all((0..4).map(|turn| signs_in(at(turn), "wang.li", Some(&code)))).await;
    let taken = shown_at_once.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(taken, 1, "{:?}", shown_at_once.iter().map(|answer| answer.status).collect::<Vec<_>>());
    signs_in(&world.anyone, "wang.li", Some(&code)).await.is_problem(401, "bad_credentials");
    world.clock.advance(TimeDelta::seconds(30));
    let _ = signs_in(&world.anyone, "wang.li", Some(&shown(&world, &secret))).await.is(200);
    replica.stop().await;
}

async fn codes_are_guessed_as_seldom_as_passwords(world: Arc<World>) {
    staff(&world, "wang.li", Role::Dispatcher, COMMUNITY).await;
    let wang = session(&world, signs_in(&world.anyone, "wang.li", None).await);
    let (secret, _) = sets_up(&world, &wang).await;
    for _ in 0..5 {
        signs_in(&world.anyone, "wang.li", Some("000000")).await.is_problem(401, "bad_credentials");
        let between = signs_in(&world.anyone, "wang.li", None).await;
        assert!(matches!(between.status, 401 | 429), "the password alone does not set the count back: {}", between.text);
    }
    signs_in(&world.anyone, "wang.li", Some(&shown(&world, &secret))).await.is_problem(429, "account_locked");
}

async fn guesses_are_counted_when_it_is_set_up(world: Arc<World>) {
    staff(&world, "wang.li", Role::Dispatcher, COMMUNITY).await;
    let wang = session(&world, signs_in(&world.anyone, "wang.li", None).await);
    let confirm = |code: String| wang.post("/v1/me/totp/confirm", json!({ "code": code }));
    for _ in 0..6 {
        confirm("000000".to_owned()).await.is_problem(404, "not_found");
    }
    let enrolled = wang.post("/v1/me/totp", json!({ "password": PASSWORD })).await.is(200);
    let secret = enrolled["secret"].as_str().unwrap();
    for _ in 0..5 {
        confirm("000000".to_owned()).await.is_broken("/code", "one_time_code");
    }
    let locked = confirm(shown(&world, secret)).await;
    locked.is_problem(429, "account_locked");
    assert_eq!(locked.header("retry-after"), "300");
    world.clock.advance(TimeDelta::seconds(300));
    let _ = confirm(shown(&world, secret)).await.is(200);
}

async fn guesses_are_counted_when_it_is_taken_away(world: Arc<World>) {
    staff(&world, "wang.li", Role::Dispatcher, COMMUNITY).await;
    let wang = session(&world, signs_in(&world.anyone, "wang.li", None).await);
    let (secret, _) = sets_up(&world, &wang).await;
    let disable = |code: String| wang.post("/v1/me/totp/disable", json!({ "password": PASSWORD, "code": code }));
    for _ in 0..5 {
        disable("000000".to_owned()).await.is_broken("/code", "one_time_code");
        let between = wang.post("/v1/me/totp", json!({ "password": PASSWORD })).await;
        assert!(matches!(between.status, 409 | 429), "the password alone does not set the count back: {}", between.text);
    }
    disable(shown(&world, &secret)).await.is_problem(429, "account_locked");
}

async fn a_recovery_code_is_good_once(world: Arc<World>) {
    staff(&world, "wang.li", Role::Administrator, COUNTY).await;
    let wang = session(&world, signs_in(&world.anyone, "wang.li", None).await);
    let (_, codes) = sets_up(&world, &wang).await;
    let at_once = join_all((0..4).map(|_| signs_in(&world.anyone, "wang.li", Some(&codes[0])))).await;
    assert_eq!(at_once.iter().filter(|answer| answer.status == 200).count(), 1);
    signs_in(&world.anyone, "wang.li", Some(&codes[0])).await.is_problem(401, "bad_credentials");
    let other = session(&world, signs_in(&world.anyone, "wang.li", Some(&codes[1])).await);
    let _ = other.get("/v1/accounts").await.is(200);
}

async fn it_is_taken_away_with_password_and_code(world: Arc<World>) {
    staff(&world, "wang.li", Role::Administrator, COUNTY).await;
    let wang = session(&world, signs_in(&world.anyone, "wang.li", None).await);
    let (secret, _) = sets_up(&world, &wang).await;
    let disable = |password: &str, code: String| wang.post("/v1/me/totp/disable", json!({ "password": password, "code": code }));
    disable("wrong", shown(&world, &secret)).await.is_broken("/code", "one_time_code");
    disable(PASSWORD, "000000".to_owned()).await.is_broken("/code", "one_time_code");
    let account = disable(PASSWORD, shown(&world, &secret)).await.is(200);
    assert_eq!(account["second_factor"], false);
    wang.get("/v1/accounts").await.is_problem(403, "second_factor_required");
    disable(PASSWORD, "000000".to_owned()).await.is_problem(404, "not_found");
}

async fn it_is_reset_from_above(world: Arc<World>) {
    let zhao = staff(&world, "zhao.min", Role::Dispatcher, COMMUNITY).await;
    let client = session(&world, signs_in(&world.anyone, "zhao.min", None).await);
    sets_up(&world, &client).await;
    let path = format!("/v1/accounts/{zhao}/totp-reset");
    world.dispatcher().await.post(&path, json!({})).await.is_problem(403, "forbidden");
    let county = world.staff(Role::Administrator, COUNTY).await;
    assert_eq!(county.post(&path, json!({})).await.is(200)["second_factor"], false);
    client.get("/v1/me").await.is_problem(401, "unauthenticated");
    let _ = signs_in(&world.anyone, "zhao.min", None).await.is(200);
    let resident = world.resident("王秀英").await;
    let grants = format!("/v1/accounts/{}/grants", resident.account);
    let operator = world.staff(Role::Operator, COUNTY).await;
    operator.post(&grants, json!({ "role": "administrator", "scope": COUNTY })).await.is_broken("/role", "staff_account");
}
