//! Which slots there are.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use persistence::appointment::{self, SlotFilter};
use persistence::{Tx, site};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{SlotView, slot_view};
use super::within;
use crate::actor::Reads;
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::Fault;
use crate::services::Services;

/// Every endpoint of looking for slots.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["appointments": list, show]
}

/// Which slots.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSlots {
    /// Those that begin from then on; from now on where it is left out.
    from: Option<DateTime<Utc>>,
    /// Those that begin before then, at most 92 days later; a week later where it is left out.
    to: Option<DateTime<Utc>>,
    /// Only those for this service.
    service: Option<Uuid>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the slots of a site with the places that are left.
///
/// 阵地的预约时段:按开始时间排列,含余下名额与已关闭的时段;可按时间与服务项目筛选。
#[utoipa::path(get, path = "/v1/sites/{id}/slots", operation_id = "listSlots", params(("id" = Uuid, Path, description = "阵地"), ListSlots),
    security(()), responses((status = 200, description = "时段", body = Page<SlotView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    reads: Reads,
    id: Path<Uuid>,
    query: Query<ListSlots>,
) -> Answer<Page<SlotView>> {
    let (asked, keys, id, shared) = (query.0, services.store.keys(), *id, services.clone());
    let (limit, name) = (page::limit(asked.limit)?, format!("slots {id} {:?}", asked.service));
    let after = asked.cursor.as_deref().map(|cursor| page::read_cursor::<(DateTime<Utc>, Uuid)>(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<SlotView>, Fault> {
        let site = site::load(tx, id)?;
        let filter = SlotFilter { site: site.id, within: within(asked.from, asked.to, tx.now())?, service: asked.service };
        let found = appointment::list_slots(tx, &filter, after, limit + 1)?;
        found.into_iter().map(|slot| slot_view(tx, &shared, slot, reads.0)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &SlotView| (view.starts_at, view.id))
}

/// Read a slot.
///
/// 查看预约时段:起止时间、名额与余下名额。
#[utoipa::path(get, path = "/v1/slots/{id}", operation_id = "readSlot", params(("id" = Uuid, Path, description = "时段")), security(()),
    responses((status = 200, description = "时段", body = SlotView)))]
pub async fn show(services: Data<Services>, reads: Reads, id: Path<Uuid>) -> Answer<SlotView> {
    let (id, shared) = (*id, services.clone());
    let work = move |tx: &mut Tx| -> Result<SlotView, Fault> {
        let slot = appointment::load_slot(tx, id)?;
        slot_view(tx, &shared, slot, reads.0)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}
