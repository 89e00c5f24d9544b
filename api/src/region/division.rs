//! The tree of divisions: one, those below it, search by name, and grids.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use domain::language::Language;
use domain::region::{DivisionCode, Level};
use domain::vocabulary::Vocabulary;
use persistence::Tx;
use persistence::region::{self, Division};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{code, known, line};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::problem::{Fault, Problem, Rule, refers};
use crate::services::Services;

/// Every endpoint of divisions.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["regions": show, children, search, add_grid]
}

/// Rows of the tree never change but by an import, so they have one version.
const VERSION: i32 = 1;

/// A division.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Division)]
pub struct DivisionView {
    /// Its short code.
    #[schema(example = "230822")]
    code: String,
    /// The statistical form of its code: 12 digits, a grid 15.
    #[schema(example = "230822000000")]
    padded_code: String,
    /// How deep it lies in the tree.
    level: Level,
    /// The level in the caller's language.
    label: String,
    /// What it is called.
    name: String,
    /// The division it lies in; null at the root of what was loaded.
    parent: Option<String>,
}

impl DivisionView {
    fn new(division: Division, language: Language) -> Self {
        Self {
            code: division.code.to_string(),
            padded_code: division.code.padded(),
            level: division.level,
            label: division.level.label(language).to_owned(),
            name: division.name,
            parent: division.parent.map(String::from),
        }
    }
}

/// Read a division.
///
/// 查看区划:接受短码、12 位统计用码与已并入的旧码,返回现行区划。
#[utoipa::path(get, path = "/v1/divisions/{code}", operation_id = "readDivision", params(("code" = String, Path, description = "区划代码")),
    security(()), responses((status = 200, description = "区划", body = DivisionView)))]
pub async fn show(services: Data<Services>, reads: Reads, path: Path<String>) -> Answer<DivisionView> {
    let code = code("code", &path)?;
    let division = services.store.glance::<_, Fault>(move |tx| Ok(region::find(tx, &code)?)).await?;
    Ok(Reply::ok(DivisionView::new(division, reads.0)).tagged(VERSION))
}

/// Which part of a list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the divisions directly below one.
///
/// 下级区划,按代码排序。
#[utoipa::path(get, path = "/v1/divisions/{code}/children", operation_id = "listChildDivisions",
    params(("code" = String, Path, description = "区划代码"), Part), security(()),
    responses((status = 200, description = "下级区划", body = Page<DivisionView>)))]
pub async fn children(
    services: Data<Services>,
    request: HttpRequest,
    reads: Reads,
    path: Path<String>,
    query: Query<Part>,
) -> Answer<Page<DivisionView>> {
    let (code, limit) = (code("code", &path)?, page::limit(query.0.limit)?);
    let after = after(&services, "children", query.0.cursor.as_deref())?;
    let work = move |tx: &mut Tx| -> Result<Vec<Division>, Fault> {
        let parent = region::find(tx, &code)?.code;
        Ok(region::children(tx, &parent, after, limit + 1)?)
    };
    let found = services.store.read(work).await?;
    answer(&services, &request, "children", found, limit, reads.0)
}

/// Which divisions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchDivisions {
    /// A part of the name; every name where it is left out.
    #[param(max_length = 100, example = "桦南")]
    name: Option<String>,
    /// Only those in this division, itself included.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    within: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// Search divisions by name.
///
/// 按名称查找区划,可限定在某一区划之内;按代码排序。
#[utoipa::path(get, path = "/v1/divisions", operation_id = "searchDivisions", params(SearchDivisions), security(()),
    responses((status = 200, description = "区划", body = Page<DivisionView>)))]
pub async fn search(
    services: Data<Services>,
    request: HttpRequest,
    reads: Reads,
    query: Query<SearchDivisions>,
) -> Answer<Page<DivisionView>> {
    let asked = query.0;
    let limit = page::limit(asked.limit)?;
    let name = asked.name.unwrap_or_default();
    if name.chars().count() > NAME_CHARACTERS {
        return Err(Problem::field_with("name", Rule::TooLong, vec![NAME_CHARACTERS.to_string()]));
    }
    let within = asked.within.as_deref().map(|raw| code("within", raw)).transpose()?;
    let after = after(&services, "divisions", asked.cursor.as_deref())?;
    let work = move |tx: &mut Tx| -> Result<Vec<Division>, Fault> {
        let within = within.as_ref().map(|code| known(tx, "within", code)).transpose()?;
        Ok(region::search(tx, name.trim(), within.as_ref().map(|division| &division.code), after, limit + 1)?)
    };
    let found = services.store.read(work).await?;
    answer(&services, &request, "divisions", found, limit, reads.0)
}

const NAME_CHARACTERS: usize = 100;

fn after(services: &Services, list: &str, cursor: Option<&str>) -> Result<Option<DivisionCode>, Problem> {
    cursor.map(|cursor| page::read_cursor(services.store.keys(), list, cursor)).transpose()
}

fn answer(
    services: &Services,
    request: &HttpRequest,
    list: &str,
    found: Vec<Division>,
    limit: i64,
    language: Language,
) -> Answer<Page<DivisionView>> {
    let views = found.into_iter().map(|division| DivisionView::new(division, language)).collect();
    page::reply(request, services.store.keys(), list, views, limit, |view: &DivisionView| view.code.clone())
}

/// A grid to draw.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddGrid {
    /// The community's 12 digits and three local ones.
    #[schema(min_length = 15, max_length = 15, example = "230822100001001")]
    code: String,
    /// What it is called.
    #[schema(min_length = 1, max_length = 100, example = "第一网格")]
    name: String,
}

/// Draw a grid inside a community.
///
/// 新增网格:社区代码之后加三位本地编号;社区须已存在。
#[utoipa::path(post, path = "/v1/divisions", operation_id = "addGrid", request_body = AddGrid,
    responses((status = 201, description = "新网格", body = DivisionView)))]
pub async fn add_grid(
    services: Data<Services>,
    actor: Actor<may::AddGrid>,
    conditions: Conditions,
    reads: Reads,
    body: Json<AddGrid>,
) -> Answer<DivisionView> {
    let grid = code("/code", &body.value.code)?;
    if grid.level() != Level::Grid {
        return Err(Problem::field("/code", Rule::GridCode));
    }
    let (name, digest, account) = (line("/name", &body.value.name)?, body.digest, actor.account());
    actor.within(&grid)?;
    let work = move |tx: &mut Tx| -> Result<(Division, bool), Fault> {
        let once = conditions.once(tx, account, &digest, 201, Uuid::nil())?;
        if matches!(once, Once::First) {
            let division = Division { code: grid.clone(), level: Level::Grid, name: name.clone(), parent: grid.parent() };
            refers(region::add(tx, &division), "/code", Rule::UnknownParent)?;
        }
        Ok((region::find(tx, &grid)?, matches!(once, Once::Before(_))))
    };
    let (division, replayed) = services.store.write(work).await?;
    let at = format!("/v1/divisions/{}", division.code);
    Ok(Reply::created(DivisionView::new(division, reads.0), &at).tagged(VERSION).replayed(replayed))
}
