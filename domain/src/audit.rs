//! The audit log 审计: the closed lists of its entries.

use crate::vocabulary;

vocabulary! {
    /// What kind of actor an entry of the audit log names.
    pub enum ActorKind = "audit_actors" {
        /// Somebody with an account.
        Account = "account": "账号", "account", "tài khoản";
        /// A machine client.
        Client = "client": "系统客户端", "machine client", "ứng dụng máy";
        /// The service itself: deadlines and jobs.
        Clock = "clock": "系统时钟", "the clock", "đồng hồ hệ thống";
        /// Whoever has the command line of the installation.
        Console = "console": "命令行", "the command line", "dòng lệnh";
        /// Nobody who has signed in.
        Nobody = "nobody": "未登录者", "nobody signed in", "chưa đăng nhập";
    }
}
