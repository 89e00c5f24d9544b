//! Signing in 登录, one's own account, and the accounts and roles of staff.

pub mod account;
pub mod attempt;
pub mod claim;
pub mod grant;
pub mod jwks;
pub mod manage;
pub mod me;
pub mod own_password;
pub mod password;
pub mod refresh;
pub mod second_person;
pub mod session;
pub mod sessions;
pub mod staff;
pub mod totp;
pub mod view;
pub mod wechat;

pub use manage::Empty;
pub use password::{hash_password, temporary_password};
pub use session::{Lasting, SessionView, open};
pub use view::{AccountView, GrantView};

use crate::endpoint::Endpoint;

/// Every endpoint of identity.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        wechat::endpoints(),
        staff::endpoints(),
        refresh::endpoints(),
        session::endpoints(),
        me::endpoints(),
        claim::endpoints(),
        own_password::endpoints(),
        account::endpoints(),
        manage::endpoints(),
        grant::endpoints(),
        jwks::endpoints(),
        sessions::endpoints(),
        totp::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
