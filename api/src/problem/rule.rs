//! The rules that a field can break, with their messages. `{0}` and `{1}` stand for the rule's numbers or words.

use domain::language::Language;

use super::code::{Texts, text_in};

macro_rules! rules {
    ($($Rule:ident = $text:literal: $zh:literal, $en:literal, $vi:literal;)+) => {
        /// Which rule a field breaks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Rule { $(#[doc = $text] $Rule,)+ }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$Rule),+];

            /// The rule as it travels.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$Rule => $text),+ }
            }

            const fn texts(self) -> Texts {
                match self { $(Self::$Rule => [$zh, $en, $vi]),+ }
            }
        }
    };
}

rules! {
    Required = "required": "必填", "is required", "bắt buộc";
    UnknownField = "unknown_field": "未知字段", "is not a known field", "trường không xác định";
    WrongType = "wrong_type": "类型应为 {0}", "must be of type {0}", "phải có kiểu {0}";
    NotInList = "not_in_list": "只能取：{0}", "must be one of: {0}", "phải là một trong: {0}";
    TooShort = "too_short": "至少 {0} 个字符", "must have at least {0} characters", "ít nhất {0} ký tự";
    TooLong = "too_long": "最多 {0} 个字符", "must have at most {0} characters", "nhiều nhất {0} ký tự";
    TooFew = "too_few": "至少 {0} 项", "must have at least {0} items", "ít nhất {0} mục";
    TooMany = "too_many": "最多 {0} 项", "must have at most {0} items", "nhiều nhất {0} mục";
    TooSmall = "too_small": "不得小于 {0}", "must be at least {0}", "không nhỏ hơn {0}";
    TooBig = "too_big": "不得大于 {0}", "must be at most {0}", "không lớn hơn {0}";
    OutOfRange = "out_of_range": "应在 {0} 到 {1} 之间", "must be {0} to {1}", "phải từ {0} đến {1}";
    NotANumber = "not_a_number": "应为整数", "must be a whole number", "phải là số nguyên";
    NotADate = "not_a_date": "应为日期（YYYY-MM-DD）", "must be a date (YYYY-MM-DD)", "phải là ngày (YYYY-MM-DD)";
    NotReadable = "not_readable": "格式不正确", "does not have the right format", "không đúng định dạng";
    WrongFormat = "wrong_format": "格式应为 {0}", "must have the format {0}", "phải có định dạng {0}";
    Characters = "characters": "含有不允许的控制字符", "has control characters that are not allowed", "có ký tự điều khiển không được phép";
    Duplicates = "duplicates": "不得重复", "must not repeat", "không được lặp";
    DivisionCode = "division_code": "不是有效的区划代码", "is not a division code", "không phải mã địa bàn";
    UnknownDivision = "unknown_division": "没有该区划", "is not a known division", "không có địa bàn này";
    UnknownParent = "unknown_parent": "上级区划不存在", "has no known parent division", "không có địa bàn cấp trên";
    WrongDivision = "wrong_division": "该区划不能办理此订单", "is not a division that can handle the order", "địa bàn này không thể xử lý đơn";
    NotAGrid = "not_a_grid": "应为网格或社区代码", "must be a grid or a community", "phải là lưới hoặc cộng đồng";
    UnknownService = "unknown_service": "没有该服务", "is not a service that can be ordered here", "không có dịch vụ này";
    UnknownCraft = "unknown_craft": "没有该技能", "is not a known craft", "không có tay nghề này";
    UnknownPerson = "unknown_person": "没有该人员", "is not a known person", "không có người này";
    TwoPeople = "two_people": "姓名、出生日期或证件不一致，或双方均有本人账号：不能合并", "is somebody else: names, birth dates or documents differ, or each has an account of its own", "là người khác: họ tên, ngày sinh hoặc giấy tờ khác nhau, hoặc mỗi bên có tài khoản riêng";
    UnknownOrganisation = "unknown_organisation": "没有该组织", "is not a known organisation", "không có tổ chức này";
    PersonName = "person_name": "姓名应为 1–50 个字符，不含控制字符", "must be a name of 1 to 50 characters", "tên phải có 1–50 ký tự";
    Phone = "phone": "不是有效的手机号", "is not a phone number", "không phải số điện thoại";
    BirthDateMismatch = "birth_date_mismatch": "与证件号码中的出生日期不符", "differs from the birth date in the document", "khác với ngày sinh trong giấy tờ";
    InPast = "in_past": "不得早于现在", "must not be in the past", "không được ở quá khứ";
    EndBeforeStart = "end_before_start": "结束须晚于开始", "must be after the start", "phải sau thời điểm bắt đầu";
    WrongTime = "wrong_time": "不在居民希望的时间内", "is not within the time that the resident wants", "không nằm trong thời gian cư dân mong muốn";
    TicketKnown = "ticket_known": "该工单号已登记", "is on record already", "mã phiếu đã được ghi nhận";
    TextsFull = "texts_full": "该需求的说明已满 {0} 条", "has its {0} texts already", "nhu cầu đã có đủ {0} ghi chú";
    NobodyToConsent = "nobody_to_consent": "该家庭没有成员可以同意，须援引其他依据", "nobody belongs to the household who could consent: another basis is needed", "hộ không có thành viên để đồng ý, cần căn cứ khác";
    AdultsOnly = "adults_only": "须为已登记出生日期的成年人", "must be known to be of age", "phải là người trưởng thành đã đăng ký ngày sinh";
    OfficeByStaff = "office_by_staff": "经手或审批资金的职务只由所在区划的社工、管理员授予、变更和移出", "offices that touch the fund are given and taken by staff", "chức vụ liên quan đến quỹ chỉ do nhân viên trao và thu hồi";
    StaffOnly = "staff_only": "仅限工作人员代登记", "is for staff who enter it for somebody", "chỉ dành cho nhân viên nhập hộ";
    EmergencyOnly = "emergency_only": "仅限紧急订单", "is for emergency orders", "chỉ dành cho đơn khẩn cấp";
    BasisRequired = "basis_required": "代他人办理须说明依据", "is required where somebody acts for another", "bắt buộc khi làm thay người khác";
    BasisForOneself = "basis_for_oneself": "仅代他人办理时填写", "is for orders that are placed for another", "chỉ dùng khi làm thay người khác";
    TicketMismatch = "ticket_mismatch": "仅热线订单须填写工单号", "is for hotline orders, and they need it", "chỉ và luôn cần cho đơn từ đường dây nóng";
    NotEligible = "not_eligible": "接单人不符合条件：{0}", "is not eligible: {0}", "không đủ điều kiện: {0}";
    NeedsTeam = "needs_team": "需要能派出 {0} 人的队伍", "must be an organisation that names {0} people", "phải là tổ chức cử {0} người";
    WrongMembers = "wrong_members": "需要 {0} 人，已指定 {1} 人", "needs {0} people, {1} are named", "cần {0} người, đã chỉ định {1}";
    WrongProof = "wrong_proof": "签到凭证不符", "does not prove presence", "không chứng minh được có mặt";
    ProofNotPossible = "proof_not_possible": "不能使用此种凭证", "cannot be given here", "không thể dùng loại này";
    WrongReason = "wrong_reason": "该原因不适用于此步骤，只能取：{0}", "is not a reason for this step, which takes one of: {0}", "lý do không hợp với bước này, phải là một trong: {0}";
    WrongPayment = "wrong_payment": "该服务不收取此项费用", "is not taken for this service", "dịch vụ không thu khoản này";
    WrongReviewChannel = "wrong_review_channel": "您不能以此方式评价", "is not open to you", "bạn không thể đánh giá theo cách này";
    ContactAnswers = "contact_answers": "只有联系到本人的回访须同时填写是否解决与是否满意", "goes with satisfied, for a callback that reached the person and only then", "chỉ và luôn đi cùng satisfied khi gọi lại liên lạc được đương sự";
    OwnNoShow = "own_no_show": "须由另一方报告", "is for the other side to report", "phải do bên kia báo";
    TimeZone = "time_zone": "不是有效的时区", "is not a time zone", "không phải múi giờ";
    Policy = "policy": "{0}", "{0}", "{0}";
    Photo = "photo": "照片不符合要求：{0}", "is not acceptable as a photo: {0}", "ảnh không hợp lệ: {0}";
    Cursor = "cursor": "游标无效", "is not a cursor of this list", "con trỏ không hợp lệ";
    Transition = "transition": "当前状态不能变更为 {0}", "cannot become {0} from where it is", "không thể chuyển sang {0}";
    GridCode = "grid_code": "应为 15 位网格代码", "must be a grid's code of 15 digits", "phải là mã ô lưới 15 chữ số";
    LevelMismatch = "level_mismatch": "级别应为 {0}", "must be of the level {0}", "phải thuộc cấp {0}";
    ParentMismatch = "parent_mismatch": "按代码，上级应为 {0}", "must be {0}, as the code says", "theo mã, cấp trên phải là {0}";
    DivisionTaken = "division_taken": "该代码已登记为“{0}”", "has the name “{0}” already", "mã này đã đăng ký là “{0}”";
    NotARegion = "not_a_region": "该区划未开展服务项目", "is not a region that runs a programme", "không phải khu vực có chương trình";
    ControlCharacters = "control_characters": "不得含控制字符", "must not have control characters", "không được chứa ký tự điều khiển";
    CatalogueCode = "catalogue_code": "应以小写字母开头，只含小写字母、数字、- 和 _", "must begin with a small letter and have small letters, digits, - and _ only", "phải bắt đầu bằng chữ thường và chỉ gồm chữ thường, chữ số, - và _";
    ExactlyOne = "exactly_one": "须且只能给出其中一项：{0}", "must have exactly one of: {0}", "phải có đúng một trong: {0}";
    WechatCode = "wechat_code": "微信 code 无效或已使用", "is not a fresh code of WeChat", "mã WeChat không hợp lệ hoặc đã dùng";
    GuardianNeeded = "guardian_needed": "未成年人须有监护人同意、紧急情况或法定职责为依据", "must be guardian, emergency or statutory_duty for a minor", "với trẻ vị thành niên phải là người giám hộ, khẩn cấp hoặc nghĩa vụ luật định";
    Country = "country": "应为两个字母的国家代码", "must be a country code of two letters", "phải là mã quốc gia hai chữ cái";
    DocumentCountry = "document_country": "该国家不签发此种证件", "does not issue this kind of document", "nước này không cấp loại giấy tờ này";
    DocumentNumber = "document_number": "证件号码格式不符", "does not have the form of this kind of document", "số không đúng dạng của loại giấy tờ này";
    IdentityNumber = "identity_number": "身份号码应为 17 位数字加一位数字或 X", "must be 17 digits and then a digit or X", "phải gồm 17 chữ số và một chữ số hoặc X";
    IdentityNumberBirthDate = "identity_number_birth_date": "身份号码第 7 至 14 位不是有效日期", "does not have a birth date in its digits 7 to 14", "chữ số 7 đến 14 không phải ngày sinh";
    IdentityNumberCheck = "identity_number_check": "身份号码校验位不符，请核对", "has a check character that does not fit", "ký tự kiểm tra không khớp";
    PasswordKinds = "password_kinds": "少于 {1} 个字符的密码须含大写字母、小写字母、数字、其他字符中的 {0} 种", "must have {0} of upper case, lower case, digits and others, or {1} characters", "phải có {0} trong các loại chữ hoa, chữ thường, chữ số, ký tự khác, hoặc đủ {1} ký tự";
    PasswordMonotonous = "password_monotonous": "至少五个不同的字符", "must have five different characters", "ít nhất năm ký tự khác nhau";
    PasswordUserName = "password_user_name": "不得包含用户名", "must not contain the user name", "không được chứa tên đăng nhập";
    PasswordCommon = "password_common": "过于常见，请更换", "is too common", "quá phổ biến";
    PasswordSame = "password_same": "不得与现密码相同", "must differ from the current one", "phải khác mật khẩu hiện tại";
    PasswordWrong = "password_wrong": "现密码不正确", "is not the current password", "không phải mật khẩu hiện tại";
    NotNeeded = "not_needed": "该用途不需要 {0}", "is not needed for this purpose: {0}", "không cần cho mục đích này: {0}";
    OrderMismatch = "order_mismatch": "仅为订单联系时须注明订单", "goes with contact_for_order, and only with that", "chỉ và luôn đi với contact_for_order";
    MissingConsent = "missing_consent": "缺少{1}的“{0}”同意", "lacks the consent “{0}” by {1}", "thiếu sự đồng ý “{0}” của {1}";
    OpenMatter = "open_matter": "{0}：{1}", "{0}: {1}", "{0}: {1}";
    RelationNeeded = "relation_needed": "仅监护人同意时须注明关系", "goes with a guardian, and only with one", "chỉ và luôn đi với người giám hộ";
    DerivedRole = "derived_role": "该角色由人员记录产生，不能授予", "follows from the person's records and is not granted", "vai trò này phát sinh từ hồ sơ, không được cấp";
    PublicKey = "public_key": "应为 EdDSA、ES256 或 RS256（2048–4096 位）的公钥", "must be a public key for EdDSA, ES256 or RS256 of 2048 to 4096 bits", "phải là khóa công khai EdDSA, ES256 hoặc RS256 (2048–4096 bit)";
    OneTimeCode = "one_time_code": "验证码不正确或已使用", "is not a code that is good now, or was used", "mã không đúng hoặc đã dùng";
    CreditCode = "credit_code": "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）", "must have 18 digits or capital letters without I, O, S, V and Z", "phải gồm 18 chữ số hoặc chữ hoa, không có I, O, S, V, Z";
    CreditCodeCheck = "credit_code_check": "统一社会信用代码校验位不符，请核对", "has a check character that does not fit", "ký tự kiểm tra không khớp";
    CreditCodeTaken = "credit_code_taken": "该统一社会信用代码已登记", "is the code of an organisation that is there", "mã này đã được đăng ký";
    IdentityNeeded = "identity_needed": "没有统一社会信用代码的，须注明主管（发起）组织", "is required where no sponsor is named", "bắt buộc khi không nêu tổ chức bảo trợ";
    OthersOnly = "others_only": "不能为本人办理", "cannot be done about oneself", "không thể tự làm cho mình";
    KindNotYours = "kind_not_yours": "您的角色不能登记此类数据", "is a kind of data that your role may not enter", "vai trò của bạn không được nhập loại dữ liệu này";
    NotATable = "not_a_table": "不是可读取的表格（UTF-8、UTF-16 或 GBK 编码的 CSV，或 XLSX）",
        "is no table that can be read: CSV in UTF-8, UTF-16 or GBK, or XLSX", "không phải bảng đọc được: CSV (UTF-8, UTF-16 hoặc GBK) hoặc XLSX";
    ColumnsMissing = "columns_missing": "找不到含必填列的表头：{0}", "has no row of headers with the required columns: {0}",
        "không tìm thấy hàng tiêu đề có các cột bắt buộc: {0}";
    NotActive = "not_active": "该组织不是正常状态", "is not an active organisation", "tổ chức này không hoạt động";
    InFuture = "in_future": "不得晚于今天", "must not be after today", "không được sau hôm nay";
    TooLongAgo = "too_long_ago": "不得早于 {0}", "must not be before {0}", "không được trước {0}";
    NotAnAlliance = "not_an_alliance": "该组织不是志愿服务联盟", "is not an alliance", "không phải liên minh";
    AllianceCycle = "alliance_cycle": "联盟之间不得循环加入", "would make a circle of alliances", "tạo vòng lặp giữa các liên minh";
    FundAccount = "fund_account": "应为收入或支出科目", "must be an account of income or of spending", "phải là tài khoản thu hoặc chi";
    FundShort = "fund_short": "资金结存不足", "is more than there is", "vượt quá số dư quỹ";
    QuarterClosed = "quarter_closed": "{0} 及以前已公示，不得再记账", "is in a quarter that is published: the book is closed until {0}", "sổ đã công khai và khóa đến {0}";
    QuarterFormat = "quarter_format": "应为季度，如 2026-Q3", "must be a quarter such as 2026-Q3", "phải là quý, ví dụ 2026-Q3";
    QuarterOpen = "quarter_open": "该季度尚未结束", "is not over yet", "quý này chưa kết thúc";
    QuarterOrder = "quarter_order": "须按季度次序公示，应先公示 {0}", "quarters are published in their order: {0} is next", "phải công khai theo thứ tự, quý kế tiếp là {0}";
    QuarterPending = "quarter_pending": "该季度还有待复核的记账", "has entries that wait for a second person", "quý này còn bút toán chờ duyệt";
    QuarterNegative = "quarter_negative": "按记账日期，季末结存为负，请先补记收入", "would end below nothing by the dates of its entries", "số dư cuối quý bị âm theo ngày ghi sổ";
    NotReversible = "not_reversible": "只能冲正已入账且未被冲正的记账", "is not a posted entry that can be taken back", "không phải bút toán có thể đảo";
    WindowsOverlap = "windows_overlap": "与同日另一时段重叠", "overlaps an earlier window of that day", "trùng với khung giờ khác cùng ngày";
    SexMismatch = "sex_mismatch": "与身份证件所载性别不符", "differs from the sex in the document", "khác với giới tính trong giấy tờ";
    InsuranceKnown = "insurance_known": "该保单已登记", "is on record already", "hợp đồng bảo hiểm này đã được ghi";
    OutsideDivision = "outside_division": "该人员不属于课程面向的区划", "does not live in the division that the course is for", "không thuộc địa bàn của khóa học";
    SeatsTaken = "seats_taken": "不得少于已占名额 {0}", "must not be less than the {0} seats that are taken", "không được ít hơn {0} chỗ đã có người";
    EnrolmentStep = "enrolment_step": "报名当前为“{0}”", "the enrolment is {0}", "ghi danh đang là {0}";
    NotQualified = "not_qualified": "没有职业资格的不填", "goes with a qualification, and only with one", "chỉ ghi khi đã có chứng chỉ";
    UnknownSocialWorker = "unknown_social_worker": "没有该社工", "is not a known social worker", "không có nhân viên này";
    WorksElsewhere = "works_elsewhere": "需求所在区划不归其负责，或已离岗", "does not work where the need is", "không phụ trách địa bàn của nhu cầu";
    DemandOver = "demand_over": "该需求已不在清单上（{0}）", "the need is no longer on its list ({0})", "nhu cầu không còn trong danh sách ({0})";
    CasesFull = "cases_full": "在办个案已满 {0} 件", "has {0} cases already", "đã có đủ {0} hồ sơ đang xử lý";
    NotAParty = "not_a_party": "该组织不是共建方", "is not a party of the partnership", "không phải một bên của hợp tác";
    UnfitParties = "unfit_parties": "至少一方须为：{0}", "must have one that is: {0}", "phải có ít nhất một bên là: {0}";
    QuotaUsed = "quota_used": "不得少于已用数量 {0}", "must not be less than the {0} that are used", "không được ít hơn {0} đã dùng";
    PledgeShort = "pledge_short": "剩余 {0}", "{0} are left", "còn lại {0}";
    PartnershipState = "partnership_state": "共建当前为“{0}”", "the partnership is {0}", "hợp tác đang là {0}";
    ApprenticeshipStep = "apprenticeship_step": "师徒关系当前为“{0}”，可执行：{1}", "the apprenticeship is {0}; possible now: {1}", "việc học nghề đang là {0}; có thể: {1}";
    NotAMaster = "not_a_master": "师傅须为在岗志愿者，且持有该技能“{0}”及以上的有效认证", "the master must be an active volunteer with a certification of the craft that holds, at the level {0} or above", "thầy phải là tình nguyện viên đang hoạt động và có chứng nhận còn hiệu lực từ bậc {0}";
    MasterFull = "master_full": "师傅在带学徒已满 {0} 名（政策 {1}）", "the master has {0} apprentices already (policy {1})", "thầy đã có đủ {0} người học (chính sách {1})";
    StageNotDone = "stage_not_done": "本阶段还差 {0} 天、{1} 件作品（政策 {2}）", "{0} days and {1} works are lacking in this stage (policy {2})", "bậc này còn thiếu {0} ngày và {1} tác phẩm (chính sách {2})";
    AgreesThemselves = "agrees_themselves": "本人同意时不填写", "is left out by who agrees for oneself", "không điền khi tự mình đồng ý";
    UnknownSite = "unknown_site": "不是本地区的阵地", "is not a site of the region", "không phải điểm phục vụ của khu vực";
    PriceOfUnsold = "price_of_unsold": "未售出的作品没有价格", "has no price, as it was not sold", "chưa bán thì không có giá";
    UnknownAction = "unknown_action": "没有该操作", "is not an operation of the contract, a job or a command", "không có thao tác này";
    UnknownHousehold = "unknown_household": "没有该家庭", "is not a known household", "không có hộ gia đình này";
    GroupFollows = "group_follows": "人员所属群体由出生日期推定", "follows from the person's birth date", "được suy ra từ ngày sinh";
    SubjectFollows = "subject_follows": "个人需求的服务对象即本人", "is the person whose need it is", "chính là người có nhu cầu";
    CareRule = "care_rule": "不是可用的重复规则（RFC 5545 RRULE）", "is not a usable recurrence rule (RRULE of RFC 5545)", "không phải quy tắc lặp dùng được (RRULE, RFC 5545)";
    CareTooFrequent = "care_too_frequent": "每天至多一次上门，规则中不写时分", "names more than one visit a day, or hours: a plan has one time of day", "tối đa một lần thăm mỗi ngày, không ghi giờ trong quy tắc";
    CareOwnEnd = "care_own_end": "结束日期写在 last_day，不写 UNTIL", "says UNTIL: the end of a plan is its last_day", "ngày kết thúc ghi ở last_day, không ghi UNTIL";
    CareNever = "care_never": "在此期间没有任何一次上门", "names no visit between now and the last day", "không có lần thăm nào trong khoảng thời gian này";
    NoVisit = "no_visit": "计划在这一天没有尚未开始的上门", "is not a day on which the plan has a visit that is yet to begin", "không phải ngày có lần thăm chưa bắt đầu";
    CarePlanStep = "care_plan_step": "计划当前为“{0}”，可执行：{1}", "the plan is {0}; possible now: {1}", "kế hoạch đang là {0}; có thể: {1}";
    DemandStep = "demand_step": "需求当前为“{0}”，可执行：{1}", "the item is {0}; possible now: {1}", "nhu cầu đang là {0}; có thể: {1}";
    DiffersFromRecord = "differs_from_record": "与已登记的不同，已登记的未改动", "differs from what is on record, which stays", "khác với hồ sơ đã có, hồ sơ giữ nguyên";
    SomebodyElse = "somebody_else": "已登记在另一人名下", "is on record for somebody else", "đã ghi cho người khác";
    IdentifierNeeded = "identifier_needed": "证件号码与手机号至少填一项", "is required where there is no phone number", "bắt buộc khi không có số điện thoại";
    StaffAccount = "staff_account": "该角色只能授予工作账号", "is for accounts of staff only", "vai trò này chỉ dành cho tài khoản nhân viên";
    QuarterHour = "quarter_hour": "须为整刻钟（00、15、30、45 分）", "must be a whole quarter of an hour", "phải tròn mười lăm phút";
    OutsideHours = "outside_hours": "{0} 不在阵地开放时间内", "is outside the opening hours of the site on {0}", "ngoài giờ mở cửa của điểm phục vụ ngày {0}";
    NotAtSite = "not_at_site": "该阵地不提供此服务", "is not a service of the site", "điểm phục vụ không có dịch vụ này";
    ShiftOverlap = "shift_overlap": "与该人员的另一班次重叠", "overlaps another shift of the person", "trùng với ca khác của người này";
    BoundThen = "bound_then": "该人员此时段已有其他安排", "is when the person is bound to something else", "người này đã có lịch khác vào lúc đó";
    NotForDuty = "not_for_duty": "须为在岗志愿者或工作人员", "must be an active volunteer or staff", "phải là tình nguyện viên đang hoạt động hoặc nhân viên";
    UnknownOrder = "unknown_order": "不是该人员此项服务的在办订单", "is not an open order of the person for this service", "không phải đơn đang mở của người này cho dịch vụ này";
    BookingStep = "booking_step": "预约当前为“{0}”", "the booking is {0}", "lịch hẹn đang là {0}";
    ShiftStep = "shift_step": "班次当前为“{0}”", "the shift is {0}", "ca trực đang là {0}";
    NoShows = "no_shows": "{1} 天内爽约 {0} 次，达到 {2} 次后由工作人员代约（政策 {3}）", "{0} bookings were missed within {1} days; from {2} on staff book (policy {3})", "đã vắng {0} lần trong {1} ngày; từ {2} lần nhân viên đặt thay (chính sách {3})";
}

impl Rule {
    /// The message in a language, with the rule's words filled in.
    #[must_use]
    pub fn message(self, language: Language, words: &[String]) -> String {
        let mut message = text_in(&self.texts(), language).to_owned();
        for (place, word) in words.iter().enumerate() {
            message = message.replace(&format!("{{{place}}}"), word);
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_rule_is_unique_and_its_places_agree_in_all_languages() {
        let texts: HashSet<_> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
        assert_eq!(texts.len(), Rule::ALL.len());
        for rule in Rule::ALL {
            let [zh, en, vi] = rule.texts();
            for place in ["{0}", "{1}"] {
                assert_eq!(zh.contains(place), en.contains(place), "{}", rule.as_str());
                assert_eq!(zh.contains(place), vi.contains(place), "{}", rule.as_str());
            }
        }
    }
}
