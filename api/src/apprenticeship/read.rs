//! Reading apprenticeships.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use domain::apprenticeship::{ApprenticeshipSide, ApprenticeshipState};
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::apprenticeship::{self, ApprenticeshipFilter};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::rule::visible;
use super::view::{ApprenticeshipView, view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::{Code, Fault};
use crate::region;
use crate::services::Services;

/// Every endpoint of reading.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["apprenticeships": show, list, own]
}

/// Read an apprenticeship.
///
/// 查看师徒关系:所处阶段与进度、已完成阶段及其依据;师徒本人与区划的社工、监管员、管理员可查;姓名脱敏。
#[utoipa::path(get, path = "/v1/apprenticeships/{id}", operation_id = "readApprenticeship",
    params(("id" = Uuid, Path, description = "师徒关系")), responses((status = 200, description = "师徒关系", body = ApprenticeshipView)))]
pub async fn show(
    services: Data<Services>,
    actor: Actor<may::ReadApprenticeships>,
    reads: Reads,
    id: Path<Uuid>,
) -> Answer<ApprenticeshipView> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<ApprenticeshipView, Fault> {
        let found = visible::<may::ReadApprenticeships>(tx, &who, id)?;
        view(tx, found, &who, reads.0)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Which apprenticeships.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListApprenticeships {
    /// Where.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// Only in this craft.
    craft: Option<Uuid>,
    /// Only those in this state.
    state: Option<ApprenticeshipState>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the apprenticeships of a division.
///
/// 本区划的师徒关系,新的在前,可按技能与状态筛选;姓名脱敏。
#[utoipa::path(get, path = "/v1/apprenticeships", operation_id = "listApprenticeships", params(ListApprenticeships),
    responses((status = 200, description = "师徒关系", body = Page<ApprenticeshipView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadApprenticeships>,
    reads: Reads,
    query: Query<ListApprenticeships>,
) -> Answer<Page<ApprenticeshipView>> {
    let (asked, keys, who) = (query.0, services.store.keys(), actor.actor);
    let (limit, division) = (page::limit(asked.limit)?, region::code("division", &asked.division)?);
    let (craft, state) = (asked.craft, asked.state);
    let name = format!("apprenticeships {division} {craft:?} {:?}", state.map(|state| state.as_str()));
    let before: Option<Uuid> = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<ApprenticeshipView>, Fault> {
        region::within::<may::ReadApprenticeships>(tx, &who, &division)?;
        let filter = ApprenticeshipFilter { division: region::known(tx, "division", &division)?.code, craft, state };
        let found = apprenticeship::newest(tx, &filter, before, limit + 1)?;
        found.into_iter().map(|found| view(tx, found, &who, reads.0)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |last: &ApprenticeshipView| last.id)
}

/// Which of one's own.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListOwnApprenticeships {
    /// Only those in which one is the master, or the apprentice.
    side: Option<ApprenticeshipSide>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List one's own apprenticeships.
///
/// 本人的师徒关系,新的在前:作为师傅或学徒。
#[utoipa::path(get, path = "/v1/me/apprenticeships", operation_id = "listOwnApprenticeships", params(ListOwnApprenticeships),
    responses((status = 200, description = "师徒关系", body = Page<ApprenticeshipView>)))]
pub async fn own(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadOwn>,
    reads: Reads,
    query: Query<ListOwnApprenticeships>,
) -> Answer<Page<ApprenticeshipView>> {
    let (asked, keys, who) = (query.0, services.store.keys(), actor.actor);
    let (limit, side, me) = (page::limit(asked.limit)?, asked.side, who.person.ok_or(Code::PersonRequired)?);
    let name = format!("own apprenticeships {me} {:?}", side.map(|side| side.as_str()));
    let before: Option<Uuid> = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<ApprenticeshipView>, Fault> {
        let found = apprenticeship::of_people(tx, &[me], side, before, limit + 1)?;
        found.into_iter().map(|found| view(tx, found, &who, reads.0)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |last: &ApprenticeshipView| last.id)
}
