//! Everybody in the demo: made up, with numbers that nobody has.

use domain::identity::Role;
use domain::person::CraftLevel;

use CraftLevel::{Intermediate, Junior, Senior};

/// Where somebody works or lives.
#[derive(Clone, Copy)]
pub(super) enum Where {
    /// In the whole region.
    Region,
    /// In the county.
    County,
    /// In the township.
    Township,
    /// In the community.
    Community,
    /// In the community beside it.
    Neighbour,
    /// In the grid.
    Grid,
}

/// How a certificate stands.
#[derive(Clone, Copy)]
pub(super) enum Validity {
    /// Good for more than a year.
    Good,
    /// Ends in some days.
    Ending,
    /// Ended some days ago.
    Ended,
}

use Validity::{Ended, Ending, Good};

/// Staff: key, user name, role, where.
pub(super) type StaffData = (&'static str, &'static str, Role, Where);

/// Somebody with a name: key, name to sign in through the stand-in, real name, birth date, where they live, and what they
/// are certified for where they volunteer.
pub(super) struct PersonData {
    /// The key.
    pub(super) key: &'static str,
    /// What they sign in with.
    pub(super) login: &'static str,
    /// The real name.
    pub(super) name: &'static str,
    /// The birth date.
    pub(super) birth: &'static str,
    /// Where they live.
    pub(super) home: Where,
    /// What they are certified for; `None` where they are no volunteer.
    pub(super) crafts: Option<&'static [(&'static str, CraftLevel, Validity)]>,
}

/// An organisation: key, kind, name, where, the key of who manages it, the keys of its members.
pub(super) type OrganisationData = (&'static str, &'static str, &'static str, Where, &'static str, &'static [&'static str]);

/// Everybody of a region.
pub(super) struct People {
    /// The beginning of telephone numbers; two digits follow.
    pub(super) phones: &'static str,
    /// Who signs in with a user name.
    pub(super) staff: &'static [StaffData],
    /// Residents, volunteers, craftsmen.
    pub(super) persons: &'static [PersonData],
    /// Who takes orders together.
    pub(super) organisations: &'static [OrganisationData],
}

const fn resident(key: &'static str, login: &'static str, name: &'static str, birth: &'static str, home: Where) -> PersonData {
    PersonData { key, login, name, birth, home, crafts: None }
}

const fn volunteer(
    key: &'static str,
    login: &'static str,
    name: &'static str,
    birth: &'static str,
    crafts: &'static [(&'static str, CraftLevel, Validity)],
) -> PersonData {
    PersonData { key, login, name, birth, home: Where::Community, crafts: Some(crafts) }
}

/// 桦南县.
pub(super) const HUANAN: People = People {
    phones: "138000101",
    staff: &[
        ("grid_member", "hn.wangge", Role::GridMember, Where::Grid),
        ("social_worker", "hn.shegong", Role::SocialWorker, Where::Township),
        ("dispatcher", "hn.paidan", Role::Dispatcher, Where::Community),
        ("dispatcher_township", "hn.paidan.zhen", Role::Dispatcher, Where::Township),
        ("dispatcher_county", "hn.paidan.xian", Role::Dispatcher, Where::County),
        ("supervisor", "hn.jianguan", Role::Supervisor, Where::Region),
        ("evaluator", "hn.pinggu", Role::Evaluator, Where::Region),
        ("administrator", "hn.guanli", Role::Administrator, Where::Region),
        ("operator", "hn.yunwei", Role::Operator, Where::Region),
    ],
    persons: &[
        resident("resident", "wang-jianguo", "王建国", "1979-05-18", Where::Grid),
        resident("resident_elderly", "li-xiulan", "李秀兰", "1951-03-02", Where::Grid),
        resident("resident_youth", "zhang-yuqing", "张雨晴", "2002-09-21", Where::Community),
        resident("resident_minor", "wang-xiaobao", "王小宝", "2016-06-01", Where::Grid),
        resident("resident_neighbour", "liu-dehai", "刘德海", "1968-11-30", Where::Neighbour),
        volunteer("volunteer", "qian-xiaoyu", "钱小雨", "1999-01-15", &[("digital-help", Junior, Good)]),
        volunteer(
            "craftsman",
            "zhao-tiezhu",
            "赵铁柱",
            "1974-08-08",
            &[("plumbing-electrics", Senior, Good), ("drain-clearing", Intermediate, Good)],
        ),
        volunteer(
            "craftsman_second",
            "sun-ming",
            "孙明",
            "1985-02-11",
            &[("plumbing-electrics", Intermediate, Good), ("appliance-repair", Senior, Good), ("drain-clearing", Junior, Ending)],
        ),
        volunteer("craftsman_hair", "zhou-qiaoling", "周巧玲", "1988-12-03", &[("hairdressing", Senior, Good)]),
        volunteer(
            "craftsman_health",
            "wu-renxin",
            "吴仁心",
            "1970-04-25",
            &[("health-check", Senior, Good), ("hospital-escort", Intermediate, Good)],
        ),
        volunteer("craftsman_fan", "xu-wenshan", "许文扇", "1958-10-09", &[("fan-making", Senior, Good)]),
        volunteer(
            "craftsman_teacher",
            "gao-wen",
            "高文",
            "1996-07-19",
            &[("tutoring", Intermediate, Good), ("after-school-care", Junior, Good)],
        ),
        volunteer("craftsman_expired", "zheng-shouyi", "郑守义", "1966-01-27", &[("plumbing-electrics", Intermediate, Ended)]),
        volunteer("craftsman_uncertified", "feng-xin", "冯新", "2000-05-05", &[]),
        volunteer("organisation_manager", "chen-zhiqiang", "陈志强", "1977-09-14", &[]),
        volunteer(
            "team_member",
            "he-jing",
            "何静",
            "1993-03-08",
            &[("carpentry-masonry", Intermediate, Good), ("home-care", Junior, Good)],
        ),
        volunteer("team_member_second", "song-lei", "宋磊", "1990-06-22", &[("carpentry-masonry", Senior, Good)]),
    ],
    organisations: &[(
        "team",
        "volunteer_team",
        "邻里十八匠志愿服务队",
        Where::Community,
        "organisation_manager",
        &["organisation_manager", "craftsman", "craftsman_second", "craftsman_hair", "team_member", "team_member_second"],
    )],
};

/// 崇左市.
pub(super) const CHONGZUO: People = People {
    phones: "138000451",
    staff: &[
        ("grid_member", "cz.wangge", Role::GridMember, Where::Grid),
        ("social_worker", "cz.shegong", Role::SocialWorker, Where::Township),
        ("dispatcher", "cz.paidan", Role::Dispatcher, Where::Community),
        ("dispatcher_township", "cz.paidan.jiedao", Role::Dispatcher, Where::Township),
        ("dispatcher_county", "cz.paidan.qu", Role::Dispatcher, Where::County),
        ("dispatcher_prefecture", "cz.paidan.shi", Role::Dispatcher, Where::Region),
        ("supervisor", "cz.jianguan", Role::Supervisor, Where::Region),
        ("evaluator", "cz.pinggu", Role::Evaluator, Where::Region),
        ("administrator", "cz.guanli", Role::Administrator, Where::Region),
        ("operator", "cz.yunwei", Role::Operator, Where::Region),
    ],
    persons: &[
        resident("resident", "wei-zhiming", "韦志明", "1981-07-07", Where::Grid),
        resident("resident_elderly", "huang-meiying", "黄美英", "1949-12-12", Where::Grid),
        resident("resident_youth", "qin-siyu", "覃思雨", "2003-02-28", Where::Community),
        resident("resident_minor", "wei-xiaojun", "韦小军", "2015-10-16", Where::Grid),
        resident("resident_neighbour", "ling-guohua", "凌国华", "1965-04-04", Where::Neighbour),
        resident("resident_vi", "nguyen-lan", "Nguyễn Thị Lan", "1990-08-20", Where::Community),
        volunteer("volunteer", "he-li", "何丽", "1998-11-11", &[("crossing-guidance", Junior, Good)]),
        volunteer(
            "craftsman",
            "nong-yongfu",
            "农永福",
            "1972-03-15",
            &[("plumbing-electrics", Senior, Good), ("drain-clearing", Senior, Good)],
        ),
        volunteer("craftsman_second", "lu-jianhua", "陆建华", "1986-06-18", &[("plumbing-electrics", Intermediate, Good)]),
        volunteer("craftsman_hair", "liang-cui", "梁翠", "1991-05-09", &[("hairdressing", Intermediate, Good)]),
        volunteer("craftsman_health", "lu-renhe", "卢仁和", "1969-09-30", &[("health-check", Senior, Good)]),
        volunteer(
            "craftsman_translator",
            "tan-nuan",
            "谭暖",
            "1994-01-20",
            &[("translation", Senior, Good), ("legal-advice", Junior, Ending)],
        ),
        volunteer("craftsman_expired", "meng-dashan", "蒙大山", "1964-02-14", &[("plumbing-electrics", Junior, Ended)]),
        volunteer("craftsman_uncertified", "su-xiao", "苏晓", "2001-10-01", &[]),
        volunteer("organisation_manager", "tan-wenbo", "覃文博", "1975-11-05", &[]),
        volunteer("team_member", "ban-xiaotong", "班晓彤", "2004-04-12", &[("tutoring", Junior, Good)]),
        volunteer("team_member_second", "nong-xiaomei", "农小梅", "2004-12-25", &[("tutoring", Junior, Good)]),
    ],
    organisations: &[(
        "team",
        "university",
        "崇邻聚里高校接单服务队",
        Where::Region,
        "organisation_manager",
        &["organisation_manager", "team_member", "team_member_second"],
    )],
};
