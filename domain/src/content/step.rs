use super::ContentState;
use crate::order::Party;
use crate::vocabulary;

vocabulary! {
    /// What can happen to a check.
    pub enum Step = "content-steps" {
        /// WeChat found nothing.
        Pass = "pass": "通过", "pass", "cho qua";
        /// WeChat advises to look at it.
        Flag = "flag": "建议复核", "flag", "đánh dấu";
        /// WeChat advises against it.
        Condemn = "condemn": "判为疑似违规", "condemn", "đánh giá rủi ro";
        /// It could not be checked.
        GiveUp = "give_up": "放弃检测", "give up", "bỏ kiểm tra";
        /// Staff let others see it.
        Release = "release": "放行", "release", "cho hiển thị";
        /// Staff keep it from others.
        Withhold = "withhold": "不予公开", "withhold", "giữ lại";
    }
}

vocabulary! {
    /// What staff decide.
    pub enum ContentRuling = "content-rulings" {
        /// Others may see it.
        Release = "release": "放行", "release", "cho hiển thị";
        /// Others may not see it.
        Withhold = "withhold": "不予公开", "withhold", "giữ lại";
    }
}

vocabulary! {
    /// Why staff decided so.
    pub enum RulingReason = "content-reasons" {
        /// Nothing is wrong with it.
        Harmless = "harmless": "内容无问题", "harmless", "vô hại";
        /// It names what the service is about, however it sounds.
        NeededForService = "needed_for_service": "服务所需", "needed for the service", "cần cho dịch vụ";
        /// It insults or threatens.
        Abusive = "abusive": "辱骂威胁", "abusive", "xúc phạm, đe dọa";
        /// It advertises.
        Advertising = "advertising": "广告推销", "advertising", "quảng cáo";
        /// It tells about somebody what others must not know.
        PersonalData = "personal_data": "泄露他人信息", "tells personal data of others", "lộ thông tin người khác";
        /// It is indecent.
        Indecent = "indecent": "低俗色情", "indecent", "khiếm nhã";
        /// The law forbids it.
        Unlawful = "unlawful": "违法违规", "unlawful", "trái pháp luật";
        /// It has nothing to do with the order.
        Unrelated = "unrelated": "与订单无关", "unrelated to the order", "không liên quan đến đơn";
    }
}

/// Who takes a step of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// WeChat's verdict.
    Wechat,
    /// The program itself, where there will be no verdict.
    Program,
    /// Somebody in one of these relations to the order.
    Parties(&'static [Party]),
}

/// Who decides what was held: the station that handles the order and those above it.
pub const DECIDERS: &[Party] = &[Party::Station, Party::Above];

impl Step {
    /// The states that this step may leave from. A verdict that comes late still counts until somebody has decided; staff need
    /// not wait for one.
    #[must_use]
    pub const fn from(self) -> &'static [ContentState] {
        use ContentState::{Pending, Review, Risky, Unchecked};
        match self {
            Self::Pass | Self::Flag | Self::Condemn => &[Pending, Unchecked],
            Self::GiveUp => &[Pending],
            Self::Release | Self::Withhold => &[Pending, Review, Risky, Unchecked],
        }
    }

    /// The state that this step leads to.
    #[must_use]
    pub const fn to(self) -> ContentState {
        match self {
            Self::Pass => ContentState::Passed,
            Self::Flag => ContentState::Review,
            Self::Condemn => ContentState::Risky,
            Self::GiveUp => ContentState::Unchecked,
            Self::Release => ContentState::Released,
            Self::Withhold => ContentState::Withheld,
        }
    }

    /// Who takes it.
    #[must_use]
    pub const fn by(self) -> By {
        match self {
            Self::Pass | Self::Flag | Self::Condemn => By::Wechat,
            Self::GiveUp => By::Program,
            Self::Release | Self::Withhold => By::Parties(DECIDERS),
        }
    }
}

impl ContentRuling {
    /// The step that carries it out.
    #[must_use]
    pub const fn step(self) -> Step {
        match self {
            Self::Release => Step::Release,
            Self::Withhold => Step::Withhold,
        }
    }

    /// The reasons that can be given for it.
    #[must_use]
    pub const fn reasons(self) -> &'static [RulingReason] {
        use RulingReason::{Abusive, Advertising, Harmless, Indecent, NeededForService, PersonalData, Unlawful, Unrelated};
        match self {
            Self::Release => &[Harmless, NeededForService],
            Self::Withhold => &[Abusive, Advertising, PersonalData, Indecent, Unlawful, Unrelated],
        }
    }
}
