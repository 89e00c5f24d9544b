//! Crafts 匠: what people can be certified for.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use domain::catalogue::CraftCode;
use domain::language::Language;
use persistence::Tx;
use persistence::catalogue::{self, Craft};
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
use crate::problem::{Fault, Problem, Rule};
use crate::region::{self, region_itself};
use crate::services::Services;

/// Every endpoint of crafts.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["catalogue": crafts, craft, add_craft, update_craft]
}

/// A craft.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Craft)]
pub struct CraftView {
    /// Its id.
    id: Uuid,
    /// The region whose catalogue it stands in.
    region: String,
    /// The domain it belongs to.
    #[schema(example = "维修")]
    domain: String,
    /// Its code, stable for good.
    #[schema(example = "plumbing")]
    code: String,
    /// Its name in the caller's language.
    name: String,
    /// Its names.
    names: NamesBody,
    /// Whether it is offered.
    active: bool,
    /// One more with every change.
    version: i32,
}

impl CraftView {
    fn new(craft: Craft, language: Language) -> Self {
        Self {
            id: craft.id,
            region: craft.region.to_string(),
            domain: craft.domain,
            code: craft.code.to_string(),
            name: craft.names.shown_in(language).to_owned(),
            names: (&craft.names).into(),
            active: craft.active,
            version: craft.version,
        }
    }
}

/// List the crafts of a region.
///
/// 技能目录:两级(领域、技能),按领域与代码排序。
#[utoipa::path(get, path = "/v1/crafts", operation_id = "listCrafts", params(ListCatalogue), security(()),
    responses((status = 200, description = "技能", body = Page<CraftView>)))]
pub async fn crafts(services: Data<Services>, request: HttpRequest, reads: Reads, query: Query<ListCatalogue>) -> Answer<Page<CraftView>> {
    let part = query.0.read(&services, "crafts")?;
    let (region, active) = (part.region.clone(), part.active);
    let crafts = services.store.read::<_, Fault>(move |tx| Ok(catalogue::list_crafts(tx, &region)?)).await?;
    let views = crafts.into_iter().filter(|craft| craft.active == active).map(|craft| CraftView::new(craft, reads.0)).collect();
    cut(&request, &services, "crafts", &part, views, |view: &CraftView| view.id)
}

/// Read a craft.
///
/// 查看技能。
#[utoipa::path(get, path = "/v1/crafts/{id}", operation_id = "readCraft", params(("id" = Uuid, Path, description = "技能")), security(()),
    responses((status = 200, description = "技能", body = CraftView)))]
pub async fn craft(services: Data<Services>, reads: Reads, id: Path<Uuid>) -> Answer<CraftView> {
    let id = *id;
    let craft = services.store.glance::<_, Fault>(move |tx| Ok(catalogue::load_craft(tx, id)?)).await?;
    let version = craft.version;
    Ok(Reply::ok(CraftView::new(craft, reads.0)).tagged(version))
}

/// A craft to add.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddCraft {
    /// The region.
    #[schema(min_length = 2, max_length = 15, example = "230822")]
    region: String,
    /// The domain it belongs to.
    #[schema(min_length = 1, max_length = 50, example = "维修")]
    domain: String,
    /// Its code, stable for good.
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-z][a-z0-9_-]*$", example = "plumbing")]
    code: String,
    /// Its names.
    names: NamesBody,
}

/// Add a craft to the catalogue of a region.
///
/// 新增技能:代码在区域内唯一,不再更改。
#[utoipa::path(post, path = "/v1/crafts", operation_id = "addCraft", request_body = AddCraft,
    responses((status = 201, description = "新技能", body = CraftView)))]
pub async fn add_craft(
    services: Data<Services>,
    actor: Actor<may::EditCatalogue>,
    conditions: Conditions,
    reads: Reads,
    body: Json<AddCraft>,
) -> Answer<CraftView> {
    let (asked, digest, account) = (body.value, body.digest, actor.account());
    let region = region_itself(&services, "/region", &asked.region)?;
    actor.within(&region)?;
    let code = CraftCode::parse(&asked.code).map_err(|_| Problem::field("/code", Rule::CatalogueCode))?;
    let (domain, names) = (region::line("/domain", &asked.domain)?, asked.names.read()?);
    let craft = Craft { id: Uuid::now_v7(), region, domain, code, names, active: true, version: 1 };
    let work = move |tx: &mut Tx| -> Result<(Craft, bool), Fault> {
        match conditions.once(tx, account, &digest, 201, craft.id)? {
            Once::First => {
                catalogue::add_craft(tx, &craft)?;
                Ok((craft.clone(), false))
            }
            Once::Before(before) => Ok((catalogue::load_craft(tx, before)?, true)),
        }
    };
    let (craft, replayed) = services.store.write(work).await?;
    let (version, at) = (craft.version, format!("/v1/crafts/{}", craft.id));
    Ok(Reply::created(CraftView::new(craft, reads.0), &at).tagged(version).replayed(replayed))
}

/// A craft as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCraft {
    /// The domain it belongs to.
    #[schema(min_length = 1, max_length = 50, example = "维修")]
    domain: String,
    /// Its names.
    names: NamesBody,
    /// Whether it is offered.
    active: bool,
}

/// Change a craft.
///
/// 修改技能:须携带所依据版本的 If-Match。
#[utoipa::path(put, path = "/v1/crafts/{id}", operation_id = "updateCraft", params(("id" = Uuid, Path, description = "技能")),
    request_body = UpdateCraft, responses((status = 200, description = "修改后的技能", body = CraftView)))]
pub async fn update_craft(
    services: Data<Services>,
    actor: Actor<may::EditCatalogue>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<UpdateCraft>,
) -> Answer<CraftView> {
    let (asked, who, id) = (body.value, actor.actor, *id);
    let (domain, names) = (region::line("/domain", &asked.domain)?, asked.names.read()?);
    let work = move |tx: &mut Tx| -> Result<Craft, Fault> {
        let known = catalogue::load_craft(tx, id)?;
        region::within::<may::EditCatalogue>(tx, &who, &known.region)?;
        conditions.require_version(known.version)?;
        let craft = Craft { domain: domain.clone(), names: names.clone(), active: asked.active, ..known };
        catalogue::update_craft(tx, &craft)?;
        Ok(catalogue::load_craft(tx, id)?)
    };
    let craft = services.store.write(work).await?;
    let version = craft.version;
    Ok(Reply::ok(CraftView::new(craft, reads.0)).tagged(version))
}
