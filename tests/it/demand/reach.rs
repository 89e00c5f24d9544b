//! What nobody reaches by a need: people who are not theirs, words that rest on nothing, weight that nobody gave.

use std::sync::Arc;

use domain::identity::{Intervention, Role};
use persistence::identity::intervene;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY, OTHER_REGION};
use support::{Person, World, on_both};
use uuid::Uuid;

use super::{born, meals, path};

on_both! {
    nobody_is_found_by_an_id, one_resident_is_one_voice, what_is_noted_later_rests_on_something, a_household_consents_as_its_members_do,
    a_household_is_forgotten_with_its_last_member, tickets_are_known_by_region, a_need_has_so_many_texts, days_have_bounds
}

fn with(person: Uuid, changes: &[(&str, Value)]) -> Value {
    let mut need = meals(person);
    for (field, value) in changes {
        need[*field] = value.clone();
    }
    need
}

async fn consents(person: &Person, kinds: &[&str]) {
    for kind in kinds {
        let given = person.post("/v1/me/consents", json!({ "kind": kind, "text_version": "2026-1" })).await;
        assert!(matches!(given.status, 201 | 409), "{}", given.text);
    }
}

async fn nobody_is_found_by_an_id(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let other = world.staff(Role::GridMember, OTHER_COMMUNITY).await;
    let old = born(&grid, "王秀英", "1948-03-12").await;
    let made = grid.post("/v1/demands", meals(old)).await.is(201);
    let elsewhere = [("division", json!(OTHER_COMMUNITY)), ("urgency", json!("emergency"))];
    other.post("/v1/demands", with(old, &elsewhere)).await.is_broken("/subject/id", "unknown_person");
    other.post("/v1/demands", with(Uuid::now_v7(), &elsewhere)).await.is_broken("/subject/id", "unknown_person");
    assert_eq!(grid.get(&path(&made, "")).await.is(200)["urgency"], "normal");
    let household = grid.post("/v1/households", json!({ "division": COMMUNITY, "head": old })).await.is(201);
    let theirs = [
        ("division", json!(OTHER_COMMUNITY)),
        ("subject", json!({ "kind": "household", "id": household["id"] })),
        ("group", json!("elderly")),
    ];
    other.post("/v1/demands", with(old, &theirs)).await.is_broken("/subject/id", "unknown_household");
    // Nobody learns who has consented to what.
    let asked = with(old, &[("basis", json!("consent")), ("division", json!(null))]);
    world.resident("李小龙").await.post("/v1/demands", asked).await.is_broken("/subject/id", "unknown_person");
    // Nor does an order reach them.
    let station = world.staff(Role::Dispatcher, OTHER_COMMUNITY).await;
    let order = |name: Value| {
        json!({ "service": world.catalogue.free, "division": OTHER_COMMUNITY, "text": "送餐", "subject": old, "subject_name": name,
            "basis": "statutory_duty", "channel": "visit" })
    };
    station.post("/v1/orders", order(json!(null))).await.is_broken("/subject", "unknown_person");
    let placed = station.post("/v1/orders", order(json!("王秀英"))).await.is(201);
    let look = json!({ "fields": ["phone"], "purpose": "contact_for_order", "order": placed["id"] });
    let at = format!("/v1/persons/{old}/unmask");
    station.post(&at, look.clone()).await.is_problem(409, "no_live_reason");
    // A colleague who is somebody else may call them about it; one whom they have let in is not.
    let administrator = world.staff(Role::Administrator, OTHER_COMMUNITY).await;
    let puppet = world.staff(Role::Dispatcher, OTHER_COMMUNITY).await;
    let (one, two) = (station.account, puppet.account);
    world.keep(move |tx| intervene(tx, one, administrator.account, Intervention::Opened)).await;
    world.keep(move |tx| intervene(tx, two, administrator.account, Intervention::Opened)).await;
    puppet.post(&at, look.clone()).await.is_problem(409, "no_live_reason");
    let colleague = world.staff(Role::Dispatcher, OTHER_COMMUNITY).await;
    assert_eq!(colleague.post(&at, look).await.status, 200, "a colleague may call");
}

async fn one_resident_is_one_voice(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COUNTY).await;
    let wang = world.resident("王秀英").await;
    consents(&wang, &["be_served", "sensitive_data"]).await;
    let made = grid.post("/v1/demands", meals(wang.person)).await.is(201);
    world.clock.advance(chrono::TimeDelta::days(3));
    let own = json!({ "division": COMMUNITY, "care": "meals", "description": "想吃热饭" });
    for _ in 0..3 {
        let _ = wang.post("/v1/demands", own.clone()).await.is(200);
    }
    let seen = grid.get(&path(&made, "")).await.is(200);
    assert_eq!((&seen["voices"], &seen["verified_at"]), (&json!(2), &made["verified_at"]), "nobody has looked");
}

async fn what_is_noted_later_rests_on_something(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let wang = world.resident("王秀英").await;
    consents(&wang, &["be_served"]).await;
    let plain = with(wang.person, &[("basis", json!("consent")), ("tags", json!([]))]);
    let made = worker.post("/v1/demands", plain).await.is(201);
    let edit = |tags: Value, basis: Value| {
        let (worker, at) = (worker.client.clone(), path(&made, ""));
        async move {
            let tag = worker.get(&at).await.header("etag").to_owned();
            worker.with("if-match", &tag).put(&at, json!({ "urgency": "normal", "tags": tags, "basis": basis })).await
        }
    };
    edit(json!(["disabled"]), json!(null)).await.is_problem(409, "consent_missing");
    assert_eq!(edit(json!(["disabled"]), json!("statutory_duty")).await.is(200)["tags"], json!(["disabled"]));
    edit(json!(["disabled", "bereaved"]), json!(null)).await.is_problem(409, "consent_missing");
    let verify = path(&made, "verify");
    let note = || worker.post(&verify, json!({ "note": "已上门" }));
    let _ = note().await.is(200);
    let _ = wang.post("/v1/me/consents/withdraw", json!({ "kind": "be_served" })).await.is(200);
    note().await.is_problem(409, "consent_missing");
    let cited = json!({ "note": "已上门", "basis": "statutory_duty" });
    let _ = worker.post(&verify, cited).await.is(200);
}

async fn a_household_consents_as_its_members_do(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let wang = world.resident("王秀英").await;
    consents(&wang, &["be_served"]).await;
    let household = worker.post("/v1/households", json!({ "division": COMMUNITY, "head": wang.person })).await.is(201);
    let need = |tags: Value, basis: &str| {
        let subject = json!({ "kind": "household", "id": household["id"] });
        with(wang.person, &[("subject", subject), ("group", json!("elderly")), ("tags", tags), ("basis", json!(basis))])
    };
    worker.post("/v1/demands", need(json!(["bereaved"]), "consent")).await.is_problem(409, "consent_missing");
    let _ = worker.post("/v1/demands", need(json!([]), "consent")).await.is(201);
}

async fn a_household_is_forgotten_with_its_last_member(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let wang = world.resident("王秀英").await;
    let household = worker.post("/v1/households", json!({ "division": COMMUNITY, "head": wang.person })).await.is(201);
    let subject = json!({ "kind": "household", "id": household["id"] });
    let made = worker.post("/v1/demands", with(wang.person, &[("subject", subject), ("group", json!("elderly"))])).await.is(201);
    let told = wang.get("/v1/me/export").await.is(200);
    assert_eq!((&told["needs"][0]["household"], &told["needs"][0]["texts"]), (&household["id"], &json!([])));
    let _ = wang.post("/v1/me/erasure", json!({ "irreversible": true })).await;
    let gone = worker.get(&path(&made, "")).await.is(200);
    assert_eq!((&gone["state"], &gone["texts"]), (&json!("dropped"), &json!([])));
}

async fn tickets_are_known_by_region(world: Arc<World>) {
    let (here, there) = (world.staff(Role::GridMember, COUNTY).await, world.staff(Role::GridMember, OTHER_REGION).await);
    let hotline = |person, ticket: &str| with(person, &[("source", json!("hotline")), ("external_ref", json!(ticket))]);
    let (wang, li) = (born(&here, "王秀英", "1948-03-12").await, born(&here, "李桂兰", "1950-01-02").await);
    let made = here.post("/v1/demands", hotline(wang, "HOT-1")).await.is(201);
    here.post("/v1/demands", hotline(li, "HOT-1")).await.is_broken("/external_ref", "ticket_known");
    here.post("/v1/demands", hotline(li, " \t ")).await.is_broken("/external_ref", "required");
    let joined = here.post("/v1/demands", hotline(wang, "HOT-2")).await.is(200);
    assert_eq!(joined["id"], made["id"]);
    assert_eq!(joined["texts"][1]["body"], "〔12345 HOT-2〕独居，午饭常不做", "the ticket of a further call is not lost");
    let grid = json!({ "subject": { "kind": "grid" }, "division": "451402001001", "group": "elderly", "care": "other", "source": "hotline",
        "external_ref": "HOT-1", "description": "路灯不亮" });
    let _ = there.post("/v1/demands", grid).await.is(201);
}

async fn a_need_has_so_many_texts(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COUNTY).await;
    let old = born(&grid, "王秀英", "1948-03-12").await;
    let made = grid.post("/v1/demands", meals(old)).await.is(201);
    for _ in 1..50 {
        let _ = grid.post("/v1/demands", meals(old)).await.is(200);
    }
    grid.post("/v1/demands", meals(old)).await.is_broken("/description", "texts_full");
    grid.post(&path(&made, "verify"), json!({ "note": "已走访" })).await.is_broken("/note", "texts_full");
    let _ = grid.post(&path(&made, "verify"), json!({})).await.is(200);
    let seen = grid.get(&path(&made, "")).await.is(200);
    assert_eq!((&seen["voices"], seen["texts"].as_array().unwrap().len()), (&json!(50), 50));
}

async fn days_have_bounds(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let list = format!("/v1/demand-lists/{COMMUNITY}/elderly?as_of=-262143-01-01");
    worker.get(&list).await.is_broken("as_of", "out_of_range");
    let measures = format!("/v1/measures/demands?division={COUNTY}&from=-262143-01-01&to=2026-09-07");
    worker.get(&measures).await.is_broken("from", "out_of_range");
}
