//! Limits of the document are limits of the service: each is broken once, at its very edge.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::{Value, json};
use support::{World, on_both};

use super::document::{document, filled, operations};

on_both! { every_limit_of_a_body_is_kept }

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
            let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
            let mut refused = None;
            for client in &everybody {
                let request = client.request(method.clone(), &filled(&path)).json(&body);
                let answer = client.send(request).await;
                if answer.status != 403 {
                    refused = Some(answer);
                    break;
                }
            }
            let refused = refused.unwrap_or_else(|| panic!("nobody may ever {method} {path}"));
            assert_eq!(refused.status, 422, "{method} {path} {pointer} {rule}: {}", refused.text);
            refused.is_broken(&pointer, rule);
            broken += 1;
        }
    }
    assert!(broken > 150, "the document states limits: only {broken} were found");
}
