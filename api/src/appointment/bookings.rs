//! Who has booked.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::appointment::BookingState;
use domain::identity::Actor as Acting;
use domain::language::Language;
use persistence::appointment::{self, Booking, BookingFilter};
use persistence::{Tx, person, site};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{BookingView, Looking, booking_view};
use super::within;
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::{Code, Fault};
use crate::region;
use crate::services::Services;

/// Every endpoint of looking at bookings.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["appointments": of_slot, of_site, own, show]
}

/// How the actor sees a booking: their own, one of people or sites of their divisions, or one that they have made for another.
/// Others are not there.
pub(super) fn reach(tx: &mut Tx, actor: &Acting, booking: &Booking, language: Language) -> Result<Looking, Fault> {
    let slot = appointment::load_slot(tx, booking.slot)?;
    let (person, site) = (person::load(tx, booking.person)?, site::load(tx, slot.site)?);
    let staff = region::may_in::<may::ReadBookings>(tx, actor, &person.division)?
        || region::may_in::<may::ReadBookings>(tx, actor, &site.division)?;
    if staff || actor.person == Some(person.id) {
        return Ok(Looking { language, missed: true });
    }
    let made = booking.basis.is_some() && booking.booked_by == actor.account;
    if made { Ok(Looking { language, missed: false }) } else { Err(Code::NotFound.into()) }
}

/// Which bookings of a slot.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSlotBookings {
    /// Only those that stand there.
    state: Option<BookingState>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// Which bookings of a site.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSiteBookings {
    /// Those of slots that begin from then on; from now on where it is left out.
    from: Option<DateTime<Utc>>,
    /// Those of slots that begin before then, at most 92 days later; a week later where it is left out.
    to: Option<DateTime<Utc>>,
    /// Only those that stand there.
    state: Option<BookingState>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// What of the query of a list is the same for all of them.
struct Paging {
    limit: Option<i64>,
    cursor: Option<String>,
    name: String,
    language: Language,
}

/// Answers with a page of bookings; `find` says which, once the actor may see them.
async fn page_of(
    services: &Data<Services>,
    request: &HttpRequest,
    paging: Paging,
    missed: impl Fn(&Booking) -> bool + Send + 'static,
    find: impl Fn(&mut Tx) -> Result<BookingFilter, Fault> + Send + 'static,
) -> Answer<Page<BookingView>> {
    let (keys, shared) = (services.store.keys(), services.clone());
    let Paging { limit, cursor, name, language } = paging;
    let limit = page::limit(limit)?;
    let before = cursor.as_deref().map(|cursor| page::read_cursor::<Uuid>(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<BookingView>, Fault> {
        let filter = find(tx)?;
        let found = appointment::list_bookings(tx, &filter, before, Some(limit + 1))?;
        let view = |(booking, slot): (Booking, appointment::Slot)| {
            let looking = Looking { language, missed: missed(&booking) };
            booking_view(tx, &shared, (booking, slot), looking)
        };
        found.into_iter().map(view).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(request, keys, &name, views, limit, |view: &BookingView| view.id)
}

/// List who has booked a slot.
///
/// 时段的预约名单:新的在前;姓名脱敏,含政策期间内的爽约次数;供阵地工作人员查看。
#[utoipa::path(get, path = "/v1/slots/{id}/bookings", operation_id = "listSlotBookings",
    params(("id" = Uuid, Path, description = "时段"), ListSlotBookings),
    responses((status = 200, description = "预约", body = Page<BookingView>)))]
pub async fn of_slot(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadBookings>,
    reads: Reads,
    id: Path<Uuid>,
    query: Query<ListSlotBookings>,
) -> Answer<Page<BookingView>> {
    let (ListSlotBookings { state, limit, cursor }, who, id) = (query.0, actor.actor, *id);
    let paging = Paging { limit, cursor, name: format!("bookings of the slot {id} {state:?}"), language: reads.0 };
    let find = move |tx: &mut Tx| -> Result<BookingFilter, Fault> {
        let slot = appointment::load_slot(tx, id)?;
        let site = site::load(tx, slot.site)?;
        region::within::<may::ReadBookings>(tx, &who, &site.division)?;
        Ok(BookingFilter { slot: Some(id), state, ..BookingFilter::default() })
    };
    page_of(&services, &request, paging, |_| true, find).await
}

/// List who has booked at a site.
///
/// 阵地的预约名单:某段时间内各时段的预约,新的在前;姓名脱敏,含政策期间内的爽约次数;供阵地工作人员查看。
#[utoipa::path(get, path = "/v1/sites/{id}/bookings", operation_id = "listSiteBookings",
    params(("id" = Uuid, Path, description = "阵地"), ListSiteBookings),
    responses((status = 200, description = "预约", body = Page<BookingView>)))]
pub async fn of_site(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadBookings>,
    reads: Reads,
    id: Path<Uuid>,
    query: Query<ListSiteBookings>,
) -> Answer<Page<BookingView>> {
    let (ListSiteBookings { from, to, state, limit, cursor }, who, id) = (query.0, actor.actor, *id);
    let paging = Paging { limit, cursor, name: format!("bookings at the site {id} {state:?}"), language: reads.0 };
    let find = move |tx: &mut Tx| -> Result<BookingFilter, Fault> {
        let site = site::load(tx, id)?;
        region::within::<may::ReadBookings>(tx, &who, &site.division)?;
        let within = within(from, to, tx.now())?;
        Ok(BookingFilter { site: Some((id, within)), state, ..BookingFilter::default() })
    };
    page_of(&services, &request, paging, |_| true, find).await
}

/// List one's own bookings, and those that one has made for others.
///
/// 我的预约:本人的,以及本人代他人办理的,新的在前。
#[utoipa::path(get, path = "/v1/me/bookings", operation_id = "listOwnBookings", params(ListSlotBookings),
    responses((status = 200, description = "预约", body = Page<BookingView>)))]
pub async fn own(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadOwn>,
    reads: Reads,
    query: Query<ListSlotBookings>,
) -> Answer<Page<BookingView>> {
    let (ListSlotBookings { state, limit, cursor }, account, person) = (query.0, actor.account(), actor.actor.person);
    let person = person.ok_or(Code::PersonRequired)?;
    let paging = Paging { limit, cursor, name: format!("bookings of {account} {state:?}"), language: reads.0 };
    let find = move |tx: &mut Tx| -> Result<BookingFilter, Fault> {
        let records = person::ids_of(tx, person)?;
        Ok(BookingFilter { own: Some((records, account)), state, ..BookingFilter::default() })
    };
    page_of(&services, &request, paging, move |booking| booking.person == person, find).await
}

/// Read a booking.
///
/// 查看预约:本人、代办人,以及辖区或阵地的工作人员可查。
#[utoipa::path(get, path = "/v1/bookings/{id}", operation_id = "readBooking", params(("id" = Uuid, Path, description = "预约")),
    responses((status = 200, description = "预约", body = BookingView)))]
pub async fn show(services: Data<Services>, actor: Actor<may::ReadBookings>, reads: Reads, id: Path<Uuid>) -> Answer<BookingView> {
    let (who, id, shared) = (actor.actor, *id, services.clone());
    let work = move |tx: &mut Tx| -> Result<BookingView, Fault> {
        let booking = appointment::load_booking(tx, id)?;
        let looking = reach(tx, &who, &booking, reads.0)?;
        let slot = appointment::load_slot(tx, booking.slot)?;
        booking_view(tx, &shared, (booking, slot), looking)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}
