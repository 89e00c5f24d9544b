//! How many belong to the cavalry, and how long they were on duty.

use actix_web::web::Data;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::cavalry::{DutyDay, Employment, by_day};
use domain::days::end_of_day;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::cavalry::{self, Tally};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::days;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::person::input::{today, zone};
use crate::problem::{Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of counts.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["cavalry": counts]
}

/// How many days are counted where nobody says.
const WEEK: TimeDelta = TimeDelta::days(6);
/// The last day lies at most so long after the first.
const LONGEST: TimeDelta = TimeDelta::days(91);

/// Where, and on which days.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CountsOf {
    /// Where they are counted; the division with all below it.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// The first day; six days before the last where it is left out.
    from: Option<NaiveDate>,
    /// The last day, at most 91 days after the first; today where it is left out.
    to: Option<NaiveDate>,
}

/// How many work in one form of employment.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct EmploymentCount {
    /// The form.
    employment: Employment,
    /// How many.
    people: i64,
}

/// A day of the cavalry.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CavalryDay {
    /// The day, in the zone of the region.
    day: NaiveDate,
    /// How many times on duty have a part in it.
    duties: i64,
    /// For how many minutes people were on duty.
    minutes: i64,
}

impl From<DutyDay> for CavalryDay {
    fn from(DutyDay { day, duties, minutes }: DutyDay) -> Self {
        Self { day, duties, minutes }
    }
}

/// The light cavalry of a division.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CavalryCounts {
    /// The division.
    division: String,
    /// How many belong to it now.
    people: i64,
    /// The same by form of employment; sums up to `people`.
    employments: Vec<EmploymentCount>,
    /// How many of them emergencies may ring.
    emergency_ready: i64,
    /// How many are on duty now.
    on_duty: i64,
    /// Each day that was asked for.
    days: Vec<CavalryDay>,
    /// How many emergencies have rung on these days.
    emergencies: i64,
    /// How many people of the cavalry they have rung altogether.
    people_rung: i64,
}

fn sum(tallies: &[Tally], counts: impl Fn(&Tally) -> bool) -> i64 {
    tallies.iter().filter(|tally| counts(tally)).map(|tally| tally.people).sum()
}

/// The days that are asked for.
fn days_of(services: &Services, division: &DivisionCode, asked: &CountsOf) -> Result<(NaiveDate, NaiveDate), Problem> {
    let last = asked.to.unwrap_or_else(|| today(services, division));
    days::check("to", last)?;
    let first = asked.from.unwrap_or(last - WEEK);
    days::check("from", first)?;
    if last < first {
        return Err(Problem::field("to", Rule::EndBeforeStart));
    }
    if last - first > LONGEST {
        return Err(Problem::field_with("to", Rule::TooBig, vec![(first + LONGEST).to_string()]));
    }
    Ok((first, last))
}

/// Count the light cavalry of a division.
///
/// 轻骑兵统计:人数、就业形态、应急人数、当前在线人数、每日值守人次与分钟、应急呼叫次数;只有数量,没有位置。
#[utoipa::path(get, path = "/v1/measures/cavalry", operation_id = "countCavalry", params(CountsOf),
    responses((status = 200, description = "统计", body = CavalryCounts)))]
pub async fn counts(services: Data<Services>, actor: Actor<may::ReadMeasures>, query: Query<CountsOf>) -> Answer<CavalryCounts> {
    let division = region::code("division", &query.0.division)?;
    actor.within(&division)?;
    let ((first, last), zone) = (days_of(&services, &division, &query.0)?, zone(&services, &division));
    let work = move |tx: &mut Tx| -> Result<CavalryCounts, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        let tallies = cavalry::tally(tx, &within)?;
        let span = (first.pred_opt().map_or(first.and_time(NaiveTime::MIN).and_utc(), |day| end_of_day(day, zone)), end_of_day(last, zone));
        let days = by_day(&cavalry::duties_in(tx, &within, span)?, first, last, zone);
        let (emergencies, people_rung) = cavalry::rings_in(tx, &within, span)?;
        let of = |form: &Employment| EmploymentCount { employment: *form, people: sum(&tallies, |tally| tally.employment == *form) };
        Ok(CavalryCounts {
            division: within.to_string(),
            people: sum(&tallies, |_| true),
            employments: Employment::ALL.iter().map(of).collect(),
            emergency_ready: sum(&tallies, |tally| tally.emergency_ready),
            on_duty: i64::try_from(cavalry::on_duty_in(tx, std::slice::from_ref(&within))?.len()).map_err(Problem::internal)?,
            days: days.into_iter().map(Into::into).collect(),
            emergencies,
            people_rung,
        })
    };
    Ok(Reply::ok(services.store.read(work).await?))
}
