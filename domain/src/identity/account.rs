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

vocabulary! {
    /// What somebody does to another's account so that they could act through it themselves.
    pub enum Intervention = "account-interventions" {
        /// Opened, with a first password that they were shown.
        Opened = "opened": "开设账号", "opened", "mở tài khoản";
        /// Given a new first password.
        PasswordReset = "password_reset": "重置密码", "password reset", "đặt lại mật khẩu";
        /// The second factor taken away.
        SecondFactorReset = "second_factor_reset": "解除两步验证", "second factor reset", "gỡ xác thực hai bước";
        /// Let in again.
        Unlocked = "unlocked": "解锁", "unlocked", "mở khóa";
    }
}
