//! Erasing a person: what goes, what stays, and that totals stay true.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use support::people::path;
use support::world::{COMMUNITY, COUNTY};
use support::{Person, World, on_both};
use uuid::Uuid;

use crate::order::loop_through::finished;

on_both! { what_names_a_person_goes_and_totals_stay, open_matters_stand_against_it, staff_erase_on_request,
nobody_is_served_while_being_erased }

const CERTAIN: &str = "irreversible";

async fn measures(world: &World) -> Value {
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let mut all = Vec::new();
    for which in ["orders", "hotline"] {
        let mut answer = supervisor.get(&format!("/v1/measures/{which}?division={COUNTY}&from=2026-09-01&to=2026-09-30")).await.is(200);
        if let Some(answer) = answer.as_object_mut() {
            answer.remove("as_of");
        }
        all.push(answer);
    }
    json!(all)
}

async fn photographs(who: &Person, order: &Value, kind: &str) -> Uuid {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(32, 24).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let form = Form::new().part("file", Part::bytes(bytes.into_inner()).file_name("照片.png"));
    let request = who.request(Method::POST, &format!("{}?kind={kind}", path(order, "photos"))).multipart(form);
    who.send(request).await.is(201)["id"].as_str().unwrap().parse().unwrap()
}

async fn what_names_a_person_goes_and_totals_stay(world: Arc<World>) {
    let (wang, li, order) = finished(&world).await;
    let photo = photographs(&wang, &order, "request").await;
    wang.takes(&order, "review", json!({ "stars": 5, "solved": true, "text": "李师傅手艺好", "tags": ["准时"] })).await;
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let before = measures(&world).await;
    let events = grid.get(&path(&order, "events")).await.is(200);
    wang.post("/v1/me/erasure", json!({ CERTAIN: false })).await.is_broken("/irreversible", "not_in_list");
    let erased = wang.post("/v1/me/erasure", json!({ CERTAIN: true })).await.is(200);
    let kept: Vec<&str> = erased["kept"].as_array().unwrap().iter().map(|kept| kept["record"].as_str().unwrap()).collect();
    assert_eq!(kept, ["orders", "access_records"]);
    wang.get("/v1/me").await.is_problem(401, "unauthenticated");
    assert_eq!(grid.post("/v1/persons/search", json!({ "name": "王秀英" })).await.is(200)["items"], json!([]));
    let shown = grid.get(&format!("/v1/persons/{}", wang.person)).await.is(200);
    assert_eq!((&shown["name"], &shown["phone"]), (&json!("已**"), &Value::Null));
    let seen = grid.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200);
    assert_eq!((&seen["texts"], &seen["position"], &seen["stars"]), (&json!([]), &Value::Null, &json!(5)));
    assert_eq!(grid.get(&path(&order, "events")).await.is(200), events, "the steps stay");
    assert_eq!(grid.get(&path(&order, "photos")).await.is(200)["items"], json!([]));
    assert!(world.services.photos.get(photo).await.is_ok(), "the file goes with the clock's work, after the commit");
    world.tick().await;
    assert!(world.services.photos.get(photo).await.is_err());
    assert_eq!(measures(&world).await, before);
    // The volunteer who served, too: the record of service is kept for ten years, the rest goes.
    let erased = li.post("/v1/me/erasure", json!({ CERTAIN: true })).await.is(200);
    let records = erased["kept"].as_array().unwrap();
    assert!(records.iter().any(|kept| kept["record"] == "service_records" && kept["until"] == "2036-09-07"), "{erased}");
    assert!(records.iter().any(|kept| kept["record"] == "volunteer_number" && kept["until"].is_null()), "{erased}");
    let volunteer = grid.get(&format!("/v1/persons/{}", li.person)).await.is(200);
    assert_eq!(volunteer["volunteer"]["state"], "left");
    assert_eq!(measures(&world).await, before);
}

async fn open_matters_stand_against_it(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let order = wang.places(world.catalogue.free).await;
    let refused = wang.post("/v1/me/erasure", json!({ CERTAIN: true })).await;
    refused.is_problem(409, "open_matters");
    assert_eq!(refused.body["errors"][0]["message"], "本人作为服务对象的订单未办结：1");
    assert_eq!(wang.get("/v1/me").await.is(200)["person"]["name"], "王**", "nothing is half done");
    wang.takes(&order, "cancel", json!({ "reason": "resident_changed_mind" })).await;
    let _ = wang.post("/v1/me/erasure", json!({ CERTAIN: true })).await.is(200);
    let last = world.staff(Role::Administrator, COUNTY).await;
    last.post("/v1/me/erasure", json!({ CERTAIN: true })).await.is_problem(409, "last_administrator");
}

async fn staff_erase_on_request(world: Arc<World>) {
    let (wang, worker) = (world.resident("王秀英").await, world.staff(Role::SocialWorker, COUNTY).await);
    let at = format!("/v1/persons/{}/erasure", wang.person);
    let asked = json!({ CERTAIN: true, "requested_through": "paper" });
    world.staff(Role::GridMember, COMMUNITY).await.post(&at, asked.clone()).await.is_problem(404, "not_found");
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let above = format!("/v1/persons/{}/erasure", administrator.person);
    worker.post(&above, asked.clone()).await.is_problem(403, "forbidden");
    let own = format!("/v1/persons/{}/erasure", worker.person);
    worker.post(&own, asked.clone()).await.is_problem(403, "second_person_needed");
    let first = worker.post(&at, asked.clone()).await.is(200);
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(worker.post(&at, asked.clone()).await.is(200), first, "again, nothing more happens");
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let wish = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "修灯", "subject": wang.person, "basis": "emergency", "channel": "visit" });
    grid.post("/v1/orders", wish).await.is_broken("/subject", "unknown_person");
    let consents = format!("/v1/persons/{}/consents", wang.person);
    assert!(grid.get(&consents).await.is(200)["items"].as_array().unwrap().iter().all(|consent| consent["withdrawn_at"].is_string()));
}

/// Placing and erasing at once: either the order is refused or the erasure, never an open order for nobody.
async fn nobody_is_served_while_being_erased(world: Arc<World>) {
    let (worker, grid) = (world.staff(Role::SocialWorker, COUNTY).await, world.staff(Role::GridMember, COMMUNITY).await);
    let mut both_ways = (0, 0);
    for round in 0..12 {
        let wang = world.resident("王秀英").await;
        let erase = format!("/v1/persons/{}/erasure", wang.person);
        let wish = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "修灯", "subject": wang.person, "basis": "emergency", "channel": "visit" });
        let asked = json!({ CERTAIN: true, "requested_through": "phone" });
        let (placed, erased) = if round % 2 == 0 {
            futures_util::future::join(grid.post("/v1/orders", wish), worker.post(&erase, asked)).await
        } else {
            let (erased, placed) = futures_util::future::join(worker.post(&erase, asked), grid.post("/v1/orders", wish)).await;
            (placed, erased)
        };
        assert!(matches!((placed.status, erased.status), (201, 409) | (422 | 409, 200)), "{} {}", placed.text, erased.text);
        if placed.status == 201 { both_ways.0 += 1 } else { both_ways.1 += 1 }
    }
    assert_eq!(both_ways.0 + both_ways.1, 12);
}
