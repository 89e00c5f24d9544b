//! Sites: the register, what is near and open, and what the 1+2+N scheme lacks.

mod coverage;
mod near;
mod register;

use serde_json::{Value, json};
use support::Client;
use support::world::COMMUNITY;

/// A station in the community, open on weekdays, at a position in WGS-84.
pub(crate) fn station(name: &str, (longitude, latitude): (f64, f64)) -> Value {
    let week: Vec<Value> = (1..=5).map(|weekday| json!({ "weekday": weekday, "opens": "08:30", "closes": "17:00" })).collect();
    json!({ "division": COMMUNITY, "kind": "station", "names": { "zh": name }, "address": "前进路 18 号",
        "position": { "longitude": longitude, "latitude": latitude }, "languages": ["zh"], "services": [],
        "hours": { "week": week, "exceptions": [{ "day": "2026-10-01" }] } })
}

/// Adds a site; its id.
pub(crate) async fn added(by: &Client, site: Value) -> String {
    by.post("/v1/sites", site).await.is(201)["id"].as_str().expect("an id").to_owned()
}
