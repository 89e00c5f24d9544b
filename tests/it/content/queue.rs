//! The queue of staff and their decisions.

use std::sync::Arc;

use domain::identity::{Grant, Role};
use persistence::identity::{self, GrantRow};
use serde_json::{Value, json};
use support::world::{COMMUNITY, OTHER_COMMUNITY, TOWNSHIP, code};
use support::{World, on_both};
use uuid::Uuid;

use super::{Cast, DOUBTFUL, RISKY, checking, decides, offered, only, placed, queued, seen, shown};

on_both! { a_decision_releases, a_decision_withholds, strangers_know_of_nothing, of_two_deciders_one_wins, nobody_decides_on_their_own,
a_pending_one_can_be_decided, a_decision_is_on_record, pages_and_filters }

async fn a_decision_releases(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, RISKY).await;
    offered(&world, &cast, &order).await;
    world.check_content().await;
    assert_eq!(seen(&cast.li, &order, "request").await, checking());
    let decided = decides(&cast.station, only(&cast.station).await, "release", "needed_for_service").await.is(200);
    assert_eq!(decided["state"], "released");
    assert_eq!(seen(&cast.li, &order, "request").await, shown(RISKY));
    assert!(queued(&cast.station, "").await.is_empty());
}

async fn a_decision_withholds(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, DOUBTFUL).await;
    offered(&world, &cast, &order).await;
    world.check_content().await;
    let above = world.staff(Role::SocialWorker, TOWNSHIP).await;
    let _ = decides(&above, only(&above).await, "withhold", "advertising").await.is(200);
    assert_eq!(seen(&cast.li, &order, "request").await, (Value::Null, "withheld".to_owned()));
    assert_eq!(seen(&cast.wang, &order, "request").await, (json!(DOUBTFUL), "withheld".to_owned()), "the author keeps it");
    assert_eq!(seen(&cast.station, &order, "request").await, (json!(DOUBTFUL), "withheld".to_owned()));
}

async fn strangers_know_of_nothing(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, RISKY).await;
    offered(&world, &cast, &order).await;
    world.check_content().await;
    let check = only(&cast.station).await;
    let stranger = world.staff(Role::Dispatcher, OTHER_COMMUNITY).await;
    assert!(queued(&stranger, "").await.is_empty());
    stranger.get(&format!("/v1/content-checks?division={COMMUNITY}")).await.is_problem(404, "not_found");
    stranger.get(&format!("/v1/content-checks/{check}")).await.is_problem(404, "not_found");
    decides(&stranger, check, "release", "harmless").await.is_problem(404, "not_found");
    // Somebody who may read the order, and is staff elsewhere, knows of the check no more than others.
    let wang = cast.wang.account;
    world.keep(move |tx| grant(tx, wang, Role::Dispatcher, OTHER_COMMUNITY)).await;
    world.services.forget();
    decides(&cast.wang, check, "release", "harmless").await.is_problem(404, "not_found");
    for nobody in [&cast.li, &world.staff(Role::Supervisor, TOWNSHIP).await] {
        nobody.get("/v1/content-checks").await.is_problem(403, "forbidden");
        decides(nobody, check, "release", "harmless").await.is_problem(403, "forbidden");
    }
    decides(&cast.station, Uuid::now_v7(), "release", "harmless").await.is_problem(404, "not_found");
}

async fn of_two_deciders_one_wins(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let second = world.staff(Role::SocialWorker, COMMUNITY).await;
    for round in 0..5 {
        placed(&world, &cast.wang, RISKY).await;
        world.check_content().await;
        let check = only(&cast.station).await;
        let (one, other) =
            tokio::join!(decides(&cast.station, check, "release", "harmless"), decides(&second, check, "withhold", "unlawful"),);
        let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
        lost.is_problem(409, "content_decided");
        let kept = cast.station.get(&format!("/v1/content-checks/{check}")).await.is(200);
        assert_eq!(kept["decision"], won.is(200)["decision"], "round {round}");
    }
}

fn grant(tx: &mut persistence::Tx, account: Uuid, role: Role, scope: &str) -> Result<(), persistence::StoreError> {
    let grant = Grant { role, scope: code(scope), organisation: None };
    identity::grant(tx, &GrantRow { id: Uuid::now_v7(), account, grant, granted_by: None, granted_at: tx.now() })
}

async fn nobody_decides_on_their_own(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, RISKY).await;
    offered(&world, &cast, &order).await;
    cast.li.takes(&order, "accept", json!({})).await;
    world.check_content().await;
    let check = only(&cast.station).await;
    let (wang, li) = (cast.wang.account, cast.li.account);
    world.keep(move |tx| grant(tx, wang, Role::Dispatcher, COMMUNITY)).await;
    world.keep(move |tx| grant(tx, li, Role::SocialWorker, COMMUNITY)).await;
    world.services.forget();
    for own in [&cast.wang, &cast.li] {
        decides(own, check, "release", "harmless").await.is_problem(403, "second_person_needed");
    }
    let _ = decides(&cast.station, check, "release", "harmless").await.is(200);
}

/// Staff need not wait for WeChat, and what they decided stands whatever it says later.
async fn a_pending_one_can_be_decided(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    world.wechat().set_down(true);
    let order = placed(&world, &cast.wang, RISKY).await;
    offered(&world, &cast, &order).await;
    let pending = queued(&cast.station, "?state=pending").await;
    let request = pending.iter().find(|check| check["text_kind"] == "request").unwrap()["id"].as_str().unwrap().parse().unwrap();
    let _ = decides(&cast.station, request, "release", "harmless").await.is(200);
    world.wechat().set_down(false);
    world.check_content().await;
    assert_eq!(seen(&cast.li, &order, "request").await, shown(RISKY));
}

async fn a_decision_is_on_record(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    placed(&world, &cast.wang, RISKY).await;
    world.check_content().await;
    let check = only(&cast.station).await;
    decides(&cast.station, check, "release", "abusive").await.is_broken("/reason", "not_in_list");
    let path = format!("/v1/content-checks/{check}/decide");
    let body = json!({ "decision": "withhold", "reason": "unlawful", "note": "已电话告知本人" });
    cast.station.with("If-Match", "\"v1\"").post(&path, body.clone()).await.is_problem(412, "precondition_failed");
    let once = cast.station.with("Idempotency-Key", "k-1");
    let first = once.post(&path, body.clone()).await.is(200);
    let again = once.post(&path, body).await;
    assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &first));
    let decision = &first["decision"];
    assert_eq!((&decision["ruling"], &decision["by"]), (&json!("withhold"), &json!(cast.station.account)));
    assert_eq!((&decision["reason"], &decision["note"]), (&json!("unlawful"), &json!("已电话告知本人")));
    decides(&cast.station, check, "release", "harmless").await.is_problem(409, "content_decided");
}

async fn pages_and_filters(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let mut orders = Vec::new();
    for _ in 0..3 {
        orders.push(placed(&world, &cast.wang, RISKY).await["id"].clone());
    }
    world.check_content().await;
    let (mut listed, mut next) = (Vec::new(), Some(format!("/v1/content-checks?division={TOWNSHIP}&state=risky&limit=2")));
    let above = world.staff(Role::Dispatcher, TOWNSHIP).await;
    while let Some(path) = next {
        let page = above.get(&path).await.is(200);
        listed.extend(page["items"].as_array().unwrap().iter().map(|check| check["order"].clone()));
        next = page["next_cursor"]
            .as_str()
            .map(|cursor| format!("/v1/content-checks?division={TOWNSHIP}&state=risky&limit=2&cursor={cursor}"));
    }
    assert_eq!(listed, orders, "oldest first, each once");
    above.get("/v1/content-checks?state=wrong").await.is_broken("state", "not_in_list");
    above.get("/v1/content-checks?state=risky,risky").await.is_broken("state", "duplicates");
    above.get("/v1/content-checks?cursor=wrong").await.is_broken("cursor", "cursor");
    above.get("/v1/content-checks?division=4514").await.is_problem(404, "not_found");
    assert!(queued(&above, "?state=review").await.is_empty());
}
