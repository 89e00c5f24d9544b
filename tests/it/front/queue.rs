//! A queue that is full says so.

use std::time::Duration;

use persistence::{StoreError, Tuning};
use serde_json::json;
use support::Kind;
use support::world::{COMMUNITY, Ground, run_on};

fn a_full_queue_answers_503(kind: Kind) {
    let tuning = Tuning { pool: 1, queue: 1, batch: 1, patience: Duration::from_secs(20), ..Tuning::default() };
    run_on(
        || Ground { tuning, ..Ground::new(kind) },
        |world| async move {
            let wang = world.resident("王秀英").await;
            assert_eq!(wang.get("/v1/me").await.status, 200, "the session is known now");
            let hold = || {
                let store = world.services.store.clone();
                actix_web::rt::spawn(async move {
                    let slow = store.write::<_, StoreError>(|_| {
                        std::thread::sleep(Duration::from_secs(2));
                        Ok(())
                    });
                    slow.await
                })
            };
            let running = hold();
            tokio::time::sleep(Duration::from_millis(300)).await;
            let waiting = hold();
            tokio::time::sleep(Duration::from_millis(300)).await;
            let body = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "漏水", "address": "3号楼" });
            let refused = wang.post("/v1/orders", body).await;
            refused.is_problem(503, "busy");
            assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
            for held in [running, waiting] {
                held.await.expect("no panic").expect("it is kept");
            }
            wang.places(world.catalogue.free).await;
        },
    );
}

#[test]
fn sqlite_a_full_queue_answers_503() {
    a_full_queue_answers_503(Kind::Sqlite);
}

#[test]
fn postgres_a_full_queue_answers_503() {
    a_full_queue_answers_503(Kind::Postgres);
}
