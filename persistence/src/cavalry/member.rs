//! Who belongs to the cavalry.

use diesel::prelude::*;
use domain::cavalry::Employment;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::error::StoreError;
use crate::order::{division, value};
use crate::schema::cavalry;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Somebody who belongs, or has belonged, to the cavalry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Uuid,
    /// The region whose policy holds.
    pub region: DivisionCode,
    /// Where they are counted, and whose staff see them on duty: where they serve as a volunteer.
    pub division: DivisionCode,
    /// How they work.
    pub employment: Employment,
    /// Whether emergencies may ring them.
    pub emergency_ready: bool,
    /// Whether they belong to it now.
    pub active: bool,
    /// One more with every change; a new one has 1.
    pub version: i32,
    /// The account that has changed it last.
    pub by: Uuid,
    /// When they joined, for the last time.
    pub joined_at: domain::Timestamp,
}

/// A row of `cavalry`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = cavalry, treat_none_as_default_value = false)]
pub(super) struct Row {
    person_id: Uid,
    region: String,
    division: String,
    employment: String,
    emergency_ready: bool,
    active: bool,
    version: i32,
    by_account: Uid,
    joined_at: Instant,
    changed_at: Instant,
}

impl Row {
    pub(super) fn into_member(self) -> Result<Member, StoreError> {
        Ok(Member {
            person: self.person_id.0,
            region: division(&self.region)?,
            division: division(&self.division)?,
            employment: value(&self.employment)?,
            emergency_ready: self.emergency_ready,
            active: self.active,
            version: self.version,
            by: self.by_account.0,
            joined_at: self.joined_at.get(),
        })
    }
}

/// Keeps somebody who has never belonged to it.
///
/// # Errors
/// [`StoreError::Duplicate`] of `cavalry` where the person has.
pub fn join(tx: &mut Tx, member: &Member) -> Result<(), StoreError> {
    let row = Row {
        person_id: member.person.into(),
        region: member.region.as_str().to_owned(),
        division: member.division.as_str().to_owned(),
        employment: member.employment.as_str().to_owned(),
        emergency_ready: member.emergency_ready,
        active: member.active,
        version: member.version,
        by_account: member.by.into(),
        joined_at: member.joined_at.into(),
        changed_at: tx.now().into(),
    };
    diesel::insert_into(cavalry::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// Replaces what is known of a member, if it is still of that version; it gets the next one.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn update(tx: &mut Tx, member: &Member) -> Result<(), StoreError> {
    let values = (
        cavalry::region.eq(member.region.as_str()),
        cavalry::division.eq(member.division.as_str()),
        cavalry::employment.eq(member.employment.as_str()),
        cavalry::emergency_ready.eq(member.emergency_ready),
        cavalry::active.eq(member.active),
        cavalry::by_account.eq(Uid(member.by)),
        cavalry::joined_at.eq(Instant::from(member.joined_at)),
        cavalry::changed_at.eq(Instant::from(tx.now())),
        cavalry::version.eq(member.version + 1),
    );
    let its = cavalry::table.find(Uid(member.person)).filter(cavalry::version.eq(member.version));
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Lets a member leave, if it is still of that version. Who calls it has ended their duty.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn leave(tx: &mut Tx, member: &Member, by: Uuid) -> Result<(), StoreError> {
    update(tx, &Member { active: false, by, ..member.clone() })
}

/// What somebody is in the cavalry, also where they have left it.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, person: Uuid) -> Result<Member, StoreError> {
    let row: Row = cavalry::table.find(Uid(person)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_member()
}

/// Whoever belongs to it has left.
pub(super) fn retire(tx: &mut Tx, person: Uuid) -> Result<(), StoreError> {
    let values = (cavalry::active.eq(false), cavalry::changed_at.eq(Instant::from(tx.now())), cavalry::version.eq(cavalry::version + 1));
    let active = cavalry::table.find(Uid(person)).filter(cavalry::active.eq(true));
    diesel::update(active).set(values).execute(&mut tx.conn)?;
    Ok(())
}

pub(super) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    let known = |tx: &mut Tx, person| match load(tx, person) {
        Ok(member) => Ok(Some(member)),
        Err(StoreError::Missing) => Ok(None),
        Err(error) => Err(error),
    };
    let Some(given) = known(tx, from)? else { return Ok(()) };
    if known(tx, into)?.is_none() {
        join(tx, &Member { person: into, version: 1, ..given })?;
    }
    retire(tx, from)
}
