//! Organisations in alliances.

use diesel::prelude::*;
use domain::region::DivisionCode;
use uuid::Uuid;

use crate::both;
use crate::error::StoreError;
use crate::schema::{alliance_members, alliance_turns};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// That an organisation belongs, or belonged, to an alliance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllianceMember {
    /// The id of this belonging.
    pub id: Uuid,
    /// The organisation.
    pub member: Uuid,
    /// Since when.
    pub joined_at: domain::Timestamp,
    /// Until when.
    pub left_at: Option<domain::Timestamp>,
}

/// Waits until nobody else changes an alliance of the region, until this transaction ends.
///
/// # Errors
/// The database's.
pub fn take_turn(tx: &mut Tx, region: &DivisionCode) -> Result<(), StoreError> {
    let row = (alliance_turns::region.eq(region.as_str()), alliance_turns::turn.eq(1_i64));
    both!(tx, |c| diesel::insert_into(alliance_turns::table)
        .values(row)
        .on_conflict(alliance_turns::region)
        .do_update()
        .set(alliance_turns::turn.eq(alliance_turns::turn + 1))
        .execute(c))?;
    Ok(())
}

/// Whether an organisation is another one, or belongs to it through alliances: whether `from` lies under `to`.
///
/// # Errors
/// The database's.
pub fn leads_to(tx: &mut Tx, from: Uuid, to: Uuid) -> Result<bool, StoreError> {
    let (mut seen, mut fresh) = (vec![from], vec![Uid(from)]);
    while !fresh.is_empty() {
        if seen.contains(&to) {
            return Ok(true);
        }
        let above: Vec<Uid> = alliance_members::table
            .filter(alliance_members::member_id.eq_any(fresh))
            .filter(alliance_members::left_at.is_null())
            .order(alliance_members::alliance_id)
            .select(alliance_members::alliance_id)
            .load(&mut tx.conn)?;
        fresh = above.into_iter().filter(|id| !seen.contains(&id.0)).collect();
        fresh.dedup();
        seen.extend(fresh.iter().map(|id| id.0));
    }
    Ok(seen.contains(&to))
}

/// Takes an organisation into an alliance.
///
/// # Errors
/// [`StoreError::Duplicate`] where it belongs to it.
pub fn add_to_alliance(tx: &mut Tx, id: Uuid, alliance: Uuid, member: Uuid) -> Result<(), StoreError> {
    let row = (
        alliance_members::id.eq(Uid(id)),
        alliance_members::alliance_id.eq(Uid(alliance)),
        alliance_members::member_id.eq(Uid(member)),
        alliance_members::joined_at.eq(Instant::from(tx.now())),
    );
    diesel::insert_into(alliance_members::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Lets an organisation leave an alliance.
///
/// # Errors
/// [`StoreError::Missing`] where it does not belong to it.
pub fn leave_alliance(tx: &mut Tx, alliance: Uuid, member: Uuid) -> Result<(), StoreError> {
    let current = alliance_members::table
        .filter(alliance_members::alliance_id.eq(Uid(alliance)))
        .filter(alliance_members::member_id.eq(Uid(member)))
        .filter(alliance_members::left_at.is_null());
    let now = Instant::from(tx.now());
    let left = diesel::update(current).set(alliance_members::left_at.eq(Some(now))).execute(&mut tx.conn)?;
    if left == 0 { Err(StoreError::Missing) } else { Ok(()) }
}

type Row = (Uid, Uid, Instant, Option<Instant>);

const COLUMNS: (alliance_members::id, alliance_members::member_id, alliance_members::joined_at, alliance_members::left_at) =
    (alliance_members::id, alliance_members::member_id, alliance_members::joined_at, alliance_members::left_at);

fn read((id, member, joined_at, left_at): Row) -> AllianceMember {
    AllianceMember { id: id.0, member: member.0, joined_at: joined_at.get(), left_at: left_at.map(Instant::get) }
}

/// That an organisation belongs, or belonged, to an alliance.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn alliance_member(tx: &mut Tx, id: Uuid) -> Result<AllianceMember, StoreError> {
    let row: Row = alliance_members::table.find(Uid(id)).select(COLUMNS).first(&mut tx.conn)?;
    Ok(read(row))
}

/// Who belongs to an alliance or has belonged to it, the first one first, from after one on.
///
/// # Errors
/// The database's.
pub fn alliance_members(tx: &mut Tx, alliance: Uuid, after: Option<Uuid>, limit: i64) -> Result<Vec<AllianceMember>, StoreError> {
    let rows: Vec<Row> = alliance_members::table
        .filter(alliance_members::alliance_id.eq(Uid(alliance)))
        .filter(alliance_members::id.gt(Uid(after.unwrap_or_default())))
        .order(alliance_members::id)
        .limit(limit)
        .select(COLUMNS)
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(read).collect())
}
