use crate::vocabulary;

vocabulary! {
    /// In what capacity somebody acts.
    pub enum Role = "roles" {
        /// A person known to the region, who is served.
        Resident = "resident": "居民", "resident", "cư dân";
        /// A volunteer in service.
        Volunteer = "volunteer": "志愿者", "volunteer", "tình nguyện viên";
        /// A volunteer with a certified craft 能人, 匠人.
        Craftsman = "craftsman": "能人工匠", "craftsman", "thợ lành nghề";
        /// Looks after one grid or more.
        GridMember = "grid_member": "网格员", "grid member", "cán bộ lưới";
        /// A professional social worker.
        SocialWorker = "social_worker": "社会工作者", "social worker", "nhân viên công tác xã hội";
        /// Receives wishes at a station and dispatches them.
        Dispatcher = "dispatcher": "派单员", "dispatcher", "điều phối viên";
        /// Speaks for one organisation.
        OrganisationManager = "organisation_manager": "组织管理员", "organisation manager", "quản lý tổ chức";
        /// Runs a site.
        SiteManager = "site_manager": "阵地管理员", "site manager", "quản lý điểm phục vụ";
        /// Redeems points for goods.
        Merchant = "merchant": "积分商户", "merchant", "cửa hàng đổi điểm";
        /// Evaluates for a third party.
        Evaluator = "evaluator": "第三方评估员", "evaluator", "chuyên viên đánh giá";
        /// Watches over the service for an authority.
        Supervisor = "supervisor": "监管人员", "supervisor", "cán bộ giám sát";
        /// Runs a region.
        Administrator = "administrator": "区域管理员", "administrator", "quản trị viên";
        /// Runs the installation.
        Operator = "operator": "平台运维员", "operator", "người vận hành hệ thống";
    }
}

impl Role {
    /// Whether it is given by hand. The others follow from the person's records.
    #[must_use]
    pub const fn grantable(self) -> bool {
        match self {
            Self::Resident | Self::Volunteer | Self::Craftsman => false,
            Self::GridMember
            | Self::SocialWorker
            | Self::Dispatcher
            | Self::OrganisationManager
            | Self::SiteManager
            | Self::Merchant
            | Self::Evaluator
            | Self::Supervisor
            | Self::Administrator
            | Self::Operator => true,
        }
    }
}
