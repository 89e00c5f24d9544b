//! What is refused, and how.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::order::Step;
use domain::vocabulary::Vocabulary as _;
use serde_json::json;
use support::people::path;
use support::{World, on_both};

use super::loop_through::{accepted, finished, queued};

on_both! { an_uncertified_taker, a_second_taker, a_taker_whose_certificate_ended, two_places_at_once, wrong_codes_lock_the_code, a_right_code_may_come_again,
nobody_dispatches_to_themselves, wishes_that_cannot_be, a_free_service_takes_no_money, steps_out_of_order, a_refusal_can_be_appealed_once,
an_excluded_order_needs_a_second_person, reviews_come_from_the_right_side }

async fn an_uncertified_taker(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let barber = world.craftsman("理发师", world.catalogue.hairdressing).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    let refused = station.post(&path(&order, "offer"), json!({ "takers": [{ "kind": "person", "id": barber.person }] })).await;
    refused.is_problem(422, "taker_not_eligible");
    assert_eq!(refused.body["errors"][0]["pointer"], "/takers/0");
    assert!(refused.body["errors"][0]["message"].as_str().unwrap().contains("not_certified"), "{}", refused.text);
}

async fn a_second_taker(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let zhao = world.craftsman("赵师傅", world.catalogue.plumbing).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    let takers = json!({ "takers": [{ "kind": "person", "id": li.person }, { "kind": "person", "id": zhao.person }] });
    station.takes(&order, "offer", takers).await;
    li.takes(&order, "accept", json!({})).await;
    let late = zhao.post(&path(&order, "accept"), json!({})).await;
    late.is_problem(409, "no_open_offer");
    assert!(!late.text.contains("李"), "no name: {}", late.text);
}

async fn a_taker_whose_certificate_ended(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.volunteer("李师傅").await;
    world.certify(&li, world.catalogue.plumbing, TimeDelta::minutes(10)).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    world.clock.advance(TimeDelta::minutes(11));
    world.services.forget();
    let late = li.post(&path(&order, "accept"), json!({})).await;
    assert!(late.status == 422 || late.status == 403, "eligible when offered is not enough: {}", late.text);
}

async fn two_places_at_once(world: Arc<World>) {
    let (_, li, _) = accepted(&world).await;
    let (zhou, station) = (world.resident("周敏").await, world.dispatcher().await);
    let order = queued(&world, &zhou, &station, world.catalogue.free).await;
    let offer = station.post(&path(&order, "offer"), json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    if offer.status == 200 {
        let second = li.post(&path(&order, "accept"), json!({})).await;
        assert!(matches!(second.body["code"].as_str(), Some("double_booked" | "taker_not_eligible")), "{}", second.text);
    } else {
        offer.is_problem(422, "taker_not_eligible");
    }
}

async fn wrong_codes_lock_the_code(world: Arc<World>) {
    let (wang, li, order) = accepted(&world).await;
    let right = wang.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200)["check_in_code"].clone();
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let at = path(&order, "check-in");
    for _ in 0..5 {
        let refused = li.post(&at, json!({ "proof": { "kind": "code", "code": wrong } })).await;
        refused.is_broken("/proof", "wrong_proof");
    }
    let guesses = (0..20).map(|_| li.post(&at, json!({ "proof": { "kind": "code", "code": wrong } })));
    let guessed = futures_util::future::join_all(guesses).await;
    assert!(guessed.iter().all(|answer| answer.body["code"] == "code_locked"), "many at once do not outrun the limit");
    let locked = li.post(&path(&order, "check-in"), json!({ "proof": { "kind": "code", "code": right } })).await;
    locked.is_problem(409, "code_locked");
    let station = world.dispatcher().await;
    let order = station.takes(&order, "check-in", json!({ "proof": { "kind": "staff" } })).await;
    assert_eq!(order["state"], "serving", "the station can still check in");
}

async fn a_right_code_may_come_again(world: Arc<World>) {
    let (wang, li, order) = accepted(&world).await;
    let right = wang.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200)["check_in_code"].clone();
    let (at, proof) = (path(&order, "check-in"), json!({ "proof": { "kind": "code", "code": right } }));
    for _ in 0..7 {
        // Refused for another reason, as when the disk is full.
        li.with("If-Match", "\"v99\"").post(&at, proof.clone()).await.is_problem(412, "precondition_failed");
    }
    let once = li.with("Idempotency-Key", "check-in");
    for _ in 0..7 {
        assert_eq!(once.post(&at, proof.clone()).await.is(200)["state"], "serving", "the answer may have been lost");
    }
}

async fn nobody_dispatches_to_themselves(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let station = world.dispatcher().await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    let own = station.post(&path(&order, "offer"), json!({ "takers": [{ "kind": "person", "id": station.person }] })).await;
    own.is_problem(403, "second_person_needed");
}

async fn wishes_that_cannot_be(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let wish = json!({ "service": world.catalogue.free, "division": support::world::COMMUNITY, "text": "修灯" });
    let with = |key: &str, value: serde_json::Value| {
        let mut wish = wish.clone();
        wish[key] = value;
        wish
    };
    let refused = |wish: serde_json::Value| {
        let wang = wang.clone();
        async move { wang.post("/v1/orders", wish).await }
    };
    refused(with("division", json!("230822"))).await.is_broken("/division", "too_short");
    refused(with("division", json!("230822106000"))).await.is_broken("/division", "not_a_grid");
    refused(with("division", json!("23082210600a"))).await.is_broken("/division", "division_code");
    refused(with("division", json!("230822106777"))).await.is_broken("/division", "unknown_division");
    refused(with("division", json!("110101001001"))).await.is_broken("/division", "unknown_division");
    refused(with("service", json!(world.catalogue.elsewhere))).await.is_broken("/service", "unknown_service");
    refused(with("text", json!(""))).await.is_broken("/text", "required");
    refused(with("text", json!("长".repeat(2001)))).await.is_broken("/text", "too_long");
    refused(with("urgency", json!("soon"))).await.is_broken("/urgency", "not_in_list");
    refused(with("colour", json!("red"))).await.is_broken("/colour", "unknown_field");
    refused(with("external_ref", json!("T1"))).await.is_broken("/external_ref", "ticket_mismatch");
    let past = json!({ "start": "2026-09-01T08:00:00Z", "end": "2026-09-01T09:00:00Z" });
    assert_eq!(refused(with("wanted", past)).await.status, 422);
    let backwards = json!({ "start": "2026-09-09T09:00:00Z", "end": "2026-09-09T08:00:00Z" });
    refused(with("wanted", backwards)).await.is_broken("/wanted/end", "end_before_start");
    assert_eq!(wang.get("/v1/orders").await.is(200)["items"], json!([]), "nothing of it was kept");
}

async fn a_free_service_takes_no_money(world: Arc<World>) {
    let (wang, li, order) = accepted(&world).await;
    let code = wang.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200)["check_in_code"].clone();
    let proof = json!({ "kind": "code", "code": code });
    li.takes(&order, "check-in", json!({ "proof": proof })).await;
    let paid = json!({ "proof": proof, "work": "更换", "minutes": 30, "fee_fen": 100 });
    li.post(&path(&order, "finish"), paid).await.is_broken("/fee_fen", "wrong_payment");
    let materials = json!({ "proof": proof, "work": "更换", "minutes": 30, "materials_fen": 100 });
    li.post(&path(&order, "finish"), materials).await.is_broken("/materials_fen", "wrong_payment");
}

async fn steps_out_of_order(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let order = wang.places(world.catalogue.free).await;
    let early = station.post(&path(&order, "recall"), json!({ "reason": "other" })).await;
    early.is_problem(409, "step_not_allowed");
    assert_eq!(early.body["state"], "placed");
    assert!(early.body["allowed"].as_array().unwrap().contains(&json!("triage")), "{}", early.text);
    wang.post(&path(&order, "triage"), json!({ "craft": world.catalogue.plumbing, "urgency": "low", "minutes": 30 }))
        .await
        .is_problem(403, "forbidden");
    let reason = station.post(&path(&order, "refuse"), json!({ "reason": "revisited" })).await;
    reason.is_broken("/reason", "wrong_reason");
    let fitting: Vec<&str> = Step::Refuse.reasons().iter().map(|reason| reason.as_str()).collect();
    let message = reason.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains(&fitting.join(", ")), "it says which there are: {message}");
}

async fn a_refusal_can_be_appealed_once(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let township = world.staff(domain::identity::Role::Dispatcher, support::world::TOWNSHIP).await;
    let order = wang.places(world.catalogue.free).await;
    station.takes(&order, "refuse", json!({ "reason": "no_capacity" })).await;
    let order = wang.takes(&order, "appeal", json!({ "text": "确实需要" })).await;
    assert_eq!((&order["state"], &order["handler"]), (&json!("placed"), &json!(support::world::TOWNSHIP)));
    township.takes(&order, "refuse", json!({ "reason": "no_capacity" })).await;
    let again = wang.post(&path(&order, "appeal"), json!({ "text": "再申诉" })).await;
    again.is_problem(409, "appeal_closed");
}

async fn an_excluded_order_needs_a_second_person(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let order = wang.places(world.catalogue.free).await;
    let flag = path(&order, "scope-exclusion");
    let order = station.post(&flag, json!({ "note": "属物业职责" })).await.is(200);
    assert_eq!(order["exclusion"], "proposed");
    let decision = format!("{flag}/decision");
    station.post(&decision, json!({ "confirmed": true })).await.is_problem(403, "second_person_needed");
    let above = world.staff(domain::identity::Role::Dispatcher, support::world::TOWNSHIP).await;
    let order = above.post(&decision, json!({ "confirmed": true })).await.is(200);
    assert_eq!(order["exclusion"], "confirmed");
    above.post(&decision, json!({ "confirmed": false })).await.is_problem(409, "exclusion_state");
}

async fn reviews_come_from_the_right_side(world: Arc<World>) {
    let (wang, li, order) = finished(&world).await;
    let review = |channel: &str| json!({ "stars": 5, "solved": true, "channel": channel });
    let own = li.post(&path(&order, "review"), review("self")).await;
    assert!(matches!(own.status, 403 | 422), "the taker judges nobody: {}", own.text);
    let station = world.dispatcher().await;
    let same = station.post(&path(&order, "review"), review("callback")).await;
    assert!(matches!(same.status, 403 | 422), "the dispatching station does not call back: {}", same.text);
    wang.post(&path(&order, "review"), review("callback")).await.is_broken("/channel", "wrong_review_channel");
    let above = world.staff(domain::identity::Role::Dispatcher, support::world::TOWNSHIP).await;
    let order = above.takes(&order, "review", review("callback")).await;
    assert_eq!(order["state"], "closed");
}
