//! Heads that are no heads: they get problems too.

use std::sync::Arc;

use serde_json::Value;
use support::{Kind, Served, Wire, World};

async fn refused(world: &World, head: Vec<u8>) -> (u16, Value) {
    let mut wire = Wire::to(world.anyone.base()).await;
    wire.send(head).await;
    let text = wire.rest().await;
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    assert!(head.to_ascii_lowercase().contains("content-type: application/problem+json"), "{text}");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
    (status, serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {text}")))
}

fn request(path: &[u8], headers: &str) -> Vec<u8> {
    [b"GET ", path, b" HTTP/1.1\r\nhost: x\r\n", headers.as_bytes(), b"\r\n"].concat()
}

#[test]
fn what_is_no_request_gets_a_problem() {
    support::world::run(support::Kind::Sqlite, |world: Arc<World>| async move {
        let (status, body) = refused(&world, request("/v1/divisions/桦南县".as_bytes(), "")).await;
        assert_eq!((status, body["code"].as_str().unwrap()), (400, "malformed"), "raw letters in the address");
        let (status, body) = refused(&world, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec()).await;
        assert_eq!((status, body["code"].as_str().unwrap()), (400, "malformed"), "TLS where none is spoken");
        let many: String = (0..200).map(|number| format!("x-{number}: 1\r\n")).collect();
        let (status, body) = refused(&world, request(b"/healthz", &many)).await;
        assert!(matches!(status, 400 | 431), "200 headers: {status} {body}");
        let (status, body) = refused(&world, request(b"/healthz", &format!("x: {}\r\n", "y".repeat(300_000)))).await;
        assert_eq!((status, body["code"].as_str().unwrap()), (431, "head_too_large"));
        let (status, body) = refused(&world, request(format!("/{}", "y".repeat(300_000)).as_bytes(), "")).await;
        assert_eq!((status, body["code"].as_str().unwrap()), (431, "head_too_large"), "a very long address");
        world.anyone.get(&format!("/{}", "y".repeat(8000))).await.is_problem(404, "not_found");
        world.anyone.get("/v1/nothing/%E6%A1%A6").await.is_problem(404, "not_found");
    });
}

#[test]
fn what_clients_do_wrong_is_no_error_of_ours() {
    actix_web::rt::System::new().block_on(async {
        let Served { wang, mut process, world: _world } = Served::on(Kind::Sqlite, &[("LINLI_DRAIN", "0")]).await;
        for head in [request("/v1/divisions/桦南县".as_bytes(), ""), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec()] {
            let mut wire = Wire::to(wang.base()).await;
            wire.send(head).await;
            let answer = wire.rest().await;
            assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        }
        process.terminate();
        assert_eq!(process.ended().await, Some(0), "{}", process.log());
        let log = process.log();
        assert_eq!(log.matches("refused before there was a request").count(), 2, "{log}");
        assert!(!log.contains("\"ERROR\""), "{log}");
    });
}
