//! What stops when a consent is withdrawn, and what goes on.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::{Value, json};
use support::people::path;
use support::world::{COMMUNITY, GRID};
use support::{Person, World, on_both};

use crate::order::loop_through::{accepted, finished, queued};

on_both! { orders_that_nobody_has_begun_are_called_off, what_is_being_done_is_finished, another_basis_goes_on,
needs_leave_the_list, what_rests_on_duty_stays_and_nothing_comes_back_by_itself, frailty_is_forgotten, who_is_not_on_record_is_not_sent_out, a_team_goes_without_who_has_withdrawn,
a_childs_orders_stop_with_the_guardians_word, an_order_does_not_slip_past_a_withdrawal }

async fn withdraws(who: &Person, kind: &str) {
    let _ = who.post("/v1/me/consents/withdraw", json!({ "kind": kind })).await.is(200);
}

async fn seen(who: &Person, order: &Value) -> Value {
    who.get(&format!("/v1/orders/{}", order["id"].as_str().unwrap())).await.is(200)
}

async fn orders_that_nobody_has_begun_are_called_off(world: Arc<World>) {
    let (wang, li, order) = accepted(&world).await;
    let placed = wang.places(world.catalogue.free).await;
    withdraws(&wang, "register").await;
    assert_eq!(seen(&wang, &placed).await["state"], "placed", "that was another consent");
    withdraws(&wang, "be_served").await;
    for one in [&order, &placed] {
        assert_eq!(seen(&wang, one).await["state"], "cancelled");
        let events = wang.get(&path(one, "events")).await.is(200);
        let last = events["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["step"], &last["reason"], &last["party"]), (&json!("cancel"), &json!("consent_withdrawn"), &json!("timer")));
    }
    let other = queued(&world, &world.resident("赵大爷").await, &world.dispatcher().await, world.catalogue.free).await;
    let station = world.dispatcher().await;
    station.takes(&other, "offer", json!({ "takers": [{ "kind": "person", "id": li.person }] })).await;
    assert_eq!(li.takes(&other, "accept", json!({})).await["state"], "accepted", "the quarter-hours are free again");
}

async fn what_is_being_done_is_finished(world: Arc<World>) {
    let (wang, _, order) = finished(&world).await;
    withdraws(&wang, "be_served").await;
    assert_eq!(seen(&wang, &order).await["state"], "finished");
    let closed = wang.takes(&order, "review", json!({ "stars": 5, "solved": true })).await;
    assert_eq!(closed["state"], "closed");
}

async fn another_basis_goes_on(world: Arc<World>) {
    let (wang, grid) = (world.resident("王秀英").await, world.staff(Role::GridMember, COMMUNITY).await);
    let places = async |basis: &str| {
        let asked = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "修水龙头", "subject": wang.person,
            "basis": basis, "channel": "visit" });
        grid.post("/v1/orders", asked).await.is(201)
    };
    let (agreed, duty) = (places("consent").await, places("statutory_duty").await);
    let path = format!("/v1/persons/{}/consents/withdraw", wang.person);
    let _ = grid.post(&path, json!({ "kind": "be_served" })).await.is(200);
    assert_eq!(seen(&grid, &agreed).await["state"], "cancelled");
    assert_eq!(seen(&grid, &duty).await["state"], "placed");
}

async fn enters(grid: &Person, subject: &Person, tags: Value) -> Value {
    let need = json!({ "division": GRID, "subject": { "kind": "person", "id": subject.person }, "care": "meals", "source": "grid_visit",
        "description": "每天中午送一餐", "basis": "consent", "tags": tags });
    grid.post("/v1/demands", need).await.is(201)
}

async fn now(who: &Person, need: &Value) -> Value {
    who.get(&format!("/v1/demands/{}", need["id"].as_str().unwrap())).await.is(200)
}

async fn needs_leave_the_list(world: Arc<World>) {
    let (wang, grid) = (world.resident("王秀英").await, world.staff(Role::GridMember, COMMUNITY).await);
    let need = enters(&grid, &wang, json!([])).await;
    withdraws(&wang, "be_served").await;
    let need = now(&grid, &need).await;
    assert_eq!((&need["state"], &need["drop_reason"]), (&json!("dropped"), &json!("consent_withdrawn")));
}

/// What was entered by statutory duty goes on, whoever joins it on what basis; what is off the list comes back on a consent only.
async fn what_rests_on_duty_stays_and_nothing_comes_back_by_itself(world: Arc<World>) {
    let (wang, zhao) = (world.resident("王秀英").await, world.resident("赵大爷").await);
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    for person in [&wang, &zhao] {
        let _ = person.post("/v1/me/consents", json!({ "kind": "sensitive_data", "text_version": "2026-1" })).await.is(201);
    }
    let by_duty = grid.post("/v1/demands", crate::demand::meals(wang.person)).await.is(201);
    let mut again = crate::demand::meals(wang.person);
    (again["basis"], again["tags"]) = (json!("consent"), json!([]));
    let joined = grid.post("/v1/demands", again).await.is(200);
    assert_eq!(joined["id"], by_duty["id"]);
    let agreed = enters(&grid, &zhao, json!([])).await;
    for person in [&wang, &zhao] {
        withdraws(person, "sensitive_data").await;
        withdraws(person, "be_served").await;
    }
    let kept = now(&grid, &by_duty).await;
    assert_eq!((&kept["state"], &kept["tags"]), (&json!("open"), &json!(["living_alone"])));
    let reopen = format!("/v1/demands/{}/reopen", agreed["id"].as_str().unwrap());
    for body in [json!({}), json!({ "basis": "consent" })] {
        grid.post(&reopen, body).await.is_problem(409, "consent_missing");
    }
    assert_eq!(grid.post(&reopen, json!({ "basis": "statutory_duty" })).await.is(200)["state"], "open");
}

async fn frailty_is_forgotten(world: Arc<World>) {
    let (wang, grid) = (world.resident("王秀英").await, world.staff(Role::GridMember, COMMUNITY).await);
    let _ = wang.post("/v1/me/consents", json!({ "kind": "sensitive_data", "text_version": "2026-1" })).await.is(201);
    let need = enters(&grid, &wang, json!(["living_alone"])).await;
    assert_eq!(need["tags"], json!(["living_alone"]));
    withdraws(&wang, "sensitive_data").await;
    let need = now(&grid, &need).await;
    assert_eq!((&need["state"], &need["tags"]), (&json!("open"), &json!([])));
}

async fn who_is_not_on_record_is_not_sent_out(world: Arc<World>) {
    let (_, li, order) = accepted(&world).await;
    let station = world.dispatcher().await;
    withdraws(&li, "register").await;
    let order = seen(&station, &order).await;
    assert_eq!((&order["state"], &order["returns"], &order["taker"]), (&json!("queued"), &json!(1), &Value::Null));
    let offer = json!({ "takers": [{ "kind": "person", "id": li.person }] });
    station.post(&path(&order, "offer"), offer.clone()).await.is_problem(422, "taker_not_eligible");
    let _ = li.post("/v1/me/consents", json!({ "kind": "register", "text_version": "2026-1" })).await.is(201);
    assert_eq!(station.takes(&order, "offer", offer).await["state"], "offered");
}

async fn a_team_goes_without_who_has_withdrawn(world: Arc<World>) {
    let (li, station) = (world.craftsman("李师傅", world.catalogue.plumbing).await, world.dispatcher().await);
    let (team, _) = world.team(&[&li]).await;
    let order = queued(&world, &world.resident("王秀英").await, &station, world.catalogue.free).await;
    withdraws(&li, "register").await;
    let offer = json!({ "takers": [{ "kind": "organisation", "id": team }] });
    station.post(&path(&order, "offer"), offer).await.is_problem(422, "taker_not_eligible");
}

async fn a_childs_orders_stop_with_the_guardians_word(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let card = json!({ "name": "张小宝", "birth_date": "2016-05-01", "division": COMMUNITY, "basis": "guardian" });
    let child = grid.post("/v1/persons", card).await.is(201);
    let at = format!("/v1/persons/{}/consents", child["id"].as_str().unwrap());
    let consent =
        json!({ "kind": "sensitive_data", "text_version": "2026-1", "giver": "guardian", "channel": "paper", "relation": "parent" });
    let _ = grid.post(&at, consent).await.is(201);
    let asked = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "课后看护", "subject": child["id"],
        "basis": "guardian", "channel": "visit" });
    let order = grid.post("/v1/orders", asked).await.is(201);
    let _ = grid.post(&format!("{at}/withdraw"), json!({ "kind": "sensitive_data" })).await.is(200);
    assert_eq!(seen(&grid, &order).await["state"], "cancelled", "of a child every datum is sensitive");
}

/// Whatever comes first: either the order is refused, or the withdrawal calls it off.
async fn an_order_does_not_slip_past_a_withdrawal(world: Arc<World>) {
    for name in ["王一", "王二", "王三", "王四", "王五", "王六"] {
        let wang = world.resident(name).await;
        let wish = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "修水龙头" });
        let placing = futures_util::future::join_all((0..4).map(|_| wang.post("/v1/orders", wish.clone())));
        let (_, placed) = futures_util::future::join(withdraws(&wang, "be_served"), placing).await;
        for answer in placed {
            assert!(matches!(answer.status, 201 | 409), "{}", answer.text);
        }
        let listed = wang.get("/v1/orders?list=mine").await.is(200);
        assert!(listed["items"].as_array().unwrap().iter().all(|order| order["state"] == "cancelled"), "{listed}");
    }
}
