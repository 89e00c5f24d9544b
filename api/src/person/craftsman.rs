//! Who can be dispatched for a craft 能人名册.

use actix_web::HttpRequest;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use domain::person::CraftLevel;
use persistence::catalogue::{self, Craftsman};
use persistence::{Tx, person};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::actor::{Actor, may};
use crate::answer::Answer;
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::Fault;
use crate::region;
use crate::services::Services;

/// Every endpoint of craftsmen.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": craftsmen]
}

/// A volunteer who can be dispatched for a craft.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Craftsman)]
pub struct CraftsmanView {
    /// The person.
    person: Uuid,
    /// The masked name.
    #[schema(example = "张**")]
    name: String,
    /// Where the volunteer serves.
    division: String,
    /// The certification that makes them one.
    certification: Uuid,
    /// The craft.
    craft: Uuid,
    /// At which level.
    level: CraftLevel,
    /// The first moment at which the certification no longer holds.
    valid_until: DateTime<Utc>,
}

/// Which craftsmen.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCraftsmen {
    /// The craft.
    craft: Uuid,
    /// Where they serve: any division of the region in which the caller dispatches.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List who can be dispatched for a craft.
///
/// 能人名册(脱敏):在岗且认证有效者,供派单选择;限本人派单所在区域之内。
#[utoipa::path(get, path = "/v1/craftsmen", operation_id = "listCraftsmen", params(ListCraftsmen),
    responses((status = 200, description = "能人", body = Page<CraftsmanView>)))]
pub async fn craftsmen(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::OfferOrder>,
    query: Query<ListCraftsmen>,
) -> Answer<Page<CraftsmanView>> {
    let asked = query.0;
    let (limit, division) = (page::limit(asked.limit)?, region::code("division", &asked.division)?);
    // The craftsmen of a county serve all of it, so a station may look beyond its own division.
    let regions = actor.scopes().into_iter().filter_map(|scope| Some(services.book.region_of(&scope)?.division.clone()));
    if !regions.into_iter().any(|own| own.covers(&division)) {
        actor.within(&division)?;
    }
    let after = asked.cursor.as_deref().map(|cursor| page::read_cursor(services.store.keys(), "craftsmen", cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<CraftsmanView>, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        let found = catalogue::list_craftsmen(tx, asked.craft, &within, after, limit + 1)?;
        found.into_iter().map(|craftsman| craftsman_view(tx, craftsman)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), "craftsmen", views, limit, |view: &CraftsmanView| view.certification)
}

fn craftsman_view(tx: &mut Tx, craftsman: Craftsman) -> Result<CraftsmanView, Fault> {
    let Craftsman { division, certification } = craftsman;
    let name = person::load(tx, certification.person)?.name.masked();
    Ok(CraftsmanView {
        person: certification.person,
        name,
        division: division.to_string(),
        certification: certification.id,
        craft: certification.craft,
        level: certification.level,
        valid_until: certification.valid_until,
    })
}
