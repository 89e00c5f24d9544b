//! Who belongs to an organisation, and when they came and went.

use diesel::prelude::*;
use domain::organisation::{MemberRole, MembershipEventKind};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::both;
use crate::error::StoreError;
use crate::order::value;
use crate::schema::{membership_events, memberships, organisations};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Somebody who belongs to an organisation now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Uuid,
    /// As what.
    pub role: MemberRole,
    /// Since when.
    pub joined_at: domain::Timestamp,
}

/// That somebody came, went, or does something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MembershipEvent {
    /// Its id.
    pub id: Uuid,
    /// Who.
    pub person: Uuid,
    /// What.
    pub kind: MembershipEventKind,
    /// As what, from then on or until then.
    pub role: MemberRole,
    /// When.
    pub at: domain::Timestamp,
}

/// Who belongs to an organisation now, by person.
///
/// # Errors
/// The database's.
pub fn members(tx: &mut Tx, id: Uuid) -> Result<Vec<Member>, StoreError> {
    let current = memberships::organisation_id.eq(Uid(id)).and(memberships::left_at.is_null());
    let rows: Vec<(Uid, String, Instant)> = memberships::table
        .filter(current)
        .order(memberships::person_id)
        .select((memberships::person_id, memberships::role, memberships::joined_at))
        .load(&mut tx.conn)?;
    let read = |(person, role, joined_at): (Uid, String, Instant)| {
        Ok(Member { person: person.0, role: value(&role)?, joined_at: joined_at.get() })
    };
    rows.into_iter().map(read).collect()
}

/// What a person does in an organisation now, if they belong to it.
///
/// # Errors
/// The database's.
pub fn role_of(tx: &mut Tx, id: Uuid, person: Uuid) -> Result<Option<MemberRole>, StoreError> {
    let role: Option<String> = memberships::table
        .find((Uid(id), Uid(person)))
        .filter(memberships::left_at.is_null())
        .select(memberships::role)
        .first(&mut tx.conn)
        .optional()?;
    role.as_deref().map(value).transpose()
}

/// Takes a person into an organisation as a plain member; who belongs to it already keeps their role. Whether they did not
/// belong to it before.
///
/// # Errors
/// [`StoreError::Unknown`] where the organisation or the person is not there.
pub fn join(tx: &mut Tx, id: Uuid, person: Uuid) -> Result<bool, StoreError> {
    if role_of(tx, id, person)?.is_some() {
        return Ok(false);
    }
    join_as(tx, id, person, MemberRole::Member)
}

/// Takes a person into an organisation in a role, also one who had left; who belongs to it already gets the role. Whether
/// anything has changed.
///
/// # Errors
/// [`StoreError::Unknown`] where the organisation or the person is not there.
pub fn join_as(tx: &mut Tx, id: Uuid, person: Uuid, role: MemberRole) -> Result<bool, StoreError> {
    let now = Instant::from(tx.now());
    let row = (
        memberships::organisation_id.eq(Uid(id)),
        memberships::person_id.eq(Uid(person)),
        memberships::joined_at.eq(now),
        memberships::role.eq(role.as_str()),
    );
    let new = both!(tx, |c| diesel::insert_into(memberships::table).values(row).on_conflict_do_nothing().execute(c))?;
    let this = memberships::table.find((Uid(id), Uid(person)));
    let back = if new == 1 {
        1
    } else {
        diesel::update(this.filter(memberships::left_at.is_not_null()))
            .set((memberships::joined_at.eq(now), memberships::left_at.eq(None::<Instant>), memberships::role.eq(role.as_str())))
            .execute(&mut tx.conn)?
    };
    if back == 1 {
        note(tx, id, person, MembershipEventKind::Joined, role)?;
        return Ok(true);
    }
    let other = diesel::update(this.filter(memberships::left_at.is_null()).filter(memberships::role.ne(role.as_str())))
        .set(memberships::role.eq(role.as_str()))
        .execute(&mut tx.conn)?;
    if other == 1 {
        note(tx, id, person, MembershipEventKind::RoleChanged, role)?;
    }
    Ok(other == 1)
}

/// Lets a person leave an organisation.
///
/// # Errors
/// [`StoreError::Missing`] where the person does not belong to it.
pub fn leave(tx: &mut Tx, id: Uuid, person: Uuid) -> Result<(), StoreError> {
    let role = role_of(tx, id, person)?.ok_or(StoreError::Missing)?;
    let current = memberships::table.find((Uid(id), Uid(person)));
    let left = diesel::update(current.filter(memberships::left_at.is_null()))
        .set(memberships::left_at.eq(Some(Instant::from(tx.now()))))
        .execute(&mut tx.conn)?;
    if left == 0 { Err(StoreError::Missing) } else { note(tx, id, person, MembershipEventKind::Left, role) }
}

fn note(tx: &mut Tx, id: Uuid, person: Uuid, kind: MembershipEventKind, role: MemberRole) -> Result<(), StoreError> {
    let row = (
        membership_events::id.eq(Uid(Uuid::now_v7())),
        membership_events::organisation_id.eq(Uid(id)),
        membership_events::person_id.eq(Uid(person)),
        membership_events::kind.eq(kind.as_str()),
        membership_events::role.eq(role.as_str()),
        membership_events::at.eq(Instant::from(tx.now())),
    );
    diesel::insert_into(membership_events::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Who came and went, the first one first, from after an event on.
///
/// # Errors
/// The database's.
pub fn membership_events(
    tx: &mut Tx,
    id: Uuid,
    after: Option<(domain::Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<MembershipEvent>, StoreError> {
    type Row = (Uid, Uid, String, String, Instant);
    let mut query = membership_events::table.filter(membership_events::organisation_id.eq(Uid(id))).into_boxed();
    if let Some((at, after)) = after {
        let at = Instant::from(at);
        let later = membership_events::at.gt(at).or(membership_events::id.gt(Uid(after)));
        query = query.filter(membership_events::at.ge(at)).filter(later);
    }
    let rows: Vec<Row> = query
        .order((membership_events::at, membership_events::id))
        .limit(limit)
        .select((
            membership_events::id,
            membership_events::person_id,
            membership_events::kind,
            membership_events::role,
            membership_events::at,
        ))
        .load(&mut tx.conn)?;
    let read = |(id, person, kind, role, at): Row| {
        Ok(MembershipEvent { id: id.0, person: person.0, kind: value(&kind)?, role: value(&role)?, at: at.get() })
    };
    rows.into_iter().map(read).collect()
}

/// Every organisation that a person came to or went from, by its name, the first event first.
///
/// # Errors
/// The database's.
pub fn memberships_of(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<(String, MembershipEvent)>, StoreError> {
    type Row = (String, Uid, Uid, String, String, Instant);
    let persons: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let rows: Vec<Row> = membership_events::table
        .inner_join(organisations::table.on(organisations::id.eq(membership_events::organisation_id)))
        .filter(membership_events::person_id.eq_any(persons))
        .order((membership_events::at, membership_events::id))
        .select((
            organisations::name,
            membership_events::id,
            membership_events::person_id,
            membership_events::kind,
            membership_events::role,
            membership_events::at,
        ))
        .load(&mut tx.conn)?;
    let read = |(name, id, person, kind, role, at): Row| {
        Ok((name, MembershipEvent { id: id.0, person: person.0, kind: value(&kind)?, role: value(&role)?, at: at.get() }))
    };
    rows.into_iter().map(read).collect()
}

/// The person stays, in their role, in every organisation that either record belongs to. What happened to a record stays told
/// of it.
///
/// # Errors
/// The database's.
pub fn move_memberships(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    let current = memberships::person_id.eq(Uid(from)).and(memberships::left_at.is_null());
    let held: Vec<(Uid, String)> = memberships::table
        .filter(current)
        .order(memberships::organisation_id)
        .select((memberships::organisation_id, memberships::role))
        .load(&mut tx.conn)?;
    for (organisation, role) in held {
        if role_of(tx, organisation.0, into)?.is_none() {
            join_as(tx, organisation.0, into, value(&role)?)?;
        }
        leave(tx, organisation.0, from)?;
    }
    Ok(())
}

/// Lets a person leave every organisation.
///
/// # Errors
/// The database's.
pub fn forget_member(tx: &mut Tx, person: Uuid) -> Result<(), StoreError> {
    let current = memberships::person_id.eq(Uid(person)).and(memberships::left_at.is_null());
    let held: Vec<Uid> =
        memberships::table.filter(current).order(memberships::organisation_id).select(memberships::organisation_id).load(&mut tx.conn)?;
    held.into_iter().try_for_each(|organisation| leave(tx, organisation.0, person))
}
