//! Who is on duty when.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::language::Language;
use persistence::appointment::{self, ShiftFilter};
use persistence::{Tx, person, site};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{ShiftView, shift_view};
use super::within;
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::{Code, Fault};
use crate::region;
use crate::services::Services;

/// Every endpoint of looking at rosters.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["appointments": of_site, own, show]
}

/// Which shifts of a site.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSiteShifts {
    /// Those that begin from then on; from now on where it is left out.
    from: Option<DateTime<Utc>>,
    /// Those that begin before then, at most 92 days later; a week later where it is left out.
    to: Option<DateTime<Utc>>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// Which of one's own shifts.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListOwnShifts {
    /// Those that end after then; after now where it is left out.
    since: Option<DateTime<Utc>>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

type Place = (DateTime<Utc>, Uuid);

fn place(view: &ShiftView) -> Place {
    (view.starts_at, view.id)
}

fn found(tx: &mut Tx, filter: &ShiftFilter, after: Option<Place>, limit: i64, language: Language) -> Result<Vec<ShiftView>, Fault> {
    let found = appointment::list_shifts(tx, filter, after, Some(limit + 1))?;
    found.into_iter().map(|shift| shift_view(tx, shift, language)).collect()
}

/// List who is on duty at a site.
///
/// 阵地的值班表:某段时间(默认自现在起一周)内的班次,按开始时间排列;姓名脱敏。
#[utoipa::path(get, path = "/v1/sites/{id}/shifts", operation_id = "listSiteShifts",
    params(("id" = Uuid, Path, description = "阵地"), ListSiteShifts),
    responses((status = 200, description = "班次", body = Page<ShiftView>)))]
pub async fn of_site(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadShifts>,
    reads: Reads,
    id: Path<Uuid>,
    query: Query<ListSiteShifts>,
) -> Answer<Page<ShiftView>> {
    let (asked, keys, who, id) = (query.0, services.store.keys(), actor.actor, *id);
    let (limit, name) = (page::limit(asked.limit)?, format!("shifts at the site {id}"));
    let after = asked.cursor.as_deref().map(|cursor| page::read_cursor::<Place>(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<ShiftView>, Fault> {
        let site = site::load(tx, id)?;
        region::within::<may::ReadShifts>(tx, &who, &site.division)?;
        let within = within(asked.from, asked.to, tx.now())?;
        found(tx, &ShiftFilter { site: Some((id, within)), ..ShiftFilter::default() }, after, limit, reads.0)
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, place)
}

/// List one's own shifts.
///
/// 我的班次:尚未结束的(或某时之后结束的),按开始时间排列。
#[utoipa::path(get, path = "/v1/me/shifts", operation_id = "listOwnShifts", params(ListOwnShifts),
    responses((status = 200, description = "班次", body = Page<ShiftView>)))]
pub async fn own(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadOwn>,
    reads: Reads,
    query: Query<ListOwnShifts>,
) -> Answer<Page<ShiftView>> {
    let (asked, keys, person) = (query.0, services.store.keys(), actor.actor.person.ok_or(Code::PersonRequired)?);
    let (limit, name) = (page::limit(asked.limit)?, format!("shifts of {person}"));
    let after = asked.cursor.as_deref().map(|cursor| page::read_cursor::<Place>(keys, &name, cursor)).transpose()?;
    asked.since.map_or(Ok(()), |since| crate::days::check("since", since.date_naive()))?;
    let work = move |tx: &mut Tx| -> Result<Vec<ShiftView>, Fault> {
        let filter = ShiftFilter {
            persons: Some(person::ids_of(tx, person)?),
            since: Some(asked.since.unwrap_or_else(|| tx.now())),
            ..ShiftFilter::default()
        };
        found(tx, &filter, after, limit, reads.0)
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, place)
}

/// Read a shift.
///
/// 查看班次:本人与阵地所在辖区的工作人员可查。
#[utoipa::path(get, path = "/v1/shifts/{id}", operation_id = "readShift", params(("id" = Uuid, Path, description = "班次")),
    responses((status = 200, description = "班次", body = ShiftView)))]
pub async fn show(services: Data<Services>, actor: Actor<may::ReadShifts>, reads: Reads, id: Path<Uuid>) -> Answer<ShiftView> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<ShiftView, Fault> {
        let shift = appointment::load_shift(tx, id)?;
        let (person, site) = (person::load(tx, shift.person)?, site::load(tx, shift.site)?);
        if who.person != Some(person.id) {
            region::within::<may::ReadShifts>(tx, &who, &site.division)?;
        }
        shift_view(tx, shift, reads.0)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}
