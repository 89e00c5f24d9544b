//! Who belongs to an organisation, and as what.

use crate::identity::Action;
use crate::vocabulary;

vocabulary! {
    /// What a member does in an organisation.
    pub enum MemberRole = "member-roles" {
        /// Leads it.
        Leader = "leader": "负责人", "leader", "người phụ trách";
        /// Runs its daily work.
        Manager = "manager": "管理人员", "manager", "người quản lý";
        /// Keeps the fund book.
        Treasurer = "treasurer": "财务", "treasurer", "thủ quỹ";
        /// Keeps its papers.
        Secretary = "secretary": "文书", "secretary", "thư ký";
        /// Belongs to it.
        Member = "member": "成员", "member", "thành viên";
    }
}

impl MemberRole {
    /// Whether who holds it enters what comes into the fund and goes out of it.
    #[must_use]
    pub const fn keeps_fund(self) -> bool {
        matches!(self, Self::Treasurer)
    }

    /// Whether who holds it decides on what somebody else has entered.
    #[must_use]
    pub const fn decides_on_fund(self) -> bool {
        matches!(self, Self::Leader | Self::Manager)
    }

    /// Whether who holds it enters, sees or decides on money.
    #[must_use]
    pub const fn touches_fund(self) -> bool {
        self.keeps_fund() || self.decides_on_fund()
    }

    /// Whether who holds it gives the organisation's word to others.
    #[must_use]
    pub const fn speaks_for_it(self) -> bool {
        matches!(self, Self::Leader | Self::Manager)
    }

    /// Whether this office is enough to do something in the organisation.
    #[must_use]
    pub const fn may(self, action: Action) -> bool {
        match action {
            Action::EnterFund => self.keeps_fund(),
            Action::DecideFund => self.decides_on_fund(),
            Action::ReadFund => self.keeps_fund() || self.decides_on_fund(),
            Action::ProposePartnership | Action::AgreePartnership | Action::EndPartnership => self.speaks_for_it(),
            Action::DrawPledge | Action::ReadPledgeUses => self.speaks_for_it(),
            _ => false,
        }
    }
}

vocabulary! {
    /// What happened to somebody's membership.
    pub enum MembershipEventKind = "membership-events" {
        /// Has joined.
        Joined = "joined": "加入", "joined", "gia nhập";
        /// Does something else from now on.
        RoleChanged = "role_changed": "职务变更", "role changed", "đổi vai trò";
        /// Has left.
        Left = "left": "退出", "left", "rời khỏi";
    }
}
