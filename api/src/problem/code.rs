//! The one table of error codes: status, and what a user reads in three languages.

use actix_web::http::StatusCode;
use domain::language::Language;

/// A text in Chinese, English and Vietnamese.
pub type Texts = [&'static str; 3];

/// Picks the text of a language.
#[must_use]
pub const fn text_in(texts: &Texts, language: Language) -> &'static str {
    let [zh, en, vi] = texts;
    match language {
        Language::Zh => zh,
        Language::En => en,
        Language::Vi => vi,
    }
}

macro_rules! codes {
    ($($Code:ident = $text:literal, $status:ident: $title:expr, $detail:expr;)+) => {
        /// What went wrong, as it travels in `code` and ends the `type` of a problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $text] $Code,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$Code),+];

            /// The code as it travels.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$Code => $text),+ }
            }

            /// The HTTP status it is answered with.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$Code => StatusCode::$status),+ }
            }

            /// A short name of the problem.
            #[must_use]
            pub const fn title(self) -> Texts {
                match self { $(Self::$Code => $title),+ }
            }

            /// What it means and what can be done.
            #[must_use]
            pub const fn detail(self) -> Texts {
                match self { $(Self::$Code => $detail),+ }
            }
        }
    };
}

codes! {
    Malformed = "malformed", BAD_REQUEST: ["请求格式错误", "Malformed request", "Yêu cầu sai định dạng"],
        ["请求无法解析，请检查 JSON、路径或请求头。", "The request cannot be read: check JSON, path and headers.", "Không thể đọc yêu cầu: hãy kiểm tra JSON, đường dẫn và tiêu đề."];
    Unauthenticated = "unauthenticated", UNAUTHORIZED: ["请先登录", "Sign in first", "Hãy đăng nhập"],
        ["缺少有效的访问令牌，或令牌已过期、已注销。", "The access token is missing, expired or revoked.", "Thiếu mã truy cập hợp lệ, hoặc mã đã hết hạn hay bị thu hồi."];
    BadCredentials = "bad_credentials", UNAUTHORIZED: ["登录失败", "Sign-in failed", "Đăng nhập thất bại"],
        ["用户名、密码或登录码不正确。", "The user name, password or code is not right.", "Tên đăng nhập, mật khẩu hoặc mã không đúng."];
    RefreshReused = "refresh_reused", UNAUTHORIZED: ["会话已被注销", "Session revoked", "Phiên đã bị thu hồi"],
        ["刷新令牌被重复使用，为安全起见该会话已全部注销，请重新登录。", "A refresh token was used twice; the whole session is revoked. Sign in again.", "Mã làm mới bị dùng lại; toàn bộ phiên đã bị thu hồi. Hãy đăng nhập lại."];
    Forbidden = "forbidden", FORBIDDEN: ["没有权限", "Not allowed", "Không có quyền"],
        ["您的角色不能执行此操作。", "Your roles do not allow this.", "Vai trò của bạn không được phép làm việc này."];
    PasswordChangeRequired = "password_change_required", FORBIDDEN: ["请先修改密码", "Change the password first", "Hãy đổi mật khẩu trước"],
        ["密码已被重置，须先修改密码。", "The password was reset and must be changed first.", "Mật khẩu đã được đặt lại và phải đổi trước."];
    NotFound = "not_found", NOT_FOUND: ["未找到", "Not found", "Không tìm thấy"],
        ["没有这一项，或您无权知晓。", "There is no such thing, or not for you.", "Không có mục này, hoặc bạn không được biết."];
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED: ["不支持的方法", "Method not allowed", "Phương thức không được hỗ trợ"],
        ["该路径不支持此方法，允许的方法见 Allow 响应头。", "This path has no such method; see the Allow header.", "Đường dẫn không có phương thức này; xem tiêu đề Allow."];
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT: ["请求超时", "Request too slow", "Yêu cầu quá chậm"],
        ["请求内容未在时限内送达。", "The request did not arrive in time.", "Nội dung yêu cầu không đến kịp."];
    TooLarge = "too_large", PAYLOAD_TOO_LARGE: ["内容过大", "Too large", "Nội dung quá lớn"],
        ["请求内容超过上限。", "The body is larger than allowed.", "Nội dung vượt quá giới hạn."];
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE: ["不支持的内容类型", "Unsupported media type", "Loại nội dung không được hỗ trợ"],
        ["请使用 application/json；照片与表格请用 multipart/form-data，文件放在 file 字段。", "Send application/json; photos and tables as multipart/form-data, the file in the field `file`.", "Hãy gửi application/json; ảnh và bảng gửi bằng multipart/form-data, tệp ở trường file."];
    Invalid = "invalid", UNPROCESSABLE_ENTITY: ["内容不符合要求", "Invalid content", "Nội dung không hợp lệ"],
        ["请按 errors 中的提示修改。", "See errors for what to change.", "Xem errors để biết cần sửa gì."];
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY: ["幂等键已用于其他请求", "Idempotency key used for another request", "Khóa idempotency đã dùng cho yêu cầu khác"],
        ["同一 Idempotency-Key 只能用于完全相同的请求。", "One Idempotency-Key belongs to one request with one body.", "Một Idempotency-Key chỉ dùng cho một yêu cầu với một nội dung."];
    PreconditionFailed = "precondition_failed", PRECONDITION_FAILED: ["内容已被修改", "Changed meanwhile", "Nội dung đã thay đổi"],
        ["If-Match 与当前版本不一致，请重新读取后再试。", "If-Match does not name the current version: read it again.", "If-Match không khớp phiên bản hiện tại: hãy đọc lại."];
    PreconditionRequired = "precondition_required", PRECONDITION_REQUIRED: ["缺少 If-Match", "If-Match required", "Thiếu If-Match"],
        ["整体更新必须携带 If-Match。", "A full update must carry If-Match.", "Cập nhật toàn bộ phải kèm If-Match."];
    RateLimited = "rate_limited", TOO_MANY_REQUESTS: ["请求过于频繁", "Too many requests", "Quá nhiều yêu cầu"],
        ["请按 Retry-After 稍后再试。", "Try again after Retry-After seconds.", "Hãy thử lại sau Retry-After giây."];
    AccountLocked = "account_locked", TOO_MANY_REQUESTS: ["账号暂时锁定", "Account locked for a while", "Tài khoản tạm khóa"],
        ["登录失败次数过多，请按 Retry-After 稍后再试。", "Too many failed sign-ins: try again after Retry-After seconds.", "Đăng nhập sai quá nhiều lần: thử lại sau Retry-After giây."];
    Internal = "internal", INTERNAL_SERVER_ERROR: ["系统内部错误", "Internal error", "Lỗi hệ thống"],
        ["已记录，请凭 request_id 联系管理员。", "It is logged: quote the request_id.", "Đã ghi nhận: hãy cung cấp request_id."];
    UpstreamFailed = "upstream_failed", BAD_GATEWAY: ["微信服务暂不可用", "WeChat does not answer", "WeChat không phản hồi"],
        ["微信接口没有正常应答，请稍后再试。", "WeChat's service did not answer as it should: try again later.", "Dịch vụ WeChat không trả lời đúng: hãy thử lại sau."];
    Busy = "busy", SERVICE_UNAVAILABLE: ["系统繁忙", "Busy", "Hệ thống bận"],
        ["请按 Retry-After 稍后再试。", "Try again after Retry-After seconds.", "Hãy thử lại sau Retry-After giây."];
    Unavailable = "unavailable", SERVICE_UNAVAILABLE: ["服务暂不可用", "Unavailable", "Tạm ngừng phục vụ"],
        ["数据库暂不可用，没有任何内容被保存。", "The database is not available; nothing was kept.", "Cơ sở dữ liệu tạm ngừng; chưa có gì được lưu."];
    OutcomeUnknown = "outcome_unknown", SERVICE_UNAVAILABLE: ["结果未知", "Outcome unknown", "Chưa rõ kết quả"],
        ["不确定是否已保存，请用同一 Idempotency-Key 重试。", "It is not known whether it was kept: retry with the same Idempotency-Key.", "Chưa rõ đã lưu hay chưa: thử lại với cùng Idempotency-Key."];
    AlreadyExists = "already_exists", CONFLICT: ["已存在", "Already there", "Đã tồn tại"],
        ["同样的内容已经登记。", "The same is registered already.", "Nội dung này đã được đăng ký."];
    ChangedMeanwhile = "changed_meanwhile", CONFLICT: ["同时被他人修改", "Changed by somebody else", "Vừa bị người khác thay đổi"],
        ["请重新读取后再试。", "Read it again and retry.", "Hãy đọc lại rồi thử lại."];
    StepNotAllowed = "step_not_allowed", CONFLICT: ["当前状态不能执行此步骤", "Not possible in this state", "Không thể ở trạng thái này"],
        ["state 是当前状态，allowed 是您现在可以执行的步骤。", "state is where the order stands; allowed is what you may do now.", "state là trạng thái hiện tại; allowed là các bước bạn có thể làm."];
    StepNotYours = "step_not_yours", FORBIDDEN: ["此步骤不由您执行", "Not your step", "Bước này không thuộc về bạn"],
        ["您与该订单的关系不允许执行此步骤。", "Your relation to the order does not allow this step.", "Quan hệ của bạn với đơn không cho phép bước này."];
    BindingDecision = "binding_decision", CONFLICT: ["上级裁定已生效", "A binding decision stands", "Đã có quyết định ràng buộc"],
        ["上级区划的裁定具有约束力，不能再转办或退单。", "The division above has decided: it can no longer be transferred or released.", "Cấp trên đã quyết định: không thể chuyển hay trả đơn nữa."];
    DecisionDue = "decision_due", CONFLICT: ["须先由上级裁定", "A decision is due first", "Cần cấp trên quyết định trước"],
        ["第三次退回或整改后，须先由上级区划裁定才能继续。", "After the third return or mending the division above must decide before it goes on.", "Sau lần trả hoặc khắc phục thứ ba, cấp trên phải quyết định trước khi tiếp tục."];
    AppealClosed = "appeal_closed", CONFLICT: ["不能申诉", "No appeal possible", "Không thể khiếu nại"],
        ["申诉只能在规定天数内提出一次。", "An appeal is possible once, within the days of the policy.", "Chỉ được khiếu nại một lần trong thời hạn quy định."];
    NoDecisionDue = "no_decision_due", CONFLICT: ["无需裁定", "No decision is due", "Chưa cần quyết định"],
        ["第三次退回或整改后才由上级裁定。", "The division above decides after the third return or mending.", "Cấp trên quyết định sau lần trả hoặc khắc phục thứ ba."];
    NotTriaged = "not_triaged", CONFLICT: ["尚未受理分类", "Not triaged yet", "Chưa tiếp nhận phân loại"],
        ["请先受理并确定所需技能。", "Triage it first and name the craft.", "Hãy tiếp nhận và xác định tay nghề trước."];
    NoOpenOffer = "no_open_offer", CONFLICT: ["派单已失效", "The offer is gone", "Lời mời không còn"],
        ["没有给您的有效派单：可能已被他人接单、撤回或超时。", "There is no open offer to you: taken, withdrawn or expired.", "Không còn lời mời cho bạn: đã có người nhận, bị thu hồi hoặc hết hạn."];
    AlreadyOffered = "already_offered", CONFLICT: ["已派给此人", "Already offered", "Đã mời người này"],
        ["该接单人已有未应答的派单。", "This taker already has an open offer.", "Người nhận này đã có lời mời chưa trả lời."];
    DoubleBooked = "double_booked", CONFLICT: ["时间冲突", "Double booked", "Trùng lịch"],
        ["该时段已有其他安排。", "Somebody is already bound at that time.", "Đã có lịch khác vào thời gian đó."];
    TooEarly = "too_early", CONFLICT: ["时间未到", "Too early", "Chưa đến giờ"],
        ["在 `from` 所示时间之前不能执行此步骤。", "This step is not possible before the time in `from`.", "Không thể thực hiện trước thời điểm ở `from`."];
    ReviewClosed = "review_closed", CONFLICT: ["评价已截止", "Too late to review", "Đã hết hạn đánh giá"],
        ["评价期限已过，或已有评价。", "The days for a review are over, or there is one.", "Đã hết hạn đánh giá hoặc đã có đánh giá."];
    AtRoot = "at_root", CONFLICT: ["已是最高层级", "Already at the top", "Đã ở cấp cao nhất"],
        ["该订单已由本区域最高层级处理。", "The order is already handled at the root of its region.", "Đơn đã do cấp cao nhất của khu vực xử lý."];
    AlreadyProposed = "already_proposed", CONFLICT: ["已提出该时间", "Already proposed", "Đã đề xuất"],
        ["请等待对方确认，或另提时间。", "Wait for the other side, or propose another time.", "Hãy chờ bên kia hoặc đề xuất giờ khác."];
    CodeLocked = "code_locked", CONFLICT: ["签到码已锁定", "Check-in code locked", "Mã điểm danh bị khóa"],
        ["错误次数过多，请由站点工作人员签到。", "Too many wrong codes: let the station check in.", "Nhập sai quá nhiều: hãy để trạm điểm danh."];
    SecondPersonNeeded = "second_person_needed", FORBIDDEN: ["须由他人办理", "A second person is needed", "Cần người thứ hai"],
        ["不能审核自己提出的事项，也不能派单给自己。", "Nobody decides on their own proposal or dispatches to themselves.", "Không ai tự duyệt đề xuất của mình hay tự điều phối cho mình."];
    ExclusionState = "exclusion_state", CONFLICT: ["剔除标记状态不符", "The exclusion is elsewhere", "Trạng thái loại trừ không phù hợp"],
        ["只能先申请，再由他人确认或驳回。", "It is proposed once, then confirmed or rejected by another.", "Đề xuất trước, rồi người khác xác nhận hoặc bác bỏ."];
    TakerNotEligible = "taker_not_eligible", UNPROCESSABLE_ENTITY: ["接单人不符合条件", "The taker is not eligible", "Người nhận không đủ điều kiện"],
        ["原因见 errors。", "See errors for the rules.", "Xem errors để biết lý do."];
    PersonRequired = "person_required", CONFLICT: ["请先实名登记", "Register first", "Hãy đăng ký trước"],
        ["账号尚未关联人员信息，请先绑定手机号并登记姓名。", "The account has no person yet: give phone and name first.", "Tài khoản chưa gắn với người: hãy cung cấp điện thoại và tên."];
    AccountDisabled = "account_disabled", FORBIDDEN: ["账号不可用", "Account not usable", "Tài khoản không dùng được"],
        ["账号已被管理员锁定，或被微信限制登录。", "The account was locked by an administrator, or WeChat holds its sign-in.", "Tài khoản bị quản trị viên khóa hoặc bị WeChat hạn chế đăng nhập."];
    PhoneRequired = "phone_required", CONFLICT: ["请先绑定手机号", "Bind a phone number first", "Hãy liên kết số điện thoại trước"],
        ["实名登记须先以微信绑定手机号。", "To register, bind a phone number through WeChat first.", "Để đăng ký, hãy liên kết số điện thoại qua WeChat trước."];
    PersonBound = "person_bound", CONFLICT: ["尚有未了结的派单", "Still bound to orders", "Còn đơn chưa xong"],
        ["该人员有待应答的派单或正在服务的订单，请先了结。", "The person has an open offer or serves an order: that must end first.", "Người này còn lời mời hoặc đơn đang phục vụ: phải kết thúc trước."];
    VolunteerRequired = "volunteer_required", CONFLICT: ["请先登记为志愿者", "Register as a volunteer first", "Hãy đăng ký tình nguyện viên trước"],
        ["技能认证只针对已登记的志愿者。", "Crafts are certified for registered volunteers.", "Chỉ chứng nhận tay nghề cho tình nguyện viên đã đăng ký."];
    CourseClosed = "course_closed", CONFLICT: ["课程已停开", "The course is not offered", "Khóa học không mở"],
        ["停开的课程不再安排场次，也不再接受报名。", "Nobody can plan a session of it or enrol in one.", "Không thể lập buổi học hoặc ghi danh."];
    SessionCancelled = "session_cancelled", CONFLICT: ["场次已取消", "The session was cancelled", "Buổi học đã bị hủy"],
        ["该场次不再举行。", "It does not take place.", "Buổi học không diễn ra."];
    SessionBegun = "session_begun", CONFLICT: ["场次已开始", "The session has begun", "Buổi học đã bắt đầu"],
        ["开始后不能报名、退出、修改或取消。", "Nobody can enrol, withdraw, change or cancel it any more.", "Không thể ghi danh, rút, sửa hoặc hủy nữa."];
    EnrolmentStep = "enrolment_step", CONFLICT: ["报名当前状态不允许", "Not possible as the enrolment stands", "Trạng thái ghi danh không cho phép"],
        ["请查看报名的 state 与 next。", "See the enrolment's state and next.", "Xem state và next của ghi danh."];
    PartnershipState = "partnership_state", CONFLICT: ["共建当前状态不允许", "Not possible as the partnership stands", "Trạng thái hợp tác không cho phép"],
        ["待各方同意、已终止或不在期限内的共建不能使用资源；已终止的不能再变更。", "What was pledged is used while a partnership is active; one that has ended is not changed any more.", "Chỉ dùng được khi hợp tác có hiệu lực; hợp tác đã kết thúc không thay đổi nữa."];
    PledgeShort = "pledge_short", CONFLICT: ["承诺数量不足", "Not so much is left", "Không còn đủ"],
        ["剩余数量不足以登记本次使用，没有任何内容被保存。", "Less is left than is asked for; nothing was kept.", "Số còn lại ít hơn yêu cầu; chưa có gì được lưu."];
    NotReversible = "not_reversible", CONFLICT: ["不能冲正", "Cannot be taken back", "Không thể hoàn lại"],
        ["每笔使用只能冲正一次，冲正本身不能再冲正。", "A use is taken back once, and what takes one back is not.", "Mỗi lần dùng chỉ hoàn lại một lần, và lần hoàn lại thì không."];
    ApprenticeshipStep = "apprenticeship_step", CONFLICT: ["师徒关系当前状态不允许", "Not possible as the apprenticeship stands", "Trạng thái học nghề không cho phép"],
        ["师徒关系的状态与可执行的步骤见 errors。", "See errors for where the apprenticeship stands and what is possible.", "Xem errors để biết trạng thái và các bước có thể."];
    NotAMaster = "not_a_master", CONFLICT: ["师傅的认证不符合要求", "The master is not certified for it", "Thầy chưa có chứng nhận phù hợp"],
        ["认证缺失、到期、暂停或等级不足时，不能收徒，也不能进阶。", "Nobody teaches or advances while the certification is missing, has expired, is suspended or of too low a level.", "Không thể nhận học trò hoặc lên bậc khi chứng nhận thiếu, hết hạn, bị đình chỉ hoặc chưa đủ bậc."];
    MasterFull = "master_full", CONFLICT: ["在带学徒已满", "Too many apprentices", "Quá nhiều người học"],
        ["师傅同时在带的学徒不超过政策上限。", "A master has only so many apprentices at once as the policy allows.", "Thầy chỉ nhận số người học theo chính sách cùng lúc."];
    StageNotDone = "stage_not_done", CONFLICT: ["本阶段尚未完成", "The stage is not done", "Bậc này chưa xong"],
        ["还差的天数与作品数见 errors。", "See errors for the days and works that are lacking.", "Xem errors để biết số ngày và tác phẩm còn thiếu."];
    SpeaksForThemselves = "speaks_for_themselves", CONFLICT: ["应由本人答复", "It is for the person to answer", "Phải do chính người đó trả lời"],
        ["学徒有账号，应由其本人同意或不同意。", "The apprentice has an account and answers for themselves.", "Người học có tài khoản và tự trả lời."];
    WorkSettled = "work_settled", CONFLICT: ["作品已售出或已撤回", "The work was sold or withdrawn", "Tác phẩm đã bán hoặc đã rút"],
        ["已售出的作品不能再登记展示或售出，已撤回的不能再变更。", "What was sold is neither shown nor sold again, and what was withdrawn is not changed any more.", "Tác phẩm đã bán không trưng bày hay bán lại, đã rút thì không thay đổi nữa."];
    ExamToCome = "exam_to_come", CONFLICT: ["考试年份未到", "The examination is yet to come", "Kỳ thi chưa diễn ra"],
        ["结果只能自考试当年起登记。", "A result is written down from the year of the examination on.", "Chỉ ghi kết quả từ năm diễn ra kỳ thi."];
    DemandOver = "demand_over", CONFLICT: ["需求已不在清单上", "The need is off its list", "Nhu cầu không còn trong danh sách"],
        ["已解决或已移出的需求不能分派；请先重新打开。", "What is solved or dropped is given to nobody: reopen it first.", "Nhu cầu đã giải quyết hoặc đã gỡ không thể phân công: hãy mở lại trước."];
    CasesFull = "cases_full", CONFLICT: ["在办个案已满", "Too many cases", "Quá nhiều hồ sơ"],
        ["该社工在办个案已达政策上限，请先结束或分派给他人。", "The social worker has as many cases as the policy allows: end one or choose somebody else.", "Nhân viên đã có đủ số hồ sơ theo quy định: hãy kết thúc một hồ sơ hoặc chọn người khác."];
    SiteInactive = "site_inactive", CONFLICT: ["阵地已停用", "The site is not in use", "Điểm phục vụ không hoạt động"],
        ["停用的阵地不再开放预约，也不再排班。", "Nobody can be booked or planned there.", "Không thể đặt lịch hoặc xếp ca tại đó."];
    SlotFull = "slot_full", CONFLICT: ["名额已满", "No place is left", "Đã hết chỗ"],
        ["该时段已约满，请选择其他时段。", "All places of this time are taken: choose another one.", "Khung giờ này đã đủ người: hãy chọn giờ khác."];
    SlotClosed = "slot_closed", CONFLICT: ["时段已关闭", "The slot was closed", "Khung giờ đã đóng"],
        ["该时段不再开放。", "It does not take place.", "Khung giờ này không còn mở."];
    SlotBegun = "slot_begun", CONFLICT: ["时段已开始", "The slot has begun", "Khung giờ đã bắt đầu"],
        ["开始后不能预约、取消或关闭。", "Nobody can book, cancel or close it any more.", "Không thể đặt, hủy hoặc đóng nữa."];
    CancelLate = "cancel_late", CONFLICT: ["已过自行取消期限", "Too late to cancel by oneself", "Đã quá hạn tự hủy"],
        ["请在 cancel_until 之前自行取消，之后请联系阵地工作人员。", "People cancel until cancel_until; later ask the staff of the site.", "Chỉ tự hủy trước cancel_until; sau đó hãy liên hệ nhân viên."];
    BookingStep = "booking_step", CONFLICT: ["预约当前状态不允许", "Not possible as the booking stands", "Trạng thái lịch hẹn không cho phép"],
        ["请查看预约的 state 与 next。", "See the booking's state and next.", "Xem state và next của lịch hẹn."];
    NoShowLimit = "no_show_limit", CONFLICT: ["爽约次数过多", "Too many bookings were missed", "Vắng hẹn quá nhiều"],
        ["在 from 之前请由阵地或社区工作人员代为预约；errors 说明次数与所依据的政策。", "Until from staff can book for you; see errors for the count and the policy.", "Trước from, nhân viên có thể đặt thay bạn; xem errors về số lần và chính sách."];
    ShiftStep = "shift_step", CONFLICT: ["班次当前状态不允许", "Not possible as the shift stands", "Trạng thái ca trực không cho phép"],
        ["请查看班次的 state 与 next；开始后不能撤班。", "See the shift's state and next; nobody is released once it has begun.", "Xem state và next của ca trực; không thể hủy khi đã bắt đầu."];
    NotForCavalry = "not_for_cavalry", CONFLICT: ["不能加入轻骑兵", "Not possible in the light cavalry", "Không thể tham gia đội cơ động"],
        ["须为在岗、未撤回登记同意且已登记出生日期的成年志愿者，详见 errors。", "Only active volunteers who are known to be of age and are on record with their consent; see errors.", "Chỉ dành cho tình nguyện viên đang hoạt động, đã đồng ý đăng ký và được biết là đủ tuổi; xem errors."];
    NotInCavalry = "not_in_cavalry", CONFLICT: ["尚未加入轻骑兵", "Not in the light cavalry", "Chưa tham gia đội cơ động"],
        ["请先加入轻骑兵。", "Join the light cavalry first.", "Hãy tham gia đội cơ động trước."];
    NotOnDuty = "not_on_duty", CONFLICT: ["未在线", "Not on duty", "Không đang trực"],
        ["值守已结束，位置不予保存；请重新上线。", "The time on duty has ended and no position is kept; go on duty again.", "Ca trực đã kết thúc, vị trí không được lưu; hãy trực lại."];
    LastAdministrator = "last_administrator", CONFLICT: ["不能撤销", "Cannot be revoked", "Không thể thu hồi"],
        ["每个区域至少保留一名管理员。", "A region keeps at least one administrator.", "Mỗi khu vực phải còn ít nhất một quản trị viên."];
    ConsentMissing = "consent_missing", CONFLICT: ["缺少同意", "Consent is missing", "Thiếu sự đồng ý"],
        ["本人或监护人尚未同意，或已撤回同意；缺少的同意见 errors。紧急情况或法定职责须另行说明依据。", "The person or a guardian has not consented, or has withdrawn; see errors for which consent is missing. Emergency and statutory duty must be cited.", "Đương sự hoặc người giám hộ chưa đồng ý hoặc đã rút lại; xem errors. Trường hợp khẩn cấp hoặc nghĩa vụ luật định phải nêu rõ."];
    NoLiveReason = "no_live_reason", CONFLICT: ["没有查看理由", "No reason to see it now", "Không có lý do để xem lúc này"],
        ["只有办理中的订单，或正在服务的订单，才能为联系而查看。", "Contact needs an order that you handle and that is open, or one that you serve now.", "Chỉ được xem để liên hệ về đơn đang xử lý hoặc đang phục vụ."];
    ApprovalNeeded = "approval_needed", FORBIDDEN: ["须先经批准", "Approval is needed first", "Cần được duyệt trước"],
        ["查看未成年人信息须先提出申请，并由他人批准。", "Data of a minor are shown after another person has approved of a request.", "Dữ liệu của trẻ vị thành niên chỉ được xem sau khi người khác duyệt yêu cầu."];
    UnmaskLimit = "unmask_limit", TOO_MANY_REQUESTS: ["今日查看次数已满", "No more today", "Hết lượt xem hôm nay"],
        ["每个账号每天查看明文的次数有限，请按 Retry-After 再试。", "An account sees plain values a limited number of times a day: try again after Retry-After seconds.", "Mỗi tài khoản chỉ được xem dữ liệu đầy đủ một số lần mỗi ngày: thử lại sau Retry-After giây."];
    OpenMatters = "open_matters", CONFLICT: ["尚有未了结事项", "Something is still open", "Còn việc chưa xong"],
        ["须先了结 errors 中的事项，才能删除个人信息。", "What errors names must end before personal data can be erased.", "Các việc nêu trong errors phải kết thúc trước khi xóa dữ liệu cá nhân."];
    HeadTooLarge = "head_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE: ["请求头过大", "Head too large", "Phần đầu yêu cầu quá lớn"],
        ["请求行与请求头超过 128 KiB。", "The request line and the headers exceed 128 KiB.", "Dòng yêu cầu và tiêu đề vượt quá 128 KiB."];
    WechatOff = "wechat_off", SERVICE_UNAVAILABLE: ["微信登录未启用", "WeChat is not set up", "Chưa bật WeChat"],
        ["本系统未配置微信小程序，居民暂不能登录；请联系运维人员。", "This installation has no mini-program: residents cannot sign in. Ask its operator.", "Hệ thống này chưa cấu hình WeChat: cư dân chưa thể đăng nhập. Hãy liên hệ người vận hành."];
    ContentDecided = "content_decided", CONFLICT: ["内容检测已有结论", "Already decided", "Nội dung đã có kết luận"],
        ["该内容已通过检测，或已由他人决定。", "It has passed the check, or somebody has decided already.", "Nội dung đã đạt kiểm tra, hoặc đã có người quyết định."];
    InsufficientScope = "insufficient_scope", FORBIDDEN: ["令牌的作用域不足", "The token's scopes do not allow this", "Phạm vi của mã không cho phép"],
        ["机器客户端的令牌不含此操作所需的作用域。", "The token of the machine client lacks the scope that this needs.", "Mã của ứng dụng thiếu phạm vi cần cho việc này."];
    NoClientSecret = "no_client_secret", CONFLICT: ["该客户端不使用密钥", "The client has no secret", "Ứng dụng không dùng khóa bí mật"],
        ["该客户端以私钥签名证明身份，请更换其公钥。", "The client signs with a private key: replace its public keys.", "Ứng dụng ký bằng khóa riêng: hãy thay khóa công khai."];
    NoClientKeys = "no_client_keys", CONFLICT: ["该客户端不使用公钥", "The client has no keys", "Ứng dụng không dùng khóa công khai"],
        ["该客户端以密钥证明身份，请轮换密钥。", "The client proves itself with a secret: renew it.", "Ứng dụng dùng khóa bí mật: hãy đổi khóa."];
    CarePlanStep = "care_plan_step", CONFLICT: ["照护计划当前状态不能执行此步骤", "Not possible in this state of the care plan", "Không thể ở trạng thái này của kế hoạch chăm sóc"],
        ["请按计划当前可执行的步骤操作。", "Take one of the steps that are possible now.", "Hãy chọn một bước đang thực hiện được."];
    DemandStep = "demand_step", CONFLICT: ["需求当前状态不能执行此步骤", "Not possible in this state of the need", "Không thể ở trạng thái này của nhu cầu"],
        ["需求的当前状态与可执行的步骤见 errors。", "See errors for where the need stands and what is possible.", "Xem errors để biết trạng thái và các bước có thể."];
    OrderUnderWay = "order_under_way", CONFLICT: ["该需求已有订单在办", "Its order is still under way", "Đơn của nhu cầu còn đang xử lý"],
        ["请待该需求的订单办结（含整改）后再试。", "The order of this need must end first, its mending included.", "Đơn của nhu cầu này phải kết thúc trước, kể cả khắc phục."];
    DemandListed = "demand_listed", CONFLICT: ["同类需求已在清单上", "The same need is on the list", "Nhu cầu này đã có trong danh sách"],
        ["该对象的同类需求已另行登记，请在该条目上办理。", "The same need of the same subject was entered again: go on with that item.", "Nhu cầu cùng loại đã được đăng ký lại: hãy tiếp tục với mục đó."];
    AnotherHousehold = "another_household", CONFLICT: ["已属于另一家庭", "Belongs to another household", "Đã thuộc hộ khác"],
        ["一人只属于一个家庭，请先从原家庭移出。", "Nobody belongs to two households: they must leave the other one first.", "Mỗi người chỉ thuộc một hộ: hãy rời hộ cũ trước."];
    SecondFactorRequired = "second_factor_required", FORBIDDEN: ["请先启用两步验证", "Set up the second factor first", "Hãy bật xác thực hai bước trước"],
        ["您的角色须以两步验证登录：请先绑定身份验证器，或以验证码重新登录。", "Your roles ask for a second factor: set up an authenticator app, or sign in anew with its code.", "Vai trò của bạn cần xác thực hai bước: hãy gắn ứng dụng xác thực, hoặc đăng nhập lại bằng mã."];
    OrganisationState = "organisation_state", CONFLICT: ["组织当前状态不允许", "Not possible as the organisation stands", "Trạng thái tổ chức không cho phép"],
        ["请查看组织的 state 与 allowed。", "See the organisation's state and allowed.", "Xem state và allowed của tổ chức."];
    FundEntryDecided = "fund_entry_decided", CONFLICT: ["该记账已有结论", "Already decided", "Bút toán đã có kết luận"],
        ["该记账不需要复核，或已由他人复核。", "The entry waits for nobody, or somebody has decided on it.", "Bút toán không cần duyệt hoặc đã được duyệt."];
    TotpRequired = "totp_required", UNAUTHORIZED: ["请输入动态验证码", "Give the code of the authenticator app", "Hãy nhập mã xác thực"],
        ["密码正确；请在 totp 中同时提交验证器上的六位数字，或一个恢复码。", "The password is right: send the six digits of the app, or a recovery code, in totp with it.", "Mật khẩu đúng: hãy gửi kèm sáu chữ số hoặc mã khôi phục trong totp."];
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Code;

    #[test]
    fn every_code_is_unique_and_has_all_its_texts() {
        let texts: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{}", code.as_str());
            for text in code.title().into_iter().chain(code.detail()) {
                assert!(!text.is_empty(), "{} lacks a text", code.as_str());
            }
        }
    }
}
