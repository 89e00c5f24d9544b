use crate::vocabulary;

vocabulary! {
    /// How an account signs in.
    pub enum AccountKind = "account-kinds" {
        /// Through the mini-program.
        Resident = "resident": "居民端", "resident", "cư dân";
        /// With a user name and a password.
        Staff = "staff": "工作端", "staff", "nhân viên";
    }
}

vocabulary! {
    /// Where an account stands.
    pub enum AccountState = "account-states" {
        /// May sign in.
        Active = "active": "正常", "active", "hoạt động";
        /// May not sign in until somebody unlocks it.
        Locked = "locked": "锁定", "locked", "bị khóa";
        /// Given up for good.
        Cancelled = "cancelled": "注销", "cancelled", "đã hủy";
    }
}
