//! Cases: which needs a social worker sees to.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::demand::{DemandState, Item};
use domain::identity::Actor as Acting;
use domain::person::PeoplePolicy;
use domain::social_worker::CaseEnd;
use persistence::social_worker::{self, Case, SocialWorker};
use persistence::{StoreError, Tx, demand, person};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::readable;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region::{self, policy::in_force};
use crate::services::Services;

/// Every endpoint of cases.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["social-workers": open, list, end]
}

/// That a social worker sees to a need.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SocialWorkCase)]
pub struct CaseView {
    /// Its id.
    id: Uuid,
    /// Who sees to it.
    worker: Uuid,
    /// The need.
    demand: Uuid,
    /// Where the need stands; off its list it no longer counts into the caseload.
    demand_state: DemandState,
    /// Since when.
    opened_at: DateTime<Utc>,
    /// Why it has ended; null where it has not.
    end_reason: Option<CaseEnd>,
    /// When it has ended.
    ended_at: Option<DateTime<Utc>>,
    /// One more with every change.
    version: i32,
}

fn view(tx: &mut Tx, case: Case) -> Result<CaseView, Fault> {
    Ok(CaseView {
        id: case.id,
        worker: case.worker,
        demand: case.demand,
        demand_state: demand::load(tx, case.demand)?.state,
        opened_at: case.opened_at,
        end_reason: case.end,
        ended_at: case.ended_at,
        version: case.version,
    })
}

/// Who sees to it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSocialWorkCase {
    /// The social worker: the id of the person.
    worker: Uuid,
}

/// Let a social worker see to a need.
///
/// 分派个案:由某社工负责清单上的这项需求;每项需求同时只有一名负责社工;须在其工作区划内,且在办个案不超过政策上限。
#[utoipa::path(post, path = "/v1/demands/{id}/case", operation_id = "openSocialWorkCase", request_body = OpenSocialWorkCase,
    params(("id" = Uuid, Path, description = "需求")), responses((status = 201, description = "个案", body = CaseView)))]
pub async fn open(
    services: Data<Services>,
    actor: Actor<may::ManageCases>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<OpenSocialWorkCase>,
) -> Answer<CaseView> {
    let (who, digest, worker, demand, case) = (actor.actor, body.digest, body.value.worker, *id, Uuid::now_v7());
    let work = move |tx: &mut Tx| -> Result<(CaseView, bool), Fault> {
        let item = demand::load(tx, demand)?;
        region::within::<may::ManageCases>(tx, &who, &item.division)?;
        let once = conditions.once(tx, who.account, &digest, 201, case)?;
        let case = match once {
            Once::First => {
                let worker = take_on(tx, &who, worker, &item)?;
                social_worker::add_case(tx, case, worker.person, item.id, who.account).map_err(taken)?;
                case
            }
            Once::Before(before) => before,
        };
        let case = social_worker::load_case(tx, case)?;
        Ok((view(tx, case)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/social-workers/{}/cases", view.worker));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// The social worker whom the actor may know of, if they can see to the need.
fn take_on(tx: &mut Tx, actor: &Acting, person: Uuid, item: &Item) -> Result<SocialWorker, Fault> {
    let worker = refers(social_worker::load(tx, person), "/worker", Rule::UnknownSocialWorker)?;
    if !region::may_in::<may::ManageCases>(tx, actor, &worker.division)? {
        return Err(Problem::field("/worker", Rule::UnknownSocialWorker).into());
    }
    if !item.state.is_live() {
        return Err(Problem::stands_against(Code::DemandOver, Rule::DemandOver, vec![item.state.to_string()]).into());
    }
    let ranges = persistence::region::ranges(tx, &worker.division)?;
    if !worker.active || !persistence::region::lies_in(&item.division, &ranges) {
        return Err(Problem::field("/worker", Rule::WorksElsewhere).into());
    }
    // One after the other: of two at once the second counts the first.
    let version = person::version(tx, worker.person)?;
    person::hold(tx, worker.person, version)?;
    let policy: PeoplePolicy = in_force(tx, &worker.region, tx.now())?;
    if social_worker::open_cases(tx, worker.person)? >= policy.most_cases {
        return Err(Problem::stands_against(Code::CasesFull, Rule::CasesFull, vec![policy.most_cases.to_string()]).into());
    }
    Ok(worker)
}

fn taken(error: StoreError) -> Fault {
    if error.is_duplicate_of("social_work_cases", "demand_id") { Code::AlreadyExists.into() } else { error.into() }
}

/// Which cases.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCases {
    /// Also those that have ended.
    also_ended: Option<bool>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the cases of a social worker.
///
/// 社工的个案:新的在前,默认只列在办;本人可查。
#[utoipa::path(get, path = "/v1/social-workers/{id}/cases", operation_id = "listSocialWorkCases",
    params(("id" = Uuid, Path, description = "人员"), ListCases), responses((status = 200, description = "个案", body = Page<CaseView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadSocialWorkers>,
    id: Path<Uuid>,
    query: Query<ListCases>,
) -> Answer<Page<CaseView>> {
    let (asked, who, id, keys) = (query.0, actor.actor, *id, services.store.keys());
    let (limit, also_ended) = (page::limit(asked.limit)?, asked.also_ended.unwrap_or(false));
    let name = format!("cases {id} {also_ended}");
    let before: Option<Uuid> = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<CaseView>, Fault> {
        let worker = readable(tx, &who, id)?;
        let found = social_worker::cases_of(tx, worker.person, also_ended, before, limit + 1)?;
        found.into_iter().map(|case| view(tx, case)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &CaseView| view.id)
}

/// Why a case ends.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndSocialWorkCase {
    /// Why.
    reason: CaseEnd,
}

/// End a case.
///
/// 结束个案:须说明原因;已结束的保持原样;之后该需求可分派给他人。
#[utoipa::path(post, path = "/v1/social-work-cases/{id}/end", operation_id = "endSocialWorkCase", request_body = EndSocialWorkCase,
    params(("id" = Uuid, Path, description = "个案")), responses((status = 200, description = "个案", body = CaseView)))]
pub async fn end(
    services: Data<Services>,
    actor: Actor<may::ManageCases>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<EndSocialWorkCase>,
) -> Answer<CaseView> {
    let (who, digest, reason, id) = (actor.actor, body.digest, body.value.reason, *id);
    let work = move |tx: &mut Tx| -> Result<(CaseView, bool), Fault> {
        let case = social_worker::load_case(tx, id)?;
        let worker = social_worker::load(tx, case.worker)?;
        region::within::<may::ManageCases>(tx, &who, &worker.division)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(case.version)?;
            if case.ended_at.is_none() {
                social_worker::end_case(tx, &case, reason, who.account)?;
            }
        }
        let case = social_worker::load_case(tx, id)?;
        Ok((view(tx, case)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
