//! Photos: judged some time later, by a message that only WeChat can send.

use std::sync::Arc;

use api::content::{Desk, worker};
use api::wechat::message::MessageKeys;
use chrono::{DateTime, TimeDelta, Utc};
use persistence::content;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use support::people::path;
use support::world::{APPID, Ground, MESSAGE_TOKEN};
use support::{Answer, Kind, Person, World, on_both};
use uuid::Uuid;

use super::{Cast, decides, offered, only, placed, queued};

on_both! { a_photo_is_held_until_its_verdict, a_risky_photo_waits_for_staff, a_replayed_verdict_changes_nothing,
nobody_but_wechat_gives_verdicts, an_address_that_was_seen_is_good_for_nothing_else,
a_verdict_that_comes_first_is_kept, a_verdict_that_never_comes, without_a_message_server_staff_look }

const RED: [u8; 3] = [255, 0, 0];
const YELLOW: [u8; 3] = [255, 255, 0];
const GREEN: [u8; 3] = [0, 160, 0];

fn png(colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(16, 16, image::Rgb(colour));
    image::DynamicImage::from(picture).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn upload(who: &Person, order: &Value, colour: [u8; 3]) -> Value {
    let form = Form::new().part("file", Part::bytes(png(colour)).file_name("照片.png"));
    let request = who.request(Method::POST, &format!("{}?kind=request", path(order, "photos"))).multipart(form);
    who.send(request).await.is(201)
}

/// The only photo of an order as somebody sees it.
async fn photo(who: &Person, order: &Value) -> Value {
    let listed = who.get(&path(order, "photos")).await.is(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    listed["items"][0].clone()
}

fn keys() -> MessageKeys {
    MessageKeys::new(MESSAGE_TOKEN, None, APPID).unwrap()
}

fn verdict(trace: &str, suggest: &str) -> Value {
    json!({ "MsgType": "event", "Event": "wxa_media_check", "appid": APPID, "trace_id": trace, "version": 2, "errcode": 0, "errmsg": "ok",
        "result": { "suggest": suggest, "label": 100 } })
}

/// The query of a message that WeChat signs at this moment with this nonce.
fn signed(keys: &MessageKeys, at: DateTime<Utc>, nonce: &str) -> String {
    let at = at.timestamp().to_string();
    format!("/v1/wechat/messages?signature={}&timestamp={at}&nonce={nonce}", keys.sign(&[&at, nonce]))
}

/// Sends a message as WeChat does.
async fn send(world: &World, message: Value) -> Answer {
    let nonce = Uuid::new_v4().simple().to_string();
    world.anyone.post(&signed(&keys(), world.now(), &nonce), message).await
}

/// The number under which the only pending photo is judged; it is asked for, but the verdict is lost on the way.
async fn asked_in_vain(world: &World) -> (Uuid, String) {
    world.wechat().send_messages_to("http://127.0.0.1:1/nowhere", keys(), world.clock.clone());
    world.check_content().await;
    let checks = world.keep(|tx| {
        let ranges = vec![(String::new(), "9".to_owned())];
        content::list(tx, content::Filter { ranges, states: vec![domain::content::ContentState::Pending], after: None, limit: 9 })
    });
    let (check, _) = checks.await.into_iter().next().unwrap();
    (check.id, check.trace.unwrap())
}

async fn a_photo_is_held_until_its_verdict(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, "厨房漏水").await;
    let mine = upload(&cast.wang, &order, GREEN).await;
    assert!(mine["url"].is_string() && mine["standing"] == "checking", "{mine}");
    offered(&world, &cast, &order).await;
    let held = photo(&cast.li, &order).await;
    assert_eq!((&held["url"], &held["url_expires_at"], &held["standing"]), (&Value::Null, &Value::Null, &json!("checking")));
    assert!(photo(&cast.station, &order).await["url"].is_string());
    world.check_content().await;
    let now = photo(&cast.li, &order).await;
    assert_eq!(now["standing"], "shown", "the stand-in fetched it by its address alone and has sent its verdict");
    assert_eq!(world.anyone.get(now["url"].as_str().unwrap()).await.status, 200);
}

async fn a_risky_photo_waits_for_staff(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    for (colour, state) in [(RED, "risky"), (YELLOW, "review")] {
        let order = placed(&world, &cast.wang, "厨房漏水").await;
        let mine = upload(&cast.wang, &order, colour).await;
        offered(&world, &cast, &order).await;
        world.check_content().await;
        assert_eq!(photo(&cast.li, &order).await["url"], Value::Null);
        let check = queued(&cast.station, "").await.remove(0);
        assert_eq!((&check["state"], &check["kind"], &check["photo"]), (&json!(state), &json!("photo"), &mine["id"]));
        assert_eq!(world.anyone.get(check["url"].as_str().unwrap()).await.status, 200, "whoever decides sees it");
        let _ = decides(&cast.station, only(&cast.station).await, "release", "harmless").await.is(200);
        assert!(photo(&cast.li, &order).await["url"].is_string());
    }
}

async fn a_replayed_verdict_changes_nothing(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, "厨房漏水").await;
    upload(&cast.wang, &order, GREEN).await;
    offered(&world, &cast, &order).await;
    let (id, trace) = asked_in_vain(&world).await;
    assert_eq!(send(&world, verdict(&trace, "risky")).await.text, "success");
    let held = cast.station.get(&format!("/v1/content-checks/{id}")).await;
    assert_eq!(held.body["state"], "risky");
    for suggest in ["risky", "pass"] {
        assert_eq!(send(&world, verdict(&trace, suggest)).await.text, "success", "WeChat is not to try again");
    }
    let after = cast.station.get(&format!("/v1/content-checks/{id}")).await;
    assert_eq!((after.header("etag"), &after.body["state"]), (held.header("etag"), &json!("risky")));
    assert_eq!(photo(&cast.li, &order).await["url"], Value::Null);
}

async fn nobody_but_wechat_gives_verdicts(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, "厨房漏水").await;
    upload(&cast.wang, &order, RED).await;
    let (id, trace) = asked_in_vain(&world).await;
    let forged = signed(&MessageKeys::new("guessed", None, APPID).unwrap(), world.now(), "42");
    for address in
        [forged.as_str(), &forged.replace("signature=", "signature=%E9%82%BB"), "/v1/wechat/messages?signature=&timestamp=1&nonce=1"]
    {
        world.anyone.post(address, verdict(&trace, "pass")).await.is_problem(404, "not_found");
    }
    world.anyone.get(&format!("{forged}&echostr=7")).await.is_problem(404, "not_found");
    let proved = world.anyone.get(&format!("{}&echostr=7", signed(&keys(), world.now(), "42"))).await;
    assert_eq!((proved.status, proved.text.as_str()), (200, "7"));
    send(&world, json!({ "Event": 1 })).await.is_problem(400, "malformed");
    assert_eq!(send(&world, json!({ "Event": "subscribe_msg_popup_event" })).await.text, "success");
    assert_eq!(cast.station.get(&format!("/v1/content-checks/{id}")).await.body["state"], "pending");
}

async fn an_address_that_was_seen_is_good_for_nothing_else(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, "厨房漏水").await;
    upload(&cast.wang, &order, RED).await;
    let (id, trace) = asked_in_vain(&world).await;
    let standing = async || cast.station.get(&format!("/v1/content-checks/{id}")).await.body["state"].clone();
    let (minutes, pass) = (TimeDelta::minutes(10), || verdict(&trace, "pass"));
    for at in [world.now() - minutes - TimeDelta::seconds(1), world.now() + minutes + TimeDelta::seconds(1)] {
        world.anyone.post(&signed(&keys(), at, "old"), pass()).await.is_problem(404, "not_found");
        world.anyone.get(&format!("{}&echostr=7", signed(&keys(), at, "old"))).await.is_problem(404, "not_found");
    }
    let (seen, proof) = (signed(&keys(), world.now(), "43"), signed(&keys(), world.now(), "44"));
    let other = json!({ "Event": "subscribe_msg_popup_event" });
    assert_eq!(world.anyone.post(&seen, other.clone()).await.status, 200);
    assert_eq!(world.anyone.get(&format!("{proof}&echostr=7")).await.status, 200);
    for address in [&seen, &proof] {
        world.anyone.post(address, pass()).await.is_problem(404, "not_found");
    }
    assert_eq!(world.anyone.post(&seen, other.clone()).await.text, "success", "WeChat may repeat itself");
    assert_eq!(standing().await, "pending");
    world.clock.advance(minutes + TimeDelta::seconds(1));
    world.tick().await;
    world.anyone.post(&seen, other).await.is_problem(404, "not_found");
    assert_eq!(send(&world, verdict(&trace, "risky")).await.text, "success");
    assert_eq!(standing().await, "risky");
}

async fn a_verdict_that_comes_first_is_kept(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, "厨房漏水").await;
    upload(&cast.wang, &order, RED).await;
    assert_eq!(send(&world, verdict("early", "review")).await.status, 200);
    let (id, _) = asked_in_vain(&world).await;
    let now = world.now();
    world.keep(move |tx| content::keep_trace(tx, id, "early", now)).await;
    world.check_content().await;
    assert_eq!(only(&cast.station).await, id);
    assert_eq!(queued(&cast.station, "").await[0]["state"], "review");
}

async fn a_verdict_that_never_comes(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, "厨房漏水").await;
    upload(&cast.wang, &order, GREEN).await;
    let (id, trace) = asked_in_vain(&world).await;
    world.clock.advance(TimeDelta::minutes(59));
    world.check_content().await;
    assert!(queued(&cast.station, "").await.is_empty());
    world.clock.advance(TimeDelta::minutes(1));
    world.check_content().await;
    assert_eq!(only(&cast.station).await, id);
    assert_eq!(queued(&cast.station, "").await[0]["obstacle"], "no_answer");
    assert_eq!(send(&world, verdict(&trace, "pass")).await.status, 200);
    assert!(queued(&cast.station, "").await.is_empty(), "a late verdict still counts while nobody has decided");
}

async fn without_a_message_server_staff_look(world: Arc<World>) {
    let cast = Cast::new(&world).await;
    let order = placed(&world, &cast.wang, "厨房漏水").await;
    upload(&cast.wang, &order, GREEN).await;
    let deaf = world.checking(Desk::new("http://127.0.0.1:1")).await;
    worker::turn(&deaf).await.unwrap();
    let held = queued(&cast.station, "").await;
    assert_eq!((held.len(), &held[0]["obstacle"]), (1, &json!("not_set_up")));
}

/// With a key, WeChat's messages are encrypted, and no others are taken.
#[test]
fn encrypted_messages() {
    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    actix_web::rt::System::new().block_on(async {
        let world = World::on(Ground { message_key: Some(KEY), ..Ground::new(Kind::Sqlite) }).await;
        let cast = Cast::new(&world).await;
        let order = placed(&world, &cast.wang, "厨房漏水").await;
        upload(&cast.wang, &order, RED).await;
        send(&world, verdict("t", "pass")).await.is_problem(400, "malformed");
        world.check_content().await;
        assert_eq!(queued(&cast.station, "").await[0]["state"], "risky");
        world.stop().await;
    });
}
