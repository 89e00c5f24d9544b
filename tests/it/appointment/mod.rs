//! Appointments and duty rosters: never over capacity, nobody in two places.

mod booking;
mod duty;
mod people;
mod slots;

use serde_json::Value;
use support::{Answer, Person};

/// The path of what is done with a slot, a booking or a shift.
pub(super) fn at(kind: &str, thing: &Value, step: &str) -> String {
    format!("/v1/{kind}/{}/{step}", thing["id"].as_str().unwrap())
}

/// Books for oneself.
pub(super) async fn books(who: &Person, slot: &Value) -> Answer {
    who.post(&at("slots", slot, "bookings"), serde_json::json!({})).await
}
