//! Releasing somebody from a shift, and keeping on record who held it.

use actix_web::web::{Data, Path};
use domain::appointment::{ShiftReleaseReason, ShiftStep};
use domain::identity::Actor as Acting;
use domain::message::MessageKind;
use persistence::appointment::{self, Shift};
use persistence::{Tx, message, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{ShiftView, shift_view};
use super::{refusal, site_of};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::second_person::{First, about_another};
use crate::once::{Conditions, Once};
use crate::problem::Fault;
use crate::region;
use crate::services::Services;

/// Every endpoint of what becomes of a shift.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["appointments": release, record]
}

/// Why somebody need not come.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseShift {
    /// Why.
    reason: ShiftReleaseReason,
}

/// The actor's own shift, or one at a site of their divisions; others are not there.
fn to_release(tx: &mut Tx, actor: &Acting, id: Uuid) -> Result<Shift, Fault> {
    let shift = appointment::load_shift(tx, id)?;
    let (person, site) = (person::load(tx, shift.person)?, site_of(tx, shift.site)?);
    if actor.person != Some(person.id) {
        region::within::<may::ReleaseShift>(tx, actor, &site.division)?;
    }
    Ok(shift)
}

/// Release somebody from a shift that has not begun.
///
/// 撤班:本人或排班人在开始前说明原因撤销,所占时间随即释放,并通知另一方;已撤的保持原样。
#[utoipa::path(post, path = "/v1/shifts/{id}/release", operation_id = "releaseShift", request_body = ReleaseShift,
    params(("id" = Uuid, Path, description = "班次")), responses((status = 200, description = "班次", body = ShiftView)))]
pub async fn release(
    services: Data<Services>,
    actor: Actor<may::ReleaseShift>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<ReleaseShift>,
) -> Answer<ShiftView> {
    let (digest, who, id, reason) = (body.digest, actor.actor, *id, body.value.reason);
    let work = move |tx: &mut Tx| -> Result<(ShiftView, bool), Fault> {
        let shift = to_release(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        let step = ShiftStep::Release;
        if matches!(once, Once::First) && shift.state != step.to() {
            conditions.expect_version(shift.version)?;
            let state = step.take(shift.state, shift.starts_at, tx.now()).map_err(|refused| refusal::shift(refused, &shift))?;
            appointment::change_shift(tx, &shift, state, Some(reason), who.account)?;
            if who.person == Some(shift.person) {
                message::tell_accounts(tx, MessageKind::ShiftReleased, id, &[shift.created_by])?;
            } else {
                message::tell(tx, MessageKind::ShiftReleased, id, shift.person)?;
            }
        }
        let shift = appointment::load_shift(tx, id)?;
        Ok((shift_view(tx, shift, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Whether a shift was held.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordShift {
    /// Whether it was; it can be corrected.
    held: bool,
}

/// The shift of somebody else at a site of the actor's divisions; others are not there.
fn of_another(tx: &mut Tx, actor: &Acting, id: Uuid) -> Result<Shift, Fault> {
    let shift = appointment::load_shift(tx, id)?;
    let site = site_of(tx, shift.site)?;
    region::within::<may::RecordShift>(tx, actor, &site.division)?;
    let person = person::load(tx, shift.person)?;
    about_another::<may::RecordShift>(tx, actor, &First::person(person.id))?;
    Ok(shift)
}

/// Keep on record whether a shift was held.
///
/// 登记到岗或缺岗:班次开始后由阵地工作人员登记,可更正;不能登记自己。
#[utoipa::path(post, path = "/v1/shifts/{id}/record", operation_id = "recordShift", request_body = RecordShift,
    params(("id" = Uuid, Path, description = "班次")), responses((status = 200, description = "班次", body = ShiftView)))]
pub async fn record(
    services: Data<Services>,
    actor: Actor<may::RecordShift>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<RecordShift>,
) -> Answer<ShiftView> {
    let step = if body.value.held { ShiftStep::Hold } else { ShiftStep::Miss };
    let (digest, who, id) = (body.digest, actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<(ShiftView, bool), Fault> {
        let shift = of_another(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) && shift.state != step.to() {
            conditions.expect_version(shift.version)?;
            let state = step.take(shift.state, shift.starts_at, tx.now()).map_err(|refused| refusal::shift(refused, &shift))?;
            appointment::change_shift(tx, &shift, state, None, who.account)?;
        }
        let shift = appointment::load_shift(tx, id)?;
        Ok((shift_view(tx, shift, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
