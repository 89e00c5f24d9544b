//! The situations in which the examples of appointments and rosters make sense.

use api::openapi::example;
use chrono::TimeDelta;
use serde_json::Value;
use support::Client;
use support::world::COUNTY;

use super::situation::Cast;

/// Who sends the example of an operation about appointments or rosters, and where to; nothing for other operations.
pub(super) async fn situation(cast: &Cast<'_>, id: &str, path: &str) -> Option<(Client, String)> {
    let worker = cast.social_worker.client.clone();
    let at = |thing: &Value| path.replace("{id}", thing["id"].as_str().expect("an id"));
    Some(match id {
        "publishAppointmentPolicy" => (cast.administrator.client.clone(), path.to_owned()),
        "readAppointmentPolicies" => (worker, format!("{path}?region={COUNTY}")),
        "listOwnBookings" | "listOwnShifts" => (cast.resident.client.clone(), path.to_owned()),
        "openSlots" | "planShifts" | "listSiteBookings" | "listSiteShifts" | "listSlots" => {
            (worker, path.replace("{id}", &site(cast).await))
        }
        "readSlot" | "closeSlot" | "bookSlot" | "listSlotBookings" => (worker, at(&slot(cast).await)),
        "readBooking" | "cancelBooking" | "recordBookingAttendance" => {
            let booked = format!("/v1/slots/{}/bookings", slot(cast).await["id"].as_str().expect("an id"));
            let booking = worker.post(&booked, example::body("bookSlot").expect("an example")).await.is(201);
            if id == "recordBookingAttendance" {
                cast.world.clock.advance(TimeDelta::days(2));
            }
            (worker, at(&booking))
        }
        "readShift" | "releaseShift" | "recordShift" => {
            let planned = format!("/v1/sites/{}/shifts", site(cast).await);
            let shifts = worker.post(&planned, example::body("planShifts").expect("an example")).await.is(201);
            if id == "recordShift" {
                cast.world.clock.advance(TimeDelta::days(2));
            }
            (worker, at(&shifts["items"][0]))
        }
        _ => return None,
    })
}

/// The site of the examples.
async fn site(cast: &Cast<'_>) -> String {
    let made = cast.administrator.post("/v1/sites", example::body("addSite").expect("an example")).await.is(201);
    made["id"].as_str().expect("an id").to_owned()
}

/// The first slot of the examples.
async fn slot(cast: &Cast<'_>) -> Value {
    let opened = format!("/v1/sites/{}/slots", site(cast).await);
    cast.social_worker.post(&opened, example::body("openSlots").expect("an example")).await.is(201)["items"][0].clone()
}
