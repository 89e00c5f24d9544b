//! Slots, bookings and shifts as callers see them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::appointment::{
    AppointmentPolicy, BookingState, BookingStep, DutyPost, ShiftReleaseReason, ShiftState, ShiftStep, SlotCloseReason, SlotState,
};
use domain::language::Language;
use domain::vocabulary::Vocabulary as _;
use persistence::appointment::{self, Booking, BookingFilter, Shift, ShiftFilter, Slot};
use persistence::{Tx, person, site};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::order::view::NamedPerson;
use crate::problem::Fault;
use crate::region::policy::in_force;
use crate::services::Services;

/// A time at which a service can be booked at a site.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppointmentSlot)]
pub struct SlotView {
    /// Its id.
    pub(super) id: Uuid,
    /// The site.
    site: Uuid,
    /// The service of the catalogue.
    service: Uuid,
    /// Its name in the caller's language.
    service_name: String,
    /// When it begins.
    pub(super) starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// How many people can come.
    capacity: i32,
    /// How many places are left; none of a slot that was closed.
    places_left: i32,
    /// Whether it can be booked.
    state: SlotState,
    /// Why it does not take place.
    close_reason: Option<SlotCloseReason>,
    /// One more when it is closed; bookings do not change it.
    pub(super) version: i32,
}

/// The view of a slot.
///
/// # Errors
/// The database's.
pub(super) fn slot_view(tx: &mut Tx, services: &Services, slot: Slot, language: Language) -> Result<SlotView, Fault> {
    let service = services.service(tx, slot.service)?;
    let left = slot.capacity.saturating_sub(slot.booked);
    Ok(SlotView {
        id: slot.id,
        site: slot.site,
        service: slot.service,
        service_name: service.names.shown_in(language).to_owned(),
        starts_at: slot.starts_at,
        ends_at: slot.ends_at,
        capacity: slot.capacity,
        places_left: if slot.state == SlotState::Open { left } else { 0 },
        state: slot.state,
        close_reason: slot.close_reason,
        version: slot.version,
    })
}

/// That somebody comes to a slot.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppointmentBooking)]
pub struct BookingView {
    /// Its id.
    pub(super) id: Uuid,
    /// The slot.
    slot: Uuid,
    /// The site.
    site: Uuid,
    /// What the site is called in the caller's language.
    site_name: String,
    /// The service of the catalogue.
    service: Uuid,
    /// Its name in the caller's language.
    service_name: String,
    /// When the slot begins.
    starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// Who comes, masked.
    pub(super) person: NamedPerson,
    /// The order that it is for.
    order: Option<Uuid>,
    /// Where it stands.
    state: BookingState,
    /// The same in the caller's language.
    label: String,
    /// The steps that can be taken now, whoever takes them.
    next: Vec<BookingStep>,
    /// Until when the person cancels by themselves; later staff do.
    cancel_until: DateTime<Utc>,
    /// How many bookings the person has missed within the days of the policy; for the person and staff.
    no_shows: Option<i64>,
    /// The version of the policy by which it was decided on.
    #[schema(example = "default-1")]
    policy_version: String,
    /// One more with every change.
    pub(super) version: i32,
}

/// For whom bookings are shown.
#[derive(Clone, Copy)]
pub(super) struct Looking {
    /// In which language.
    pub(super) language: Language,
    /// Whether what the person has missed is shown: to themselves and to staff.
    pub(super) missed: bool,
}

/// The view of a booking.
///
/// # Errors
/// The database's.
pub(super) fn booking_view(
    tx: &mut Tx,
    services: &Services,
    (booking, slot): (Booking, Slot),
    looking: Looking,
) -> Result<BookingView, Fault> {
    let (site, service) = (site::load(tx, slot.site)?, services.service(tx, slot.service)?);
    let person = person::load(tx, booking.person)?;
    let no_shows = if looking.missed {
        let policy: AppointmentPolicy = in_force(tx, &site.region, tx.now())?;
        Some(i64::try_from(missed(tx, person.id, &policy)?.len()).unwrap_or(i64::MAX))
    } else {
        None
    };
    let can = |step: &BookingStep| *step != BookingStep::Close && step.take(booking.state, &slot.time(), tx.now()).is_ok();
    let next = BookingStep::ALL.iter().copied().filter(can).collect();
    Ok(BookingView {
        id: booking.id,
        slot: slot.id,
        site: slot.site,
        site_name: site.names.shown_in(looking.language).to_owned(),
        service: slot.service,
        service_name: service.names.shown_in(looking.language).to_owned(),
        starts_at: slot.starts_at,
        ends_at: slot.ends_at,
        person: NamedPerson { id: person.id, name: person.name.masked(), phone: None },
        order: booking.order,
        state: booking.state,
        label: booking.state.label(looking.language).to_owned(),
        next,
        cancel_until: booking.cancel_until,
        no_shows,
        policy_version: booking.policy_version,
        version: booking.version,
    })
}

/// The slots that somebody has missed and that count by a policy: when they began, the first one first.
///
/// # Errors
/// The database's.
pub(super) fn missed(tx: &mut Tx, person: Uuid, policy: &AppointmentPolicy) -> Result<Vec<domain::Timestamp>, Fault> {
    let records = person::ids_of(tx, person)?;
    let since = tx.now() - TimeDelta::days(policy.no_show_days);
    Ok(appointment::missed_since(tx, &records, since)?)
}

/// Every booking of somebody under any of these records, the newest first.
///
/// # Errors
/// The database's.
pub(crate) fn own_bookings(tx: &mut Tx, services: &Services, persons: &[Uuid], language: Language) -> Result<Vec<BookingView>, Fault> {
    let filter = BookingFilter { persons: Some(persons.to_vec()), ..BookingFilter::default() };
    let found = appointment::list_bookings(tx, &filter, None, None)?;
    found.into_iter().map(|booking| booking_view(tx, services, booking, Looking { language, missed: true })).collect()
}

/// That somebody is on duty at a site.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Shift)]
pub struct ShiftView {
    /// Its id.
    pub(super) id: Uuid,
    /// The site.
    site: Uuid,
    /// What the site is called in the caller's language.
    site_name: String,
    /// Who, masked.
    pub(super) person: NamedPerson,
    /// What they do.
    post: DutyPost,
    /// The same in the caller's language.
    post_label: String,
    /// When it begins.
    pub(super) starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// Where it stands.
    state: ShiftState,
    /// The same in the caller's language.
    label: String,
    /// Why the person need not come.
    release_reason: Option<ShiftReleaseReason>,
    /// The steps that can be taken now, whoever takes them.
    next: Vec<ShiftStep>,
    /// The version of the policy by which it was planned.
    #[schema(example = "default-1")]
    policy_version: String,
    /// One more with every change.
    pub(super) version: i32,
}

/// The view of a shift.
///
/// # Errors
/// The database's.
pub(super) fn shift_view(tx: &mut Tx, shift: Shift, language: Language) -> Result<ShiftView, Fault> {
    let (site, person) = (site::load(tx, shift.site)?, person::load(tx, shift.person)?);
    let can = |step: &ShiftStep| step.take(shift.state, shift.starts_at, tx.now()).is_ok();
    let next = ShiftStep::ALL.iter().copied().filter(can).collect();
    Ok(ShiftView {
        id: shift.id,
        site: shift.site,
        site_name: site.names.shown_in(language).to_owned(),
        person: NamedPerson { id: person.id, name: person.name.masked(), phone: None },
        post: shift.post,
        post_label: shift.post.label(language).to_owned(),
        starts_at: shift.starts_at,
        ends_at: shift.ends_at,
        state: shift.state,
        label: shift.state.label(language).to_owned(),
        release_reason: shift.release_reason,
        next,
        policy_version: shift.policy_version,
        version: shift.version,
    })
}

/// Every shift of somebody under any of these records, in order of time.
///
/// # Errors
/// The database's.
pub(crate) fn own_shifts(tx: &mut Tx, persons: &[Uuid], language: Language) -> Result<Vec<ShiftView>, Fault> {
    let filter = ShiftFilter { persons: Some(persons.to_vec()), ..ShiftFilter::default() };
    let found = appointment::list_shifts(tx, &filter, None, None)?;
    found.into_iter().map(|shift| shift_view(tx, shift, language)).collect()
}
