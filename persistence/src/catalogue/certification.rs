//! Who is certified for which craft.

use diesel::prelude::*;
use domain::person::{CertificationEventKind, CraftLevel, VolunteerState};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::history::record;
use crate::both;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division, value};
use crate::region::in_ranges;
use crate::region::ranges;
use crate::schema::{certifications, volunteers};
use crate::store::Tx;
use crate::types::{Instant, Uid};
use crate::unsealed;

/// Where the evidence is sealed for.
pub(crate) const EVIDENCE: &str = "certifications.evidence";

/// A person's certification for a craft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certification {
    /// Its id.
    pub id: Uuid,
    /// Who is certified.
    pub person: Uuid,
    /// For what.
    pub craft: Uuid,
    /// At which level.
    pub level: CraftLevel,
    /// What it rests on.
    pub evidence: String,
    /// The account that verified it.
    pub verified_by: Uuid,
    /// From when on it holds.
    pub valid_from: domain::Timestamp,
    /// The first moment at which it no longer does.
    pub valid_until: domain::Timestamp,
    /// Since when it is suspended, if it is.
    pub suspended_at: Option<domain::Timestamp>,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

/// A row of `certifications`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = certifications, treat_none_as_default_value = false)]
pub(super) struct Row {
    id: Uid,
    person_id: Uid,
    craft_id: Uid,
    level: String,
    verified_by: Uid,
    valid_from: Instant,
    valid_until: Instant,
    suspended_at: Option<Instant>,
    version: i32,
    created_at: Instant,
    unsealed_evidence: Option<String>,
    evidence: Option<Vec<u8>>,
}

impl Row {
    pub(super) fn into_certification(self, tx: &Tx) -> Result<Certification, StoreError> {
        let evidence = unsealed::opened(tx, EVIDENCE, self.id.0, self.evidence.as_deref(), self.unsealed_evidence)?;
        Ok(Certification {
            id: self.id.0,
            person: self.person_id.0,
            craft: self.craft_id.0,
            level: value(&self.level)?,
            evidence: evidence.unwrap_or_default(),
            verified_by: self.verified_by.0,
            valid_from: self.valid_from.get(),
            valid_until: self.valid_until.get(),
            suspended_at: self.suspended_at.map(Instant::get),
            version: self.version,
        })
    }
}

/// Keeps a certification.
///
/// # Errors
/// [`StoreError::Unknown`] where the person, the craft or the account is not there.
pub fn add_certification(tx: &mut Tx, certification: &Certification) -> Result<(), StoreError> {
    let row = Row {
        id: certification.id.into(),
        person_id: certification.person.into(),
        craft_id: certification.craft.into(),
        level: certification.level.as_str().to_owned(),
        verified_by: certification.verified_by.into(),
        valid_from: certification.valid_from.into(),
        valid_until: certification.valid_until.into(),
        suspended_at: certification.suspended_at.map(Into::into),
        version: certification.version,
        created_at: tx.now().into(),
        unsealed_evidence: None,
        evidence: Some(tx.seal(EVIDENCE, certification.id, &certification.evidence)?),
    };
    diesel::insert_into(certifications::table).values(&row).execute(&mut tx.conn)?;
    record(tx, certification.id, certification.version, CertificationEventKind::Certified, None, certification.verified_by)
}

/// One certification.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_certification(tx: &mut Tx, id: Uuid) -> Result<Certification, StoreError> {
    let row: Row = certifications::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_certification(tx)
}

/// Every certification of a person, also those that hold no longer, the newest first.
///
/// # Errors
/// The database's.
pub fn list_certifications(tx: &mut Tx, person: Uuid) -> Result<Vec<Certification>, StoreError> {
    let rows: Vec<Row> = certifications::table
        .filter(certifications::person_id.eq(Uid(person)))
        .order(certifications::id.desc())
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.into_certification(tx)).collect()
}

/// An active volunteer with a certification that holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Craftsman {
    /// The volunteer's division.
    pub division: DivisionCode,
    /// For what, and at which level.
    pub certification: Certification,
}

/// The active volunteers of a division who are certified for a craft now, by certification, from after one on. Who has two
/// certifications for the craft appears twice.
///
/// # Errors
/// The database's.
pub fn list_craftsmen(
    tx: &mut Tx,
    craft: Uuid,
    within: &DivisionCode,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Craftsman>, StoreError> {
    let near = in_ranges!(Joined, volunteers::division, ranges(tx, within)?);
    let now = Instant::from(tx.now());
    let mut query = certifications::table
        .inner_join(volunteers::table.on(volunteers::person_id.eq(certifications::person_id)))
        .filter(certifications::craft_id.eq(Uid(craft)))
        .filter(certifications::suspended_at.is_null())
        .filter(certifications::valid_from.le(now).and(certifications::valid_until.gt(now)))
        .filter(volunteers::state.eq(VolunteerState::Active.as_str()))
        .filter(near)
        .into_boxed::<MultiBackend>();
    if let Some(after) = after {
        query = query.filter(certifications::id.gt(Uid(after)));
    }
    let query = query.order(certifications::id).limit(limit);
    let rows: Vec<(String, Row)> = query.select((volunteers::division, Row::as_select())).load(&mut tx.conn)?;
    let craftsman = |(code, row): (String, Row)| Ok(Craftsman { division: division(&code)?, certification: row.into_certification(tx)? });
    rows.into_iter().map(craftsman).collect()
}

/// Certifications with who holds them as volunteers.
pub(super) type Joined = diesel::dsl::InnerJoinQuerySource<
    certifications::table,
    volunteers::table,
    diesel::dsl::Eq<volunteers::person_id, certifications::person_id>,
>;

/// Suspends a certification: from now on it does not count.
///
/// # Errors
/// [`StoreError::Stale`] where it is suspended already, or not there.
pub fn suspend_certification(tx: &mut Tx, id: Uuid, by: Uuid, reason: &str) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let version: Option<i32> = both!(tx, |c| diesel::update(certifications::table.find(Uid(id)))
        .filter(certifications::suspended_at.is_null())
        .set((
            certifications::suspended_at.eq(Some(now)),
            certifications::suspended_by.eq(Some(Uid(by))),
            certifications::version.eq(certifications::version + 1),
        ))
        .returning(certifications::version)
        .get_result(c)
        .optional())?;
    record(tx, id, version.ok_or(StoreError::Stale)?, CertificationEventKind::Suspended, Some(reason), by)
}

/// Lifts the suspension of a certification.
///
/// # Errors
/// [`StoreError::Stale`] where it is not suspended, or not there.
pub fn resume_certification(tx: &mut Tx, id: Uuid, by: Uuid, reason: &str) -> Result<(), StoreError> {
    let version: Option<i32> = both!(tx, |c| diesel::update(certifications::table.find(Uid(id)))
        .filter(certifications::suspended_at.is_not_null())
        .set((
            certifications::suspended_at.eq(None::<Instant>),
            certifications::suspended_by.eq(None::<Uid>),
            certifications::version.eq(certifications::version + 1),
        ))
        .returning(certifications::version)
        .get_result(c)
        .optional())?;
    record(tx, id, version.ok_or(StoreError::Stale)?, CertificationEventKind::Resumed, Some(reason), by)
}
