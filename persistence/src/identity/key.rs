//! The keys that sign tokens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::signing_keys;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A key that signs tokens, opened.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// The id that tokens name.
    pub id: Uuid,
    /// The public half, as it is published.
    pub public_key: Vec<u8>,
    /// The private half; sealed in the database.
    pub private_key: Vec<u8>,
    /// When it was made.
    pub created_at: domain::Timestamp,
    /// From when on it signs; before, it is only published.
    pub activates_at: domain::Timestamp,
    /// Since when it is used no more, if so.
    pub retired_at: Option<domain::Timestamp>,
}

/// Leaves the private half out.
impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, created_at, activates_at, retired_at, .. } = self;
        let mut all = f.debug_struct("SigningKey");
        all.field("id", id).field("created_at", created_at).field("activates_at", activates_at).field("retired_at", retired_at);
        all.finish_non_exhaustive()
    }
}

type Row = (Uid, Vec<u8>, Vec<u8>, Instant, Option<Instant>, Option<Instant>);

const PRIVATE: &str = "signing_keys.private";

/// Every key, also the retired ones, the newest first.
///
/// # Errors
/// The database's; a key that does not open is a defect.
pub fn signing_keys(tx: &mut Tx) -> Result<Vec<SigningKey>, StoreError> {
    let rows: Vec<Row> = signing_keys::table.order((signing_keys::created_at.desc(), signing_keys::id.desc())).load(&mut tx.conn)?;
    let open = |(id, public_key, sealed, created_at, retired_at, activates_at): Row| {
        let text = tx.unseal(PRIVATE, id.0, &sealed)?;
        let private_key = STANDARD.decode(text).map_err(|error| StoreError::Bug(format!("{PRIVATE} of {}: {error}", id.0)))?;
        let (created_at, retired_at) = (created_at.get(), retired_at.map(Instant::get));
        let activates_at = activates_at.map_or(created_at, Instant::get);
        Ok(SigningKey { id: id.0, public_key, private_key, created_at, activates_at, retired_at })
    };
    rows.into_iter().map(open).collect()
}

/// The public half of a key, with its times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicHalf {
    /// The id that tokens name.
    pub id: Uuid,
    /// The key itself.
    pub public_key: Vec<u8>,
    /// From when on it signs.
    pub activates_at: domain::Timestamp,
    /// Since when it signs no more, if so.
    pub retired_at: Option<domain::Timestamp>,
}

/// The public half of every key that there ever was, the newest first: with a retired one old statements are still checked.
///
/// # Errors
/// The database's.
pub fn public_halves(tx: &mut Tx) -> Result<Vec<PublicHalf>, StoreError> {
    type Half = (Uid, Vec<u8>, Instant, Option<Instant>, Option<Instant>);
    let columns =
        (signing_keys::id, signing_keys::public_key, signing_keys::created_at, signing_keys::activates_at, signing_keys::retired_at);
    let newest = signing_keys::table.order((signing_keys::created_at.desc(), signing_keys::id.desc()));
    let rows: Vec<Half> = newest.select(columns).load(&mut tx.conn)?;
    let half = |(id, public_key, created_at, activates_at, retired_at): Half| PublicHalf {
        id: id.0,
        public_key,
        activates_at: activates_at.unwrap_or(created_at).get(),
        retired_at: retired_at.map(Instant::get),
    };
    Ok(rows.into_iter().map(half).collect())
}

/// Keeps a key that signs at once, its private half sealed.
///
/// # Errors
/// [`StoreError::Duplicate`] where the id is taken.
pub fn add_signing_key(tx: &mut Tx, id: Uuid, private_key: &[u8], public_key: &[u8]) -> Result<(), StoreError> {
    let now = tx.now();
    publish_signing_key(tx, id, (private_key, public_key), now)
}

/// Keeps a key that is published now and signs from a moment on, its private half sealed.
///
/// # Errors
/// [`StoreError::Duplicate`] where the id is taken.
pub fn publish_signing_key(
    tx: &mut Tx,
    id: Uuid,
    (private_key, public_key): (&[u8], &[u8]),
    activates: domain::Timestamp,
) -> Result<(), StoreError> {
    let row = (
        signing_keys::id.eq(Uid(id)),
        signing_keys::public_key.eq(public_key),
        signing_keys::private_key.eq(tx.seal(PRIVATE, id, &STANDARD.encode(private_key))?),
        signing_keys::created_at.eq(Instant::from(tx.now())),
        signing_keys::activates_at.eq(Some(Instant::from(activates))),
    );
    diesel::insert_into(signing_keys::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Lets a key be used no more: neither to sign nor to check.
///
/// # Errors
/// [`StoreError::Stale`] where it is retired already, or not there.
pub fn retire_signing_key(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let changed = diesel::update(signing_keys::table.find(Uid(id)))
        .filter(signing_keys::retired_at.is_null())
        .set(signing_keys::retired_at.eq(Some(now)))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
