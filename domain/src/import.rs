//! Imports 导入: tables of other platforms that are loaded row by row, and what became of them.

use crate::identity::Action;
use crate::vocabulary;

vocabulary! {
    /// What the rows of a table are.
    pub enum ImportKind = "import-kinds" {
        /// Volunteers.
        Volunteers = "volunteers": "志愿者", "volunteers", "tình nguyện viên";
        /// Organisations and teams.
        Organisations = "organisations": "组织与队伍", "organisations", "tổ chức";
        /// Social workers.
        SocialWorkers = "social_workers": "社会工作者", "social workers", "nhân viên công tác xã hội";
        /// Needs of people, for the demand lists.
        Demands = "demands": "需求", "needs", "nhu cầu";
    }
}

impl ImportKind {
    /// What whoever loads such a table must be allowed to do singly.
    #[must_use]
    pub const fn action(self) -> Action {
        match self {
            Self::Volunteers => Action::EnterPerson,
            Self::Organisations => Action::CreateOrganisation,
            Self::SocialWorkers => Action::EditSocialWorkers,
            Self::Demands => Action::EnterDemand,
        }
    }
}

vocabulary! {
    /// Where an import stands.
    pub enum ImportState = "import-states" {
        /// It waits for its turn.
        Queued = "queued": "排队中", "queued", "đang chờ";
        /// Its rows are being loaded.
        Running = "running": "导入中", "running", "đang nhập";
        /// Every row was looked at.
        Done = "done": "已完成", "done", "hoàn tất";
        /// It was stopped; what was loaded stays.
        Cancelled = "cancelled": "已停止", "cancelled", "đã dừng";
        /// It could not go on; what was loaded stays.
        Failed = "failed": "已中断", "failed", "thất bại";
    }
}

impl ImportState {
    /// The states in which rows are still to be loaded.
    pub const LIVE: &'static [Self] = &[Self::Queued, Self::Running];

    /// Whether rows are still to be loaded.
    #[must_use]
    pub fn is_live(self) -> bool {
        Self::LIVE.contains(&self)
    }
}

vocabulary! {
    /// Why an import could not go on.
    pub enum ImportFailure = "import-failures" {
        /// Who has begun it may not do that any more.
        NotAllowed = "not_allowed": "导入人已无相应权限", "who has begun it is not allowed any more", "người nhập không còn quyền";
        /// The rest of the file cannot be read.
        NotReadable = "not_readable": "文件后续内容无法读取", "the rest of the file cannot be read", "không đọc được phần còn lại của tệp";
        /// A batch of rows failed again and again; the log says why.
        Internal = "internal": "系统错误", "an error of the system", "lỗi hệ thống";
    }
}

vocabulary! {
    /// What became of a row that was not taken.
    pub enum ImportRowOutcome = "import-row-outcomes" {
        /// It cannot be taken.
        Refused = "refused": "未导入", "refused", "bị từ chối";
        /// It is on record already and says otherwise there; what is on record stays.
        Differs = "differs": "与已有记录不一致", "differs from the record", "khác với hồ sơ";
    }
}
