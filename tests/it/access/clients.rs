//! Machine clients: proving who they are, what their tokens open, and how they end.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::{IdentityPolicy, Role};
use serde_json::{Value, json};
use support::people::phone_of;
use support::world::{COMMUNITY, COUNTY, ISSUER, OTHER_COMMUNITY, OTHER_REGION, TOWNSHIP};
use support::{Answer, Client, Person, World, on_both};
use uuid::Uuid;

use super::assertions::{Signer, shows};

on_both! { a_secret_gets_a_token_that_counts, a_token_opens_its_scopes_in_its_division_only, orders_are_read_without_people,
refusals_are_those_of_oauth, a_client_ends_at_once, secrets_and_keys_are_renewed, clients_are_managed_in_scope, a_replica_knows_within_five_seconds, the_server_says_what_it_offers }

async fn registers(administrator: &Person, division: &str, scopes: &[&str]) -> (String, String) {
    let made = administrator.post("/v1/clients", asked(administrator, division, scopes)).await.is(201);
    (made["client"]["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
}

pub(super) fn asked(_: &Person, division: &str, scopes: &[&str]) -> Value {
    json!({
        "name": "第三方评估系统", "division": division, "scopes": scopes,
        "expires_at": "2027-03-01T00:00:00+08:00", "authentication": "client_secret_basic"
    })
}

pub(super) async fn token(nobody: &Client, id: &str, secret: &str, scope: Option<&str>) -> Answer {
    let mut form = vec![("grant_type", "client_credentials")];
    form.extend(scope.map(|scope| ("scope", scope)));
    nobody.send(nobody.request(reqwest::Method::POST, "/oauth/token").basic_auth(id, Some(secret)).form(&form)).await
}

pub(super) fn with_token(nobody: &Client, answer: Answer) -> Client {
    nobody.with_token(answer.is(200)["access_token"].as_str().unwrap())
}

pub(super) fn measures(division: &str) -> String {
    format!("/v1/measures/orders?division={division}&from=2026-09-01&to=2026-09-30")
}

#[track_caller]
pub(super) fn is_refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, answer.body["error"].as_str()), (status, Some(error)), "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
}

async fn a_secret_gets_a_token_that_counts(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let (id, secret) = registers(&county, TOWNSHIP, &["statistics.read"]).await;
    let answer = token(&world.anyone, &id, &secret, None).await;
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    let body = answer.is(200);
    assert_eq!(
        (body["token_type"].as_str(), body["expires_in"].as_i64(), body["scope"].as_str()),
        (Some("Bearer"), Some(900), Some("statistics.read"))
    );
    let client = world.anyone.with_token(body["access_token"].as_str().unwrap());
    let _ = client.get(&measures(COMMUNITY)).await.is(200);
    world.clock.advance(TimeDelta::minutes(15));
    client.get(&measures(COMMUNITY)).await.is_problem(401, "unauthenticated");
}

async fn a_token_opens_its_scopes_in_its_division_only(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let (id, secret) = registers(&county, TOWNSHIP, &["statistics.read", "orders.read"]).await;
    let counts = with_token(&world.anyone, token(&world.anyone, &id, &secret, Some("statistics.read")).await);
    counts.get(&measures(COUNTY)).await.is_problem(404, "not_found");
    counts.get(&measures(OTHER_REGION)).await.is_problem(404, "not_found");
    let narrow = counts.get(&format!("/v1/orders?list=station&division={COMMUNITY}")).await;
    narrow.is_problem(403, "insufficient_scope");
    assert!(narrow.header("www-authenticate").contains("insufficient_scope"));
    for path in ["/v1/me", "/v1/accounts", "/v1/clients", "/v1/me/sessions"] {
        counts.get(path).await.is_problem(403, "insufficient_scope");
    }
    counts.post("/v1/orders", json!({})).await.is_problem(403, "insufficient_scope");
    assert_eq!(counts.delete("/v1/sessions/current").await.status, 403);
    is_refused(&token(&world.anyone, &id, &secret, Some("export.read")).await, 400, "invalid_scope");
    is_refused(&token(&world.anyone, &id, &secret, Some("orders.read statistics.read everything")).await, 400, "invalid_scope");
}

async fn orders_are_read_without_people(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let order = wang.places(world.catalogue.free).await;
    station.takes(&order, "triage", json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 })).await;
    station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    li.takes(&order, "accept", json!({ "start": "2026-09-08T09:30:00+08:00" })).await;
    let path = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    let mut seen = Vec::new();
    for _ in 0..2 {
        let (id, secret) = registers(&county, COMMUNITY, &["orders.read"]).await;
        let client = with_token(&world.anyone, token(&world.anyone, &id, &secret, None).await);
        let list = client.get(&format!("/v1/orders?list=station&division={COMMUNITY}")).await.is(200);
        assert_eq!((&list["items"][0]["id"], &list["items"][0]["allowed"]), (&order["id"], &json!([])));
        assert_eq!(client.get("/v1/orders").await.is(200), list, "of its own division where it names none");
        assert_eq!(client.get("/v1/orders?list=station&state=accepted").await.is(200), list);
        client.get("/v1/orders?list=mine").await.is_broken("list", "not_in_list");
        let one = client.get(&path).await;
        let numbers = [wang.person, li.person, wang.account].map(|id| id.to_string());
        let phones = [phone_of(wang.person), phone_of(li.person), "138*".to_owned()];
        for hidden in ["王", "李", "漏水", "红旗小区"].into_iter().chain(numbers.iter().chain(&phones).map(String::as_str)) {
            assert!(!one.text.contains(hidden), "{hidden} in {}", one.text);
        }
        let one = one.is(200);
        assert_eq!(
            (&one["texts"], &one["position"], &one["taker"]["name"], &one["offers"]),
            (&json!([]), &json!(null), &json!("*"), &json!([]))
        );
        assert_eq!(client.get(&path).await.is(200)["subject"], one["subject"], "the same pseudonym each time");
        seen.push(one["subject"]["id"].clone());
        let events = client.get(&format!("{path}/events")).await;
        assert!(!events.text.contains(&wang.account.to_string()), "{}", events.text);
        client.get(&format!("{path}/photos")).await.is_problem(403, "insufficient_scope");
        client.post(&format!("{path}/cancel"), json!({ "reason": "other" })).await.is_problem(403, "insufficient_scope");
    }
    assert_ne!(seen[0], seen[1], "two clients cannot join what they know of a person");
    let (id, secret) = registers(&county, OTHER_COMMUNITY, &["orders.read"]).await;
    let outside = with_token(&world.anyone, token(&world.anyone, &id, &secret, None).await);
    outside.get(&path).await.is_problem(404, "not_found");
    outside.get(&format!("{path}/events")).await.is_problem(404, "not_found");
    outside.get(&format!("/v1/orders?list=station&division={COMMUNITY}")).await.is_problem(404, "not_found");
    assert_eq!(outside.get("/v1/orders").await.is(200)["items"], json!([]));
    station.get("/v1/orders?list=station").await.is_broken("division", "required");
}

async fn refusals_are_those_of_oauth(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let (id, secret) = registers(&county, COUNTY, &["statistics.read"]).await;
    let nobody = &world.anyone;
    let unproven = token(nobody, &id, "wrong", None).await;
    is_refused(&unproven, 401, "invalid_client");
    assert!(unproven.header("www-authenticate").starts_with("Basic"));
    is_refused(&token(nobody, &Uuid::now_v7().to_string(), &secret, None).await, 401, "invalid_client");
    is_refused(&token(nobody, "nobody", &secret, None).await, 401, "invalid_client");
    is_refused(&nobody.form("/oauth/token", &[("grant_type", "client_credentials")]).await, 401, "invalid_client");
    is_refused(&nobody.form("/oauth/token", &[("grant_type", "password")]).await, 400, "unsupported_grant_type");
    is_refused(&nobody.form("/oauth/token", &[("scope", "statistics.read")]).await, 400, "invalid_request");
    let twice = [("grant_type", "client_credentials"), ("grant_type", "client_credentials")];
    is_refused(&nobody.form("/oauth/token", &twice).await, 400, "invalid_request");
    let in_body = [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", secret.as_str())];
    is_refused(&nobody.form("/oauth/token", &in_body).await, 400, "invalid_request");
    let other = [("grant_type", "client_credentials"), ("client_id", "01990000-0000-7000-8000-000000000009")];
    let request = nobody.request(reqwest::Method::POST, "/oauth/token").basic_auth(&id, Some(&secret)).form(&other);
    is_refused(&nobody.send(request).await, 401, "invalid_client");
    is_refused(&nobody.post("/oauth/token", json!({ "grant_type": "client_credentials" })).await, 400, "invalid_request");
    let unknown = [("grant_type", "client_credentials"), ("resource", "something")];
    let request = nobody.request(reqwest::Method::POST, "/oauth/token").basic_auth(&id, Some(&secret)).form(&unknown);
    assert_eq!(nobody.send(request).await.status, 200, "unknown parameters are let be");
    nobody.get("/oauth/token").await.is_problem(405, "method_not_allowed");
}

async fn a_client_ends_at_once(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let (id, secret) = registers(&county, COUNTY, &["statistics.read"]).await;
    let client = with_token(&world.anyone, token(&world.anyone, &id, &secret, None).await);
    let _ = client.get(&measures(COUNTY)).await.is(200);
    let disabled = county.post(&format!("/v1/clients/{id}/disable"), json!({})).await.is(200);
    assert!(disabled["disabled_at"].is_string());
    client.get(&measures(COUNTY)).await.is_problem(401, "unauthenticated");
    is_refused(&token(&world.anyone, &id, &secret, None).await, 401, "invalid_client");
    let _ = county.post(&format!("/v1/clients/{id}/enable"), json!({})).await.is(200);
    client.get(&measures(COUNTY)).await.is_problem(401, "unauthenticated");
    let anew = with_token(&world.anyone, token(&world.anyone, &id, &secret, None).await);
    let _ = anew.get(&measures(COUNTY)).await.is(200);
    let end = chrono::DateTime::parse_from_rfc3339("2027-03-01T00:00:00+08:00").unwrap().to_utc();
    world.clock.advance(end - TimeDelta::minutes(5) - world.now());
    let last = token(&world.anyone, &id, &secret, None).await;
    assert_eq!(last.body["expires_in"], 300, "no token outlives its client");
    let last = with_token(&world.anyone, last);
    let _ = last.get(&measures(COUNTY)).await.is(200);
    world.clock.advance(TimeDelta::minutes(5));
    last.get(&measures(COUNTY)).await.is_problem(401, "unauthenticated");
    is_refused(&token(&world.anyone, &id, &secret, None).await, 401, "invalid_client");
}

async fn secrets_and_keys_are_renewed(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let (id, first) = registers(&county, COUNTY, &["statistics.read"]).await;
    let path = format!("/v1/clients/{id}/secret-rotation");
    let second = county.post(&path, json!({ "overlap_hours": 1 })).await.is(200)["secret"].as_str().unwrap().to_owned();
    assert_eq!((token(&world.anyone, &id, &first, None).await.status, token(&world.anyone, &id, &second, None).await.status), (200, 200));
    world.clock.advance(TimeDelta::hours(1));
    is_refused(&token(&world.anyone, &id, &first, None).await, 401, "invalid_client");
    let client = with_token(&world.anyone, token(&world.anyone, &id, &second, None).await);
    let _ = client.get(&measures(COUNTY)).await.is(200);
    let retried = county.with("idempotency-key", "rotate");
    let third = retried.post(&path, json!({ "overlap_hours": 0 })).await.is(200)["secret"].as_str().unwrap().to_owned();
    assert_eq!(retried.post(&path, json!({ "overlap_hours": 0 })).await.is(200)["secret"], json!(null), "shown once");
    client.get(&measures(COUNTY)).await.is_problem(401, "unauthenticated");
    is_refused(&token(&world.anyone, &id, &second, None).await, 401, "invalid_client");
    assert_eq!(token(&world.anyone, &id, &third, None).await.status, 200);
    let read = county.get(&format!("/v1/clients/{id}")).await;
    assert!(!read.text.contains(&third), "{}", read.text);
    county.post(&path, json!({ "overlap_hours": 169 })).await.is_broken("/overlap_hours", "too_big");
    let signer = Signer::new("old").registered(&county).await;
    let client = with_token(&world.anyone, shows(&world.anyone, &signer.sign(&signer.claims(&world))).await);
    let keys = format!("/v1/clients/{}/keys", signer.id);
    let next = signer.beside("new");
    let _ = county.post(&keys, json!({ "keys": [signer.jwk, next.jwk] })).await.is(200);
    let _ = client.get(&measures(COUNTY)).await.is(200);
    assert_eq!(shows(&world.anyone, &next.sign(&next.claims(&world))).await.status, 200);
    let _ = county.post(&keys, json!({ "keys": [next.jwk] })).await.is(200);
    client.get(&measures(COUNTY)).await.is_problem(401, "unauthenticated");
    is_refused(&shows(&world.anyone, &signer.sign(&signer.claims(&world))).await, 401, "invalid_client");
    county.post(&keys, json!({ "keys": [next.jwk, next.jwk] })).await.is_broken("/keys/1/kid", "duplicates");
    let mut private = next.jwk.clone();
    private["d"] = json!("AAAA");
    assert_eq!(county.post(&keys, json!({ "keys": [private] })).await.status, 422, "a private key is never taken");
    county.post(&format!("/v1/clients/{}/secret-rotation", signer.id), json!({})).await.is_problem(409, "no_client_secret");
    county.post(&format!("/v1/clients/{id}/keys"), json!({ "keys": [next.jwk] })).await.is_problem(409, "no_client_keys");
}

async fn clients_are_managed_in_scope(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let elsewhere = world.staff(Role::Administrator, OTHER_REGION).await;
    let (id, _) = registers(&county, TOWNSHIP, &["statistics.read"]).await;
    elsewhere.post("/v1/clients", asked(&elsewhere, COUNTY, &["statistics.read"])).await.is_broken("/division", "unknown_division");
    elsewhere.get(&format!("/v1/clients/{id}")).await.is_problem(404, "not_found");
    elsewhere.post(&format!("/v1/clients/{id}/disable"), json!({})).await.is_problem(404, "not_found");
    assert_eq!(elsewhere.get("/v1/clients").await.is(200)["items"], json!([]));
    assert_eq!(county.get("/v1/clients").await.is(200)["items"][0]["id"], id.as_str());
    world.dispatcher().await.post("/v1/clients", json!({})).await.is_problem(403, "forbidden");
    let with = |field: &str, value: Value| {
        let mut body = asked(&county, COUNTY, &["statistics.read"]);
        body[field] = value;
        county.post("/v1/clients", body)
    };
    with("expires_at", json!("2026-09-07T09:00:00+08:00")).await.is_broken("/expires_at", "in_past");
    with("expires_at", json!("2028-01-01T00:00:00+08:00")).await.is_broken("/expires_at", "out_of_range");
    with("scopes", json!(["statistics.read", "statistics.read"])).await.is_broken("/scopes", "duplicates");
    with("authentication", json!("private_key_jwt")).await.is_broken("/keys", "required");
    with("keys", json!([Signer::new("1").jwk])).await.is_broken("/keys", "unknown_field");
}

async fn a_replica_knows_within_five_seconds(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let (id, secret) = registers(&county, COUNTY, &["statistics.read"]).await;
    let replica = world.replica(IdentityPolicy::default()).await;
    let client = with_token(&replica.anyone, token(&world.anyone, &id, &secret, None).await);
    let _ = client.get(&measures(COUNTY)).await.is(200);
    let _ = county.post(&format!("/v1/clients/{id}/disable"), json!({})).await.is(200);
    let since = std::time::Instant::now();
    while client.get(&measures(COUNTY)).await.status == 200 {
        assert!(since.elapsed() < std::time::Duration::from_secs(6), "still open after five seconds");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    replica.stop().await;
}

async fn the_server_says_what_it_offers(world: Arc<World>) {
    let metadata = world.anyone.get("/.well-known/oauth-authorization-server").await.is(200);
    assert_eq!(metadata["issuer"], ISSUER);
    assert_eq!(metadata["token_endpoint"], format!("{ISSUER}/oauth/token"));
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(["client_secret_basic", "private_key_jwt"]));
    assert_eq!(metadata["token_endpoint_auth_signing_alg_values_supported"], json!(["EdDSA", "ES256", "RS256"]));
    assert!(metadata["scopes_supported"].as_array().unwrap().contains(&json!("orders.read")));
}
