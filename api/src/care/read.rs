//! Reading care plans.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use domain::care::CarePlanState;
use domain::vocabulary::Vocabulary as _;
use persistence::care::{self, PlanFilter};
use persistence::{Tx, person};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{CarePlanView, listed, one};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::{Code, Fault};
use crate::region::{self, may_in};
use crate::services::Services;

/// Every endpoint of reading plans.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["care-plans": show, list]
}

/// Read a care plan.
///
/// 查看照护计划:历次上门及其状态、即将到来的上门;本人可看自己的计划,说明文字只对安排计划的工作人员与本人可见。
#[utoipa::path(get, path = "/v1/care-plans/{id}", operation_id = "readCarePlan", params(("id" = Uuid, Path, description = "计划")),
    responses((status = 200, description = "照护计划", body = CarePlanView)))]
pub async fn show(services: Data<Services>, actor: Actor<may::ReadDemand>, reads: Reads, id: Path<Uuid>) -> Answer<CarePlanView> {
    let (shared, who, id) = (services.clone(), actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<CarePlanView, Fault> {
        let plan = care::load(tx, id)?;
        let own = match who.person {
            Some(person) => person == plan.person || person::ids_of(tx, person)?.contains(&plan.person),
            None => false,
        };
        if !own && !may_in::<may::ReadDemand>(tx, &who, &plan.division)? {
            return Err(Code::NotFound.into());
        }
        one(tx, &shared, plan, &who, reads.0)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Which plans.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCarePlans {
    /// Where.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// Only those in this state.
    state: Option<CarePlanState>,
    /// Only those of which a visit was missed and not made up for; false, only the others.
    missed: Option<bool>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the care plans of a division.
///
/// 本区划的照护计划,新的在前;missed=true 只看有漏访且未补访的计划。
#[utoipa::path(get, path = "/v1/care-plans", operation_id = "listCarePlans", params(ListCarePlans),
    responses((status = 200, description = "照护计划", body = Page<CarePlanView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadDemand>,
    reads: Reads,
    query: Query<ListCarePlans>,
) -> Answer<Page<CarePlanView>> {
    let (asked, keys, shared, who) = (query.0, services.store.keys(), services.clone(), actor.actor);
    let (limit, division) = (page::limit(asked.limit)?, region::code("division", &asked.division)?);
    let (state, missed) = (asked.state, asked.missed);
    let name = format!("care plans {division} {:?} {missed:?}", state.map(|state| state.as_str()));
    let before = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<CarePlanView>, Fault> {
        region::within::<may::ReadDemand>(tx, &who, &division)?;
        let filter = PlanFilter { division: region::known(tx, "division", &division)?.code, state, missed };
        let found = care::newest(tx, &filter, before, limit + 1)?;
        found.into_iter().map(|plan| listed(tx, &shared, plan, &who, reads.0)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |last: &CarePlanView| last.id)
}
