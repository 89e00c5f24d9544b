//! The light cavalry: who may be on duty, that no place outlives a duty, and whom an emergency rings.

mod duty;
mod ring;
mod stops;

use serde_json::{Value, json};
use support::{Person, World};
use uuid::Uuid;

/// The middle of the community.
pub(super) const HERE: (f64, f64) = (130.553, 46.239);

pub(super) fn at((longitude, latitude): (f64, f64)) -> Value {
    json!({ "position": { "longitude": longitude, "latitude": latitude } })
}

/// A craftsman of age who has joined.
pub(super) async fn rider(world: &World, name: &str, ready: bool) -> Person {
    let rider = world.craftsman(name, world.catalogue.plumbing).await;
    let _ = rider.post("/v1/me/cavalry", json!({ "employment": "courier", "emergency_ready": ready })).await.is(200);
    rider
}

/// The same, on duty.
pub(super) async fn on_duty(world: &World, name: &str, place: (f64, f64)) -> Person {
    let rider = rider(world, name, true).await;
    let _ = rider.post("/v1/me/cavalry/duty", at(place)).await.is(200);
    rider
}

/// How many rows there are with the place of somebody.
pub(super) async fn places_of(world: &World, person: Uuid) -> usize {
    world.keep(move |tx| persistence::cavalry::on_duty(tx, person)).await.map_or(0, |_| 1)
}
