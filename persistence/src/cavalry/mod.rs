//! The light cavalry 移动轻骑兵: who belongs to it, who is on duty and in which cell, and which emergencies have rung.

mod count;
mod duty;
mod member;
mod ring;

pub use count::{Tally, duties_in, rings_in, tally};
pub use duty::{Duty, Found, OnDuty, due, duties_of, end, end_expired, hear, holds_duty, near, on_duty, on_duty_in, start};
pub use member::{Member, join, leave, load, update};
pub use ring::{Ring, has_rung, keep_ring, rings_of};

use domain::cavalry::DutyEnd;
use domain::person::VolunteerState;
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Tx;

/// What follows where somebody stands elsewhere as a volunteer: whoever does not serve is not on duty, and whoever has left or may not
/// serve has left the cavalry.
pub(crate) fn follow_volunteer(tx: &mut Tx, person: Uuid, to: VolunteerState) -> Result<(), StoreError> {
    match to {
        VolunteerState::Active => Ok(()),
        VolunteerState::Applied | VolunteerState::Paused => end(tx, person, DutyEnd::VolunteerStopped).map(drop),
        VolunteerState::Left | VolunteerState::Refused | VolunteerState::Barred => {
            end(tx, person, DutyEnd::VolunteerStopped)?;
            member::retire(tx, person)
        }
    }
}

/// Ends what somebody does in the cavalry; that they were on duty stays for the totals.
pub(crate) fn forget(tx: &mut Tx, person: Uuid) -> Result<(), StoreError> {
    end(tx, person, DutyEnd::LeftCavalry)?;
    member::retire(tx, person)
}

/// Hands over what one record was in the cavalry to another. Where both were, the record that stays keeps what it says.
pub(crate) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    end(tx, from, DutyEnd::LeftCavalry)?;
    member::hand_over(tx, from, into)?;
    duty::hand_over(tx, from, into)
}
