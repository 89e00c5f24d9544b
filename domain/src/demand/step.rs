use super::DemandState;
use crate::vocabulary;

vocabulary! {
    /// What happens to a demand item.
    pub enum DemandStep = "demand-steps" {
        /// It is entered.
        Enter = "enter": "登记", "enter", "đăng ký";
        /// The same need is reported again: a further voice.
        Join = "join": "并入", "join", "gộp vào";
        /// Somebody has looked: it is still so.
        Verify = "verify": "核实", "verify", "xác minh";
        /// What is known of it changes.
        Edit = "edit": "更正", "edit", "sửa đổi";
        /// The person has come into another group with a birthday.
        Regroup = "regroup": "转入他组", "regroup", "chuyển nhóm";
        /// An order is placed for it, or a refused one is looked at again.
        Order = "order": "转为订单", "order", "chuyển thành đơn";
        /// A care plan serves it.
        Plan = "plan": "纳入照护计划", "care plan", "đưa vào kế hoạch chăm sóc";
        /// Its order is finished, or a visit of its care plan.
        Serve = "serve": "已服务", "serve", "đã phục vụ";
        /// Its order was refused, cancelled, left unreviewed or did not solve it; its care plan is over and did not solve it.
        ComeBack = "come_back": "退回清单", "come back", "quay lại danh sách";
        /// The person says that it is solved.
        Solve = "solve": "解决", "solve", "giải quyết";
        /// It is taken off the list.
        Drop = "drop": "撤下", "drop", "bỏ";
        /// It is needed again.
        Reopen = "reopen": "重新打开", "reopen", "mở lại";
    }
}

impl DemandStep {
    /// The states this step may leave from. Empty for entering, which begins an item.
    #[must_use]
    pub const fn from(self) -> &'static [DemandState] {
        use DemandState::{Closed, Dropped, Open, Planned, Served};
        match self {
            Self::Enter => &[],
            Self::Join | Self::Verify | Self::Edit | Self::Regroup => &[Open, Planned, Served],
            Self::Order | Self::Plan | Self::Drop => &[Open],
            Self::Serve => &[Open, Planned],
            Self::ComeBack => &[Planned, Served],
            Self::Solve => &[Open, Planned, Served],
            Self::Reopen => &[Closed, Dropped],
        }
    }

    /// The state it leads to; `None` where it stays.
    #[must_use]
    pub const fn to(self) -> Option<DemandState> {
        match self {
            Self::Join | Self::Verify | Self::Edit | Self::Regroup => None,
            Self::Enter | Self::ComeBack | Self::Reopen => Some(DemandState::Open),
            Self::Order | Self::Plan => Some(DemandState::Planned),
            Self::Serve => Some(DemandState::Served),
            Self::Solve => Some(DemandState::Closed),
            Self::Drop => Some(DemandState::Dropped),
        }
    }

    /// Whether people take it; the others follow from orders, plans and birthdays.
    #[must_use]
    pub const fn is_for_people(self) -> bool {
        match self {
            Self::Enter | Self::Join | Self::Verify | Self::Edit | Self::Order | Self::Plan | Self::Drop | Self::Reopen => true,
            Self::Regroup | Self::Serve | Self::ComeBack | Self::Solve => false,
        }
    }
}
