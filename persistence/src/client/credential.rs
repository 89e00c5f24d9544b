//! What clients prove themselves with: secrets, of which only digests are kept, and public keys.

use diesel::prelude::*;
use domain::identity::ClientAlgorithm;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::{Client, load, renew_version};
use crate::error::StoreError;
use crate::order::value;
use crate::schema::client_credentials as credentials_table;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A public key to register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// The id of its row.
    pub id: Uuid,
    /// The id that assertions name.
    pub kid: String,
    /// The one algorithm that it is used with.
    pub algorithm: ClientAlgorithm,
    /// The public key as a JWK (RFC 7517).
    pub jwk: String,
}

/// What a credential proves by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A secret: its digest never leaves the database.
    Secret,
    /// A public key.
    Key {
        /// The id that assertions name.
        kid: String,
        /// The one algorithm that it is used with.
        algorithm: ClientAlgorithm,
        /// The public key as a JWK.
        jwk: String,
    },
}

/// What a client proves itself with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its id, which tokens name.
    pub id: Uuid,
    /// The client.
    pub client: Uuid,
    /// By what.
    pub proof: Proof,
    /// When it was registered.
    pub created_at: domain::Timestamp,
    /// The first moment at which it holds no more, where that is known.
    pub expires_at: Option<domain::Timestamp>,
}

/// A row of `client_credentials` without the digest.
#[derive(Queryable, Selectable)]
#[diesel(table_name = credentials_table)]
struct Row {
    id: Uid,
    client_id: Uid,
    kid: Option<String>,
    algorithm: Option<String>,
    jwk: Option<String>,
    created_at: Instant,
    expires_at: Option<Instant>,
}

impl Row {
    fn into_credential(self) -> Result<Credential, StoreError> {
        let proof = match (self.kid, self.algorithm, self.jwk) {
            (Some(kid), Some(algorithm), Some(jwk)) => Proof::Key { kid, algorithm: value(&algorithm)?, jwk },
            _ => Proof::Secret,
        };
        let (created_at, expires_at) = (self.created_at.get(), self.expires_at.map(Instant::get));
        Ok(Credential { id: self.id.0, client: self.client_id.0, proof, created_at, expires_at })
    }
}

/// Adds a secret by its digest.
///
/// # Errors
/// [`StoreError::Unknown`] where the client is not there.
pub fn add_secret(tx: &mut Tx, id: Uuid, client: Uuid, digest: &[u8]) -> Result<(), StoreError> {
    let row = (
        credentials_table::id.eq(Uid(id)),
        credentials_table::client_id.eq(Uid(client)),
        credentials_table::secret_digest.eq(Some(digest)),
        credentials_table::created_at.eq(Instant::from(tx.now())),
    );
    diesel::insert_into(credentials_table::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Gives everything that a client proves itself with a new id: tokens that name the old ones hold no more.
pub(super) fn renew_ids(tx: &mut Tx, client: Uuid) -> Result<(), StoreError> {
    let of_client = credentials_table::table.filter(credentials_table::client_id.eq(Uid(client)));
    let ids: Vec<Uid> = of_client.order(credentials_table::id).select(credentials_table::id).load(&mut tx.conn)?;
    for id in ids {
        let renewed = credentials_table::id.eq(Uid(Uuid::now_v7()));
        diesel::update(credentials_table::table.find(id)).set(renewed).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// Lets the secrets that a client has end at a moment, unless they end before.
///
/// # Errors
/// [`StoreError::Missing`] where the client is not there.
pub fn limit_secrets(tx: &mut Tx, client: Uuid, until: domain::Timestamp) -> Result<(), StoreError> {
    let until = Instant::from(until);
    renew_version(tx, client)?;
    diesel::update(credentials_table::table)
        .filter(credentials_table::client_id.eq(Uid(client)).and(credentials_table::secret_digest.is_not_null()))
        .filter(credentials_table::expires_at.is_null().or(credentials_table::expires_at.gt(Some(until))))
        .set(credentials_table::expires_at.eq(Some(until)))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// Adds public keys.
///
/// # Errors
/// [`StoreError::Duplicate`] of `client_credentials` where the client has a key of that id.
pub fn add_keys(tx: &mut Tx, client: Uuid, keys: &[NewKey]) -> Result<(), StoreError> {
    for key in keys {
        let row = (
            credentials_table::id.eq(Uid(key.id)),
            credentials_table::client_id.eq(Uid(client)),
            credentials_table::kid.eq(Some(&key.kid)),
            credentials_table::algorithm.eq(Some(key.algorithm.as_str())),
            credentials_table::jwk.eq(Some(&key.jwk)),
            credentials_table::created_at.eq(Instant::from(tx.now())),
        );
        diesel::insert_into(credentials_table::table).values(row).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// Puts these keys in the place of those that a client has. One that is there already stays as it is, with its tokens.
///
/// # Errors
/// [`StoreError::Missing`] where the client is not there.
pub fn replace_keys(tx: &mut Tx, client: Uuid, keys: &[NewKey]) -> Result<(), StoreError> {
    renew_version(tx, client)?;
    let same = |credential: &Credential, new: &NewKey| matches!(&credential.proof, Proof::Key { kid, jwk, .. } if *kid == new.kid && *jwk == new.jwk);
    let held = live_keys(tx, client)?;
    let gone = held.iter().filter(|old| !keys.iter().any(|new| same(old, new))).map(|old| Uid(old.id));
    let now = Instant::from(tx.now());
    diesel::update(credentials_table::table.filter(credentials_table::id.eq_any(gone.collect::<Vec<_>>())))
        .set(credentials_table::expires_at.eq(Some(now)))
        .execute(&mut tx.conn)?;
    let new: Vec<NewKey> = keys.iter().filter(|new| !held.iter().any(|old| same(old, new))).cloned().collect();
    add_keys(tx, client, &new)
}

/// Every credential of a client that holds now, oldest first.
///
/// # Errors
/// The database's.
pub fn credentials(tx: &mut Tx, client: Uuid) -> Result<Vec<Credential>, StoreError> {
    let now = Instant::from(tx.now());
    let rows: Vec<Row> = credentials_table::table
        .filter(credentials_table::client_id.eq(Uid(client)))
        .filter(credentials_table::expires_at.is_null().or(credentials_table::expires_at.gt(Some(now))))
        .order(credentials_table::id)
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_credential).collect()
}

/// The public keys of a client that hold now.
///
/// # Errors
/// The database's.
pub fn live_keys(tx: &mut Tx, client: Uuid) -> Result<Vec<Credential>, StoreError> {
    let all = credentials(tx, client)?;
    Ok(all.into_iter().filter(|credential| credential.proof != Proof::Secret).collect())
}

/// The credential of a client whose secret has this digest, if it holds now.
///
/// # Errors
/// The database's.
pub fn by_secret(tx: &mut Tx, client: Uuid, digest: &[u8]) -> Result<Option<Uuid>, StoreError> {
    let now = Instant::from(tx.now());
    let found: Option<Uid> = credentials_table::table
        .filter(credentials_table::secret_digest.eq(Some(digest)))
        .filter(credentials_table::client_id.eq(Uid(client)))
        .filter(credentials_table::expires_at.is_null().or(credentials_table::expires_at.gt(Some(now))))
        .select(credentials_table::id)
        .first(&mut tx.conn)
        .optional()?;
    Ok(found.map(Into::into))
}

/// A client that acts with a credential that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The client.
    pub client: Client,
    /// The first moment at which client or credential hold no more.
    pub expires_at: domain::Timestamp,
}

/// The client behind a credential, if both hold now.
///
/// # Errors
/// The database's.
pub fn standing(tx: &mut Tx, credential: Uuid) -> Result<Option<Standing>, StoreError> {
    let row: Option<Row> = credentials_table::table.find(Uid(credential)).select(Row::as_select()).first(&mut tx.conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    let client = load(tx, row.client_id.0)?;
    let ends = row.expires_at.map_or(client.expires_at, |ends| ends.get().min(client.expires_at));
    Ok((client.acts(tx.now()) && tx.now() < ends).then_some(Standing { client, expires_at: ends }))
}
