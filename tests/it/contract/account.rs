//! Accounts and machine clients, made for the examples.

use api::openapi::example;
use serde_json::{Value, json};

use super::situation::Cast;

impl Cast<'_> {
    /// A client with its secret, as an operation needs it.
    pub(super) async fn new_client(&self, operation: &str) -> (String, String) {
        let mut body = example::body("createClient").expect("an example");
        if operation == "replaceClientKeys" {
            body["authentication"] = json!("private_key_jwt");
            body["keys"] = example::body(operation).expect("an example")["keys"].clone();
        }
        let made = self.administrator.post("/v1/clients", body).await.is(201);
        let id = made["client"]["id"].as_str().expect("an id").to_owned();
        (id, made["secret"].as_str().unwrap_or_default().to_owned())
    }

    pub(super) async fn new_account(&self) -> Value {
        let body = example::body("createStaffAccount").expect("an example");
        let made = self.administrator.post("/v1/accounts", body).await.is(201);
        let id = made["account"]["id"].as_str().or_else(|| made["id"].as_str()).expect("an id").to_owned();
        self.administrator.get(&format!("/v1/accounts/{id}")).await.is(200)
    }
}
