//! Failed attempts: what they lock, and whom they must not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::identity::{IdentityPolicy, Limit, Lockout};
use futures_util::future::join_all;
use persistence::identity::{self, NewStaff};
use serde_json::json;
use support::{Answer, Client, Replica, World, on_both};
use uuid::Uuid;

on_both! { strangers_do_not_lock_an_account, neighbours_slow_only_who_fails, a_known_address_stays_open,
the_count_holds_across_replicas, two_hundred_attempts_at_once_are_borne }

const PASSWORD: &str = "Hongqi-2026-shequ";

async fn staff(world: &World, name: &str) {
    let (id, username) = (Uuid::now_v7(), name.to_owned());
    let password_hash = api::identity::hash_password(PASSWORD).unwrap();
    world
        .keep(move |tx| {
            let (username, password_hash) = (username.clone(), password_hash.clone());
            identity::add_staff(tx, &NewStaff { id, username, password_hash, must_change_password: false, person: None })
        })
        .await;
}

async fn signs_in(from: &Client, name: &str, password: &str) -> Answer {
    from.post("/v1/sessions/staff", json!({ "username": name, "password": password })).await
}

async fn fails(from: &Client, name: &str, times: usize) {
    for _ in 0..times {
        signs_in(from, name, "wrong").await.is_problem(401, "bad_credentials");
    }
}

/// The same with smaller numbers, so that the test need not hash a hundred passwords.
async fn strict(world: &World) -> Replica {
    let account = Limit { failures: 8, seconds: 30, longest: 30 };
    let address = Limit { failures: 8, seconds: 60, longest: 60 };
    let lockout = Lockout { account, address, storm: Limit { failures: 16, ..address }, ..Lockout::default() };
    world.replica(IdentityPolicy { lockout, ..IdentityPolicy::default() }).await
}

async fn strangers_do_not_lock_an_account(world: Arc<World>) {
    staff(&world, "zhao.min").await;
    let stranger = world.anyone.from("127.0.0.66");
    fails(&stranger, "zhao.min", 5).await;
    let locked = signs_in(&stranger, "zhao.min", PASSWORD).await;
    locked.is_problem(429, "account_locked");
    assert_eq!(locked.header("retry-after"), "300");
    let _ = signs_in(&world.anyone, "zhao.min", PASSWORD).await.is(200);
    world.clock.advance(TimeDelta::hours(3));
    world.tick().await;
    fails(&stranger, "zhao.min", 4).await;
}

async fn neighbours_slow_only_who_fails(world: Arc<World>) {
    staff(&world, "zhao.min").await;
    staff(&world, "qian.er").await;
    let replica = strict(&world).await;
    let shared = replica.anyone.from("127.0.0.67");
    for name in 0..8 {
        fails(&shared, &format!("name{name}"), 1).await;
    }
    let slowed = async |name: &str| {
        let slowed = signs_in(&shared, name, PASSWORD).await;
        slowed.is_problem(429, "account_locked");
        assert_eq!(slowed.header("retry-after"), "60");
    };
    slowed("name0").await;
    let _ = signs_in(&shared, "zhao.min", PASSWORD).await.is(200);
    for name in 8..16 {
        fails(&shared, &format!("name{name}"), 1).await;
    }
    // Somebody tries name after name: who is not known here waits, but never for more than a minute.
    for _ in 0..3 {
        slowed("qian.er").await;
        slowed("nobody.here").await;
        world.clock.advance(TimeDelta::seconds(60));
        fails(&shared, "nobody.here", 1).await;
    }
    let _ = signs_in(&shared, "zhao.min", PASSWORD).await.is(200);
    let _ = signs_in(&replica.anyone, "qian.er", PASSWORD).await.is(200);
    world.clock.advance(TimeDelta::seconds(60));
    let _ = signs_in(&shared, "qian.er", PASSWORD).await.is(200);
    replica.stop().await;
}

async fn a_known_address_stays_open(world: Arc<World>) {
    staff(&world, "zhao.min").await;
    let replica = strict(&world).await;
    let home = replica.anyone.from("127.0.0.70");
    let _ = signs_in(&home, "zhao.min", PASSWORD).await.is(200);
    for attacker in 0..2 {
        fails(&replica.anyone.from(&format!("127.0.0.8{attacker}")), "zhao.min", 4).await;
    }
    let elsewhere = replica.anyone.from("127.0.0.90");
    let slowed = signs_in(&elsewhere, "zhao.min", PASSWORD).await;
    slowed.is_problem(429, "account_locked");
    assert_eq!(slowed.header("retry-after"), "30", "it only slows");
    let _ = signs_in(&home, "zhao.min", PASSWORD).await.is(200);
    for name in 0..8 {
        fails(&home, &format!("name{name}"), 1).await;
    }
    signs_in(&home, "name0", "wrong").await.is_problem(429, "account_locked");
    let _ = signs_in(&home, "zhao.min", PASSWORD).await.is(200);
    world.clock.advance(TimeDelta::seconds(30));
    let _ = signs_in(&elsewhere, "zhao.min", PASSWORD).await.is(200);
    replica.stop().await;
}

async fn the_count_holds_across_replicas(world: Arc<World>) {
    staff(&world, "zhao.min").await;
    let replica = world.replica(IdentityPolicy::default()).await;
    let at = |turn: i32| if turn % 2 == 0 { &world.anyone } else { &replica.anyone };
    let attempts = join_all((0..12).map(|turn| signs_in(at(turn), "zhao.min", "wrong"))).await;
    assert_eq!(attempts.iter().filter(|attempt| attempt.status == 401).count(), 5);
    signs_in(&replica.anyone, "zhao.min", PASSWORD).await.is_problem(429, "account_locked");
    replica.stop().await;
}

/// The memory of this process, in MiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

async fn two_hundred_attempts_at_once_are_borne(world: Arc<World>) {
    let before = resident();
    let clients: Vec<Client> = (1..=50).map(|host| world.anyone.from(&format!("127.0.1.{host}"))).collect();
    let wrong = (0..200_usize).map(|turn| {
        let client = clients[turn % clients.len()].clone();
        async move { signs_in(&client, &format!("name{turn}"), "wrong").await }
    });
    let attempts = actix_web::rt::spawn(join_all(wrong));
    let (mut most, mut slowest, mut asked) = (0, Duration::ZERO, 0);
    let wang = world.resident("王秀英").await;
    while !attempts.is_finished() {
        let since = Instant::now();
        let _ = wang.get("/v1/orders").await.is(200);
        (slowest, most, asked) = (slowest.max(since.elapsed()), most.max(resident()), asked + 1);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for attempt in attempts.await.unwrap() {
        assert!(matches!(attempt.status, 401 | 503), "{}", attempt.text);
        assert_eq!(attempt.status == 503, !attempt.header("retry-after").is_empty(), "{}", attempt.text);
    }
    assert!(asked > 5 && slowest < Duration::from_secs(5), "{asked} others were answered meanwhile, the slowest in {slowest:?}");
    // All at once would take 200 × 19 MiB.
    assert!(most.saturating_sub(before) < 1000, "{before} MiB grew to {most} MiB");
}
