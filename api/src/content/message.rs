//! The message server of the mini-program: WeChat's verdicts on photos arrive here.

use actix_web::http::header;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use domain::Timestamp;
use domain::content::Obstacle;
use persistence::{Tx, content};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::worker::{given_up, settle, verdict};
use crate::body::{self, Query};
use crate::problem::{Code, Fault, Problem};
use crate::services::Services;
use crate::wechat::Found;
use crate::wechat::message::{Head, Message, MessageError};

/// How WeChat proves that it speaks.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WechatSignature {
    /// SHA-1 over token, timestamp and nonce, sorted.
    signature: String,
    /// Seconds since 1970.
    timestamp: String,
    /// Whatever.
    nonce: String,
    /// What to answer with, when the address is set up.
    echostr: Option<String>,
    /// The user, where a message comes from one.
    #[expect(dead_code, reason = "WeChat sends it along, and unknown parameters are refused")]
    openid: Option<String>,
    /// `aes` where the body is encrypted.
    #[expect(dead_code, reason = "the setting says whether it must be; what is claimed here does not count")]
    encrypt_type: Option<String>,
    /// The signature that also covers an encrypted body.
    msg_signature: Option<String>,
}

impl WechatSignature {
    fn head(&self) -> Head<'_> {
        Head { signature: &self.signature, timestamp: &self.timestamp, nonce: &self.nonce, msg_signature: self.msg_signature.as_deref() }
    }
}

/// A message of WeChat, in plaintext mode; encrypted it has `ToUserName` and `Encrypt`.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body in the contract; it is read by name after its signature was checked")]
pub struct WechatMessage {
    /// What happened; only `wxa_media_check` is looked at.
    #[schema(rename = "Event")]
    event: String,
    /// The number under which a photo was handed in.
    trace_id: Option<String>,
}

/// Prove to WeChat that this is the message server.
///
/// 微信消息推送地址验证:签名相符且时间戳与此刻相差不超过 10 分钟则原样返回 echostr。
#[utoipa::path(get, path = "/v1/wechat/messages", operation_id = "verifyWechatServer", security(()), params(WechatSignature),
    responses((status = 200, description = "echostr", body = String, content_type = "text/plain"),
        (status = 404, description = "签名不符、已过时,或未配置")))]
pub async fn verify_wechat_server(services: Data<Services>, query: Query<WechatSignature>) -> Result<HttpResponse, Problem> {
    let keys = services.content.messages.as_ref().ok_or(Code::NotFound)?;
    let until = keys.verify(&query.0.head(), services.store.clock().now()).map_err(refused)?;
    let echo = query.0.echostr.unwrap_or_default();
    if keys.are_plain() {
        once(&services, query.0.signature, format!("echostr={echo}").into_bytes(), until).await?;
    }
    Ok(plain(echo))
}

/// Take a message of WeChat.
///
/// 接收微信消息推送:异步图片检测结果(wxa_media_check),支持明文与安全模式;时间戳与此刻相差不得超过 10 分钟;重复推送不产生任何变化。
#[utoipa::path(post, path = "/v1/wechat/messages", operation_id = "receiveWechatMessage", security(()), params(WechatSignature),
    request_body = WechatMessage,
    responses((status = 200, description = "success", body = String, content_type = "text/plain"),
        (status = 404, description = "签名不符、已过时、已用于其他内容,或未配置")))]
pub async fn receive_wechat_message(
    services: Data<Services>,
    request: HttpRequest,
    query: Query<WechatSignature>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let keys = services.content.messages.as_ref().ok_or(Code::NotFound)?;
    let until = keys.verify(&query.0.head(), services.store.clock().now()).map_err(refused)?;
    let body = body::bytes(payload.into_inner(), body::deadlines(&request).body).await?;
    if keys.are_plain() {
        once(&services, query.0.signature.clone(), body.to_vec(), until).await?;
    }
    let message = keys.read(&query.0.head(), &body, services.store.clock().now()).map_err(refused)?;
    if let Message::MediaChecked { trace, found } = message {
        services.store.write(move |tx| hear(tx, &trace, found)).await?;
    }
    Ok(plain("success".to_owned()))
}

/// Takes a signature that covers no body for the first one that comes with it: whoever has seen the address of a message cannot
/// send another one with it. The same message again changes nothing, so WeChat may repeat it.
async fn once(services: &Services, signature: String, body: Vec<u8>, until: Timestamp) -> Result<(), Problem> {
    let heard = services.store.tally::<_, Fault>(move |tx| Ok(content::hear(tx, &signature, &body, until)?)).await?;
    if heard { Ok(()) } else { Err(Problem::from(Code::NotFound).because("the signature came with another message before")) }
}

/// Keeps a verdict on a photo: for good where it is awaited, for a while where its number is not known yet.
fn hear(tx: &mut Tx, trace: &str, found: Option<Found>) -> Result<(), Fault> {
    match (content::by_trace(tx, trace)?, found) {
        (Some(check), found) => settle(tx, check.id, found.map_or_else(|| given_up(Obstacle::NoAnswer), verdict)),
        (None, Some(found)) => {
            let verdict = verdict(found);
            Ok(content::keep_verdict(tx, trace, verdict.step, verdict.label)?)
        }
        (None, None) => Ok(()),
    }
}

/// Whoever is not WeChat is told nothing.
fn refused(error: MessageError) -> Problem {
    let code = match error {
        MessageError::Malformed => Code::Malformed,
        MessageError::Signature | MessageError::Stale | MessageError::Key => Code::NotFound,
    };
    Problem::from(code).because(error)
}

/// Plain text that no browser takes for a page: WeChat's word comes back as it was.
fn plain(text: String) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff")).body(text)
}
