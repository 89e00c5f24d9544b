//! Slots of sites.

use diesel::prelude::*;
use domain::Timestamp;
use domain::appointment::{SlotCloseReason, SlotState, SlotTime};
use domain::order::Window;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::insert_all;
use crate::order::{optional, value};
use crate::schema::appointment_slots;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A time at which a service can be booked at a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its id.
    pub id: Uuid,
    /// The request that has opened it, alone or with others.
    pub series: Uuid,
    /// At which site.
    pub site: Uuid,
    /// For which service.
    pub service: Uuid,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// How many people can come.
    pub capacity: i32,
    /// How many places are taken.
    pub booked: i32,
    /// Whether it can be booked.
    pub state: SlotState,
    /// Why it does not take place.
    pub close_reason: Option<SlotCloseReason>,
    /// One more when it is closed; a new one has 1. Bookings do not change it.
    pub version: i32,
    /// The account that has opened it.
    pub created_by: Uuid,
}

impl Slot {
    /// What decides which steps can be taken.
    #[must_use]
    pub const fn time(&self) -> SlotTime {
        SlotTime { state: self.state, starts_at: self.starts_at }
    }

    /// The time that a booking of it claims.
    #[must_use]
    pub const fn window(&self) -> Window {
        Window { start: self.starts_at, end: self.ends_at }
    }
}

/// A row of `appointment_slots`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = appointment_slots, treat_none_as_default_value = false)]
pub(super) struct Row {
    id: Uid,
    series_id: Uid,
    site_id: Uid,
    service_id: Uid,
    starts_at: Instant,
    ends_at: Instant,
    capacity: i32,
    booked: i32,
    state: String,
    close_reason: Option<String>,
    version: i32,
    created_by: Uid,
    created_at: Instant,
}

impl Row {
    fn new(slot: &Slot, at: Timestamp) -> Self {
        Self {
            id: slot.id.into(),
            series_id: slot.series.into(),
            site_id: slot.site.into(),
            service_id: slot.service.into(),
            starts_at: slot.starts_at.into(),
            ends_at: slot.ends_at.into(),
            capacity: slot.capacity,
            booked: slot.booked,
            state: slot.state.as_str().to_owned(),
            close_reason: slot.close_reason.map(|reason| reason.as_str().to_owned()),
            version: slot.version,
            created_by: slot.created_by.into(),
            created_at: at.into(),
        }
    }

    pub(super) fn into_slot(self) -> Result<Slot, StoreError> {
        Ok(Slot {
            id: self.id.0,
            series: self.series_id.0,
            site: self.site_id.0,
            service: self.service_id.0,
            starts_at: self.starts_at.get(),
            ends_at: self.ends_at.get(),
            capacity: self.capacity,
            booked: self.booked,
            state: value(&self.state)?,
            close_reason: optional(self.close_reason.as_deref())?,
            version: self.version,
            created_by: self.created_by.0,
        })
    }
}

/// Keeps new slots: all of them or none.
///
/// # Errors
/// [`StoreError::Duplicate`] where the site has an open slot for the service that begins at the same time;
/// [`StoreError::Unknown`] where the site or the service is not there.
pub fn add_slots(tx: &mut Tx, slots: &[Slot]) -> Result<(), StoreError> {
    let now = tx.now();
    let rows: Vec<Row> = slots.iter().map(|slot| Row::new(slot, now)).collect();
    insert_all!(tx, appointment_slots::table, rows)?;
    Ok(())
}

/// One slot.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_slot(tx: &mut Tx, id: Uuid) -> Result<Slot, StoreError> {
    let row: Row = appointment_slots::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_slot()
}

/// The slots that one request has opened, in order of time.
///
/// # Errors
/// The database's.
pub fn slots_of_series(tx: &mut Tx, series: Uuid) -> Result<Vec<Slot>, StoreError> {
    let rows: Vec<Row> = appointment_slots::table
        .filter(appointment_slots::series_id.eq(Uid(series)))
        .order((appointment_slots::starts_at, appointment_slots::id))
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_slot).collect()
}

/// Which slots.
#[derive(Clone, Debug)]
pub struct SlotFilter {
    /// Of which site.
    pub site: Uuid,
    /// Those that begin in this time.
    pub within: Window,
    /// Only those for this service.
    pub service: Option<Uuid>,
}

/// The slots that are asked for, in order of time, from after one on.
///
/// # Errors
/// The database's.
pub fn list_slots(tx: &mut Tx, filter: &SlotFilter, after: Option<(Timestamp, Uuid)>, limit: i64) -> Result<Vec<Slot>, StoreError> {
    let mut query = appointment_slots::table
        .filter(appointment_slots::site_id.eq(Uid(filter.site)))
        .filter(appointment_slots::starts_at.ge(Instant::from(filter.within.start)))
        .filter(appointment_slots::starts_at.lt(Instant::from(filter.within.end)))
        .into_boxed::<MultiBackend>();
    if let Some(service) = filter.service {
        query = query.filter(appointment_slots::service_id.eq(Uid(service)));
    }
    if let Some((at, id)) = after {
        let at = Instant::from(at);
        let later = appointment_slots::starts_at.gt(at).or(appointment_slots::id.gt(Uid(id)));
        query = query.filter(appointment_slots::starts_at.ge(at)).filter(later);
    }
    let query = query.order((appointment_slots::starts_at, appointment_slots::id)).limit(limit);
    let rows: Vec<Row> = query.select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_slot).collect()
}

/// Takes a place of an open slot, if there is one; whether there was. Whoever takes the last one at the same time comes first or
/// second, never both: the update applies only where there still is a place, and the table allows no more.
///
/// # Errors
/// The database's.
pub fn take_place(tx: &mut Tx, id: Uuid) -> Result<bool, StoreError> {
    let free = appointment_slots::table
        .find(Uid(id))
        .filter(appointment_slots::state.eq(SlotState::Open.as_str()))
        .filter(appointment_slots::booked.lt(appointment_slots::capacity));
    let taken = diesel::update(free).set(appointment_slots::booked.eq(appointment_slots::booked + 1)).execute(&mut tx.conn)?;
    Ok(taken == 1)
}

/// Gives a place of an open slot back.
///
/// # Errors
/// [`StoreError::Stale`] where the slot was closed meanwhile.
pub fn give_place_back(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    let open = appointment_slots::table
        .find(Uid(id))
        .filter(appointment_slots::state.eq(SlotState::Open.as_str()))
        .filter(appointment_slots::booked.gt(0));
    let given = diesel::update(open).set(appointment_slots::booked.eq(appointment_slots::booked - 1)).execute(&mut tx.conn)?;
    if given == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Notes that a slot does not take place; nobody has a place of it then.
///
/// # Errors
/// [`StoreError::Stale`] where it was closed before.
pub fn close_slot(tx: &mut Tx, id: Uuid, reason: SlotCloseReason) -> Result<(), StoreError> {
    let its = appointment_slots::table.find(Uid(id)).filter(appointment_slots::state.eq(SlotState::Open.as_str()));
    let values = (
        appointment_slots::state.eq(SlotState::Closed.as_str()),
        appointment_slots::close_reason.eq(Some(reason.as_str())),
        appointment_slots::booked.eq(0),
        appointment_slots::version.eq(appointment_slots::version + 1),
    );
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
