//! What those who look after a list do with its items.

use actix_web::web::{Data, Path};
use domain::demand::{Command, DropReason, Edit, Item, Subject, Vulnerability, decide};
use domain::order::{Basis, Urgency};
use domain::vocabulary::Vocabulary as _;
use persistence::demand::{self, Recorded};
use persistence::{Tx, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{DemandView, one};
use super::{has_withdrawn, in_scope, rests, say, with_facts};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of changes.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["demands": verify_demand, edit_demand, drop_demand, reopen_demand]
}

/// What was found on the spot.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyDemand {
    /// On what basis something is noted; where it is left out, the one that was cited last, unless a consent was withdrawn.
    basis: Option<Basis>,
    /// In words.
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

/// What is known of a need now.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditDemand {
    /// How pressing it is.
    urgency: Urgency,
    /// What makes the person need more attention.
    #[schema(max_items = 10)]
    tags: Vec<Vulnerability>,
    /// On what basis what is new is noted, where it does not rest on consents: tags need one of their own.
    basis: Option<Basis>,
    /// In words.
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

/// Why a need is taken off the list.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DropDemand {
    /// Why.
    reason: DropReason,
    /// In words.
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

/// Why a need is needed again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenDemand {
    /// On what basis something is noted; where it is left out, the one that was cited last, unless a consent was withdrawn.
    basis: Option<Basis>,
    /// In words.
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

/// A step as a request asks for it.
struct Asked {
    id: Uuid,
    digest: Vec<u8>,
    command: Command,
    note: Option<String>,
    basis: Option<Basis>,
    /// Whether it replaces what is known, so that it must name the version that it replaces.
    replaces: bool,
}

async fn take(
    services: &Data<Services>,
    actor: Actor<may::ChangeDemand>,
    conditions: Conditions,
    reads: Reads,
    asked: Asked,
) -> Answer<DemandView> {
    let (shared, who) = (services.clone(), actor.actor);
    let work = move |tx: &mut Tx| -> Result<(DemandView, bool), Fault> {
        let before = in_scope::<may::ChangeDemand>(tx, &who, asked.id)?;
        let once = conditions.once(tx, who.account, &asked.digest, 200, asked.id)?;
        if matches!(once, Once::First) {
            if asked.replaces {
                conditions.require_version(before.version)?
            } else {
                conditions.expect_version(before.version)?
            }
            let decision = with_facts(tx, &shared, &before.region, |facts| Ok(decide(&before, &asked.command, facts)?))?;
            let reason = if let Command::Drop(reason) = &asked.command { Some(reason.as_str()) } else { None };
            known(tx, &before)?;
            grounded(tx, &shared, &before, &asked)?;
            demand::save(tx, &before, &decision, Recorded::by(who.account).because(reason).on(asked.basis)).map_err(|error| {
                // The same need was entered again meanwhile.
                if error.is_duplicate_of("demand_items", "live_key") { Fault::from(Code::DemandListed) } else { error.into() }
            })?;
            if let Some(note) = asked.note.as_deref().map(str::trim).filter(|note| !note.is_empty()) {
                say(tx, &decision.item, "/note", note)?;
            }
        }
        let item = demand::load(tx, asked.id)?;
        Ok((one(tx, &shared, item, &who, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Refuses to write anything about somebody who is erased, and keeps them from being erased meanwhile.
fn known(tx: &mut Tx, item: &Item) -> Result<(), Fault> {
    let Subject::Person(id) = item.subject else { return Ok(()) };
    let person = person::load(tx, id)?;
    if person::erasure(tx, person.id)?.is_some() {
        return Err(Problem::field("", Rule::UnknownPerson).into());
    }
    Ok(person::hold(tx, person.id, person.version)?)
}

/// Refuses what is new without what it rests on. New tags need a consent or a basis of their own; a note rests also on the basis that
/// was cited last, unless a consent was withdrawn. Why a need leaves the list may always be said.
fn grounded(tx: &mut Tx, services: &Services, item: &Item, asked: &Asked) -> Result<(), Fault> {
    if matches!(asked.command, Command::Drop(_)) {
        return Ok(());
    }
    if let Command::Edit(edit) = &asked.command {
        let fresh: Vec<Vulnerability> = edit.tags.iter().copied().filter(|tag| !item.tags.contains(tag)).collect();
        if !fresh.is_empty() {
            return rests(tx, services, item.subject, &fresh, asked.basis);
        }
    }
    // What is on the list again rests on something again; so does what is noted.
    if asked.note.is_none() && !matches!(asked.command, Command::Reopen) {
        return Ok(());
    }
    let basis = match asked.basis {
        None if !has_withdrawn(tx, item.subject)? => demand::last_basis(tx, item.id)?,
        basis => basis,
    };
    rests(tx, services, item.subject, &[], basis)
}

/// Keep on record that a need was looked at and is still there.
///
/// 核实需求:已走访确认仍有需要;重新计算下次核实期限。
#[utoipa::path(post, path = "/v1/demands/{id}/verify", operation_id = "verifyDemand", request_body = VerifyDemand,
    params(("id" = Uuid, Path, description = "需求")), responses((status = 200, description = "需求", body = DemandView)))]
pub async fn verify_demand(
    services: Data<Services>,
    actor: Actor<may::ChangeDemand>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<VerifyDemand>,
) -> Answer<DemandView> {
    let asked =
        Asked { id: *id, digest: body.digest, command: Command::Verify, note: body.value.note, basis: body.value.basis, replaces: false };
    take(&services, actor, conditions, reads, asked).await
}

/// Change what is known of a need.
///
/// 更正需求:紧急程度与脆弱情形;须携带 If-Match。
#[utoipa::path(put, path = "/v1/demands/{id}", operation_id = "editDemand", request_body = EditDemand,
    params(("id" = Uuid, Path, description = "需求")), responses((status = 200, description = "需求", body = DemandView)))]
pub async fn edit_demand(
    services: Data<Services>,
    actor: Actor<may::ChangeDemand>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<EditDemand>,
) -> Answer<DemandView> {
    let EditDemand { urgency, tags, basis, note } = body.value;
    let command = Command::Edit(Edit { urgency, tags });
    take(&services, actor, conditions, reads, Asked { id: *id, digest: body.digest, command, note, basis, replaces: true }).await
}

/// Take a need off the list.
///
/// 撤下需求:须说明原因;正在服务的须先办结。
#[utoipa::path(post, path = "/v1/demands/{id}/drop", operation_id = "dropDemand", request_body = DropDemand,
    params(("id" = Uuid, Path, description = "需求")), responses((status = 200, description = "需求", body = DemandView)))]
pub async fn drop_demand(
    services: Data<Services>,
    actor: Actor<may::ChangeDemand>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<DropDemand>,
) -> Answer<DemandView> {
    let DropDemand { reason, note } = body.value;
    take(
        &services,
        actor,
        conditions,
        reads,
        Asked { id: *id, digest: body.digest, command: Command::Drop(reason), note, basis: None, replaces: false },
    )
    .await
}

/// Put a need back on the list.
///
/// 重新打开已解决或已撤下的需求。
#[utoipa::path(post, path = "/v1/demands/{id}/reopen", operation_id = "reopenDemand", request_body = ReopenDemand,
    params(("id" = Uuid, Path, description = "需求")), responses((status = 200, description = "需求", body = DemandView)))]
pub async fn reopen_demand(
    services: Data<Services>,
    actor: Actor<may::ChangeDemand>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<ReopenDemand>,
) -> Answer<DemandView> {
    let asked =
        Asked { id: *id, digest: body.digest, command: Command::Reopen, note: body.value.note, basis: body.value.basis, replaces: false };
    take(&services, actor, conditions, reads, asked).await
}
