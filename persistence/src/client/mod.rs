//! Machine clients: what they may do, what they prove themselves with, and which proofs were used.

mod assertion;
mod credential;

use diesel::prelude::*;
use domain::identity::{ClientAuthentication, ClientScope};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

pub use assertion::{sweep_assertions, use_assertion};
pub use credential::{
    Credential, NewKey, Proof, Standing, add_keys, add_secret, by_secret, credentials, limit_secrets, live_keys, replace_keys, standing,
};

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division, value};
use crate::region::{in_ranges, ranges_of};
use crate::schema::{client_scopes, clients};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A machine client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its id, by which it asks for tokens.
    pub id: Uuid,
    /// What people call it: a program of somebody, not a person.
    pub name: String,
    /// Where its scopes hold.
    pub division: DivisionCode,
    /// How it proves who it is.
    pub authentication: ClientAuthentication,
    /// What it may ask for.
    pub scopes: Vec<ClientScope>,
    /// The first moment at which it is over.
    pub expires_at: domain::Timestamp,
    /// Since when it is switched off, if it is.
    pub disabled_at: Option<domain::Timestamp>,
    /// The account that registered it; none for the command line.
    pub created_by: Option<Uuid>,
    /// When it was registered.
    pub created_at: domain::Timestamp,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

impl Client {
    /// Whether it may act at a moment.
    #[must_use]
    pub fn acts(&self, now: domain::Timestamp) -> bool {
        self.disabled_at.is_none() && now < self.expires_at
    }
}

/// A row of `clients`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = clients, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    name: String,
    division: String,
    authentication: String,
    expires_at: Instant,
    disabled_at: Option<Instant>,
    created_by: Option<Uid>,
    created_at: Instant,
    version: i32,
}

impl Row {
    fn into_client(self, scopes: Vec<ClientScope>) -> Result<Client, StoreError> {
        Ok(Client {
            id: self.id.0,
            name: self.name,
            division: division(&self.division)?,
            authentication: value(&self.authentication)?,
            scopes,
            expires_at: self.expires_at.get(),
            disabled_at: self.disabled_at.map(Instant::get),
            created_by: self.created_by.map(Into::into),
            created_at: self.created_at.get(),
            version: self.version,
        })
    }
}

/// Registers a client. What it proves itself with is added beside it.
///
/// # Errors
/// [`StoreError::Unknown`] where the division is not there.
pub fn add(tx: &mut Tx, client: &Client) -> Result<(), StoreError> {
    let row = Row {
        id: client.id.into(),
        name: client.name.clone(),
        division: client.division.as_str().to_owned(),
        authentication: client.authentication.as_str().to_owned(),
        expires_at: client.expires_at.into(),
        disabled_at: client.disabled_at.map(Into::into),
        created_by: client.created_by.map(Into::into),
        created_at: client.created_at.into(),
        version: client.version,
    };
    diesel::insert_into(clients::table).values(&row).execute(&mut tx.conn)?;
    for scope in &client.scopes {
        let row = (client_scopes::client_id.eq(Uid(client.id)), client_scopes::scope.eq(scope.as_str()));
        diesel::insert_into(client_scopes::table).values(row).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// One client.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Client, StoreError> {
    let row: Row = clients::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    let scopes = scopes(tx, id)?;
    row.into_client(scopes)
}

/// The scopes of a client, in the order of the vocabulary.
fn scopes(tx: &mut Tx, id: Uuid) -> Result<Vec<ClientScope>, StoreError> {
    let of = client_scopes::table.filter(client_scopes::client_id.eq(Uid(id)));
    let texts: Vec<String> = of.select(client_scopes::scope).load(&mut tx.conn)?;
    let mut scopes = texts.iter().map(|text| value(text)).collect::<Result<Vec<ClientScope>, _>>()?;
    scopes.sort_unstable();
    Ok(scopes)
}

/// The clients of these divisions, oldest first, from after one on.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx, within: &[DivisionCode], after: Option<Uuid>, limit: i64) -> Result<Vec<Client>, StoreError> {
    let near = in_ranges!(clients::table, clients::division, ranges_of(tx, within)?);
    let mut query = clients::table.into_boxed::<MultiBackend>().filter(near);
    if let Some(after) = after {
        query = query.filter(clients::id.gt(Uid(after)));
    }
    complete(tx, query.order(clients::id).limit(limit))
}

/// Every client, oldest first, up to so many.
///
/// # Errors
/// The database's.
pub fn all(tx: &mut Tx, limit: i64) -> Result<Vec<Client>, StoreError> {
    complete(tx, clients::table.into_boxed::<MultiBackend>().order(clients::id).limit(limit))
}

fn complete(tx: &mut Tx, query: clients::BoxedQuery<'_, MultiBackend>) -> Result<Vec<Client>, StoreError> {
    let rows: Vec<Row> = query.select(Row::as_select()).load(&mut tx.conn)?;
    let each = |row: Row| {
        let scopes = scopes(tx, row.id.0)?;
        row.into_client(scopes)
    };
    rows.into_iter().map(each).collect()
}

/// Switches a client off, or on again. Its tokens name what it proved itself with, so under new ids of that the old ones are over
/// for good, also when it is on again.
///
/// # Errors
/// [`StoreError::Stale`] where it is that already, or not there.
pub fn set_disabled(tx: &mut Tx, id: Uuid, disabled: bool) -> Result<(), StoreError> {
    let now = disabled.then_some(Instant::from(tx.now()));
    let client = clients::table.find(Uid(id));
    let set = (clients::disabled_at.eq(now), clients::version.eq(clients::version + 1));
    let changed = if disabled {
        diesel::update(client.filter(clients::disabled_at.is_null())).set(set).execute(&mut tx.conn)?
    } else {
        diesel::update(client.filter(clients::disabled_at.is_not_null())).set(set).execute(&mut tx.conn)?
    };
    if changed == 0 { Err(StoreError::Stale) } else { credential::renew_ids(tx, id) }
}

/// Counts a change of what a client proves itself with.
fn renew_version(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    let changed = diesel::update(clients::table.find(Uid(id))).set(clients::version.eq(clients::version + 1)).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Missing) } else { Ok(()) }
}
