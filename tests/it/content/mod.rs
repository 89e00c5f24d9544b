//! The content check: what is held, from whom, and who decides.

mod photos;
mod queue;
mod texts;

use serde_json::{Value, json};
use support::{Person, World};
use uuid::Uuid;

/// A text that the stand-in advises against, one that it is not sure of, one of a user whom it does not know as active.
const RISKY: &str = "楼道贴满办证刻章小广告";
const DOUBTFUL: &str = "水管漏了,加微信发照片";
const OF_SOMEBODY_AWAY: &str = "久未访问,今天想修灯";

/// Who acts in these tests.
struct Cast {
    wang: Person,
    station: Person,
    li: Person,
}

impl Cast {
    async fn new(world: &World) -> Self {
        Self {
            wang: world.resident("王秀英").await,
            station: world.dispatcher().await,
            li: world.craftsman("李师傅", world.catalogue.plumbing).await,
        }
    }
}

/// Places an order with this text.
async fn placed(world: &World, who: &Person, text: &str) -> Value {
    let body = json!({ "service": world.catalogue.free, "division": support::world::COMMUNITY, "text": text, "address": "红旗小区3号楼" });
    who.post("/v1/orders", body).await.is(201)
}

/// Classifies it and offers it to the craftsman.
async fn offered(world: &World, cast: &Cast, order: &Value) {
    let triage = json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 });
    cast.station.takes(order, "triage", triage).await;
    cast.station.takes(order, "offer", json!({ "takers": [{ "kind": "person", "id": cast.li.person }] })).await;
}

fn at(order: &Value) -> String {
    format!("/v1/orders/{}", order["id"].as_str().unwrap())
}

/// One text of an order as somebody sees it: the words and how they stand.
async fn seen(who: &Person, order: &Value, kind: &str) -> (Value, String) {
    let view = who.get(&at(order)).await.is(200);
    let text = view["texts"].as_array().unwrap().iter().find(|text| text["kind"] == kind).cloned();
    let text = text.unwrap_or_else(|| panic!("no {kind} in {view}"));
    (text["body"].clone(), text["standing"].as_str().unwrap().to_owned())
}

fn shown(text: &str) -> (Value, String) {
    (json!(text), "shown".to_owned())
}

fn checking() -> (Value, String) {
    (Value::Null, "checking".to_owned())
}

/// What stands in the queue of somebody's station: of each its state.
async fn queued(who: &Person, query: &str) -> Vec<Value> {
    who.get(&format!("/v1/content-checks{query}")).await.is(200)["items"].as_array().unwrap().clone()
}

/// The id of the only check that waits in the queue.
async fn only(who: &Person) -> Uuid {
    let items = queued(who, "").await;
    assert_eq!(items.len(), 1, "{items:?}");
    items[0]["id"].as_str().unwrap().parse().unwrap()
}

async fn decides(who: &Person, check: Uuid, decision: &str, reason: &str) -> support::Answer {
    who.post(&format!("/v1/content-checks/{check}/decide"), json!({ "decision": decision, "reason": reason })).await
}
