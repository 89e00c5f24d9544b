//! The keys that sign tokens change under load, and nobody notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use api::token::SigningKey;
use chrono::TimeDelta;
use domain::identity::IdentityPolicy;
use persistence::identity;
use serde_json::json;
use support::{Client, Replica, World, on_both};
use uuid::Uuid;

on_both! { not_one_request_fails_while_keys_rotate }

/// Signs in, uses the token at every server, and again, until told to stop. How often.
async fn uses(servers: Vec<Client>, number: usize, stop: Arc<AtomicBool>, failed: Arc<AtomicUsize>) -> usize {
    let mut done = 0;
    while !stop.load(Ordering::Relaxed) {
        let at = &servers[done % servers.len()];
        let session = at.post("/v1/sessions/wechat", json!({ "code": format!("user{number}:{done}") })).await;
        let token = session.body["access_token"].as_str().unwrap_or_default().to_owned();
        for server in &servers {
            let answer = server.with_token(&token).get("/v1/me").await;
            if answer.status != 200 {
                failed.fetch_add(1, Ordering::Relaxed);
                eprintln!("{}", answer.text);
            }
        }
        done += 1;
    }
    done
}

async fn passes(world: &World, replica: &Replica, time: TimeDelta) {
    // In steps, as the clocks of both look again and again.
    world.clock.advance(time);
    replica.tick().await;
    api::worker::turn(&world.services, Uuid::from_u128(1)).await.expect("the clock's work");
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
}

async fn not_one_request_fails_while_keys_rotate(world: Arc<World>) {
    let replica = world.replica(IdentityPolicy::default()).await;
    let kids = |answer: serde_json::Value| -> Vec<String> {
        answer["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let old = kids(world.anyone.get("/.well-known/jwks.json").await.is(200));
    let session = world.anyone.post("/v1/sessions/wechat", json!({ "code": "before" })).await.is(200);
    let before = world.anyone.with_token(session["access_token"].as_str().unwrap());
    let (stop, failed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let servers = vec![world.anyone.clone(), replica.anyone.clone()];
    let load: Vec<_> =
        (0..4).map(|number| actix_web::rt::spawn(uses(servers.clone(), number, Arc::clone(&stop), Arc::clone(&failed)))).collect();
    let new = Uuid::now_v7();
    let (private, public) = SigningKey::generate().unwrap();
    world
        .keep(move |tx| {
            let activates = tx.now() + TimeDelta::minutes(10);
            identity::publish_signing_key(tx, new, (&private, &public), activates)
        })
        .await;
    passes(&world, &replica, TimeDelta::seconds(5)).await;
    for server in &servers {
        let published = kids(server.get("/.well-known/jwks.json").await.is(200));
        assert_eq!(published, [old[0].clone(), new.to_string()], "published, and the old one signs");
    }
    for _ in 0..12 {
        passes(&world, &replica, TimeDelta::minutes(1)).await;
        if world.now() - support::world::monday_morning() < TimeDelta::minutes(15) {
            assert_eq!(before.get("/v1/me").await.status, 200, "what was signed before is still good");
        }
    }
    assert_eq!(kids(world.anyone.get("/.well-known/jwks.json").await.is(200)), [new.to_string(), old[0].clone()]);
    for _ in 0..20 {
        passes(&world, &replica, TimeDelta::minutes(1)).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut done = 0;
    for one in load {
        done += one.await.unwrap();
    }
    assert_eq!(failed.load(Ordering::Relaxed), 0, "of {done} rounds");
    assert!(done > 20, "{done} rounds");
    for server in &servers {
        assert_eq!(kids(server.get("/.well-known/jwks.json").await.is(200)), [new.to_string()], "the old one is retired");
    }
    replica.stop().await;
}
