//! Sites 阵地: the places at which people are served, when they are open, and how many of each kind a division is to have.

mod cover;
pub mod hours;
mod policy;

use crate::vocabulary;

pub use cover::{Missing, Standing, missing};
pub use policy::SitePolicy;

vocabulary! {
    /// What kind of site it is.
    pub enum SiteKind = "site-kinds" {
        /// 社会组织孵化中心: the 1 of 1+2+N.
        IncubationCentre = "incubation_centre": "孵化中心", "incubation centre", "trung tâm ươm tạo";
        /// 智库: the 2 of 1+2+N.
        ThinkTank = "think_tank": "智库", "think tank", "viện nghiên cứu";
        /// 社工站、暖心驿站: the N of 1+2+N.
        Station = "station": "服务站（暖心驿站）", "service station", "trạm phục vụ";
        /// 党群服务中心.
        PartyServiceCentre = "party_service_centre": "党群服务中心", "party-and-mass service centre", "trung tâm phục vụ đảng và quần chúng";
        /// 固定服务点.
        FixedServicePoint = "fixed_service_point": "固定服务点", "fixed service point", "điểm phục vụ cố định";
        /// 社区学院.
        CommunityCollege = "community_college": "社区学院", "community college", "học viện cộng đồng";
        /// 国门卫生院.
        BorderClinic = "border_clinic": "国门卫生院", "border clinic", "trạm y tế cửa khẩu";
        /// 中越志愿服务站.
        BorderFriendshipStation = "border_friendship_station": "中越志愿服务站", "China–Viet Nam friendship station", "trạm tình nguyện Trung – Việt";
        /// 积分超市.
        PointsShop = "points_shop": "积分超市", "points shop", "siêu thị điểm";
    }
}

vocabulary! {
    /// A language in which people are served at a site, by its BCP 47 tag.
    pub enum SiteLanguage = "site-languages" {
        /// 普通话.
        Chinese = "zh": "普通话", "Chinese", "tiếng Trung";
        /// 越南语.
        Vietnamese = "vi": "越南语", "Vietnamese", "tiếng Việt";
        /// 英语.
        English = "en": "英语", "English", "tiếng Anh";
        /// 壮语.
        Zhuang = "za": "壮语", "Zhuang", "tiếng Choang";
        /// 朝鲜语.
        Korean = "ko": "朝鲜语", "Korean", "tiếng Triều Tiên";
        /// 俄语.
        Russian = "ru": "俄语", "Russian", "tiếng Nga";
    }
}

vocabulary! {
    /// A part of the 1+2+N scheme.
    pub enum SiteTier = "site-tiers" {
        /// The 1.
        One = "one": "“1”孵化中心", "the 1: incubation centre", "“1”: trung tâm ươm tạo";
        /// The 2.
        Two = "two": "“2”智库", "the 2: think tanks", "“2”: viện nghiên cứu";
        /// The N.
        Many = "many": "“N”服务站", "the N: stations", "“N”: trạm phục vụ";
    }
}

impl SiteTier {
    /// The kind of site that counts for it.
    #[must_use]
    pub const fn kind(self) -> SiteKind {
        match self {
            Self::One => SiteKind::IncubationCentre,
            Self::Two => SiteKind::ThinkTank,
            Self::Many => SiteKind::Station,
        }
    }
}
