//! Health, readiness and numbers.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use api::metrics::Access;
use api::services::Watching;
use chrono::TimeDelta;
use serde_json::Value;
use support::world::{Ground, run_on};
use support::{Answer, Kind, World, on_both};

on_both! { readiness_lists_its_checks, a_schema_that_is_not_ours_is_red, overdue_orders_are_counted }

/// The state of each check by its name.
fn checks(answer: &Answer) -> Vec<(String, bool)> {
    let checks = answer.body["checks"].as_array().cloned().unwrap_or_default();
    let mut states: Vec<_> =
        checks.iter().map(|check| (check["name"].as_str().unwrap().to_owned(), check["ok"].as_bool().unwrap())).collect();
    states.sort();
    states
}

fn red(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.header("content-type"), "application/json", "{}", answer.text);
    checks(answer).into_iter().filter(|(_, ok)| !ok).map(|(name, _)| name).collect()
}

async fn readiness_lists_its_checks(world: Arc<World>) {
    let ready = world.anyone.get("/readyz").await;
    assert_eq!((ready.status, ready.body["status"].as_str()), (200, Some("ok")));
    let names: Vec<String> = checks(&ready).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["database", "disk", "schema", "serving"]);
    world.services.draining.store(true, Ordering::Relaxed);
    let draining = world.anyone.get("/readyz").await;
    assert_eq!((draining.status, red(&draining)), (503, vec!["serving".to_owned()]));
    assert_eq!(draining.header("connection"), "close", "whoever asks again shall ask another process");
    assert_eq!(world.anyone.get("/healthz").await.status, 200, "it is alive all the same");
}

async fn a_schema_that_is_not_ours_is_red(world: Arc<World>) {
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')";
    persistence::tools::execute(&world.database.location, newer).unwrap();
    let answer = world.anyone.get("/readyz").await;
    assert_eq!((answer.status, red(&answer)), (503, vec!["schema".to_owned()]));
}

#[test]
fn a_full_disk_is_red() {
    let folder = tempfile::tempdir().unwrap();
    let watching = Watching { folder: Some(folder.path().to_owned()), free_bytes: u64::MAX, ..Watching::default() };
    run_on(
        || Ground { watching, ..Ground::new(Kind::Sqlite) },
        |world| async move {
            let answer = world.anyone.get("/readyz").await;
            assert_eq!((answer.status, red(&answer)), (503, vec!["disk".to_owned()]));
        },
    );
}

#[test]
fn a_database_that_is_gone_is_red() {
    support::world::run(Kind::Postgres, |world: Arc<World>| async move {
        let persistence::Location::Postgres(url) = &world.database.location else { panic!("PostgreSQL") };
        let (server, name) = url.rsplit_once('/').unwrap();
        let server = persistence::Location::parse(&format!("{server}/postgres")).unwrap();
        persistence::tools::execute(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
        let answer = world.anyone.get("/readyz").await;
        assert_eq!((answer.status, red(&answer)), (503, vec!["database".to_owned(), "schema".to_owned()]));
        assert_eq!(world.anyone.get("/healthz").await.status, 200, "being alive needs no database");
        world.anyone.with_token("x").get("/v1/divisions/230822").await.is_problem(503, "unavailable");
    });
}

fn watched(access: Access, kind: Kind) -> Ground {
    Ground { watching: Watching { metrics: access, ..Watching::default() }, ..Ground::new(kind) }
}

/// The value of a metric with exactly these labels.
fn value(text: &str, metric: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(metric)).unwrap_or_else(|| panic!("no {metric} in {text}"));
    line.trim().parse().unwrap_or_else(|_| panic!("{metric} is {line:?}"))
}

fn numbers_tell_what_was_done(kind: Kind) {
    let token = "a token that nobody guesses";
    run_on(
        || watched(Access::Token(token.to_owned()), kind),
        |world| async move {
            let wang = world.resident("王秀英").await;
            let order = wang.places(world.catalogue.free).await;
            for _ in 0..3 {
                assert_eq!(wang.get(&support::people::path(&order, "events")).await.status, 200);
            }
            wang.get("/v1/nothing/of-that-name").await.is_problem(404, "not_found");
            world.anyone.get("/metrics").await.is_problem(401, "unauthenticated");
            world.anyone.with_token("another token").get("/metrics").await.is_problem(401, "unauthenticated");
            let answer = world.anyone.with_token(token).get("/metrics").await;
            assert!(answer.header("content-type").starts_with("application/openmetrics-text"), "{}", answer.header("content-type"));
            let text = answer.text;
            assert_eq!(value(&text, "linli_requests_total{operation=\"listOrderEvents\",status=\"200\"}"), 3.0);
            assert_eq!(value(&text, "linli_requests_total{operation=\"none\",status=\"404\"}"), 1.0);
            assert_eq!(value(&text, "linli_request_seconds_count{operation=\"placeOrder\"}"), 1.0);
            assert!(value(&text, "linli_connections") >= 1.0);
            match kind {
                Kind::Sqlite => {
                    assert!(value(&text, "linli_sqlite_commits_total") > 0.0 && value(&text, "linli_sqlite_last_batch") > 0.0);
                    assert_eq!(value(&text, "linli_sqlite_queue"), 0.0);
                }
                Kind::Postgres => assert_eq!(value(&text, "linli_postgres_pool_size"), 8.0),
            }
            world.services.metrics.set_audit_lag(std::time::Duration::from_millis(1500));
            let text = world.anyone.with_token(token).get("/metrics").await.text;
            assert_eq!(value(&text, "linli_audit_lag_seconds"), 1.5);
            let id = order["id"].as_str().unwrap();
            assert!(!text.contains(id) && !text.contains("of-that-name") && !text.contains(token), "a label that a caller chose: {text}");
        },
    );
}

#[test]
fn sqlite_numbers_tell_what_was_done() {
    numbers_tell_what_was_done(Kind::Sqlite);
}

#[test]
fn postgres_numbers_tell_what_was_done() {
    numbers_tell_what_was_done(Kind::Postgres);
}

#[test]
fn numbers_are_not_for_everybody() {
    run_on(
        || watched(Access::Off, Kind::Sqlite),
        |world| async move {
            world.anyone.get("/metrics").await.is_problem(404, "not_found");
        },
    );
    run_on(
        || watched(Access::Loopback, Kind::Sqlite),
        |world| async move {
            assert_eq!(world.anyone.get("/metrics").await.status, 200);
            for header in ["X-Forwarded-For", "Forwarded", "Via"] {
                let through_a_proxy = world.anyone.with(header, "203.0.113.7").get("/metrics").await;
                through_a_proxy.is_problem(404, "not_found");
            }
        },
    );
}

async fn overdue_orders_are_counted(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    wang.places(world.catalogue.free).await;
    let counted = |world: &World| {
        let now = world.now();
        let store = world.services.store.clone();
        async move { store.read::<_, persistence::StoreError>(move |tx| persistence::order::count_overdue(tx, now, 100)).await.unwrap() }
    };
    assert_eq!(counted(&world).await, 0);
    world.clock.advance(TimeDelta::days(3));
    assert_eq!(counted(&world).await, 1, "nobody has triaged it");
    let _: Value = world.anyone.get("/healthz").await.is(200);
}
