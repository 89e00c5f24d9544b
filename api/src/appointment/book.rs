//! Booking a slot.

use actix_web::web::{Data, Path};
use domain::appointment::{AppointmentPolicy, BookingRefusal, BookingState, Standing};
use domain::identity::Actor as Acting;
use domain::message::MessageKind;
use domain::order::{Basis, State};
use domain::person::{ConsentKind, PersonName};
use domain::vocabulary::Vocabulary as _;
use persistence::appointment::{self, Booking, Slot};
use persistence::person::Person;
use persistence::site::Site;
use persistence::{Tx, message, order, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bookings::reach;
use super::view::{BookingView, booking_view, missed};
use super::{check_active, refusal, site_of};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::person::consent::require;
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region::{self, policy::in_force};
use crate::services::Services;

/// Every endpoint of booking.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["appointments": book]
}

/// Who comes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookSlot {
    /// Who, where somebody else books for them; oneself where it is left out.
    person: Option<Uuid>,
    /// The full name of the person, where somebody who is no staff books for them: nobody is found by an id alone.
    #[schema(min_length = 1, max_length = 50, example = "王秀英")]
    person_name: Option<String>,
    /// On what basis somebody who is no staff books for the person: `guardian` or `consent`.
    basis: Option<Basis>,
    /// An open order of the person for the service, which the booking is for.
    order: Option<Uuid>,
}

/// For whom, and by whom.
struct For {
    person: Person,
    by_staff: bool,
    basis: Option<Basis>,
}

/// The person whom the actor may book for: themselves, people of their divisions, or somebody whom they know by name and whose
/// guardian they are, or who has agreed. Others are not there.
fn person_for(tx: &mut Tx, actor: &Acting, asked: &BookSlot) -> Result<For, Fault> {
    let id = asked.person.or(actor.person).ok_or(Code::PersonRequired)?;
    let person = person::load(tx, id)?;
    if person::erasure(tx, person.id)?.is_some() {
        return Err(Code::NotFound.into());
    }
    let misnamed = asked.person_name.as_ref().is_some_and(|name| !PersonName::parse(name).is_ok_and(|name| name == person.name));
    let own = actor.person == Some(person.id);
    if own || region::may_in::<may::BookAppointment>(tx, actor, &person.division)? {
        if misnamed {
            return Err(Problem::field("/person_name", Rule::UnknownPerson).into());
        }
        return match asked.basis {
            Some(_) if own => Err(Problem::field("/basis", Rule::BasisForOneself).into()),
            Some(_) => Err(Problem::field_with("/basis", Rule::NotNeeded, vec!["basis".to_owned()]).into()),
            None => Ok(For { person, by_staff: !own, basis: None }),
        };
    }
    if misnamed || asked.person_name.is_none() {
        return Err(Code::NotFound.into());
    }
    match asked.basis {
        Some(basis @ (Basis::Guardian | Basis::Consent)) => Ok(For { person, by_staff: false, basis: Some(basis) }),
        Some(Basis::Emergency | Basis::StatutoryDuty) => {
            let words = [Basis::Guardian, Basis::Consent].map(Basis::as_str).join(", ");
            Err(Problem::field_with("/basis", Rule::NotInList, vec![words]).into())
        }
        None => Err(Problem::field("/basis", Rule::BasisRequired).into()),
    }
}

/// The order is an open one of the person for the service of the slot, and the actor knows of it.
fn check_order(tx: &mut Tx, actor: &Acting, asked: &BookSlot, person: Uuid, slot: &Slot) -> Result<(), Fault> {
    let Some(id) = asked.order else { return Ok(()) };
    let found = refers(order::load(tx, id, actor), "/order", Rule::UnknownOrder)?.order;
    let fits = found.subject == person && found.service == slot.service && State::OPEN.contains(&found.state);
    if fits { Ok(()) } else { Err(Problem::field("/order", Rule::UnknownOrder).into()) }
}

/// Book a slot.
///
/// 预约:为本人,或由社工等工作人员代辖区居民、监护人(须写明姓名与依据)代办;先到先得,绝不超额;占用本人该时段,与订单、班次、其他预约冲突即拒绝。
/// 可注明本人此项服务的在办订单。爽约达到政策次数的,由工作人员代约。
#[utoipa::path(post, path = "/v1/slots/{id}/bookings", operation_id = "bookSlot", request_body = BookSlot,
    params(("id" = Uuid, Path, description = "时段")), responses((status = 201, description = "预约", body = BookingView)))]
pub async fn book(
    services: Data<Services>,
    actor: Actor<may::BookAppointment>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<BookSlot>,
) -> Answer<BookingView> {
    let (asked, digest, who, slot, fresh, shared) = (body.value, body.digest, actor.actor, *id, Uuid::now_v7(), services.clone());
    let work = move |tx: &mut Tx| -> Result<(BookingView, bool), Fault> {
        let slot = appointment::load_slot(tx, slot)?;
        let site = site_of(tx, slot.site)?;
        let whom = person_for(tx, &who, &asked)?;
        let once = conditions.once(tx, who.account, &digest, 201, fresh)?;
        let id = match once {
            Once::First => {
                check_order(tx, &who, &asked, whom.person.id, &slot)?;
                enter(tx, &shared, &who, (&site, &slot), &whom, (fresh, asked.order))?;
                fresh
            }
            Once::Before(before) => before,
        };
        let booking = appointment::load_booking(tx, id)?;
        let slot = appointment::load_slot(tx, booking.slot)?;
        let looking = reach(tx, &who, &booking, reads.0)?;
        Ok((booking_view(tx, &shared, (booking, slot), looking)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/bookings/{}", view.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Books: first come, first served.
fn enter(
    tx: &mut Tx,
    services: &Services,
    actor: &Acting,
    (site, slot): (&Site, &Slot),
    whom: &For,
    (id, order): (Uuid, Option<Uuid>),
) -> Result<(), Fault> {
    check_active(site)?;
    let person = &whom.person;
    require(tx, services, person, ConsentKind::BeServed, whom.basis)?;
    // Not while the person is being erased or merged: whoever comes second decides on what the first has done.
    person::hold(tx, person.id, person.version)?;
    let policy: AppointmentPolicy = in_force(tx, &site.region, tx.now())?;
    let missed = missed(tx, person.id, &policy)?;
    let standing = Standing { missed: i64::try_from(missed.len()).unwrap_or(i64::MAX), by_staff: whom.by_staff };
    let cancel_until = slot.time().book(standing, &policy, tx.now()).map_err(|refused| match refused {
        BookingRefusal::NoShows(_) => refusal::no_shows(&missed, &policy),
        other => refusal::booking(other, slot),
    })?;
    if !appointment::take_place(tx, slot.id)? {
        let now = appointment::load_slot(tx, slot.id)?;
        now.time().admits(tx.now()).map_err(|refused| refusal::booking(refused, &now))?;
        return Err(Code::SlotFull.into());
    }
    let booking = Booking {
        id,
        slot: slot.id,
        person: person.id,
        order,
        state: BookingState::Booked,
        basis: whom.basis,
        policy_version: policy.version,
        cancel_until,
        booked_by: actor.account,
        version: 1,
    };
    appointment::add_booking(tx, &booking, slot)?;
    if actor.person != Some(person.id) {
        message::tell(tx, MessageKind::AppointmentBooked, id, person.id)?;
    }
    Ok(())
}
