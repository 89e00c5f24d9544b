//! What happened in 桦南县: an order in every state, and a week of closed ones.

use domain::order::{Basis, Channel, Reason, Urgency};

use super::story::{Did, Place, Story, days, hours};

/// Every story.
pub(super) fn stories() -> Vec<Story> {
    [closed(), ended(), mended(), in_work(), waiting()].into_iter().flatten().collect()
}

/// Served and judged.
fn closed() -> Vec<Story> {
    let taps = Story::new(days(7), "tap-repair", "resident", "厨房水龙头关不严,一直滴水", "前进小区3号楼2单元501")
        .served_by("craftsman")
        .then(
            days(7) - 110,
            "craftsman",
            Did::Finished { minutes: 45, fee_fen: 0, materials_fen: 2600, work: "更换陶瓷阀芯,试水二十分钟无渗漏" },
        )
        .reviewed(days(6), 5, true, &["准时", "手艺好"], "师傅很细心,修完还把地擦干净了");
    let haircut = Story::new(days(5), "home-haircut", "resident_elderly", "腿脚不便,想请人上门理发", "前进小区1号楼1单元102")
        .by("grid_member", Channel::Visit, Basis::Consent)
        .served_by("craftsman_hair")
        .finished(days(5) - 100, "craftsman_hair", 30, "上门理发、修面")
        .reviewed(days(4), 5, true, &["耐心"], "");
    let phone = Story::new(days(4), "phone-help", "resident_elderly", "想学会用手机挂号", "前进小区1号楼1单元102")
        .served_by("volunteer")
        .finished(days(4) - 120, "volunteer", 50, "教会视频通话和预约挂号,留下大字步骤卡")
        .reviewed(days(3), 4, true, &["耐心"], "姑娘讲得慢,听得懂");
    let drain = Story::new(days(3), "drain-clearing", "resident_neighbour", "卫生间下水道堵了", "学府家园5号楼301")
        .place(Place::Neighbour)
        .then(days(3) - 20, "dispatcher_township", Did::Triaged)
        .then(days(3) - 30, "dispatcher_township", Did::Offered { takers: vec!["craftsman", "craftsman_second"] })
        .accepted(days(3) - 40, "craftsman_second")
        .then(days(3) - 70, "craftsman_second", Did::CheckedIn)
        .then(
            days(3) - 130,
            "craftsman_second",
            Did::Finished { minutes: 55, fee_fen: 8000, materials_fen: 1500, work: "机器疏通主管,更换地漏" },
        )
        .reviewed(days(2), 4, true, &["专业"], "收费和事先说的一样");
    let hotline = Story::new(days(6), "health-check", "resident_elderly", "老人头晕,希望上门量血压", "前进小区1号楼1单元102")
        .by("dispatcher", Channel::Hotline, Basis::Consent)
        .ticket("12345-2026-0031877")
        .urgency(Urgency::High)
        .then(days(6) - 8, "dispatcher", Did::Reached { note: "已电话联系,约定当天上门" })
        .served_by("craftsman_health")
        .finished(days(6) - 110, "craftsman_health", 40, "测血压血糖,血压偏高,已建议到县医院复查")
        .then(days(5), "dispatcher_township", Did::CalledBack { stars: 5, solved: true, text: "电话回访:老人表示满意,已去复查" });
    vec![taps, haircut, phone, drain, hotline]
}

/// Closed without a good review, refused, cancelled.
fn ended() -> Vec<Story> {
    let unreviewed = Story::new(days(10), "tutoring", "resident_youth", "准备成人高考,数学跟不上", "前进小区6号楼802")
        .served_by("craftsman_teacher")
        .finished(days(10) - 160, "craftsman_teacher", 90, "讲解函数一章,留下练习")
        .then(hours(12), "timer", Did::LeftUnreviewed);
    let refused = Story::new(days(1), "errands", "resident_youth", "请帮忙代写工作总结", "前进小区6号楼802").then(
        days(1) - 40,
        "dispatcher",
        Did::Refused { reason: Reason::OutOfScope, note: "代写材料不属于志愿服务范围" },
    );
    let appealed = Story::new(days(2), "errands", "resident_neighbour", "请帮忙到镇里取老年证", "学府家园5号楼301")
        .urgency(Urgency::Low)
        .then(days(2) - 60, "dispatcher", Did::Refused { reason: Reason::NoCapacity, note: "本周代办人手已满" })
        .then(hours(5), "resident_neighbour", Did::Appealed { text: "只需要顺路取一下,下周也可以" });
    let cancelled = Story::new(days(2), "legal-advice", "resident", "咨询租房合同押金问题", "前进小区3号楼2单元501")
        .triaged(days(2) - 30)
        .then(days(2) - 90, "resident", Did::Cancelled { reason: Reason::ResidentChangedMind });
    let absent = Story::new(days(3), "home-haircut", "resident_youth", "想约一次上门理发", "前进小区6号楼802")
        .triaged(days(3) - 10)
        .offered(days(3) - 15, &["craftsman_hair"])
        .accepted(days(3) - 30, "craftsman_hair")
        .then(days(3) - 75, "craftsman_hair", Did::ResidentAbsent);
    vec![unreviewed, refused, appealed, cancelled, absent]
}

/// Bad results: one that is being set right, one that never was.
fn mended() -> Vec<Story> {
    let mending = Story::new(days(1), "tap-repair", "resident", "客厅吊灯时亮时不亮", "前进小区3号楼2单元501")
        .served_by("craftsman_second")
        .then(days(1) - 120, "craftsman_second", Did::Finished { minutes: 40, fee_fen: 0, materials_fen: 1200, work: "更换开关面板" })
        .reviewed(hours(5), 2, false, &["没修好"], "换了开关,灯还是闪");
    vec![mending, unresolved()]
}

/// Judged badly four times: mended three times, then closed as unresolved.
fn unresolved() -> Story {
    let teacher = "craftsman_teacher";
    let bad = |text| Did::Reviewed { stars: 2, solved: false, tags: &["时间不合适"], text };
    let mended = |how, note| Did::Mended { how, note };
    Story::new(days(9), "after-school-care", "resident_minor", "放学后到家长下班前有两小时没人看", "前进小区3号楼2单元501")
        .by("resident", Channel::MiniProgram, Basis::Guardian)
        .served_by(teacher)
        .finished(days(9) - 200, teacher, 120, "在社区活动室看护并辅导作业")
        .then(days(8), "resident", bad("只来了一次,问题没有解决"))
        .then(days(8) - hours(8), teacher, mended(Reason::Explained, "解释:每周两次,需提前一天预约"))
        .then(days(7), "resident", bad("预约两次都满了"))
        .then(days(7) - hours(8), teacher, mended(Reason::Revisited, "又看护一次,并登记固定时段"))
        .then(days(6), "resident", bad("固定时段和下班时间不合"))
        .then(days(6) - hours(8), teacher, mended(Reason::Explained, "社区说明暂无更晚时段"))
        .then(days(5), "resident", bad("仍然没有解决"))
}

/// Accepted, under way, and just done.
fn in_work() -> Vec<Story> {
    let accepted = Story::new(hours(7), "home-haircut", "resident_elderly", "每月一次的上门理发", "前进小区1号楼1单元102")
        .wanted(hours(26), 120)
        .triaged(hours(6))
        .offered(hours(6) - 10, &["craftsman_hair"])
        .accepted(hours(5), "craftsman_hair");
    let team = Story::new(hours(9), "furniture-repair", "resident_neighbour", "老房门框变形,需要两个人抬门修整", "前进小区2号楼101")
        .people(2)
        .wanted(hours(30), 180)
        .triaged(hours(8))
        .offered(hours(8) - 10, &["team"])
        .then(hours(6), "organisation_manager", Did::Accepted { members: vec!["team_member", "team_member_second"] });
    let serving = Story::new(hours(3), "health-check", "resident_elderly", "量血压、测血糖,看看药量", "前进小区1号楼1单元102")
        .triaged(hours(2))
        .offered(hours(2) - 10, &["craftsman_health"])
        .accepted(50, "craftsman_health")
        .then(20, "craftsman_health", Did::CheckedIn);
    let finished = Story::new(days(1), "fan-workshop", "resident_youth", "想学做一把团扇,周末也可以", "前进社区活动室")
        .served_by("craftsman_fan")
        .then(
            days(1) - 200,
            "craftsman_fan",
            Did::Finished { minutes: 120, fee_fen: 0, materials_fen: 3500, work: "教会绷绢、裱边,完成一把团扇" },
        );
    vec![accepted, team, serving, finished]
}

/// Not yet accepted by anybody.
fn waiting() -> Vec<Story> {
    let placed =
        Story::new(hours(1), "tap-repair", "resident_youth", "卫生间灯坏了,换灯泡也不亮", "前进小区6号楼802").urgency(Urgency::Low);
    let queued = Story::new(hours(5), "hospital-escort", "resident_elderly", "下周复查,儿女不在身边,想有人陪同", "前进小区1号楼1单元102")
        .by("grid_member", Channel::Visit, Basis::Consent)
        .urgency(Urgency::Low)
        .wanted(days(6), 300)
        .triaged(hours(4));
    let offered = Story::new(hours(4), "appliance-repair", "resident", "洗衣机脱水时响声很大", "前进小区3号楼2单元501")
        .urgency(Urgency::Low)
        .triaged(hours(3))
        .offered(hours(2), &["craftsman_second"]);
    let rung = Story::new(hours(6), "tap-repair", "resident_elderly", "厨房插座没电了", "前进小区1号楼1单元102")
        .urgency(Urgency::Low)
        .triaged(hours(5))
        .offered(hours(4), &["craftsman", "craftsman_second"])
        .then(hours(3), "craftsman_second", Did::Declined { reason: Reason::NotAvailable });
    let third_return = Story::new(hours(20), "tap-repair", "resident", "阳台漏电,需要有人检查线路", "前进小区3号楼2单元501")
        .urgency(Urgency::Low)
        .triaged(hours(19))
        .offered(hours(18), &["craftsman"])
        .accepted(hours(17), "craftsman")
        .then(hours(17) - 10, "craftsman", Did::Released { reason: Reason::NeedsAuthority })
        .offered(hours(16), &["craftsman_second"])
        .accepted(hours(15), "craftsman_second")
        .then(hours(15) - 10, "craftsman_second", Did::Released { reason: Reason::LacksSkill })
        .then(hours(14), "dispatcher", Did::Transferred { reason: Reason::OtherDivision });
    let decided = Story::new(hours(26), "drain-clearing", "resident_youth", "楼道公共下水道返味,几户都受影响", "前进小区6号楼")
        .urgency(Urgency::Low)
        .triaged(hours(25))
        .offered(hours(25) - 10, &["craftsman"])
        .accepted(hours(24), "craftsman")
        .then(hours(23), "craftsman", Did::Released { reason: Reason::NeedsMore })
        .offered(hours(22), &["craftsman_second"])
        .accepted(hours(21), "craftsman_second")
        .then(hours(20), "craftsman_second", Did::Released { reason: Reason::NeedsAuthority })
        .then(hours(19), "dispatcher", Did::Transferred { reason: Reason::NeedsAuthority })
        .then(
            hours(10),
            "dispatcher_township",
            Did::Decided { reason: Reason::ThirdReturn, note: "由镇里协调物业与匠人队共同处理,本单不得再转" },
        );
    // What the content check holds, wrongly: staff decide whether others may see it.
    let held = Story::new(hours(2), "drain-clearing", "resident", "楼道贴满办证刻章小广告,请来清理", "前进小区3号楼2单元")
        .urgency(Urgency::Low)
        .triaged(hours(1));
    vec![placed, queued, offered, rung, third_return, decided, held]
}
