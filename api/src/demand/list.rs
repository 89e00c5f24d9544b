//! The lists: the living one of a grid and group, by priority, also as it stood; and those of whoever looks after several.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::demand::{DemandListKind, Item};
use domain::order::Group;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary as _;
use persistence::demand::{self, ListOf};
use persistence::{Tx, person};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::enter::grid;
use super::view::{DemandView, Looking};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::days;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of lists.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["demands": living_list, list_demands, list_of_lists]
}

/// So many living items of one list are put in order at most: more are no list that anybody looks after.
const LIVING_AT_MOST: i64 = 20_000;

/// Which page of a living list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LivingList {
    /// As it stood at the end of this local day; as it stands where it is left out. Not in the future.
    as_of: Option<NaiveDate>,
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A living list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DemandList {
    /// The grid or community.
    division: String,
    /// The group.
    group: Group,
    /// The number of its last change; 0 before the first.
    revision: i32,
    /// The moment at which it stood like this.
    as_of: DateTime<Utc>,
    /// How many items it has.
    total: usize,
    /// The items of this page, the most pressing first.
    items: Vec<DemandView>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// Read the living list of a grid and a group.
///
/// 网格某群体的需求清单:按优先级排序,逐项列明得分;as_of 给出过去某日终了时的清单。
#[utoipa::path(get, path = "/v1/demand-lists/{division}/{group}", operation_id = "readDemandList",
    params(("division" = String, Path, description = "网格或社区"), ("group" = Group, Path, description = "群体"), LivingList),
    responses((status = 200, description = "需求清单", body = DemandList)))]
pub async fn living_list(
    services: Data<Services>,
    actor: Actor<may::ReadDemand>,
    reads: Reads,
    request: HttpRequest,
    of: Path<(String, String)>,
    query: Query<LivingList>,
) -> Answer<DemandList> {
    let (division, group) = of.into_inner();
    let (division, group) = (grid("division", &division)?, read_group(&group)?);
    let (query, keys, shared, who) = (query.0, services.store.keys(), services.clone(), actor.actor);
    let limit = page::limit(query.limit)?;
    let list = format!("demands {division} {group} {:?}", query.as_of);
    let after = query.cursor.as_deref().map(|cursor| page::read_cursor::<(i64, Uuid)>(keys, &list, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<DemandList, Fault> {
        region::within::<may::ReadDemand>(tx, &who, &division)?;
        let division = region::known(tx, "division", &division)?.code;
        let known = services.book.region_of(&division).ok_or_else(|| Problem::field("division", Rule::UnknownDivision))?;
        let (at, revision, items) = standing(tx, &division, group, query.as_of, known.zone)?;
        let looking = Looking::at(tx, &services, &known.division, (&who, reads.0), at)?;
        let total = items.len();
        let (items, more) = cut(by_priority(items, &looking), after, limit);
        let end = items.last().map(|(total, item)| (*total, item.id)).filter(|_| more);
        let next_cursor = end.map(|end| page::cursor(tx.keys(), &list, &end)).transpose()?;
        let items = items.into_iter().map(|(_, item)| looking.view(tx, item)).collect::<Result<_, _>>()?;
        Ok(DemandList { division: division.to_string(), group, revision, as_of: at, total, items, next_cursor })
    };
    let list = shared.store.read(work).await?;
    let link = list.next_cursor.as_deref().and_then(|cursor| page::next_link(&request, cursor));
    Ok(Reply::ok(list).with(link))
}

fn read_group(raw: &str) -> Result<Group, Problem> {
    let all = || Group::ALL.iter().map(|group| group.as_str()).collect::<Vec<_>>().join(", ");
    Group::from_text(raw).ok_or_else(|| Problem::field_with("group", Rule::NotInList, vec![all()]))
}

/// The list as it stands, or as it stood at the end of a local day: with the moment and its revision.
fn standing(
    tx: &mut Tx,
    division: &DivisionCode,
    group: Group,
    as_of: Option<NaiveDate>,
    zone: chrono_tz::Tz,
) -> Result<(domain::Timestamp, i32, Vec<Item>), Fault> {
    let now = tx.now();
    let today = domain::days::local_day(now, zone);
    let codes = persistence::region::codes_of(tx, division)?;
    match as_of {
        Some(day) if day > today => Err(Problem::field_with("as_of", Rule::TooBig, vec![today.to_string()]).into()),
        Some(day) if day < today => {
            days::check("as_of", day)?;
            let end = domain::days::end_of_day(day, zone);
            let (revision, items) = demand::as_of(tx, &codes, group, end)?;
            // The end is the first moment of the next day: days are counted up to the last one of this.
            Ok((end - TimeDelta::microseconds(1), revision, items))
        }
        Some(_) | None => {
            let (revision, items) = demand::living(tx, &codes, group, LIVING_AT_MOST)?;
            Ok((now, revision, items))
        }
    }
}

/// The most pressing first; of two alike the one that was entered first.
fn by_priority(items: Vec<Item>, looking: &Looking<'_>) -> Vec<(i64, Item)> {
    let mut scored: Vec<(i64, Item)> = items.into_iter().map(|item| (looking.priority(&item).total, item)).collect();
    scored.sort_by(|(one, first), (other, second)| other.cmp(one).then_with(|| first.id.cmp(&second.id)));
    scored
}

/// The page that begins after a place, and whether there are more.
fn cut(scored: Vec<(i64, Item)>, after: Option<(i64, Uuid)>, limit: i64) -> (Vec<(i64, Item)>, bool) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let beyond = |(total, item): &(i64, Item)| after.is_none_or(|(last, id)| *total < last || (*total == last && item.id > id));
    let mut rest: Vec<_> = scored.into_iter().filter(beyond).collect();
    let more = rest.len() > limit;
    rest.truncate(limit);
    (rest, more)
}

/// Which items.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListDemands {
    /// Which list; `mine` where it is left out.
    #[param(inline)]
    list: Option<DemandListKind>,
    /// At or below this division; not with `mine`.
    #[param(min_length = 2, max_length = 15, example = "230822106001")]
    division: Option<String>,
    /// Only of this group; not with `mine`.
    #[param(inline)]
    group: Option<Group>,
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List demand items.
///
/// 需求列表:居民看自己的(mine);工作人员看辖区内最新的(newest)与逾期未核实的(overdue,逾期最久在前)。
#[utoipa::path(get, path = "/v1/demands", operation_id = "listDemands", params(ListDemands),
    responses((status = 200, description = "一页需求", body = Page<DemandView>)))]
pub async fn list_demands(
    services: Data<Services>,
    actor: Actor<may::ReadDemand>,
    reads: Reads,
    request: HttpRequest,
    query: Query<ListDemands>,
) -> Answer<Page<DemandView>> {
    let (query, keys, shared, who) = (query.0, services.store.keys(), services.clone(), actor.actor);
    let (limit, kind) = (page::limit(query.limit)?, query.list.unwrap_or(DemandListKind::Mine));
    if kind == DemandListKind::Mine && (query.division.is_some() || query.group.is_some()) {
        return Err(Problem::field(if query.division.is_some() { "division" } else { "group" }, Rule::UnknownField));
    }
    let within = match (kind, &query.division) {
        (DemandListKind::Mine, _) => None,
        (_, Some(raw)) => Some(region::code("division", raw)?),
        (_, None) => return Err(Problem::field("division", Rule::Required)),
    };
    let list = format!("demands {kind:?} {:?} {:?}", within, query.group);
    let after = query.cursor.as_deref().map(|cursor| page::read_cursor::<(DateTime<Utc>, Uuid)>(keys, &list, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<(DateTime<Utc>, DemandView)>, Fault> {
        let items = found(tx, &who, (kind, within.as_ref(), query.group), after, limit + 1)?;
        let (mut views, mut regions, now) = (Vec::with_capacity(items.len()), HashMap::new(), tx.now());
        for item in items {
            let looking = match regions.entry(item.region.clone()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(Looking::at(tx, &shared, &item.region, (&who, reads.0), now)?),
            };
            views.push((item.verify_by, looking.view(tx, item)?));
        }
        Ok(views)
    };
    let found = services.store.read(work).await?;
    let places: Vec<(DateTime<Utc>, Uuid)> = found.iter().map(|(at, view)| (*at, view.id)).collect();
    let views = found.into_iter().map(|(_, view)| view).collect();
    page::reply(&request, keys, &list, views, limit, |last: &DemandView| places.iter().find(|(_, id)| *id == last.id).copied())
}

fn found(
    tx: &mut Tx,
    who: &domain::identity::Actor,
    (kind, within, group): (DemandListKind, Option<&DivisionCode>, Option<Group>),
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Item>, Fault> {
    let Some(division) = within else {
        let own = who.person.ok_or(Code::PersonRequired)?;
        let ids = person::ids_of(tx, own)?;
        let mut items = demand::by_person(tx, &ids)?;
        items.reverse();
        items.retain(|item| after.is_none_or(|(_, id)| item.id < id));
        items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        return Ok(items);
    };
    region::within::<may::ReadDemand>(tx, who, division)?;
    let of = ListOf { within: vec![region::known(tx, "division", division)?.code], group };
    let now = tx.now();
    Ok(match kind {
        DemandListKind::Overdue => demand::overdue(tx, &of, now, after, limit)?,
        DemandListKind::Newest | DemandListKind::Mine => demand::newest(tx, &of, after.map(|(_, id)| id), limit)?,
    })
}

/// Which lists.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListOfLists {
    /// Those at or below this division.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A list with its last change.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DemandListRevision)]
pub struct RevisionView {
    /// The grid or community.
    division: String,
    /// The group.
    group: Group,
    /// The number of its last change.
    revision: i32,
    /// When that was.
    changed_at: DateTime<Utc>,
}

/// List the demand lists of a division.
///
/// 辖区内的需求清单:各网格各群体的版次与最近变动时间。
#[utoipa::path(get, path = "/v1/demand-lists", operation_id = "listDemandLists", params(ListOfLists),
    responses((status = 200, description = "清单", body = Page<RevisionView>)))]
pub async fn list_of_lists(
    services: Data<Services>,
    actor: Actor<may::ReadDemand>,
    request: HttpRequest,
    query: Query<ListOfLists>,
) -> Answer<Page<RevisionView>> {
    let (query, keys, who) = (query.0, services.store.keys(), actor.actor);
    let (limit, division) = (page::limit(query.limit)?, region::code("division", &query.division)?);
    let list = format!("demand lists {division}");
    let after = query.cursor.as_deref().map(|cursor| page::read_cursor::<(String, Group)>(keys, &list, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<RevisionView>, Fault> {
        region::within::<may::ReadDemand>(tx, &who, &division)?;
        let within = [region::known(tx, "division", &division)?.code];
        let found = demand::lists(tx, &within, after.clone(), limit + 1)?.into_iter();
        let view = |list: demand::ListRevision| RevisionView {
            division: list.division.to_string(),
            group: list.group,
            revision: list.revision,
            changed_at: list.changed_at,
        };
        Ok(found.map(view).collect())
    };
    let found = services.store.read(work).await?;
    page::reply(&request, keys, &list, found, limit, |last: &RevisionView| (last.division.clone(), last.group))
}
