//! Which data keys the database needs, and which one seals.
//!
//! The database keeps the fingerprint of each key under which it was filled, so a missing or a wrong key is found out
//! before anything is served. The newest of them that was not dropped seals. Every replica asks for it anew in its writes
//! ([`CHECKED_EVERY`]), so a replica that was started before seals under the new key, too, soon after it came.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use diesel::prelude::*;
use uuid::Uuid;

use crate::both;
use crate::error::StoreError;
use crate::identity::{fact, set_fact_once};
use crate::schema::{carried_keys, data_keys};
use crate::sealed;
use crate::secret::{Carried, KeyId, Keyring};
use crate::store::{Store, Tx};
use crate::types::{Instant, Uid};

/// How old the knowledge of a writing transaction may be which key seals.
pub const CHECKED_EVERY: TimeDelta = TimeDelta::seconds(5);

/// So long after another one took over a key cannot be dropped yet: replicas may still have sealed under it.
pub const DROPPED_AFTER: TimeDelta = TimeDelta::seconds(60);

/// The fact that held the fingerprint of the only key before there could be several; still said of the first.
const FIRST_FINGERPRINT: &str = "key_fingerprint";

/// The rows of the carried keys: name, and the id that they are sealed for.
const CARRIED: [(&str, Uuid); 2] = [("index", Uuid::from_u128(1)), ("tokens", Uuid::from_u128(2))];

/// A data key as the database knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataKey {
    /// Its id.
    pub id: KeyId,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Since when it seals, until a later one does.
    pub seals_since: domain::Timestamp,
    /// Since when it is not needed any more.
    pub dropped_at: Option<domain::Timestamp>,
}

/// Why the keys at hand do not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A key is not at hand under which values are sealed.
    #[error("the key {id} is missing: values are sealed under it (fingerprint {fingerprint})")]
    Missing {
        /// Its id.
        id: KeyId,
        /// Its fingerprint.
        fingerprint: String,
    },
    /// The key of that id is another one.
    #[error("this is not the key {id}: the database was filled under {kept}, this one is {given}")]
    Differs {
        /// Its id.
        id: KeyId,
        /// The fingerprint that the database keeps.
        kept: String,
        /// That of the key at hand.
        given: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Every key under which the database was ever filled, the first one first.
///
/// # Errors
/// The database's.
pub fn data_keys(tx: &mut Tx) -> Result<Vec<DataKey>, StoreError> {
    let rows: Vec<(i32, String, Instant, Option<Instant>)> = data_keys::table.order(data_keys::id).load(&mut tx.conn)?;
    let read = |(id, fingerprint, seals_since, dropped_at): (i32, String, Instant, Option<Instant>)| {
        let dropped_at = dropped_at.map(Instant::get);
        Ok(DataKey { id: key_id(id)?, fingerprint, seals_since: seals_since.get(), dropped_at })
    };
    rows.into_iter().map(read).collect()
}

fn key_id(id: i32) -> Result<KeyId, StoreError> {
    KeyId::try_from(id).map_err(|_| StoreError::Bug(format!("the key id {id}")))
}

/// Whether values are already sealed under some key.
///
/// # Errors
/// The database's.
pub fn is_filled(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(!data_keys(tx)?.is_empty() || fact(tx, FIRST_FINGERPRINT)?.is_some())
}

/// Makes the keyring of a store the one that its database needs: checks every key, takes over which one seals and the
/// carried keys. A database without keys gets the first of the ring.
///
/// # Errors
/// [`KeyError`].
pub async fn settle(store: &Store) -> Result<(), KeyError> {
    let mut known = store.read(data_keys).await?;
    if known.is_empty() {
        known = store.write(register_first).await?;
    }
    let keys = store.keys();
    for key in known.iter().filter(|key| key.dropped_at.is_none()) {
        check(keys, key)?;
    }
    if let Some(newest) = known.iter().rfind(|key| key.dropped_at.is_none()) {
        keys.seal_under(newest.id).map_err(|_| missing(newest))?;
    }
    let carried = store.read(carried).await?;
    keys.carry(carried);
    Ok(())
}

fn missing(key: &DataKey) -> KeyError {
    KeyError::Missing { id: key.id, fingerprint: key.fingerprint.clone() }
}

fn check(keys: &Keyring, key: &DataKey) -> Result<(), KeyError> {
    let given = keys.fingerprint(key.id).ok_or_else(|| missing(key))?;
    if given == key.fingerprint { Ok(()) } else { Err(KeyError::Differs { id: key.id, kept: key.fingerprint.clone(), given }) }
}

/// Registers the first key of the ring and carries what is derived from it. Of several processes at once one does so.
fn register_first(tx: &mut Tx) -> Result<Vec<DataKey>, StoreError> {
    let id = tx.keys().sealing();
    let fingerprint = tx.keys().fingerprint(id).unwrap_or_default();
    // A database of before keeps its fingerprint: what differs is found by the check that follows.
    let kept = set_fact_once(tx, FIRST_FINGERPRINT, &fingerprint)?;
    let row = (data_keys::id.eq(i32::from(id)), data_keys::fingerprint.eq(kept), data_keys::seals_since.eq(Instant::from(tx.now())));
    let first = both!(tx, |c| diesel::insert_into(data_keys::table).values(row).on_conflict_do_nothing().execute(c))?;
    if first == 1 {
        let Carried { index, tokens } = tx.keys().carried();
        for ((name, row), secret) in CARRIED.into_iter().zip([index, tokens]) {
            let secret = tx.seal(sealed::CARRIED_SECRET, row, &STANDARD.encode(secret))?;
            let values = (carried_keys::id.eq(Uid(row)), carried_keys::name.eq(name), carried_keys::secret.eq(secret));
            diesel::insert_into(carried_keys::table).values(values).execute(&mut tx.conn)?;
        }
    }
    data_keys(tx)
}

fn carried(tx: &mut Tx) -> Result<Carried, StoreError> {
    let mut open = |row: Uuid| -> Result<[u8; 32], StoreError> {
        let secret: Vec<u8> = carried_keys::table.find(Uid(row)).select(carried_keys::secret).first(&mut tx.conn)?;
        let text = tx.unseal(sealed::CARRIED_SECRET, row, &secret)?;
        let bytes = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.ok_or_else(|| StoreError::Bug(format!("{} of {row}", sealed::CARRIED_SECRET)))
    };
    let [(_, index), (_, tokens)] = CARRIED;
    Ok(Carried { index: open(index)?, tokens: open(tokens)? })
}

/// In a writing transaction: asks which key seals, where it was not asked lately.
///
/// # Errors
/// The database's; a key that seals but is not at hand is a defect of the installation, and nothing is written without it.
pub(crate) fn refresh(tx: &mut Tx) -> Result<(), StoreError> {
    let now = tx.now();
    if tx.keys().checked_at().is_some_and(|at| at <= now && now - at < CHECKED_EVERY) {
        return Ok(());
    }
    let newest: Option<i32> = data_keys::table
        .filter(data_keys::dropped_at.is_null())
        .order(data_keys::id.desc())
        .select(data_keys::id)
        .first(&mut tx.conn)
        .optional()?;
    if let Some(newest) = newest.map(key_id).transpose()?
        && newest != tx.keys().sealing()
    {
        tx.keys().seal_under(newest).map_err(|error| StoreError::Bug(error.to_string()))?;
    }
    tx.keys().set_checked_at(now);
    Ok(())
}

/// Lets a new key seal from now on, and begins to seal anew what is sealed under others.
///
/// # Errors
/// [`StoreError::Duplicate`] where a key of this id was used before; [`StoreError::Bug`] where it is not at hand.
pub fn activate(tx: &mut Tx, id: KeyId) -> Result<(), StoreError> {
    let at_hand = tx.keys().fingerprint(id);
    let fingerprint = at_hand.ok_or_else(|| StoreError::Bug(format!("the key {id} is not at hand")))?;
    let row = (data_keys::id.eq(i32::from(id)), data_keys::fingerprint.eq(fingerprint), data_keys::seals_since.eq(Instant::from(tx.now())));
    diesel::insert_into(data_keys::table).values(row).execute(&mut tx.conn)?;
    sealed::begin(tx, id)
}

/// Why a key stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DropRefused {
    /// There is none of this id.
    #[error("there is no such key")]
    Unknown,
    /// It seals.
    #[error("it seals: let a new one take over first")]
    Seals,
    /// It was replaced a moment ago, and other processes may still use it.
    #[error("it was replaced less than a minute ago: other processes may still seal under it")]
    TooEarly,
    /// So many values are sealed under it.
    #[error("{0} values are sealed under it: let them be sealed anew first")]
    Used(i64),
}

/// Says of a key that it is not needed any more, if that is so. Dropping it again changes nothing.
///
/// # Errors
/// The database's.
pub fn drop_key(tx: &mut Tx, id: KeyId) -> Result<Result<(), DropRefused>, StoreError> {
    let known = data_keys(tx)?;
    let Some(key) = known.iter().find(|key| key.id == id) else { return Ok(Err(DropRefused::Unknown)) };
    if key.dropped_at.is_some() {
        return Ok(Ok(()));
    }
    let Some(next) = known.iter().find(|other| other.id > id && other.dropped_at.is_none()) else {
        return Ok(Err(DropRefused::Seals));
    };
    if tx.now() - next.seals_since < DROPPED_AFTER {
        return Ok(Err(DropRefused::TooEarly));
    }
    let used = sealed::count(tx, id)?;
    if used > 0 {
        return Ok(Err(DropRefused::Used(used)));
    }
    let now = Instant::from(tx.now());
    diesel::update(data_keys::table.find(i32::from(id))).set(data_keys::dropped_at.eq(Some(now))).execute(&mut tx.conn)?;
    Ok(Ok(()))
}
