//! How people become volunteers, what they say of themselves, and where they come to stand.

use std::sync::Arc;

use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::people::path;
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY};
use support::{World, on_both};

use crate::order::loop_through::queued;

on_both! { one_person_registers_once, a_volunteer_says_who_they_are, impossible_availability_is_named, who_is_kept_from_serving_is_told_why,
a_minor_waits_for_the_guardian, who_pauses_or_is_barred_is_not_dispatched, the_register_is_listed_by_where_people_stand,
staff_keep_what_they_cannot_see, what_was_said_goes_with_the_person }

fn profile() -> Value {
    json!({
        "sex": "female", "residence": "红旗小区3号楼", "phone": "13912345678", "skills": ["理发"], "services": ["elderly_care"],
        "groups": ["elderly"], "windows": [{ "weekday": 6, "start": "09:00", "end": "11:30" }],
        "exceptions": [{ "day": "2026-10-01", "available": false }]
    })
}

async fn one_person_registers_once(world: Arc<World>) {
    let (li, worker) = (world.resident("李小龙").await, world.staff(Role::SocialWorker, COUNTY).await);
    let by_staff = format!("/v1/persons/{}/volunteer", li.person);
    let asked = (0..50).map(|index| {
        let (li, worker, by_staff) = (&li, &worker, &by_staff);
        async move {
            let body = json!({ "profile": profile() });
            if index % 2 == 0 { li.post("/v1/me/volunteer", body).await } else { worker.post(by_staff, body).await }
        }
    });
    let answers = join_all(asked).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1, "once: {answers:?}");
    assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 409)), "{answers:?}");
    let events = li.get("/v1/me/volunteer/events").await.is(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 1);
    let number = li.get("/v1/me").await.is(200)["person"]["volunteer"]["number"].clone();
    let number = number.as_str().unwrap();
    assert!(number.len() == 13 && number.starts_with('V'), "a number that tells nothing: {number}");
}

async fn a_volunteer_says_who_they_are(world: Arc<World>) {
    let li = world.resident("李小龙").await;
    let at = "/v1/me/volunteer/profile";
    li.get(at).await.is_problem(404, "not_found");
    let _ = li.post("/v1/me/volunteer", json!({})).await.is(201);
    let first = li.get(at).await;
    let tag = first.header("etag").to_owned();
    let missing = json!(["sex", "birth_date", "document", "residence", "skills", "services"]);
    assert_eq!(first.is(200)["missing"], missing);
    li.put(at, profile()).await.is_problem(428, "precondition_required");
    let said = li.with("if-match", &tag).put(at, profile()).await.is(200);
    assert_eq!((&said["residence"], &said["phone"]), (&json!("红旗小区3号楼"), &json!("+8613912345678")));
    assert_eq!(said["missing"], json!(["birth_date", "document"]));
    assert_eq!(said["exceptions"], json!([{ "day": "2026-10-01", "start": "00:00", "end": "24:00", "available": false }]));
    li.with("if-match", &tag).put(at, profile()).await.is_problem(412, "precondition_failed");
    let station = world.dispatcher().await;
    let seen = station.get(&format!("/v1/persons/{}/volunteer/profile", li.person)).await.is(200);
    assert_eq!((&seen["residence"], &seen["phone"]), (&Value::Null, &json!("139****5678")), "others see it masked");
    assert_eq!(seen["windows"], said["windows"]);
    let elsewhere = world.staff(Role::Dispatcher, OTHER_COMMUNITY).await;
    elsewhere.get(&format!("/v1/persons/{}/volunteer/profile", li.person)).await.is_problem(404, "not_found");
    let export = li.get("/v1/me/export").await.is(200);
    assert_eq!(export["volunteer_profile"]["residence"], "红旗小区3号楼");
}

async fn impossible_availability_is_named(world: Arc<World>) {
    let li = world.volunteer("李小龙").await;
    let keep = |change: Value| {
        let li = &li;
        async move {
            let mut body = profile();
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            li.with("if-match", "*").put("/v1/me/volunteer/profile", body).await
        }
    };
    let window = |weekday: i32, start: &str, end: &str| json!({ "weekday": weekday, "start": start, "end": end });
    let broken = [
        (json!({ "windows": [window(6, "11:30", "09:00")] }), "/windows/0/end", "end_before_start"),
        (json!({ "windows": [window(6, "09:00", "11:00"), window(6, "10:59", "12:00")] }), "/windows/1", "windows_overlap"),
        (json!({ "windows": [window(8, "09:00", "11:00")] }), "/windows/0/weekday", "too_big"),
        (json!({ "windows": [window(6, "09:00", "29:00")] }), "/windows/0/end", "wrong_format"),
        (json!({ "exceptions": [{ "day": "2026-02-30", "available": true }] }), "/exceptions/0/day", "wrong_format"),
        (json!({ "services": ["law", "law"] }), "/services", "duplicates"),
        (json!({ "phone": "12345678" }), "/phone", "phone"),
        (json!({ "sex": "other" }), "/sex", "not_in_list"),
    ];
    for (change, pointer, rule) in broken {
        keep(change).await.is_broken(pointer, rule);
    }
    let twice =
        json!([{ "day": "2026-10-01", "available": false }, { "day": "2026-10-01", "start": "08:00", "end": "10:00", "available": true }]);
    let overlapping = json!({ "exceptions": twice });
    keep(overlapping.clone()).await.is_broken("/exceptions/1", "windows_overlap");
    for (language, message) in [("en", "overlaps an earlier window of that day"), ("vi", "trùng với khung giờ khác cùng ngày")] {
        let mut body = profile();
        body["exceptions"] = overlapping["exceptions"].clone();
        let told = li.with("if-match", "*").with("accept-language", language).put("/v1/me/volunteer/profile", body).await;
        assert_eq!(told.body["errors"][0]["message"], message);
    }
}

async fn who_is_kept_from_serving_is_told_why(world: Arc<World>) {
    let (li, worker) = (world.resident("李小龙").await, world.staff(Role::SocialWorker, COUNTY).await);
    let _ = li.post("/v1/me/volunteer", json!({})).await.is(201);
    let state = format!("/v1/persons/{}/volunteer/state", li.person);
    worker.post(&state, json!({ "state": "refused" })).await.is_broken("/reason", "required");
    worker.post(&state, json!({ "state": "refused", "reason": "offence" })).await.is_broken("/reason", "wrong_reason");
    worker.post(&state, json!({ "state": "refused", "reason": "other" })).await.is_broken("/note", "required");
    let refused = json!({ "state": "refused", "reason": "incomplete", "note": "请补充技能" });
    assert_eq!(worker.post(&state, refused).await.is(200)["state"], "refused");
    let _ = li.post("/v1/me/volunteer", json!({})).await.is(201);
    let _ = worker.post(&state, json!({ "state": "active" })).await.is(200);
    let _ = li.post("/v1/me/volunteer/state", json!({ "state": "paused" })).await.is(200);
    let _ = worker.post(&state, json!({ "state": "barred", "reason": "took_payment" })).await.is(200);
    li.post("/v1/me/volunteer", json!({})).await.is_problem(409, "already_exists");
    li.post("/v1/me/volunteer/state", json!({ "state": "left" })).await.is_broken("/state", "transition");
    let told = li.get("/v1/me/volunteer/events").await.is(200);
    let steps: Vec<_> =
        told["items"].as_array().unwrap().iter().map(|event| (event["to"].as_str().unwrap(), event["own"] == true)).collect();
    let expected = [("applied", false), ("refused", false), ("applied", true), ("active", false), ("paused", true), ("barred", false)];
    assert_eq!(steps, expected);
    assert_eq!((&told["items"][1]["reason"], &told["items"][1]["note"]), (&json!("incomplete"), &json!("请补充技能")));
    let events = format!("/v1/persons/{}/volunteer/events", li.person);
    assert_eq!(worker.get(&events).await.is(200)["items"], told["items"]);
    world.dispatcher().await.get(&events).await.is_problem(404, "not_found");
}

async fn a_minor_waits_for_the_guardian(world: Arc<World>) {
    let (grid, worker) = (world.staff(Role::GridMember, COMMUNITY).await, world.staff(Role::SocialWorker, COUNTY).await);
    let card = json!({ "name": "张小宝", "birth_date": "2010-05-01", "division": COMMUNITY, "basis": "statutory_duty" });
    let child = grid.post("/v1/persons", card).await.is(201);
    let at = format!("/v1/persons/{}", child["id"].as_str().unwrap());
    grid.post(&format!("{at}/volunteer"), json!({ "profile": profile() })).await.is_problem(409, "consent_missing");
    assert_eq!(grid.post(&format!("{at}/volunteer"), json!({})).await.is(201)["state"], "applied");
    let waits = grid.get(&format!("{at}/volunteer/profile")).await.is(200);
    assert!(waits["missing"].as_array().unwrap().contains(&json!("guardian_consent")), "{waits}");
    let state = format!("{at}/volunteer/state");
    worker.post(&state, json!({ "state": "active" })).await.is_problem(409, "consent_missing");
    let consent = json!({ "kind": "register", "text_version": "2026-1", "giver": "guardian", "relation": "parent", "channel": "paper" });
    let _ = grid.post(&format!("{at}/consents"), consent).await.is(201);
    assert_eq!(worker.post(&state, json!({ "state": "active" })).await.is(200)["state"], "active");
}

async fn who_pauses_or_is_barred_is_not_dispatched(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    let takers = json!({ "takers": [{ "kind": "person", "id": li.person }] });
    let refused = || async {
        let answer = station.post(&path(&order, "offer"), takers.clone()).await;
        answer.is_problem(422, "taker_not_eligible");
        assert!(answer.text.contains("not_active"), "{}", answer.text);
    };
    let _ = li.post("/v1/me/volunteer/state", json!({ "state": "paused" })).await.is(200);
    refused().await;
    let _ = li.post("/v1/me/volunteer/state", json!({ "state": "active" })).await.is(200);
    let state = format!("/v1/persons/{}/volunteer/state", li.person);
    let _ = worker.post(&state, json!({ "state": "barred", "reason": "misconduct" })).await.is(200);
    refused().await;
    let _ = worker.post(&state, json!({ "state": "left", "reason": "mended" })).await.is(200);
    let _ = li.post("/v1/me/volunteer", json!({})).await.is(201);
    let _ = worker.post(&state, json!({ "state": "active" })).await.is(200);
    station.takes(&order, "offer", takers.clone()).await;
}

async fn the_register_is_listed_by_where_people_stand(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    for name in ["甲", "乙", "丙"] {
        let _ = world.resident(name).await.post("/v1/me/volunteer", json!({})).await.is(201);
    }
    world.volunteer("丁").await;
    let applied = format!("/v1/volunteers?division={COUNTY}&state=applied");
    let first = worker.get(&format!("{applied}&limit=2")).await;
    assert!(first.header("link").contains("rel=\"next\""));
    let first = first.is(200);
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = worker.get(&format!("{applied}&limit=2&cursor={cursor}")).await.is(200);
    assert_eq!((second["items"].as_array().unwrap().len(), &second["next_cursor"]), (1, &Value::Null));
    let other = format!("/v1/volunteers?division={COUNTY}&cursor={cursor}");
    worker.get(&other).await.is_broken("cursor", "cursor");
    assert_eq!(worker.get(&format!("/v1/volunteers?division={COUNTY}")).await.is(200)["items"].as_array().unwrap().len(), 4);
    world.staff(Role::SocialWorker, OTHER_COMMUNITY).await.get(&applied).await.is_problem(404, "not_found");
}

async fn staff_keep_what_they_cannot_see(world: Arc<World>) {
    let (li, station) = (world.volunteer("李小龙").await, world.dispatcher().await);
    let own = "/v1/me/volunteer/profile";
    let _ = li.with("if-match", "*").put(own, profile()).await.is(200);
    let at = format!("/v1/persons/{}/volunteer/profile", li.person);
    let kept = station.with("if-match", "*").put(&at, json!({ "skills": ["手语"], "services": ["law"] })).await.is(200);
    assert_eq!((&kept["skills"], &kept["windows"]), (&json!(["手语"]), &json!([])));
    let own = li.get(own).await.is(200);
    assert_eq!((&own["residence"], &own["phone"]), (&json!("红旗小区3号楼"), &json!("+8613912345678")));
}

async fn what_was_said_goes_with_the_person(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let enter = |name: &'static str| json!({ "name": name, "division": COMMUNITY, "basis": "consent" });
    let one = worker.post("/v1/persons", enter("王秀英")).await.is(201);
    let other = worker.post("/v1/persons", enter("王秀英")).await.is(201);
    let (one, other) = (one["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    let _ = worker.post(&format!("/v1/persons/{one}/volunteer"), json!({ "profile": profile() })).await.is(201);
    let insured = api::openapi::example::body("addInsurance").unwrap();
    let _ = worker.post(&format!("/v1/persons/{one}/insurances"), insured.clone()).await.is(201);
    let _ = worker.post(&format!("/v1/persons/{other}/insurances"), insured).await.is(201);
    let _ = worker.post(&format!("/v1/persons/{one}/merge"), json!({ "into": other })).await.is(200);
    let kept = worker.get(&format!("/v1/persons/{other}/volunteer/profile")).await.is(200);
    assert_eq!(kept["skills"], json!(["理发"]), "sealed for its new place");
    let events = worker.get(&format!("/v1/persons/{other}/volunteer/events")).await.is(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 1, "with its history");
    let insured = worker.get(&format!("/v1/persons/{other}/insurances")).await.is(200);
    assert_eq!(insured["items"].as_array().unwrap().len(), 1, "the same one is there once");
    let _ =
        worker.post(&format!("/v1/persons/{other}/erasure"), json!({ "irreversible": true, "requested_through": "paper" })).await.is(200);
    let gone = worker.get(&format!("/v1/persons/{other}/volunteer/profile")).await;
    assert!(gone.status == 404 || gone.body["skills"] == json!([]), "{}", gone.text);
}
