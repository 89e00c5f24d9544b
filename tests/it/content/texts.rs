//! Texts: held until they pass, and never the order with them.

use std::sync::Arc;

use api::content::{Desk, worker};
use chrono::TimeDelta;
use persistence::content;
use serde_json::{Value, json};
use support::{World, on_both};

use super::{Cast, DOUBTFUL, OF_SOMEBODY_AWAY, RISKY, checking, offered, only, placed, queued, seen, shown};

on_both! { a_text_is_held_until_it_passes, what_is_doubtful_stays_held, the_check_is_down_and_comes_back, the_check_stays_down,
somebody_away_is_not_judged, what_staff_write_is_not_checked, tags_are_read_with_the_review, a_check_survives_its_worker,
many_workers_ask_once, without_wechat_staff_look, an_order_is_never_held, an_erased_text_is_forgotten }

async fn a_text_is_held_until_it_passes(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, "厨房漏水").await;
    let own = order["texts"].as_array().unwrap();
    assert!(own.iter().all(|text| text["body"].is_string() && text["standing"] == "checking"), "the author sees it: {own:?}");
    offered(&world, &cast, &order).await;
    assert_eq!(seen(&cast.li, &order, "request").await, checking(), "the taker is told that it is being checked");
    assert_eq!(seen(&cast.station, &order, "request").await, (json!("厨房漏水"), "checking".to_owned()));
    world.check_content().await;
    assert_eq!(seen(&cast.li, &order, "request").await, shown("厨房漏水"));
    cast.li.takes(&order, "accept", json!({})).await;
    assert_eq!(seen(&cast.li, &order, "address").await, shown("红旗小区3号楼"));
    assert_eq!(queued(&cast.station, "").await, Vec::<Value>::new());
    let passed = queued(&cast.station, "?state=passed").await;
    assert_eq!(passed.len(), 2, "request and address");
    assert!(passed.iter().all(|check| check["label"] == 100 && check["attempts"] == 1), "{passed:?}");
}

async fn what_is_doubtful_stays_held(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    for (text, state, label) in [(RISKY, "risky", 20006), (DOUBTFUL, "review", 10001)] {
        let order = placed(&world, &cast.wang, text).await;
        offered(&world, &cast, &order).await;
        world.check_content().await;
        assert_eq!(seen(&cast.li, &order, "request").await, checking(), "why it is held is nobody else's business");
        assert_eq!(seen(&cast.station, &order, "request").await.0, text);
        assert_eq!(seen(&cast.wang, &order, "request").await.0, text);
        let held = queued(&cast.station, &format!("?state={state}")).await;
        assert_eq!((held.len(), &held[0]["text"], &held[0]["label"]), (1, &json!(text), &json!(label)));
        assert_eq!((&held[0]["order"], &held[0]["order_number"]), (&order["id"], &order["number"]));
        assert_eq!((&held[0]["author"], &held[0]["policy_version"]), (&json!(cast.wang.account), &json!("content-2")));
    }
}

async fn the_check_is_down_and_comes_back(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    world.wechat().set_down(true);
    let order = placed(&world, &cast.wang, "厨房漏水").await;
    world.check_content().await;
    offered(&world, &cast, &order).await;
    assert_eq!(seen(&cast.li, &order, "request").await, checking());
    world.wechat().set_down(false);
    world.check_content().await;
    assert_eq!(seen(&cast.li, &order, "request").await, checking(), "the second attempt has its time");
    world.clock.advance(TimeDelta::seconds(6));
    world.check_content().await;
    assert_eq!(seen(&cast.li, &order, "request").await, shown("厨房漏水"));
}

async fn the_check_stays_down(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    world.wechat().set_down(true);
    let order = placed(&world, &cast.wang, "厨房漏水").await;
    for _ in 0..29 * 12 {
        world.check_content().await;
        world.clock.advance(TimeDelta::seconds(5));
    }
    assert!(world.wechat().asked() < 40, "waits grow: {} calls", world.wechat().asked());
    assert!(queued(&cast.station, "").await.is_empty(), "the patience of the policy is not over");
    world.clock.advance(TimeDelta::minutes(2));
    world.check_content().await;
    world.check_content().await;
    let held = queued(&cast.station, "").await;
    assert_eq!(held.len(), 2, "{held:?}");
    assert!(held.iter().all(|check| check["state"] == "unchecked" && check["obstacle"] == "no_answer"));
    offered(&world, &cast, &order).await;
    assert_eq!(seen(&cast.li, &order, "request").await, checking());
}

async fn somebody_away_is_not_judged(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    placed(&world, &cast.wang, OF_SOMEBODY_AWAY).await;
    world.check_content().await;
    let held = queued(&cast.station, "").await;
    assert_eq!((held.len(), &held[0]["state"], &held[0]["obstacle"]), (1, &json!("unchecked"), &json!("not_active")));
}

async fn what_staff_write_is_not_checked(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let body = json!({ "service": world.catalogue.free, "division": support::world::COMMUNITY, "text": RISKY, "subject": cast.wang.person,
        "basis": "consent", "channel": "phone" });
    let order = cast.station.post("/v1/orders", body).await.is(201);
    offered(&world, &cast, &order).await;
    assert_eq!(seen(&cast.li, &order, "request").await, shown(RISKY), "staff are known and answer for what they write");
    world.check_content().await;
    assert_eq!(world.wechat().asked(), 0);
}

async fn tags_are_read_with_the_review(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let (wang, li, order) = crate::order::loop_through::finished(&world).await;
    world.check_content().await;
    assert_eq!(seen(&wang, &order, "work").await, shown("更换阀芯"), "what the taker wrote was checked, too");
    wang.takes(&order, "review", json!({ "stars": 5, "solved": true, "tags": ["准时", "加微信"] })).await;
    world.check_content().await;
    let held = queued(&cast.station, "").await;
    assert_eq!((held.len(), &held[0]["text_kind"], &held[0]["text"]), (1, &json!("review"), &json!("准时\n加微信")));
    let _ = li;
}

/// Whoever takes a check on and dies has only put it off.
async fn a_check_survives_its_worker(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, "厨房漏水").await;
    offered(&world, &cast, &order).await;
    let until = world.now() + TimeDelta::seconds(5);
    let taken = world.keep(move |tx| {
        let mut taken = 0;
        for id in content::due(tx, 10)? {
            taken += usize::from(content::claim(tx, id, |_| until)?.is_some());
        }
        Ok(taken)
    });
    assert_eq!(taken.await, 2);
    let restarted = world.checking(Desk::new("http://127.0.0.1:1")).await;
    worker::turn(&restarted).await.unwrap();
    assert_eq!(seen(&cast.li, &order, "request").await, checking(), "it is still another one's");
    world.clock.advance(TimeDelta::seconds(5));
    worker::turn(&restarted).await.unwrap();
    assert_eq!(seen(&cast.li, &order, "request").await, shown("厨房漏水"));
}

async fn many_workers_ask_once(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    for _ in 0..5 {
        placed(&world, &cast.wang, "厨房漏水").await;
    }
    let mut replicas = Vec::new();
    for _ in 0..4 {
        replicas.push(world.checking(Desk::new("http://127.0.0.1:1")).await);
    }
    let turns = replicas.iter().map(|services| worker::turn(services));
    assert!(futures_util::future::join_all(turns).await.into_iter().all(|turn| turn.is_ok()));
    assert_eq!(world.wechat().asked(), 10, "five requests and five addresses");
    assert_eq!(queued(&cast.station, "?state=passed").await.len(), 10);
}

async fn without_wechat_staff_look(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    placed(&world, &cast.wang, "厨房漏水").await;
    let off = world.checking(Desk::new("http://127.0.0.1:1").silent()).await;
    worker::turn(&off).await.unwrap();
    let held = queued(&cast.station, "").await;
    assert_eq!(held.len(), 2);
    assert!(held.iter().all(|check| check["obstacle"] == "not_set_up"), "{held:?}");
    assert_eq!(world.wechat().asked(), 0);
}

async fn an_order_is_never_held(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    world.wechat().set_down(true);
    let order = placed(&world, &cast.wang, RISKY).await;
    offered(&world, &cast, &order).await;
    let order = cast.li.takes(&order, "accept", json!({})).await;
    assert_eq!(order["state"], "accepted");
    assert_eq!(seen(&cast.li, &order, "address").await, checking());
    world.check_content().await;
    world.clock.advance(TimeDelta::hours(1));
    world.wechat().set_down(false);
    world.check_content().await;
    assert_eq!(seen(&cast.li, &order, "address").await, shown("红旗小区3号楼"), "however late, it is asked before it is given up");
    assert_eq!(queued(&cast.station, "").await[0]["state"], "risky");
    only(&cast.station).await;
}

async fn an_erased_text_is_forgotten(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    placed(&world, &cast.wang, "厨房漏水").await;
    let location = world.database.location.clone();
    tokio::task::spawn_blocking(move || persistence::tools::execute(&location, "DELETE FROM order_texts")).await.unwrap().unwrap();
    world.check_content().await;
    assert_eq!(world.wechat().asked(), 0);
    assert!(queued(&cast.station, "?state=pending,unchecked,passed").await.is_empty());
}
