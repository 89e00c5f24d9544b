//! Slots that were attended and slots to come, of which one is full, and the duty roster of the week, at the station of each region.

use chrono::{Days, NaiveDate};
use domain::appointment::{AppointmentPolicy, BookingState, BookingStep, DutyPost, ShiftState, ShiftStep, SlotState, Span, Standing};
use domain::order::Window;
use domain::person::VolunteerState;
use domain::site::hours::Hours;
use persistence::appointment::{self, Booking, BookingFilter, Shift, ShiftFilter, Slot};
use persistence::site::{self, Site};
use persistence::{Tx, person};
use uuid::Uuid;

use super::manifest::{Cast, Manifest};
use super::seed::Ground;
use crate::cli::stop::Stop;
use crate::problem::{Fault, Problem};

/// So many days before the demo begins the first slots were opened, and attendance was taken.
const OPENED: i64 = 7;
const TAKEN: i64 = 2;

/// The service that the stations of both regions give, and how many days their slots are opened for.
const SERVICE: &str = "health-check";
const DAYS: usize = 3;

/// The zone of both regions.
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;

/// Slots by minutes after midnight: when they begin and end, how many can come, and how many have booked.
const SLOTS: [(u16, u16, i32, usize); 3] = [(540, 570, 2, 2), (570, 600, 3, 1), (600, 630, 3, 0)];
/// A shift of every day.
const SHIFT: (u16, u16) = (510, 690);

/// Lets each region keep appointments and a roster.
pub(super) async fn keep_all(ground: &Ground<'_>, manifest: &Manifest) -> Result<(), Stop> {
    for cast in manifest.0.values() {
        let (first, past, coming) = (cast.clone(), cast.clone(), cast.clone());
        ground.set_days_ago(OPENED);
        ground.store.write::<_, Fault>(move |tx| open(tx, &first, 1)).await?;
        ground.set_days_ago(TAKEN);
        ground.store.write::<_, Fault>(move |tx| record(tx, &past)).await?;
        ground.set_days_ago(0);
        ground.store.write::<_, Fault>(move |tx| open(tx, &coming, DAYS)).await?;
    }
    Ok(())
}

/// Opens the slots of the next days on which the station is open, lets people book, and plans who is on duty.
fn open(tx: &mut Tx, cast: &Cast, days: usize) -> Result<(), Fault> {
    let (by, service) = (Cast::known(&cast.accounts, "social_worker")?, Cast::known(&cast.services, SERVICE)?);
    let site = site::load(tx, Cast::known(&cast.sites, "station")?)?;
    let today = tx.now().with_timezone(&ZONE).date_naive();
    let open = |day: &NaiveDate| site.hours.cover(*day, SHIFT.0, SHIFT.1);
    let coming: Vec<NaiveDate> = (1..15).filter_map(|ahead| today.checked_add_days(Days::new(ahead))).filter(open).take(days).collect();
    for day in coming {
        let span = |from, until| -> Result<Span, Problem> {
            let moment = |minute| Hours::moment(day, minute, ZONE).ok_or_else(|| Problem::internal(format!("no {minute} on {day}")));
            Ok(Span { starts_at: moment(from)?, ends_at: moment(until)? })
        };
        for (from, until, capacity, coming) in SLOTS {
            let Span { starts_at, ends_at } = span(from, until)?;
            let slot = Slot {
                id: Uuid::now_v7(),
                series: Uuid::now_v7(),
                site: site.id,
                service,
                starts_at,
                ends_at,
                capacity,
                booked: 0,
                state: SlotState::Open,
                close_reason: None,
                version: 1,
                created_by: by,
            };
            appointment::add_slots(tx, std::slice::from_ref(&slot))?;
            book(tx, cast, &slot, coming, by)?;
        }
        on_duty(tx, cast, &site, span(SHIFT.0, SHIFT.1)?, by)?;
    }
    Ok(())
}

/// Lets so many people book who have time.
fn book(tx: &mut Tx, cast: &Cast, slot: &Slot, coming: usize, by: Uuid) -> Result<(), Fault> {
    let policy = AppointmentPolicy::default();
    let mut booked = 0;
    for person in cast.persons.values() {
        if booked == coming || appointment::is_bound(tx, *person, slot.window())? {
            continue;
        }
        let until = slot.time().book(Standing { missed: 0, by_staff: true }, &policy, tx.now()).map_err(Problem::internal)?;
        let booking = Booking {
            id: Uuid::now_v7(),
            slot: slot.id,
            person: *person,
            order: None,
            state: BookingState::Booked,
            basis: None,
            policy_version: policy.version.clone(),
            cancel_until: until,
            booked_by: by,
            version: 1,
        };
        if appointment::take_place(tx, slot.id)? {
            appointment::add_booking(tx, &booking, slot)?;
            booked += 1;
        }
    }
    Ok(())
}

/// Puts two volunteers on duty who have time.
fn on_duty(tx: &mut Tx, cast: &Cast, site: &Site, span: Span, by: Uuid) -> Result<(), Fault> {
    let mut posts = [DutyPost::Reception, DutyPost::Guide].into_iter();
    let mut planned = Vec::new();
    for person in cast.persons.values().rev() {
        let people = [*person];
        let serves = person::find_volunteers(tx, &people, &[])?.iter().any(|volunteer| volunteer.state == VolunteerState::Active);
        if !serves || appointment::is_bound(tx, *person, Window { start: span.starts_at, end: span.ends_at })? {
            continue;
        }
        let Some(post) = posts.next() else { break };
        planned.push(Shift {
            id: Uuid::now_v7(),
            roster: Uuid::now_v7(),
            site: site.id,
            person: *person,
            post,
            starts_at: span.starts_at,
            ends_at: span.ends_at,
            state: ShiftState::Planned,
            release_reason: None,
            policy_version: AppointmentPolicy::default().version,
            version: 1,
            created_by: by,
        });
    }
    Ok(appointment::add_shifts(tx, &planned)?)
}

/// Writes down who came: all but the last one, and everybody who was on duty.
fn record(tx: &mut Tx, cast: &Cast) -> Result<(), Fault> {
    let by = Cast::known(&cast.accounts, "social_worker")?;
    let site = Cast::known(&cast.sites, "station")?;
    let past = Window { start: tx.now() - chrono::TimeDelta::days(OPENED), end: tx.now() };
    let bookings = appointment::list_bookings(tx, &BookingFilter { site: Some((site, past)), ..BookingFilter::default() }, None, None)?;
    for (place, (booking, _)) in bookings.iter().enumerate() {
        let step = if place == 0 { BookingStep::Miss } else { BookingStep::Attend };
        appointment::change_booking(tx, booking, step.to(), by)?;
    }
    for shift in appointment::list_shifts(tx, &ShiftFilter { site: Some((site, past)), ..ShiftFilter::default() }, None, None)? {
        appointment::change_shift(tx, &shift, ShiftStep::Hold.to(), None, by)?;
    }
    Ok(())
}
