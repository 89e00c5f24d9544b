//! Shifts of a duty roster.

use uuid::Uuid;

use super::Span;
use crate::{Timestamp, vocabulary};

vocabulary! {
    /// What somebody does on duty.
    pub enum DutyPost = "duty-posts" {
        /// Receives people.
        Reception = "reception": "接待", "reception", "tiếp đón";
        /// Shows people the way, and helps with phones and forms.
        Guide = "guide": "引导与帮办", "guide", "hướng dẫn";
        /// Interprets.
        Interpreter = "interpreter": "翻译", "interpreter", "phiên dịch";
        /// Serves people.
        Service = "service": "服务", "service", "phục vụ";
        /// Looks after order and safety.
        Safety = "safety": "秩序与安全", "order and safety", "trật tự và an toàn";
        /// Leads the shift.
        Lead = "lead": "带班", "shift lead", "trưởng ca";
    }
}

vocabulary! {
    /// Where a shift stands.
    pub enum ShiftState = "shift-states" {
        /// Is to be held.
        Planned = "planned": "已排班", "planned", "đã xếp ca";
        /// The person need not come.
        Released = "released": "已撤班", "released", "đã hủy ca";
        /// Was held.
        Held = "held": "已到岗", "held", "đã trực";
        /// The person did not come.
        Missed = "missed": "缺岗", "missed", "bỏ ca";
    }
}

vocabulary! {
    /// What happens to a shift.
    pub enum ShiftStep = "shift-steps" {
        /// The person need not come.
        Release = "release": "撤班", "release", "hủy ca";
        /// The person was there.
        Hold = "hold": "记为到岗", "hold", "đã trực";
        /// The person was not there.
        Miss = "miss": "记为缺岗", "miss", "bỏ ca";
    }
}

vocabulary! {
    /// Why somebody need not come to a shift.
    pub enum ShiftReleaseReason = "shift-release-reasons" {
        /// Is ill.
        Illness = "illness": "身体不适", "illness", "ốm đau";
        /// Has something else to do.
        Personal = "personal": "个人事务", "personal matters", "việc riêng";
        /// Somebody else takes the shift.
        Swapped = "swapped": "换班", "swapped", "đổi ca";
        /// The site is closed.
        SiteClosed = "site_closed": "阵地临时关闭", "site closed", "điểm phục vụ đóng cửa";
        /// It was planned otherwise.
        Replanned = "replanned": "安排调整", "planned otherwise", "thay đổi kế hoạch";
    }
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShiftRefusal {
    /// Not from where the shift stands.
    #[error("the shift is {0}")]
    State(ShiftState),
    /// The shift has begun.
    #[error("the shift has begun")]
    Begun,
    /// The shift has not begun.
    #[error("the shift has not begun")]
    NotBegun,
}

impl ShiftStep {
    /// The states from which it may be taken. What was written down can be corrected.
    #[must_use]
    pub const fn from(self) -> &'static [ShiftState] {
        use ShiftState::{Held, Missed, Planned};
        match self {
            Self::Release => &[Planned],
            Self::Hold => &[Planned, Missed],
            Self::Miss => &[Planned, Held],
        }
    }

    /// The state to which it leads.
    #[must_use]
    pub const fn to(self) -> ShiftState {
        match self {
            Self::Release => ShiftState::Released,
            Self::Hold => ShiftState::Held,
            Self::Miss => ShiftState::Missed,
        }
    }

    /// Whether it is taken before the shift begins; the others are taken once it has.
    #[must_use]
    pub const fn comes_before(self) -> bool {
        match self {
            Self::Release => true,
            Self::Hold | Self::Miss => false,
        }
    }

    /// Takes the step: where it leads.
    ///
    /// # Errors
    /// [`ShiftRefusal`] says why not.
    pub fn take(self, state: ShiftState, starts_at: Timestamp, now: Timestamp) -> Result<ShiftState, ShiftRefusal> {
        if !self.from().contains(&state) {
            return Err(ShiftRefusal::State(state));
        }
        match (self.comes_before(), now >= starts_at) {
            (true, true) => Err(ShiftRefusal::Begun),
            (false, false) => Err(ShiftRefusal::NotBegun),
            (true, false) | (false, true) => Ok(self.to()),
        }
    }
}

/// The first of these shifts that overlaps an earlier one of the same person, by its place: nobody is in two places.
#[must_use]
pub fn overlap(shifts: &[(Uuid, Span)]) -> Option<usize> {
    shifts.iter().enumerate().find_map(|(place, (person, span))| {
        let earlier = shifts.iter().take(place);
        earlier.filter(|(other, _)| other == person).any(|(_, other)| other.overlaps(*span)).then_some(place)
    })
}
