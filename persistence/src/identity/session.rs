//! Sessions: what a token names.

use chrono::TimeDelta;
use diesel::prelude::*;
use domain::identity::{AccountKind, Actor};
use uuid::Uuid;

use super::AccountState;
use super::grant::{self, Standing};
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::schema::sessions;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A session of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// The account that has signed in.
    pub account: Uuid,
    /// When it was opened.
    pub created_at: domain::Timestamp,
    /// The first moment at which it is over.
    pub expires_at: domain::Timestamp,
    /// When it was ended before that, if it was.
    pub revoked_at: Option<domain::Timestamp>,
    /// When it was last used, as far as it is kept; at first when it was opened.
    pub used_at: domain::Timestamp,
    /// Whether a second factor has opened it, or whoever opened it needed none.
    pub second_factor: bool,
}

impl Session {
    /// Whether it holds at a moment.
    #[must_use]
    pub fn holds(&self, now: domain::Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }

    /// Whether it holds at a moment, where it ends after a time without use.
    #[must_use]
    pub fn holds_unless_idle(&self, now: domain::Timestamp, idle: Option<TimeDelta>) -> bool {
        self.holds(now) && idle.is_none_or(|idle| now - self.used_at < idle)
    }
}

/// A row of `sessions`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    account_id: Uid,
    created_at: Instant,
    expires_at: Instant,
    revoked_at: Option<Instant>,
    used_at: Option<Instant>,
    second_factor: bool,
}

impl Row {
    fn into_session(self) -> Session {
        Session {
            id: self.id.0,
            account: self.account_id.0,
            created_at: self.created_at.get(),
            expires_at: self.expires_at.get(),
            revoked_at: self.revoked_at.map(Instant::get),
            used_at: self.used_at.unwrap_or(self.created_at).get(),
            second_factor: self.second_factor,
        }
    }
}

/// How a session was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// With one factor.
    OneFactor,
    /// With a second factor, or by whoever holds the database and needs none.
    Strong,
}

/// Opens a session with one factor.
///
/// # Errors
/// [`StoreError::Unknown`] where the account is not there.
pub fn open_session(tx: &mut Tx, id: Uuid, account: Uuid, expires: domain::Timestamp) -> Result<(), StoreError> {
    open_session_as(tx, id, account, expires, Opened::OneFactor)
}

/// Opens a session.
///
/// # Errors
/// [`StoreError::Unknown`] where the account is not there.
pub fn open_session_as(tx: &mut Tx, id: Uuid, account: Uuid, expires: domain::Timestamp, opened: Opened) -> Result<(), StoreError> {
    let row = Row {
        id: id.into(),
        account_id: account.into(),
        created_at: tx.now().into(),
        expires_at: expires.into(),
        revoked_at: None,
        used_at: None,
        second_factor: opened == Opened::Strong,
    };
    diesel::insert_into(sessions::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One session, whether it still holds or not.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn session(tx: &mut Tx, id: Uuid) -> Result<Session, StoreError> {
    let row: Row = sessions::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    Ok(row.into_session())
}

/// Ends a session and with it its refresh tokens. One that was ended before stays as it was.
///
/// # Errors
/// The database's.
pub fn revoke_session(tx: &mut Tx, id: Uuid, why: &str) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    diesel::update(sessions::table.find(Uid(id)))
        .filter(sessions::revoked_at.is_null())
        .set((sessions::revoked_at.eq(Some(now)), sessions::revoked_for.eq(Some(why))))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// Ends every session of an account. How many there were.
///
/// # Errors
/// The database's.
pub fn revoke_sessions(tx: &mut Tx, account: Uuid, why: &str) -> Result<usize, StoreError> {
    let now = Instant::from(tx.now());
    let ended = diesel::update(sessions::table.filter(sessions::account_id.eq(Uid(account))))
        .filter(sessions::revoked_at.is_null())
        .set((sessions::revoked_at.eq(Some(now)), sessions::revoked_for.eq(Some(why))))
        .execute(&mut tx.conn)?;
    Ok(ended)
}

/// The sessions of an account that hold now, the newest first, from after one on.
///
/// # Errors
/// The database's.
pub fn living_sessions(tx: &mut Tx, account: Uuid, after: Option<Uuid>, limit: i64) -> Result<Vec<Session>, StoreError> {
    let now = Instant::from(tx.now());
    let mut query = sessions::table
        .into_boxed::<MultiBackend>()
        .filter(sessions::account_id.eq(Uid(account)))
        .filter(sessions::revoked_at.is_null().and(sessions::expires_at.gt(now)));
    if let Some(after) = after {
        query = query.filter(sessions::id.lt(Uid(after)));
    }
    let rows: Vec<Row> = query.order(sessions::id.desc()).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Row::into_session).collect())
}

/// Keeps that a session is used now, unless that was kept after a moment.
///
/// # Errors
/// The database's.
pub fn touch(tx: &mut Tx, id: Uuid, unless_after: domain::Timestamp) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    diesel::update(sessions::table.find(Uid(id)))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::used_at.is_null().or(sessions::used_at.le(Some(Instant::from(unless_after)))))
        .set(sessions::used_at.eq(Some(now)))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// Says that a session has shown a second factor.
///
/// # Errors
/// The database's.
pub fn strengthen(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(Uid(id))).set(sessions::second_factor.eq(true)).execute(&mut tx.conn)?;
    Ok(())
}

/// Says of every session of an account that it has shown no second factor: there is none any more.
///
/// # Errors
/// The database's.
pub fn weaken_sessions(tx: &mut Tx, account: Uuid) -> Result<(), StoreError> {
    let all = sessions::table.filter(sessions::account_id.eq(Uid(account)));
    diesel::update(all).set(sessions::second_factor.eq(false)).execute(&mut tx.conn)?;
    Ok(())
}

/// Who acts in a session that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The session.
    pub session: Session,
    /// Who acts.
    pub actor: Actor,
    /// How the account signs in.
    pub kind: AccountKind,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    /// Where the person behind the account lives.
    pub home: Option<domain::region::DivisionCode>,
}

/// Who acts in a session, in two queries by primary key. Nobody does where the session was ended or is over, staff have not
/// used it for `idle`, or the account is not active.
///
/// # Errors
/// The database's.
pub fn principal(tx: &mut Tx, id: Uuid, idle: TimeDelta) -> Result<Option<Principal>, StoreError> {
    let session = match session(tx, id) {
        Ok(session) if session.holds(tx.now()) => session,
        Ok(_) | Err(StoreError::Missing) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Standing { state, kind, must_change_password, home, actor } = grant::standing(tx, session.account)?;
    let used = session.holds_unless_idle(tx.now(), (kind == AccountKind::Staff).then_some(idle));
    Ok((used && state == AccountState::Active).then_some(Principal { session, actor, kind, must_change_password, home }))
}

/// The sessions of an account, newest first, those of before included.
///
/// # Errors
/// The database's.
pub fn sessions(tx: &mut Tx, account: Uuid, limit: i64) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<Row> = sessions::table
        .filter(sessions::account_id.eq(Uid(account)))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .limit(limit)
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Row::into_session).collect())
}
