//! Identity 身份: accounts, their roles, their sessions, the keys that sign tokens, and the facts of the installation.

mod account;
mod grant;
mod holder;
mod installation;
mod key;
mod refresh;
mod session;

pub use account::{
    Account, AccountKind, AccountState, NewStaff, add_resident, add_staff, by_openid, by_username, cancel, count_failure, link_person,
    load, lock, openid, phone, reset_failures, set_password, set_phone, unlock,
};
pub use grant::{GrantRow, actor, grant, grants, load_grant, revoke_grant};
pub use holder::{accounts_with_roles, has_other_administrator};
pub use installation::{fact, set_fact_once};
pub use key::{SigningKey, add_signing_key, retire_signing_key, signing_keys};
pub use refresh::{RefreshUse, add_refresh, use_refresh};
pub use session::{Principal, Session, open_session, principal, revoke_session, revoke_sessions, session, sessions};
