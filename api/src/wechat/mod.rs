//! The WeChat service as a mini-program's server uses it: who has just signed in, and which phone number the user shared.
//!
//! Sources: WeChat's own pages on `code2Session`, `getPhoneNumber` and `getStableAccessToken`. Everything that arrives is
//! read with a bound and by name, so that nothing unneeded (above all the `session_key`) is ever held in a value.

mod content;
mod error;
pub mod message;
pub mod stand_in;
#[cfg(test)]
mod tests;
mod token;

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use reqwest::{RequestBuilder, Url};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

use self::{
    error::Failure,
    token::{Granted, TokenSlot},
};

pub use self::content::{CONTENT_CHARACTERS, Found, Scene, Suggest};
pub use self::error::{Fault, WechatError};

/// Longer answers are not read. WeChat's are below 1 KiB.
const ANSWER_BYTES: usize = 64 * 1024;

/// Longer codes are not sent. WeChat's have 32 (sign-in) and 64 (phone) characters.
const CODE_CHARACTERS: usize = 512;

/// How long a connection is kept for the next call. Servers close an idle one after five seconds and more.
const IDLE: Duration = Duration::from_secs(3);

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection to stand.
    pub connect: Duration,
    /// For the whole: with fetching a token, and with the second try after a refused one.
    pub total: Duration,
}

impl Default for Timeouts {
    /// Two seconds to connect, five in all: a user is waiting in front of the screen.
    fn default() -> Self {
        Self { connect: Duration::from_secs(2), total: Duration::from_secs(5) }
    }
}

/// Why a client cannot be made from these settings.
#[derive(Debug, Error)]
pub enum WechatSetupError {
    /// The base URL is no plain `https://host` (a path is allowed; user, query and fragment are not).
    #[error("the WeChat base URL must look like https://api.weixin.qq.com")]
    BaseUrl,
    /// The secret travels in the query, so plain HTTP is accepted to this machine only.
    #[error("the WeChat base URL must be https, or http on a loopback address")]
    Insecure,
    /// The appid or the secret is empty.
    #[error("the WeChat appid and secret must not be empty")]
    Credentials,
    /// The HTTP client could not be built, for instance because the machine has no root certificates.
    #[error("the HTTP client for WeChat cannot be built")]
    Http(#[source] reqwest::Error),
}

/// Who signed in. `Debug` shows nothing of it: an openid is personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct WechatSession {
    /// The user within this mini-program; at most 28 characters.
    pub openid: String,
    /// The user across one owner's applications, where the mini-program belongs to an open platform account.
    pub unionid: Option<String>,
}

impl fmt::Debug for WechatSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatSession").finish_non_exhaustive()
    }
}

/// The phone number that a user shared. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct WechatPhone {
    /// The number without the country code.
    pub pure_phone_number: String,
    /// The country code, digits only: `86`, `84`.
    pub country_code: String,
}

impl fmt::Debug for WechatPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatPhone").finish_non_exhaustive()
    }
}

/// A client for one mini-program. Share one for the whole program: it keeps the connections and the access token.
pub struct WechatClient {
    http: reqwest::Client,
    base: String,
    appid: String,
    secret: String,
    total: Duration,
    token: TokenSlot,
}

impl fmt::Debug for WechatClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatClient").field("base", &self.base).field("appid", &self.appid).finish_non_exhaustive()
    }
}

impl WechatClient {
    /// A client that calls `base_url` (`https://api.weixin.qq.com`, or a stand-in's address). It follows no redirect and
    /// takes no proxy from the environment: the secret goes where the operator wrote, nowhere else.
    ///
    /// # Errors
    /// [`WechatSetupError`] names the setting that does not do.
    pub fn new(base_url: &str, appid: impl Into<String>, secret: impl Into<String>, timeouts: Timeouts) -> Result<Self, WechatSetupError> {
        let (appid, secret) = (appid.into(), secret.into());
        if appid.is_empty() || secret.is_empty() {
            return Err(WechatSetupError::Credentials);
        }
        Self::built(checked_base(base_url)?, appid, secret, timeouts)
    }

    /// A client of nobody, for an installation without a mini-program: every call is refused as [`WechatError::Off`].
    ///
    /// # Errors
    /// [`WechatSetupError::Http`].
    pub fn off() -> Result<Self, WechatSetupError> {
        Self::built("http://localhost".to_owned(), String::new(), String::new(), Timeouts::default())
    }

    fn is_on(&self) -> Result<(), WechatError> {
        if self.appid.is_empty() { Err(WechatError::Off) } else { Ok(()) }
    }

    fn built(base: String, appid: String, secret: String, timeouts: Timeouts) -> Result<Self, WechatSetupError> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.total)
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        if base.starts_with("http:") {
            // Loopback needs no root certificates, and a machine without any must still be able to run the stand-in.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| WechatSetupError::Http(error.without_url()))?;
        Ok(Self { http, base, appid, secret, total: timeouts.total, token: TokenSlot::default() })
    }

    /// Exchanges the code of `wx.login` for the user's identity (`GET /sns/jscode2session`). The `session_key` that comes
    /// with it decrypts user data; nothing here needs it, so it is not read into any value and goes with the buffer.
    ///
    /// # Errors
    /// See [`WechatError`].
    pub async fn session(&self, js_code: &str) -> Result<WechatSession, WechatError> {
        const CALL: &str = "jscode2session";
        self.is_on()?;
        check_code(js_code)?;
        let query =
            [("appid", self.appid.as_str()), ("secret", self.secret.as_str()), ("js_code", js_code), ("grant_type", "authorization_code")];
        let request = self.http.get(format!("{}/sns/jscode2session", self.base)).query(&query);
        let answer: SessionAnswer = answer(request).await.map_err(|failure| failure.judged(CALL))?;
        if answer.openid.is_empty() {
            return Err(Failure::Fault(Fault::Answer).judged(CALL));
        }
        Ok(WechatSession { openid: answer.openid, unionid: answer.unionid.filter(|unionid| !unionid.is_empty()) })
    }

    /// Exchanges the code of a phone-number button for the number (`POST /wxa/business/getuserphonenumber`). A refused
    /// access token is replaced once; WeChat looks at the token first, so the code is not spent by that.
    ///
    /// # Errors
    /// See [`WechatError`].
    pub async fn phone(&self, code: &str) -> Result<WechatPhone, WechatError> {
        const CALL: &str = "getuserphonenumber";
        self.is_on()?;
        check_code(code)?;
        let answer = self.with_token(CALL, async |token: &str| self.ask_phone(code, token).await).await?;
        answer.phone_info.parsed().map_err(|failure| failure.judged(CALL))
    }

    /// Asks with the access token in force. A refused token is replaced once; the time for all of it is that of one call.
    async fn with_token<T>(&self, call: &'static str, ask: impl AsyncFn(&str) -> Result<T, Failure>) -> Result<T, WechatError> {
        tokio::time::timeout(self.total, async {
            let token = self.access_token(None).await?;
            let mut outcome = ask(&token).await;
            if outcome.as_ref().is_err_and(Failure::refuses_token) {
                let token = self.access_token(Some(&token)).await?;
                outcome = ask(&token).await;
            }
            outcome.map_err(|failure| failure.judged(call))
        })
        .await
        .unwrap_or_else(|_| Err(Failure::Fault(Fault::Timeout).judged(call)))
    }

    /// The mini-program's appid.
    #[must_use]
    pub fn appid(&self) -> &str {
        &self.appid
    }

    async fn ask_phone(&self, code: &str, token: &str) -> Result<PhoneAnswer, Failure> {
        #[derive(Serialize)]
        struct Body<'a> {
            code: &'a str,
        }
        let url = format!("{}/wxa/business/getuserphonenumber", self.base);
        answer(self.http.post(url).query(&[("access_token", token)]).json(&Body { code })).await
    }

    /// The token in force, fetched by `POST /cgi-bin/stable_token` where needed.
    async fn access_token(&self, refused: Option<&str>) -> Result<Arc<str>, WechatError> {
        self.token
            .get(refused, async || {
                let granted: Result<TokenAnswer, Failure> = self.ask_token().await;
                match granted {
                    Ok(TokenAnswer { access_token, expires_in }) if !access_token.is_empty() => {
                        Ok(Granted { token: access_token, life: Duration::from_secs(expires_in) })
                    }
                    Ok(_) => Err(Failure::Fault(Fault::Answer).judged("stable_token")),
                    Err(failure) => Err(failure.judged("stable_token")),
                }
            })
            .await
    }

    /// Never with `force_refresh`: that would end the token of every other replica, and is allowed 20 times a day. In
    /// normal mode WeChat answers with the token that is in force, which is just what a replica with an old one needs.
    async fn ask_token(&self) -> Result<TokenAnswer, Failure> {
        #[derive(Serialize)]
        struct Body<'a> {
            grant_type: &'a str,
            appid: &'a str,
            secret: &'a str,
        }
        let body = Body { grant_type: "client_credential", appid: &self.appid, secret: &self.secret };
        answer(self.http.post(format!("{}/cgi-bin/stable_token", self.base)).json(&body)).await
    }
}

#[derive(Deserialize)]
struct SessionAnswer {
    openid: String,
    unionid: Option<String>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: u64,
}

#[derive(Deserialize)]
struct PhoneAnswer {
    phone_info: PhoneInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneInfo {
    pure_phone_number: String,
    country_code: CountryCode,
}

/// Documented as text, shown as a number in WeChat's own example.
#[derive(Deserialize)]
#[serde(untagged)]
enum CountryCode {
    Text(String),
    Number(u32),
}

impl PhoneInfo {
    fn parsed(self) -> Result<WechatPhone, Failure> {
        let country_code = match self.country_code {
            CountryCode::Text(text) => text.trim().trim_start_matches('+').to_owned(),
            CountryCode::Number(number) => number.to_string(),
        };
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(&country_code) || !is_number(&self.pure_phone_number) {
            return Err(Failure::Fault(Fault::Answer));
        }
        Ok(WechatPhone { pure_phone_number: self.pure_phone_number, country_code })
    }
}

/// The base URL without a slash at its end, if the secret may be sent there.
fn checked_base(raw: &str) -> Result<String, WechatSetupError> {
    let url = Url::parse(raw).map_err(|_| WechatSetupError::BaseUrl)?;
    let host = url.host_str().ok_or(WechatSetupError::BaseUrl)?;
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(WechatSetupError::BaseUrl);
    }
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => return Err(WechatSetupError::Insecure),
        _ => return Err(WechatSetupError::BaseUrl),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// A code that WeChat cannot have issued is not worth a call.
fn check_code(code: &str) -> Result<(), WechatError> {
    let plausible = (1..=CODE_CHARACTERS).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic());
    if plausible { Ok(()) } else { Err(WechatError::CodeInvalid) }
}

/// Sends the request and reads the answer. A missing `errcode` means success, as 0 does.
async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failure> {
    #[derive(Deserialize)]
    struct Verdict {
        #[serde(default)]
        errcode: i64,
    }
    let body = body(request).await.map_err(Failure::Fault)?;
    let verdict: Verdict = parsed(&body)?;
    if verdict.errcode == 0 { parsed(&body) } else { Err(Failure::Errcode(verdict.errcode)) }
}

/// The error of the parser is left out: it quotes what it read.
fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|_| Failure::Fault(Fault::Answer))
}

async fn body(request: RequestBuilder) -> Result<Vec<u8>, Fault> {
    let mut response = sent(request).await.map_err(fault)?;
    if !response.status().is_success() {
        return Err(Fault::Status(response.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(fault)? {
        if body.len() + chunk.len() > ANSWER_BYTES {
            return Err(Fault::Answer);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Sends the request; once more where a kept connection broke under it, which WeChat may have closed just then. A code that the
/// first attempt spent is refused at the second, as it would be when the user tried again.
async fn sent(request: RequestBuilder) -> reqwest::Result<reqwest::Response> {
    let again = request.try_clone();
    match (request.send().await, again) {
        (Err(error), Some(again)) if error.is_request() && !error.is_timeout() && !error.is_connect() => again.send().await,
        (outcome, _) => outcome,
    }
}

/// The URL is stripped before anything is written: its query holds the secret or the token.
fn fault(error: reqwest::Error) -> Fault {
    let error = error.without_url();
    tracing::debug!(%error, "a call to WeChat failed");
    if error.is_timeout() { Fault::Timeout } else { Fault::Network }
}
