//! Slots, bookings and shifts, made for those who ask about them.

use serde_json::Value;
use support::world::{COMMUNITY, COUNTY};

use super::cast::Cast;
use super::thing::About;

/// What an operation about appointments or rosters is about, and its path; nothing for other operations.
pub(super) async fn about(id: &str, path: &str, cast: &Cast<'_>) -> Option<(About, String)> {
    let place = || About::Place(COMMUNITY);
    let at = |thing: &Value| path.replace("{id}", thing["id"].as_str().expect("an id"));
    match id {
        "publishAppointmentPolicy" => return Some((About::Place(COUNTY), path.to_owned())),
        "readAppointmentPolicies" => return Some((About::Nothing, format!("{path}?region={COUNTY}"))),
        "openSlots" | "planShifts" | "listSiteBookings" | "listSiteShifts" | "listSlots" => {
            let site = cast.world.open_site().await;
            cast.world.shift(&site, &cast.craftsman, 30 + cast.hours()).await;
            return Some((if id == "listSlots" { About::Nothing } else { place() }, path.replace("{id}", &site)));
        }
        _ => {}
    }
    let of_shift = path.starts_with("/v1/shifts/{id}");
    if !of_shift && !path.starts_with("/v1/slots/{id}") && !path.starts_with("/v1/bookings/{id}") {
        return None;
    }
    let (site, hours) = (cast.world.open_site().await, 30 + cast.hours());
    if of_shift {
        let shift = at(&cast.world.shift(&site, &cast.craftsman, hours).await);
        return Some(if id == "recordShift" { (place(), shift) } else { (About::Person(cast.craftsman.person, COMMUNITY), shift) });
    }
    let slot = cast.world.slot(&site, hours, 50).await;
    Some(match id {
        "readSlot" => (About::Nothing, at(&slot)),
        "bookSlot" => (About::Person(cast.resident.person, COMMUNITY), at(&slot)),
        "listSlotBookings" | "closeSlot" => {
            cast.world.booked(&slot, cast.resident.person).await;
            (place(), at(&slot))
        }
        "recordBookingAttendance" => (place(), at(&cast.world.booked(&slot, cast.resident.person).await)),
        _ => (About::Person(cast.resident.person, COMMUNITY), at(&cast.world.booked(&slot, cast.resident.person).await)),
    })
}
