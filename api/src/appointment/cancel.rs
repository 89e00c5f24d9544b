//! Cancelling a booking.

use actix_web::web::{Data, Path};
use domain::appointment::{BookingStep, Canceller};
use domain::identity::Actor as Acting;
use domain::message::MessageKind;
use persistence::appointment::{self, Booking, Slot};
use persistence::{Tx, message, person};
use uuid::Uuid;

use super::bookings::reach;
use super::view::{BookingView, booking_view};
use super::{refusal, site_of};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault};
use crate::region;
use crate::services::Services;

/// Every endpoint of cancelling.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["appointments": cancel]
}

/// As whom the actor may cancel a booking. Nobody is staff to themselves; others are not there.
fn canceller(tx: &mut Tx, actor: &Acting, booking: &Booking, slot: &Slot) -> Result<Canceller, Fault> {
    let person = person::load(tx, booking.person)?;
    if actor.person == Some(person.id) {
        return Ok(Canceller::Own);
    }
    let site = site_of(tx, slot.site)?;
    let staff = region::may_in::<may::BookAppointment>(tx, actor, &person.division)?
        || region::may_in::<may::RecordAppointment>(tx, actor, &site.division)?;
    match (staff, booking.basis.is_some() && booking.booked_by == actor.account) {
        (true, _) => Ok(Canceller::Staff),
        (false, true) => Ok(Canceller::Own),
        (false, false) => Err(Code::NotFound.into()),
    }
}

/// Cancel a booking.
///
/// 取消预约:本人或代办人在 cancel_until 之前可自行取消,之后至开始前由工作人员取消;名额与所占时间随即释放;已取消的保持原样。
#[utoipa::path(post, path = "/v1/bookings/{id}/cancel", operation_id = "cancelBooking", request_body = Empty,
    params(("id" = Uuid, Path, description = "预约")), responses((status = 200, description = "预约", body = BookingView)))]
pub async fn cancel(
    services: Data<Services>,
    actor: Actor<may::BookAppointment>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<BookingView> {
    let (digest, who, id, shared) = (body.digest, actor.actor, *id, services.clone());
    let work = move |tx: &mut Tx| -> Result<(BookingView, bool), Fault> {
        let booking = appointment::load_booking(tx, id)?;
        let slot = appointment::load_slot(tx, booking.slot)?;
        let as_whom = canceller(tx, &who, &booking, &slot)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) && booking.state != BookingStep::Cancel.to() {
            conditions.expect_version(booking.version)?;
            BookingStep::cancel(booking.state, &slot.time(), booking.cancel_until, as_whom, tx.now())
                .map_err(|refused| refusal::booking(refused, &slot))?;
            appointment::give_up_booking(tx, &booking, who.account)?;
            if who.person != Some(booking.person) {
                message::tell(tx, MessageKind::AppointmentCancelled, id, booking.person)?;
            }
        }
        let looking = reach(tx, &who, &booking, reads.0)?;
        let pair = (appointment::load_booking(tx, id)?, appointment::load_slot(tx, slot.id)?);
        Ok((booking_view(tx, &shared, pair, looking)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
