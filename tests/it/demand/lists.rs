use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY};
use support::{World, on_both};

use super::{born, meals, path};

on_both! {
    the_list_is_in_order_and_says_why, yesterday_can_be_read_again, who_must_look_again_is_told, a_birthday_moves_to_the_next_list,
    coverage_is_counted, a_region_sets_its_own_numbers,
    a_merged_community_brings_its_needs
}

fn totals(list: &Value) -> Vec<i64> {
    list["items"].as_array().unwrap().iter().map(|item| item["priority"]["total"].as_i64().unwrap()).collect()
}

async fn the_list_is_in_order_and_says_why(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let at = format!("/v1/demand-lists/{COMMUNITY}/elderly");
    assert_eq!(grid.get(&at).await.is(200)["revision"], 0);
    for (name, urgency) in [("王秀英", "normal"), ("李桂兰", "high"), ("张淑珍", "low")] {
        let old = born(&grid, name, "1948-03-12").await;
        let mut need = meals(old);
        need["urgency"] = json!(urgency);
        let _ = grid.post("/v1/demands", need).await.is(201);
    }
    world.pass(TimeDelta::days(9)).await;
    let list = grid.get(&at).await.is(200);
    // 300, 100 and 0 for urgency; 80 for living alone; 9 days of 5; the 8th and 9th day late of 10, as 7 days are allowed.
    assert_eq!((totals(&list), &list["revision"], &list["total"]), (vec![445, 245, 145], &json!(3), &json!(3)));
    let first = &list["items"][0]["priority"];
    let sum: i64 = first["terms"].as_array().unwrap().iter().map(|term| term["points"].as_i64().unwrap()).sum();
    assert_eq!((sum, &first["policy_version"]), (445, &json!("default-1")));
    let waiting = first["terms"].as_array().unwrap().iter().find(|term| term["term"] == "waiting").unwrap();
    assert_eq!((&waiting["count"], &waiting["points"]), (&json!(9), &json!(45)));
    let page = grid.get(&format!("{at}?limit=2")).await;
    assert!(page.headers.contains_key("link"));
    let page = page.is(200);
    assert_eq!(totals(&page), [445, 245]);
    let rest = grid.get(&format!("{at}?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await.is(200);
    assert_eq!((totals(&rest), &rest["next_cursor"]), (vec![145], &Value::Null));
    assert_eq!(grid.get(&format!("/v1/demand-lists/{COMMUNITY}/minor")).await.is(200)["items"], json!([]));
    grid.get(&format!("/v1/demand-lists/{COMMUNITY}/old")).await.is_broken("group", "not_in_list");
    let elsewhere = format!("/v1/demand-lists/{OTHER_COMMUNITY}/elderly");
    grid.get(&elsewhere).await.is_problem(404, "not_found");
    let county = world.staff(Role::SocialWorker, COUNTY).await;
    county.get(&format!("/v1/demand-lists/{COUNTY}/elderly")).await.is_broken("division", "not_a_grid");
    let lists = county.get(&format!("/v1/demand-lists?division={COUNTY}")).await.is(200);
    assert_eq!((&lists["items"][0]["group"], &lists["items"][0]["revision"]), (&json!("elderly"), &json!(3)));
}

async fn yesterday_can_be_read_again(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let at = format!("/v1/demand-lists/{COMMUNITY}/elderly");
    let (wang, li) = (born(&grid, "王秀英", "1948-03-12").await, born(&grid, "李桂兰", "1950-01-01").await);
    let made = grid.post("/v1/demands", meals(wang)).await.is(201);
    world.pass(TimeDelta::days(1)).await;
    let _ = grid.post("/v1/demands", meals(li)).await.is(201);
    let _ = grid.post(&path(&made, "drop"), json!({ "reason": "moved_away" })).await.is(200);
    let today = grid.get(&at).await.is(200);
    assert_eq!((&today["total"], &today["revision"]), (&json!(1), &json!(3)));
    let yesterday = grid.get(&format!("{at}?as_of=2026-09-07")).await.is(200);
    assert_eq!((&yesterday["total"], &yesterday["revision"]), (&json!(1), &json!(1)));
    let then = &yesterday["items"][0];
    assert_eq!((&then["id"], &then["state"], &then["version"]), (&made["id"], &json!("open"), &json!(1)));
    assert_eq!(then["priority"]["terms"][2]["count"], 0, "as many days as it had waited at the end of that day");
    world.pass(TimeDelta::days(7)).await;
    let late = async |query: &str| grid.get(&format!("{at}{query}")).await.is(200)["items"][0]["priority"]["terms"].clone();
    let now = late("").await;
    world.pass(TimeDelta::days(1)).await;
    assert_eq!(late("?as_of=2026-09-15").await, now, "what today's list says of an item, tomorrow says of it as of today");
    assert_ne!(late("").await, now);
    world.clock.advance(TimeDelta::days(-8));
    let before = grid.get(&format!("{at}?as_of=2026-09-06")).await.is(200);
    assert_eq!((&before["total"], &before["revision"]), (&json!(0), &json!(0)));
    grid.get(&format!("{at}?as_of=2026-09-09")).await.is_broken("as_of", "too_big");
    let back = grid.post(&path(&made, "reopen"), json!({ "note": "又搬回来了" })).await.is(200);
    assert_eq!((&back["state"], &back["reopened"]), (&json!("open"), &json!(1)));
    grid.post(&path(&made, "reopen"), json!({})).await.is_problem(409, "demand_step");
}

async fn who_must_look_again_is_told(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let (wang, minor) = (born(&grid, "王秀英", "1948-03-12").await, born(&grid, "赵小满", "2015-06-01").await);
    let made = grid.post("/v1/demands", meals(wang)).await.is(201);
    let _ = grid.post("/v1/demands", meals(minor)).await.is(201);
    assert_eq!(made["verify_by"], "2026-09-14T16:00:00Z", "the elderly who live alone within seven days");
    let overdue = format!("/v1/demands?list=overdue&division={COMMUNITY}");
    world.pass(TimeDelta::days(7)).await;
    assert_eq!(grid.get(&overdue).await.is(200)["items"], json!([]));
    world.pass(TimeDelta::days(1)).await;
    let listed = grid.get(&overdue).await.is(200);
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (1, &made["id"]));
    assert_eq!(listed["items"][0]["overdue"], true);
    let verified = grid.post(&path(&made, "verify"), json!({ "note": "已上门，仍需要" })).await.is(200);
    assert_eq!((&verified["overdue"], &verified["texts"][1]["body"]), (&json!(false), &json!("已上门，仍需要")));
    assert_eq!(grid.get(&overdue).await.is(200)["items"], json!([]));
    let edit = json!({ "urgency": "emergency", "tags": ["living_alone", "dependent"], "basis": "statutory_duty" });
    let without = grid.send(grid.request(reqwest::Method::PUT, &path(&made, "")).json(&edit)).await;
    without.is_problem(428, "precondition_required");
    let tag = grid.get(&path(&made, "")).await.header("etag").to_owned();
    let edited = grid.send(grid.request(reqwest::Method::PUT, &path(&made, "")).json(&edit).header("if-match", &tag)).await.is(200);
    assert_eq!((&edited["urgency"], &edited["verify_by"]), (&json!("emergency"), &json!("2026-09-16T16:00:00Z")));
    let stale = grid.send(grid.request(reqwest::Method::PUT, &path(&made, "")).json(&edit).header("if-match", &tag)).await;
    stale.is_problem(412, "precondition_failed");
}

async fn a_birthday_moves_to_the_next_list(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let young = born(&grid, "赵小满", "2008-09-10").await;
    let made = grid.post("/v1/demands", meals(young)).await.is(201);
    assert_eq!(made["group"], "minor");
    world.pass(TimeDelta::days(2)).await;
    assert_eq!(grid.get(&path(&made, "")).await.is(200)["group"], "minor", "the day before");
    world.pass(TimeDelta::days(1)).await;
    assert_eq!(grid.get(&path(&made, "")).await.is(200)["group"], "youth", "eighteen today");
    let events = grid.get(&path(&made, "events")).await.is(200);
    let moved = &events["items"][1];
    assert_eq!((&moved["step"], &moved["left_group"], &moved["actor"]), (&json!("regroup"), &json!("minor"), &Value::Null));
    let minors = grid.get(&format!("/v1/demand-lists/{COMMUNITY}/minor")).await.is(200);
    assert_eq!((&minors["total"], &minors["revision"]), (&json!(0), &json!(2)), "the list that was left records it");
    let then = grid.get(&format!("/v1/demand-lists/{COMMUNITY}/minor?as_of=2026-09-08")).await.is(200);
    assert_eq!(then["total"], 1);
    world.tick().await;
    assert_eq!(grid.get(&path(&made, "")).await.is(200)["version"], 2, "once");
}

async fn coverage_is_counted(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    for name in ["王秀英", "李桂兰"] {
        let old = born(&grid, name, "1948-03-12").await;
        let made = grid.post("/v1/demands", meals(old)).await.is(201);
        if name == "李桂兰" {
            let _ = grid.post(&path(&made, "drop"), json!({ "reason": "declined" })).await.is(200);
        }
    }
    let county = world.staff(Role::Supervisor, COUNTY).await;
    let at = format!("/v1/measures/demands?division={COUNTY}&from=2026-09-01&to=2026-09-30");
    let counted = county.get(&at).await.is(200);
    let elderly = counted["groups"].as_array().unwrap().iter().find(|of| of["group"] == "elderly").unwrap();
    assert_eq!(elderly["served"], json!({ "numerator": 0, "denominator": 1, "basis_points": 0 }), "dropped ones are not valid");
    assert_eq!(elderly["median_days_hundredths"], Value::Null);
    county.get(&at.replace("2026-09-30", "2026-08-31")).await.is_broken("to", "end_before_start");
}

async fn a_region_sets_its_own_numbers(world: Arc<World>) {
    let (administrator, grid) = (world.staff(Role::Administrator, COUNTY).await, world.staff(Role::GridMember, COMMUNITY).await);
    let old = born(&grid, "王秀英", "1948-03-12").await;
    let made = grid.post("/v1/demands", meals(old)).await.is(201);
    let mut policy = administrator.get(&format!("/v1/policies/demands?region={COUNTY}")).await.is(200)["in_force"]["policy"].clone();
    policy["version"] = json!("huanan-2");
    policy["priority"]["severe_tag"] = json!(200);
    policy["verify_days"]["elderly_alone"] = json!(0);
    let publish = |policy: &Value| json!({ "region": COUNTY, "policy": policy });
    administrator.post("/v1/policies/demands", publish(&policy)).await.is_broken("/policy/verify_days/elderly_alone", "out_of_range");
    policy["verify_days"]["elderly_alone"] = json!(3);
    let _ = administrator.post("/v1/policies/demands", publish(&policy)).await.is(201);
    let verified = grid.post(&path(&made, "verify"), json!({})).await.is(200);
    assert_eq!(verified["verify_by"], "2026-09-10T16:00:00Z");
    assert_eq!((&verified["priority"]["total"], &verified["priority"]["policy_version"]), (&json!(300), &json!("huanan-2")));
}

async fn a_merged_community_brings_its_needs(world: Arc<World>) {
    let (worker, administrator) = (world.staff(Role::SocialWorker, COUNTY).await, world.staff(Role::Administrator, COUNTY).await);
    let old = born(&worker, "王秀英", "1948-03-12").await;
    let mut need = meals(old);
    need["division"] = json!(OTHER_COMMUNITY);
    let made = worker.post("/v1/demands", need).await.is(201);
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let at = format!("/v1/demand-lists/{COMMUNITY}/elderly");
    assert_eq!(grid.get(&at).await.is(200)["total"], 0);
    world.pass(TimeDelta::days(1)).await;
    let merged = administrator.post(&format!("/v1/divisions/{COMMUNITY}/aliases"), json!({ "alias": OTHER_COMMUNITY })).await;
    assert!(merged.status < 300, "{}", merged.text);
    let list = grid.get(&at).await.is(200);
    assert_eq!((&list["items"][0]["id"], &list["revision"]), (&made["id"], &json!(1)), "nobody is lost in a merger");
    assert_eq!(grid.get(&format!("{at}?as_of=2026-09-07")).await.is(200)["total"], 1);
    let _ = grid.post(&path(&made, "verify"), json!({})).await.is(200);
}
