//! The document itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use domain::order::Step;
use domain::vocabulary::Vocabulary as _;
use serde_json::{Value, json};
use support::{World, on_both};

on_both! { every_secured_operation_asks_for_a_token, every_path_answers_other_methods_with_allow }

/// The document as a value.
pub(super) fn document() -> Value {
    serde_json::from_str(&api::openapi::text()).expect("the document is JSON")
}

/// Every operation: method, path, operation.
pub(super) fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().expect("a path item");
        item.iter().map(|(method, operation)| (method.to_uppercase(), path.clone(), operation.clone()))
    });
    all.collect()
}

/// A path with something in the place of every name.
pub(super) fn filled(path: &str) -> String {
    path.replace("{code}", support::world::COMMUNITY)
        .replace("{name}", "order-states")
        .replace("{id}", "01990000-0000-7000-8000-000000000009")
        .replace("{grant}", "01990000-0000-7000-8000-000000000009")
        .replace("{session}", "01990000-0000-7000-8000-000000000009")
        .replace("{person}", "01990000-0000-7000-8000-000000000009")
        .replace("{entry}", "01990000-0000-7000-8000-000000000009")
        .replace("{member}", "01990000-0000-7000-8000-000000000009")
}

#[test]
fn the_committed_file_is_what_is_served() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/openapi.json");
    let served = api::openapi::text();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&file, &served).expect("the file can be written");
    }
    let committed = std::fs::read_to_string(&file).expect("openapi/openapi.json is there");
    assert!(committed == served, "openapi/openapi.json is not what is served: run the tests with UPDATE_OPENAPI=1 and look at the change");
}

#[test]
fn what_is_routed_is_what_is_documented() {
    let routed: BTreeSet<(String, String)> =
        api::app::endpoints().iter().map(|endpoint| (endpoint.method_name().to_owned(), endpoint.path.clone())).collect();
    let documented: BTreeSet<(String, String)> = operations(&document()).into_iter().map(|(method, path, _)| (method, path)).collect();
    assert_eq!(routed, documented);
    assert!(routed.iter().all(|(method, _)| method != "PATCH" && method != "OTHER"), "the mini-programs cannot send PATCH");
}

#[test]
fn every_operation_says_what_it_must() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let at = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        assert!(!id.is_empty() && ids.insert(id.clone()), "{at}: operation id {id:?} is missing or used twice");
        assert!(operation["summary"].as_str().is_some_and(|text| text.is_ascii()), "{at} lacks an English summary");
        let chinese = operation["description"].as_str().is_some_and(|text| !text.is_ascii());
        assert!(chinese, "{at} lacks a Chinese description");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{at} has one tag");
        let statuses = operation["responses"].as_object().expect("responses");
        assert!(statuses.keys().any(|status| status.starts_with('2')), "{at} has a success");
        assert!(statuses.contains_key("500") && statuses.contains_key("422"), "{at} lacks errors");
        let json = &operation["requestBody"]["content"]["application/json"];
        let named = json["schema"]["$ref"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
        let empty = document["components"]["schemas"][&named]["properties"].as_object().is_none_or(serde_json::Map::is_empty);
        assert!(json.is_null() || empty || json["example"].is_object(), "{at} ({id}) lacks an example of its body");
    }
}

/// A reference that leads nowhere stops whoever generates a client from the document.
#[test]
fn every_step_says_which_reasons_it_takes() {
    let all = operations(&document());
    for step in Step::ALL.iter().filter(|step| !step.reasons().is_empty()) {
        let id = json!(format!("{step}Order"));
        let (_, _, operation) = all.iter().find(|(_, _, operation)| operation["operationId"] == id).unwrap_or_else(|| panic!("no {id}"));
        let about = operation["description"].as_str().unwrap();
        let (_, listed) = about.split_once("可取：").unwrap_or_else(|| panic!("{id}: {about}"));
        let listed: Vec<&str> = listed.split('`').skip(1).step_by(2).collect();
        let reasons: Vec<&str> = step.reasons().iter().map(|reason| reason.as_str()).collect();
        assert_eq!(listed, reasons, "{id}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let (document, mut found) = (document(), BTreeSet::new());
    references(&document, &mut found);
    for reference in found {
        let there = document.pointer(reference.trim_start_matches('#')).is_some();
        assert!(there, "{reference} is not in the document: `#[param(inline)]` puts a parameter's type where it is used");
    }
}

/// Two types of one name would overwrite each other silently: every endpoint must mean the same by a name.
#[test]
fn schemas_of_one_name_are_one() {
    let mut seen: BTreeMap<String, (String, String)> = BTreeMap::new();
    for endpoint in api::app::endpoints() {
        let mut schemas = Vec::new();
        (endpoint.schemas)(&mut schemas);
        for (name, schema) in schemas {
            let text = serde_json::to_string(&schema).expect("a schema");
            let (first, at) = seen.entry(name.clone()).or_insert_with(|| (text.clone(), endpoint.path.clone()));
            assert_eq!(*first, text, "{name} means one thing at {at} and another at {}", endpoint.path);
        }
    }
}

async fn every_secured_operation_asks_for_a_token(world: Arc<World>) {
    let forged = world.anyone.with_token("eyJhbGciOiJub25lIn0.e30.");
    for (method, path, operation) in operations(&document()) {
        if !operation["security"].is_null() {
            continue;
        }
        for client in [&world.anyone, &forged] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
            let answer = client.send(client.request(method.clone(), &filled(&path))).await;
            assert_eq!(answer.body["code"], "unauthenticated", "{method} {path}: {}", answer.text);
            assert_eq!(answer.status, 401);
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
        }
    }
}

async fn every_path_answers_other_methods_with_allow(world: Arc<World>) {
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    for (path, item) in paths {
        let answer = world.anyone.send(world.anyone.request(reqwest::Method::PATCH, &filled(path))).await;
        answer.is_problem(405, "method_not_allowed");
        for method in item.as_object().expect("an item").keys() {
            assert!(answer.header("allow").contains(&method.to_uppercase()), "{path}: {}", answer.header("allow"));
        }
    }
}
