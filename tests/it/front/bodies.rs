//! Bodies that are too much.

use std::sync::Arc;

use reqwest::Method;
use support::{Kind, Served, Wire, World};

#[test]
fn a_hundred_megabytes_are_refused_and_take_no_memory() {
    actix_web::rt::System::new().block_on(async {
        let Served { wang, process, world: _world } = Served::on(Kind::Sqlite, &[]).await;
        let head = |more: &str| {
            let token = wang.token().unwrap();
            format!(
                "POST /v1/orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n{more}\r\n\r\n"
            )
        };
        assert_eq!(wang.get("/v1/me").await.status, 200);
        let before = process.memory();
        let mut told = Wire::to(wang.base()).await;
        told.send(head("content-length: 104857600")).await;
        let answer = told.answer().await;
        assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("too_large"), "{answer}");
        let mut untold = Wire::to(wang.base()).await;
        untold.send(head("transfer-encoding: chunked")).await;
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        let (mut sent, mut most) = (0, 0);
        while sent < 1600 && untold.send(&chunk).await {
            sent += 1;
            most = most.max(process.memory());
        }
        let answer = untold.rest().await;
        assert!(answer.is_empty() || answer.contains("too_large"), "{answer}");
        assert!(most.saturating_sub(before) < 20_000_000, "{before} bytes before, {most} at most after {sent} chunks");
        assert_eq!(wang.get("/v1/me").await.status, 200);
    });
}

#[test]
fn packed_and_deep_bodies_are_refused() {
    support::world::run(Kind::Sqlite, |world: Arc<World>| async move {
        let wang = world.resident("王秀英").await;
        let order = wang.places(world.catalogue.free).await;
        let post = |path: &str| wang.request(Method::POST, path).header("content-encoding", "gzip");
        let packed = post("/v1/orders").header("content-type", "application/json").body(vec![0x1f, 0x8b]);
        wang.send(packed).await.is_problem(415, "unsupported_media_type");
        let photo = post(&format!("{}?kind=request", support::people::path(&order, "photos")));
        let photo = photo.header("content-type", "multipart/form-data; boundary=x").body("--x--\r\n");
        wang.send(photo).await.is_problem(415, "unsupported_media_type");
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = format!("{{\"text\":{}1{}}}", open.repeat(100_000), close.repeat(100_000));
            let deep = wang.request(Method::POST, "/v1/orders").header("content-type", "application/json").body(deep);
            assert!(matches!(wang.send(deep).await.status, 400 | 413 | 422));
        }
        let flat = format!("{{\"text\":{}1{}}}", "[".repeat(200_000), "]".repeat(200_000));
        let flat = wang.request(Method::POST, "/v1/orders").header("content-type", "application/json").body(flat);
        assert!(matches!(wang.send(flat).await.status, 400 | 422));
        assert_eq!(wang.get("/v1/me").await.status, 200, "the service lives");
    });
}
