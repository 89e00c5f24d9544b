//! Who came.

use actix_web::web::{Data, Path};
use domain::appointment::BookingStep;
use domain::identity::Actor as Acting;
use persistence::appointment::{self, Booking, Slot};
use persistence::{Tx, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{BookingView, Looking, booking_view};
use super::{refusal, site_of};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::second_person::{First, about_another};
use crate::once::{Conditions, Once};
use crate::problem::Fault;
use crate::region;
use crate::services::Services;

/// Every endpoint of attendance.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["appointments": attendance]
}

/// Whether somebody came.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordBookingAttendance {
    /// Whether they did; it can be corrected.
    attended: bool,
}

/// The booking of somebody else at a site of the actor's divisions; others are not there.
fn of_another(tx: &mut Tx, actor: &Acting, id: Uuid) -> Result<(Booking, Slot), Fault> {
    let booking = appointment::load_booking(tx, id)?;
    let slot = appointment::load_slot(tx, booking.slot)?;
    let site = site_of(tx, slot.site)?;
    region::within::<may::RecordAppointment>(tx, actor, &site.division)?;
    let person = person::load(tx, booking.person)?;
    let mut first = First::person(person.id);
    // Whoever has booked as a guardian has come along.
    first.accounts.extend(booking.basis.map(|_| booking.booked_by));
    about_another::<may::RecordAppointment>(tx, actor, &first)?;
    Ok((booking, slot))
}

/// Keep on record whether somebody came.
///
/// 登记到场或爽约:时段开始后由阵地工作人员登记,可更正;不能登记自己。爽约按政策期间计数,每次更正即时重算。
#[utoipa::path(post, path = "/v1/bookings/{id}/attendance", operation_id = "recordBookingAttendance",
    request_body = RecordBookingAttendance, params(("id" = Uuid, Path, description = "预约")),
    responses((status = 200, description = "预约", body = BookingView)))]
pub async fn attendance(
    services: Data<Services>,
    actor: Actor<may::RecordAppointment>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<RecordBookingAttendance>,
) -> Answer<BookingView> {
    let step = if body.value.attended { BookingStep::Attend } else { BookingStep::Miss };
    let (digest, who, id, shared) = (body.digest, actor.actor, *id, services.clone());
    let work = move |tx: &mut Tx| -> Result<(BookingView, bool), Fault> {
        let (booking, slot) = of_another(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) && booking.state != step.to() {
            conditions.expect_version(booking.version)?;
            let state = step.take(booking.state, &slot.time(), tx.now()).map_err(|refused| refusal::booking(refused, &slot))?;
            appointment::change_booking(tx, &booking, state, who.account)?;
        }
        let booking = appointment::load_booking(tx, id)?;
        let looking = Looking { language: reads.0, missed: true };
        Ok((booking_view(tx, &shared, (booking, slot), looking)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
