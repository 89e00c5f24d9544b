use uuid::Uuid;

use crate::{Timestamp, vocabulary};

vocabulary! {
    /// Through whom a review came.
    pub enum ReviewChannel = "review-channels" {
        /// The person served.
        Own = "self": "本人评价", "by the person served", "tự đánh giá";
        /// Who placed the order for them.
        Proxy = "proxy": "代评", "by proxy", "đánh giá hộ";
        /// Asked by the division above the one that dispatched.
        Callback = "callback": "回访评价", "by callback", "gọi lại đánh giá";
    }
}

/// A resident's judgement. Its text is kept apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: Uuid,
    /// The event by which it was entered.
    pub seq: i32,
    /// Through whom it came.
    pub channel: ReviewChannel,
    /// 1 to 5.
    pub stars: i32,
    /// Whether the matter is solved.
    pub solved: bool,
    /// Words chosen from the region's list.
    pub tags: Vec<String>,
    /// When.
    pub at: Timestamp,
    /// The account that entered it.
    pub by: Uuid,
}

vocabulary! {
    /// What kind of contact was made.
    pub enum ContactKind = "contact-kinds" {
        /// The first time that somebody spoke with the resident about the order.
        FirstContact = "first_contact": "首次联系", "first contact", "liên hệ đầu tiên";
        /// Asking afterwards whether it is solved.
        Callback = "callback": "回访", "callback", "gọi lại";
    }
}

/// A contact with the resident, as the hotline counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: Uuid,
    /// First contact or callback.
    pub kind: ContactKind,
    /// When.
    pub at: Timestamp,
    /// The account that made it.
    pub by: Uuid,
    /// Whether the person was reached: only then is a callback valid.
    pub reached: bool,
    /// Whether the person says that it is solved; callbacks only.
    pub solved: Option<bool>,
    /// Whether the person is satisfied; callbacks only.
    pub satisfied: Option<bool>,
}
