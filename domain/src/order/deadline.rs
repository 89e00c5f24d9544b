use crate::{Timestamp, vocabulary};

vocabulary! {
    /// What must have happened by a deadline.
    pub enum DeadlineKind = "deadline-kinds" {
        /// Triaged; runs from placing.
        TriageBy = "triage_by": "受理时限", "triage by", "hạn tiếp nhận";
        /// Dispatched; runs from placing.
        DispatchBy = "dispatch_by": "派单时限", "dispatch by", "hạn điều phối";
        /// Accepted; runs from the first dispatch and never restarts.
        AcceptBy = "accept_by": "接单时限", "accept by", "hạn nhận đơn";
        /// On the spot; runs from the agreed start, else from the first dispatch.
        ArriveBy = "arrive_by": "到场时限", "arrive by", "hạn có mặt";
        /// Finished; runs from the agreed start, else from the first dispatch.
        FinishBy = "finish_by": "完成时限", "finish by", "hạn hoàn thành";
        /// Mended; runs from the bad review.
        MendBy = "mend_by": "整改时限", "mend by", "hạn khắc phục";
        /// Reviewed; the end of the seventh local day after the work.
        ReviewBy = "review_by": "评价时限", "review by", "hạn đánh giá";
    }
}

/// A deadline of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// What must have happened.
    pub kind: DeadlineKind,
    /// The event that opened it; with the kind, its identity.
    pub opened_by: i32,
    /// The last moment.
    pub due: Timestamp,
    /// When it was met, in time or not.
    pub met: Option<Timestamp>,
    /// Why it no longer counts.
    pub void: Option<super::Reason>,
    /// When the reminder went out after it had passed.
    pub reminded: Option<Timestamp>,
    /// When its consequence was drawn, or when none could follow any more (it stays missed).
    pub acted: Option<Timestamp>,
}

impl Deadline {
    /// Whether it still waits to be met.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.met.is_none() && self.void.is_none()
    }

    /// Whether it is still to be met and the clock has still something to do about it.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.is_open() && self.acted.is_none()
    }

    /// Whether its last moment has come.
    #[must_use]
    pub fn has_passed(&self, at: Timestamp) -> bool {
        self.due <= at
    }
}
