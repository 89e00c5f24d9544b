//! First come, first served; cancelled until a deadline; and who does not come is counted.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_REGION};
use support::{Person, World, on_both};

use super::{at, books};

on_both! { of_two_hundred_at_once_as_many_book_as_there_are_places, cancelling_and_booking_at_once_never_passes_the_capacity,
one_books_a_slot_once, the_person_cancels_until_the_deadline_and_staff_later, who_misses_too_many_books_through_staff,
nobody_records_that_they_came_themselves, a_repeated_request_books_once, closing_and_booking_at_once_leaves_nobody_booked }

async fn residents(world: &World, count: usize) -> Vec<Person> {
    let mut found = Vec::new();
    for index in 0..count {
        found.push(world.resident(&format!("居民{index}")).await);
    }
    found
}

async fn places_left(world: &World, slot: &Value) -> i64 {
    world.anyone.get(&format!("/v1/slots/{}", slot["id"].as_str().unwrap())).await.is(200)["places_left"].as_i64().unwrap()
}

/// How many bookings of a slot stand, by the list.
async fn standing(world: &World, slot: &Value) -> usize {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let list = worker.get(&format!("{}?state=booked&limit=100", at("slots", slot, "bookings"))).await.is(200);
    list["items"].as_array().unwrap().len()
}

async fn of_two_hundred_at_once_as_many_book_as_there_are_places(world: Arc<World>) {
    let slot = world.slot(&world.open_site().await, 24, 7).await;
    let people = residents(&world, 200).await;
    let answers = join_all(people.iter().map(|person| books(person, &slot))).await;
    let won = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(won, 7, "as many as there are places");
    for lost in answers.iter().filter(|answer| answer.status != 201) {
        lost.is_problem(409, "slot_full");
    }
    assert_eq!((places_left(&world, &slot).await, standing(&world, &slot).await), (0, 7));
}

async fn cancelling_and_booking_at_once_never_passes_the_capacity(world: Arc<World>) {
    let slot = world.slot(&world.open_site().await, 24, 10).await;
    let people = residents(&world, 40).await;
    let (first, later) = people.split_at(10);
    let booked = join_all(first.iter().map(|person| books(person, &slot))).await;
    let cancel = first.iter().zip(&booked).map(|(person, answer)| (person, at("bookings", &answer.body, "cancel")));
    let leaving = join_all(cancel.take(5).map(|(person, path)| async move { person.post(&path, json!({})).await }));
    let coming = join_all(later.iter().map(|person| books(person, &slot)));
    let (left, came) = futures_util::join!(leaving, coming);
    assert!(left.iter().all(|answer| answer.status == 200), "{left:?}");
    let came = came.iter().filter(|answer| answer.status == 201).count();
    assert!(came <= 5, "{came} came for five places");
    let standing = standing(&world, &slot).await;
    assert_eq!(standing, 5 + came);
    assert_eq!(places_left(&world, &slot).await, 10 - i64::try_from(standing).unwrap(), "the count is that of the list");
}

async fn closing_and_booking_at_once_leaves_nobody_booked(world: Arc<World>) {
    let slot = world.slot(&world.open_site().await, 24, 30).await;
    let people = residents(&world, 30).await;
    let worker = world.staff(Role::SiteManager, COMMUNITY).await;
    let path = at("slots", &slot, "close");
    let closing = worker.post(&path, json!({ "reason": "weather" }));
    let (closed, answers) = futures_util::join!(closing, join_all(people.iter().map(|person| books(person, &slot))));
    assert_eq!(closed.is(200)["state"], "closed");
    assert_eq!(standing(&world, &slot).await, 0);
    for (person, answer) in people.iter().zip(&answers) {
        let told = person.get("/v1/me/messages").await.is(200);
        if answer.status == 201 {
            assert_eq!((&told["items"][0]["kind"], &told["items"][0]["object"]), (&json!("appointment_closed"), &answer.body["id"]));
            let seen = person.get(&format!("/v1/bookings/{}", answer.body["id"].as_str().unwrap())).await.is(200);
            assert_eq!(seen["state"], "closed");
        } else {
            answer.is_problem(409, "slot_closed");
        }
    }
}

async fn one_books_a_slot_once(world: Arc<World>) {
    let slot = world.slot(&world.open_site().await, 24, 3).await;
    let (wang, zhao) = (world.resident("王秀英").await, world.resident("赵小满").await);
    let booking = books(&wang, &slot).await.is(201);
    assert_eq!((&booking["state"], &booking["policy_version"], &booking["no_shows"]), (&json!("booked"), &json!("default-1"), &json!(0)));
    books(&wang, &slot).await.is_problem(409, "already_exists");
    assert_eq!(places_left(&world, &slot).await, 2, "a refused booking takes no place");
    zhao.post(&at("bookings", &booking, "cancel"), json!({})).await.is_problem(404, "not_found");
    zhao.get(&format!("/v1/bookings/{}", booking["id"].as_str().unwrap())).await.is_problem(404, "not_found");
    zhao.get(&at("slots", &slot, "bookings")).await.is_problem(404, "not_found");
    world.anyone.post(&at("slots", &slot, "bookings"), json!({})).await.is_problem(401, "unauthenticated");
    zhao.post(&at("slots", &slot, "bookings"), json!({ "who": "me" })).await.is_broken("/who", "unknown_field");
    assert_eq!(wang.get("/v1/me/bookings?state=booked").await.is(200)["items"][0]["id"], booking["id"]);
    world.clock.advance(TimeDelta::hours(25));
    books(&zhao, &slot).await.is_problem(409, "slot_begun");
}

async fn the_person_cancels_until_the_deadline_and_staff_later(world: Arc<World>) {
    let site = world.open_site().await;
    let slot = world.slot(&site, 24, 1).await;
    let (wang, zhao) = (world.resident("王秀英").await, world.resident("赵小满").await);
    let first = books(&wang, &slot).await.is(201);
    books(&zhao, &slot).await.is_problem(409, "slot_full");
    assert_eq!(wang.post(&at("bookings", &first, "cancel"), json!({})).await.is(200)["state"], "cancelled");
    assert_eq!(wang.post(&at("bookings", &first, "cancel"), json!({})).await.is(200)["version"], 2, "nothing more to do");
    let second = books(&zhao, &slot).await.is(201);
    books(&wang, &slot).await.is_problem(409, "slot_full");
    world.clock.advance(TimeDelta::hours(23));
    zhao.post(&at("bookings", &second, "cancel"), json!({})).await.is_problem(409, "cancel_late");
    let elsewhere = world.staff(Role::SocialWorker, OTHER_REGION).await;
    elsewhere.post(&at("bookings", &second, "cancel"), json!({})).await.is_problem(404, "not_found");
    let manager = world.staff(Role::SiteManager, COMMUNITY).await;
    assert_eq!(manager.post(&at("bookings", &second, "cancel"), json!({})).await.is(200)["state"], "cancelled");
    assert_eq!(zhao.get("/v1/me/messages").await.is(200)["items"][0]["kind"], "appointment_cancelled");
    assert_eq!(books(&wang, &slot).await.is(201)["state"], "booked", "the place is free again");
}

async fn who_misses_too_many_books_through_staff(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let policy =
        json!({ "version": "huanan-1", "cancel_minutes": 60, "no_shows": 2, "no_show_days": 30, "shift_minutes": 480, "days_ahead": 60 });
    let _ = administrator.post("/v1/policies/appointments", json!({ "region": COUNTY, "policy": policy })).await.is(201);
    let (site, wang) = (world.open_site().await, world.resident("王秀英").await);
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let mut missed = Vec::new();
    for _ in 0..2 {
        let slot = world.slot(&site, 2, 1).await;
        let booking = books(&wang, &slot).await.is(201);
        let path = at("bookings", &booking, "attendance");
        worker.post(&path, json!({ "attended": false })).await.is_problem(409, "too_early");
        world.clock.advance(TimeDelta::hours(3));
        assert_eq!(worker.post(&path, json!({ "attended": false })).await.is(200)["state"], "missed");
        missed.push(booking);
    }
    let slot = world.slot(&site, 24, 3).await;
    let refused = books(&wang, &slot).await;
    refused.is_problem(409, "no_show_limit");
    assert!(refused.text.contains("huanan-1") && refused.body["from"].is_string(), "it says why: {}", refused.text);
    let by_staff = world.booked(&slot, wang.person).await;
    assert_eq!((&by_staff["no_shows"], &by_staff["policy_version"]), (&json!(2), &json!("huanan-1")));
    assert_eq!(wang.get("/v1/me/messages").await.is(200)["items"][0]["kind"], "appointment_booked");
    // What was written down wrongly is corrected, and counts no more.
    let corrected = worker.post(&at("bookings", &missed[0], "attendance"), json!({ "attended": true })).await.is(200);
    assert_eq!((&corrected["state"], &corrected["no_shows"]), (&json!("attended"), &json!(1)));
    let _ = books(&wang, &world.slot(&site, 26, 1).await).await.is(201);
}

async fn nobody_records_that_they_came_themselves(world: Arc<World>) {
    let slot = world.slot(&world.open_site().await, 1, 3).await;
    let worker = world.staff(Role::SocialWorker, COMMUNITY).await;
    let booking = books(&worker, &slot).await.is(201);
    world.clock.advance(TimeDelta::hours(2));
    worker.post(&at("bookings", &booking, "attendance"), json!({ "attended": true })).await.is_problem(403, "second_person_needed");
    let wang = world.resident("王秀英").await;
    wang.post(&at("bookings", &booking, "attendance"), json!({ "attended": true })).await.is_problem(403, "forbidden");
}

async fn a_repeated_request_books_once(world: Arc<World>) {
    let slot = world.slot(&world.open_site().await, 24, 3).await;
    let wang = world.resident("王秀英").await;
    let keyed = wang.with("Idempotency-Key", "book-1");
    let first = keyed.post(&at("slots", &slot, "bookings"), json!({})).await.is(201);
    let again = keyed.post(&at("slots", &slot, "bookings"), json!({})).await;
    assert_eq!((again.header("idempotent-replayed"), &again.body["id"]), ("true", &first["id"]));
    assert_eq!(places_left(&world, &slot).await, 2);
}
