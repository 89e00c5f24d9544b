//! What apprentices make: written down, shown, sold, withdrawn.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::NaiveDate;
use domain::apprenticeship::{ApprenticeshipState, Exhibition, ExhibitionFault, ExhibitionKind};
use domain::identity::Actor as Acting;
use persistence::apprenticeship::{self, Apprenticeship, Work};
use persistence::{Tx, site};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rule::{stands, visible};
use super::view::WorkView;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::days;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::person::input::{day, today};
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region;
use crate::services::Services;

/// Every endpoint of works.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["apprenticeships": add, list, exhibit, withdraw]
}

/// A work to write down.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddApprenticeWork {
    /// What it is called.
    #[schema(min_length = 1, max_length = 100, example = "莲花团扇")]
    title: String,
    /// What there is to say of it.
    #[schema(min_length = 1, max_length = 1000)]
    description: Option<String>,
    /// When it was made: since the stage began, not after today.
    made_on: NaiveDate,
}

/// Write down a work.
///
/// 登记作品:师徒本人或社工,限学艺期间;完成日不早于本阶段开始、不晚于今日;计入当前阶段。
#[utoipa::path(post, path = "/v1/apprenticeships/{id}/works", operation_id = "addApprenticeWork", request_body = AddApprenticeWork,
    params(("id" = Uuid, Path, description = "师徒关系")), responses((status = 201, description = "作品", body = WorkView)))]
pub async fn add(
    services: Data<Services>,
    actor: Actor<may::KeepWorks>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<AddApprenticeWork>,
) -> Answer<WorkView> {
    let (shared, who, digest, asked, id, fresh) = (services.clone(), actor.actor, body.digest, body.value, *id, Uuid::now_v7());
    days::check("/made_on", asked.made_on)?;
    let title = region::line("/title", &asked.title)?;
    let description = asked.description.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let work = move |tx: &mut Tx| -> Result<(WorkView, bool), Fault> {
        let found = visible::<may::KeepWorks>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 201, fresh)?;
        let kept = match once {
            Once::First => {
                let new = made(tx, &shared, &found, (fresh, who.account), asked.made_on)?;
                apprenticeship::add_work(tx, &Work { title: Some(title.clone()), description: description.clone(), ..new })?;
                fresh
            }
            Once::Before(before) => before,
        };
        Ok((apprenticeship::load_work(tx, kept)?.into(), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/apprenticeships/{}/works", view.apprenticeship));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// A work of the stage that goes on, without its texts.
fn made(tx: &mut Tx, services: &Services, found: &Apprenticeship, (id, by): (Uuid, Uuid), made_on: NaiveDate) -> Result<Work, Fault> {
    let going_on = found.stage.zip(found.stage_since).filter(|_| found.state == ApprenticeshipState::Running);
    let (stage, since) = going_on.ok_or_else(|| stands(found))?;
    let (first, last) = (day(services, &found.region, since), day(services, &found.region, tx.now()));
    if made_on < first || made_on > last {
        return Err(Problem::field_with("/made_on", Rule::OutOfRange, vec![first.to_string(), last.to_string()]).into());
    }
    Ok(Work {
        id,
        apprenticeship: found.id,
        division: found.division.clone(),
        craft: found.craft,
        stage,
        title: None,
        description: None,
        made_on,
        exhibition: None,
        withdrawn_at: None,
        version: 1,
        created_by: by,
        created_at: tx.now(),
    })
}

/// Which works.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListApprenticeWorks {
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the works of an apprenticeship.
///
/// 学徒的作品,新的在前,含已撤回的;师徒本人与区划工作人员可查。
#[utoipa::path(get, path = "/v1/apprenticeships/{id}/works", operation_id = "listApprenticeWorks",
    params(("id" = Uuid, Path, description = "师徒关系"), ListApprenticeWorks),
    responses((status = 200, description = "作品", body = Page<WorkView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadApprenticeships>,
    id: Path<Uuid>,
    query: Query<ListApprenticeWorks>,
) -> Answer<Page<WorkView>> {
    let (asked, who, id, keys) = (query.0, actor.actor, *id, services.store.keys());
    let (limit, name) = (page::limit(asked.limit)?, format!("works {id}"));
    let before: Option<Uuid> = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<WorkView>, Fault> {
        visible::<may::ReadApprenticeships>(tx, &who, id)?;
        Ok(apprenticeship::works_of(tx, id, before, limit + 1)?.into_iter().map(Into::into).collect())
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &WorkView| view.id)
}

/// What became of a work at a market.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExhibitWork {
    /// Whether it was shown or sold; what was shown may be sold later.
    kind: ExhibitionKind,
    /// On which day: not before it was made, not after today.
    day: NaiveDate,
    /// At which site of the region.
    site: Option<Uuid>,
    /// For how much it was sold, in fen; only where it was.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 6800)]
    price_fen: Option<i64>,
}

/// Say that a work was shown or sold.
///
/// 登记作品的展示或售出,限学艺期间与出师后:售出须写明价格(分);已售出的不能再改。学徒同意公开期间对外可见,但不含作品名称。
#[utoipa::path(post, path = "/v1/apprentice-works/{id}/exhibit", operation_id = "exhibitWork", request_body = ExhibitWork,
    params(("id" = Uuid, Path, description = "作品")), responses((status = 200, description = "作品", body = WorkView)))]
pub async fn exhibit(
    services: Data<Services>,
    actor: Actor<may::KeepWorks>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<ExhibitWork>,
) -> Answer<WorkView> {
    let (shared, who, asked) = (services.clone(), actor.actor, body.value);
    days::check("/day", asked.day)?;
    change(&services, who, (conditions, body.digest, *id), move |tx, found, work| {
        if !matches!(found.state, ApprenticeshipState::Running | ApprenticeshipState::Completed) {
            return Err(stands(found).into());
        }
        let ExhibitWork { kind, day, site, price_fen } = asked;
        let exhibition = Exhibition { kind, day, site, price_fen };
        let before = work.exhibition.map(|before| before.kind);
        exhibition.check(work.made_on, before, today(&shared, &found.region)).map_err(|fault| unfit(fault, &work))?;
        if let Some(id) = site {
            let place = refers(site::load(tx, id), "/site", Rule::UnknownSite)?;
            if place.region != found.region {
                return Err(Problem::field("/site", Rule::UnknownSite).into());
            }
        }
        Ok(Work { exhibition: Some(exhibition), ..work })
    })
    .await
}

fn unfit(fault: ExhibitionFault, work: &Work) -> Problem {
    let problem = match fault {
        ExhibitionFault::NoPrice => Problem::field("/price_fen", Rule::Required),
        ExhibitionFault::Price => Problem::field("/price_fen", Rule::PriceOfUnsold),
        ExhibitionFault::BeforeMade => Problem::field_with("/day", Rule::TooSmall, vec![work.made_on.to_string()]),
        ExhibitionFault::InFuture => Problem::field("/day", Rule::InFuture),
        ExhibitionFault::Sold => Code::WorkSettled.into(),
    };
    problem.because(fault)
}

/// Withdraw a work.
///
/// 撤回作品:不再展示,也不再计数;记录保留;已计入的阶段不受影响。
#[utoipa::path(post, path = "/v1/apprentice-works/{id}/withdraw", operation_id = "withdrawWork", request_body = Empty,
    params(("id" = Uuid, Path, description = "作品")), responses((status = 200, description = "作品", body = WorkView)))]
pub async fn withdraw(
    services: Data<Services>,
    actor: Actor<may::KeepWorks>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<WorkView> {
    let change_it = |tx: &mut Tx, _: &Apprenticeship, work: Work| Ok(Work { withdrawn_at: Some(tx.now()), ..work });
    change(&services, actor.actor, (conditions, body.digest, *id), change_it).await
}

/// Changes a work that was not withdrawn.
async fn change(
    services: &Data<Services>,
    who: std::sync::Arc<Acting>,
    (conditions, digest, id): (Conditions, Vec<u8>, Uuid),
    changed: impl Fn(&mut Tx, &Apprenticeship, Work) -> Result<Work, Fault> + Send + 'static,
) -> Answer<WorkView> {
    let work = move |tx: &mut Tx| -> Result<(WorkView, bool), Fault> {
        let before = apprenticeship::load_work(tx, id)?;
        let found = visible::<may::KeepWorks>(tx, &who, before.apprenticeship)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(before.version)?;
            if before.withdrawn_at.is_some() {
                return Err(Code::WorkSettled.into());
            }
            tx.in_region(&found.region);
            let after = changed(tx, &found, before)?;
            apprenticeship::save_work(tx, &after, who.account)?;
        }
        Ok((apprenticeship::load_work(tx, id)?.into(), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
