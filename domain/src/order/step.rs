use super::{Party, State};
use crate::vocabulary;

vocabulary! {
    /// A step of the loop.
    pub enum Step = "order-steps" {
        /// A resident, or somebody for them, asks for a service.
        Place = "place": "点单", "place", "đặt đơn";
        /// The station classifies it.
        Triage = "triage": "受理分类", "triage", "tiếp nhận";
        /// Another division handles it.
        Transfer = "transfer": "转办", "transfer", "chuyển địa bàn";
        /// The station cannot take it on.
        Refuse = "refuse": "不予受理", "refuse", "từ chối";
        /// The resident asks the division above to look at a refusal, once.
        Appeal = "appeal": "申诉", "appeal", "khiếu nại";
        /// It is offered to takers.
        Offer = "offer": "派单", "offer", "điều phối";
        /// All open offers are taken back.
        Recall = "recall": "撤回派单", "recall", "thu hồi";
        /// A taker says no.
        Decline = "decline": "婉拒", "decline", "từ chối nhận";
        /// An offer was not answered in time.
        Expire = "expire": "派单超时", "expire", "hết hạn";
        /// A taker says yes.
        Accept = "accept": "接单", "accept", "nhận đơn";
        /// A team names who serves.
        AssignMembers = "assign_members": "指定成员", "assign members", "chỉ định thành viên";
        /// The agreed time changes, once both sides agree.
        Reschedule = "reschedule": "改期", "reschedule", "đổi giờ";
        /// The taker gives it back.
        Release = "release": "退单", "release", "trả đơn";
        /// One side was not there.
        NoShow = "no_show": "爽约", "no-show", "vắng mặt";
        /// The service begins.
        CheckIn = "check_in": "签到", "check in", "điểm danh";
        /// The service is broken off.
        Abort = "abort": "中止服务", "abort", "dừng phục vụ";
        /// The work is done.
        Finish = "finish": "完成服务", "finish", "hoàn thành";
        /// The resident judges.
        Review = "review": "评单", "review", "đánh giá";
        /// Nobody judged in time.
        DefaultReview = "default_review": "逾期未评办结", "close unreviewed", "đóng khi không đánh giá";
        /// The bad result is explained, set right, or given to a new visit.
        Mend = "mend": "整改", "mend", "khắc phục";
        /// The division above handles it.
        Escalate = "escalate": "升级上报", "escalate", "chuyển cấp trên";
        /// The division above decides; the decision binds.
        Decide = "decide": "裁定", "decide", "quyết định";
        /// It is called off before the service.
        Cancel = "cancel": "取消", "cancel", "hủy đơn";
        /// A deadline has passed and who must act is told.
        Remind = "remind": "催办", "remind", "nhắc nhở";
    }
}

impl Step {
    /// The states this step may leave from. Empty for placing, which begins an order.
    #[must_use]
    pub const fn from(self) -> &'static [State] {
        use State::{Accepted, Closed, Finished, Mending, Offered, Placed, Queued, Refused, Serving};
        match self {
            Self::Place => &[],
            Self::Triage | Self::Transfer | Self::Refuse => &[Placed, Queued],
            Self::Appeal => &[Refused],
            Self::Offer => &[Queued, Offered],
            Self::Recall | Self::Decline | Self::Expire | Self::Accept => &[Offered],
            Self::AssignMembers | Self::Reschedule | Self::Release | Self::NoShow | Self::CheckIn => &[Accepted],
            Self::Abort | Self::Finish => &[Serving],
            // Closed only while unreviewed: a late review is still taken.
            Self::Review => &[Finished, Closed],
            Self::DefaultReview => &[Finished],
            Self::Mend => &[Mending],
            Self::Escalate | Self::Decide | Self::Remind => State::OPEN,
            Self::Cancel => &[Placed, Queued, Offered, Accepted],
        }
    }

    /// The states this step may lead to from a state it may leave from.
    #[must_use]
    pub const fn to(self, from: State) -> &'static [State] {
        use State::{Accepted, Cancelled, Closed, Finished, Mending, Offered, Placed, Queued, Refused, Serving};
        match self {
            Self::Place | Self::Appeal => &[Placed],
            Self::Triage | Self::Transfer | Self::Recall | Self::Release => &[Queued],
            Self::Refuse => &[Refused],
            Self::Offer => &[Offered],
            Self::Decline | Self::Expire => &[Offered, Queued],
            Self::Accept | Self::AssignMembers | Self::Reschedule => &[Accepted],
            Self::NoShow | Self::Abort => &[Queued, Cancelled],
            Self::CheckIn => &[Serving],
            Self::Finish => &[Finished],
            Self::Review => match from {
                Closed => &[Closed],
                _ => &[Closed, Mending],
            },
            Self::DefaultReview => &[Closed],
            Self::Mend => &[Finished, Queued],
            Self::Escalate | Self::Remind => from.itself(),
            Self::Decide => from.itself_queued_or_refused(),
            Self::Cancel => &[Cancelled],
        }
    }

    /// The parties that may take it.
    #[must_use]
    pub const fn by(self) -> &'static [Party] {
        use Party::{Above, Grid, Member, Offered, Placer, Station, Subject, Supervisor, Taker, Timer};
        match self {
            Self::Place => &[Subject, Placer, Station, Grid],
            Self::Triage | Self::Transfer | Self::Refuse | Self::Recall => &[Station],
            // The clock offers an emergency to whoever is on duty nearby.
            Self::Offer => &[Station, Timer],
            Self::Appeal => &[Subject, Placer],
            Self::Decline | Self::Accept => &[Offered],
            Self::Expire | Self::DefaultReview | Self::Remind => &[Timer],
            Self::AssignMembers => &[Taker],
            // The clock acts also for the rule that a withdrawn consent stops what rests on it.
            Self::Release => &[Taker, Timer],
            Self::Reschedule => &[Subject, Placer, Taker],
            Self::NoShow => &[Subject, Placer, Taker, Member, Station, Timer],
            Self::CheckIn | Self::Finish => &[Taker, Member, Station],
            Self::Abort => &[Subject, Placer, Taker, Member, Station],
            Self::Review => &[Subject, Placer, Above],
            Self::Mend => &[Taker, Station],
            Self::Escalate => &[Station, Timer],
            Self::Decide => &[Station, Above, Supervisor],
            Self::Cancel => &[Subject, Placer, Station, Timer],
        }
    }

    /// Whether this step, when it leads to that state, counts as a return to the queue.
    #[must_use]
    pub const fn returns_to(self, to: State) -> bool {
        match self {
            Self::Transfer | Self::Release => true,
            Self::NoShow | Self::Abort => matches!(to, State::Queued),
            Self::Place
            | Self::Triage
            | Self::Refuse
            | Self::Appeal
            | Self::Offer
            | Self::Recall
            | Self::Decline
            | Self::Expire
            | Self::Accept
            | Self::AssignMembers
            | Self::Reschedule
            | Self::CheckIn
            | Self::Finish
            | Self::Review
            | Self::DefaultReview
            | Self::Mend
            | Self::Escalate
            | Self::Decide
            | Self::Cancel
            | Self::Remind => false,
        }
    }

    /// Whether another division may handle the order afterwards.
    #[must_use]
    pub const fn may_change_handler(self) -> bool {
        matches!(self, Self::Transfer | Self::Appeal | Self::Escalate | Self::Decide)
    }
}
