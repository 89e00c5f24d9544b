//! Limits of the document are limits of the service: each is broken once, at its very edge.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::{Value, json};
use support::{World, on_both};

use super::document::{document, filled, operations};

on_both! { every_limit_of_a_body_is_kept, nobody_slips_in_what_is_not_theirs_to_say }

/// Bodies that break one limit each: the pointer, the rule and the value.
fn breaches(schema: &Value) -> Vec<(String, &'static str, Value)> {
    let mut all = vec![("/no_such_field".to_owned(), "unknown_field", json!(1))];
    let Some(properties) = schema["properties"].as_object() else { return Vec::new() };
    for (name, property) in properties {
        let pointer = format!("/{name}");
        let length = |key: &str| property[key].as_u64().and_then(|length| usize::try_from(length).ok());
        if let Some(most) = length("maxLength") {
            all.push((pointer.clone(), "too_long", json!("长".repeat(most + 1))));
        }
        if let Some(least) = length("minLength").filter(|least| *least > 1) {
            all.push((pointer.clone(), "too_short", json!("1".repeat(least - 1))));
        }
        if let Some(most) = property["maximum"].as_i64() {
            all.push((pointer.clone(), "too_big", json!(most + 1)));
        }
        if let Some(least) = property["minimum"].as_i64() {
            all.push((pointer.clone(), "too_small", json!(least - 1)));
        }
        if let Some(least) = length("minItems").filter(|least| *least > 0) {
            all.push((pointer.clone(), "too_few", json!(vec![json!({}); least - 1])));
        }
        if property["type"] == "string" {
            all.push((pointer, "wrong_type", json!(7)));
        }
    }
    all
}

/// Everybody who may ever do something, one after the other until one is not turned away at the door.
async fn everybody(world: &World) -> Vec<support::Person> {
    let mut all = vec![world.craftsman("李师傅", world.catalogue.plumbing).await];
    for role in [Role::Dispatcher, Role::SocialWorker, Role::GridMember, Role::Administrator, Role::Supervisor, Role::Operator] {
        all.push(world.staff(role, support::world::COUNTY).await);
    }
    let (_, captain) = world.team(&[]).await;
    all.push(captain);
    all
}

/// What the first who is not turned away at the door is answered.
async fn refused(everybody: &[support::Person], method: &str, path: &str, body: &Value) -> support::Answer {
    let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
    for client in everybody {
        let answer = client.send(client.request(method.clone(), &filled(path)).json(body)).await;
        if answer.status != 403 {
            return answer;
        }
    }
    panic!("nobody may ever {method} {path}")
}

async fn every_limit_of_a_body_is_kept(world: Arc<World>) {
    let (document, everybody) = (document(), everybody(&world).await);
    let mut broken = 0;
    for (method, path, operation) in operations(&document) {
        if operation["operationId"] == "receiveWechatMessage" {
            // What WeChat sends is for WeChat to say; it is believed by its signature alone.
            continue;
        }
        let json = &operation["requestBody"]["content"]["application/json"];
        let Some(name) = json["schema"]["$ref"].as_str().and_then(|name| name.rsplit('/').next()) else { continue };
        for (pointer, rule, value) in breaches(&document["components"]["schemas"][name]) {
            let mut body = json["example"].as_object().cloned().unwrap_or_default();
            body.insert(pointer[1..].to_owned(), value);
            let refused = refused(&everybody, &method, &path, &Value::Object(body)).await;
            assert_eq!(refused.status, 422, "{method} {path} {pointer} {rule}: {}", refused.text);
            refused.is_broken(&pointer, rule);
            broken += 1;
        }
    }
    assert!(broken > 150, "the document states limits: only {broken} were found");
}

/// What a caller would like to decide, and is for others to say.
const PRIVILEGED: [&str; 17] = [
    "id",
    "state",
    "version",
    "verified",
    "verified_by",
    "grants",
    "roles",
    "region",
    "handler",
    "placed_by",
    "entered_by",
    "claimed",
    "outcome",
    "suspended_at",
    "must_change_password",
    "created_at",
    "bound",
];

/// The names that a schema knows anywhere in it.
fn known(document: &Value, schema: &Value, names: &mut std::collections::BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        known(document, &document["components"]["schemas"][name], names);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if names.insert(name.clone()) {
            known(document, property, names);
        }
    }
    for part in ["allOf", "oneOf", "anyOf"].iter().filter_map(|part| schema[*part].as_array()).flatten().chain(schema.get("items")) {
        known(document, part, names);
    }
}

/// The body with a field more in each of its objects, one at a time; where it was put.
fn with_more(body: &Value, field: &str, at: &str) -> Vec<(String, Value)> {
    let inner: Vec<(String, Value)> = match body {
        Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value.clone())).collect(),
        _ => Vec::new(),
    };
    let mut all = Vec::new();
    if let Value::Object(object) = body {
        let mut more = object.clone();
        more.insert(field.to_owned(), json!("closed"));
        all.push((format!("{at}/{field}"), Value::Object(more)));
    }
    for (name, value) in inner {
        for (pointer, changed) in with_more(&value, field, &format!("{at}/{name}")) {
            let mut more = body.clone();
            match name.parse::<usize>().ok().filter(|_| body.is_array()) {
                Some(index) => more[index] = changed,
                None => more[&name] = changed,
            }
            all.push((pointer, more));
        }
    }
    all
}

async fn nobody_slips_in_what_is_not_theirs_to_say(world: Arc<World>) {
    let (document, everybody) = (document(), everybody(&world).await);
    let mut slipped = 0;
    for (method, path, operation) in operations(&document) {
        let content = &operation["requestBody"]["content"]["application/json"];
        // What WeChat sends is WeChat's to say.
        if content.is_null() || path.starts_with("/v1/wechat/") {
            continue;
        }
        let mut names = std::collections::BTreeSet::new();
        known(&document, &content["schema"], &mut names);
        let example = if content["example"].is_object() { content["example"].clone() } else { json!({}) };
        for field in PRIVILEGED.iter().filter(|field| !names.contains(**field)) {
            for (pointer, body) in with_more(&example, field, "") {
                let refused = refused(&everybody, &method, &path, &body).await;
                assert_eq!(refused.status, 422, "{method} {path} {pointer}: {}", refused.text);
                if pointer.matches('/').count() == 1 {
                    refused.is_broken(&pointer, "unknown_field");
                }
                // Inside of what may also be left out, the object is named instead of the field.
                let errors = refused.body["errors"].as_array().cloned().unwrap_or_default();
                let told = errors.iter().any(|error| error["pointer"].as_str().is_some_and(|at| pointer.starts_with(at)));
                assert!(told, "{method} {path} {pointer}: {}", refused.text);
                slipped += 1;
            }
        }
    }
    assert!(slipped > 800, "bodies take fields: only {slipped} were tried");
}
