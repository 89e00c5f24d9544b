//! Content check 内容安全检查: what residents and takers write or photograph is seen by others only after it was checked.
//!
//! [`Step::from`], [`Step::to`] and [`Step::by`] are the one table. An order never waits for a check: what is held back is the
//! text or the photo alone, and it is held from everybody but its author, the station and those above.
//!
//! Source of the rule: WeChat's 运营规范 for mini-programs asks that what users publish is checked before others see it;
//! `msg_sec_check` and `media_check_async` are the interfaces for it.

mod decision;
mod policy;
mod state;
mod step;
#[cfg(test)]
mod tests;

pub use decision::{Decider, Refusal, Subject, after, decide};
pub use policy::ContentPolicy;
pub use state::{ContentState, Standing};
pub use step::{By, ContentRuling, DECIDERS, RulingReason, Step};

use crate::identity::AccountKind;
use crate::vocabulary;

vocabulary! {
    /// What is checked.
    pub enum ContentKind = "content-kinds" {
        /// A text of an order; of a review also its tags.
        Text = "text": "文字", "text", "văn bản";
        /// A photo of an order.
        Photo = "photo": "照片", "photo", "ảnh";
    }
}

vocabulary! {
    /// Why a check could not be made, so that people look instead.
    pub enum Obstacle = "content-obstacles" {
        /// WeChat gave no verdict in the time of the policy.
        NoAnswer = "no_answer": "微信检测超时未返回", "WeChat gave no verdict in time", "WeChat không trả kết quả kịp thời";
        /// WeChat checks only for users who were active in the last two hours (61010).
        NotActive = "not_active": "用户近期未访问小程序", "the author was not active lately", "tác giả không hoạt động gần đây";
        /// The author's account has no openid any more.
        NoOpenid = "no_openid": "作者已无微信身份", "the author has no WeChat identity any more", "tác giả không còn danh tính WeChat";
        /// WeChat, or the address for its verdicts on photos, is not set up.
        NotSetUp = "not_set_up": "未配置微信检测", "the check is not set up", "chưa cấu hình kiểm tra";
    }
}

/// Whether what comes through this kind of account is checked. Staff are known and answer for what they write; everybody
/// else writes through the mini-program.
#[must_use]
pub const fn is_checked(author: AccountKind) -> bool {
    match author {
        AccountKind::Resident => true,
        AccountKind::Staff => false,
    }
}
