//! Appointments 预约 and duty rosters 值班表: slots with their bookings, and shifts.
//!
//! Whoever changes how many places of a slot are taken changes the slot first ([`take_place`], [`give_place_back`],
//! [`close_slot`]) and its bookings afterwards: one after the other, so that no place is given twice.

mod booking;
mod shift;
mod slot;

use domain::order::Window;
use uuid::Uuid;

pub use booking::{
    Booking, BookingFilter, add_booking, booked_in, change_booking, give_up_booking, list_bookings, load_booking, missed_since,
};
pub use shift::{Shift, ShiftFilter, add_shifts, change_shift, list_shifts, load_shift, shifts_of_roster};
pub use slot::{Slot, SlotFilter, add_slots, close_slot, give_place_back, list_slots, load_slot, slots_of_series, take_place};

use crate::claim;
use crate::error::StoreError;
use crate::store::Tx;

/// Whether a person is bound at any time of a window: by an order, a booking or a shift.
///
/// # Errors
/// The database's.
pub fn is_bound(tx: &mut Tx, person: Uuid, window: Window) -> Result<bool, StoreError> {
    claim::is_bound(tx, person, window, Uuid::nil())
}

/// Gives up what somebody has booked of slots that are to come.
///
/// # Errors
/// The database's.
pub fn give_up_bookings(tx: &mut Tx, person: Uuid, by: Uuid) -> Result<(), StoreError> {
    booking::forget(tx, person, by)
}

/// Gives up what is to come. What has happened stays on record.
pub(crate) fn forget(tx: &mut Tx, person: Uuid, by: Uuid) -> Result<(), StoreError> {
    booking::forget(tx, person, by)?;
    shift::forget(tx, person, by)
}

/// Hands bookings and shifts of one record over to another. What is to come and collides with what the other one has promised is
/// given up.
pub(crate) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid, by: Uuid) -> Result<(), StoreError> {
    booking::give_up_collisions(tx, from, into, by)?;
    shift::give_up_collisions(tx, from, into, by)?;
    booking::hand_over(tx, from, into)?;
    shift::hand_over(tx, from, into)?;
    claim::hand_over(tx, from, into)
}
