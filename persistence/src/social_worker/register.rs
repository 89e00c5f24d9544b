//! The register of social workers.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;
use domain::region::DivisionCode;
use domain::social_worker::{Qualification, SocialWorkPost};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division, optional, value};
use crate::region::{in_ranges, ranges};
use crate::schema::{social_work_cases, social_workers};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What the number of a certificate is sealed for.
pub(crate) const CERTIFICATE: &str = "social_workers.certificate";

/// A social worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocialWorker {
    /// Who.
    pub person: Uuid,
    /// The region whose policy holds.
    pub region: DivisionCode,
    /// Where they work.
    pub division: DivisionCode,
    /// What they are qualified for, if they are.
    pub qualification: Option<Qualification>,
    /// The number of the certificate.
    pub certificate: Option<String>,
    /// The day of the certificate.
    pub certified_on: Option<NaiveDate>,
    /// The day of the last registration.
    pub registered_on: Option<NaiveDate>,
    /// For whom they work.
    pub post: SocialWorkPost,
    /// Whether they belong to the party; none where it is not known.
    pub party_member: Option<bool>,
    /// Whether they work there now.
    pub active: bool,
    /// One more with every change; a new one has 1.
    pub version: i32,
    /// The account that has entered it.
    pub entered_by: Uuid,
}

/// A row of `social_workers`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = social_workers, treat_none_as_default_value = false)]
struct Row {
    person_id: Uid,
    region: String,
    division: String,
    qualification: Option<String>,
    certificate: Option<Vec<u8>>,
    certified_on: Option<NaiveDate>,
    registered_on: Option<NaiveDate>,
    post: String,
    party_member: Option<bool>,
    active: bool,
    version: i32,
    entered_by: Uid,
    created_at: Instant,
    changed_at: Instant,
}

impl Row {
    fn open(self, tx: &Tx) -> Result<SocialWorker, StoreError> {
        let person = self.person_id.0;
        Ok(SocialWorker {
            person,
            region: division(&self.region)?,
            division: division(&self.division)?,
            qualification: optional(self.qualification.as_deref())?,
            certificate: self.certificate.map(|sealed| tx.unseal(CERTIFICATE, person, &sealed)).transpose()?,
            certified_on: self.certified_on,
            registered_on: self.registered_on,
            post: value(&self.post)?,
            party_member: self.party_member,
            active: self.active,
            version: self.version,
            entered_by: self.entered_by.0,
        })
    }
}

/// Keeps a social worker.
///
/// # Errors
/// [`StoreError::Duplicate`] of `social_workers` where the person is one already; [`StoreError::Unknown`] where the division or the
/// person is not there.
pub fn add(tx: &mut Tx, worker: &SocialWorker) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let row = Row {
        person_id: worker.person.into(),
        region: worker.region.as_str().to_owned(),
        division: worker.division.as_str().to_owned(),
        qualification: worker.qualification.map(|level| level.as_str().to_owned()),
        certificate: sealed(tx, worker)?,
        certified_on: worker.certified_on,
        registered_on: worker.registered_on,
        post: worker.post.as_str().to_owned(),
        party_member: worker.party_member,
        active: worker.active,
        version: worker.version,
        entered_by: worker.entered_by.into(),
        created_at: now,
        changed_at: now,
    };
    diesel::insert_into(social_workers::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

fn sealed(tx: &Tx, worker: &SocialWorker) -> Result<Option<Vec<u8>>, StoreError> {
    worker.certificate.as_deref().map(|number| tx.seal(CERTIFICATE, worker.person, number)).transpose()
}

/// Replaces what is known of a social worker, if it is still of that version; it gets the next one.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Unknown`] where the division is not there.
pub fn update(tx: &mut Tx, worker: &SocialWorker) -> Result<(), StoreError> {
    let values = (
        social_workers::region.eq(worker.region.as_str()),
        social_workers::division.eq(worker.division.as_str()),
        social_workers::qualification.eq(worker.qualification.map(Vocabulary::as_str)),
        social_workers::certificate.eq(sealed(tx, worker)?),
        social_workers::certified_on.eq(worker.certified_on),
        social_workers::registered_on.eq(worker.registered_on),
        social_workers::post.eq(worker.post.as_str()),
        social_workers::party_member.eq(worker.party_member),
        social_workers::active.eq(worker.active),
        social_workers::changed_at.eq(Instant::from(tx.now())),
        social_workers::version.eq(worker.version + 1),
    );
    let its = social_workers::table.find(Uid(worker.person)).filter(social_workers::version.eq(worker.version));
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The social worker that a person is.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, person: Uuid) -> Result<SocialWorker, StoreError> {
    let row: Row = social_workers::table.find(Uid(person)).select(Row::as_select()).first(&mut tx.conn)?;
    row.open(tx)
}

/// Which social workers.
#[derive(Clone, Debug)]
pub struct WorkersOf<'a> {
    /// Where they work.
    pub within: &'a DivisionCode,
    /// With which qualification; any where it is none.
    pub qualification: Option<Qualification>,
    /// For whom; anybody where it is none.
    pub post: Option<SocialWorkPost>,
    /// Whether those who have left are among them.
    pub also_left: bool,
}

/// Social workers in the order of their persons' ids, after one.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx, of: &WorkersOf<'_>, after: Option<Uuid>, limit: i64) -> Result<Vec<SocialWorker>, StoreError> {
    let near = in_ranges!(social_workers::table, social_workers::division, ranges(tx, of.within)?);
    let mut query = social_workers::table.into_boxed::<MultiBackend>().filter(near);
    if let Some(level) = of.qualification {
        query = query.filter(social_workers::qualification.eq(Some(level.as_str())));
    }
    if let Some(post) = of.post {
        query = query.filter(social_workers::post.eq(post.as_str()));
    }
    if !of.also_left {
        query = query.filter(social_workers::active.eq(true));
    }
    if let Some(after) = after {
        query = query.filter(social_workers::person_id.gt(Uid(after)));
    }
    let rows: Vec<Row> = query.order(social_workers::person_id).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.open(tx)).collect()
}

/// How many of the social workers who work somewhere are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Their qualification.
    pub qualification: Option<Qualification>,
    /// For whom they work.
    pub post: SocialWorkPost,
    /// Whether they belong to the party.
    pub party_member: Option<bool>,
    /// How many.
    pub people: i64,
}

/// Counts the social workers who work in a division now, by what they are.
///
/// # Errors
/// The database's.
pub fn tally(tx: &mut Tx, within: &DivisionCode) -> Result<Vec<Tally>, StoreError> {
    type Counted = (Option<String>, String, Option<bool>, i64);
    let near = in_ranges!(social_workers::table, social_workers::division, ranges(tx, within)?);
    let alike = (social_workers::qualification, social_workers::post, social_workers::party_member);
    let rows: Vec<Counted> = social_workers::table
        .filter(near)
        .filter(social_workers::active.eq(true))
        .group_by(alike)
        .select((social_workers::qualification, social_workers::post, social_workers::party_member, count_star()))
        .load(&mut tx.conn)?;
    let read = |(qualification, post, party_member, people): Counted| {
        Ok(Tally { qualification: optional(qualification.as_deref())?, post: value(&post)?, party_member, people })
    };
    rows.into_iter().map(read).collect()
}

/// Moves the social worker of one record to another that is none; else that one stays, its cases come along, and the one that is
/// given up has left.
pub(super) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid, by: Uuid) -> Result<(), StoreError> {
    let given = match load(tx, from) {
        Ok(given) => given,
        Err(StoreError::Missing) => return Ok(()),
        Err(error) => return Err(error),
    };
    match load(tx, into) {
        Ok(_) => {}
        Err(StoreError::Missing) => add(tx, &SocialWorker { person: into, version: 1, entered_by: by, ..given.clone() })?,
        Err(error) => return Err(error),
    }
    diesel::update(social_work_cases::table.filter(social_work_cases::worker_id.eq(Uid(from))))
        .set(social_work_cases::worker_id.eq(Uid(into)))
        .execute(&mut tx.conn)?;
    update(tx, &SocialWorker { active: false, ..given })
}

/// Erases the number of the certificate; whoever is erased works there no longer.
pub(super) fn forget(tx: &mut Tx, person: Uuid) -> Result<(), StoreError> {
    let values = (
        social_workers::certificate.eq(None::<Vec<u8>>),
        social_workers::party_member.eq(None::<bool>),
        social_workers::active.eq(false),
        social_workers::version.eq(social_workers::version + 1),
    );
    diesel::update(social_workers::table.find(Uid(person))).set(values).execute(&mut tx.conn)?;
    Ok(())
}
