//! A local service that answers like WeChat, so that the program runs without a network.
//!
//! It knows the calls that [`WechatClient`](super::WechatClient) makes; how it judges content stands in [`content`]. Which user signs in is written in the code:
//! `li` signs in as `li`, `li:2` signs in as `li` once more (each code works once). Some names stand for a refusal:
//!
//! | name in the code | answer |
//! |---|---|
//! | `invalid` | 40029 |
//! | `limited` | 45011 |
//! | `blocked` | 40226 |
//! | `busy` | -1 |
//! | any, used before | 40163 |
//! | empty | 41008 |
//!
//! A phone code is `phone-13800138000` or, with a country code, `phone-84-912345678`; a `:NONCE` may follow. The appid
//! `wrong` is answered with 40013, the secret `wrong` with 40125, any other appid and secret are accepted.

pub mod content;

use std::{
    collections::{HashSet, VecDeque},
    io,
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, http::header::ContentType, web};
use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use content::Control;

/// So many used codes are remembered; older ones could be used again.
const REMEMBERED_CODES: usize = 10_000;

/// As WeChat documents it.
const TOKEN_LIFE: Duration = Duration::from_secs(7200);

/// A running stand-in. It runs until it is stopped or the runtime ends; dropping this value does not stop it.
pub struct StandIn {
    /// Where it answers, such as `http://127.0.0.1:43567`.
    pub base_url: String,
    /// Stops the server.
    pub handle: ServerHandle,
    /// Changes how it answers while it runs.
    pub control: Arc<Control>,
}

impl StandIn {
    /// Stops the server after the calls that are being answered.
    pub async fn stop(self) {
        self.handle.stop(true).await;
    }
}

/// Runs a stand-in on a loopback address; port 0 takes a free one.
///
/// # Errors
/// When the address is not loopback (whoever reaches the stand-in may sign in as anyone), or cannot be bound.
pub async fn start(listen: SocketAddr) -> io::Result<StandIn> {
    if !listen.ip().is_loopback() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the WeChat stand-in listens on loopback addresses only"));
    }
    let listener = TcpListener::bind(listen)?;
    let address = listener.local_addr()?;
    let (memory, control) = (web::Data::new(Memory::default()), Arc::new(Control::default()));
    let kept = Arc::clone(&control);
    let server = HttpServer::new(move || {
        let (memory, control) = (memory.clone(), Arc::clone(&kept));
        App::new().configure(|cfg| routes(cfg, memory, control))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(1)
    .listen(listener)?
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    tracing::warn!(%address, "the WeChat stand-in answers in WeChat's place: anybody can sign in as anybody");
    Ok(StandIn { base_url: format!("http://{address}"), handle, control })
}

/// The routes with a memory of their own. A server that calls this in several workers has as many memories, and a code
/// then works once in each; [`start`] shares one.
pub fn configure(cfg: &mut web::ServiceConfig) {
    routes(cfg, web::Data::new(Memory::default()), Arc::default());
}

fn routes(cfg: &mut web::ServiceConfig, memory: web::Data<Memory>, control: Arc<Control>) {
    cfg.app_data(memory)
        .app_data(web::Data::new(control))
        .service(web::resource("/wxa/msg_sec_check").post(content::text).default_service(web::to(post_only)))
        .service(web::resource("/wxa/media_check_async").post(content::photo).default_service(web::to(post_only)))
        .service(web::resource("/sns/jscode2session").get(session).default_service(web::to(get_only)))
        .service(web::resource("/cgi-bin/stable_token").post(stable_token).default_service(web::to(post_only)))
        .service(web::resource("/wxa/business/getuserphonenumber").post(phone).default_service(web::to(post_only)));
}

/// The refusals that the stand-in knows.
#[derive(Clone, Copy)]
enum Refusal {
    Busy,
    BadToken,
    BadOpenid,
    BadArguments,
    NoContent,
    NotActive,
    BadGrantType,
    BadAppid,
    BadCode,
    BadSecret,
    UsedCode,
    BlockedCode,
    NoToken,
    NoAppid,
    NoSecret,
    NoCode,
    OldToken,
    NeedsGet,
    NeedsPost,
    NoBody,
    TooOften,
    BadBody,
}

impl Refusal {
    /// WeChat's number and text.
    const fn words(self) -> (i64, &'static str) {
        match self {
            Self::Busy => (-1, "system error"),
            Self::BadToken => (40001, "invalid credential, access_token is invalid or not latest"),
            Self::BadOpenid => (40003, "invalid openid"),
            Self::BadArguments => (40097, "invalid args"),
            Self::NoContent => (44004, "empty content"),
            Self::NotActive => (61010, "code is expired"),
            Self::BadGrantType => (40002, "invalid grant_type"),
            Self::BadAppid => (40013, "invalid appid"),
            Self::BadCode => (40029, "invalid code"),
            Self::BadSecret => (40125, "invalid appsecret"),
            Self::UsedCode => (40163, "code been used"),
            Self::BlockedCode => (40226, "code blocked"),
            Self::NoToken => (41001, "access_token missing"),
            Self::NoAppid => (41002, "appid missing"),
            Self::NoSecret => (41004, "appsecret missing"),
            Self::NoCode => (41008, "missing code"),
            Self::OldToken => (42001, "access_token expired"),
            Self::NeedsGet => (43001, "require GET method"),
            Self::NeedsPost => (43002, "require POST method"),
            Self::NoBody => (44002, "empty post data"),
            Self::TooOften => (45011, "api minute-quota reach limit, must slower, retry next minute"),
            Self::BadBody => (47001, "data format error"),
        }
    }
}

/// WeChat answers 200 whatever happens.
fn respond(outcome: Result<Value, Refusal>) -> HttpResponse {
    HttpResponse::Ok().json(outcome.unwrap_or_else(|refusal| {
        let (errcode, errmsg) = refusal.words();
        json!({ "errcode": errcode, "errmsg": errmsg })
    }))
}

async fn get_only() -> HttpResponse {
    respond(Err(Refusal::NeedsGet))
}

async fn post_only() -> HttpResponse {
    respond(Err(Refusal::NeedsPost))
}

/// The names that stand for a refusal, the empty code, and the code that was used before; otherwise the name.
fn name_in<'a>(memory: &Memory, call: &str, code: &'a str) -> Result<&'a str, Refusal> {
    let name = code.split_once(':').map_or(code, |(name, _)| name);
    match name {
        "" => Err(Refusal::NoCode),
        "invalid" => Err(Refusal::BadCode),
        "limited" => Err(Refusal::TooOften),
        "blocked" => Err(Refusal::BlockedCode),
        "busy" => Err(Refusal::Busy),
        _ if call == "phone" && phone_number(name).is_none() => Err(Refusal::BadCode),
        _ if !memory.first_use(call, code) => Err(Refusal::UsedCode),
        _ => Ok(name),
    }
}

fn check_credentials(appid: &str, secret: &str) -> Result<(), Refusal> {
    match (appid, secret) {
        ("", _) => Err(Refusal::NoAppid),
        ("wrong", _) => Err(Refusal::BadAppid),
        (_, "") => Err(Refusal::NoSecret),
        (_, "wrong") => Err(Refusal::BadSecret),
        _ => Ok(()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SessionQuery {
    appid: String,
    secret: String,
    js_code: String,
    grant_type: String,
}

/// The answer has no `errcode`, and is JSON under the name of plain text, as with WeChat.
async fn session(request: HttpRequest, memory: web::Data<Memory>) -> HttpResponse {
    let query: SessionQuery = query_of(&request);
    let outcome = check_credentials(&query.appid, &query.secret).and_then(|()| {
        if query.grant_type != "authorization_code" {
            return Err(Refusal::BadGrantType);
        }
        let name = name_in(&memory, "session", &query.js_code)?;
        Ok(json!({
            "session_key": general_purpose::STANDARD.encode(digest_of("session_key", &query.js_code).get(..16).unwrap_or_default()),
            "openid": stable_id("openid", name),
            "unionid": stable_id("unionid", name),
        }))
    });
    let mut response = respond(outcome);
    if let Ok(plain) = ContentType::plaintext().to_string().parse() {
        response.headers_mut().insert(actix_web::http::header::CONTENT_TYPE, plain);
    }
    response
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenBody {
    grant_type: String,
    appid: String,
    secret: String,
    force_refresh: bool,
}

async fn stable_token(body: web::Bytes, memory: web::Data<Memory>) -> HttpResponse {
    respond(json_of(&body).and_then(|body: TokenBody| {
        if body.grant_type != "client_credential" {
            return Err(Refusal::BadGrantType);
        }
        check_credentials(&body.appid, &body.secret)?;
        let (token, life) = memory.grant(&body.appid, body.force_refresh);
        Ok(json!({ "access_token": token, "expires_in": life.as_secs() }))
    }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenQuery {
    access_token: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PhoneBody {
    code: String,
}

async fn phone(request: HttpRequest, body: web::Bytes, memory: web::Data<Memory>) -> HttpResponse {
    let query: TokenQuery = query_of(&request);
    let outcome = memory.appid_of(&query.access_token).and_then(|appid| {
        let body: PhoneBody = json_of(&body)?;
        let name = name_in(&memory, "phone", &body.code)?;
        let (country, number) = phone_number(name).ok_or(Refusal::BadCode)?;
        let with_country = if country == "86" { number.to_owned() } else { format!("+{country}{number}") };
        #[expect(clippy::disallowed_methods, reason = "the stand-in is an outside system with a clock of its own")]
        let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Ok(json!({
            "errcode": 0,
            "errmsg": "ok",
            "phone_info": {
                "phoneNumber": with_country,
                "purePhoneNumber": number,
                "countryCode": country,
                "watermark": { "timestamp": timestamp, "appid": appid },
            },
        }))
    });
    respond(outcome)
}

/// Country code and number of `phone-<digits>` (86) or `phone-<country>-<digits>`.
fn phone_number(name: &str) -> Option<(&str, &str)> {
    let digits = name.strip_prefix("phone-")?;
    let (country, number) = digits.split_once('-').unwrap_or(("86", digits));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    ((1..=3).contains(&country.len()) && (5..=15).contains(&number.len()) && is_digits(country) && is_digits(number))
        .then_some((country, number))
}

fn query_of<T: DeserializeOwned + Default>(request: &HttpRequest) -> T {
    web::Query::from_query(request.query_string()).map(web::Query::into_inner).unwrap_or_default()
}

fn json_of<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    if body.is_empty() {
        return Err(Refusal::NoBody);
    }
    serde_json::from_slice(body).map_err(|_| Refusal::BadBody)
}

/// SHA-256 over a purpose and a text.
fn digest_of(purpose: &str, text: &str) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(purpose.as_bytes());
    context.update(&[0]);
    context.update(text.as_bytes());
    context.finish().as_ref().to_vec()
}

/// 28 characters that look like WeChat's, the same for the same name in every run.
fn stable_id(purpose: &str, name: &str) -> String {
    let encoded = general_purpose::URL_SAFE_NO_PAD.encode(digest_of(purpose, name));
    format!("o{}", encoded.get(..27).unwrap_or_default())
}

/// What the stand-in remembers: the latest used codes (as digests, whatever their length) and one token.
#[derive(Default)]
struct Memory {
    codes: Mutex<Codes>,
    grant: Mutex<Option<Grant>>,
}

#[derive(Default)]
struct Codes {
    used: HashSet<Vec<u8>>,
    order: VecDeque<Vec<u8>>,
}

struct Grant {
    token: String,
    appid: String,
    until: Instant,
}

impl Memory {
    fn first_use(&self, call: &str, code: &str) -> bool {
        let mut codes = locked(&self.codes);
        let digest = digest_of(call, code);
        if !codes.used.insert(digest.clone()) {
            return false;
        }
        codes.order.push_back(digest);
        if codes.order.len() > REMEMBERED_CODES
            && let Some(oldest) = codes.order.pop_front()
        {
            codes.used.remove(&oldest);
        }
        true
    }

    /// The token in force and its remaining life. A forced refresh ends the one before at once.
    fn grant(&self, appid: &str, force: bool) -> (String, Duration) {
        let mut slot = locked(&self.grant);
        let now = Instant::now();
        if let Some(grant) = slot.as_ref().filter(|grant| !force && grant.appid == appid && now < grant.until) {
            return (grant.token.clone(), grant.until.saturating_duration_since(now));
        }
        let token = format!("stand-in-{}", uuid::Uuid::new_v4().simple());
        *slot = Some(Grant { token: token.clone(), appid: appid.to_owned(), until: now + TOKEN_LIFE });
        (token, TOKEN_LIFE)
    }

    /// For whom the token was granted, if it is in force.
    fn appid_of(&self, token: &str) -> Result<String, Refusal> {
        if token.is_empty() {
            return Err(Refusal::NoToken);
        }
        let slot = locked(&self.grant);
        let grant = slot.as_ref().filter(|grant| grant.token == token).ok_or(Refusal::BadToken)?;
        if Instant::now() < grant.until { Ok(grant.appid.clone()) } else { Err(Refusal::OldToken) }
    }
}

/// A panic elsewhere leaves nothing half done here, so a poisoned lock is as good as any.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
