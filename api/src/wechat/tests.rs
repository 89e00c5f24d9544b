//! The client against the stand-in, and against answers that the stand-in does not give.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{
    stand_in::{StandIn, start},
    token::{Granted, TokenSlot},
    *,
};

const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

async fn stand_in() -> StandIn {
    start(LOOPBACK).await.expect("a free loopback port")
}

fn client(base_url: &str) -> WechatClient {
    WechatClient::new(base_url, "wx0001", "the-secret", Timeouts::default()).expect("the settings are right")
}

/// Answers every connection with `answer`, word for word.
async fn saying(answer: &'static str) -> String {
    let listener = TcpListener::bind(LOOPBACK).await.expect("a free loopback port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0_u8; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn the_same_name_is_the_same_user_and_each_code_works_once() {
    let service = stand_in().await;
    let client = client(&service.base_url);
    let li = client.session("li").await.expect("a new code");
    assert_eq!(li.openid.len(), 28);
    assert!(li.unionid.is_some());
    assert_eq!(client.session("li:again").await.expect("another code"), li);
    assert_ne!(client.session("wang").await.expect("another user").openid, li.openid);
    assert_eq!(client.session("li").await, Err(WechatError::CodeUsed));
    service.stop().await;
}

#[tokio::test]
async fn refusals_are_named() {
    let service = stand_in().await;
    let client = client(&service.base_url);
    for (code, error) in [
        ("invalid", WechatError::CodeInvalid),
        ("limited", WechatError::RateLimited),
        ("blocked:1", WechatError::RiskBlocked),
        ("busy", WechatError::Busy),
        ("", WechatError::CodeInvalid),
        ("no spaces", WechatError::CodeInvalid),
    ] {
        assert_eq!(client.session(code).await, Err(error), "session {code:?}");
        assert_eq!(client.phone(code).await, Err(error), "phone {code:?}");
    }
    assert_eq!(client.phone("phone-12x45").await, Err(WechatError::CodeInvalid));
    for (appid, secret, errcode) in [("wrong", "s", 40013), ("wx1", "wrong", 40125)] {
        let client = WechatClient::new(&service.base_url, appid, secret, Timeouts::default()).expect("not empty");
        assert_eq!(client.session("li").await, Err(WechatError::Misconfigured { errcode }));
        assert_eq!(client.phone("phone-13800138000").await, Err(WechatError::Misconfigured { errcode }));
    }
    service.stop().await;
}

#[tokio::test]
async fn a_phone_number_comes_without_its_country_code() {
    let service = stand_in().await;
    let client = client(&service.base_url);
    let phone = client.phone("phone-13800138000:1").await.expect("a new code");
    assert_eq!((phone.pure_phone_number.as_str(), phone.country_code.as_str()), ("13800138000", "86"));
    let phone = client.phone("phone-84-912345678").await.expect("a new code");
    assert_eq!((phone.pure_phone_number.as_str(), phone.country_code.as_str()), ("912345678", "84"));
    assert_eq!(client.phone("phone-84-912345678").await, Err(WechatError::CodeUsed));
    service.stop().await;
}

#[tokio::test]
async fn a_token_that_somebody_else_replaced_is_fetched_again() {
    let service = stand_in().await;
    let client = client(&service.base_url);
    client.phone("phone-13800138000:1").await.expect("the first token");
    let force = json!({ "grant_type": "client_credential", "appid": "wx0001", "secret": "s", "force_refresh": true });
    let url = format!("{}/cgi-bin/stable_token", service.base_url);
    let answer: Value = client.http.post(url).json(&force).send().await.expect("sent").json().await.expect("JSON");
    assert_eq!(answer["expires_in"], 7200);
    client.phone("phone-13800138000:2").await.expect("the client noticed and took the new token");
    service.stop().await;
}

#[tokio::test]
async fn the_stand_in_speaks_like_the_service() {
    let service = stand_in().await;
    let http = client(&service.base_url).http;
    let ask = async |path: &str| -> Value {
        let response = http.get(format!("{}{path}", service.base_url)).send().await.expect("sent");
        assert_eq!(response.status(), 200, "WeChat answers 200 whatever happens: {path}");
        response.json().await.expect("JSON")
    };
    let whole = "/sns/jscode2session?appid=a&secret=s&grant_type=authorization_code&js_code=";
    let answer = ask(&format!("{whole}li")).await;
    assert!(answer.get("errcode").is_none(), "a success has no errcode: {answer}");
    assert!(answer["session_key"].is_string());
    assert_eq!(ask(whole).await["errcode"], 41008);
    assert_eq!(ask("/sns/jscode2session?secret=s").await["errcode"], 41002);
    assert_eq!(ask("/sns/jscode2session?appid=a").await["errcode"], 41004);
    assert_eq!(ask("/sns/jscode2session?appid=a&secret=s&js_code=x").await["errcode"], 40002);
    assert_eq!(ask("/cgi-bin/stable_token").await["errcode"], 43002);
    let post = async |query: &str, body: &str| -> Value {
        let url = format!("{}/wxa/business/getuserphonenumber{query}", service.base_url);
        http.post(url).body(body.to_owned()).send().await.expect("sent").json().await.expect("JSON")
    };
    assert_eq!(post("", "{}").await["errcode"], 41001);
    assert_eq!(post("?access_token=guess", "{}").await["errcode"], 40001);
    service.stop().await;
}

#[tokio::test]
async fn the_stand_in_is_not_offered_to_the_network() {
    let error = start(SocketAddr::from(([0, 0, 0, 0], 0))).await.err().expect("only loopback is allowed");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}

#[tokio::test]
async fn what_is_no_answer_is_unreachable() {
    for (answer, fault) in [
        ("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", Fault::Status(502)),
        ("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", Fault::Status(302)),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno", Fault::Answer),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", Fault::Answer),
        ("HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"openid\":\"\"}", Fault::Answer),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", Fault::Network),
    ] {
        let error = client(&saying(answer).await).session("li").await;
        assert_eq!(error, Err(WechatError::Unreachable { fault }), "{answer}");
    }
    let closed = client("http://127.0.0.1:1").session("li").await;
    assert_eq!(closed, Err(WechatError::Unreachable { fault: Fault::Network }));
}

#[tokio::test]
async fn whoever_never_answers_is_not_waited_for() {
    let listener = TcpListener::bind(LOOPBACK).await.expect("a free loopback port");
    let base = format!("http://{}", listener.local_addr().expect("it is bound"));
    let timeouts = Timeouts { total: Duration::from_millis(50), ..Timeouts::default() };
    let client = WechatClient::new(&base, "wx1", "s", timeouts).expect("the settings are right");
    let timeout = WechatError::Unreachable { fault: Fault::Timeout };
    assert_eq!(client.session("li").await, Err(timeout));
    assert_eq!(client.phone("phone-13800138000").await, Err(timeout));
}

/// A server that takes a second request on a kept connection and closes it without a word.
async fn serve_then_hang_up(listener: TcpListener) -> usize {
    let mut connections = 0;
    loop {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        connections += 1;
        let mut request = [0; 4096];
        for turn in 0..2 {
            if stream.read(&mut request).await.expect("a request") == 0 {
                break;
            }
            if turn == 0 {
                let answer = r#"{"openid":"o1"}"#;
                let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", answer.len());
                stream.write_all(format!("{head}{answer}").as_bytes()).await.expect("it can be answered");
            }
        }
        if connections == 2 {
            return connections;
        }
    }
}

#[tokio::test]
async fn a_kept_connection_that_broke_is_no_outage() {
    let listener = TcpListener::bind(LOOPBACK).await.expect("a free loopback port");
    let base = format!("http://{}", listener.local_addr().expect("it is bound"));
    let client = client(&base);
    let calls = async {
        assert_eq!(client.session("li").await.expect("the first call").openid, "o1");
        assert_eq!(client.session("li").await.expect("the second call, after the connection broke").openid, "o1");
        drop(client);
    };
    let (connections, ()) = tokio::join!(serve_then_hang_up(listener), calls);
    assert_eq!(connections, 2);
}

#[test]
fn a_country_code_may_be_a_number_or_text() {
    for raw in [json!(86), json!("86"), json!("+86")] {
        let answer = json!({ "purePhoneNumber": "13800138000", "countryCode": raw, "watermark": {} });
        let info: PhoneInfo = serde_json::from_value(answer).expect("both are accepted");
        assert_eq!(info.parsed().ok().expect("both are numbers").country_code, "86");
    }
}

#[test]
fn the_secret_goes_only_where_it_is_safe_and_is_never_shown() {
    let made = |base: &str| WechatClient::new(base, "wx1", "the-secret", Timeouts::default());
    assert!(matches!(made("http://api.weixin.qq.com"), Err(WechatSetupError::Insecure)));
    assert!(matches!(made("ftp://api.weixin.qq.com"), Err(WechatSetupError::BaseUrl)));
    assert!(matches!(made("https://api.weixin.qq.com/?a=b"), Err(WechatSetupError::BaseUrl)));
    assert!(matches!(made("nowhere"), Err(WechatSetupError::BaseUrl)));
    assert!(matches!(WechatClient::new("https://a.example", "", "s", Timeouts::default()), Err(WechatSetupError::Credentials)));
    let client = made("http://[::1]:8080/").expect("loopback may be plain");
    assert!(!format!("{client:?}").contains("the-secret"));
    let session = WechatSession { openid: "o-private".to_owned(), unionid: None };
    assert!(!format!("{session:?}").contains("private"));
}

#[tokio::test]
async fn callers_who_wait_share_one_outcome() {
    let slot = TokenSlot::default();
    let fetched = AtomicUsize::new(0);
    let fetch = async |outcome: Result<u64, WechatError>| {
        fetched.fetch_add(1, Ordering::SeqCst);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        outcome.map(|seconds| Granted { token: format!("token-{seconds}"), life: Duration::from_secs(seconds) })
    };
    let failing = || slot.get(None, async || fetch(Err(WechatError::Busy)).await);
    assert!(matches!(tokio::join!(failing(), failing()), (Err(WechatError::Busy), Err(WechatError::Busy))));
    assert_eq!(fetched.load(Ordering::SeqCst), 1, "whoever waited shares the failure");

    let taking = || slot.get(None, async || fetch(Ok(7200)).await);
    let (first, second) = tokio::join!(taking(), taking());
    assert_eq!((first.as_deref(), second.as_deref()), (Ok("token-7200"), Ok("token-7200")));
    assert_eq!(fetched.load(Ordering::SeqCst), 2, "a failure is not kept for those who ask later");

    let replacing = || slot.get(Some("token-7200"), async || fetch(Ok(100)).await);
    let (first, second) = tokio::join!(replacing(), replacing());
    assert_eq!((first.as_deref(), second.as_deref()), (Ok("token-100"), Ok("token-100")));
    assert_eq!(fetched.load(Ordering::SeqCst), 3, "the refused token is replaced once for both");

    let next = slot.get(None, async || fetch(Ok(7200)).await).await;
    assert_eq!(next.as_deref(), Ok("token-7200"), "a token within five minutes of its end is not given to new callers");
}
