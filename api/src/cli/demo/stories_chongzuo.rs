//! What happened in 崇左市: orders on the border, in two languages, and taken by a university 高校接单.

use domain::order::{Basis, Channel, Reason, Urgency};

use super::story::{Did, Place, Story, days, hours};

/// Every story.
pub(super) fn stories() -> Vec<Story> {
    [closed(), ended(), in_work(), waiting()].into_iter().flatten().collect()
}

/// Served and judged.
fn closed() -> Vec<Story> {
    let students = Did::Accepted { members: vec!["team_member", "team_member_second"] };
    let tutoring = Story::new(days(6), "tutoring", "resident_minor", "孩子数学跟不上,想请大学生辅导", "友谊花园2栋304")
        .by("resident", Channel::MiniProgram, Basis::Guardian)
        .people(2)
        .triaged(days(6) - 20)
        .offered(days(6) - 30, &["team"])
        .then(days(6) - 60, "organisation_manager", students)
        .then(days(6) - 80, "team_member", Did::CheckedIn)
        .finished(days(6) - 170, "team_member", 90, "两名学生一对一辅导分数应用题")
        .then(days(5), "resident", Did::Reviewed { stars: 5, solved: true, tags: &["耐心", "专业"], text: "孩子愿意学了,希望每周都来" });
    let translation = Story::new(days(4), "translation", "resident_vi", "Cần phiên dịch khi đi khám thai", "友谊社区商铺12号")
        .served_by("craftsman_translator")
        .finished(days(4) - 150, "craftsman_translator", 80, "陪同产检翻译,用越南语说明注意事项")
        .reviewed(days(3), 5, true, &["耐心"], "Chị ấy giải thích rất rõ, cảm ơn");
    let taps = Story::new(days(3), "tap-repair", "resident", "厨房灯线老化", "友谊花园2栋304")
        .served_by("craftsman")
        .then(days(3) - 110, "craftsman", Did::Finished { minutes: 40, fee_fen: 0, materials_fen: 1800, work: "更换灯座和两米线" })
        .reviewed(days(2), 4, true, &["准时"], "来得快");
    let drain = Story::new(days(2), "drain-clearing", "resident_neighbour", "院里排水沟堵塞", "丽金社区8号")
        .place(Place::Neighbour)
        .then(days(2) - 15, "dispatcher_township", Did::Triaged)
        .then(days(2) - 25, "dispatcher_township", Did::Offered { takers: vec!["craftsman"] })
        .accepted(days(2) - 40, "craftsman")
        .then(days(2) - 60, "craftsman", Did::CheckedIn)
        .then(days(2) - 130, "craftsman", Did::Finished { minutes: 60, fee_fen: 6000, materials_fen: 0, work: "清沟并冲洗" })
        .reviewed(days(1), 3, true, &[], "");
    vec![tutoring, translation, taps, drain]
}

/// Closed without a review, refused, cancelled, and not good enough.
fn ended() -> Vec<Story> {
    let unreviewed = Story::new(days(10), "health-check", "resident_elderly", "请义诊队给老人量血压", "友谊花园1栋101")
        .served_by("craftsman_health")
        .finished(days(10) - 110, "craftsman_health", 40, "量血压、讲解用药")
        .then(hours(12), "timer", Did::LeftUnreviewed);
    let refused = Story::new(days(1), "crossing-guidance", "resident_youth", "帮忙代办出入境证件", "友谊花园5栋502").then(
        days(1) - 50,
        "dispatcher",
        Did::Refused { reason: Reason::NeedsAuthority, note: "证件须本人到出入境窗口办理,可提供陪同指引" },
    );
    let cancelled = Story::new(days(2), "legal-advice", "resident", "咨询跨境买卖合同", "友谊花园2栋304").triaged(days(2) - 30).then(
        days(2) - 100,
        "resident",
        Did::Cancelled { reason: Reason::ResidentChangedMind },
    );
    let mending = Story::new(days(1), "tap-repair", "resident_elderly", "水龙头漏水", "友谊花园1栋101")
        .served_by("craftsman_second")
        .finished(days(1) - 110, "craftsman_second", 30, "拧紧接头")
        .reviewed(hours(4), 2, false, &["没修好"], "过了一夜又漏了");
    vec![unreviewed, refused, cancelled, mending]
}

/// Accepted, under way, and just done.
fn in_work() -> Vec<Story> {
    let accepted = Story::new(hours(6), "translation", "resident_vi", "Nhờ phiên dịch khi họp phụ huynh", "友谊社区商铺12号")
        .wanted(hours(26), 120)
        .triaged(hours(5))
        .offered(hours(5) - 10, &["craftsman_translator"])
        .accepted(hours(4), "craftsman_translator");
    let serving = Story::new(hours(3), "home-haircut", "resident_elderly", "老人卧床,请上门理发", "友谊花园1栋101")
        .by("grid_member", Channel::Visit, Basis::Consent)
        .triaged(hours(2))
        .offered(hours(2) - 10, &["craftsman_hair"])
        .accepted(40, "craftsman_hair")
        .then(15, "craftsman_hair", Did::CheckedIn);
    let finished = Story::new(days(1), "health-check", "resident_elderly", "请复测血压", "友谊花园1栋101")
        .served_by("craftsman_health")
        .finished(days(1) - 120, "craftsman_health", 30, "复测血压,较上次平稳");
    vec![accepted, serving, finished]
}

/// Not yet accepted by anybody.
fn waiting() -> Vec<Story> {
    let placed = Story::new(hours(1), "legal-advice", "resident_vi", "Hỏi về hợp đồng lao động", "友谊社区商铺12号").urgency(Urgency::Low);
    let queued = Story::new(hours(5), "sugar-cane", "resident_neighbour", "甘蔗叶发黄,想请人看看", "丽金社区8号")
        .urgency(Urgency::Low)
        .triaged(hours(4));
    let offered = Story::new(hours(4), "tutoring", "resident_minor", "期末前想再辅导两次", "友谊花园2栋304")
        .by("resident", Channel::MiniProgram, Basis::Guardian)
        .urgency(Urgency::Low)
        .people(2)
        .triaged(hours(3))
        .offered(hours(2), &["team"]);
    let rung = Story::new(hours(3), "tap-repair", "resident", "阳台水管接头滴水", "友谊花园2栋304")
        .urgency(Urgency::Low)
        .triaged(hours(2))
        .offered(hours(1), &["craftsman", "craftsman_second"]);
    // What the content check holds: staff decide whether others may see it.
    let held =
        Story::new(hours(2), "legal-advice", "resident", "边贸合同想请人看看,加微信发照片给您", "友谊花园2栋304").urgency(Urgency::Low);
    vec![placed, queued, offered, rung, held]
}
