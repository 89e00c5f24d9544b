//! Where an apprenticeship stands, and what happens to it.

use crate::vocabulary;
use crate::vocabulary::Vocabulary as _;

vocabulary! {
    /// Where an apprenticeship stands.
    pub enum ApprenticeshipState = "apprenticeship-states" {
        /// One side has asked; the other has not said yes.
        Proposed = "proposed": "待对方同意", "proposed", "chờ bên kia đồng ý";
        /// Both have agreed; the apprentice learns, stage by stage.
        Running = "running": "学艺中", "running", "đang học nghề";
        /// Every stage is done.
        Completed = "completed": "已出师", "completed", "đã hoàn thành";
        /// It was ended before that.
        Ended = "ended": "已终止", "ended", "đã kết thúc";
        /// The other side has said no.
        Refused = "refused": "未同意", "refused", "đã từ chối";
    }
}

vocabulary! {
    /// What happens to an apprenticeship.
    pub enum ApprenticeshipStep = "apprenticeship-steps" {
        /// The other side says yes: the first stage begins.
        Agree = "agree": "同意", "agree", "đồng ý";
        /// The other side says no.
        Refuse = "refuse": "不同意", "refuse", "từ chối";
        /// The master asks for the next stage.
        Ask = "ask": "申请进阶", "ask to advance", "đề nghị lên bậc";
        /// Staff confirm it: the next stage begins, after the last one it is completed.
        Confirm = "confirm": "确认进阶", "confirm", "xác nhận";
        /// Staff do not confirm it: the stage goes on.
        Decline = "decline": "退回申请", "decline", "trả lại đề nghị";
        /// It ends early, for a reason.
        End = "end": "终止", "end", "kết thúc";
    }
}

vocabulary! {
    /// Who of the two somebody is.
    pub enum ApprenticeshipSide = "apprenticeship-sides" {
        /// Who passes the craft on.
        Master = "master": "师傅", "master", "thầy";
        /// Who learns it.
        Apprentice = "apprentice": "学徒", "apprentice", "người học";
    }
}

vocabulary! {
    /// A stage of learning a craft, in order.
    pub enum ApprenticeStage = "apprentice-stages" {
        /// 入门.
        Beginner = "beginner": "入门", "beginner", "nhập môn";
        /// 学艺.
        Learning = "learning": "学艺", "learning", "học nghề";
        /// 出师: the piece is made by which one leaves the master.
        Journeyman = "journeyman": "出师", "journeyman", "xuất sư";
    }
}

vocabulary! {
    /// Why an apprenticeship was ended early.
    pub enum ApprenticeshipEnd = "apprenticeship-ends" {
        /// Both have agreed to end it.
        ByAgreement = "by_agreement": "协商终止", "by agreement", "theo thỏa thuận";
        /// The apprentice has given up.
        GivenUp = "given_up": "学徒退出", "given up by the apprentice", "người học bỏ";
        /// The master does not teach any more.
        MasterStops = "master_stops": "师傅不再带徒", "the master stops", "thầy ngừng dạy";
        /// One of them has moved away.
        Moved = "moved": "已迁出", "moved away", "đã chuyển đi";
        /// One of them has died.
        Died = "died": "已去世", "died", "đã qua đời";
        /// Something else.
        Other = "other": "其他", "other", "khác";
        /// One of them has withdrawn the consent to be registered.
        ConsentWithdrawn = "consent_withdrawn": "撤回登记同意", "consent withdrawn", "rút lại sự đồng ý";
        /// One of them was erased.
        Erased = "erased": "一方已注销", "one of them was erased", "một bên đã bị xóa";
        /// Two records were of one person, and with them two apprenticeships of the same two people.
        Merged = "merged": "档案合并", "records were merged", "hồ sơ đã gộp";
    }
}

impl ApprenticeshipState {
    /// The states in which it is not over.
    pub const LIVE: &'static [Self] = &[Self::Proposed, Self::Running];

    /// Whether it is not over.
    #[must_use]
    pub fn is_live(self) -> bool {
        Self::LIVE.contains(&self)
    }

    /// The steps that are possible now; `asked` tells whether the master has asked for the next stage.
    #[must_use]
    pub fn allowed(self, asked: bool) -> Vec<ApprenticeshipStep> {
        ApprenticeshipStep::ALL.iter().copied().filter(|step| step.is_possible(self, asked)).collect()
    }
}

impl ApprenticeshipStep {
    /// The states this step may leave from.
    #[must_use]
    pub const fn from(self) -> &'static [ApprenticeshipState] {
        use ApprenticeshipState::{Proposed, Running};
        match self {
            Self::Agree | Self::Refuse => &[Proposed],
            Self::Ask | Self::Confirm | Self::Decline => &[Running],
            Self::End => &[Proposed, Running],
        }
    }

    /// The state it leads to; `last` tells whether the stage is the last one.
    #[must_use]
    pub const fn to(self, last: bool) -> ApprenticeshipState {
        match self {
            Self::Agree | Self::Ask | Self::Decline => ApprenticeshipState::Running,
            Self::Refuse => ApprenticeshipState::Refused,
            Self::Confirm if last => ApprenticeshipState::Completed,
            Self::Confirm => ApprenticeshipState::Running,
            Self::End => ApprenticeshipState::Ended,
        }
    }

    /// Whether it needs that the master has asked for the next stage (`Some(true)`), or has not (`Some(false)`).
    #[must_use]
    pub const fn needs_asked(self) -> Option<bool> {
        match self {
            Self::Ask => Some(false),
            Self::Confirm | Self::Decline => Some(true),
            Self::Agree | Self::Refuse | Self::End => None,
        }
    }

    /// Whether it is possible from there.
    #[must_use]
    pub fn is_possible(self, state: ApprenticeshipState, asked: bool) -> bool {
        self.from().contains(&state) && self.needs_asked().is_none_or(|needed| needed == asked)
    }
}

impl ApprenticeshipSide {
    /// The other one of the two.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Master => Self::Apprentice,
            Self::Apprentice => Self::Master,
        }
    }
}

impl ApprenticeshipEnd {
    /// Whether people may say so; the others follow by themselves.
    #[must_use]
    pub const fn is_for_people(self) -> bool {
        match self {
            Self::ByAgreement | Self::GivenUp | Self::MasterStops | Self::Moved | Self::Died | Self::Other => true,
            Self::ConsentWithdrawn | Self::Erased | Self::Merged => false,
        }
    }
}
