use crate::vocabulary;

vocabulary! {
    /// Where an order stands.
    pub enum State = "order-states" {
        /// A resident has asked; nobody has looked at it yet.
        Placed = "placed": "已点单", "placed", "đã đặt";
        /// Triaged, or returned: waits to be dispatched.
        Queued = "queued": "待派单", "queued for dispatch", "chờ điều phối";
        /// Offered to one or more takers.
        Offered = "offered": "已派单", "offered to takers", "đã điều phối";
        /// One taker has accepted.
        Accepted = "accepted": "已接单", "accepted", "đã nhận";
        /// The taker is at work.
        Serving = "serving": "服务中", "being served", "đang phục vụ";
        /// The work is done; the resident's review is awaited.
        Finished = "finished": "待评单", "awaiting review", "chờ đánh giá";
        /// The review was bad: the taker must explain, come again or be replaced.
        Mending = "mending": "整改中", "being mended", "đang khắc phục";
        /// Ended after the service.
        Closed = "closed": "已办结", "closed", "đã hoàn tất";
        /// The station could not take it on.
        Refused = "refused": "不予受理", "refused", "bị từ chối";
        /// Ended before the service.
        Cancelled = "cancelled": "已取消", "cancelled", "đã hủy";
    }
}

impl State {
    /// Every state in which something is still to be done.
    pub const OPEN: &'static [Self] =
        &[Self::Placed, Self::Queued, Self::Offered, Self::Accepted, Self::Serving, Self::Finished, Self::Mending];

    /// Whether something is still to be done.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Placed | Self::Queued | Self::Offered | Self::Accepted | Self::Serving | Self::Finished | Self::Mending => true,
            Self::Closed | Self::Refused | Self::Cancelled => false,
        }
    }
}

vocabulary! {
    /// How a closed order ended for the person served.
    pub enum Outcome = "order-outcomes" {
        /// The resident says that the matter is solved and gave three stars or more.
        Solved = "solved": "已解决", "solved", "đã giải quyết";
        /// Nobody reviewed in time. Never counted as satisfied.
        Unreviewed = "unreviewed": "逾期未评", "not reviewed", "không được đánh giá";
        /// The resident says that it is not solved, or gave fewer than three stars, and mending has been tried.
        Unresolved = "unresolved": "未解决", "unresolved", "chưa giải quyết";
    }
}

impl State {
    /// The list that holds this state alone.
    pub(super) const fn itself(self) -> &'static [Self] {
        match self {
            Self::Placed => &[Self::Placed],
            Self::Queued => &[Self::Queued],
            Self::Offered => &[Self::Offered],
            Self::Accepted => &[Self::Accepted],
            Self::Serving => &[Self::Serving],
            Self::Finished => &[Self::Finished],
            Self::Mending => &[Self::Mending],
            Self::Closed => &[Self::Closed],
            Self::Refused => &[Self::Refused],
            Self::Cancelled => &[Self::Cancelled],
        }
    }

    /// What a binding decision may lead to from this state.
    pub(super) const fn itself_queued_or_refused(self) -> &'static [Self] {
        match self {
            Self::Placed => &[Self::Placed, Self::Queued, Self::Refused],
            Self::Queued => &[Self::Queued, Self::Refused],
            Self::Offered => &[Self::Offered, Self::Queued, Self::Refused],
            Self::Accepted => &[Self::Accepted, Self::Queued, Self::Refused],
            Self::Serving => &[Self::Serving, Self::Queued, Self::Refused],
            Self::Finished => &[Self::Finished, Self::Queued, Self::Refused],
            Self::Mending => &[Self::Mending, Self::Queued, Self::Refused],
            Self::Closed | Self::Refused | Self::Cancelled => &[],
        }
    }
}
