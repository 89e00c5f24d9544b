//! Volunteers of a table: who is taken, who waits, who is known already, and who is not taken.

use std::sync::Arc;

use api::import::Outcome;
use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::json;
use support::synthetic::{HEADERS, row, somebody};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY};
use support::{World, on_both};

use super::{counts, file, loaded, told, volunteers};

on_both! { a_table_is_taken_and_its_people_are_found, each_row_says_what_is_wrong_with_it, a_table_is_loaded_again_without_doubles,
who_is_there_stays_as_they_are, minors_wait_for_the_guardian, a_trial_keeps_nothing, many_who_load_the_same_at_once_make_no_doubles }

fn table(rows: &[String]) -> Vec<u8> {
    format!("{HEADERS}\n{}\n", rows.join("\n")).into_bytes()
}

fn rows(count: u64) -> Vec<String> {
    (0..count).map(|index| row(index, COMMUNITY)).collect()
}

async fn a_table_is_taken_and_its_people_are_found(world: Arc<World>) {
    let path = file(&world, "list.csv", &table(&rows(30)));
    let outcome = loaded(&world, &volunteers(&world).await, path, false).await;
    assert_eq!(counts(&outcome), (30, 0, 0, 0), "{outcome:?}");
    let (worker, seventh) = (world.staff(Role::SocialWorker, COUNTY).await, somebody(7));
    for asked in [
        json!({ "phone": seventh.phone }),
        json!({ "document": { "kind": "resident_identity_card", "number": seventh.document } }),
        json!({ "name": seventh.name }),
        json!({ "volunteer_number": seventh.number }),
    ] {
        let found = worker.post("/v1/persons/search", asked.clone()).await.is(200);
        let person = found["items"].as_array().unwrap().iter().find(|item| item["volunteer"]["number"] == json!(seventh.number));
        let person = person.unwrap_or_else(|| panic!("{asked}: {found}"));
        assert_eq!(person["volunteer"]["state"], "active");
        assert!(!found.to_string().contains(&seventh.document) && !found.to_string().contains(&seventh.phone), "masked: {found}");
        let events = worker.get(&format!("/v1/persons/{}/volunteer/events", person["id"].as_str().unwrap())).await.is(200);
        assert_eq!(events["items"][0]["to"], "active");
    }
}

async fn each_row_says_what_is_wrong_with_it(world: Arc<World>) {
    let text = "姓名,手机号,证件号码,证件类型,出生日期,性别,区划代码,监护人同意,志愿者编号\n\
        张一,13800000001,,,,,230822106001,,\n\
        ,13800000002,,,,,230822106001,,\n\
        张三,123,,,,,230822106001,,\n\
        张四,,110105194912310021,,,,230822106001,,\n\
        张五,,,,,,230822106001,,\n\
        张六,13800000006,,,,,230822106777,,\n\
        张七,13800000007,,,,,230822,,\n\
        张八,13800000008,,,2015-01-01,,230822106001,,\n\
        张九,13800000009,,,1990年13月1日,,230822106001,,\n\
        张十,13800000010,,学生证,,,230822106001,,\n\
        李一,13800000011,,,,,230822106001,也许,\n\
        李二,13800000012,11010519491231002X,,,男,230822106001,,\n\
        李三,13800000013,,,,,230822106001,,A B\n\
        李四,13800000014,,,,,,,\n";
    let path = file(&world, "list.csv", text.as_bytes());
    let outcome = loaded(&world, &volunteers(&world).await, path, false).await;
    let expected = [
        (3, "name", "required"),
        (4, "phone", "too_short"),
        (5, "document", "identity_number_check"),
        (6, "document", "identifier_needed"),
        (7, "division", "unknown_division"),
        (8, "division", "too_short"),
        (9, "guardian_consent", "guardian_needed"),
        (10, "birth_date", "wrong_format"),
        (12, "guardian_consent", "not_in_list"),
        (13, "sex", "sex_mismatch"),
        (14, "number", "wrong_format"),
        (15, "division", "required"),
    ];
    assert_eq!(told(&outcome.refused), expected);
    assert_eq!(counts(&outcome), (2, 0, 0, 12), "a kind of document without a number says nothing");
}

async fn a_table_is_loaded_again_without_doubles(world: Arc<World>) {
    let mut rows = rows(40);
    rows.push(rows[3].clone());
    let (first, all) = (table(&rows[..25]), table(&rows));
    let volunteers = volunteers(&world).await;
    let broken_off = loaded(&world, &volunteers, file(&world, "list.csv", &first), false).await;
    assert_eq!(counts(&broken_off), (25, 0, 0, 0));
    let path = file(&world, "list.csv", &all);
    assert_eq!(counts(&loaded(&world, &volunteers, path.clone(), false).await), (15, 26, 0, 0), "one of them stands in it twice");
    assert_eq!(counts(&loaded(&world, &volunteers, path, false).await), (0, 41, 0, 0));
}

async fn who_is_there_stays_as_they_are(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let person = |name: &str, phone: &str| json!({ "name": name, "phone": phone, "division": COMMUNITY, "basis": "consent" });
    let known = worker.post("/v1/persons", person("王秀英", "13800000001")).await.is(201);
    let _ = worker.post("/v1/persons", person("赵六", "13800000002")).await.is(201);
    let one = somebody(1);
    let text = format!(
        "姓名,手机号,证件号码,出生日期,区划代码,志愿者编号\n\
         王秀英,13800000001,,,{COMMUNITY},ZY-1\n\
         王秀英,13800000001,,,{OTHER_COMMUNITY},ZY-2\n\
         {},,{},,{COMMUNITY},ZY-1\n\
         {},,{},,{COMMUNITY},ZY-3\n\
         别人,,{},,{COMMUNITY},ZY-4\n\
         小王,13800000001,,,{COMMUNITY},13800000001\n",
        one.name, one.document, one.name, one.document, one.document
    );
    let path = file(&world, "list.csv", text.as_bytes());
    let outcome = loaded(&world, &volunteers(&world).await, path, false).await;
    assert_eq!(told(&outcome.refused), [(4, "number", "somebody_else"), (6, "name", "somebody_else")]);
    assert_eq!(told(&outcome.differing), [(3, "division", "differs_from_record"), (3, "number", "differs_from_record")]);
    assert_eq!((outcome.added, outcome.unchanged), (3, 0));
    let now = worker.get(&format!("/v1/persons/{}", known["id"].as_str().unwrap())).await.is(200);
    assert_eq!((&now["division"], &now["volunteer"]["number"]), (&json!(COMMUNITY), &json!("ZY-1")), "the first row made a volunteer");
    let family = worker.post("/v1/persons/search", json!({ "name": "小王" })).await.is(200);
    let number = family["items"][0]["volunteer"]["number"].as_str().unwrap();
    assert!(number.starts_with('V'), "a telephone number is no number of a volunteer's: {number}");
}

async fn minors_wait_for_the_guardian(world: Arc<World>) {
    let text = format!(
        "姓名,手机号,出生日期,区划代码,监护人同意\n\
         王小明,13800000001,2010-01-01,{COMMUNITY},是\n\
         王小红,13800000001,2011-01-01,{COMMUNITY},否\n\
         王小军,13800000001,2015-01-01,{COMMUNITY},是\n"
    );
    let mut volunteers = volunteers(&world).await;
    let path = file(&world, "list.csv", text.as_bytes());
    let refused = loaded(&world, &volunteers, path.clone(), true).await;
    assert_eq!(told(&refused.refused), [(3, "guardian_consent", "guardian_needed")]);
    volunteers.minors_wait = true;
    assert_eq!(counts(&loaded(&world, &volunteers, path, false).await), (3, 0, 0, 0));
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    for (name, state) in [("王小明", "active"), ("王小红", "applied"), ("王小军", "applied")] {
        let found = worker.post("/v1/persons/search", json!({ "name": name })).await.is(200);
        assert_eq!(found["items"][0]["volunteer"]["state"], state, "{name}: under 14 a consent of their own kind is needed");
        let at = format!("/v1/persons/{}/volunteer/state", found["items"][0]["id"].as_str().unwrap());
        if state == "applied" {
            let answer = worker.with("if-match", "*").post(&at, json!({ "state": "active" })).await;
            assert!(answer.status == 409 || answer.status == 403 || answer.status == 422, "{name} waits: {}", answer.text);
        }
    }
}

async fn a_trial_keeps_nothing(world: Arc<World>) {
    let mut rows = rows(700);
    rows.push(rows[0].clone());
    let path = file(&world, "list.csv", &table(&rows));
    let trial = loaded(&world, &volunteers(&world).await, path.clone(), true).await;
    assert_eq!(counts(&trial), (700, 1, 0, 0), "also who stands twice in different batches is told");
    let real = loaded(&world, &volunteers(&world).await, path, false).await;
    assert_eq!(counts(&real), counts(&trial), "nobody was kept by the trial");
}

async fn many_who_load_the_same_at_once_make_no_doubles(world: Arc<World>) {
    let rows: Vec<String> =
        (0..60).map(|index| format!("{},{},{COMMUNITY}", somebody(index % 20).name, 13_800_000_000_u64 + index % 20)).collect();
    let path = file(&world, "list.csv", format!("姓名,手机号,区划代码\n{}\n", rows.join("\n")).as_bytes());
    let table = volunteers(&world).await;
    let all: Vec<Outcome> = join_all((0..50).map(|_| loaded(&world, &table, path.clone(), false))).await;
    assert_eq!(all.iter().map(|outcome| outcome.added).sum::<usize>(), 20);
    assert_eq!(all.iter().map(|outcome| outcome.unchanged).sum::<usize>(), 50 * 60 - 20);
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    for index in 0..20 {
        let found = worker.post("/v1/persons/search", json!({ "phone": format!("{}", 13_800_000_000_u64 + index) })).await.is(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
    }
}
