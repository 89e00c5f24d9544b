//! The sites nearest to a position.

use actix_web::web::Data;
use domain::geo::{Crs, Position, PositionError};
use domain::site::{SiteKind, SiteLanguage};
use persistence::Tx;
use persistence::site::{self, Site, Which};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::view::{Looking, SiteView, status, views};
use crate::actor::Reads;
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page;
use crate::problem::{Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of what is near.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["sites": nearest]
}

/// How far is looked at most where nobody says, in metres.
const WITHIN_METRES: i64 = 20_000;
/// How far may be looked at most, in metres.
const AT_MOST_METRES: i64 = 100_000;
/// How far is looked at first, in metres; then four times as far, again and again.
const FIRST_METRES: i64 = 2_000;

/// Near to what.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NearestSites {
    /// Degrees east.
    #[param(minimum = -180, maximum = 180, example = 130.553)]
    longitude: f64,
    /// Degrees north.
    #[param(minimum = -90, maximum = 90, example = 46.239)]
    latitude: f64,
    /// The system of the position and of the answer; WGS-84 where it is left out.
    crs: Option<Crs>,
    /// Only sites of this kind.
    kind: Option<SiteKind>,
    /// Only where this service is given.
    service: Option<Uuid>,
    /// Only where people are served in this language.
    language: Option<SiteLanguage>,
    /// `true`: only what is open now.
    open_now: Option<bool>,
    /// How far at most, in metres.
    #[param(minimum = 1, maximum = 100_000, default = 20_000)]
    within_metres: Option<i64>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// A site and how far it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NearSite {
    /// As the crow flies, in metres.
    distance_metres: i64,
    /// The site.
    site: SiteView,
}

/// The sites that are nearest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NearSites {
    /// The nearest first.
    items: Vec<NearSite>,
}

/// A request for what is near, read.
struct Near {
    position: Position,
    within: i64,
    which: Which,
    language: Option<SiteLanguage>,
    open_now: bool,
    limit: usize,
}

impl NearestSites {
    fn read(&self) -> Result<Near, Problem> {
        let out_of = |field, most: i64| Problem::field_with(field, Rule::OutOfRange, vec![(-most).to_string(), most.to_string()]);
        let position = Position::from_crs(self.longitude, self.latitude, self.crs.unwrap_or(Crs::Wgs84)).map_err(|error| match error {
            PositionError::Longitude => out_of("longitude", 180),
            PositionError::Latitude => out_of("latitude", 90),
        })?;
        let within = self.within_metres.unwrap_or(WITHIN_METRES);
        if !(1..=AT_MOST_METRES).contains(&within) {
            let bounds = vec!["1".to_owned(), AT_MOST_METRES.to_string()];
            return Err(Problem::field_with("within_metres", Rule::OutOfRange, bounds));
        }
        let which = Which { kind: self.kind, service: self.service };
        let limit = usize::try_from(page::limit(self.limit)?).map_err(Problem::internal)?;
        Ok(Near { position, within, which, language: self.language, open_now: self.open_now.unwrap_or(false), limit })
    }
}

impl Near {
    /// What fits within so many metres, the nearest first.
    fn reach(&self, tx: &mut Tx, services: &Services, metres: i64) -> Result<Vec<(i64, Site)>, Fault> {
        let now = tx.now();
        let mut found = Vec::new();
        for site in site::within(tx, self.position.around(metres_of(metres)), &self.which)? {
            let distance = whole(self.position.metres_to(site.position));
            let speaks = self.language.is_none_or(|language| site.languages.contains(&language));
            if distance <= metres && speaks && (!self.open_now || status(services, &site, now)?.open) {
                found.push((distance, site));
            }
        }
        found.sort_by(|(one, first), (other, second)| one.cmp(other).then_with(|| first.id.cmp(&second.id)));
        found.truncate(self.limit);
        Ok(found)
    }
}

/// Metres of a distance on the earth, which are few.
pub(crate) fn metres_of(metres: i64) -> f64 {
    i32::try_from(metres).map_or(f64::INFINITY, f64::from)
}

#[expect(clippy::cast_possible_truncation, reason = "a distance on the earth has eight digits at most")]
pub(crate) fn whole(metres: f64) -> i64 {
    metres.round() as i64
}

/// Find the nearest sites.
///
/// 就近查找阵地:按直线距离由近及远,可限定类别、服务项目、语言、当前开放;crs=gcj02 时坐标按 GCJ-02 读入与给出。
#[utoipa::path(get, path = "/v1/nearest-sites", operation_id = "findNearestSites", params(NearestSites), security(()),
    responses((status = 200, description = "附近的阵地", body = NearSites)))]
pub async fn nearest(services: Data<Services>, reads: Reads, query: Query<NearestSites>) -> Answer<NearSites> {
    let (near, shared) = (query.0.read()?, services.clone());
    let looking = Looking { language: reads.0, crs: query.0.crs.unwrap_or(Crs::Wgs84) };
    let work = move |tx: &mut Tx| -> Result<NearSites, Fault> {
        let mut metres = FIRST_METRES.min(near.within);
        let mut found = near.reach(tx, &shared, metres)?;
        while found.len() < near.limit && metres < near.within {
            metres = (metres * 4).min(near.within);
            found = near.reach(tx, &shared, metres)?;
        }
        let (distances, sites): (Vec<i64>, Vec<Site>) = found.into_iter().unzip();
        let views = views(tx, &shared, sites, looking)?;
        let items = distances.into_iter().zip(views).map(|(distance_metres, site)| NearSite { distance_metres, site });
        Ok(NearSites { items: items.collect() })
    };
    Ok(Reply::ok(services.store.read(work).await?))
}
