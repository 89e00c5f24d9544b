//! What requests say of themselves for the audit log.

use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::{HttpRequest, web};
use domain::identity::{Action, role_for};
use domain::region::DivisionCode;
use persistence::audit::{self, Acting, ActorKind, Origin};
use uuid::Uuid;

use crate::address;
use crate::problem::{Code, Problem};
use crate::services::{Principal, Services};

/// The origin of what a request writes.
#[must_use]
pub fn origin(request: &ServiceRequest, id: Uuid) -> Arc<Origin> {
    Arc::new(Origin::new(id, Some(address::client(request.request()))))
}

/// Says who acts in a request, in which role, on what and where: before it is known whether they may, so that a refusal
/// names them, too.
pub fn acts(request: &HttpRequest, action: Action, principal: &Principal) {
    // Reads are masked, but for the one that takes everything away.
    if request.method().is_safe() && action != Action::ExportOwn {
        return;
    }
    let actor = &principal.actor;
    let role = role_for(action, actor);
    let held = actor.grants.iter().find(|grant| Some(grant.role) == role).or(actor.grants.first());
    let client = actor.client.as_ref().map(|client| &client.division);
    let division = client.or(held.map(|grant| &grant.scope)).or(principal.home.as_ref());
    audit::acting(Acting {
        kind: if client.is_some() { ActorKind::Client } else { ActorKind::Account },
        id: Some(actor.account),
        role,
        object: object(request),
        region: division.and_then(|division| region_of(request, division)),
    });
}

fn region_of(request: &HttpRequest, division: &DivisionCode) -> Option<DivisionCode> {
    let services = request.app_data::<web::Data<Services>>()?;
    services.book.region_of(division).map(|region| region.division.clone())
}

/// What the address names: `orders/0199…` of `/v1/orders/0199…/accept`, `orders` of `/v1/orders`. What is neither an id nor a
/// code of a division is left out: whoever asks could write anything there.
fn object(request: &HttpRequest) -> Option<String> {
    let collection = request.path().strip_prefix("/v1/")?.split('/').next().filter(|name| name.is_ascii())?;
    let named = request.match_info().iter().next().map(|(_, id)| id);
    let id = named.filter(|id| Uuid::parse_str(id).is_ok() || DivisionCode::parse(id).is_ok());
    Some(id.map_or_else(|| collection.to_owned(), |id| format!("{collection}/{id}")))
}

/// Leaves an entry for a request that would have written and was refused: of whoever has signed in, and of who tried to.
pub async fn refused(services: &Services, origin: &Arc<Origin>, method: &Method, problem: &Problem) {
    let tells = match problem.code {
        // What says nothing about the caller's deed, or must not cost a write.
        Code::Unauthenticated
        | Code::RateLimited
        | Code::AccountLocked
        | Code::Busy
        | Code::Unavailable
        | Code::OutcomeUnknown
        | Code::MethodNotAllowed => false,
        Code::BadCredentials | Code::RefreshReused | Code::AccountDisabled => true,
        _ => origin.acting().is_some(),
    };
    if method.is_safe() || !tells || origin.action().is_none() {
        return;
    }
    if let Err(error) = services.store.record_refusal(Arc::clone(origin), problem.code.as_str()).await {
        tracing::warn!(request_id = %origin.request, %error, "a refusal is not in the audit log");
    }
}
