//! Who has booked.

use diesel::prelude::*;
use domain::Timestamp;
use domain::appointment::{BookingState, BookingStep, SlotState};
use domain::order::{Basis, Window};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::slot::{self, Slot, give_place_back};
use crate::claim;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{optional, value};
use crate::schema::{appointment_bookings, appointment_slots};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// That somebody comes to a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Its id.
    pub id: Uuid,
    /// Which slot.
    pub slot: Uuid,
    /// Who comes.
    pub person: Uuid,
    /// The order that it is for.
    pub order: Option<Uuid>,
    /// Where it stands.
    pub state: BookingState,
    /// On what basis somebody who is no staff has booked for the person.
    pub basis: Option<Basis>,
    /// The version of the policy by which it was decided on.
    pub policy_version: String,
    /// Until when the person cancels by themselves.
    pub cancel_until: Timestamp,
    /// The account that has booked.
    pub booked_by: Uuid,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

/// A row of `appointment_bookings`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = appointment_bookings, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    slot_id: Uid,
    person_id: Uid,
    order_id: Option<Uid>,
    state: String,
    basis: Option<String>,
    policy_version: String,
    cancel_until: Instant,
    booked_by: Uid,
    version: i32,
    by_account: Uid,
    created_at: Instant,
    changed_at: Instant,
}

impl Row {
    fn into_booking(self) -> Result<Booking, StoreError> {
        Ok(Booking {
            id: self.id.0,
            slot: self.slot_id.0,
            person: self.person_id.0,
            order: self.order_id.map(Into::into),
            state: value(&self.state)?,
            basis: optional(self.basis.as_deref())?,
            policy_version: self.policy_version,
            cancel_until: self.cancel_until.get(),
            booked_by: self.booked_by.0,
            version: self.version,
        })
    }
}

/// Keeps a booking of a slot of which a place was taken, and claims the person's time.
///
/// # Errors
/// [`StoreError::Duplicate`] where the person has booked the slot already, and that of `quarter_claims` where they are bound to
/// something else then.
pub fn add_booking(tx: &mut Tx, booking: &Booking, slot: &Slot) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let row = Row {
        id: booking.id.into(),
        slot_id: booking.slot.into(),
        person_id: booking.person.into(),
        order_id: booking.order.map(Into::into),
        state: booking.state.as_str().to_owned(),
        basis: booking.basis.map(|basis| basis.as_str().to_owned()),
        policy_version: booking.policy_version.clone(),
        cancel_until: booking.cancel_until.into(),
        booked_by: booking.booked_by.into(),
        version: booking.version,
        by_account: booking.booked_by.into(),
        created_at: now,
        changed_at: now,
    };
    diesel::insert_into(appointment_bookings::table).values(&row).execute(&mut tx.conn)?;
    claim::claim(tx, booking.id, booking.person, slot.window())?;
    Ok(())
}

/// Changes where a booking stands, if it is still of that version; it gets the next one. Whoever no longer comes has their time back.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn change_booking(tx: &mut Tx, booking: &Booking, state: BookingState, by: Uuid) -> Result<(), StoreError> {
    let values = (
        appointment_bookings::state.eq(state.as_str()),
        appointment_bookings::by_account.eq(Uid(by)),
        appointment_bookings::changed_at.eq(Instant::from(tx.now())),
        appointment_bookings::version.eq(booking.version + 1),
    );
    let its = appointment_bookings::table.find(Uid(booking.id)).filter(appointment_bookings::version.eq(booking.version));
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    if !state.holds_a_place() {
        claim::free(tx, booking.id)?;
    }
    Ok(())
}

/// Gives up a booking of a slot that is to come, and its place with it.
///
/// # Errors
/// [`StoreError::Stale`] where the booking or the slot has changed meanwhile.
pub fn give_up_booking(tx: &mut Tx, booking: &Booking, by: Uuid) -> Result<(), StoreError> {
    give_place_back(tx, booking.slot)?;
    change_booking(tx, booking, BookingStep::Cancel.to(), by)
}

/// One booking.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_booking(tx: &mut Tx, id: Uuid) -> Result<Booking, StoreError> {
    let row: Row = appointment_bookings::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_booking()
}

/// The bookings of a slot that stand, in the order in which they were made.
///
/// # Errors
/// The database's.
pub fn booked_in(tx: &mut Tx, slot: Uuid) -> Result<Vec<Booking>, StoreError> {
    let rows: Vec<Row> = appointment_bookings::table
        .filter(appointment_bookings::slot_id.eq(Uid(slot)))
        .filter(appointment_bookings::state.eq(BookingState::Booked.as_str()))
        .order(appointment_bookings::id)
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_booking).collect()
}

/// Which bookings.
#[derive(Clone, Debug, Default)]
pub struct BookingFilter {
    /// Only those of this slot.
    pub slot: Option<Uuid>,
    /// Only those of slots of this site that begin in this time.
    pub site: Option<(Uuid, Window)>,
    /// Only those of somebody under any of these records, or made for another through the account by who is no staff.
    pub own: Option<(Vec<Uuid>, Uuid)>,
    /// Only those of somebody under any of these records.
    pub persons: Option<Vec<Uuid>>,
    /// Only those that stand there.
    pub state: Option<BookingState>,
}

/// The bookings that are asked for, the newest first, from before one on.
///
/// # Errors
/// The database's.
pub fn list_bookings(
    tx: &mut Tx,
    filter: &BookingFilter,
    before: Option<Uuid>,
    limit: Option<i64>,
) -> Result<Vec<(Booking, Slot)>, StoreError> {
    let uids = |ids: &[Uuid]| ids.iter().copied().map(Uid).collect::<Vec<_>>();
    let mut query = appointment_bookings::table
        .inner_join(appointment_slots::table.on(appointment_slots::id.eq(appointment_bookings::slot_id)))
        .into_boxed::<MultiBackend>();
    if let Some(slot) = filter.slot {
        query = query.filter(appointment_bookings::slot_id.eq(Uid(slot)));
    }
    if let Some((site, within)) = filter.site {
        query = query
            .filter(appointment_slots::site_id.eq(Uid(site)))
            .filter(appointment_slots::starts_at.ge(Instant::from(within.start)))
            .filter(appointment_slots::starts_at.lt(Instant::from(within.end)));
    }
    if let Some((persons, account)) = &filter.own {
        let theirs = appointment_bookings::person_id.eq_any(uids(persons));
        let made = appointment_bookings::booked_by.eq(Uid(*account)).and(appointment_bookings::basis.is_not_null());
        query = query.filter(theirs.or(made));
    }
    if let Some(persons) = &filter.persons {
        query = query.filter(appointment_bookings::person_id.eq_any(uids(persons)));
    }
    if let Some(state) = filter.state {
        query = query.filter(appointment_bookings::state.eq(state.as_str()));
    }
    if let Some(before) = before {
        query = query.filter(appointment_bookings::id.lt(Uid(before)));
    }
    if let Some(limit) = limit {
        query = query.limit(limit);
    }
    let query = query.order(appointment_bookings::id.desc());
    let rows: Vec<(Row, slot::Row)> = query.select((Row::as_select(), slot::Row::as_select())).load(&mut tx.conn)?;
    rows.into_iter().map(|(booking, slot)| Ok((booking.into_booking()?, slot.into_slot()?))).collect()
}

/// The beginnings of the slots that somebody under any of these records has missed since a moment, the first one first.
///
/// # Errors
/// The database's.
pub fn missed_since(tx: &mut Tx, persons: &[Uuid], since: Timestamp) -> Result<Vec<Timestamp>, StoreError> {
    let persons: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let rows: Vec<Instant> = appointment_bookings::table
        .inner_join(appointment_slots::table.on(appointment_slots::id.eq(appointment_bookings::slot_id)))
        .filter(appointment_bookings::person_id.eq_any(persons))
        .filter(appointment_bookings::state.eq(BookingState::Missed.as_str()))
        .filter(appointment_slots::starts_at.gt(Instant::from(since)))
        .order((appointment_slots::starts_at, appointment_bookings::id))
        .select(appointment_slots::starts_at)
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Instant::get).collect())
}

/// The bookings of somebody that stand, of slots that are to come, with their times; in one order whoever asks.
fn upcoming(tx: &mut Tx, person: Uuid) -> Result<Vec<(Booking, Window)>, StoreError> {
    let rows: Vec<(Row, slot::Row)> = appointment_bookings::table
        .inner_join(appointment_slots::table.on(appointment_slots::id.eq(appointment_bookings::slot_id)))
        .filter(appointment_bookings::person_id.eq(Uid(person)))
        .filter(appointment_bookings::state.eq(BookingState::Booked.as_str()))
        .filter(appointment_slots::state.eq(SlotState::Open.as_str()))
        .filter(appointment_slots::starts_at.gt(Instant::from(tx.now())))
        .order(appointment_slots::id)
        .select((Row::as_select(), slot::Row::as_select()))
        .load(&mut tx.conn)?;
    rows.into_iter().map(|(booking, slot)| Ok((booking.into_booking()?, slot.into_slot()?.window()))).collect()
}

/// Gives up what somebody has booked of slots that are to come.
pub(super) fn forget(tx: &mut Tx, person: Uuid, by: Uuid) -> Result<(), StoreError> {
    upcoming(tx, person)?.into_iter().try_for_each(|(booking, _)| give_up_booking(tx, &booking, by))
}

/// Gives up what one record has booked at a time at which the other is bound.
pub(super) fn give_up_collisions(tx: &mut Tx, from: Uuid, into: Uuid, by: Uuid) -> Result<(), StoreError> {
    for (booking, window) in upcoming(tx, from)? {
        if claim::is_bound(tx, into, window, booking.id)? {
            give_up_booking(tx, &booking, by)?;
        }
    }
    Ok(())
}

/// Hands the bookings over. Where both have a place of a slot, that of the record that is given up stays with it.
pub(super) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    let holding: Vec<&str> = BookingState::ALL.iter().filter(|state| state.holds_a_place()).map(|state| state.as_str()).collect();
    let held: Vec<Uid> = appointment_bookings::table
        .filter(appointment_bookings::person_id.eq(Uid(into)))
        .filter(appointment_bookings::state.eq_any(holding))
        .select(appointment_bookings::slot_id)
        .load(&mut tx.conn)?;
    let given = appointment_bookings::table.filter(appointment_bookings::person_id.eq(Uid(from)));
    diesel::update(given.filter(appointment_bookings::slot_id.ne_all(held)))
        .set((appointment_bookings::person_id.eq(Uid(into)), appointment_bookings::version.eq(appointment_bookings::version + 1)))
        .execute(&mut tx.conn)?;
    Ok(())
}
