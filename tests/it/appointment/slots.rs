//! Opening slots: what is wrong is refused, and then nothing is there.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_REGION};
use support::{World, on_both};

use super::at;
use crate::site::{added, station};

on_both! { a_slot_lies_in_the_future_and_in_the_opening_hours, a_series_leaves_days_out_or_is_refused_as_a_whole, who_may_open_slots,
slots_are_listed_with_the_places_left }

fn with(mut slot: Value, field: &str, value: Value) -> Value {
    slot[field] = value;
    slot
}

/// A station that is open on weekdays from 08:30 to 17:00 and gives the free service; the path of its slots, and a slot of it.
async fn weekdays(world: &World) -> (String, Value) {
    let mut site = station("驿站", (130.553, 46.239));
    site["services"] = json!([world.catalogue.free]);
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let site = added(&administrator, site).await;
    let slot = json!({ "service": world.catalogue.free, "day": "2026-09-08", "start": "09:00", "end": "09:30", "capacity": 2 });
    (format!("/v1/sites/{site}/slots"), slot)
}

async fn a_slot_lies_in_the_future_and_in_the_opening_hours(world: Arc<World>) {
    let (path, slot) = weekdays(&world).await;
    let manager = world.staff(Role::SiteManager, COMMUNITY).await;
    let wrong = [
        ("capacity", json!(0), "/capacity", "too_small"),
        ("day", json!("2026-09-06"), "/start", "in_past"),
        ("day", json!("2026-09-12"), "/start", "outside_hours"),
        ("day", json!("2026-10-01"), "/start", "outside_hours"),
        ("day", json!("2027-09-08"), "/start", "too_big"),
        ("start", json!("08:15"), "/start", "outside_hours"),
        ("end", json!("17:15"), "/start", "outside_hours"),
        ("start", json!("09:05"), "/start", "quarter_hour"),
        ("end", json!("09:20"), "/end", "quarter_hour"),
        ("end", json!("09:00"), "/end", "end_before_start"),
        ("start", json!("29:00"), "/start", "wrong_format"),
        ("service", json!(world.catalogue.haircut), "/service", "not_at_site"),
    ];
    for (field, value, pointer, rule) in wrong {
        manager.post(&path, with(slot.clone(), field, value)).await.is_broken(pointer, rule);
    }
    let nothing = world.anyone.get(&format!("{path}?to=2026-10-08T00:00:00Z")).await.is(200);
    assert_eq!(nothing["items"], json!([]), "nothing half written");
    let opened = manager.post(&path, slot.clone()).await.is(201);
    assert_eq!((&opened["items"][0]["starts_at"], &opened["items"][0]["places_left"]), (&json!("2026-09-08T01:00:00Z"), &json!(2)));
    manager.post(&path, slot.clone()).await.is_problem(409, "already_exists");
    for language in ["zh-CN", "en", "vi"] {
        let told = manager.with("Accept-Language", language).post(&path, with(slot.clone(), "start", json!("08:15"))).await;
        assert!(told.text.contains("2026-09-08"), "{}", told.text);
    }
    let closed = manager.post(&at("slots", &opened["items"][0], "close"), json!({ "reason": "no_staff" })).await.is(200);
    assert_eq!((&closed["close_reason"], &closed["places_left"]), (&json!("no_staff"), &json!(0)));
    let _ = manager.post(&path, slot).await.is(201);
}

async fn a_series_leaves_days_out_or_is_refused_as_a_whole(world: Arc<World>) {
    let (path, slot) = weekdays(&world).await;
    let manager = world.staff(Role::SiteManager, COMMUNITY).await;
    let repeated = |weekdays: Value, except: Value| {
        let repeat = json!({ "weekdays": weekdays, "weeks": 4, "except": except });
        with(slot.clone(), "repeat", repeat)
    };
    manager.post(&path, repeated(json!([4]), json!([]))).await.is_broken("/repeat", "outside_hours");
    manager.post(&path, repeated(json!([8]), json!([]))).await.is_broken("/repeat/weekdays/0", "too_big");
    manager.post(&path, repeated(json!([]), json!([]))).await.is_broken("/repeat/weekdays", "too_few");
    let left_out = json!(["2026-09-10", "2026-09-17", "2026-09-24", "2026-10-01"]);
    manager.post(&path, repeated(json!([4]), left_out)).await.is_broken("/repeat/weekdays", "required");
    let keyed = manager.with("Idempotency-Key", "series-1");
    let asked = repeated(json!([2, 4]), json!(["2026-10-01"]));
    let opened = keyed.post(&path, asked.clone()).await.is(201);
    let days: Vec<&str> = opened["items"].as_array().unwrap().iter().map(|slot| &slot["starts_at"].as_str().unwrap()[5..10]).collect();
    assert_eq!(days, ["09-08", "09-10", "09-15", "09-17", "09-22", "09-24", "09-29"]);
    let again = keyed.post(&path, asked).await;
    assert_eq!((again.header("idempotent-replayed"), &again.body["items"]), ("true", &opened["items"]));
}

async fn who_may_open_slots(world: Arc<World>) {
    let (path, slot) = weekdays(&world).await;
    world.resident("王秀英").await.post(&path, slot.clone()).await.is_problem(403, "forbidden");
    world.anyone.post(&path, slot.clone()).await.is_problem(401, "unauthenticated");
    let elsewhere = world.staff(Role::SiteManager, OTHER_REGION).await;
    elsewhere.post(&path, slot.clone()).await.is_problem(404, "not_found");
    let manager = world.staff(Role::SiteManager, COMMUNITY).await;
    let opened = manager.post(&path, slot).await.is(201)["items"][0].clone();
    elsewhere.post(&at("slots", &opened, "close"), json!({ "reason": "weather" })).await.is_problem(404, "not_found");
    manager
        .with("if-match", "\"7-x\"")
        .post(&at("slots", &opened, "close"), json!({ "reason": "weather" }))
        .await
        .is_problem(412, "precondition_failed");
}

async fn slots_are_listed_with_the_places_left(world: Arc<World>) {
    let site = world.open_site().await;
    let path = format!("/v1/sites/{site}/slots");
    for hours in [5, 3, 30] {
        world.slot(&site, hours, 2).await;
    }
    let first = world.anyone.get(&format!("{path}?limit=2")).await.is(200);
    let hours = |list: &Value| list["items"].as_array().unwrap().iter().map(|slot| slot["starts_at"].clone()).collect::<Vec<_>>();
    assert_eq!(hours(&first), [json!("2026-09-07T04:00:00Z"), json!("2026-09-07T06:00:00Z")]);
    let next = world.anyone.get(&format!("{path}?limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await.is(200);
    assert_eq!(hours(&next), [json!("2026-09-08T07:00:00Z")]);
    let none = world.anyone.get(&format!("{path}?service={}", world.catalogue.haircut)).await.is(200);
    assert_eq!(none["items"], json!([]));
    world.anyone.get(&format!("{path}?from=2026-09-08T00:00:00Z&to=2026-09-07T00:00:00Z")).await.is_broken("to", "end_before_start");
    world.anyone.get(&format!("{path}?to=2027-09-07T00:00:00Z")).await.is_broken("to", "too_big");
}
