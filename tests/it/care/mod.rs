//! Care plans: made of a need, visits placed ahead, missed, left out, paused and ended.

mod planning;
mod visiting;

use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY};
use support::{Person, World};

use crate::demand::{meals, path};

/// Every Tuesday of September, from the day after that on which the clock stands at first.
pub(crate) fn tuesdays(world: &World) -> Value {
    tuesdays_on(world, "statutory_duty")
}

/// The same, on this basis.
fn tuesdays_on(world: &World, basis: &str) -> Value {
    json!({ "service": world.catalogue.free, "rule": "FREQ=WEEKLY;BYDAY=TU", "first_day": "2026-09-07", "last_day": "2026-09-29",
        "starts": "09:30", "minutes": 60, "note": "敲门要久一些", "address": "红旗小区 3 号楼", "basis": basis })
}

/// The need of somebody, the plan that it became, and who has made it.
async fn planned(world: &World, who: &Person) -> (Value, Value, Person) {
    // The station is there first, so that it handles the orders.
    let _ = world.dispatcher().await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let need = worker.post("/v1/demands", meals(who.person)).await.is(201);
    let plan = worker.post(&path(&need, "care-plan"), tuesdays(world)).await.is(201);
    (need, plan, worker)
}

/// The path of a plan, or of something done with it.
fn at(plan: &Value, step: &str) -> String {
    let at = format!("/v1/care-plans/{}", plan["id"].as_str().expect("an id"));
    if step.is_empty() { at } else { format!("{at}/{step}") }
}

/// The visits of a plan: days and states.
async fn visits(worker: &Person, plan: &Value) -> Vec<(String, String)> {
    let seen = worker.get(&at(plan, "")).await.is(200);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    seen["visits"].as_array().expect("visits").iter().map(|visit| (text(&visit["day"]), text(&visit["state"]))).collect()
}

/// What is expected of [`visits`].
fn are(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(day, state)| ((*day).to_owned(), (*state).to_owned())).collect()
}

/// The kinds of the messages that somebody has not read.
async fn told(person: &Person) -> Vec<String> {
    let page = person.get("/v1/me/messages?unread=true").await.is(200);
    page["items"].as_array().expect("messages").iter().map(|message| message["kind"].as_str().expect("a kind").to_owned()).collect()
}

/// Where a need stands.
async fn need_state(worker: &Person, need: &Value) -> Value {
    worker.get(&path(need, "")).await.is(200)["state"].clone()
}

/// The order of the first visit.
async fn first_order(world: &World, worker: &Person, plan: &Value) -> Value {
    let seen = worker.get(&at(plan, "")).await.is(200);
    let order = seen["visits"][0]["order"].as_str().expect("an order").to_owned();
    world.dispatcher().await.get(&format!("/v1/orders/{order}")).await.is(200)
}

/// Where the plans of the community are listed.
fn listed(missed: bool) -> String {
    format!("/v1/care-plans?division={COMMUNITY}&missed={missed}")
}
