//! Demand lists: entered, joined, looked at again, served, and read as they stood.

mod entering;
mod lists;
mod orders;
mod people;
mod reach;

use serde_json::{Value, json};
use support::Client;
use support::world::COMMUNITY;
use uuid::Uuid;

/// What an old person who lives alone needs, as a grid member enters it.
pub(crate) fn meals(person: Uuid) -> Value {
    json!({ "subject": { "kind": "person", "id": person }, "division": COMMUNITY, "care": "meals", "tags": ["living_alone"],
        "source": "grid_visit", "description": "独居，午饭常不做", "basis": "statutory_duty" })
}

/// The path of something done with an item.
pub(crate) fn path(item: &Value, step: &str) -> String {
    let at = format!("/v1/demands/{}", item["id"].as_str().expect("an id"));
    if step.is_empty() { at } else { format!("{at}/{step}") }
}

/// Somebody born on a day, written down by staff.
pub(crate) async fn born(worker: &Client, name: &str, day: &str) -> Uuid {
    let asked = json!({ "name": name, "division": COMMUNITY, "birth_date": day, "basis": "statutory_duty" });
    let made = worker.post("/v1/persons", asked).await.is(201);
    made["id"].as_str().expect("an id").parse().expect("an id")
}
