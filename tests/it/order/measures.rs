//! The three measures and the hotline's rates.

use std::sync::Arc;

use serde_json::json;
use support::people::path;
use support::{World, on_both};

use super::loop_through::{finished, queued};

on_both! { measures_count_what_they_say, hotline_rates_count_valid_callbacks }

async fn measures_count_what_they_say(world: Arc<World>) {
    let (wang, _, order) = finished(&world).await;
    wang.takes(&order, "review", json!({ "stars": 5, "solved": true })).await;
    let station = world.dispatcher().await;
    let zhao = world.craftsman("赵师傅", world.catalogue.plumbing).await;
    let paid = queued(&world, &wang, &station, world.catalogue.paid).await;
    station.takes(&paid, "offer", json!({ "takers": [{ "kind": "person", "id": zhao.person }] })).await;
    let supervisor = world.staff(domain::identity::Role::Supervisor, support::world::COUNTY).await;
    let day = world.now().with_timezone(&chrono_tz::Asia::Shanghai).date_naive();
    let query = format!("/v1/measures/orders?division={}&from={day}&to={day}", support::world::COUNTY);
    let measures = supervisor.get(&query).await.is(200);
    assert_eq!(measures["matched"], json!({ "numerator": 1, "denominator": 1, "basis_points": 10000 }));
    assert_eq!(measures["satisfied"], json!({ "numerator": 1, "denominator": 1, "basis_points": 10000 }));
    assert_eq!(measures["timely"]["numerator"], measures["timely"]["denominator"]);
    assert_eq!(measures["paid"], 1, "paid work stays out of the measures of volunteering");
    let elsewhere = format!("/v1/measures/orders?division=4514&from={day}&to={day}");
    supervisor.get(&elsewhere).await.is_problem(404, "not_found");
}

async fn hotline_rates_count_valid_callbacks(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let ticket = json!({ "service": world.catalogue.free, "division": support::world::COMMUNITY, "text": "热线转办",
        "subject": wang.person, "basis": "consent", "channel": "hotline", "external_ref": "12345-0002" });
    let order = station.post("/v1/orders", ticket).await.is(201);
    let triage = json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 });
    station.takes(&order, "triage", triage).await;
    station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    let contacts = path(&order, "contacts");
    let _ = station.post(&contacts, json!({ "kind": "first_contact", "reached": true })).await.is(201);
    let said = json!({ "kind": "callback", "reached": true, "solved": true, "satisfied": false });
    station.post(&contacts, said.clone()).await.is_problem(403, "second_person_needed");
    let colleague = world.staff(domain::identity::Role::SocialWorker, support::world::COMMUNITY).await;
    let _ = colleague.post(&contacts, json!({ "kind": "callback", "reached": false })).await.is(201);
    let _ = colleague.post(&contacts, said).await.is(201);
    let supervisor = world.staff(domain::identity::Role::Supervisor, support::world::COUNTY).await;
    let day = world.now().with_timezone(&chrono_tz::Asia::Shanghai).date_naive();
    let query = format!("/v1/measures/hotline?division={}&from={day}&to={day}", support::world::COUNTY);
    let rates = supervisor.get(&query).await.is(200);
    assert_eq!(rates["responded"], json!({ "numerator": 1, "denominator": 1, "basis_points": 10000 }));
    assert_eq!(rates["solved"]["numerator"], 1);
    assert_eq!(rates["satisfied"], json!({ "numerator": 0, "denominator": 1, "basis_points": 0 }));
}
