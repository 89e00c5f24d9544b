//! Reading orders: one, its history, and the lists of residents, takers and stations.

use std::collections::HashSet;

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::identity;
use domain::order::{OrderList, Party, Reason, State, Step};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use persistence::order::{self, Loaded, Page, Queue};
use persistence::{Keyring, Tx, region};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::step::{allowed_now, division, view};
use super::view::{OrderSummary, OrderView};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::page;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// Read an order.
///
/// 查看订单:只对与订单有关者可见;allowed 是此刻可执行的步骤。机器客户端看不到文本、姓名、电话与位置,人员以其专用假名表示。
#[utoipa::path(get, path = "/v1/orders/{id}", operation_id = "readOrder", params(("id" = Uuid, Path, description = "订单")),
    responses((status = 200, description = "订单", body = OrderView)))]
pub async fn show(services: Data<Services>, actor: Actor<may::ReadOrder>, reads: Reads, id: Path<Uuid>) -> Answer<OrderView> {
    let (shared, who, id) = (services.clone(), actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<OrderView, Fault> {
        let loaded = order::load_to_show(tx, id, &who)?;
        let view = view(tx, &shared, loaded, reads.0)?;
        Ok(if who.client.is_some() { view.under_pseudonyms(|id| pseudonym(tx.keys(), who.account, id)) } else { view })
    };
    let view = services.store.glance(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version))
}

/// What a machine client knows a person by: always the same for this client, another for every other, and nothing that leads
/// back to the person without the key of the installation.
fn pseudonym(keys: &Keyring, client: Uuid, person: Uuid) -> Uuid {
    let signed = keys.sign("pseudonym", &[client.as_bytes().as_slice(), person.as_bytes()].concat());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(signed).for_each(|(byte, of)| *byte = of);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// What happened to an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// 1 for placing, then without a gap.
    seq: i32,
    /// The step.
    step: Step,
    /// The state before.
    from: Option<State>,
    /// The state after.
    to: State,
    /// When.
    at: DateTime<Utc>,
    /// In what relation the actor stood to the order.
    party: Party,
    /// The account that acted; for the station and those above.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<Uuid>,
    /// Why.
    reason: Option<Reason>,
    /// The handler afterwards.
    handler: String,
    /// Returns afterwards.
    returns: i32,
    /// Mends afterwards.
    mends: i32,
}

/// The history of an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Events {
    /// Every event, oldest first: the state is what they say.
    items: Vec<EventView>,
}

/// Read what happened to an order.
///
/// 订单经过:每一步、时间、身份与原因代码,从第一步起连续编号。
#[utoipa::path(get, path = "/v1/orders/{id}/events", operation_id = "listOrderEvents",
    params(("id" = Uuid, Path, description = "订单")), responses((status = 200, description = "经过", body = Events)))]
pub async fn events(services: Data<Services>, actor: Actor<may::ReadOrder>, id: Path<Uuid>) -> Answer<Events> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<(Vec<domain::order::Event>, Vec<Party>, i32), Fault> {
        let loaded = order::load(tx, id, &who)?;
        Ok((order::events(tx, id)?, loaded.acting.parties, loaded.order.version))
    };
    let (events, parties, version) = services.store.read(work).await?;
    let named = parties.iter().any(|party| matches!(party, Party::Station | Party::Above | Party::Supervisor));
    let view = |event: domain::order::Event| EventView {
        seq: event.seq,
        step: event.step,
        from: event.from,
        to: event.to,
        at: event.at,
        party: event.party,
        actor: event.actor.filter(|_| named),
        reason: event.reason,
        handler: event.handler.to_string(),
        returns: event.returns,
        mends: event.mends,
    };
    Ok(Reply::ok(Events { items: events.into_iter().map(view).collect() }).tagged(version))
}

/// Which orders.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListOrders {
    /// Which list; `mine` where it is left out. For machine clients `station`, the only one that they have.
    #[param(inline)]
    list: Option<OrderList>,
    /// With `station`, and only with that: handled at or below this division. Required there; a machine client gets those of its own
    /// division where it is left out.
    division: Option<String>,
    /// With `station`, and only with that: these states, separated by commas; every open one where it is left out.
    state: Option<String>,
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List orders.
///
/// 订单列表:居民看自己的(mine),接单人看派给自己的(offered)和已接的(accepted),站点看队列(station,须给出 division,逾期在前)。
/// 机器客户端只有 station,未给出 division 时为其登记的区划。
#[utoipa::path(get, path = "/v1/orders", operation_id = "listOrders", params(ListOrders),
    responses((status = 200, description = "一页订单", body = page::Page<OrderSummary>)))]
pub async fn list(
    services: Data<Services>,
    actor: Actor<may::ListOrders>,
    request: HttpRequest,
    query: Query<ListOrders>,
) -> Answer<page::Page<OrderSummary>> {
    let query = query.0;
    let is_client = actor.actor.client.is_some();
    let kind = query.list.unwrap_or(if is_client { OrderList::Station } else { OrderList::Mine });
    let limit = page::limit(query.limit)?;
    if is_client && kind != OrderList::Station {
        return Err(Problem::field_with("list", Rule::NotInList, vec![OrderList::Station.as_str().to_owned()]));
    }
    if kind != OrderList::Station && (query.division.is_some() || query.state.is_some()) {
        return Err(Problem::field(if query.division.is_some() { "division" } else { "state" }, Rule::UnknownField));
    }
    let listed = match kind {
        OrderList::Station => station(&services, &actor, &query, limit).await?,
        OrderList::Mine | OrderList::Offered | OrderList::Accepted => own(&services, &actor, kind, &query, limit).await?,
    };
    let link = listed.next_cursor.as_deref().and_then(|cursor| page::next_link(&request, cursor));
    Ok(Reply::ok(listed).with(link))
}

type Listed = Result<page::Page<OrderSummary>, Problem>;

async fn own(services: &Data<Services>, actor: &Actor<may::ListOrders>, kind: OrderList, query: &ListOrders, limit: i64) -> Listed {
    let keys = services.store.keys();
    let after = query.cursor.as_deref().map(|cursor| page::read_cursor::<Uuid>(keys, kind.as_str(), cursor)).transpose()?;
    let (who, shared) = (actor.actor.clone(), services.clone());
    let page = Page { after, limit: limit + 1 };
    let read = move |tx: &mut Tx| -> Result<Vec<(Loaded, Vec<Step>)>, Fault> {
        let loaded = match kind {
            OrderList::Offered => order::list_offered(tx, &who, page)?,
            OrderList::Accepted => order::list_accepted(tx, &who, page)?,
            OrderList::Mine | OrderList::Station => order::list_mine(tx, &who, page)?,
        };
        with_allowed(tx, &shared, loaded)
    };
    let loaded = services.store.read(read).await?;
    paged(loaded, limit, |last| page::cursor(keys, kind.as_str(), &last.order.id))
}

async fn station(services: &Data<Services>, actor: &Actor<may::ListOrders>, query: &ListOrders, limit: i64) -> Listed {
    let own = actor.actor.client.as_ref().map(|client| client.division.clone());
    let within = match (query.division.as_deref(), own) {
        (Some(raw), _) => division("division", raw)?,
        (None, Some(own)) => own,
        (None, None) => return Err(Problem::field("division", Rule::Required)),
    };
    if !sees_queue(&actor.actor, &within) {
        return Err(Code::NotFound.into());
    }
    let keys = services.store.keys();
    let list = format!("station {within}");
    let after = query.cursor.as_deref().map(|cursor| page::read_cursor(keys, &list, cursor)).transpose()?;
    let states = states(query.state.as_deref())?;
    let (who, shared) = (actor.actor.clone(), services.clone());
    let read = move |tx: &mut Tx| -> Result<Vec<(Loaded, Vec<Step>, domain::Timestamp)>, Fault> {
        let ranges = region::ranges(tx, &within)?;
        let queue = Queue { ranges, states: states.clone(), after, limit: limit + 1 };
        let queued = order::list_station(tx, &who, queue)?;
        let (dues, loaded): (Vec<_>, Vec<_>) = queued.into_iter().unzip();
        let allowed = with_allowed(tx, &shared, loaded)?;
        Ok(allowed.into_iter().zip(dues).map(|((loaded, allowed), due)| (loaded, allowed, due)).collect())
    };
    let loaded = services.store.read(read).await?;
    let dues: Vec<_> = loaded.iter().map(|(loaded, _, due)| (loaded.order.id, *due)).collect();
    let loaded = loaded.into_iter().map(|(loaded, allowed, _)| (loaded, allowed)).collect();
    paged(loaded, limit, |last| {
        let due = dues.iter().find(|(id, _)| *id == last.order.id).map(|(_, due)| *due);
        page::cursor(keys, &list, &(due, last.order.id))
    })
}

/// Whether the actor's roles let them see the queue of a division.
fn sees_queue(actor: &identity::Actor, division: &DivisionCode) -> bool {
    use domain::identity::Role::{Administrator, Dispatcher, SocialWorker, Supervisor};
    let staff = [Dispatcher, SocialWorker, Supervisor, Administrator].into_iter().any(|role| actor.has_in_scope(role, division));
    staff || identity::client_may(identity::Action::ListOrders, actor, &[division])
}

fn states(text: Option<&str>) -> Result<Vec<State>, Problem> {
    let listed = || State::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
    let read = |name: &str| State::from_text(name.trim()).ok_or_else(|| Problem::field_with("state", Rule::NotInList, vec![listed()]));
    let states: Vec<State> = text.map(|text| text.split(',').map(read).collect::<Result<_, _>>()).transpose()?.unwrap_or_default();
    let unique: HashSet<State> = states.iter().copied().collect();
    if unique.len() == states.len() { Ok(states) } else { Err(Problem::field("state", Rule::Duplicates)) }
}

fn with_allowed(tx: &mut Tx, services: &Services, loaded: Vec<Loaded>) -> Result<Vec<(Loaded, Vec<Step>)>, Fault> {
    let each = |loaded: Loaded| {
        let allowed = allowed_now(tx, services, &loaded)?;
        Ok((loaded, allowed))
    };
    loaded.into_iter().map(each).collect()
}

/// Cuts the one too many that shows that there is a next page.
fn paged(mut loaded: Vec<(Loaded, Vec<Step>)>, limit: i64, cursor: impl Fn(&Loaded) -> Result<String, Problem>) -> Listed {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = loaded.len() > limit;
    loaded.truncate(limit);
    let next_cursor = if more { loaded.last().map(|(last, _)| cursor(last)).transpose()? } else { None };
    let items = loaded.iter().map(|(loaded, allowed)| OrderSummary::new(loaded, allowed.clone())).collect();
    Ok(page::Page { items, next_cursor })
}
