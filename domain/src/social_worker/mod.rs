//! Social workers 社会工作者: what they are qualified for, how long their registration holds, what they must learn meanwhile, and the
//! examination for the qualification.

mod education;
mod exam;

pub use education::{Education, Learned, Registration, education};
pub use exam::{EXAMS_SINCE, ExamResult, ExamState, ExamYearFault, check_own_year, check_year};

use crate::vocabulary;

vocabulary! {
    /// What a social worker is qualified for by examination or appraisal (社会工作者职业水平评价暂行规定; 高级社会工作师评价办法).
    pub enum Qualification = "social-work-qualifications" {
        /// The first level.
        Assistant = "assistant": "助理社会工作师", "assistant social worker", "trợ lý công tác xã hội";
        /// The second level.
        SocialWorker = "social_worker": "社会工作师", "social worker", "nhân viên công tác xã hội";
        /// The third level.
        Senior = "senior": "高级社会工作师", "senior social worker", "nhân viên công tác xã hội cao cấp";
    }
}

vocabulary! {
    /// Where a social worker works.
    pub enum SocialWorkPost = "social-work-posts" {
        /// A social-work station of a township.
        Station = "station": "社工站驻站社工", "worker of a social-work station", "nhân viên trạm công tác xã hội";
        /// Somebody who keeps young people of the border from offences.
        BorderYouthOfficer = "border_youth_officer": "边境预防青少年违法犯罪专职干事", "border youth officer", "cán bộ phòng ngừa vị thành niên phạm pháp vùng biên";
        /// A community.
        CommunityWorker = "community_worker": "社区工作者", "community worker", "cán bộ cộng đồng";
        /// A social-work agency.
        Agency = "agency": "社会工作服务机构社工", "worker of a social-work agency", "nhân viên cơ quan công tác xã hội";
        /// A department, a people's organisation, or another employer.
        Other = "other": "其他单位", "another employer", "đơn vị khác";
    }
}

vocabulary! {
    /// Why a social worker no longer has a case.
    pub enum CaseEnd = "social-work-case-ends" {
        /// What was needed is there.
        Solved = "solved": "已解决", "solved", "đã giải quyết";
        /// Somebody else has it now.
        HandedOver = "handed_over": "已转交", "handed over", "đã chuyển giao";
        /// Whom it is about no longer wants it.
        Declined = "declined": "服务对象不再需要", "declined", "đối tượng không cần nữa";
        /// Whom it is about has moved away or died.
        Gone = "gone": "服务对象已离开", "gone", "đối tượng đã rời đi";
    }
}
