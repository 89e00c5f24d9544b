//! The register of sites.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use domain::geo::{Crs, Position};
use domain::region::DivisionCode;
use domain::site::{SiteKind, SiteLanguage};
use persistence::site::{self, Site, Which};
use persistence::{Tx, catalogue};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::hours::OpeningHours;
use super::view::{Looking, SiteView, view, views};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::catalogue::NamesBody;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::order::value::PositionView;
use crate::page::{self, Page};
use crate::person::profile::unique;
use crate::problem::{Fault, Problem, Rule, refers};
use crate::region;
use crate::services::Services;

/// Every endpoint of the register.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["sites": list, add, show, update]
}

/// What is written down of a site.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSite {
    /// What kind it is.
    kind: SiteKind,
    /// Its names; the Chinese one is unique in the division.
    names: NamesBody,
    /// Where it is, in words.
    #[schema(min_length = 1, max_length = 200, example = "桦南镇前进路 18 号")]
    address: String,
    /// The public number at which it is called.
    #[schema(min_length = 3, max_length = 32, pattern = "^[+0-9][0-9 -]+$", example = "0454-6222888")]
    phone: Option<String>,
    /// Where it is.
    position: PositionView,
    /// In which languages people are served.
    #[schema(min_items = 1, max_items = 6)]
    languages: Vec<SiteLanguage>,
    /// What is done for people there: services of the region's catalogue.
    #[schema(max_items = 100)]
    services: Vec<Uuid>,
    /// When it is open.
    hours: OpeningHours,
    /// Whether it is in use.
    active: bool,
}

/// A site to add.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddSite {
    /// The division in which it lies.
    #[schema(min_length = 2, max_length = 15, example = "230822106001")]
    division: String,
    /// What kind it is.
    kind: SiteKind,
    /// Its names; the Chinese one is unique in the division.
    names: NamesBody,
    /// Where it is, in words.
    #[schema(min_length = 1, max_length = 200, example = "桦南镇前进路 18 号")]
    address: String,
    /// The public number at which it is called.
    #[schema(min_length = 3, max_length = 32, pattern = "^[+0-9][0-9 -]+$", example = "0454-6222888")]
    phone: Option<String>,
    /// Where it is.
    position: PositionView,
    /// In which languages people are served.
    #[schema(min_items = 1, max_items = 6)]
    languages: Vec<SiteLanguage>,
    /// What is done for people there: services of the region's catalogue.
    #[schema(max_items = 100)]
    services: Vec<Uuid>,
    /// When it is open.
    hours: OpeningHours,
}

/// A site and what is done there, as a request says it.
#[derive(Clone)]
struct Paper {
    site: Site,
    services: Vec<Uuid>,
}

impl UpdateSite {
    fn read(&self, id: Uuid, region: DivisionCode, division: DivisionCode, version: i32) -> Result<Paper, Problem> {
        let at = &self.position;
        let position = Position::from_crs(at.longitude, at.latitude, at.crs).map_err(|_| Problem::field("/position", Rule::WrongFormat))?;
        let site = Site {
            id,
            region,
            division,
            kind: self.kind,
            names: self.names.read()?,
            address: region::line("/address", &self.address)?,
            phone: self.phone.as_deref().map(|raw| region::line("/phone", raw)).transpose()?,
            position,
            hours: self.hours.read()?,
            languages: unique("/languages", &self.languages)?,
            active: self.active,
            version,
        };
        Ok(Paper { site, services: unique("/services", &self.services)? })
    }
}

/// The services stand in the catalogue of the region, and can be ordered or were given at the site before.
fn check_services(tx: &mut Tx, paper: &Paper, before: &[Uuid]) -> Result<(), Fault> {
    for (index, id) in paper.services.iter().enumerate() {
        let pointer = format!("/services/{index}");
        let service = refers(catalogue::load_service(tx, *id), &pointer, Rule::UnknownService)?;
        if service.region != paper.site.region || !(service.active || before.contains(id)) {
            return Err(Problem::field(pointer, Rule::UnknownService).into());
        }
    }
    Ok(())
}

/// Add a site.
///
/// 登记阵地:名称在所在区划内唯一;坐标以 WGS-84 保存,可按 GCJ-02 提交;服务项目须在本区域服务目录内。
#[utoipa::path(post, path = "/v1/sites", operation_id = "addSite", request_body = AddSite,
    responses((status = 201, description = "新阵地", body = SiteView)))]
pub async fn add(
    services: Data<Services>,
    actor: Actor<may::EditSite>,
    conditions: Conditions,
    reads: Reads,
    body: Json<AddSite>,
) -> Answer<SiteView> {
    let (asked, digest, account) = (body.value, body.digest, actor.account());
    let division = region::code("/division", &asked.division)?;
    actor.within(&division)?;
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    let AddSite { division: _, kind, names, address, phone, position, languages, services: given, hours } = asked;
    let looking = Looking { language: reads.0, crs: position.crs };
    let asked = UpdateSite { kind, names, address, phone, position, languages, services: given, hours, active: true };
    let paper = asked.read(Uuid::now_v7(), region.division.clone(), division, 1)?;
    let shared = services.clone();
    let work = move |tx: &mut Tx| -> Result<(SiteView, bool), Fault> {
        let once = conditions.once(tx, account, &digest, 201, paper.site.id)?;
        let id = match once {
            Once::First => {
                let division = region::known(tx, "/division", &paper.site.division)?.code;
                check_services(tx, &paper, &[])?;
                site::add(tx, &Site { division, ..paper.site.clone() }, &paper.services, Some(account))?;
                paper.site.id
            }
            Once::Before(before) => before,
        };
        Ok((view(tx, &shared, id, looking)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version(), format!("/v1/sites/{}", view.id()));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// In which system of coordinates.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InCrs {
    /// The system of the answer; WGS-84 where it is left out.
    crs: Option<Crs>,
}

/// Read a site.
///
/// 查看阵地:含开放时间与当前是否开放;crs=gcj02 时坐标以 GCJ-02 给出。
#[utoipa::path(get, path = "/v1/sites/{id}", operation_id = "readSite", params(("id" = Uuid, Path, description = "阵地"), InCrs),
    security(()), responses((status = 200, description = "阵地", body = SiteView)))]
pub async fn show(services: Data<Services>, reads: Reads, id: Path<Uuid>, query: Query<InCrs>) -> Answer<SiteView> {
    let (id, shared) = (*id, services.clone());
    let looking = Looking { language: reads.0, crs: query.0.crs.unwrap_or(Crs::Wgs84) };
    let view = services.store.read::<_, Fault>(move |tx| view(tx, &shared, id, looking)).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version))
}

/// Write down what a site is.
///
/// 修改阵地:整体更新,须携带所依据版本的 If-Match;停用的阵地不再出现在就近查询与统计中。
#[utoipa::path(put, path = "/v1/sites/{id}", operation_id = "updateSite", params(("id" = Uuid, Path, description = "阵地")),
    request_body = UpdateSite, responses((status = 200, description = "修改后的阵地", body = SiteView)))]
pub async fn update(
    services: Data<Services>,
    actor: Actor<may::EditSite>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<UpdateSite>,
) -> Answer<SiteView> {
    let (asked, who, id, shared) = (body.value, actor.actor, *id, services.clone());
    let looking = Looking { language: reads.0, crs: asked.position.crs };
    let work = move |tx: &mut Tx| -> Result<SiteView, Fault> {
        let known = site::load(tx, id)?;
        region::within::<may::EditSite>(tx, &who, &known.division)?;
        conditions.require_version(known.version)?;
        let before = site::services_of(tx, &[id])?.remove(&id).unwrap_or_default();
        let before: Vec<Uuid> = before.into_iter().map(|(service, _)| service).collect();
        let paper = asked.read(id, known.region, known.division, known.version)?;
        check_services(tx, &paper, &before)?;
        site::update(tx, &paper.site, &paper.services)?;
        view(tx, &shared, id, looking)
    };
    let view = services.store.write(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version))
}

/// Which sites.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSites {
    /// Only those in this division; all where it is left out.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    within: Option<String>,
    /// Only those of this kind.
    kind: Option<SiteKind>,
    /// Only those where this service is given.
    service: Option<Uuid>,
    /// `false` lists what is no longer in use.
    active: Option<bool>,
    /// The system of coordinates of the answer; WGS-84 where it is left out.
    crs: Option<Crs>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List sites.
///
/// 阵地名录:可按区划、类别、服务项目筛选,先登记者在前。
#[utoipa::path(get, path = "/v1/sites", operation_id = "listSites", params(ListSites), security(()),
    responses((status = 200, description = "阵地", body = Page<SiteView>)))]
pub async fn list(services: Data<Services>, request: HttpRequest, reads: Reads, query: Query<ListSites>) -> Answer<Page<SiteView>> {
    let asked = query.0;
    let limit = page::limit(asked.limit)?;
    let within = asked.within.as_deref().map(|raw| region::code("within", raw)).transpose()?;
    let after = asked.cursor.as_deref().map(|cursor| page::read_cursor(services.store.keys(), "sites", cursor)).transpose()?;
    let (shared, looking) = (services.clone(), Looking { language: reads.0, crs: asked.crs.unwrap_or(Crs::Wgs84) });
    let (which, active) = (Which { kind: asked.kind, service: asked.service }, asked.active.unwrap_or(true));
    let work = move |tx: &mut Tx| -> Result<Vec<SiteView>, Fault> {
        let within = match &within {
            Some(code) => vec![region::known(tx, "within", code)?.code],
            None => persistence::region::roots(tx)?.into_iter().map(|root| root.code).collect(),
        };
        let found = site::list(tx, &within, &which, active, after, limit + 1)?;
        views(tx, &shared, found, looking)
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), "sites", views, limit, SiteView::id)
}
