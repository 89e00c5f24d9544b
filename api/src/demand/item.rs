//! Reading one item and what happened to it.

use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::demand::{DemandState, DemandStep, Item, Subject};
use domain::identity::Actor as Acting;
use domain::order::{Basis, Group};
use persistence::{Tx, demand};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{DemandView, one};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::{Code, Fault};
use crate::region::may_in;
use crate::services::Services;

/// Every endpoint of items.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["demands": show, list_events]
}

/// An item that the actor may know of: of a division where they may, or their own need.
fn readable(tx: &mut Tx, actor: &Acting, id: Uuid) -> Result<Item, Fault> {
    let item = demand::load(tx, id)?;
    let own = actor.person.is_some_and(|person| item.subject == Subject::Person(person));
    if own || may_in::<may::ReadDemand>(tx, actor, &item.division)? { Ok(item) } else { Err(Code::NotFound.into()) }
}

/// Read a demand item.
///
/// 查看需求:优先级逐项列明;allowed 是此刻可执行的步骤;文字只对照看清单的工作人员与本人可见。
#[utoipa::path(get, path = "/v1/demands/{id}", operation_id = "readDemand", params(("id" = Uuid, Path, description = "需求")),
    responses((status = 200, description = "需求", body = DemandView)))]
pub async fn show(services: Data<Services>, actor: Actor<may::ReadDemand>, reads: Reads, id: Path<Uuid>) -> Answer<DemandView> {
    let (shared, who, id) = (services.clone(), actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<DemandView, Fault> {
        let item = readable(tx, &who, id)?;
        one(tx, &shared, item, &who, reads.0)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Something that happened to an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DemandEvent)]
pub struct EventView {
    /// 1 for entering, then without a gap.
    seq: i32,
    /// What.
    step: DemandStep,
    /// When.
    at: DateTime<Utc>,
    /// The account that did it, for those who look after the list; null where it followed by itself.
    actor: Option<Uuid>,
    /// Where the item stood afterwards.
    state: DemandState,
    /// On whose list it stood.
    group: Group,
    /// The revision that it made of that list.
    revision: i32,
    /// The list that it left with a birthday.
    left_group: Option<Group>,
    /// The revision that this made of that one.
    left_revision: Option<i32>,
    /// The order that served it then.
    order: Option<Uuid>,
    /// Why: a code.
    reason: Option<String>,
    /// On what basis staff told somebody else's need.
    basis: Option<Basis>,
}

/// The history of an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DemandEvents)]
pub struct Events {
    /// Every event, oldest first.
    items: Vec<EventView>,
}

/// Read what happened to a demand item.
///
/// 需求经过:每一步、时间、原因代码,以及由此产生的清单版次。
#[utoipa::path(get, path = "/v1/demands/{id}/events", operation_id = "listDemandEvents",
    params(("id" = Uuid, Path, description = "需求")), responses((status = 200, description = "经过", body = Events)))]
pub async fn list_events(services: Data<Services>, actor: Actor<may::ReadDemand>, id: Path<Uuid>) -> Answer<Events> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<(Vec<demand::Event>, bool, i32), Fault> {
        let item = readable(tx, &who, id)?;
        let named = may_in::<may::ReadDemand>(tx, &who, &item.division)?;
        Ok((demand::events(tx, id)?, named, item.version))
    };
    let (events, named, version) = services.store.read(work).await?;
    let view = |event: demand::Event| EventView {
        seq: event.seq,
        step: event.step,
        at: event.at,
        actor: event.actor.filter(|_| named),
        state: event.state,
        group: event.group,
        revision: event.revision,
        left_group: event.left.map(|(group, _)| group),
        left_revision: event.left.map(|(_, revision)| revision),
        order: event.order,
        reason: event.reason,
        basis: event.basis,
    };
    Ok(Reply::ok(Events { items: events.into_iter().map(view).collect() }).tagged(version))
}
