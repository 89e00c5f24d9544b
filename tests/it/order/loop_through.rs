//! An order from 点单 to 评单.

use std::sync::Arc;

use serde_json::json;
use support::{World, on_both};

on_both! { the_whole_loop, a_bad_review_is_mended_and_reviewed_again, a_team_serves_with_named_members, a_proxy_places_and_reviews,
a_proxy_order_is_confirmed_to_both, what_each_party_sees, a_new_time_needs_both_sides }

async fn the_whole_loop(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let order = wang.places(world.catalogue.free).await;
    assert_eq!(order["state"], "placed");
    assert_eq!(order["handler"], support::world::COMMUNITY, "the community has a dispatcher");
    let triage = json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 });
    let order = station.takes(&order, "triage", triage).await;
    assert_eq!(order["state"], "queued");
    let order = station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    assert_eq!(order["state"], "offered");
    let offered = li.get("/v1/orders?list=offered").await.is(200);
    assert_eq!(offered["items"][0]["id"], order["id"]);
    let order = li.takes(&order, "accept", json!({})).await;
    assert_eq!((&order["state"], &order["taker"]["name"]), (&json!("accepted"), &json!("李**")));
    let seen = wang.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200);
    let code = seen["check_in_code"].as_str().unwrap();
    let order = li.takes(&order, "check-in", json!({ "proof": { "kind": "code", "code": code } })).await;
    assert_eq!(order["state"], "serving");
    let done = json!({ "proof": { "kind": "code", "code": code }, "work": "更换阀芯", "minutes": 40 });
    let order = li.takes(&order, "finish", done).await;
    assert_eq!(order["state"], "finished");
    let order = wang.takes(&order, "review", json!({ "stars": 5, "solved": true, "text": "修得很好", "tags": ["准时"] })).await;
    assert_eq!((&order["state"], &order["outcome"]), (&json!("closed"), &json!("solved")));
    let events = wang.get(&support::people::path(&order, "events")).await.is(200);
    let steps: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["step"].as_str().unwrap().to_owned()).collect();
    assert_eq!(steps, ["place", "triage", "offer", "accept", "check_in", "finish", "review"]);
    assert_eq!(order["allowed"], json!([]), "nothing more can be done");
}

async fn a_bad_review_is_mended_and_reviewed_again(world: Arc<World>) {
    let (wang, li, order) = finished(&world).await;
    let order = wang.takes(&order, "review", json!({ "stars": 2, "solved": false, "text": "还在漏" })).await;
    assert_eq!((&order["state"], &order["mends"]), (&json!("mending"), &json!(1)));
    li.post(&support::people::path(&order, "mend"), json!({ "how": "other", "note": "-" })).await.is_broken("/how", "wrong_reason");
    let order = li.takes(&order, "mend", json!({ "how": "revisited", "note": "重新缠了生料带" })).await;
    assert_eq!(order["state"], "finished");
    let order = wang.takes(&order, "review", json!({ "stars": 4, "solved": true })).await;
    assert_eq!((&order["state"], &order["outcome"], &order["stars"]), (&json!("closed"), &json!("solved"), &json!(4)));
}

/// An order whose work is done, with its resident and its taker.
pub(crate) async fn finished(world: &World) -> (support::Person, support::Person, serde_json::Value) {
    let (wang, li, order) = accepted(world).await;
    let order = wang.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200);
    let proof = json!({ "kind": "code", "code": order["check_in_code"] });
    li.takes(&order, "check-in", json!({ "proof": proof })).await;
    let order = li.takes(&order, "finish", json!({ "proof": proof, "work": "更换阀芯", "minutes": 40 })).await;
    (wang, li, order)
}

/// An accepted order, with its resident and its taker.
pub(crate) async fn accepted(world: &World) -> (support::Person, support::Person, serde_json::Value) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let order = queued(world, &wang, &station, world.catalogue.free).await;
    station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    let order = li.takes(&order, "accept", json!({})).await;
    (wang, li, order)
}

/// A triaged order.
pub(crate) async fn queued(world: &World, resident: &support::Person, station: &support::Person, service: uuid::Uuid) -> serde_json::Value {
    let order = resident.places(service).await;
    let triage = json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 });
    station.takes(&order, "triage", triage).await
}

async fn a_team_serves_with_named_members(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let first = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let second = world.craftsman("赵师傅", world.catalogue.plumbing).await;
    let stranger = world.craftsman("孙师傅", world.catalogue.plumbing).await;
    let (team, captain) = world.team(&[&first, &second]).await;
    let order = wang.places(world.catalogue.free).await;
    let triage = json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60, "people_needed": 2 });
    station.takes(&order, "triage", triage).await;
    let one = station.post(&support::people::path(&order, "offer"), json!({ "takers": [{ "kind": "person", "id": first.person }] })).await;
    one.is_broken("/takers", "needs_team");
    station.takes(&order, "offer", json!({ "takers": [{ "kind": "organisation", "id": team }] })).await;
    let order = captain.takes(&order, "accept", json!({ "organisation": team })).await;
    assert_eq!(order["taker"]["kind"], "organisation");
    let assign = support::people::path(&order, "assign-members");
    let wrong = captain.post(&assign, json!({ "members": [first.person, stranger.person] })).await;
    wrong.is_problem(422, "taker_not_eligible");
    let order = captain.post(&assign, json!({ "members": [first.person, second.person] })).await.is(200);
    assert_eq!(order["members"].as_array().unwrap().len(), 2);
    let seen = wang.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200);
    let proof = json!({ "kind": "code", "code": seen["check_in_code"] });
    let order = second.takes(&order, "check-in", json!({ "proof": proof })).await;
    assert_eq!(order["state"], "serving", "a member may check in");
}

async fn a_proxy_places_and_reviews(world: Arc<World>) {
    let (grandmother, daughter) = (world.resident("周桂兰").await, world.resident("周敏").await);
    let without = json!({ "service": world.catalogue.free, "division": support::world::GRID, "text": "奶奶家灯不亮",
        "subject": grandmother.person, "subject_name": "周桂兰" });
    daughter.post("/v1/orders", without).await.is_broken("/basis", "basis_required");
    let order = daughter.places_for(&grandmother, "周桂兰", world.catalogue.free).await;
    assert_eq!((&order["subject"]["name"], &order["basis"]), (&json!("周**"), &json!("consent")));
    // A neighbour has no statutory duty, and an emergency is one only where the order is.
    for basis in ["consent", "emergency"] {
        let own = json!({ "service": world.catalogue.free, "division": support::world::COMMUNITY, "text": "修水龙头", "basis": basis });
        daughter.post("/v1/orders", own).await.is_broken("/basis", "basis_for_oneself");
    }
    let citing = |basis: &str, urgency: &str| {
        json!({ "service": world.catalogue.free, "division": support::world::GRID, "text": "奶奶家灯不亮", "subject": grandmother.person,
            "subject_name": "周桂兰", "basis": basis, "urgency": urgency })
    };
    daughter.post("/v1/orders", citing("statutory_duty", "emergency")).await.is_broken("/basis", "staff_only");
    daughter.post("/v1/orders", citing("emergency", "normal")).await.is_broken("/basis", "emergency_only");
    let _ = daughter.post("/v1/orders", citing("emergency", "emergency")).await.is(201);
    let mine = grandmother.get("/v1/orders").await.is(200);
    assert_eq!(mine["items"][1]["id"], order["id"], "who is served sees it too");
}

async fn a_proxy_order_is_confirmed_to_both(world: Arc<World>) {
    let (grandmother, daughter) = (world.resident("周桂兰").await, world.resident("周敏").await);
    let order = daughter.places_for(&grandmother, "周桂兰", world.catalogue.free).await;
    let told = grandmother.get("/v1/me/messages").await.is(200);
    let message = &told["items"][0];
    assert_eq!((&message["kind"], &message["order"]), (&json!("placed_for_you"), &order["id"]));
    assert_eq!((&message["title"], &message["subject_told"]), (&json!("有人为您点了单"), &json!(null)));
    let confirmed = daughter.get("/v1/me/messages?unread=true").await.is(200);
    let message = &confirmed["items"][0];
    assert_eq!((&message["kind"], &message["order_number"]), (&json!("placed_by_you"), &order["number"]));
    assert_eq!(message["subject_told"], json!(true));

    let read = format!("/v1/me/messages/{}/read", message["id"].as_str().unwrap());
    grandmother.post(&read, json!({})).await.is_problem(404, "not_found");
    let first = daughter.post(&read, json!({})).await.is(200);
    world.pass(chrono::TimeDelta::minutes(1)).await;
    assert_eq!(daughter.post(&read, json!({})).await.is(200)["read_at"], first["read_at"], "it was read when it was read first");
    assert_eq!(daughter.get("/v1/me/messages?unread=true").await.is(200)["items"], json!([]));
    assert_eq!(daughter.get("/v1/me/messages").await.is(200)["items"].as_array().unwrap().len(), 1);

    grandmother.places(world.catalogue.free).await;
    assert_eq!(grandmother.get("/v1/me/messages").await.is(200)["items"].as_array().unwrap().len(), 1, "one's own wish needs none");

    // Staff write down a wish of somebody without an account: the station is told that nobody else was.
    let station = world.dispatcher().await;
    let entered = json!({ "name": "吴桂英", "division": support::world::COMMUNITY, "basis": "consent" });
    let unknown = station.post("/v1/persons", entered).await.is(201);
    let wish = json!({ "service": world.catalogue.free, "division": support::world::GRID, "text": "灯不亮", "subject": unknown["id"],
        "basis": "consent", "channel": "phone" });
    let _ = station.post("/v1/orders", wish).await.is(201);
    assert_eq!(station.get("/v1/me/messages").await.is(200)["items"][0]["subject_told"], json!(false));
}

async fn what_each_party_sees(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    let path = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    li.get(&path).await.is_problem(404, "not_found");
    station.takes(&order, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    let seen = li.get(&path).await.is(200);
    let kinds = |view: &serde_json::Value| -> Vec<String> {
        view["texts"].as_array().unwrap().iter().map(|text| text["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds(&seen), ["request"], "who is only offered it knows what, not where");
    assert_eq!(seen["subject"]["phone"], json!(null));
    let seen = li.takes(&order, "accept", json!({})).await;
    assert_eq!(kinds(&seen), ["address", "request"]);
    assert!(seen["subject"]["phone"].as_str().unwrap().contains("****"), "masked: {}", seen["subject"]["phone"]);
    assert_eq!(seen["check_in_code"], json!(null), "the taker must be shown the code");
    let stranger = world.resident("陌生人").await;
    stranger.get(&path).await.is_problem(404, "not_found");
    stranger.get(&format!("{path}/events")).await.is_problem(404, "not_found");
    stranger.post(&format!("{path}/cancel"), json!({ "reason": "other" })).await.is_problem(404, "not_found");
}

async fn a_new_time_needs_both_sides(world: Arc<World>) {
    let (wang, li, order) = accepted(&world).await;
    let at = |hours: i64| (world.now() + chrono::TimeDelta::hours(hours)).to_rfc3339();
    let window = json!({ "window": { "start": at(26), "end": at(27) } });
    let order = li.takes(&order, "reschedule", window.clone()).await;
    assert_eq!(order["proposal"]["by"], "taker");
    assert_ne!(order["agreed"], order["proposal"]["window"], "one side alone changes nothing");
    li.post(&support::people::path(&order, "reschedule"), window.clone()).await.is_problem(409, "already_proposed");
    let order = wang.takes(&order, "reschedule", window).await;
    assert_eq!(order["proposal"], json!(null));
    assert_eq!(order["agreed"]["start"].as_str().unwrap()[..16], at(26)[..16]);
}
