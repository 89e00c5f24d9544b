//! The content check 内容安全检查 of what residents and takers write or photograph: asking WeChat, hearing its verdicts on photos,
//! and the queue in which staff decide.

mod decide;
mod desk;
mod message;
mod queue;
mod view;
pub mod worker;

pub use desk::Desk;

use crate::endpoint::Endpoint;
use crate::endpoints;
use decide::{__path_decide_content, decide_content};
use message::{__path_receive_wechat_message, __path_verify_wechat_server, receive_wechat_message, verify_wechat_server};
use queue::{__path_content_check, __path_content_checks, content_check, content_checks};

/// Every endpoint of the content check.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    endpoints!["content": content_checks, content_check, decide_content, verify_wechat_server, receive_wechat_message]
}
