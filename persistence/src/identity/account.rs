//! Accounts: who signs in.

use diesel::prelude::*;
pub use domain::identity::{AccountKind, AccountState};
use domain::person::Phone;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::{grant, second_factor, session};
use crate::both;
use crate::error::StoreError;
use crate::order::value;
use crate::schema::accounts;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// An account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// How it signs in.
    pub kind: AccountKind,
    /// The person behind it, where known.
    pub person: Option<Uuid>,
    /// The user name of staff.
    pub username: Option<String>,
    /// The password of staff, hashed with its parameters (PHC string).
    pub password_hash: Option<String>,
    /// Whether the password was given by somebody else.
    pub must_change_password: bool,
    /// Where it stands.
    pub state: AccountState,
    /// One more with every change; a new one has 1.
    pub version: i32,
    /// Whether it has a verified telephone number.
    pub has_phone: bool,
    /// When it was opened.
    pub created_at: domain::Timestamp,
}

/// Leaves the password hash out.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).field("kind", &self.kind).field("state", &self.state).finish_non_exhaustive()
    }
}

/// An account to open for staff.
#[derive(Clone, PartialEq, Eq)]
pub struct NewStaff {
    /// Its id.
    pub id: Uuid,
    /// The user name, unique for good.
    pub username: String,
    /// The first password, hashed.
    pub password_hash: String,
    /// Whether it must be changed at the first sign-in.
    pub must_change_password: bool,
    /// The person behind it, where known.
    pub person: Option<Uuid>,
}

/// Leaves the password hash out.
impl std::fmt::Debug for NewStaff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewStaff").field("id", &self.id).field("username", &self.username).finish_non_exhaustive()
    }
}

/// A row of `accounts`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    kind: String,
    person_id: Option<Uid>,
    openid: Option<Vec<u8>>,
    openid_index: Option<Vec<u8>>,
    phone_index: Option<Vec<u8>>,
    username: Option<String>,
    password_hash: Option<String>,
    must_change_password: bool,
    state: String,
    version: i32,
    created_at: Instant,
}

impl Row {
    fn new(id: Uuid, kind: AccountKind, now: domain::Timestamp) -> Self {
        Self {
            id: id.into(),
            kind: kind.as_str().to_owned(),
            person_id: None,
            openid: None,
            openid_index: None,
            phone_index: None,
            username: None,
            password_hash: None,
            must_change_password: false,
            state: AccountState::Active.as_str().to_owned(),
            version: 1,
            created_at: now.into(),
        }
    }

    fn into_account(self) -> Result<Account, StoreError> {
        Ok(Account {
            id: self.id.0,
            kind: value(&self.kind)?,
            person: self.person_id.map(Into::into),
            username: self.username,
            password_hash: self.password_hash,
            must_change_password: self.must_change_password,
            state: value(&self.state)?,
            version: self.version,
            has_phone: self.phone_index.is_some(),
            created_at: self.created_at.get(),
        })
    }
}

/// Opens an account for staff.
///
/// # Errors
/// [`StoreError::Duplicate`] of `accounts` and `username` where the user name is taken; [`StoreError::Unknown`] where the
/// person is not there.
pub fn add_staff(tx: &mut Tx, staff: &NewStaff) -> Result<(), StoreError> {
    let row = Row {
        person_id: staff.person.map(Into::into),
        username: Some(staff.username.clone()),
        password_hash: Some(staff.password_hash.clone()),
        must_change_password: staff.must_change_password,
        ..Row::new(staff.id, AccountKind::Staff, tx.now())
    };
    diesel::insert_into(accounts::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// Opens an account for who signs in through the mini-program, or answers with the one that this openid has: of many first
/// sign-ins at once one opens it.
///
/// # Errors
/// The database's.
pub fn add_resident(tx: &mut Tx, id: Uuid, openid: &str) -> Result<Account, StoreError> {
    let row = Row {
        openid: Some(tx.seal("accounts.openid", id, openid)?),
        openid_index: Some(tx.keys().blind("accounts.openid", openid)),
        ..Row::new(id, AccountKind::Resident, tx.now())
    };
    let insert = diesel::insert_into(accounts::table).values(&row);
    let opened = both!(tx, |c| insert.on_conflict(accounts::openid_index).do_nothing().execute(c))?;
    if opened == 1 {
        return row.into_account();
    }
    // Cancelled at this very moment: the store tries again.
    by_openid(tx, openid)?.ok_or(StoreError::Conflict)
}

/// The account of an openid.
///
/// # Errors
/// The database's.
pub fn by_openid(tx: &mut Tx, openid: &str) -> Result<Option<Account>, StoreError> {
    let index = tx.keys().blind("accounts.openid", openid);
    let row = accounts::table.filter(accounts::openid_index.eq(Some(index))).select(Row::as_select());
    row.first(&mut tx.conn).optional()?.map(Row::into_account).transpose()
}

/// The openid of an account; `None` where it has none, or no longer.
///
/// # Errors
/// [`StoreError::Missing`] where there is no such account.
pub fn openid(tx: &mut Tx, id: Uuid) -> Result<Option<String>, StoreError> {
    let sealed: Option<Vec<u8>> = accounts::table.find(Uid(id)).select(accounts::openid).get_result(&mut tx.conn)?;
    sealed.map(|sealed| tx.unseal("accounts.openid", id, &sealed)).transpose()
}

/// The account of a user name.
///
/// # Errors
/// The database's.
pub fn by_username(tx: &mut Tx, username: &str) -> Result<Option<Account>, StoreError> {
    let row = accounts::table.filter(accounts::username.eq(Some(username))).select(Row::as_select());
    row.first(&mut tx.conn).optional()?.map(Row::into_account).transpose()
}

/// One account.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Account, StoreError> {
    let row: Row = accounts::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_account()
}

/// Gives a staff account that is not cancelled another password. Its sessions stay: whoever must
/// sign in anew is for the caller to say.
///
/// # Errors
/// [`StoreError::Missing`] where there is no such account.
pub fn set_password(tx: &mut Tx, id: Uuid, hash: &str, must_change: bool) -> Result<(), StoreError> {
    let changed = diesel::update(accounts::table.find(Uid(id)))
        .filter(accounts::kind.eq(AccountKind::Staff.as_str()))
        .filter(accounts::state.ne(AccountState::Cancelled.as_str()))
        .set((
            accounts::password_hash.eq(Some(hash)),
            accounts::must_change_password.eq(must_change),
            accounts::version.eq(accounts::version + 1),
        ))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Missing) } else { Ok(()) }
}

/// Keeps the telephone number that was verified for an account.
///
/// # Errors
/// [`StoreError::Missing`] where there is no such account, or it is cancelled.
pub fn set_phone(tx: &mut Tx, id: Uuid, phone: &Phone) -> Result<(), StoreError> {
    let sealed = tx.seal("accounts.phone", id, phone.as_str())?;
    let index = tx.keys().blind("accounts.phone", phone.as_str());
    let changed = diesel::update(accounts::table.find(Uid(id)))
        .filter(accounts::state.ne(AccountState::Cancelled.as_str()))
        .set((accounts::phone.eq(Some(sealed)), accounts::phone_index.eq(Some(index)), accounts::version.eq(accounts::version + 1)))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Missing) } else { Ok(()) }
}

/// The telephone number that was verified for an account.
///
/// # Errors
/// [`StoreError::Missing`] where there is no such account.
pub fn phone(tx: &mut Tx, id: Uuid) -> Result<Option<Phone>, StoreError> {
    let sealed: Option<Vec<u8>> = accounts::table.find(Uid(id)).select(accounts::phone).first(&mut tx.conn)?;
    let Some(sealed) = sealed else { return Ok(None) };
    let text = tx.unseal("accounts.phone", id, &sealed)?;
    let phone = Phone::parse(&text).map_err(|error| StoreError::Bug(format!("accounts.phone of {id}: {error}")))?;
    Ok(Some(phone))
}

/// Binds an account to the person behind it.
///
/// # Errors
/// [`StoreError::Stale`] where it is bound to somebody else, is cancelled, or is not there; [`StoreError::Unknown`] where the
/// person is not there.
pub fn link_person(tx: &mut Tx, id: Uuid, person: Uuid) -> Result<(), StoreError> {
    let person = Some(Uid(person));
    let changed = diesel::update(accounts::table.find(Uid(id)))
        .filter(accounts::person_id.is_null().or(accounts::person_id.eq(person)))
        .filter(accounts::state.ne(AccountState::Cancelled.as_str()))
        .set((accounts::person_id.eq(person), accounts::version.eq(accounts::version + 1)))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Gives an account up for good: what signs in and the telephone number are erased, sessions and roles end. The person stays.
///
/// # Errors
/// [`StoreError::Stale`] where it is cancelled already, or not there.
pub fn cancel(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    let changed = diesel::update(accounts::table.find(Uid(id)))
        .filter(accounts::state.ne(AccountState::Cancelled.as_str()))
        .set((
            accounts::state.eq(AccountState::Cancelled.as_str()),
            accounts::openid.eq(None::<Vec<u8>>),
            accounts::openid_index.eq(None::<Vec<u8>>),
            accounts::phone.eq(None::<Vec<u8>>),
            accounts::phone_index.eq(None::<Vec<u8>>),
            accounts::password_hash.eq(None::<String>),
            accounts::version.eq(accounts::version + 1),
        ))
        .execute(&mut tx.conn)?;
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    second_factor::remove_second_factor(tx, id)?;
    session::revoke_sessions(tx, id, "account_cancelled")?;
    grant::revoke_all(tx, id)
}

/// Locks an account and ends its sessions.
///
/// # Errors
/// [`StoreError::Stale`] where it is not active.
pub fn lock(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    change(tx, id, AccountState::Active, AccountState::Locked)?;
    session::revoke_sessions(tx, id, "account_locked")?;
    Ok(())
}

/// Unlocks an account.
///
/// # Errors
/// [`StoreError::Stale`] where it is not locked.
pub fn unlock(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    change(tx, id, AccountState::Locked, AccountState::Active)
}

fn change(tx: &mut Tx, id: Uuid, from: AccountState, to: AccountState) -> Result<(), StoreError> {
    let changed = diesel::update(accounts::table.find(Uid(id)))
        .filter(accounts::state.eq(from.as_str()))
        .set((accounts::state.eq(to.as_str()), accounts::version.eq(accounts::version + 1)))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
