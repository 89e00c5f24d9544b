//! From the proposal to the last stage.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY};
use support::{Person, World, on_both};
use uuid::Uuid;

use super::{asks, at, id, proposed};

on_both! { both_sides_agree, who_may_teach_and_learn, a_master_has_only_so_many_apprentices_whoever_asks_at_once,
staff_record_the_word_of_who_has_no_account, stages_follow_each_other_and_two_people_decide, two_confirmations_at_once_advance_once,
a_certification_that_is_lost_stops_it_and_staff_are_told, a_withdrawn_consent_ends_it, strangers_know_nothing_of_it,
who_is_erased_leaves_counts_only }

async fn told(who: &Person, kind: &str) -> bool {
    let messages = who.get("/v1/me/messages").await.is(200);
    messages["items"].as_array().unwrap().iter().any(|message| message["kind"] == kind)
}

async fn both_sides_agree(world: Arc<World>) {
    let (master, pupil) = (world.master("赵师傅").await, world.resident("李晓").await);
    let made = proposed(&world, &master, &pupil, "李晓").await;
    assert_eq!((&made["state"], &made["next"]), (&json!("proposed"), &json!(["agree", "refuse", "end"])));
    assert!(told(&pupil, "apprenticeship_proposed").await);
    master.post("/v1/apprenticeships", asks(&world, "master", pupil.person, "李晓")).await.is_problem(409, "already_exists");
    master.post(&at(id(&made), "agree"), json!({})).await.is_problem(409, "apprenticeship_step");
    pupil.post(&at(id(&made), "agree"), json!({ "channel": "paper" })).await.is_broken("/channel", "agrees_themselves");
    let running = pupil.with("Idempotency-Key", "yes-1").post(&at(id(&made), "agree"), json!({})).await.is(200);
    assert_eq!((&running["state"], &running["stage"]), (&json!("running"), &json!("beginner")));
    assert_eq!(pupil.with("Idempotency-Key", "yes-1").post(&at(id(&made), "agree"), json!({})).await.is(200), running);
    assert!(told(&master, "apprenticeship_agreed").await);
    assert_eq!(pupil.get("/v1/me/apprenticeships?side=apprentice").await.is(200)["items"][0]["id"], made["id"]);
    assert_eq!(pupil.get("/v1/me/apprenticeships?side=master").await.is(200)["items"], json!([]));
    let ended = master.post(&at(id(&made), "end"), json!({ "reason": "master_stops" })).await.is(200);
    assert_eq!((&ended["state"], &ended["next"]), (&json!("ended"), &json!([])));
    let asked = pupil.post("/v1/apprenticeships", asks(&world, "apprentice", master.person, "赵师傅")).await.is(201);
    let refused = master.post(&at(id(&asked), "refuse"), json!({})).await.is(200);
    assert_eq!(refused["state"], "refused");
    master.post(&at(id(&asked), "agree"), json!({})).await.is_problem(409, "apprenticeship_step");
}

async fn who_may_teach_and_learn(world: Arc<World>) {
    let (master, pupil) = (world.master("赵师傅").await, world.resident("李晓").await);
    let propose = |who: &Person, asked: Value| {
        let who = who.clone();
        async move { who.post("/v1/apprenticeships", asked).await }
    };
    propose(&master, asks(&world, "master", pupil.person, "王晓")).await.is_broken("/other", "unknown_person");
    propose(&master, asks(&world, "master", Uuid::now_v7(), "李晓")).await.is_broken("/other", "unknown_person");
    propose(&master, asks(&world, "master", master.person, "赵师傅")).await.is_broken("/other", "unknown_person");
    propose(&pupil, asks(&world, "master", master.person, "赵师傅")).await.is_problem(409, "not_a_master");
    let plain = world.craftsman("钱师傅", world.catalogue.plumbing).await;
    for name in ["李晓", "王晓"] {
        let asked = propose(&plain, asks(&world, "master", pupil.person, name)).await;
        asked.is_problem(409, "not_a_master");
    }
    let other_craft = json!({ "craft": world.catalogue.hairdressing, "side": "master", "other": pupil.person, "other_name": "李晓", "division": COMMUNITY });
    propose(&master, other_craft).await.is_problem(409, "not_a_master");
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let child = crate::demand::born(&worker.client, "王小宝", "2014-06-01").await;
    propose(&master, asks(&world, "master", child, "王小宝")).await.is_problem(409, "consent_missing");
    for kind in ["register", "sensitive_data"] {
        let consent = json!({ "kind": kind, "text_version": "2026-1", "giver": "guardian", "relation": "parent", "channel": "paper" });
        let _ = worker.post(&format!("/v1/persons/{child}/consents"), consent).await.is(201);
    }
    let _ = propose(&master, asks(&world, "master", child, "王小宝")).await.is(201);
}

async fn a_master_has_only_so_many_apprentices_whoever_asks_at_once(world: Arc<World>) {
    let master = world.master("赵师傅").await;
    let mut pupils = Vec::new();
    for _ in 0..50 {
        pupils.push(world.written_down("李晓").await);
    }
    let at_once = pupils.iter().map(|pupil| {
        let (master, asked) = (master.clone(), asks(&world, "master", *pupil, "李晓"));
        async move { master.post("/v1/apprenticeships", asked).await.status }
    });
    let answers = join_all(at_once).await;
    let count = |status: u16| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((count(201), count(409)), (6, 44), "{answers:?}");
    let pupil = world.resident("孙晓").await;
    let asked = pupil.post("/v1/apprenticeships", asks(&world, "apprentice", master.person, "赵师傅")).await.is(201);
    master.post(&at(id(&asked), "agree"), json!({})).await.is_problem(409, "master_full");
}

async fn staff_record_the_word_of_who_has_no_account(world: Arc<World>) {
    let (master, pupil) = (world.master("赵师傅").await, world.written_down("李晓").await);
    let made = master.post("/v1/apprenticeships", asks(&world, "master", pupil, "李晓")).await.is(201);
    let worker = world.staff(Role::SocialWorker, COMMUNITY).await;
    let agree = at(id(&made), "agree");
    worker.post(&agree, json!({})).await.is_broken("/channel", "required");
    worker.post(&agree, json!({ "channel": "paper" })).await.is_broken("/evidence", "required");
    let word = json!({ "channel": "paper", "evidence": "拜师帖 2026-3" });
    world.staff(Role::SocialWorker, OTHER_COMMUNITY).await.post(&agree, word.clone()).await.is_problem(404, "not_found");
    let running = worker.post(&agree, word.clone()).await.is(200);
    assert_eq!((&running["state"], &running["agreed_evidence"]), (&json!("running"), &json!("拜师帖 2026-3")));
    assert_eq!(master.get(&format!("/v1/apprenticeships/{}", id(&made))).await.is(200)["agreed_evidence"], Value::Null);
    let known = world.resident("孙晓").await;
    let other = proposed(&world, &master, &known, "孙晓").await;
    worker.post(&at(id(&other), "agree"), word).await.is_problem(409, "speaks_for_themselves");
}

async fn stages_follow_each_other_and_two_people_decide(world: Arc<World>) {
    let (master, pupil) = (world.master("赵师傅").await, world.resident("李晓").await);
    let made = proposed(&world, &master, &pupil, "李晓").await;
    let (ask, decide) = (at(id(&made), "ask-for-stage"), at(id(&made), "decide-stage"));
    let worker = world.staff(Role::SocialWorker, COMMUNITY).await;
    let yes = || json!({ "confirmed": true });
    let _ = pupil.post(&at(id(&made), "agree"), json!({})).await.is(200);
    worker.post(&decide, yes()).await.is_problem(409, "apprenticeship_step");
    master.post(&ask, json!({})).await.is_problem(409, "stage_not_done");
    for (days, works, next) in [(30, 1, "learning"), (180, 3, "journeyman"), (90, 1, "journeyman")] {
        for nth in 0..works {
            let today = world.now().date_naive().to_string();
            let work = json!({ "title": format!("作品{nth}"), "made_on": today });
            let _ = pupil.post(&at(id(&made), "works"), work).await.is(201);
        }
        master.post(&ask, json!({})).await.is_problem(409, "stage_not_done");
        world.pass(TimeDelta::days(days)).await;
        pupil.post(&ask, json!({})).await.is_problem(403, "forbidden");
        let _ = master.post(&ask, json!({})).await.is(200);
        master.post(&decide, yes()).await.is_problem(403, "forbidden");
        let declined = worker.post(&decide, json!({ "confirmed": false })).await.is(200);
        assert_eq!(declined["asked_at"], Value::Null);
        let _ = master.post(&ask, json!({})).await.is(200);
        assert_eq!(worker.post(&decide, yes()).await.is(200)["stage"], next);
    }
    assert!(told(&worker, "apprenticeship_asked").await);
    let done = pupil.get(&format!("/v1/apprenticeships/{}", id(&made))).await.is(200);
    assert_eq!(done["state"], "completed");
    let based: Vec<_> =
        done["stages"].as_array().unwrap().iter().map(|stage| (&stage["days"], &stage["works"], &stage["policy_version"])).collect();
    let version = json!("default-1");
    assert_eq!(based, [(&json!(30), &json!(1), &version), (&json!(180), &json!(3), &version), (&json!(90), &json!(1), &version)]);
    let counts = worker.get(&format!("/v1/measures/apprenticeships?division={COMMUNITY}")).await.is(200);
    assert_eq!((&counts["running"], &counts["completed"], &counts["works"]), (&json!(0), &json!(1), &json!(5)));
}

async fn two_confirmations_at_once_advance_once(world: Arc<World>) {
    let (master, pupil) = (world.volunteer("赵师傅").await, world.resident("李晓").await);
    let made = world.apprenticeship(&master, &pupil).await;
    let _ = master.post(&at(made, "ask-for-stage"), json!({})).await.is(200);
    let (one, other) = (world.staff(Role::SocialWorker, COUNTY).await, world.staff(Role::Administrator, COUNTY).await);
    let to = at(made, "decide-stage");
    let at_once = [one, other].map(|who| {
        let to = to.clone();
        async move { who.post(&to, json!({ "confirmed": true })).await.status }
    });
    let mut answers = join_all(at_once).await;
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
    let after = pupil.get(&format!("/v1/apprenticeships/{made}")).await.is(200);
    assert_eq!((&after["stage"], after["stages"].as_array().unwrap().len()), (&json!("learning"), 1));
}

async fn a_certification_that_is_lost_stops_it_and_staff_are_told(world: Arc<World>) {
    let (master, pupil) = (world.volunteer("赵师傅").await, world.resident("李晓").await);
    let made = world.apprenticeship(&master, &pupil).await;
    let worker = world.staff(Role::SocialWorker, COMMUNITY).await;
    let held = worker.get(&format!("/v1/persons/{}/certifications", master.person)).await.is(200);
    let suspend = format!("/v1/certifications/{}/suspend", id(&held["items"][0]));
    let _ = master.post(&at(made, "ask-for-stage"), json!({})).await.is(200);
    let _ = worker.post(&suspend, json!({ "reason": "投诉待核实" })).await.is(200);
    worker.post(&at(made, "decide-stage"), json!({ "confirmed": true })).await.is_problem(409, "not_a_master");
    world.pass(TimeDelta::minutes(1)).await;
    world.pass(TimeDelta::minutes(1)).await;
    let messages = worker.get("/v1/me/messages").await.is(200);
    let about = messages["items"].as_array().unwrap().iter().filter(|message| message["kind"] == "master_uncertified").count();
    assert_eq!(about, 1, "once: {messages}");
    world.make_master(&master, TimeDelta::days(100)).await;
    let after = worker.post(&at(made, "decide-stage"), json!({ "confirmed": true })).await.is(200);
    assert_eq!((&after["stage"], &after["lapsed_at"]), (&json!("learning"), &Value::Null));
}

async fn a_withdrawn_consent_ends_it(world: Arc<World>) {
    let (master, pupil) = (world.volunteer("赵师傅").await, world.resident("李晓").await);
    let made = world.apprenticeship(&master, &pupil).await;
    let _ = pupil.post("/v1/me/consents", json!({ "kind": "register", "text_version": "2026-1" })).await.is(201);
    let _ = pupil.post("/v1/me/consents/withdraw", json!({ "kind": "register" })).await.is(200);
    let after = master.get(&format!("/v1/apprenticeships/{made}")).await.is(200);
    assert_eq!((&after["state"], &after["end_reason"]), (&json!("ended"), &json!("consent_withdrawn")));
    assert!(told(&master, "apprenticeship_ended").await);
    master.post("/v1/apprenticeships", asks(&world, "master", pupil.person, "李晓")).await.is_problem(409, "consent_missing");
}

async fn strangers_know_nothing_of_it(world: Arc<World>) {
    let (master, pupil) = (world.volunteer("赵师傅").await, world.resident("李晓").await);
    let made = world.apprenticeship(&master, &pupil).await;
    let (stranger, beside) = (world.master("周师傅").await, world.staff(Role::SocialWorker, OTHER_COMMUNITY).await);
    for who in [&stranger, &beside] {
        who.get(&format!("/v1/apprenticeships/{made}")).await.is_problem(404, "not_found");
        who.get(&at(made, "works")).await.is_problem(404, "not_found");
        who.post(&at(made, "end"), json!({ "reason": "other" })).await.is_problem(404, "not_found");
        who.post(&at(made, "ask-for-stage"), json!({})).await.is_problem(404, "not_found");
    }
    beside.post(&at(made, "decide-stage"), json!({ "confirmed": true })).await.is_problem(404, "not_found");
    beside.get(&format!("/v1/apprenticeships?division={COMMUNITY}")).await.is_problem(404, "not_found");
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let listed =
        worker.get(&format!("/v1/apprenticeships?division={COUNTY}&state=running&craft={}", world.catalogue.plumbing)).await.is(200);
    assert_eq!(listed["items"][0]["id"], json!(made));
    worker.post(&at(made, "end"), json!({ "reason": "erased" })).await.is_broken("/reason", "not_in_list");
}

async fn who_is_erased_leaves_counts_only(world: Arc<World>) {
    let (master, pupil) = (world.volunteer("赵师傅").await, world.resident("李晓").await);
    let made = world.apprenticeship(&master, &pupil).await;
    let exported = pupil.get("/v1/me/export").await.is(200);
    assert_eq!(exported["apprenticeships"][0]["works"][0]["title"], "第一件作品");
    let _ = pupil.post("/v1/me/erasure", json!({ "irreversible": true })).await;
    let after = master.get(&format!("/v1/apprenticeships/{made}")).await.is(200);
    assert_eq!((&after["state"], &after["end_reason"]), (&json!("ended"), &json!("erased")));
    assert_eq!(master.get(&at(made, "works")).await.is(200)["items"][0]["title"], Value::Null);
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    assert_eq!(worker.get(&format!("/v1/measures/apprenticeships?division={COUNTY}")).await.is(200)["works"], 1);
}
