//! Refresh tokens: opaque, kept as digests, used once.

use diesel::prelude::*;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::{refresh_tokens, sessions};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What became of the use of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum RefreshUse {
    /// It was good, and now is used.
    Fresh {
        /// The session it belongs to.
        session: Uuid,
        /// The account of the session.
        account: Uuid,
    },
    /// It was used before: somebody else may have it, so the session must end.
    Reused {
        /// The session it belongs to.
        session: Uuid,
    },
    /// There is none.
    Unknown,
    /// Its time is over, or its session has ended.
    Expired,
}

/// Keeps the digest of a refresh token.
///
/// # Errors
/// [`StoreError::Unknown`] where the session is not there.
pub fn add_refresh(tx: &mut Tx, digest: &[u8], session: Uuid, expires: domain::Timestamp) -> Result<(), StoreError> {
    let row = (
        refresh_tokens::digest.eq(digest),
        refresh_tokens::session_id.eq(Uid(session)),
        refresh_tokens::issued_at.eq(Instant::from(tx.now())),
        refresh_tokens::expires_at.eq(Instant::from(expires)),
    );
    diesel::insert_into(refresh_tokens::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

type Found = (Uid, Uid, Instant, Option<Instant>, Instant, Option<Instant>);

/// Uses a refresh token: of two uses at once exactly one is fresh. Nothing else is changed, so that the caller can end the
/// session of a reused one in the same transaction.
///
/// # Errors
/// The database's.
pub fn use_refresh(tx: &mut Tx, digest: &[u8]) -> Result<RefreshUse, StoreError> {
    let now = Instant::from(tx.now());
    let found: Option<Found> = refresh_tokens::table
        .inner_join(sessions::table.on(sessions::id.eq(refresh_tokens::session_id)))
        .filter(refresh_tokens::digest.eq(digest))
        .select((
            sessions::id,
            sessions::account_id,
            refresh_tokens::expires_at,
            refresh_tokens::used_at,
            sessions::expires_at,
            sessions::revoked_at,
        ))
        .first(&mut tx.conn)
        .optional()?;
    let Some((session, account, expires, used, session_expires, revoked)) = found else { return Ok(RefreshUse::Unknown) };
    if used.is_some() {
        return Ok(RefreshUse::Reused { session: session.0 });
    }
    if expires <= now || session_expires <= now || revoked.is_some() {
        return Ok(RefreshUse::Expired);
    }
    let taken = diesel::update(refresh_tokens::table.find(digest))
        .filter(refresh_tokens::used_at.is_null())
        .set(refresh_tokens::used_at.eq(Some(now)))
        .execute(&mut tx.conn)?;
    Ok(match taken {
        0 => RefreshUse::Reused { session: session.0 },
        _ => RefreshUse::Fresh { session: session.0, account: account.0 },
    })
}
