//! How many live in a division.

use actix_web::web::{Data, Path};
use persistence::Tx;
use persistence::region::{self, Population};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{code, line};
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::Page;
use crate::problem::Fault;
use crate::services::Services;

/// Every endpoint of populations.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["regions": populations, set_population]
}

/// The resident population of a year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Population)]
pub struct PopulationView {
    /// The year.
    year: i32,
    /// How many residents.
    residents: i64,
    /// Where the number comes from.
    source: String,
}

impl From<Population> for PopulationView {
    fn from(population: Population) -> Self {
        Self { year: population.year, residents: population.residents, source: population.source }
    }
}

/// List the resident populations of a division.
///
/// 常住人口,最近年份在前,注明来源。
#[utoipa::path(get, path = "/v1/divisions/{code}/populations", operation_id = "listPopulations",
    params(("code" = String, Path, description = "区划代码")), security(()),
    responses((status = 200, description = "各年常住人口", body = Page<PopulationView>)))]
pub async fn populations(services: Data<Services>, path: Path<String>) -> Answer<Page<PopulationView>> {
    let code = code("code", &path)?;
    let work = move |tx: &mut Tx| -> Result<Vec<Population>, Fault> {
        let division = region::find(tx, &code)?;
        Ok(region::populations(tx, &division.code)?)
    };
    let items = services.store.read(work).await?.into_iter().map(Into::into).collect();
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// The resident population of a year, as it is stated.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPopulation {
    /// The year.
    #[schema(minimum = 1949, maximum = 2200, example = 2024)]
    year: i32,
    /// How many residents.
    #[schema(minimum = 0, maximum = 2_000_000_000, example = 410000)]
    residents: i64,
    /// Where the number comes from.
    #[schema(min_length = 1, max_length = 200, example = "第七次全国人口普查")]
    source: String,
}

/// State the resident population of a division for a year.
///
/// 登记常住人口:同一年份再次登记即为更正。
#[utoipa::path(post, path = "/v1/divisions/{code}/populations", operation_id = "setPopulation",
    params(("code" = String, Path, description = "区划代码")), request_body = SetPopulation,
    responses((status = 200, description = "该年常住人口", body = PopulationView)))]
pub async fn set_population(
    services: Data<Services>,
    actor: Actor<may::SetPopulation>,
    conditions: Conditions,
    path: Path<String>,
    body: Json<SetPopulation>,
) -> Answer<PopulationView> {
    let code = code("code", &path)?;
    actor.within(&code)?;
    let (digest, account) = (body.digest, actor.account());
    let stated = Population { source: line("/source", &body.value.source)?, year: body.value.year, residents: body.value.residents };
    let work = move |tx: &mut Tx| -> Result<(Population, bool), Fault> {
        let once = conditions.once(tx, account, &digest, 200, Uuid::nil())?;
        if matches!(once, Once::First) {
            let division = region::find(tx, &code)?;
            region::set_population(tx, &division.code, stated.year, stated.residents, &stated.source)?;
        }
        Ok((stated.clone(), matches!(once, Once::Before(_))))
    };
    let (population, replayed) = services.store.write(work).await?;
    Ok(Reply::ok(population.into()).replayed(replayed))
}
