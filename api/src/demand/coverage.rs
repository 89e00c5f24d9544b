//! Coverage of demand lists 需求满足情况.

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use domain::demand::DemandState;
use domain::order::Group;
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::demand::{self, Coverage};
use persistence::order::Share;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::days;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::order::measure::ShareView;
use crate::problem::{Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of coverage.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["demands": demand_coverage]
}

/// What is counted.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoverageOf {
    /// Lists at or below this division.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// First local day on which an item was entered.
    from: NaiveDate,
    /// Last local day on which an item was entered.
    to: NaiveDate,
}

/// How many items stand in a state.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = DemandStateCount)]
pub struct StateCount {
    /// The state.
    state: DemandState,
    /// How many.
    items: i64,
}

/// The coverage of a group.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DemandCoverage)]
pub struct GroupCoverage {
    /// The group.
    group: Group,
    /// Items that were served at least once ÷ valid items: all but the dropped ones.
    served: ShareView,
    /// Half of the served ones were first served within so many hundredths of a day; null where none was.
    median_days_hundredths: Option<i64>,
    /// Live items that should have been looked at again.
    overdue: i64,
    /// How many stand where.
    states: Vec<StateCount>,
}

/// The coverage of the lists of a division.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DemandCoverages)]
pub struct CoverageView {
    /// By group.
    groups: Vec<GroupCoverage>,
    /// When it was counted.
    as_of: DateTime<Utc>,
}

/// Read the coverage of demand lists.
///
/// 需求满足率:各群体曾获服务的条目÷有效条目(不含已撤下),以及首次服务用时的中位数;按登记日统计。
#[utoipa::path(get, path = "/v1/measures/demands", operation_id = "readDemandCoverage", params(CoverageOf),
    responses((status = 200, description = "满足情况", body = CoverageView)))]
pub async fn demand_coverage(services: Data<Services>, actor: Actor<may::ReadMeasures>, query: Query<CoverageOf>) -> Answer<CoverageView> {
    let asked = query.0;
    let division = region::code("division", &asked.division)?;
    actor.within(&division)?;
    days::check("from", asked.from)?;
    days::check("to", asked.to)?;
    if asked.to < asked.from {
        return Err(Problem::field("to", Rule::EndBeforeStart));
    }
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("division", Rule::UnknownDivision))?;
    let begin = asked.from.pred_opt().map_or(domain::Timestamp::MIN_UTC, |before| domain::days::end_of_day(before, region.zone));
    let end = domain::days::end_of_day(asked.to, region.zone);
    let work = move |tx: &mut Tx| -> Result<CoverageView, Fault> {
        let division = region::known(tx, "division", &division)?.code;
        let counted = demand::coverage(tx, &division, (begin, end))?;
        let groups = Group::ALL.iter().map(|group| view(*group, counted.get(group))).collect();
        Ok(CoverageView { groups, as_of: tx.now() })
    };
    Ok(Reply::ok(services.store.read(work).await?))
}

fn view(group: Group, counted: Option<&Coverage>) -> GroupCoverage {
    let nothing = Coverage::default();
    let counted = counted.unwrap_or(&nothing);
    let items = |state: &DemandState| counted.states.get(state).copied().unwrap_or_default();
    GroupCoverage {
        group,
        served: Share { numerator: counted.served, denominator: counted.valid }.into(),
        median_days_hundredths: median(&counted.seconds).map(|seconds| seconds * 100 / 86_400),
        overdue: counted.overdue,
        states: DemandState::ALL.iter().map(|state| StateCount { state: *state, items: items(state) }).collect(),
    }
}

/// The middle of sorted numbers; of an even count the lower of the two.
fn median(sorted: &[i64]) -> Option<i64> {
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}
