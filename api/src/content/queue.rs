//! The queue of staff: what the check has held, and what became of it.

use std::collections::HashSet;

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use domain::content::ContentState;
use domain::identity::Actor as Who;
use domain::vocabulary::Vocabulary;
use persistence::content::{self, Check, Filter};
use persistence::{Tx, order, region};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{ContentCheckView, view};
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::order::step::division;
use crate::page;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// Which checks.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListContentChecks {
    /// Of orders handled at or below this division; all of the caller's where it is left out.
    division: Option<String>,
    /// In these states, separated by commas; those that somebody has to look at where it is left out.
    state: Option<String>,
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List content checks.
///
/// 内容复核队列:本站点办理的订单中被暂扣的文字与照片,先到先办。
#[utoipa::path(get, path = "/v1/content-checks", operation_id = "listContentChecks", params(ListContentChecks),
    responses((status = 200, description = "一页检测记录", body = page::Page<ContentCheckView>)))]
pub async fn content_checks(
    services: Data<Services>,
    actor: Actor<may::DecideContent>,
    request: HttpRequest,
    query: Query<ListContentChecks>,
) -> Answer<page::Page<ContentCheckView>> {
    let (query, keys) = (query.0, services.store.keys());
    let limit = page::limit(query.limit)?;
    let within = match query.division.as_deref() {
        None => actor.scopes(),
        Some(raw) => {
            let within = division("division", raw)?;
            actor.within(&within)?;
            vec![within]
        }
    };
    let states = states(query.state.as_deref())?;
    let list = format!("content {within:?} {states:?}");
    let after = query.cursor.as_deref().map(|cursor| page::read_cursor::<Uuid>(keys, &list, cursor)).transpose()?;
    let shared = services.clone();
    let read = move |tx: &mut Tx| -> Result<Vec<ContentCheckView>, Fault> {
        let ranges = region::ranges_of(tx, &within)?;
        let found = content::list(tx, Filter { ranges, states: states.clone(), after, limit: limit + 1 })?;
        found.into_iter().map(|(check, number)| view(tx, &shared.store, check, number)).collect()
    };
    let items = services.store.read(read).await?;
    page::reply(&request, keys, &list, items, limit, |last| last.id)
}

fn states(text: Option<&str>) -> Result<Vec<ContentState>, Problem> {
    let Some(text) = text else { return Ok(ContentState::ALL.iter().copied().filter(|state| state.is_queued()).collect()) };
    let listed = || ContentState::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
    let read =
        |name: &str| ContentState::from_text(name.trim()).ok_or_else(|| Problem::field_with("state", Rule::NotInList, vec![listed()]));
    let states: Vec<ContentState> = text.split(',').map(read).collect::<Result<_, _>>()?;
    let unique: HashSet<ContentState> = states.iter().copied().collect();
    if unique.len() == states.len() { Ok(states) } else { Err(Problem::field("state", Rule::Duplicates)) }
}

/// Read a content check.
///
/// 查看检测记录:被检测的内容、微信的判断与人工决定。
#[utoipa::path(get, path = "/v1/content-checks/{id}", operation_id = "readContentCheck",
    params(("id" = Uuid, Path, description = "检测记录")),
    responses((status = 200, description = "检测记录", body = ContentCheckView)))]
pub async fn content_check(services: Data<Services>, actor: Actor<may::DecideContent>, id: Path<Uuid>) -> Answer<ContentCheckView> {
    let (shared, who, id) = (services.clone(), actor.actor, *id);
    let read = move |tx: &mut Tx| -> Result<ContentCheckView, Fault> {
        let (check, loaded) = load(tx, id, &who)?;
        view(tx, &shared.store, check, loaded.order.number)
    };
    let view = services.store.read(read).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Loads a check with its order, for the station and those above; for anybody else there is none.
pub(super) fn load(tx: &mut Tx, id: Uuid, who: &Who) -> Result<(Check, order::Loaded), Fault> {
    let check = content::load(tx, id)?;
    let loaded = order::load(tx, check.order, who)?;
    if domain::identity::may_as(domain::identity::Action::DecideContent, &loaded.acting.parties) {
        Ok((check, loaded))
    } else {
        Err(Code::NotFound.into())
    }
}
