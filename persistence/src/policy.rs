//! Policies of a region: versioned documents with the moment from which each holds.

use diesel::prelude::*;
use domain::policy::PolicyKind;
use domain::region::DivisionCode;
use uuid::Uuid;

use crate::error::StoreError;
use crate::order::division as code_of;
use crate::schema::policies;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// One version of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whose.
    pub region: DivisionCode,
    /// What it rules.
    pub kind: PolicyKind,
    /// Its version; decisions keep it.
    pub version: String,
    /// From when on it holds, until the next one does.
    pub valid_from: domain::Timestamp,
    /// The document, as it was published.
    pub document: String,
    /// The account that published it; none for what came with the program.
    pub created_by: Option<Uuid>,
    /// When it was published.
    pub created_at: domain::Timestamp,
}

/// A row of `policies`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = policies, treat_none_as_default_value = false)]
struct Row {
    region: String,
    kind: String,
    version: String,
    valid_from: Instant,
    document: String,
    created_by: Option<Uid>,
    created_at: Instant,
}

impl Row {
    fn into_policy(self, kind: PolicyKind) -> Result<Policy, StoreError> {
        Ok(Policy {
            region: code_of(&self.region)?,
            kind,
            version: self.version,
            valid_from: self.valid_from.get(),
            document: self.document,
            created_by: self.created_by.map(Into::into),
            created_at: self.created_at.get(),
        })
    }
}

/// Keeps a version.
///
/// # Errors
/// [`StoreError::Duplicate`] where the region has that version, or one that begins at that moment; [`StoreError::Unknown`]
/// where the region is not there.
pub fn add(tx: &mut Tx, policy: &Policy) -> Result<(), StoreError> {
    let row = Row {
        region: policy.region.as_str().to_owned(),
        kind: policy.kind.as_str().to_owned(),
        version: policy.version.clone(),
        valid_from: policy.valid_from.into(),
        document: policy.document.clone(),
        created_by: policy.created_by.map(Into::into),
        created_at: policy.created_at.into(),
    };
    diesel::insert_into(policies::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// The version that holds at a moment, if the region has published one; else the defaults of the program hold.
///
/// # Errors
/// The database's.
pub fn in_force(tx: &mut Tx, region: &DivisionCode, kind: PolicyKind, at: domain::Timestamp) -> Result<Option<Policy>, StoreError> {
    let row: Option<Row> = policies::table
        .filter(policies::region.eq(region.as_str()))
        .filter(policies::kind.eq(kind.as_str()))
        .filter(policies::valid_from.le(Instant::from(at)))
        .order(policies::valid_from.desc())
        .select(Row::as_select())
        .first(&mut tx.conn)
        .optional()?;
    row.map(|row| row.into_policy(kind)).transpose()
}

/// One version, whenever it holds.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn by_version(tx: &mut Tx, region: &DivisionCode, kind: PolicyKind, version: &str) -> Result<Policy, StoreError> {
    let row: Row = policies::table.find((region.as_str(), kind.as_str(), version)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_policy(kind)
}

/// Every version, the one that begins last first.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx, region: &DivisionCode, kind: PolicyKind) -> Result<Vec<Policy>, StoreError> {
    let rows: Vec<Row> = policies::table
        .filter(policies::region.eq(region.as_str()))
        .filter(policies::kind.eq(kind.as_str()))
        .order(policies::valid_from.desc())
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.into_policy(kind)).collect()
}
