use crate::vocabulary;

vocabulary! {
    /// Where a demand item stands.
    pub enum DemandState = "demand-states" {
        /// Needed, and nothing is under way.
        Open = "open": "待满足", "open", "chưa đáp ứng";
        /// An order serves it.
        Planned = "planned": "已安排", "planned", "đã sắp xếp";
        /// Its order is finished; what the resident says of it is not known yet.
        Served = "served": "已服务", "served", "đã phục vụ";
        /// Solved.
        Closed = "closed": "已解决", "closed", "đã giải quyết";
        /// Not needed any more, for a reason.
        Dropped = "dropped": "已撤下", "dropped", "đã bỏ";
    }
}

impl DemandState {
    /// Whether it stands on the living list.
    #[must_use]
    pub const fn is_live(self) -> bool {
        match self {
            Self::Open | Self::Planned | Self::Served => true,
            Self::Closed | Self::Dropped => false,
        }
    }
}

vocabulary! {
    /// Whose need it is.
    pub enum SubjectKind = "demand-subjects" {
        /// A person's.
        Person = "person": "个人", "person", "cá nhân";
        /// A household's.
        Household = "household": "家庭", "household", "hộ gia đình";
        /// The grid's own, such as a missing lamp.
        Grid = "grid": "网格", "grid", "ô lưới";
    }
}

vocabulary! {
    /// How the need came to be known.
    pub enum Source = "demand-sources" {
        /// A grid member's visit.
        GridVisit = "grid_visit": "网格走访", "grid visit", "cán bộ lưới thăm hộ";
        /// The 12345 hotline; `external_ref` names the ticket.
        Hotline = "hotline": "12345热线", "12345 hotline", "đường dây 12345";
        /// The person told it in the mini-program.
        MiniProgram = "mini_program": "小程序", "mini-program", "ứng dụng nhỏ";
        /// Told at the station.
        Station = "station": "社工站", "station", "trạm công tác xã hội";
        /// Passed on by another organisation.
        OtherOrganisation = "other_organisation": "其他组织转介", "other organisation", "tổ chức khác chuyển đến";
    }
}

vocabulary! {
    /// What kind of care is needed, where no craft of the region says it.
    pub enum CareCategory = "care-categories" {
        /// 助餐.
        Meals = "meals": "助餐", "meals", "hỗ trợ bữa ăn";
        /// 助浴.
        Bathing = "bathing": "助浴", "bathing", "hỗ trợ tắm rửa";
        /// 助洁.
        Cleaning = "cleaning": "助洁", "cleaning", "dọn dẹp";
        /// 助行.
        Mobility = "mobility": "助行", "getting about", "hỗ trợ đi lại";
        /// 助医.
        Medical = "medical": "助医陪诊", "to the doctor", "đi khám bệnh";
        /// 探访关爱.
        Visits = "visits": "探访关爱", "visits", "thăm hỏi";
        /// 心理疏导.
        Counselling = "counselling": "心理疏导", "counselling", "tư vấn tâm lý";
        /// 课后托管.
        AfterSchool = "after_school": "课后托管", "after-school care", "trông trẻ sau giờ học";
        /// 学业辅导.
        Tutoring = "tutoring": "学业辅导", "tutoring", "kèm học";
        /// 安全保护.
        Protection = "protection": "安全保护", "protection", "bảo vệ an toàn";
        /// 就业创业.
        Employment = "employment": "就业创业", "employment", "việc làm";
        /// 婚恋交友.
        Social = "social": "婚恋交友", "company of others", "giao lưu kết bạn";
        /// 法律援助.
        LegalAid = "legal_aid": "法律援助", "legal aid", "trợ giúp pháp lý";
        /// 困难救助.
        Relief = "relief": "困难救助", "relief", "cứu trợ khó khăn";
        /// 环境设施.
        Facilities = "facilities": "环境设施", "facilities", "môi trường, cơ sở vật chất";
        /// Something else; the description says what.
        Other = "other": "其他", "other", "khác";
    }
}

vocabulary! {
    /// What makes somebody need more attention.
    pub enum Vulnerability = "vulnerabilities" {
        /// 独居.
        LivingAlone = "living_alone": "独居", "living alone", "sống một mình";
        /// 空巢.
        EmptyNest = "empty_nest": "空巢", "empty nest", "con cái ở xa";
        /// 失能.
        Dependent = "dependent": "失能", "dependent on care", "mất khả năng tự chăm sóc";
        /// 残疾.
        Disabled = "disabled": "残疾", "disabled", "khuyết tật";
        /// 失独.
        Bereaved = "bereaved": "失独", "lost the only child", "mất con một";
        /// 留守.
        LeftBehind = "left_behind": "留守", "left behind", "ở lại quê";
        /// 困境.
        Distressed = "distressed": "困境", "in distress", "hoàn cảnh khó khăn";
        /// 低保.
        LowIncome = "low_income": "低保", "low income", "thu nhập thấp";
        /// 重点青少年.
        YouthAtRisk = "youth_at_risk": "重点青少年", "youth at risk", "thanh thiếu niên cần quan tâm";
        /// 新就业形态.
        NewEmployment = "new_employment": "新就业形态", "new form of employment", "hình thức việc làm mới";
    }
}

vocabulary! {
    /// Why an item was taken off the list without being served.
    pub enum DropReason = "demand-drop-reasons" {
        /// The family or somebody else has solved it.
        SolvedOtherwise = "solved_otherwise": "已自行解决", "solved otherwise", "đã tự giải quyết";
        /// The person does not want it.
        Declined = "declined": "本人不需要", "declined by the person", "đương sự không cần";
        /// The person has moved away.
        MovedAway = "moved_away": "已迁出", "moved away", "đã chuyển đi";
        /// The person has died.
        Deceased = "deceased": "已去世", "deceased", "đã qua đời";
        /// Not a matter for community service.
        OutOfScope = "out_of_scope": "不属于服务范围", "outside the scope of the service", "ngoài phạm vi phục vụ";
        /// It was never so.
        EnteredInError = "entered_in_error": "登记有误", "entered in error", "nhập nhầm";
        /// The same stands elsewhere on the list.
        Duplicate = "duplicate": "重复登记", "a duplicate", "trùng lặp";
        /// The consent to be served was withdrawn (PIPL, 47).
        ConsentWithdrawn = "consent_withdrawn": "撤回服务同意", "consent withdrawn", "rút lại sự đồng ý";
    }
}

vocabulary! {
    /// A term of the priority of an item.
    pub enum PriorityTerm = "priority-terms" {
        /// How pressing it is.
        Urgency = "urgency": "紧急程度", "urgency", "mức độ khẩn cấp";
        /// How vulnerable the person is.
        Vulnerability = "vulnerability": "脆弱情形", "vulnerability", "mức dễ tổn thương";
        /// How many local days it has waited.
        Waiting = "waiting": "等待天数", "days waiting", "số ngày chờ";
        /// How often it came back.
        Reopened = "reopened": "重新打开次数", "times reopened", "số lần mở lại";
        /// How many more have reported it.
        Voices = "voices": "多人反映", "further voices", "số người phản ánh";
        /// That it should have been looked at again.
        Overdue = "overdue": "逾期未核实", "overdue for verification", "quá hạn xác minh";
    }
}

vocabulary! {
    /// Which list of demand items.
    pub enum DemandListKind = "demand-lists" {
        /// One's own needs.
        Mine = "mine": "我的", "mine", "của tôi";
        /// Those of a division whatever became of them, the newest first.
        Newest = "newest": "最新", "newest", "mới nhất";
        /// Those of a division that should have been looked at again, the longest overdue first.
        Overdue = "overdue": "逾期未核实", "overdue for verification", "quá hạn xác minh";
    }
}
