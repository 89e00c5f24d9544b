//! The three measures of the loop and the hotline's three rates.

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use domain::order::{OrderPolicy, Taker};
use persistence::order::{self, MeasureFilter, Share};
use persistence::{Tx, region};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::step::division;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::days;
use crate::problem::{Fault, Problem, Rule};
use crate::services::Services;

/// What is measured.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Period {
    /// Places of service at or below this division.
    division: String,
    /// First local day of the first dispatch.
    from: NaiveDate,
    /// Last local day of the first dispatch.
    to: NaiveDate,
    /// Only this service.
    service: Option<Uuid>,
    /// Only this person as the taker.
    taker_person: Option<Uuid>,
    /// Only this organisation as the taker.
    taker_organisation: Option<Uuid>,
}

/// A share with the two counts it is made of.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ShareView {
    /// What counts.
    numerator: i64,
    /// Of how many.
    denominator: i64,
    /// The share in basis points, rounded down; null where there is nothing to divide by.
    basis_points: Option<i64>,
}

impl From<Share> for ShareView {
    fn from(share: Share) -> Self {
        let basis_points = (share.denominator > 0).then(|| share.numerator * 10_000 / share.denominator);
        Self { numerator: share.numerator, denominator: share.denominator, basis_points }
    }
}

/// The three measures of the loop.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeasuresView {
    /// Orders accepted from a first offer by a certified taker ÷ orders dispatched 匹配度.
    matched: ShareView,
    /// Deadlines met ÷ deadlines due (accept, arrive, finish) 时效性.
    timely: ShareView,
    /// Real reviews of four stars or more ÷ real reviews 满意度.
    satisfied: ShareView,
    /// Orders left out because they are paid.
    paid: i64,
    /// Orders left out because they were confirmed as out of scope.
    excluded: i64,
    /// The moment up to which deadlines count as due.
    as_of: DateTime<Utc>,
}

/// The hotline's three rates.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HotlineView {
    /// Contacted in time ÷ assigned 响应率.
    responded: ShareView,
    /// Solved ÷ callbacks that reached the person 解决率.
    solved: ShareView,
    /// Satisfied ÷ callbacks that reached the person 满意率.
    satisfied: ShareView,
    /// When it was counted.
    as_of: DateTime<Utc>,
}

/// Read the three measures of the loop.
///
/// 三项指标:匹配度、时效性、满意度,均附分子与分母;有偿服务与已确认超范围的订单不计入。
#[utoipa::path(get, path = "/v1/measures/orders", operation_id = "readOrderMeasures", params(Period),
    responses((status = 200, description = "三项指标", body = MeasuresView)))]
pub async fn loop_measures(services: Data<Services>, actor: Actor<may::ReadMeasures>, query: Query<Period>) -> Answer<MeasuresView> {
    let filter = filter(&services, &actor, query.0)?;
    let (measures, as_of) = services.store.read(move |tx| counted(tx, filter.clone(), order::measures)).await?;
    Ok(Reply::ok(MeasuresView {
        matched: measures.matched.into(),
        timely: measures.timely.into(),
        satisfied: measures.satisfied.into(),
        paid: measures.paid,
        excluded: measures.excluded,
        as_of,
    }))
}

/// Read the hotline's three rates.
///
/// 12345热线三率:响应率、解决率、满意率,均附分子与分母。
#[utoipa::path(get, path = "/v1/measures/hotline", operation_id = "readHotlineRates", params(Period),
    responses((status = 200, description = "热线三率", body = HotlineView)))]
pub async fn hotline_rates(services: Data<Services>, actor: Actor<may::ReadMeasures>, query: Query<Period>) -> Answer<HotlineView> {
    let filter = filter(&services, &actor, query.0)?;
    let (rates, as_of) = services.store.read(move |tx| counted(tx, filter.clone(), order::hotline)).await?;
    Ok(Reply::ok(HotlineView { responded: rates.responded.into(), solved: rates.solved.into(), satisfied: rates.satisfied.into(), as_of }))
}

/// What is measured, with the division still to be turned into ranges.
#[derive(Clone)]
struct Asked {
    division: domain::region::DivisionCode,
    filter: MeasureFilter,
}

fn filter(services: &Services, actor: &Actor<may::ReadMeasures>, period: Period) -> Result<Asked, Problem> {
    let division = division("division", &period.division)?;
    actor.within(&division)?;
    days::check("from", period.from)?;
    days::check("to", period.to)?;
    if period.to < period.from {
        return Err(Problem::field("to", Rule::EndBeforeStart));
    }
    let taker = match (period.taker_person, period.taker_organisation) {
        (Some(_), Some(_)) => return Err(Problem::field("taker_organisation", Rule::UnknownField)),
        (Some(person), None) => Some(Taker::Person(person)),
        (None, Some(organisation)) => Some(Taker::Organisation(organisation)),
        (None, None) => None,
    };
    let now = services.store.clock().now();
    let policy = services.book.region_of(&division).map_or_else(|| OrderPolicy::default().into(), |region| region.policy_at(now));
    let filter = MeasureFilter {
        ranges: Vec::new(),
        from: period.from,
        to: period.to,
        service: period.service,
        taker,
        as_of: now,
        satisfied_stars: policy.satisfied_stars,
    };
    Ok(Asked { division, filter })
}

fn counted<T>(
    tx: &mut Tx,
    asked: Asked,
    count: impl Fn(&mut Tx, &MeasureFilter) -> Result<T, persistence::StoreError>,
) -> Result<(T, DateTime<Utc>), Fault> {
    let filter = MeasureFilter { ranges: region::ranges(tx, &asked.division)?, ..asked.filter };
    Ok((count(tx, &filter)?, filter.as_of))
}
