use crate::vocabulary;

vocabulary! {
    /// Where a care plan stands.
    pub enum CarePlanState = "care-plan-states" {
        /// Its visits are placed as their days come.
        Active = "active": "执行中", "active", "đang thực hiện";
        /// No visit is placed until it goes on.
        Paused = "paused": "已暂停", "paused", "tạm dừng";
        /// It is over.
        Ended = "ended": "已结束", "ended", "đã kết thúc";
    }
}

vocabulary! {
    /// What happens to a care plan.
    pub enum CarePlanStep = "care-plan-steps" {
        /// It stops for a while.
        Pause = "pause": "暂停", "pause", "tạm dừng";
        /// It goes on.
        Resume = "resume": "恢复", "resume", "tiếp tục";
        /// One of its days is left out, for a reason (EXDATE).
        Skip = "skip": "跳过一次", "skip a visit", "bỏ qua một lần";
        /// It is over.
        End = "end": "结束", "end", "kết thúc";
    }
}

vocabulary! {
    /// Why a care plan is over.
    pub enum CarePlanEnd = "care-plan-ends" {
        /// Its last day has passed.
        Completed = "completed": "到期完成", "its last day has passed", "đã hết thời hạn";
        /// It is not needed any more.
        NotNeeded = "not_needed": "不再需要", "not needed any more", "không còn cần";
        /// The person does not want it.
        Declined = "declined": "本人谢绝", "declined by the person", "người được chăm sóc từ chối";
        /// The person has moved away.
        Moved = "moved": "已迁出", "moved away", "đã chuyển đi";
        /// The person has died.
        Died = "died": "已去世", "died", "đã qua đời";
        /// The need is off its list.
        OffList = "off_list": "需求已撤下", "the need is off its list", "nhu cầu đã được gỡ";
        /// The person has withdrawn the consent to be served.
        ConsentWithdrawn = "consent_withdrawn": "撤回服务同意", "consent withdrawn", "rút lại sự đồng ý";
        /// Something else.
        Other = "other": "其他", "other", "khác";
    }
}

vocabulary! {
    /// Why a visit is left out.
    pub enum SkipReason = "skip-reasons" {
        /// The person asked for it.
        Asked = "asked": "本人要求", "asked for by the person", "theo yêu cầu của người được chăm sóc";
        /// The person is away.
        Away = "away": "外出", "away", "đi vắng";
        /// The person is in hospital.
        Hospital = "hospital": "住院", "in hospital", "nằm viện";
        /// A holiday.
        Holiday = "holiday": "节假日", "holiday", "ngày lễ";
        /// Weather that lets nobody come.
        Weather = "weather": "天气原因", "weather", "thời tiết";
        /// Something else.
        Other = "other": "其他", "other", "khác";
    }
}

vocabulary! {
    /// Where a visit stands.
    pub enum VisitState = "visit-states" {
        /// Its order is placed.
        Placed = "placed": "已点单", "placed", "đã đặt đơn";
        /// Its order was finished.
        Served = "served": "已服务", "served", "đã phục vụ";
        /// Nobody had come by its end and the grace after it.
        Missed = "missed": "漏访", "missed", "bị lỡ";
        /// It was left out for a reason.
        Skipped = "skipped": "已跳过", "skipped", "đã bỏ qua";
        /// Its order was cancelled, by the person or because the plan paused or ended.
        Cancelled = "cancelled": "已取消", "cancelled", "đã hủy";
    }
}

impl CarePlanStep {
    /// The states this step may leave from.
    #[must_use]
    pub const fn from(self) -> &'static [CarePlanState] {
        use CarePlanState::{Active, Paused};
        match self {
            Self::Pause => &[Active],
            Self::Resume => &[Paused],
            Self::Skip | Self::End => &[Active, Paused],
        }
    }

    /// The state it leads to; `None` where it stays.
    #[must_use]
    pub const fn to(self) -> Option<CarePlanState> {
        match self {
            Self::Pause => Some(CarePlanState::Paused),
            Self::Resume => Some(CarePlanState::Active),
            Self::Skip => None,
            Self::End => Some(CarePlanState::Ended),
        }
    }
}

impl CarePlanState {
    /// The steps that are possible now.
    #[must_use]
    pub fn allowed(self) -> Vec<CarePlanStep> {
        use crate::vocabulary::Vocabulary as _;
        CarePlanStep::ALL.iter().copied().filter(|step| step.from().contains(&self)).collect()
    }
}

impl CarePlanEnd {
    /// Whether staff may say so; the others follow by themselves.
    #[must_use]
    pub const fn is_for_people(self) -> bool {
        match self {
            Self::NotNeeded | Self::Declined | Self::Moved | Self::Died | Self::Other => true,
            Self::Completed | Self::OffList | Self::ConsentWithdrawn => false,
        }
    }
}

impl VisitState {
    /// Whether it can become that one. What was missed may still be made up for: it is then served, and stays on record as missed.
    #[must_use]
    pub const fn can_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Placed, Self::Served | Self::Missed | Self::Skipped | Self::Cancelled) => true,
            (Self::Missed, Self::Served) | (Self::Cancelled, Self::Placed | Self::Missed | Self::Skipped) => true,
            (Self::Missed, _) | (Self::Cancelled, _) | (Self::Placed, Self::Placed) | (Self::Served | Self::Skipped, _) => false,
        }
    }
}
