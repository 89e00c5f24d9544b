//! Identity 身份: accounts, their roles, their sessions, the keys that sign tokens, and the facts of the installation.

mod account;
mod attempt;
mod grant;
mod holder;
mod installation;
mod intervention;
mod key;
mod refresh;
mod second_factor;
mod session;

pub use account::{
    Account, AccountKind, AccountState, NewStaff, add_resident, add_staff, by_openid, by_username, cancel, link_person, load, lock, openid,
    phone, set_password, set_phone, unlock,
};
pub use attempt::{Attempt, count, forget, recall, remember_address, sweep_attempts, uncount};
pub use grant::{GrantRow, actor, grant, grants, load_grant, revoke_grant};
pub use holder::{accounts_with_roles, has_other_administrator, working_at};
pub use installation::{fact, set_fact_once};
pub use intervention::{accounts_behind, hands, intervene, with_siblings};
pub use key::{PublicHalf, SigningKey, add_signing_key, public_halves, publish_signing_key, retire_signing_key, signing_keys};
pub use refresh::{RefreshUse, add_refresh, use_refresh};
pub use second_factor::{
    SecondFactor, add_recovery_codes, confirm_second_factor, enrol, has_second_factor, remove_second_factor, second_factor,
    use_recovery_code, use_step,
};
pub use session::{
    Opened, Principal, Session, living_sessions, open_session, open_session_as, principal, revoke_session, revoke_sessions, session,
    sessions, strengthen, touch, weaken_sessions,
};
