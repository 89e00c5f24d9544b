//! Every example of the document is sent, in a situation where it makes sense, and answered as documented.

use api::limits::Limits;
use serde_json::{Value, json};
use support::Kind;
use support::world::Ground;

use super::document::{document, operations};
use super::situation::Cast;

#[test]
fn sqlite_every_example_is_answered_as_documented() {
    every_example(Kind::Sqlite);
}

#[test]
fn postgres_every_example_is_answered_as_documented() {
    every_example(Kind::Postgres);
}

fn every_example(kind: Kind) {
    let (document, wrong) = (document(), std::cell::RefCell::new(Vec::new()));
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().expect("an id").to_owned();
        if id == "uploadPhoto" || id == "fetchPhoto" {
            // Binary: shown by the tests of photos.
            continue;
        }
        let (document, wrong) = (&document, &wrong);
        // Limited as by default, so that the headers which tell of it are there.
        let ground = || Ground { limits: Limits::default(), ..Ground::new(kind) };
        support::world::run_on(ground, |world| async move {
            let cast = Cast::new(&world).await;
            let (client, path) = cast.situation(&id, &path).await;
            let mut body = operation["requestBody"]["content"]["application/json"]["example"].clone();
            if id == "refreshSession" {
                body = json!({ "refresh_token": cast.refresh_token().await });
            }
            let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
            let mut request = client.request(method.clone(), &path);
            if method == reqwest::Method::PUT {
                request = request.header("If-Match", client.get(&path).await.header("etag"));
            }
            if id == "confirmTotp" || id == "disableTotp" {
                // The code of the example was good once: the one of now takes its place.
                body["code"] = json!(cast.code());
            }
            if id == "requestToken" {
                request = request.form(&[("grant_type", "client_credentials"), ("scope", "statistics.read")]);
            } else if id == "beginImport" {
                request = request.multipart(super::import::needs());
            } else if method != reqwest::Method::GET && method != reqwest::Method::DELETE {
                request = request.json(&if body.is_null() { json!({}) } else { body });
            }
            let answer = client.send(request).await;
            let documented = &operation["responses"][answer.status.to_string()];
            let mut wrong = wrong.borrow_mut();
            if !(200..300).contains(&answer.status) || !documented.is_object() {
                wrong.push(format!("{id} {method} {path}: {} {}", answer.status, answer.text));
            }
            for name in ["ETag", "Location", "Link", "RateLimit", "RateLimit-Policy", "X-Request-Id"] {
                let (sent, told) = (answer.headers.contains_key(name), documented["headers"][name].is_object());
                // A page that is the last one has no link.
                if sent != told && !(name == "Link" && told) {
                    wrong.push(format!("{id}: {name} is sent: {sent}, documented: {told} (api/src/openapi/header.rs)"));
                }
            }
            let schema = &documented["content"]["application/json"]["schema"];
            if !schema.is_null() {
                wrong.extend(misses(document, schema, &answer.body).map(|miss| format!("{id} answers otherwise than documented: {miss}")));
            }
        });
    }
    assert!(wrong.borrow().is_empty(), "{:#?}", wrong.borrow());
}

/// Where a body does not meet its documented schema.
fn misses(document: &Value, schema: &Value, body: &Value) -> std::vec::IntoIter<String> {
    let mut schema = schema.clone();
    schema["components"] = document["components"].clone();
    let validator = jsonschema::options().build(&schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(body).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    errors.into_iter()
}
