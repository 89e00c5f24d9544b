//! What becomes of somebody who enrols in a session.

use crate::{Timestamp, vocabulary};

vocabulary! {
    /// Where an enrolment stands.
    pub enum EnrolmentState = "enrolment-states" {
        /// Waits for a seat.
        Waiting = "waiting": "候补", "on the waiting list", "trong danh sách chờ";
        /// Has a seat.
        Enrolled = "enrolled": "已报名", "enrolled", "đã ghi danh";
        /// Has given the place up.
        Withdrawn = "withdrawn": "已退出", "withdrawn", "đã rút";
        /// The session was cancelled.
        Cancelled = "cancelled": "场次取消", "session cancelled", "buổi học bị hủy";
        /// Was there.
        Attended = "attended": "已到场", "attended", "có mặt";
        /// Had a seat and was not there.
        Absent = "absent": "缺席", "absent", "vắng mặt";
        /// Was there and has passed.
        Passed = "passed": "合格", "passed", "đạt";
        /// Was there and has not passed.
        Failed = "failed": "不合格", "failed", "không đạt";
    }
}

vocabulary! {
    /// What happens to an enrolment.
    pub enum EnrolmentStep = "enrolment-steps" {
        /// Line up again, at the end.
        Return = "return": "重新报名", "enrol again", "ghi danh lại";
        /// Get a seat that is free.
        MoveUp = "move_up": "候补转正", "move up", "chuyển lên";
        /// Give the place up.
        Withdraw = "withdraw": "退出", "withdraw", "rút";
        /// The session does not take place.
        Cancel = "cancel": "场次取消", "cancel", "hủy";
        /// Be there.
        Attend = "attend": "签到", "attend", "có mặt";
        /// Not be there.
        Miss = "miss": "记为缺席", "miss", "vắng mặt";
        /// Pass.
        Pass = "pass": "合格", "pass", "đạt";
        /// Not pass.
        Fail = "fail": "不合格", "fail", "không đạt";
    }
}

vocabulary! {
    /// Whether a session takes place.
    pub enum SessionState = "training-session-states" {
        /// It does.
        Open = "open": "正常", "takes place", "diễn ra";
        /// It does not.
        Cancelled = "cancelled": "已取消", "cancelled", "đã hủy";
    }
}

/// What of a session decides which steps can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTime {
    /// Whether it takes place.
    pub state: SessionState,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// When a step can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before the session begins.
    Before,
    /// Once it has begun.
    Begun,
    /// Once it has ended: what was taught before it was over cannot have been passed.
    Ended,
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentRefusal {
    /// Not from where the enrolment stands.
    #[error("the enrolment is {0}")]
    State(EnrolmentState),
    /// The session was cancelled.
    #[error("the session was cancelled")]
    Cancelled,
    /// The session has begun.
    #[error("the session has begun")]
    Begun,
    /// The session has not begun.
    #[error("the session has not begun")]
    NotBegun,
    /// The session has not ended.
    #[error("the session has not ended")]
    NotEnded,
}

impl SessionTime {
    /// Whether somebody may line up now.
    ///
    /// # Errors
    /// [`EnrolmentRefusal`] says why not.
    pub fn admits(&self, now: Timestamp) -> Result<(), EnrolmentRefusal> {
        match self.state {
            SessionState::Cancelled => Err(EnrolmentRefusal::Cancelled),
            SessionState::Open if now >= self.starts_at => Err(EnrolmentRefusal::Begun),
            SessionState::Open => Ok(()),
        }
    }
}

impl EnrolmentState {
    /// Whether the enrolment holds one of the seats.
    #[must_use]
    pub const fn holds_a_seat(self) -> bool {
        match self {
            Self::Enrolled | Self::Attended | Self::Absent | Self::Passed | Self::Failed => true,
            Self::Waiting | Self::Withdrawn | Self::Cancelled => false,
        }
    }

    /// Whether the place can still be given up.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Enrolled)
    }
}

impl EnrolmentStep {
    /// The states from which it may be taken.
    #[must_use]
    pub const fn from(self) -> &'static [EnrolmentState] {
        use EnrolmentState::{Absent, Attended, Enrolled, Failed, Waiting, Withdrawn};
        match self {
            Self::Return => &[Withdrawn],
            Self::MoveUp => &[Waiting],
            Self::Withdraw | Self::Cancel => &[Waiting, Enrolled],
            Self::Attend => &[Enrolled, Absent],
            Self::Miss => &[Enrolled, Attended],
            // Who failed may pass an examination that is held again; what was passed stays passed.
            Self::Pass => &[Attended, Failed],
            Self::Fail => &[Attended],
        }
    }

    /// The state to which it leads.
    #[must_use]
    pub const fn to(self) -> EnrolmentState {
        match self {
            Self::Return => EnrolmentState::Waiting,
            Self::MoveUp => EnrolmentState::Enrolled,
            Self::Withdraw => EnrolmentState::Withdrawn,
            Self::Cancel => EnrolmentState::Cancelled,
            Self::Attend => EnrolmentState::Attended,
            Self::Miss => EnrolmentState::Absent,
            Self::Pass => EnrolmentState::Passed,
            Self::Fail => EnrolmentState::Failed,
        }
    }

    /// When it is taken.
    #[must_use]
    pub const fn moment(self) -> Moment {
        match self {
            Self::Return | Self::MoveUp | Self::Withdraw | Self::Cancel => Moment::Before,
            Self::Attend | Self::Miss => Moment::Begun,
            Self::Pass | Self::Fail => Moment::Ended,
        }
    }

    /// Takes the step: where it leads.
    ///
    /// # Errors
    /// [`EnrolmentRefusal`] says why not.
    pub fn take(self, state: EnrolmentState, session: &SessionTime, now: Timestamp) -> Result<EnrolmentState, EnrolmentRefusal> {
        if !self.from().contains(&state) {
            return Err(EnrolmentRefusal::State(state));
        }
        match (self.moment(), session.admits(now)) {
            (_, Err(EnrolmentRefusal::Cancelled)) => Err(EnrolmentRefusal::Cancelled),
            (Moment::Before, Err(refusal)) => Err(refusal),
            (Moment::Begun | Moment::Ended, Ok(())) => Err(EnrolmentRefusal::NotBegun),
            (Moment::Ended, Err(_)) if now < session.ends_at => Err(EnrolmentRefusal::NotEnded),
            (Moment::Before, Ok(())) | (Moment::Begun | Moment::Ended, Err(_)) => Ok(self.to()),
        }
    }
}
