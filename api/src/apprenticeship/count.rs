//! How many apprenticeships and works there are.

use actix_web::web::Data;
use persistence::apprenticeship::{CraftTally, tally};
use persistence::{Tx, catalogue};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::Fault;
use crate::region;
use crate::services::Services;

/// Every endpoint of counts.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["apprenticeships": counts]
}

/// Where.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApprenticeshipCountsOf {
    /// Where the craft is passed on; the division with all below it.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
}

/// What there is in a craft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CraftCounts {
    /// The craft.
    craft: Uuid,
    /// What it is called, in the caller's language.
    craft_name: String,
    /// Apprenticeships that run.
    running: i64,
    /// Apprenticeships that were completed.
    completed: i64,
    /// Works that were not withdrawn.
    works: i64,
    /// Those of them that were sold.
    sold: i64,
}

/// What there is in a division.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprenticeshipCounts {
    /// The division.
    division: String,
    /// Apprenticeships that run.
    running: i64,
    /// Apprenticeships that were completed.
    completed: i64,
    /// Works that were not withdrawn.
    works: i64,
    /// Those of them that were sold.
    sold: i64,
    /// The same by craft; each sums up to the whole.
    crafts: Vec<CraftCounts>,
}

/// Count the apprenticeships and works of a division.
///
/// 匠心传承统计:在学、出师、作品、售出件数,按技能分列;撤回的作品不计。
#[utoipa::path(get, path = "/v1/measures/apprenticeships", operation_id = "countApprenticeships", params(ApprenticeshipCountsOf),
    responses((status = 200, description = "统计", body = ApprenticeshipCounts)))]
pub async fn counts(
    services: Data<Services>,
    actor: Actor<may::ReadMeasures>,
    reads: Reads,
    query: Query<ApprenticeshipCountsOf>,
) -> Answer<ApprenticeshipCounts> {
    let division = region::code("division", &query.0.division)?;
    actor.within(&division)?;
    let work = move |tx: &mut Tx| -> Result<ApprenticeshipCounts, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        let mut crafts = Vec::new();
        let mut whole = CraftTally::default();
        for (craft, CraftTally { running, completed, works, sold }) in tally(tx, &within)? {
            whole.running += running;
            whole.completed += completed;
            whole.works += works;
            whole.sold += sold;
            let craft_name = catalogue::load_craft(tx, craft)?.names.shown_in(reads.0).to_owned();
            crafts.push(CraftCounts { craft, craft_name, running, completed, works, sold });
        }
        let CraftTally { running, completed, works, sold } = whole;
        Ok(ApprenticeshipCounts { division: within.to_string(), running, completed, works, sold, crafts })
    };
    Ok(Reply::ok(services.store.read(work).await?))
}
