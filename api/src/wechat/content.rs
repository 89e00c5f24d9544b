//! WeChat's content check: what it says of a text at once, and of a photo some time later.
//!
//! Sources: WeChat's pages on `msgSecCheck` and `mediaCheckAsync`, version 2.

use reqwest::RequestBuilder;
use serde::{Deserialize, Serialize};

use super::error::{Failure, Fault};
use super::{WechatClient, WechatError, answer};

/// Longer texts are not judged; they are to be given in parts.
pub const CONTENT_CHARACTERS: usize = 2500;

/// The only version that is still kept up.
const VERSION: u8 = 2;

/// The media type of pictures.
const PICTURE: u8 = 2;

/// WeChat's number of a risky text in answers of the old form.
const RISKY_CONTENT: i64 = 87014;

/// Where users meet the text or photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// A comment on something: a review.
    Comment,
    /// What somebody publishes of their own.
    Post,
}

impl Scene {
    const fn number(self) -> u8 {
        match self {
            Self::Comment => 2,
            Self::Post => 4,
        }
    }
}

/// What WeChat advises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suggest {
    /// Nothing was found.
    Pass,
    /// Somebody should look at it. Also what we make of an advice that is not known.
    Review,
    /// It should not be shown.
    Risky,
}

impl Suggest {
    /// Reads WeChat's word.
    #[must_use]
    pub fn read(word: &str) -> Self {
        match word {
            "pass" => Self::Pass,
            "risky" => Self::Risky,
            _ => Self::Review,
        }
    }
}

/// What WeChat found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it advises.
    pub suggest: Suggest,
    /// Its number for what it is: 100 nothing, 10001 advertising, 20001 politics, 20002 indecency, 20003 abuse, 20006 crime …
    pub label: Option<i32>,
}

/// As WeChat writes it, in answers and in messages.
#[derive(Debug, Deserialize)]
pub(super) struct ResultBody {
    suggest: String,
    label: Option<i32>,
}

impl From<ResultBody> for Found {
    fn from(body: ResultBody) -> Self {
        Self { suggest: Suggest::read(&body.suggest), label: body.label }
    }
}

impl WechatClient {
    /// What WeChat says of a text (`POST /wxa/msg_sec_check`) that the user has written: at most [`CONTENT_CHARACTERS`].
    ///
    /// # Errors
    /// See [`WechatError`]; [`WechatError::NotActive`] where it judges nothing of this user.
    pub async fn check_text(&self, openid: &str, scene: Scene, content: &str) -> Result<Found, WechatError> {
        const CALL: &str = "msg_sec_check";
        #[derive(Serialize)]
        struct Body<'a> {
            openid: &'a str,
            scene: u8,
            version: u8,
            content: &'a str,
        }
        #[derive(Deserialize)]
        struct Answer {
            result: ResultBody,
        }
        let body = Body { openid, scene: scene.number(), version: VERSION, content };
        self.with_token(CALL, async |token: &str| match answer::<Answer>(self.content_request(CALL, token).json(&body)).await {
            Ok(answer) => Ok(answer.result.into()),
            Err(Failure::Errcode(RISKY_CONTENT)) => Ok(Found { suggest: Suggest::Risky, label: None }),
            Err(failure) => Err(failure),
        })
        .await
    }

    /// Asks WeChat to judge a photo that the user has taken (`POST /wxa/media_check_async`): it fetches `url` and sends its
    /// verdict to the message server within 30 minutes, under the number that this answers with.
    ///
    /// # Errors
    /// As [`Self::check_text`].
    pub async fn check_photo(&self, openid: &str, scene: Scene, url: &str) -> Result<String, WechatError> {
        const CALL: &str = "media_check_async";
        #[derive(Serialize)]
        struct Body<'a> {
            openid: &'a str,
            scene: u8,
            version: u8,
            media_type: u8,
            media_url: &'a str,
        }
        #[derive(Deserialize)]
        struct Answer {
            trace_id: String,
        }
        let body = Body { openid, scene: scene.number(), version: VERSION, media_type: PICTURE, media_url: url };
        let ask = async |token: &str| answer::<Answer>(self.content_request(CALL, token).json(&body)).await;
        let trace = self.with_token(CALL, ask).await?.trace_id;
        if trace.is_empty() { Err(Failure::Fault(Fault::Answer).judged(CALL)) } else { Ok(trace) }
    }

    fn content_request(&self, call: &str, token: &str) -> RequestBuilder {
        self.http.post(format!("{}/wxa/{call}", self.base)).query(&[("access_token", token)])
    }
}
