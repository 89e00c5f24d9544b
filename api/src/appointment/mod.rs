//! Appointments 预约 and duty rosters 值班表 of sites over HTTP.

mod attend;
mod book;
mod bookings;
mod cancel;
mod duty;
mod policy;
mod refusal;
mod roster;
mod shift;
mod slot;
mod slots;
mod view;

pub(crate) use view::{BookingView, ShiftView, own_bookings, own_shifts};

use chrono::{DateTime, TimeDelta, Utc};
use domain::appointment::SpanError;
use domain::order::Window;
use persistence::Tx;
use persistence::site::{self, Site};
use uuid::Uuid;

use crate::endpoint::Endpoint;
use crate::problem::{Code, Fault, Problem, Rule};

/// Every endpoint of appointments and rosters.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        slot::endpoints(),
        slots::endpoints(),
        book::endpoints(),
        bookings::endpoints(),
        cancel::endpoints(),
        attend::endpoints(),
        roster::endpoints(),
        shift::endpoints(),
        duty::endpoints(),
        policy::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A list tells of so many days at once.
const LIST_DAYS: i64 = 92;

/// The time that a list is about: from now and for a week where nothing else is said.
fn within(from: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<Window, Problem> {
    let start = from.unwrap_or(now);
    crate::days::check("from", start.date_naive())?;
    let end = until.unwrap_or(start + TimeDelta::days(7));
    if end <= start {
        return Err(Problem::field("to", Rule::EndBeforeStart));
    }
    let latest = start + TimeDelta::days(LIST_DAYS);
    if end > latest { Err(Problem::field_with("to", Rule::TooBig, vec![latest.to_rfc3339()])) } else { Ok(Window { start, end }) }
}

/// A site, in use or no longer; what is done then is entered for its region.
fn site_of(tx: &mut Tx, id: Uuid) -> Result<Site, Fault> {
    let site = site::load(tx, id)?;
    tx.in_region(&site.region);
    Ok(site)
}

/// Refuses to plan anything at a site that is out of use.
fn check_active(site: &Site) -> Result<(), Problem> {
    if site.active { Ok(()) } else { Err(Code::SiteInactive.into()) }
}

/// What a caller is told of a time that cannot be planned: the field of its beginning, or that of its end.
fn wrong_time(error: SpanError, (start, end): (&str, &str)) -> Problem {
    match error {
        SpanError::StartsWithin => Problem::field(start, Rule::QuarterHour),
        SpanError::EndsWithin => Problem::field(end, Rule::QuarterHour),
        SpanError::Backwards => Problem::field(end, Rule::EndBeforeStart),
        SpanError::Past => Problem::field(start, Rule::InPast),
        SpanError::TooFar(latest) => Problem::field_with(start, Rule::TooBig, vec![latest.to_rfc3339()]),
        SpanError::TooLong(latest) => Problem::field_with(end, Rule::TooBig, vec![latest.to_rfc3339()]),
    }
}
