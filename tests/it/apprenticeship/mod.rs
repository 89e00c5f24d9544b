//! Apprenticeships: proposed, agreed to, taken from stage to stage; what apprentices make, and who sees it.

mod life;
mod works;

use serde_json::{Value, json};
use support::world::COMMUNITY;
use support::{Person, World};
use uuid::Uuid;

/// The question of a master to somebody, or of somebody to a master.
fn asks(world: &World, side: &str, other: Uuid, name: &str) -> Value {
    json!({ "side": side, "other": other, "other_name": name, "craft": world.catalogue.plumbing, "division": COMMUNITY })
}

async fn proposed(world: &World, master: &Person, apprentice: &Person, name: &str) -> Value {
    master.post("/v1/apprenticeships", asks(world, "master", apprentice.person, name)).await.is(201)
}

fn at(id: impl std::fmt::Display, step: &str) -> String {
    format!("/v1/apprenticeships/{id}/{step}")
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}
