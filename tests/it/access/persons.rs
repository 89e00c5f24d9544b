//! People: entering, finding, merging, volunteers, certified crafts.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY, OTHER_REGION};
use support::{Person, World, on_both};

on_both! { a_person_is_entered_once, wrong_details_are_named, people_are_found_in_scope_only, two_records_become_one, a_merge_into_an_account_is_a_look,
a_volunteer_applies_and_is_decided_on, crafts_are_certified, craftsmen_are_listed_for_dispatchers }

const CARD: &str = "11010519491231002X";

async fn enters(grid: &Person, name: &str, phone: &str) -> Value {
    grid.post("/v1/persons", json!({ "name": name, "phone": phone, "division": COMMUNITY, "basis": "consent" })).await.is(201)
}

async fn a_person_is_entered_once(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let card = json!({ "kind": "resident_identity_card", "number": CARD });
    let asked = json!({ "name": "张三丰", "phone": "13812345678", "document": card, "division": COMMUNITY, "basis": "consent" });
    let answer = grid.post("/v1/persons", asked.clone()).await;
    assert!(!answer.text.contains("三丰") && !answer.text.contains("1234567") && !answer.text.contains("19491231"), "{}", answer.text);
    let person = answer.is(201);
    assert_eq!(person["document"]["number"], "110105********002X");
    assert_eq!(person["group"], "elderly", "the card tells the birth date");
    grid.post("/v1/persons", asked).await.is_problem(409, "already_exists");
    let path = format!("/v1/persons/{}", person["id"].as_str().unwrap());
    assert_eq!(grid.get(&path).await.is(200), person);
    let other = world.staff(Role::GridMember, OTHER_COMMUNITY).await;
    other.get(&path).await.is_problem(404, "not_found");
    world.resident("王秀英").await.get(&path).await.is_problem(404, "not_found");
    let elsewhere = json!({ "name": "张三丰", "division": OTHER_COMMUNITY, "basis": "consent" });
    grid.post("/v1/persons", elsewhere).await.is_problem(404, "not_found");
}

async fn wrong_details_are_named(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let with = |field: &str, value: Value| {
        let mut asked = json!({ "name": "张三丰", "division": COMMUNITY, "basis": "consent" });
        asked[field] = value;
        grid.post("/v1/persons", asked)
    };
    with("phone", json!("123456789")).await.is_broken("/phone", "phone");
    with("division", json!("230822")).await.is_broken("/division", "too_short");
    with("document", json!({ "kind": "resident_identity_card", "number": "110105194912310021" }))
        .await
        .is_broken("/document/number", "identity_number_check");
    with("document", json!({ "kind": "foreign_identity_card", "number": "001099012345" }))
        .await
        .is_broken("/document/country", "document_country");
    with("birth_date", json!("2027-01-01")).await.is_broken("/birth_date", "out_of_range");
    with("birth_date", json!("2020-01-01")).await.is_broken("/basis", "guardian_needed");
    with("basis", json!("because")).await.is_broken("/basis", "not_in_list");
    with("nickname", json!("三丰")).await.is_broken("/nickname", "unknown_field");
    let wrong = with("phone", json!("13812345678901")).await;
    assert!(!wrong.text.contains("13812345678901"), "what was given is not repeated: {}", wrong.text);
}

async fn people_are_found_in_scope_only(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let zhang = enters(&grid, "张三丰", "13812345678").await;
    for by in [json!({ "phone": "+86 138 1234 5678" }), json!({ "name": "张三丰" }), json!({ "name": "张", "within": COMMUNITY })] {
        let found = grid.post("/v1/persons/search", by.clone()).await.is(200);
        assert_eq!(found["items"], json!([zhang]), "{by}");
    }
    let other = world.staff(Role::GridMember, OTHER_COMMUNITY).await;
    assert_eq!(other.post("/v1/persons/search", json!({ "phone": "13812345678" })).await.is(200)["items"], json!([]));
    other.post("/v1/persons/search", json!({ "name": "张", "within": COMMUNITY })).await.is_problem(404, "not_found");
    grid.post("/v1/persons/search", json!({ "name": "张", "phone": "13812345678" })).await.is_broken("", "exactly_one");
    world.resident("王秀英").await.post("/v1/persons/search", json!({ "name": "张" })).await.is_problem(403, "forbidden");
}

async fn two_records_become_one(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COMMUNITY).await;
    let (one, other) = (enters(&worker, "张三丰", "13812345678").await, enters(&worker, "张三丰", "13900000000").await);
    let path = format!("/v1/persons/{}/merge", other["id"].as_str().unwrap());
    let kept = worker.post(&path, json!({ "into": one["id"] })).await.is(200);
    assert_eq!(kept["id"], one["id"]);
    assert_eq!(worker.get(&format!("/v1/persons/{}", other["id"].as_str().unwrap())).await.is(200)["id"], one["id"]);
    worker.post(&path, json!({ "into": worker.person })).await.is_problem(403, "second_person_needed");
    worker.post(&path, json!({ "into": worker.account })).await.is_broken("/into", "unknown_person");
    worker.post(&path, json!({ "into": one["id"] })).await.is_problem(409, "already_exists");
    // Whoever signs in as the one would get everything that is known of the other.
    let (wang, li) = (world.resident("王秀英").await, world.resident("李小龙").await);
    let path = format!("/v1/persons/{}/merge", wang.person);
    worker.post(&path, json!({ "into": li.person })).await.is_broken("/into", "two_people");
    let stranger = enters(&worker, "赵六", "13700000000").await;
    let path = format!("/v1/persons/{}/merge", stranger["id"].as_str().unwrap());
    worker.post(&path, json!({ "into": one["id"] })).await.is_broken("/into", "two_people");
}

async fn a_merge_into_an_account_is_a_look(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COMMUNITY).await;
    let written = enters(&worker, "王秀英", "13812345678").await;
    let wang = world.resident("王秀英").await;
    let path = format!("/v1/persons/{}/merge", written["id"].as_str().unwrap());
    let _ = worker.post(&path, json!({ "into": wang.person })).await.is(200);
    let told = wang.get("/v1/me/export").await.is(200);
    let looks = told["plain_values_seen"].as_array().unwrap();
    assert!(looks.len() == 1 && looks[0]["purpose"] == "verification", "{looks:?}");
    let born = json!({ "name": "王小宝", "birth_date": "2012-05-01", "division": COMMUNITY, "basis": "guardian" });
    let (child, twin) = (worker.post("/v1/persons", born).await.is(201), world.resident("王小宝").await);
    let path = format!("/v1/persons/{}/merge", child["id"].as_str().unwrap());
    worker.post(&path, json!({ "into": twin.person })).await.is_problem(403, "approval_needed");
    let later = enters(&worker, "王小宝", "13911112222").await;
    worker.post(&path, json!({ "into": later["id"] })).await.is_problem(403, "approval_needed");
}

async fn a_volunteer_applies_and_is_decided_on(world: Arc<World>) {
    let (li, worker) = (world.resident("李小龙").await, world.staff(Role::SocialWorker, COUNTY).await);
    let applied = li.post("/v1/me/volunteer", json!({})).await.is(201);
    assert_eq!((applied["state"].as_str(), applied["region"].as_str()), (Some("applied"), Some(COUNTY)));
    li.post("/v1/me/volunteer", json!({})).await.is_problem(409, "already_exists");
    li.post("/v1/me/volunteer/state", json!({ "state": "active" })).await.is_broken("/state", "transition");
    let state = format!("/v1/persons/{}/volunteer/state", li.person);
    let active = worker.post(&state, json!({ "state": "active" })).await;
    let tag = active.header("etag").to_owned();
    assert_eq!(active.is(200)["state"], "active");
    assert_eq!(li.get("/v1/me").await.is(200)["account"]["roles"], json!(["resident", "volunteer"]));
    worker.post(&state, json!({ "state": "refused" })).await.is_broken("/state", "transition");
    assert_eq!(li.post("/v1/me/volunteer/state", json!({ "state": "paused" })).await.is(200)["state"], "paused");
    let stale = worker.client.with("if-match", &tag).post(&state, json!({ "state": "barred" })).await;
    stale.is_problem(412, "precondition_failed");
    let own = format!("/v1/persons/{}/volunteer/state", worker.person);
    worker.post(&own, json!({ "state": "active" })).await.is_problem(403, "second_person_needed");
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let zhang = enters(&grid, "张三丰", "13812345678").await;
    let registered = grid.post(&format!("/v1/persons/{}/volunteer", zhang["id"].as_str().unwrap()), json!({})).await.is(201);
    assert_eq!(registered["state"], "applied");
}

async fn crafts_are_certified(world: Arc<World>) {
    let (li, worker) = (world.volunteer("李师傅").await, world.staff(Role::SocialWorker, COUNTY).await);
    let asked = json!({ "craft": world.catalogue.plumbing, "level": "senior", "evidence": "电工证", "valid_until": "2027-09-06" });
    let path = format!("/v1/persons/{}/certifications", li.person);
    let held = worker.post(&path, asked.clone()).await.is(201);
    assert_eq!((held["valid_from"].as_str(), held["valid_until"].as_str()), (Some("2026-09-07"), Some("2027-09-06")), "local days");
    assert_eq!((&held["valid"], &held["craft_name"]), (&json!(true), &json!("水电维修")));
    assert_eq!(li.get("/v1/me").await.is(200)["account"]["roles"], json!(["resident", "volunteer", "craftsman"]));
    assert_eq!(li.get(&path).await.is(200)["items"], json!([held]));
    let certification = format!("/v1/certifications/{}", held["id"].as_str().unwrap());
    assert_eq!(worker.post(&format!("{certification}/suspend"), json!({ "reason": "投诉" })).await.is(200)["valid"], false);
    assert_eq!(worker.post(&format!("{certification}/resume"), json!({ "reason": "已整改" })).await.is(200)["valid"], true);
    li.post(&format!("{certification}/suspend"), json!({ "reason": "投诉" })).await.is_problem(403, "forbidden");
    let mut ended = asked.clone();
    ended["valid_until"] = json!("2026-09-06");
    worker.post(&path, ended).await.is_broken("/valid_until", "end_before_start");
    let own = format!("/v1/persons/{}/certifications", worker.person);
    worker.post(&own, asked.clone()).await.is_problem(403, "second_person_needed");
    let none = format!("/v1/persons/{}/certifications", world.resident("王秀英").await.person);
    worker.post(&none, asked).await.is_problem(409, "volunteer_required");
}

async fn craftsmen_are_listed_for_dispatchers(world: Arc<World>) {
    let (li, station) = (world.craftsman("李师傅", world.catalogue.plumbing).await, world.dispatcher().await);
    let path = format!("/v1/craftsmen?craft={}&division=", world.catalogue.plumbing);
    let found = station.get(&format!("{path}{COUNTY}")).await.is(200);
    assert_eq!((&found["items"][0]["person"], &found["items"][0]["name"]), (&json!(li.person), &json!("李**")));
    station.get(&format!("{path}{OTHER_REGION}")).await.is_problem(404, "not_found");
    li.get(&format!("{path}{COUNTY}")).await.is_problem(403, "forbidden");
    station.get("/v1/craftsmen?division=230822").await.is_broken("craft", "required");
}
