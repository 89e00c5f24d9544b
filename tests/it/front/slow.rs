//! Slow clients, on bare connections. The deadlines are short here, and nothing is asserted about the time but that others are
//! served meanwhile and that the slow are let go at all.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use api::limits::{Deadlines, Limits};
use serde_json::Value;
use support::world::{Ground, World, run_on};
use support::{Kind, Wire};

const PAUSE: Duration = Duration::from_millis(40);

fn quick() -> Ground {
    let deadlines = Deadlines {
        head: Duration::from_millis(700),
        idle: Duration::from_millis(1500),
        body: Duration::from_millis(700),
        request: Duration::from_secs(8),
        grace: Duration::from_millis(900),
        pace: 8 * 1024,
    };
    Ground { limits: Limits { deadlines, rates: None, ..Limits::default() }, ..Ground::new(Kind::Sqlite) }
}

fn slow<F: Future<Output = ()>>(test: impl FnOnce(Arc<World>) -> F) {
    run_on(quick, test);
}

/// Requires a problem of this code at the end of what came.
fn is_problem(text: &str, status: u16, code: &str) {
    let (head, body) = text.rsplit_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let head = head.rsplit_once("HTTP/1.1 ").map_or(head, |(_, last)| last).to_ascii_lowercase();
    assert!(head.starts_with(&status.to_string()), "{text}");
    assert!(head.contains("content-type: application/problem+json"), "{text}");
    let body: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(body["code"], code);
    assert!(head.contains(body["request_id"].as_str().unwrap()), "{text}");
}

/// A request with a JSON body of so many bytes of which none is there yet.
fn head_of_order(token: &str, length: usize) -> String {
    format!(
        "POST /v1/orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[test]
fn a_first_head_that_comes_byte_by_byte_is_ended() {
    slow(|world| async move {
        let mut wire = Wire::to(world.anyone.base()).await;
        let long = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", "x".repeat(2000));
        is_problem(&wire.trickle(long, PAUSE).await, 408, "request_timeout");
    });
}

#[test]
fn a_second_head_that_comes_byte_by_byte_is_ended_too() {
    slow(|world| async move {
        let mut wire = Wire::to(world.anyone.base()).await;
        wire.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(wire.answer().await.starts_with("HTTP/1.1 200"));
        let long = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", "x".repeat(2000));
        is_problem(&wire.trickle(long, PAUSE).await, 408, "request_timeout");
    });
}

#[test]
fn a_second_head_that_stalls_and_a_connection_that_idles_are_ended() {
    slow(|world| async move {
        let mut stalled = Wire::to(world.anyone.base()).await;
        stalled.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
        stalled.answer().await;
        stalled.send("GET /hea").await;
        is_problem(&stalled.rest().await, 408, "request_timeout");
        let mut silent = Wire::to(world.anyone.base()).await;
        assert_eq!(silent.rest().await, "", "who says nothing is told nothing");
        let mut kept = Wire::to(world.anyone.base()).await;
        kept.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
        kept.answer().await;
        assert_eq!(kept.rest().await, "");
    });
}

#[test]
fn a_connection_may_rest_longer_than_a_head_may_take() {
    slow(|world| async move {
        let mut wire = Wire::to(world.anyone.base()).await;
        for _ in 0..2 {
            wire.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
            assert!(wire.answer().await.starts_with("HTTP/1.1 200"));
            tokio::time::sleep(Duration::from_millis(1000)).await;
        }
    });
}

#[test]
fn a_body_that_trickles_or_stalls_is_ended() {
    slow(|world| async move {
        let wang = world.resident("王秀英").await;
        let head = head_of_order(wang.token().unwrap(), 5000);
        let mut trickling = Wire::to(world.anyone.base()).await;
        trickling.send(&head).await;
        is_problem(&trickling.trickle(" ".repeat(5000), PAUSE).await, 408, "request_timeout");
        let mut stalled = Wire::to(world.anyone.base()).await;
        stalled.send(format!("{head}{{\"text\":")).await;
        is_problem(&stalled.rest().await, 408, "request_timeout");
        let mut drained = Wire::to(world.anyone.base()).await;
        drained.send("POST /v1/orders HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n").await;
        let answered = drained.trickle("1\r\n \r\n".repeat(1000), PAUSE).await;
        assert!(answered.contains("unauthenticated"), "a body that nobody wants cannot hold the connection either: {answered}");
    });
}

#[test]
fn an_upload_below_the_pace_is_ended_and_one_at_the_pace_is_not() {
    slow(|world| async move {
        let wang = world.resident("王秀英").await;
        let order = wang.places(world.catalogue.free).await;
        let path = format!("{}?kind=request", support::people::path(&order, "photos"));
        let start = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n";
        let head = |length: usize| {
            let token = wang.token().unwrap();
            format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: multipart/form-data; boundary=x\r\n\
                 content-length: {length}\r\n\r\n{start}"
            )
        };
        let mut trickling = Wire::to(world.anyone.base()).await;
        trickling.send(head(100_000)).await;
        is_problem(&trickling.trickle("x".repeat(5000), PAUSE).await, 408, "request_timeout");
        let mut steady = Wire::to(world.anyone.base()).await;
        let end = "\r\n--x--\r\n";
        steady.send(head(start.len() + 40_000 + end.len())).await;
        for _ in 0..20 {
            // Twice the pace, and longer in all than the grace.
            assert!(steady.send("x".repeat(2000)).await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        steady.send(end).await;
        let answer = steady.answer().await;
        assert!(answer.starts_with("HTTP/1.1 422"), "it is no photo, but it has come: {answer}");
    });
}

#[test]
fn a_reader_that_does_not_take_its_answers_is_let_go() {
    slow(|world| async move {
        let open = world.services.metrics.connections();
        let mut greedy = Wire::to(world.anyone.base()).await;
        let request = "GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n";
        let started = Instant::now();
        while open.load(Ordering::Relaxed) == 0 {
            tokio::time::sleep(PAUSE).await;
            greedy.send(request).await;
        }
        // More than the buffers on the way hold.
        greedy.send(request.repeat(15)).await;
        while open.load(Ordering::Relaxed) > 0 {
            assert!(started.elapsed() < Duration::from_secs(30), "the connection is still held");
            tokio::time::sleep(PAUSE).await;
        }
        assert!(!greedy.send(request.repeat(15)).await || greedy.rest().await.is_empty() || open.load(Ordering::Relaxed) == 0);
    });
}

#[test]
fn others_are_served_while_many_are_slow() {
    slow(|world| async move {
        let wang = world.resident("王秀英").await;
        let (token, base) = (wang.token().unwrap().to_owned(), world.anyone.base().to_owned());
        let crowd = (0..60).map(|number| {
            let (token, base) = (token.clone(), base.clone());
            actix_web::rt::spawn(async move {
                let mut wire = Wire::to(&base).await;
                if number % 2 == 0 {
                    wire.trickle("GET / HTTP/1.1\r\nhost: example.org\r\naccept: text/html, text/plain\r\n", PAUSE).await
                } else {
                    wire.send(head_of_order(&token, 5000)).await;
                    wire.trickle(" ".repeat(5000), PAUSE).await
                }
            })
        });
        let crowd: Vec<_> = crowd.collect();
        let mut slowest = Duration::ZERO;
        for _ in 0..100 {
            let asked = Instant::now();
            assert_eq!(wang.get("/v1/me").await.status, 200);
            slowest = slowest.max(asked.elapsed());
        }
        // An ordinary request takes a millisecond; a second would mean that it waited for one of the slow.
        assert!(slowest < Duration::from_secs(1), "the slowest ordinary request took {slowest:?}");
        for slow in crowd {
            is_problem(&slow.await.expect("no panic"), 408, "request_timeout");
        }
    });
}
