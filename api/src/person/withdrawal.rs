//! What stops when a consent is withdrawn (PIPL, 15 and 47), in the transaction of the withdrawal: what has not begun is called off, what
//! is being done is finished, and what rests on another basis that was cited goes on.

use domain::cavalry::DutyEnd;
use domain::order::{Basis, Command, Reason, State, Step};
use domain::person::{ConsentKind, PrivacyPolicy, ground, is_withdrawn};
use persistence::order;
use persistence::person::{self, Person};
use persistence::{Tx, appointment, cavalry};
use uuid::Uuid;

use super::consent::age;
use crate::demand::withdrawn::take_off;
use crate::order::step::keep;
use crate::problem::Fault;
use crate::services::Services;

/// Withdraws the standing consents of a kind and stops what rested on them.
///
/// # Errors
/// The database's.
pub(super) fn withdraw(tx: &mut Tx, services: &Services, person: &Person, kind: ConsentKind, by: Uuid) -> Result<(), Fault> {
    tx.about("persons", person.id);
    person::withdraw_consents(tx, person.id, kind, by)?;
    let (given, age, policy) = (person::given_consents(tx, person.id)?, age(services, tx, person), PrivacyPolicy::default());
    let holds = |kind, basis: Option<Basis>| ground(kind, age, &given, basis, &policy).is_ok();
    let known_as = person::ids_of(tx, person.id)?;
    if !holds(ConsentKind::BeServed, None) {
        let served = |basis| holds(ConsentKind::BeServed, basis);
        crate::care::end_for(tx, services, &known_as, by, served)?;
        call_off_orders(tx, services, &known_as, served)?;
        appointment::give_up_bookings(tx, person.id, by)?;
    }
    take_off(tx, services, &known_as, by, holds)?;
    if is_withdrawn(ConsentKind::Register, &given) {
        hand_back_orders(tx, services, &known_as)?;
        cavalry::end(tx, person.id, DutyEnd::ConsentWithdrawn)?;
        crate::apprenticeship::end_for(tx, &known_as, by)?;
    }
    Ok(())
}

/// Cancels the orders for somebody that nobody has begun to serve and that no other basis allows.
fn call_off_orders(tx: &mut Tx, services: &Services, known_as: &[Uuid], holds: impl Fn(Option<Basis>) -> bool) -> Result<(), Fault> {
    for id in order::ids_of_subject(tx, known_as, Step::Cancel.from())? {
        let loaded = order::load_for_timer(tx, id)?;
        if !holds(loaded.order.basis) {
            keep(tx, services, &loaded, &Command::Cancel { reason: Reason::ConsentWithdrawn }, Vec::new())?;
        }
    }
    Ok(())
}

/// Gives back to the station what somebody has accepted and not begun. Where a decision has bound them or is due, it is the station's
/// to find another.
fn hand_back_orders(tx: &mut Tx, services: &Services, known_as: &[Uuid]) -> Result<(), Fault> {
    for id in order::ids_of_taker(tx, known_as, &[State::Accepted])? {
        let loaded = order::load_for_timer(tx, id)?;
        if !loaded.order.bound && !loaded.order.decision_due {
            keep(tx, services, &loaded, &Command::Release { reason: Reason::ConsentWithdrawn }, Vec::new())?;
        }
    }
    Ok(())
}
