//! Services 服务: what residents order.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use domain::catalogue::{ServiceCode, ServiceMinutes};
use domain::language::Language;
use domain::order::{Hazard, Payment};
use domain::region::DivisionCode;
use persistence::Tx;
use persistence::catalogue::{self, Service};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ListCatalogue, NamesBody, cut};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::Page;
use crate::problem::{Fault, Problem, Rule, refers};
use crate::region::{self, region_itself};
use crate::services::Services;

/// Every endpoint of services.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["catalogue": services, service, add_service, update_service]
}

/// A service.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Service)]
pub struct ServiceView {
    /// Its id.
    id: Uuid,
    /// The region whose catalogue it stands in.
    region: String,
    /// Its code, stable for good.
    #[schema(example = "tap-repair")]
    code: String,
    /// The craft that it needs.
    craft: Option<Uuid>,
    /// Its name in the caller's language.
    name: String,
    /// Its names.
    names: NamesBody,
    /// How it is paid for.
    payment: Payment,
    /// How long it usually takes, in minutes.
    minutes: i32,
    /// What it may do to who serves.
    hazard: Hazard,
    /// Whether it can be ordered.
    active: bool,
    /// One more with every change.
    version: i32,
}

impl ServiceView {
    fn new(service: Service, language: Language) -> Self {
        Self {
            id: service.id,
            region: service.region.to_string(),
            code: service.code.to_string(),
            craft: service.craft,
            name: service.names.shown_in(language).to_owned(),
            names: (&service.names).into(),
            payment: service.payment,
            minutes: service.minutes,
            hazard: service.hazard,
            active: service.active,
            version: service.version,
        }
    }
}

/// List the services that can be ordered in a region.
///
/// 服务目录:居民据此点单,按代码排序。
#[utoipa::path(get, path = "/v1/services", operation_id = "listServices", params(ListCatalogue), security(()),
    responses((status = 200, description = "服务", body = Page<ServiceView>)))]
pub async fn services(
    services: Data<Services>,
    request: HttpRequest,
    reads: Reads,
    query: Query<ListCatalogue>,
) -> Answer<Page<ServiceView>> {
    let part = query.0.read(&services, "services")?;
    let (region, active) = (part.region.clone(), part.active);
    let found = services.store.read::<_, Fault>(move |tx| Ok(catalogue::list_services(tx, &region)?)).await?;
    let views = found.into_iter().filter(|service| service.active == active);
    let views = views.map(|service| ServiceView::new(service, reads.0)).collect();
    cut(&request, &services, "services", &part, views, |view: &ServiceView| view.id)
}

/// Read a service.
///
/// 查看服务。
#[utoipa::path(get, path = "/v1/services/{id}", operation_id = "readService", params(("id" = Uuid, Path, description = "服务")),
    security(()), responses((status = 200, description = "服务", body = ServiceView)))]
pub async fn service(services: Data<Services>, reads: Reads, id: Path<Uuid>) -> Answer<ServiceView> {
    let id = *id;
    let service = services.store.glance::<_, Fault>(move |tx| Ok(catalogue::load_service(tx, id)?)).await?;
    let version = service.version;
    Ok(Reply::ok(ServiceView::new(service, reads.0)).tagged(version))
}

/// A service to add.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddService {
    /// The region.
    #[schema(min_length = 2, max_length = 15, example = "230822")]
    region: String,
    /// Its code, stable for good.
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-z][a-z0-9_-]*$", example = "tap-repair")]
    code: String,
    /// The craft that it needs, if it needs one.
    craft: Option<Uuid>,
    /// Its names.
    names: NamesBody,
    /// How it is paid for.
    payment: Payment,
    /// How long it usually takes, in minutes.
    #[schema(minimum = 5, maximum = 720, example = 60)]
    minutes: i32,
    /// What it may do to who serves: nothing out of the ordinary where it is left out. Dangerous services are only for who is
    /// insured against accidents; rescue is never for minors.
    hazard: Option<Hazard>,
}

/// Add a service to the catalogue of a region.
///
/// 新增服务:付费方式分免费、仅收材料费、有偿;代码在区域内唯一,不再更改。
#[utoipa::path(post, path = "/v1/services", operation_id = "addService", request_body = AddService,
    responses((status = 201, description = "新服务", body = ServiceView)))]
pub async fn add_service(
    services: Data<Services>,
    actor: Actor<may::EditCatalogue>,
    conditions: Conditions,
    reads: Reads,
    body: Json<AddService>,
) -> Answer<ServiceView> {
    let (asked, digest, account) = (body.value, body.digest, actor.account());
    let region = region_itself(&services, "/region", &asked.region)?;
    actor.within(&region)?;
    let service = Service {
        id: Uuid::now_v7(),
        region,
        code: ServiceCode::parse(&asked.code).map_err(|_| Problem::field("/code", Rule::CatalogueCode))?,
        craft: asked.craft,
        names: asked.names.read()?,
        payment: asked.payment,
        minutes: minutes(asked.minutes)?,
        hazard: asked.hazard.unwrap_or(Hazard::None),
        active: true,
        version: 1,
    };
    let work = move |tx: &mut Tx| -> Result<(Service, bool), Fault> {
        match conditions.once(tx, account, &digest, 201, service.id)? {
            Once::First => {
                check_craft(tx, service.craft, &service.region)?;
                catalogue::add_service(tx, &service)?;
                Ok((service.clone(), false))
            }
            Once::Before(before) => Ok((catalogue::load_service(tx, before)?, true)),
        }
    };
    let (service, replayed) = services.store.write(work).await?;
    let (version, at) = (service.version, format!("/v1/services/{}", service.id));
    Ok(Reply::created(ServiceView::new(service, reads.0), &at).tagged(version).replayed(replayed))
}

fn minutes(raw: i32) -> Result<i32, Problem> {
    let bounds = || vec![ServiceMinutes::MIN.to_string(), ServiceMinutes::MAX.to_string()];
    ServiceMinutes::new(raw).map(ServiceMinutes::get).map_err(|_| Problem::field_with("/minutes", Rule::OutOfRange, bounds()))
}

/// The craft of a service stands in the catalogue of the same region.
fn check_craft(tx: &mut Tx, craft: Option<Uuid>, region: &DivisionCode) -> Result<(), Fault> {
    let Some(craft) = craft else { return Ok(()) };
    let craft = refers(catalogue::load_craft(tx, craft), "/craft", Rule::UnknownCraft)?;
    if craft.region == *region { Ok(()) } else { Err(Problem::field("/craft", Rule::UnknownCraft).into()) }
}

/// A service as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateService {
    /// The craft that it needs, if it needs one.
    craft: Option<Uuid>,
    /// Its names.
    names: NamesBody,
    /// How it is paid for; orders keep what held when they were placed.
    payment: Payment,
    /// How long it usually takes, in minutes.
    #[schema(minimum = 5, maximum = 720, example = 60)]
    minutes: i32,
    /// What it may do to who serves; as it was where it is left out. Orders keep what held when they were placed.
    hazard: Option<Hazard>,
    /// Whether it can be ordered.
    active: bool,
}

/// Change a service.
///
/// 修改服务:须携带所依据版本的 If-Match;已下订单不受影响。
#[utoipa::path(put, path = "/v1/services/{id}", operation_id = "updateService", params(("id" = Uuid, Path, description = "服务")),
    request_body = UpdateService, responses((status = 200, description = "修改后的服务", body = ServiceView)))]
pub async fn update_service(
    services: Data<Services>,
    actor: Actor<may::EditCatalogue>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<UpdateService>,
) -> Answer<ServiceView> {
    let (asked, who, id) = (body.value, actor.actor, *id);
    let (names, minutes) = (asked.names.read()?, minutes(asked.minutes)?);
    let work = move |tx: &mut Tx| -> Result<Service, Fault> {
        let known = catalogue::load_service(tx, id)?;
        region::within::<may::EditCatalogue>(tx, &who, &known.region)?;
        conditions.require_version(known.version)?;
        check_craft(tx, asked.craft, &known.region)?;
        let (craft, payment, active) = (asked.craft, asked.payment, asked.active);
        let hazard = asked.hazard.unwrap_or(known.hazard);
        catalogue::update_service(tx, &Service { craft, names: names.clone(), payment, minutes, hazard, active, ..known })?;
        Ok(catalogue::load_service(tx, id)?)
    };
    let service = services.store.write(work).await?;
    services.forget();
    let version = service.version;
    Ok(Reply::ok(ServiceView::new(service, reads.0)).tagged(version))
}
