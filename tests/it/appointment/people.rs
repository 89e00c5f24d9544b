//! Who books for whom, what binds them, and what becomes of it when records are merged or erased.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COUNTY, OTHER_COMMUNITY};
use support::{Person, World, on_both};

use super::{at, books};

on_both! { nobody_is_in_two_places, a_neighbour_books_by_name_and_on_a_basis, a_booking_may_be_for_an_order, merged_records_keep_what_stands,
who_is_erased_gives_the_place_up, what_is_booked_is_exported }

/// Lets the craftsman accept an order that begins then.
async fn accepts(world: &World, craftsman: &Person, at: &str) -> support::Answer {
    let (resident, station) = (world.resident("周敏").await, world.dispatcher().await);
    let order = resident.places(world.catalogue.free).await;
    station.takes(&order, "triage", json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 })).await;
    station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": craftsman.person }] })).await;
    craftsman.post(&support::people::path(&order, "accept"), json!({ "start": at })).await
}

async fn nobody_is_in_two_places(world: Arc<World>) {
    let site = world.open_site().await;
    let craftsman = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let slot = world.slot(&site, 24, 5).await;
    let start = slot["starts_at"].as_str().unwrap().to_owned();
    let booking = books(&craftsman, &slot).await.is(201);
    let blocked = accepts(&world, &craftsman, &start).await;
    assert!(blocked.status == 409 || blocked.status == 422, "booked then: {}", blocked.text);
    let _ = craftsman.post(&at("bookings", &booking, "cancel"), json!({})).await.is(200);
    let _ = accepts(&world, &craftsman, &start).await.is(200);
    books(&craftsman, &slot).await.is_problem(409, "double_booked");
    let free = world.anyone.get(&format!("/v1/slots/{}", slot["id"].as_str().unwrap())).await.is(200);
    assert_eq!(free["places_left"], 5, "a refused booking takes no place");
    let shift = world.shift(&site, &craftsman, 30).await;
    books(&craftsman, &world.slot(&site, 31, 5).await).await.is_problem(409, "double_booked");
    let released = craftsman.post(&at("shifts", &shift, "release"), json!({ "reason": "personal" })).await.is(200);
    assert_eq!(released["release_reason"], "personal");
    let again = world.slot(&site, 32, 5).await;
    let _ = books(&craftsman, &again).await.is(201);
}

async fn a_neighbour_books_by_name_and_on_a_basis(world: Arc<World>) {
    let slot = world.slot(&world.open_site().await, 24, 5).await;
    let (wang, daughter) = (world.resident("王秀英").await, world.resident("赵小满").await);
    let asks = |body: Value| {
        let (daughter, path) = (&daughter, at("slots", &slot, "bookings"));
        async move { daughter.post(&path, body).await }
    };
    asks(json!({ "person": wang.person })).await.is_problem(404, "not_found");
    asks(json!({ "person": wang.person, "person_name": "王秀兰", "basis": "guardian" })).await.is_problem(404, "not_found");
    asks(json!({ "person": wang.person, "person_name": "王秀英" })).await.is_broken("/basis", "basis_required");
    asks(json!({ "person": wang.person, "person_name": "王秀英", "basis": "emergency" })).await.is_broken("/basis", "not_in_list");
    asks(json!({ "basis": "guardian" })).await.is_broken("/basis", "basis_for_oneself");
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let by_staff = async |body: Value| worker.post(&at("slots", &slot, "bookings"), body).await;
    by_staff(json!({ "person": wang.person, "person_name": "王秀兰" })).await.is_broken("/person_name", "unknown_person");
    by_staff(json!({ "person": wang.person, "basis": "guardian" })).await.is_broken("/basis", "not_needed");
    let booking = asks(json!({ "person": wang.person, "person_name": "王秀英", "basis": "guardian" })).await.is(201);
    assert_eq!((&booking["person"]["name"], &booking["no_shows"]), (&json!("王**"), &json!(null)), "not what she has missed");
    let told = wang.get("/v1/me/messages").await.is(200);
    assert_eq!((&told["items"][0]["kind"], &told["items"][0]["object"]), (&json!("appointment_booked"), &booking["id"]));
    assert_eq!(daughter.get("/v1/me/bookings").await.is(200)["items"][0]["id"], booking["id"]);
    let grid = world.staff(Role::GridMember, OTHER_COMMUNITY).await;
    grid.post(&at("slots", &slot, "bookings"), json!({ "person": wang.person })).await.is_problem(404, "not_found");
    assert_eq!(daughter.post(&at("bookings", &booking, "cancel"), json!({})).await.is(200)["state"], "cancelled");
    assert_eq!(wang.get("/v1/me/messages").await.is(200)["items"][0]["kind"], "appointment_cancelled");
}

async fn a_booking_may_be_for_an_order(world: Arc<World>) {
    let slot = world.slot(&world.open_site().await, 24, 5).await;
    let (wang, zhao) = (world.resident("王秀英").await, world.resident("赵小满").await);
    let (own, other, haircut) =
        (wang.places(world.catalogue.free).await, zhao.places(world.catalogue.free).await, wang.places(world.catalogue.haircut).await);
    for wrong in [&other, &haircut, &slot] {
        let asked = json!({ "order": wrong["id"] });
        wang.post(&at("slots", &slot, "bookings"), asked).await.is_broken("/order", "unknown_order");
    }
    let booking = wang.post(&at("slots", &slot, "bookings"), json!({ "order": own["id"] })).await.is(201);
    assert_eq!(booking["order"], own["id"]);
}

async fn merged_records_keep_what_stands(world: Arc<World>) {
    let site = world.open_site().await;
    let (one, other) = (world.slot(&site, 24, 5).await, world.slot(&site, 26, 5).await);
    let wang = world.resident("王秀英").await;
    let twin = world.written_down("王秀英").await;
    let _ = books(&wang, &one).await.is(201);
    let collides = world.booked(&one, twin).await;
    let moves = world.booked(&other, twin).await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let _ = worker.post(&format!("/v1/persons/{twin}/merge"), json!({ "into": wang.person })).await.is(200);
    let mine = wang.get("/v1/me/bookings?state=booked").await.is(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 2, "{mine}");
    let seen = async |booking: &Value| worker.get(&format!("/v1/bookings/{}", booking["id"].as_str().unwrap())).await.is(200);
    assert_eq!(seen(&collides).await["state"], "cancelled", "one person needs one place");
    assert_eq!((&seen(&moves).await["person"]["id"], &seen(&moves).await["state"]), (&json!(wang.person), &json!("booked")));
    let slot = world.anyone.get(&format!("/v1/slots/{}", one["id"].as_str().unwrap())).await.is(200);
    assert_eq!(slot["places_left"], 4);
    world.clock.advance(TimeDelta::hours(1));
    let _ = wang.post(&at("bookings", &moves, "cancel"), json!({})).await.is(200);
}

async fn who_is_erased_gives_the_place_up(world: Arc<World>) {
    let site = world.open_site().await;
    let slot = world.slot(&site, 24, 1).await;
    let volunteer = world.volunteer("王秀英").await;
    let booking = books(&volunteer, &slot).await.is(201);
    let shift = world.shift(&site, &volunteer, 30).await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let asked = json!({ "irreversible": true, "requested_through": "paper" });
    let erased = worker.post(&format!("/v1/persons/{}/erasure", volunteer.person), asked).await;
    assert!(erased.status < 300, "{}", erased.text);
    assert_eq!(worker.get(&format!("/v1/bookings/{}", booking["id"].as_str().unwrap())).await.is(200)["state"], "cancelled");
    assert_eq!(worker.get(&format!("/v1/shifts/{}", shift["id"].as_str().unwrap())).await.is(200)["state"], "released");
    worker.post(&at("slots", &slot, "bookings"), json!({ "person": volunteer.person })).await.is_problem(404, "not_found");
    let _ = books(&world.resident("赵小满").await, &slot).await.is(201);
}

async fn what_is_booked_is_exported(world: Arc<World>) {
    let site = world.open_site().await;
    let volunteer = world.volunteer("王秀英").await;
    let booking = books(&volunteer, &world.slot(&site, 24, 1).await).await.is(201);
    let shift = world.shift(&site, &volunteer, 30).await;
    let export = volunteer.get("/v1/me/export").await.is(200);
    assert_eq!((&export["bookings"][0]["id"], &export["shifts"][0]["id"]), (&booking["id"], &shift["id"]));
}
