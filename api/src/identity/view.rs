//! Accounts as callers see them.

use chrono::{DateTime, Utc};
use domain::identity::Role;
use domain::language::Language;
use domain::vocabulary::Vocabulary;
use persistence::Tx;
use persistence::identity::{self, AccountKind, AccountState, GrantRow};
use persistence::person;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::order::view::NamedPerson;
use crate::problem::Fault;

/// A role that was given by hand.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub struct GrantView {
    /// Its id.
    id: Uuid,
    /// The role.
    role: Role,
    /// The role in the caller's language.
    label: String,
    /// The division within which it holds.
    scope: String,
    /// For which organisation.
    organisation: Option<Uuid>,
    /// Since when.
    granted_at: DateTime<Utc>,
}

impl GrantView {
    fn new(row: GrantRow, language: Language) -> Self {
        Self {
            id: row.id,
            role: row.grant.role,
            label: row.grant.role.label(language).to_owned(),
            scope: row.grant.scope.to_string(),
            organisation: row.grant.organisation,
            granted_at: row.granted_at,
        }
    }
}

/// An account.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountView {
    /// Its id.
    id: Uuid,
    /// How it signs in.
    kind: AccountKind,
    /// The user name of staff.
    username: Option<String>,
    /// Where it stands.
    state: AccountState,
    /// Whether the password must be changed before anything else.
    must_change_password: bool,
    /// Whether it has a second factor.
    second_factor: bool,
    /// The verified phone number, masked.
    phone: Option<String>,
    /// The person behind it, masked.
    person: Option<NamedPerson>,
    /// Every role that it acts in: those given by hand, and those that follow from the person's records.
    roles: Vec<Role>,
    /// The roles that were given by hand, with their scopes.
    grants: Vec<GrantView>,
    /// When it was opened.
    created_at: DateTime<Utc>,
    /// One more with every change.
    version: i32,
}

impl AccountView {
    /// The account's id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// The account's version.
    #[must_use]
    pub const fn version(&self) -> i32 {
        self.version
    }
}

/// The view of an account.
///
/// # Errors
/// There is no such account, or the database's.
pub fn account_view(tx: &mut Tx, id: Uuid, language: Language) -> Result<AccountView, Fault> {
    let account = identity::load(tx, id)?;
    let grants = identity::grants(tx, id)?;
    let roles = identity::actor(tx, id)?.roles();
    let phone = if account.has_phone { identity::phone(tx, id)? } else { None };
    let person = account.person.map(|person| person::load(tx, person)).transpose()?;
    Ok(AccountView {
        id,
        kind: account.kind,
        username: account.username,
        state: account.state,
        must_change_password: account.must_change_password,
        second_factor: account.kind == AccountKind::Staff && identity::has_second_factor(tx, id)?,
        phone: phone.map(|phone| phone.masked()),
        person: person.map(|person| NamedPerson { id: person.id, name: person.name.masked(), phone: None }),
        roles,
        grants: grants.into_iter().map(|row| GrantView::new(row, language)).collect(),
        created_at: account.created_at,
        version: account.version,
    })
}
