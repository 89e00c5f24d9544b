//! Who is on duty, for those who dispatch.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use domain::cavalry::Employment;
use domain::geo::{Crs, Position, PositionError};
use persistence::cavalry::{self, Found};
use persistence::{Tx, person};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::candidate;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::order::view::{NamedPerson, PositionView};
use crate::page;
use crate::problem::{Fault, Problem, Rule};
use crate::region;
use crate::services::Services;
use crate::site::nearest::whole;

/// Every endpoint of who is on duty.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["cavalry": list]
}

/// How far may be looked at most, in metres.
const AT_MOST_METRES: i64 = 100_000;

/// Who is on duty where.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCavalry {
    /// Only those who are counted in this division; those of all divisions of the caller where it is left out.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: Option<String>,
    /// Near to here, degrees east; goes with `latitude`.
    #[param(minimum = -180, maximum = 180, example = 130.553)]
    longitude: Option<f64>,
    /// Near to here, degrees north; goes with `longitude`.
    #[param(minimum = -90, maximum = 90, example = 46.239)]
    latitude: Option<f64>,
    /// The system of the position and of the answer; WGS-84 where it is left out.
    crs: Option<Crs>,
    /// How far at most, in metres; goes with a position.
    #[param(minimum = 1, maximum = 100_000)]
    within_metres: Option<i64>,
    /// `true`: only those whom emergencies may ring.
    emergency_ready: Option<bool>,
    /// Only those who are certified for this craft now.
    craft: Option<Uuid>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// Somebody who is on duty.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CavalryOnDuty {
    /// Who, masked.
    person: NamedPerson,
    /// Where they are counted.
    division: String,
    /// How they work.
    employment: Employment,
    /// Whether emergencies may ring them.
    emergency_ready: bool,
    /// The crafts that they are certified for now.
    crafts: Vec<Uuid>,
    /// Since when they are on duty.
    since: DateTime<Utc>,
    /// When they were last heard of.
    heard_at: DateTime<Utc>,
    /// The middle of the cell in which they are.
    cell: PositionView,
    /// From the middle of the cell to the position that was asked about, as the crow flies, in metres; null where none was.
    distance_metres: Option<i64>,
}

/// Who is on duty now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CavalryList {
    /// The nearest first; in the order of their ids where no position was asked about.
    items: Vec<CavalryOnDuty>,
    /// How many there are, also beyond the limit.
    total: i64,
}

impl ListCavalry {
    fn position(&self) -> Result<Option<Position>, Problem> {
        let (longitude, latitude) = match (self.longitude, self.latitude) {
            (Some(longitude), Some(latitude)) => (longitude, latitude),
            (None, None) if self.within_metres.is_none() => return Ok(None),
            (Some(_), None) => return Err(Problem::field("latitude", Rule::Required)),
            (None, _) => return Err(Problem::field("longitude", Rule::Required)),
        };
        let out_of = |field, most: i64| Problem::field_with(field, Rule::OutOfRange, vec![(-most).to_string(), most.to_string()]);
        let position = Position::from_crs(longitude, latitude, self.crs.unwrap_or(Crs::Wgs84)).map_err(|error| match error {
            PositionError::Longitude => out_of("longitude", 180),
            PositionError::Latitude => out_of("latitude", 90),
        });
        position.map(Some)
    }

    fn metres(&self) -> Result<i64, Problem> {
        let within = self.within_metres.unwrap_or(AT_MOST_METRES);
        if (1..=AT_MOST_METRES).contains(&within) {
            return Ok(within);
        }
        Err(Problem::field_with("within_metres", Rule::OutOfRange, vec!["1".to_owned(), AT_MOST_METRES.to_string()]))
    }
}

/// Puts the nearest first.
pub(super) fn nearest_first(found: Vec<Found>, to: Option<Position>, metres: i64) -> Vec<(Option<i64>, Found)> {
    let measured = found.into_iter().map(|found| (to.map(|to| whole(to.metres_to(found.on_duty.cell))), found));
    let mut near: Vec<(Option<i64>, Found)> = measured.filter(|(distance, _)| distance.is_none_or(|distance| distance <= metres)).collect();
    near.sort_by(|(one, first), (other, second)| one.cmp(other).then_with(|| first.member.person.cmp(&second.member.person)));
    near
}

fn view(tx: &mut Tx, (distance_metres, found): (Option<i64>, Found), crs: Crs) -> Result<CavalryOnDuty, Fault> {
    let Found { member, on_duty } = found;
    let (person, now) = (person::load(tx, member.person)?, tx.now());
    let held = candidate(tx, member.person, &member.region)?.certificates;
    let mut crafts: Vec<Uuid> = held.iter().filter(|held| held.is_valid(now)).map(|held| held.craft).collect();
    crafts.sort_unstable();
    crafts.dedup();
    Ok(CavalryOnDuty {
        person: NamedPerson { id: person.id, name: person.name.masked(), phone: None },
        division: member.division.to_string(),
        employment: member.employment,
        emergency_ready: member.emergency_ready,
        crafts,
        since: on_duty.since,
        heard_at: on_duty.heard_at,
        cell: PositionView::in_crs(on_duty.cell, crs),
        distance_metres,
    })
}

/// List who of the light cavalry is on duty.
///
/// 在线轻骑兵:按区划或就近查找,由近及远;姓名脱敏,只给出所在单元与距离,列出现有效的技能认证。
#[utoipa::path(get, path = "/v1/cavalry", operation_id = "listCavalry", params(ListCavalry),
    responses((status = 200, description = "在线轻骑兵", body = CavalryList)))]
pub async fn list(services: Data<Services>, actor: Actor<may::ReadCavalry>, query: Query<ListCavalry>) -> Answer<CavalryList> {
    let asked = query.0;
    let (position, metres) = (asked.position()?, asked.metres()?);
    let limit = usize::try_from(page::limit(asked.limit)?).map_err(Problem::internal)?;
    let division = asked.division.as_deref().map(|raw| region::code("division", raw)).transpose()?;
    division.as_ref().map_or(Ok(()), |division| actor.within(division))?;
    let scopes = actor.scopes();
    let work = move |tx: &mut Tx| -> Result<CavalryList, Fault> {
        let within = match &division {
            Some(division) => vec![region::known(tx, "division", division)?.code],
            None => scopes,
        };
        let mut items = Vec::new();
        for found in nearest_first(cavalry::on_duty_in(tx, &within)?, position, metres) {
            if asked.emergency_ready == Some(true) && !found.1.member.emergency_ready {
                continue;
            }
            let seen = view(tx, found, asked.crs.unwrap_or(Crs::Wgs84))?;
            if asked.craft.is_none_or(|craft| seen.crafts.contains(&craft)) {
                items.push(seen);
            }
        }
        let total = i64::try_from(items.len()).map_err(Problem::internal)?;
        items.truncate(limit);
        Ok(CavalryList { items, total })
    };
    Ok(Reply::ok(services.store.read(work).await?))
}
