//! Where people are served: sites of both programmes. Places are real; addresses and positions are roughly right.

use std::collections::BTreeMap;

use chrono::{NaiveDate, Weekday};
use domain::catalogue::Names;
use domain::geo::Position;
use domain::region::DivisionCode;
use domain::site::hours::{Day, Hours};
use domain::site::{SiteKind, SiteLanguage};
use persistence::Tx;
use persistence::site::{self, Site};
use uuid::Uuid;

use super::manifest::Cast;
use crate::problem::{Fault, Problem};

/// A site: its key, kind, division, names in Chinese, English and Vietnamese, address, longitude and latitude, services by code, and
/// when it is open.
pub(super) struct SiteData {
    key: &'static str,
    kind: SiteKind,
    division: &'static str,
    names: [&'static str; 3],
    address: &'static str,
    at: (f64, f64),
    services: &'static [&'static str],
    open: Open,
}

/// The ways in which sites of the demo are open.
#[derive(Clone, Copy)]
enum Open {
    /// On weekdays, with a break at noon; in Chinese.
    Office,
    /// Every day from morning to evening; in Chinese.
    Daily,
    /// Every day as long as the border is; in Chinese, Vietnamese and Zhuang.
    Border,
}

impl Open {
    /// Minutes after midnight, and the weekdays on which they hold.
    fn hours(self) -> Result<Hours, Problem> {
        const WEEK: [Weekday; 7] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
        let (minutes, days): (&[(u16, u16)], usize) = match self {
            Self::Office => (&[(510, 690), (810, 1020)], 5),
            Self::Daily => (&[(480, 1140)], 7),
            Self::Border => (&[(480, 1200)], 7),
        };
        let day = Day::parse(minutes).map_err(Problem::internal)?;
        let hours = WEEK.iter().take(days).fold(Hours::default(), |hours, weekday| hours.on(*weekday, day.clone()));
        // New Year's Day is a holiday everywhere but at the border.
        let holiday = NaiveDate::from_ymd_opt(2027, 1, 1).filter(|_| !matches!(self, Self::Border));
        Ok(holiday.into_iter().fold(hours, |hours, day| hours.except(day, Day::default())))
    }

    fn languages(self) -> Vec<SiteLanguage> {
        match self {
            Self::Office | Self::Daily => vec![SiteLanguage::Chinese],
            Self::Border => vec![SiteLanguage::Chinese, SiteLanguage::Vietnamese, SiteLanguage::Zhuang],
        }
    }
}

/// The sites of Huanan: stations that support the grids, and what the county has once.
pub(super) const HUANAN: [SiteData; 5] = [
    SiteData {
        key: "incubation_centre",
        kind: SiteKind::IncubationCentre,
        division: "230822106",
        names: ["桦南县社会组织孵化中心", "Huanan incubation centre for social organisations", "Trung tâm ươm tạo tổ chức xã hội Hoa Nam"],
        address: "桦南镇前进路",
        at: (130.5562, 46.2388),
        services: &["counselling", "legal-advice"],
        open: Open::Office,
    },
    SiteData {
        key: "station",
        kind: SiteKind::Station,
        division: "230822106003",
        names: ["前进社区社工站", "Qianjin social-work station", "Trạm công tác xã hội Tiền Tiến"],
        address: "桦南镇前进社区办公楼一楼",
        at: (130.5531, 46.2391),
        services: &["counselling", "phone-help", "health-check"],
        open: Open::Office,
    },
    SiteData {
        key: "warm_station",
        kind: SiteKind::Station,
        division: "230822106024",
        names: ["学府社区暖心驿站", "Xuefu warm-heart station", "Trạm ấm lòng Học Phủ"],
        address: "桦南镇学府社区",
        at: (130.5652, 46.2453),
        services: &["shoe-repair", "phone-help"],
        open: Open::Daily,
    },
    SiteData {
        key: "party_service_centre",
        kind: SiteKind::PartyServiceCentre,
        division: "230822106003",
        names: ["前进社区党群服务中心", "Qianjin party-and-mass service centre", "Trung tâm phục vụ đảng và quần chúng Tiền Tiến"],
        address: "桦南镇前进社区办公楼",
        at: (130.5532, 46.2392),
        services: &["after-school-care", "science-talk"],
        open: Open::Office,
    },
    SiteData {
        key: "points_shop",
        kind: SiteKind::PointsShop,
        division: "230822106003",
        names: ["前进社区积分超市", "Qianjin points shop", "Siêu thị điểm Tiền Tiến"],
        address: "桦南镇前进社区办公楼东侧",
        at: (130.5535, 46.2390),
        services: &[],
        open: Open::Daily,
    },
];

/// The sites of Chongzuo: one of each part of 1+2+N, and what stands at the border.
pub(super) const CHONGZUO: [SiteData; 6] = [
    SiteData {
        key: "incubation_centre",
        kind: SiteKind::IncubationCentre,
        division: "451402003",
        names: [
            "崇左市社会组织孵化中心",
            "Chongzuo incubation centre for social organisations",
            "Trung tâm ươm tạo tổ chức xã hội Sùng Tả",
        ],
        address: "江州区石景林街道",
        at: (107.3561, 22.3832),
        services: &["legal-advice"],
        open: Open::Office,
    },
    SiteData {
        key: "think_tank",
        kind: SiteKind::ThinkTank,
        division: "451402",
        names: [
            "广西民族师范学院社会工作智库",
            "Think tank at Guangxi Minzu Normal University",
            "Viện nghiên cứu Đại học Sư phạm Dân tộc Quảng Tây",
        ],
        address: "江州区佛子路 23 号",
        at: (107.4047, 22.4012),
        services: &["tutoring"],
        open: Open::Office,
    },
    SiteData {
        key: "think_tank_second",
        kind: SiteKind::ThinkTank,
        division: "451402",
        names: [
            "崇左幼儿师范高等专科学校社会工作智库",
            "Think tank at Chongzuo Preschool Education College",
            "Viện nghiên cứu Cao đẳng Sư phạm Mầm non Sùng Tả",
        ],
        address: "江州区友谊大道",
        at: (107.3872, 22.4306),
        services: &[],
        open: Open::Office,
    },
    SiteData {
        key: "station",
        kind: SiteKind::Station,
        division: "451402003003",
        names: ["友谊社区服务站", "Youyi service station", "Trạm phục vụ Hữu Nghị"],
        address: "江州区石景林街道友谊社区",
        at: (107.3652, 22.3771),
        services: &["home-haircut", "health-check", "tutoring"],
        open: Open::Daily,
    },
    SiteData {
        key: "border_friendship_station",
        kind: SiteKind::BorderFriendshipStation,
        division: "451481101001",
        names: ["浦寨中越志愿服务站", "Puzhai China–Viet Nam friendship station", "Trạm tình nguyện Trung – Việt Phố Trại"],
        address: "凭祥市友谊镇浦寨社区",
        at: (106.7003, 21.9984),
        services: &["translation", "crossing-guidance", "legal-advice"],
        open: Open::Border,
    },
    SiteData {
        key: "border_clinic",
        kind: SiteKind::BorderClinic,
        division: "451423102001",
        names: ["水口国门卫生院", "Shuikou border clinic", "Trạm y tế cửa khẩu Thủy Khẩu"],
        address: "龙州县水口镇",
        at: (106.5851, 22.4732),
        services: &["health-check", "translation"],
        open: Open::Border,
    },
];

/// Adds the sites of a region; their ids by key.
pub(super) fn add(tx: &mut Tx, cast: &Cast, sites: &[SiteData]) -> Result<BTreeMap<String, Uuid>, Fault> {
    let mut made = BTreeMap::new();
    for data in sites {
        let id = Uuid::now_v7();
        let [zh, en, vi] = data.names;
        let site = Site {
            id,
            region: cast.region.clone(),
            division: DivisionCode::parse(data.division).map_err(Problem::internal)?,
            kind: data.kind,
            names: Names::new(zh, Some(en), Some(vi)).map_err(Problem::internal)?,
            address: data.address.to_owned(),
            phone: None,
            position: Position::new(data.at.0, data.at.1).map_err(Problem::internal)?,
            hours: data.open.hours()?,
            languages: data.open.languages(),
            active: true,
            version: 1,
        };
        let services = data.services.iter().map(|code| Cast::known(&cast.services, code)).collect::<Result<Vec<_>, _>>()?;
        site::add(tx, &site, &services, cast.accounts.get("administrator").copied())?;
        made.insert(data.key.to_owned(), id);
    }
    Ok(made)
}
