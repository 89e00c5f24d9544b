//! Certifications that are about to expire: listed for the station, and told to who holds them.

use actix_web::HttpRequest;
use actix_web::web::Data;
use chrono::{DateTime, TimeDelta, Utc};
use domain::person::PeoplePolicy;
use persistence::{Tx, catalogue, message};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::certification::{CertificationView, view};
use crate::actor::{Actor, Reads, may};
use crate::answer::Answer;
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::{Fault, Problem, Rule};
use crate::region::{self, policy::in_force};
use crate::services::Services;

/// Certifications of which one turn of the worker tells.
const BATCH: i64 = 100;

/// Every endpoint of certifications about to expire.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": expiring]
}

/// Which certifications.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListExpiring {
    /// Where their holders serve.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the certifications that are about to expire.
///
/// 即将到期的技能认证:在政策规定的提醒天数(默认 30 天)内到期者,先到期者在前,供站点组织复核。
#[utoipa::path(get, path = "/v1/expiring-certifications", operation_id = "listExpiringCertifications", params(ListExpiring),
    responses((status = 200, description = "认证", body = Page<CertificationView>)))]
pub async fn expiring(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::FindPerson>,
    reads: Reads,
    query: Query<ListExpiring>,
) -> Answer<Page<CertificationView>> {
    let (asked, shared) = (query.0, services.clone());
    let (limit, division) = (page::limit(asked.limit)?, region::code("division", &asked.division)?);
    actor.within(&division)?;
    let of = services.book.region_of(&division).ok_or_else(|| Problem::field("division", Rule::UnknownDivision))?;
    let name = format!("expiring {division}");
    let after: Option<(DateTime<Utc>, Uuid)> =
        asked.cursor.as_deref().map(|cursor| page::read_cursor(services.store.keys(), &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<CertificationView>, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        let before = tx.now() + TimeDelta::days(in_force::<PeoplePolicy>(tx, &of.division, tx.now())?.expiry_notice_days);
        let found = catalogue::expiring(tx, &within, before, after, limit + 1)?;
        found.into_iter().map(|held| view(tx, &shared, held, reads.0)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), &name, views, limit, |view: &CertificationView| (view.ends, view.id))
}

/// Tells the holders of certifications that these are about to expire, each once.
///
/// # Errors
/// The database's.
pub async fn tell(services: &Data<Services>) -> Result<(), Problem> {
    for of in services.book.regions() {
        let region = of.division.clone();
        let find = move |tx: &mut Tx| -> Result<Vec<(Uuid, Uuid)>, Fault> {
            let before = tx.now() + TimeDelta::days(in_force::<PeoplePolicy>(tx, &region, tx.now())?.expiry_notice_days);
            Ok(catalogue::untold(tx, &region, before, BATCH)?)
        };
        let untold = services.store.read(find).await?;
        if untold.is_empty() {
            continue;
        }
        let tell = move |tx: &mut Tx| -> Result<(), Fault> {
            for (certification, person) in &untold {
                if catalogue::told(tx, *certification)? {
                    message::certification_expires(tx, *certification, *person)?;
                }
            }
            Ok(())
        };
        services.store.tally(tell).await?;
    }
    Ok(())
}
