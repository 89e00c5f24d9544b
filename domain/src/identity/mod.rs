//! Identity and access 身份与权限: who acts, in which roles, and what they may do.
//!
//! [`Action::who`] is the one table of permissions. [`may_ever`] asks it before an object is known, [`may_in`] and
//! [`scopes`] narrow it to divisions; a relationship to an object is for whoever loads that object. What a second
//! person must do is in [`may_grant`], [`may_revoke`], [`may_manage`] and [`may_concern`].

mod account;
mod action;
mod actor;
mod client;
mod granting;
mod lockout;
mod password;
mod permission;
mod policy;
mod role;
mod signing;
#[cfg(test)]
mod table;
mod totp;

pub use account::{AccountKind, AccountState, Intervention};
pub use action::Action;
pub use actor::{Actor, Grant};
pub use client::{ClientAlgorithm, ClientAuthentication, ClientGrant, ClientScope, granted_scopes};
pub use granting::{GrantRefusal, Receiver, may_grant, may_manage, may_revoke};
pub use lockout::{Failures, Limit, Lockout, Tried};
pub use password::{PasswordPolicy, PasswordRefusal};
pub use permission::{Who, client_may, may_as, may_concern, may_ever, may_everywhere, may_in, role_for, roles_of_party, scopes};
pub use policy::IdentityPolicy;
pub use role::Role;
pub use signing::{KeyTimes, KeyUse};
pub use totp::{Totp, totp_code};
