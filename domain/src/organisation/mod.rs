//! Organisations 组织与队伍: what kinds there are, how one comes to serve and ends, who belongs to it, its fund, its insurance,
//! and what it shares with others.

mod credit_code;
mod fund;
mod lifecycle;
mod member;
mod partnership;
mod policy;
#[cfg(test)]
mod tests;

use crate::vocabulary;

pub use credit_code::{CreditCode, CreditCodeError, OrganisationWarning};
pub use fund::{Booking, BookingError, FundAccount, FundEntryKind, FundEntryState, Quarter};
pub use lifecycle::{OrganisationState, OrganisationStep, StepRefusal};
pub use member::{MemberRole, MembershipEventKind};
pub use partnership::{PartnershipEnd, PartnershipKind, PartnershipState, Term};
pub use policy::OrganisationPolicy;

vocabulary! {
    /// What kind of organisation it is.
    pub enum OrganisationKind = "organisation-kinds" {
        /// 志愿服务队.
        VolunteerTeam = "volunteer_team": "志愿服务队", "volunteer team", "đội tình nguyện";
        /// 志愿服务联盟, of organisations.
        VolunteerAlliance = "volunteer_alliance": "志愿服务联盟", "volunteer alliance", "liên minh tình nguyện";
        /// 社会工作服务机构.
        SocialWorkAgency = "social_work_agency": "社会工作服务机构", "social-work agency", "tổ chức công tác xã hội";
        /// 党支部.
        PartyBranch = "party_branch": "党支部", "party branch", "chi bộ đảng";
        /// 部门单位.
        Department = "department": "部门单位", "department", "cơ quan";
        /// 高校.
        University = "university": "高校", "university", "trường đại học";
        /// 中小学校.
        School = "school": "中小学校", "school", "trường học";
        /// 医院 or 诊所.
        Hospital = "hospital": "医院、诊所", "hospital or clinic", "bệnh viện, phòng khám";
        /// 商户.
        Merchant = "merchant": "商户", "merchant", "cửa hàng";
        /// 企业.
        Enterprise = "enterprise": "企业", "enterprise", "doanh nghiệp";
        /// 村（居）民委员会.
        Committee = "committee": "村（居）民委员会", "village or community committee", "ủy ban thôn, khu dân cư";
        /// 智库.
        ThinkTank = "think_tank": "智库", "think tank", "viện nghiên cứu";
    }
}
