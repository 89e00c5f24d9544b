use super::Step;
use crate::vocabulary;

vocabulary! {
    /// Why a step was taken. Events keep this code; free text lives in a row of its own that can be erased.
    pub enum Reason = "order-reasons" {
        /// Not a matter for community service.
        OutOfScope = "out_of_scope": "不属于服务范围", "outside the scope of the service", "ngoài phạm vi phục vụ";
        /// The same wish is already being served.
        Duplicate = "duplicate": "重复点单", "already being served", "đơn trùng lặp";
        /// The wish cannot be understood or the resident cannot be reached.
        Unreachable = "unreachable": "无法联系或信息不清", "cannot be reached or understood", "không liên lạc được";
        /// Needs a licence or an authority.
        NeedsAuthority = "needs_authority": "需由职能部门办理", "needs an authority", "cần cơ quan chức năng";
        /// No capacity in the time asked for.
        NoCapacity = "no_capacity": "暂无服务力量", "no capacity", "không đủ nhân lực";
        /// Another division is in charge.
        OtherDivision = "other_division": "属其他区划", "another division is in charge", "thuộc địa bàn khác";
        /// The taker has no time.
        NotAvailable = "not_available": "时间冲突", "not available", "không có thời gian";
        /// The taker lacks the skill or the tools.
        LacksSkill = "lacks_skill": "技能或工具不符", "lacks the skill or tools", "không đủ kỹ năng hoặc dụng cụ";
        /// Too far away.
        TooFar = "too_far": "距离过远", "too far away", "quá xa";
        /// Illness or another emergency of the taker.
        TakerEmergency = "taker_emergency": "接单人突发情况", "emergency of the taker", "người nhận gặp sự cố";
        /// Unsafe to begin or to go on.
        Unsafe = "unsafe": "存在安全隐患", "unsafe", "không an toàn";
        /// The resident changed their mind.
        ResidentChangedMind = "resident_changed_mind": "居民取消", "the resident changed their mind", "cư dân đổi ý";
        /// The resident was not there.
        ResidentAbsent = "resident_absent": "居民未在场", "the resident was absent", "cư dân vắng mặt";
        /// The taker was not there.
        TakerAbsent = "taker_absent": "接单人未到场", "the taker was absent", "người nhận vắng mặt";
        /// The resident stopped the service.
        ResidentStopped = "resident_stopped": "居民要求中止", "the resident stopped the service", "cư dân yêu cầu dừng";
        /// Parts or help are missing; the work goes on another day.
        NeedsMore = "needs_more": "需补充材料或人手", "needs parts or more hands", "cần thêm vật tư hoặc nhân lực";
        /// The resident asks for another look at a refusal.
        Appeal = "appeal": "居民申诉", "the resident appeals", "cư dân khiếu nại";
        /// The dispatcher changed the plan.
        DispatcherChangedPlan = "dispatcher_changed_plan": "调度调整", "the dispatcher changed the plan", "điều phối viên thay đổi kế hoạch";
        /// A time limit has passed.
        Overdue = "overdue": "逾期", "overdue", "quá hạn";
        /// It was returned to the queue for the third time.
        ThirdReturn = "third_return": "第三次退回", "third return", "bị trả lại lần thứ ba";
        /// It had to be mended for the third time.
        ThirdMending = "third_mending": "第三次整改", "third mending", "khắc phục lần thứ ba";
        /// The wish was explained to the resident.
        Explained = "explained": "已解释说明", "explained", "đã giải thích";
        /// The taker came again and set it right.
        Revisited = "revisited": "已回访整改", "revisited", "đã đến lại khắc phục";
        /// A new visit by another taker is needed.
        NewVisit = "new_visit": "需重新上门", "a new visit is needed", "cần đến lại";
        /// A proposal of a new time that the other side must confirm.
        Proposed = "proposed": "提出改期", "a new time is proposed", "đề xuất đổi giờ";
        /// The other side has agreed.
        Agreed = "agreed": "双方同意", "both sides agree", "hai bên đồng ý";
        /// The consent on which it rested was withdrawn (PIPL, 15 and 47).
        ConsentWithdrawn = "consent_withdrawn": "撤回同意", "consent was withdrawn", "đã rút lại sự đồng ý";
        /// Whoever is on duty nearby and may serve is asked at once.
        EmergencyNearby = "emergency_nearby": "紧急：就近在线轻骑兵", "emergency: on duty nearby", "khẩn cấp: đang trực gần đó";
        /// Something else; the text says what.
        Other = "other": "其他", "other", "khác";
    }
}

impl Step {
    /// The reasons that whoever takes this step may give. Empty where the step takes none.
    #[must_use]
    pub const fn reasons(self) -> &'static [Reason] {
        use Reason as R;
        match self {
            Self::Place
            | Self::Triage
            | Self::Appeal
            | Self::Offer
            | Self::Expire
            | Self::Accept
            | Self::AssignMembers
            | Self::Reschedule
            | Self::NoShow
            | Self::CheckIn
            | Self::Finish
            | Self::Review
            | Self::DefaultReview
            | Self::Remind => &[],
            Self::Transfer => &[R::OtherDivision, R::NeedsAuthority, R::NoCapacity, R::Other],
            Self::Refuse => {
                &[R::OutOfScope, R::Duplicate, R::Unreachable, R::NeedsAuthority, R::NoCapacity, R::OtherDivision, R::Unsafe, R::Other]
            }
            Self::Recall => {
                &[R::DispatcherChangedPlan, R::ResidentChangedMind, R::Unreachable, R::Duplicate, R::NeedsAuthority, R::Unsafe, R::Other]
            }
            Self::Decline => &[R::NotAvailable, R::LacksSkill, R::TooFar, R::TakerEmergency, R::NoCapacity, R::Unsafe, R::Other],
            Self::Release => &[
                R::NotAvailable,
                R::LacksSkill,
                R::TooFar,
                R::TakerEmergency,
                R::NoCapacity,
                R::NeedsMore,
                R::NeedsAuthority,
                R::Unreachable,
                R::OutOfScope,
                R::Unsafe,
                R::ConsentWithdrawn,
                R::Other,
            ],
            Self::Abort => {
                &[R::ResidentStopped, R::NeedsMore, R::LacksSkill, R::TakerEmergency, R::NeedsAuthority, R::OutOfScope, R::Unsafe, R::Other]
            }
            Self::Mend => &[R::Explained, R::Revisited, R::NewVisit],
            Self::Escalate => &[
                R::Overdue,
                R::NoCapacity,
                R::NeedsAuthority,
                R::OtherDivision,
                R::LacksSkill,
                R::OutOfScope,
                R::Unsafe,
                R::Unreachable,
                R::Other,
            ],
            Self::Decide => &[
                R::ThirdReturn,
                R::ThirdMending,
                R::OutOfScope,
                R::Duplicate,
                R::Unreachable,
                R::NeedsAuthority,
                R::NoCapacity,
                R::OtherDivision,
                R::DispatcherChangedPlan,
                R::Overdue,
                R::Explained,
                R::NewVisit,
                R::Unsafe,
                R::Other,
            ],
            Self::Cancel => &[
                R::ResidentChangedMind,
                R::Duplicate,
                R::Unreachable,
                R::OutOfScope,
                R::NeedsAuthority,
                R::NoCapacity,
                R::Unsafe,
                R::ConsentWithdrawn,
                R::Other,
            ],
        }
    }
}
