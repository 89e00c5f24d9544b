//! Seats are given once, first come first served, and the waiting list moves up by itself.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY, OTHER_REGION};
use support::{Answer, Person, World, on_both};

on_both! { of_a_hundred_as_many_get_a_seat_as_there_are, withdrawing_and_enrolling_at_once_leaves_no_seat_free,
the_waiting_list_moves_up_by_itself, one_enrols_once_and_before_it_begins, a_course_is_for_the_people_of_its_division,
more_seats_let_the_list_move_up, a_cancelled_session_has_nobody, a_repeated_request_enrols_once, who_may_plan }

pub(super) fn at(thing: &Value, step: &str) -> String {
    format!("/v1/training-sessions/{}/{step}", thing["id"].as_str().unwrap())
}

pub(super) fn of(enrolment: &Value, step: &str) -> String {
    format!("/v1/training-enrolments/{}/{step}", enrolment["id"].as_str().unwrap())
}

async fn enrols(who: &Person, session: &Value) -> Answer {
    who.post(&at(session, "enrolments"), json!({})).await
}

async fn residents(world: &World, count: usize) -> Vec<Person> {
    let mut found = Vec::new();
    for index in 0..count {
        found.push(world.resident(&format!("居民{index}")).await);
    }
    found
}

/// How many seats are taken, and how many wait, as the session says and as the list says.
async fn seats(world: &World, session: &Value) -> (i64, i64) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let seen = worker.get(&format!("/v1/training-sessions/{}", session["id"].as_str().unwrap())).await.is(200);
    let (mut taken, mut waiting, mut cursor) = (0, 0, String::new());
    loop {
        let page = worker.get(&format!("{}?limit=100{cursor}", at(session, "enrolments"))).await.is(200);
        for item in page["items"].as_array().unwrap() {
            taken += i64::from(item["state"] == "enrolled");
            waiting += i64::from(item["state"] == "waiting");
        }
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!((seen["taken"].as_i64(), seen["waiting"].as_i64()), (Some(taken), Some(waiting)), "the counts are those of the list");
    (taken, waiting)
}

async fn of_a_hundred_as_many_get_a_seat_as_there_are(world: Arc<World>) {
    let session = world.session(&world.course().await, 30).await;
    let people = residents(&world, 100).await;
    let answers = join_all(people.iter().map(|person| enrols(person, &session))).await;
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    let seated = answers.iter().filter(|answer| answer.body["state"] == "enrolled").count();
    assert_eq!(seated, 30, "as many as there are seats");
    assert_eq!(seats(&world, &session).await, (30, 70));
    let mut places: Vec<i64> = answers.iter().filter_map(|answer| answer.body["place_in_queue"].as_i64()).collect();
    places.sort_unstable();
    assert_eq!(places, (1..=70).collect::<Vec<_>>(), "everybody who waits knows their place");
}

async fn withdrawing_and_enrolling_at_once_leaves_no_seat_free(world: Arc<World>) {
    let session = world.session(&world.course().await, 10).await;
    let people = residents(&world, 60).await;
    let (first, later) = people.split_at(30);
    let enrolled = join_all(first.iter().map(|person| enrols(person, &session))).await;
    let withdraw = first.iter().zip(&enrolled).map(|(person, answer)| (person, of(&answer.body, "withdraw")));
    let leaving = join_all(withdraw.take(15).map(|(person, path)| async move { person.post(&path, json!({})).await }));
    let coming = join_all(later.iter().map(|person| enrols(person, &session)));
    let (left, came) = futures_util::join!(leaving, coming);
    assert!(left.iter().all(|answer| answer.status == 200), "{left:?}");
    assert!(came.iter().all(|answer| answer.status == 201), "{came:?}");
    assert_eq!(seats(&world, &session).await, (10, 35), "no seat is free while somebody waits");
}

async fn the_waiting_list_moves_up_by_itself(world: Arc<World>) {
    let session = world.session(&world.course().await, 1).await;
    let [li, wang, zhao] = [world.resident("李师傅").await, world.resident("王秀英").await, world.resident("赵小满").await];
    let first = enrols(&li, &session).await.is(201);
    assert_eq!((&first["state"], &first["place_in_queue"]), (&json!("enrolled"), &json!(null)));
    let second = enrols(&wang, &session).await.is(201);
    assert_eq!((&second["state"], &second["place_in_queue"]), (&json!("waiting"), &json!(1)));
    assert_eq!(enrols(&zhao, &session).await.is(201)["place_in_queue"], 2);
    assert_eq!(li.post(&of(&first, "withdraw"), json!({})).await.is(200)["state"], "withdrawn");
    assert_eq!(world.learned(&wang).await["enrolments"][0]["state"], "enrolled", "the first who waits gets the seat");
    assert_eq!(world.learned(&zhao).await["enrolments"][0]["place_in_queue"], 1);
    let again = enrols(&li, &session).await.is(201);
    assert_eq!((&again["id"], &again["state"], &again["place_in_queue"]), (&first["id"], &json!("waiting"), &json!(2)), "at the end");
    let _ = wang.post(&of(&second, "withdraw"), json!({})).await.is(200);
    assert_eq!(world.learned(&zhao).await["enrolments"][0]["state"], "enrolled");
    assert_eq!(seats(&world, &session).await, (1, 1));
    for (who, told) in [(&wang, 1), (&zhao, 1), (&li, 0)] {
        let messages = who.get("/v1/me/messages").await.is(200);
        let seats = messages["items"].as_array().unwrap().iter().filter(|message| message["kind"] == "training_seat").count();
        assert_eq!(seats, told, "who moves up is told: {messages}");
    }
}

async fn one_enrols_once_and_before_it_begins(world: Arc<World>) {
    let session = world.session(&world.course().await, 5).await;
    let (wang, zhao) = (world.resident("王秀英").await, world.resident("赵小满").await);
    let enrolment = enrols(&wang, &session).await.is(201);
    enrols(&wang, &session).await.is_problem(409, "already_exists");
    zhao.post(&of(&enrolment, "withdraw"), json!({})).await.is_problem(404, "not_found");
    world.clock.advance(TimeDelta::days(1));
    enrols(&zhao, &session).await.is_problem(409, "session_begun");
    wang.post(&of(&enrolment, "withdraw"), json!({})).await.is_problem(409, "session_begun");
    world.anyone.post(&at(&session, "enrolments"), json!({})).await.is_problem(401, "unauthenticated");
    zhao.post(&at(&session, "enrolments"), json!({ "who": "me" })).await.is_broken("/who", "unknown_field");
}

async fn a_course_is_for_the_people_of_its_division(world: Arc<World>) {
    let course = world.course().await;
    let session = world.session(&course, 5).await;
    let stranger = world.resident_of(OTHER_COMMUNITY, "周敏").await;
    enrols(&stranger, &session).await.is_broken("/person", "outside_division");
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let wang = world.resident("王秀英").await;
    assert_eq!(world.enrolled(&session, wang.person).await["state"], "enrolled");
    grid.post(&at(&session, "enrolments"), json!({ "person": stranger.person })).await.is_problem(404, "not_found");
    wang.post(&at(&session, "enrolments"), json!({ "person": stranger.person })).await.is_problem(404, "not_found");
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let path = format!("/v1/training-courses/{}", course["id"].as_str().unwrap());
    let closed = json!({ "title": "居家照护基础", "credit_hours": 8, "active": false });
    worker.put(&path, closed.clone()).await.is_problem(428, "precondition_required");
    let _ = worker.with("if-match", "*").put(&path, closed).await.is(200);
    enrols(&world.resident("赵小满").await, &session).await.is_problem(409, "course_closed");
}

async fn more_seats_let_the_list_move_up(world: Arc<World>) {
    let session = world.session(&world.course().await, 1).await;
    for person in residents(&world, 4).await {
        let _ = enrols(&person, &session).await.is(201);
    }
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let path = format!("/v1/training-sessions/{}", session["id"].as_str().unwrap());
    let planned = |capacity: i32| json!({ "place": "社区礼堂", "starts_at": session["starts_at"], "ends_at": session["ends_at"], "capacity": capacity });
    let tag = worker.get(&path).await.header("etag").to_owned();
    assert_eq!(worker.with("if-match", &tag).put(&path, planned(3)).await.is(200)["taken"], 3);
    assert_eq!(seats(&world, &session).await, (3, 1));
    worker.with("if-match", &tag).put(&path, planned(4)).await.is_problem(412, "precondition_failed");
    worker.with("if-match", "*").put(&path, planned(2)).await.is_broken("/capacity", "seats_taken");
    worker.with("if-match", "*").put(&path, planned(0)).await.is_broken("/capacity", "too_small");
    let mut backwards = planned(3);
    backwards["ends_at"] = session["starts_at"].clone();
    worker.with("if-match", "*").put(&path, backwards).await.is_broken("/ends_at", "end_before_start");
    for (ends, rule) in [("9999-12-31T00:00:00Z", "out_of_range"), ("2150-01-01T00:00:00Z", "too_big")] {
        let mut endless = planned(30);
        endless["ends_at"] = json!(ends);
        worker.with("if-match", "*").put(&path, endless).await.is_broken("/ends_at", rule);
    }
    world.clock.advance(TimeDelta::days(2));
    worker.with("if-match", "*").put(&path, planned(4)).await.is_problem(409, "session_begun");
}

async fn a_cancelled_session_has_nobody(world: Arc<World>) {
    let session = world.session(&world.course().await, 1).await;
    let (wang, zhao) = (world.resident("王秀英").await, world.resident("赵小满").await);
    let _ = enrols(&wang, &session).await.is(201);
    let _ = enrols(&zhao, &session).await.is(201);
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let cancelled = worker.post(&at(&session, "cancel"), json!({})).await.is(200);
    assert_eq!((&cancelled["state"], &cancelled["taken"], &cancelled["waiting"]), (&json!("cancelled"), &json!(0), &json!(0)));
    for person in [&wang, &zhao] {
        assert_eq!(world.learned(person).await["enrolments"][0]["state"], "cancelled");
    }
    enrols(&world.resident("周敏").await, &session).await.is_problem(409, "session_cancelled");
    assert_eq!(worker.post(&at(&session, "cancel"), json!({})).await.is(200)["version"], cancelled["version"], "nothing more to do");
    let upcoming = worker.get(&format!("/v1/training-sessions?division={COUNTY}&upcoming=true")).await.is(200);
    assert_eq!(upcoming["items"], json!([]));
}

async fn a_repeated_request_enrols_once(world: Arc<World>) {
    let session = world.session(&world.course().await, 1).await;
    let wang = world.resident("王秀英").await;
    let keyed = wang.with("Idempotency-Key", "enrol-1");
    let first = keyed.post(&at(&session, "enrolments"), json!({})).await.is(201);
    let again = keyed.post(&at(&session, "enrolments"), json!({})).await;
    assert_eq!((again.header("idempotent-replayed"), &again.body["id"]), ("true", &first["id"]));
    assert_eq!(seats(&world, &session).await, (1, 0));
}

async fn who_may_plan(world: Arc<World>) {
    let course = json!({ "division": COMMUNITY, "title": "急救", "credit_hours": 4 });
    world.resident("王秀英").await.post("/v1/training-courses", course.clone()).await.is_problem(403, "forbidden");
    let elsewhere = world.staff(Role::SocialWorker, OTHER_REGION).await;
    elsewhere.post("/v1/training-courses", course).await.is_problem(404, "not_found");
    let session = world.session(&world.course().await, 3).await;
    elsewhere.post(&at(&session, "cancel"), json!({})).await.is_problem(404, "not_found");
    elsewhere.get(&at(&session, "enrolments")).await.is_problem(404, "not_found");
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let unknown = json!({ "division": COMMUNITY, "title": "急救", "credit_hours": 4, "certifies": { "craft": session["id"], "level": "junior", "valid_months": 12 } });
    worker.post("/v1/training-courses", unknown).await.is_broken("/certifies/craft", "unknown_craft");
    let listed = worker.get(&format!("/v1/training-courses?division={COMMUNITY}")).await.is(200);
    assert_eq!(listed["items"][0]["title"], "居家照护基础");
}
