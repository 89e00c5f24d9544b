//! The stand-in's content check. It judges by a few words and two colours, and gives its verdicts on photos as WeChat does: by
//! a message to the program, after it has fetched the photo.
//!
//! | in a text | answer |
//! |---|---|
//! | 办证刻章 | `risky`, 20006 |
//! | 加微信 | `review`, 10001 |
//! | 久未访问 | 61010: the user was not active lately |
//!
//! | first pixel of a photo | verdict |
//! |---|---|
//! | red | `risky`, 20002 |
//! | yellow | `review`, 21000 |

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::{HttpRequest, HttpResponse, web};
use persistence::Clock;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{Memory, Refusal, TokenQuery, json_of, locked, query_of, respond};
use crate::wechat::CONTENT_CHARACTERS;
use crate::wechat::message::MessageKeys;

/// Larger photos are not fetched, as with WeChat.
const PHOTO_BYTES: usize = 10 * 1024 * 1024;

/// What can be told to a stand-in while it runs.
#[derive(Default)]
pub struct Control {
    down: AtomicBool,
    asked: AtomicUsize,
    messages: Mutex<Option<Arc<Messages>>>,
    sending: Mutex<Vec<JoinHandle<()>>>,
}

/// Where messages go, and under which secrets.
struct Messages {
    url: String,
    keys: MessageKeys,
    clock: Clock,
}

impl Control {
    /// Stops answering to content checks, or begins again.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// How many content checks were asked for, answered or not.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Sets up the message server, as an operator does in WeChat's console. Messages are signed by this clock.
    pub fn send_messages_to(&self, url: impl Into<String>, keys: MessageKeys, clock: Clock) {
        *locked(&self.messages) = Some(Arc::new(Messages { url: url.into(), keys, clock }));
    }

    /// Waits until every verdict that was promised so far has been sent.
    pub async fn sent(&self) {
        let sending = std::mem::take(&mut *locked(&self.sending));
        for task in sending {
            if let Err(error) = task.await {
                tracing::warn!(%error, "a verdict of the stand-in was not sent");
            }
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    openid: String,
    scene: u8,
    version: u8,
    content: String,
    media_type: u8,
    media_url: String,
}

/// What holds for both calls.
fn checked(request: &HttpRequest, memory: &Memory, body: &[u8]) -> Result<Body, Refusal> {
    let query: TokenQuery = query_of(request);
    memory.appid_of(&query.access_token)?;
    let body: Body = json_of(body)?;
    match body {
        Body { ref openid, .. } if openid.is_empty() => Err(Refusal::BadOpenid),
        Body { version: 2, scene: 1..=4, .. } => Ok(body),
        _ => Err(Refusal::BadArguments),
    }
}

/// Counts a call; whether the service is there.
fn is_up(control: &Control) -> bool {
    control.asked.fetch_add(1, Ordering::SeqCst);
    !control.down.load(Ordering::SeqCst)
}

pub(super) async fn text(
    request: HttpRequest,
    body: web::Bytes,
    memory: web::Data<Memory>,
    control: web::Data<Arc<Control>>,
) -> HttpResponse {
    if !is_up(&control) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    respond(checked(&request, &memory, &body).and_then(|body| {
        if body.content.is_empty() {
            return Err(Refusal::NoContent);
        }
        if body.content.chars().count() > CONTENT_CHARACTERS {
            return Err(Refusal::BadArguments);
        }
        if body.content.contains("久未访问") {
            return Err(Refusal::NotActive);
        }
        let (suggest, label) = match () {
            () if body.content.contains("办证刻章") => ("risky", 20006),
            () if body.content.contains("加微信") => ("review", 10001),
            () => ("pass", 100),
        };
        Ok(json!({ "errcode": 0, "errmsg": "ok", "trace_id": trace(), "result": { "suggest": suggest, "label": label }, "detail": [] }))
    }))
}

pub(super) async fn photo(
    request: HttpRequest,
    body: web::Bytes,
    memory: web::Data<Memory>,
    control: web::Data<Arc<Control>>,
) -> HttpResponse {
    if !is_up(&control) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    respond(checked(&request, &memory, &body).and_then(|body| {
        if body.media_type != 2 || body.media_url.is_empty() {
            return Err(Refusal::BadArguments);
        }
        let trace = trace();
        let messages = locked(&control.messages).clone();
        if let Some(messages) = messages {
            let task = tokio::spawn(send(messages, body.media_url, trace.clone()));
            locked(&control.sending).push(task);
        }
        Ok(json!({ "errcode": 0, "errmsg": "ok", "trace_id": trace }))
    }))
}

fn trace() -> String {
    format!("stand-in-{}", uuid::Uuid::new_v4().simple())
}

/// Fetches the photo and sends the verdict.
async fn send(messages: Arc<Messages>, url: String, trace: String) {
    let Ok(http) = reqwest::Client::builder().no_proxy().tls_certs_only([]).build() else { return };
    let verdict = match fetched(&http, &url).await.as_deref().and_then(judged) {
        Some((suggest, label)) => json!({ "errcode": 0, "errmsg": "ok", "result": { "suggest": suggest, "label": label } }),
        None => json!({ "errcode": -1008, "errmsg": "cannot download" }),
    };
    let mut message = json!({
        "ToUserName": "gh_standin", "FromUserName": "ostandin", "CreateTime": 0, "MsgType": "event", "Event": "wxa_media_check",
        "trace_id": trace, "version": 2, "detail": [],
    });
    if let (Some(message), Value::Object(verdict)) = (message.as_object_mut(), verdict) {
        message.extend(verdict);
    }
    let (timestamp, nonce) = (messages.clock.now().timestamp().to_string(), uuid::Uuid::new_v4().simple().to_string());
    let plain = message.to_string();
    let mut query =
        vec![("signature", messages.keys.sign(&[&timestamp, &nonce])), ("timestamp", timestamp.clone()), ("nonce", nonce.clone())];
    let body = match messages.keys.seal(plain.as_bytes()) {
        Ok(Some(encrypted)) => {
            query.push(("msg_signature", messages.keys.sign(&[&timestamp, &nonce, &encrypted])));
            query.push(("encrypt_type", "aes".to_owned()));
            json!({ "ToUserName": "gh_standin", "Encrypt": encrypted }).to_string()
        }
        Ok(None) | Err(_) => plain,
    };
    let sent = http.post(&messages.url).query(&query).header("content-type", "application/json").body(body).send().await;
    match sent {
        Ok(answer) if answer.status().is_success() => {}
        Ok(answer) => tracing::warn!(status = answer.status().as_u16(), "the message server did not take the stand-in's verdict"),
        Err(error) => tracing::warn!(error = %error.without_url(), "the stand-in cannot reach the message server"),
    }
}

/// The photo, without any right but its address.
async fn fetched(http: &reqwest::Client, url: &str) -> Option<Vec<u8>> {
    let answer = http.get(url).send().await.ok()?.error_for_status().ok()?;
    let bytes = answer.bytes().await.ok()?;
    (bytes.len() <= PHOTO_BYTES).then(|| bytes.to_vec())
}

/// The verdict by the first pixel; `None` where it is no picture.
fn judged(bytes: &[u8]) -> Option<(&'static str, i32)> {
    let picture = image::load_from_memory(bytes).ok()?.to_rgb8();
    let [red, green, blue] = picture.get_pixel_checked(0, 0)?.0;
    Some(match (red > 200, green > 200, blue < 60) {
        (true, false, true) if green < 60 => ("risky", 20002),
        (true, true, true) => ("review", 21000),
        _ => ("pass", 100),
    })
}
