//! The crafts and services of both regions.

use domain::order::Payment;

/// A craft: domain, code, and its names in Chinese, English and Vietnamese.
pub(super) type CraftData = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// A service: code, craft, payment, minutes, and its names.
pub(super) type ServiceData = (&'static str, &'static str, Payment, i32, &'static str, &'static str, &'static str);

/// What a region offers.
pub(super) struct Catalogue {
    /// The crafts.
    pub(super) crafts: &'static [CraftData],
    /// The services.
    pub(super) services: &'static [ServiceData],
}

/// The eighteen crafts of 邻里十八匠.
pub(super) const HUANAN: Catalogue = Catalogue {
    crafts: &[
        ("维修", "plumbing-electrics", "水电维修", "plumbing and electrics", "sửa điện nước"),
        ("维修", "appliance-repair", "家电维修", "appliance repair", "sửa đồ điện gia dụng"),
        ("维修", "drain-clearing", "管道疏通", "drain clearing", "thông tắc ống nước"),
        ("维修", "carpentry-masonry", "木工瓦工", "carpentry and masonry", "mộc và nề"),
        ("非遗传承", "fan-making", "团扇制作", "round-fan making", "làm quạt tròn"),
        ("医疗", "health-check", "健康义诊", "free health checks", "khám sức khỏe miễn phí"),
        ("医疗", "hospital-escort", "陪诊照护", "hospital escort and care", "đi khám cùng và chăm sóc"),
        ("心理", "counselling", "心理咨询", "psychological counselling", "tư vấn tâm lý"),
        ("法律", "legal-advice", "法律咨询", "legal advice", "tư vấn pháp luật"),
        ("生活", "hairdressing", "理发", "hairdressing", "cắt tóc"),
        ("生活", "sewing-shoe-repair", "缝纫修鞋", "sewing and shoe repair", "may vá và sửa giày"),
        ("生活", "home-care", "家政照料", "housekeeping and care", "giúp việc và chăm sóc tại nhà"),
        ("教育", "after-school-care", "课后托管", "after-school care", "trông trẻ sau giờ học"),
        ("教育", "tutoring", "课业辅导", "tutoring", "phụ đạo"),
        ("数字", "digital-help", "手机电脑助学", "help with phone and computer", "hướng dẫn dùng điện thoại, máy tính"),
        ("文艺", "performing-arts", "文艺表演", "performing arts", "biểu diễn văn nghệ"),
        ("科普", "popular-science", "科学普及", "popular science", "phổ biến khoa học"),
        ("应急", "errands-emergency", "上门代办与应急", "errands and emergencies", "làm hộ tại nhà và ứng cứu"),
    ],
    services: &[
        ("tap-repair", "plumbing-electrics", Payment::AtCost, 60, "水龙头与灯具维修", "tap and lamp repair", "sửa vòi nước và đèn"),
        ("appliance-repair", "appliance-repair", Payment::AtCost, 90, "家电上门维修", "appliance repair at home", "sửa đồ điện tại nhà"),
        ("drain-clearing", "drain-clearing", Payment::Paid, 60, "管道疏通", "drain clearing", "thông tắc ống nước"),
        (
            "furniture-repair",
            "carpentry-masonry",
            Payment::AtCost,
            120,
            "门窗家具修补",
            "repair of doors, windows and furniture",
            "sửa cửa và đồ gỗ",
        ),
        ("fan-workshop", "fan-making", Payment::AtCost, 120, "团扇制作体验课", "round-fan workshop", "lớp làm quạt tròn"),
        ("health-check", "health-check", Payment::Free, 45, "健康义诊", "free health check", "khám sức khỏe miễn phí"),
        ("hospital-escort", "hospital-escort", Payment::Free, 240, "陪同就诊", "escort to hospital", "đi khám cùng"),
        ("counselling", "counselling", Payment::Free, 60, "心理疏导", "counselling", "tư vấn tâm lý"),
        ("legal-advice", "legal-advice", Payment::Free, 60, "法律咨询", "legal advice", "tư vấn pháp luật"),
        ("home-haircut", "hairdressing", Payment::Free, 30, "上门理发", "haircut at home", "cắt tóc tại nhà"),
        ("shoe-repair", "sewing-shoe-repair", Payment::AtCost, 30, "缝补修鞋", "sewing and shoe repair", "vá may và sửa giày"),
        ("home-care", "home-care", Payment::Paid, 120, "家政照料", "housekeeping and care", "giúp việc tại nhà"),
        ("after-school-care", "after-school-care", Payment::Free, 120, "课后托管", "after-school care", "trông trẻ sau giờ học"),
        ("tutoring", "tutoring", Payment::Free, 90, "课业辅导", "tutoring", "phụ đạo"),
        ("phone-help", "digital-help", Payment::Free, 45, "手机使用辅导", "help with the phone", "hướng dẫn dùng điện thoại"),
        ("stage-show", "performing-arts", Payment::Free, 120, "文艺演出进社区", "a show in the community", "biểu diễn tại khu dân cư"),
        ("science-talk", "popular-science", Payment::Free, 60, "科普讲座", "popular science talk", "nói chuyện khoa học"),
        ("errands", "errands-emergency", Payment::Free, 60, "上门代办", "errands", "làm hộ tại nhà"),
    ],
};

/// Services in which somebody can come to harm: gas gathers in drains.
pub(super) const DANGEROUS: [&str; 1] = ["drain-clearing"];

/// What the border prefecture needs besides: languages, the crossing, sugar cane, and universities that take orders.
pub(super) const CHONGZUO: Catalogue = Catalogue {
    crafts: &[
        ("维修", "plumbing-electrics", "水电维修", "plumbing and electrics", "sửa điện nước"),
        ("维修", "drain-clearing", "管道疏通", "drain clearing", "thông tắc ống nước"),
        ("生活", "hairdressing", "理发", "hairdressing", "cắt tóc"),
        ("医疗", "health-check", "健康义诊", "free health checks", "khám sức khỏe miễn phí"),
        ("法律", "legal-advice", "双语法律咨询", "bilingual legal advice", "tư vấn pháp luật song ngữ"),
        ("教育", "tutoring", "课业辅导", "tutoring", "phụ đạo"),
        ("边境", "translation", "中越翻译", "Chinese–Vietnamese translation", "phiên dịch Trung – Việt"),
        ("边境", "crossing-guidance", "通关指引", "guidance at the crossing", "hướng dẫn thông quan"),
        ("农技", "sugar-cane", "甘蔗种植指导", "advice on sugar cane", "hướng dẫn trồng mía"),
    ],
    services: &[
        ("tap-repair", "plumbing-electrics", Payment::AtCost, 60, "水龙头与灯具维修", "tap and lamp repair", "sửa vòi nước và đèn"),
        ("drain-clearing", "drain-clearing", Payment::Paid, 60, "管道疏通", "drain clearing", "thông tắc ống nước"),
        ("home-haircut", "hairdressing", Payment::Free, 30, "上门理发", "haircut at home", "cắt tóc tại nhà"),
        ("health-check", "health-check", Payment::Free, 45, "国门义诊", "free health check", "khám sức khỏe miễn phí"),
        ("legal-advice", "legal-advice", Payment::Free, 60, "双语法律咨询", "bilingual legal advice", "tư vấn pháp luật song ngữ"),
        ("tutoring", "tutoring", Payment::Free, 90, "高校课业辅导", "tutoring by students", "sinh viên phụ đạo"),
        ("translation", "translation", Payment::Free, 60, "中越陪同翻译", "Chinese–Vietnamese interpreting", "phiên dịch Trung – Việt"),
        ("crossing-guidance", "crossing-guidance", Payment::Free, 30, "通关指引", "guidance at the crossing", "hướng dẫn thông quan"),
        ("sugar-cane", "sugar-cane", Payment::AtCost, 120, "甘蔗种植指导", "advice on sugar cane", "hướng dẫn trồng mía"),
    ],
};
