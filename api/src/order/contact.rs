//! Contacts with the resident, and leaving an order out of the measures. Neither is a step of the loop.

use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::identity;
use domain::order::{Contact, ContactKind, Exclusion, Facts};
use persistence::Tx;
use persistence::order::{self, Loaded};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::step::view;
use super::view::OrderView;
use crate::actor::{Actor, Permission, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::identity::second_person::{First, neither_in_hand, two_minds};
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault};
use crate::services::Services;

/// A contact that was made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddContact {
    /// First contact or callback.
    kind: ContactKind,
    /// When; now where it is left out.
    at: Option<DateTime<Utc>>,
    /// Whether the person was reached. Only then is a callback valid.
    reached: bool,
    /// Callbacks that reached the person: whether it is solved.
    solved: Option<bool>,
    /// Callbacks that reached the person: whether the person is satisfied.
    satisfied: Option<bool>,
    /// What was said.
    #[schema(max_length = 1000)]
    note: Option<String>,
}

/// A contact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactView {
    /// Its id.
    id: Uuid,
    /// First contact or callback.
    kind: ContactKind,
    /// When.
    at: DateTime<Utc>,
    /// Whether the person was reached.
    reached: bool,
    /// Whether the person says that it is solved.
    solved: Option<bool>,
    /// Whether the person is satisfied.
    satisfied: Option<bool>,
}

impl From<Contact> for ContactView {
    fn from(contact: Contact) -> Self {
        Self {
            id: contact.id,
            kind: contact.kind,
            at: contact.at,
            reached: contact.reached,
            solved: contact.solved,
            satisfied: contact.satisfied,
        }
    }
}

/// The contacts of an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Contacts {
    /// Oldest first.
    items: Vec<ContactView>,
}

/// Note a contact with the resident.
///
/// 联系记录:首次联系与回访,是热线响应率、解决率、满意率的依据。
#[utoipa::path(post, path = "/v1/orders/{id}/contacts", operation_id = "addContact", params(("id" = Uuid, Path, description = "订单")),
    request_body = AddContact, responses((status = 201, description = "该订单的联系记录", body = Contacts)))]
pub async fn add_contact(
    services: Data<Services>,
    actor: Actor<may::ContactResident>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<AddContact>,
) -> Answer<Contacts> {
    let (shared, who, id, contact_id) = (services.clone(), actor.actor, *id, Uuid::now_v7());
    let work = move |tx: &mut Tx| -> Result<(Contacts, bool), Fault> {
        let before = speaking(tx, id, &who)?;
        let replayed = match conditions.once(tx, who.account, &body.digest, 201, id)? {
            Once::First => {
                let asked = &body.value;
                if asked.kind == ContactKind::Callback {
                    calls_for_another(tx, &who, &before)?;
                }
                let contact = Contact {
                    id: contact_id,
                    kind: asked.kind,
                    at: asked.at.unwrap_or_else(|| tx.now()),
                    by: who.account,
                    reached: asked.reached,
                    solved: asked.solved,
                    satisfied: asked.satisfied,
                };
                let after = with_facts(tx, &shared, &before, |facts| domain::order::contact(&before.order, &contact, facts))?;
                order::keep_contact(tx, &after, &contact, asked.note.clone())?;
                false
            }
            Once::Before(_) => true,
        };
        let items = order::contacts(tx, id)?.into_iter().map(Into::into).collect();
        Ok((Contacts { items }, replayed))
    };
    let (contacts, replayed) = services.store.write(work).await?;
    Ok(Reply::created(contacts, &format!("/v1/orders/{id}/contacts")).replayed(replayed))
}

/// Loads an order for who may speak with the resident about it; others who know of it are told that it is not theirs to do.
fn speaking(tx: &mut Tx, id: Uuid, who: &identity::Actor) -> Result<Loaded, Fault> {
    let loaded = order::load(tx, id, who)?;
    let theirs = identity::may_as(identity::Action::ContactResident, &loaded.acting.parties);
    if theirs { Ok(loaded) } else { Err(Code::StepNotYours.into()) }
}

/// Refuses a call about work that the caller has dispatched or vouched for, also through somebody whose account they have in hand.
pub(super) fn calls_for_another(tx: &mut Tx, who: &identity::Actor, loaded: &Loaded) -> Result<(), Fault> {
    let handlers = order::handlers(tx, loaded.order.id)?;
    if handlers.contains(&who.account) {
        return Err(Code::SecondPersonNeeded.into());
    }
    let first = First { accounts: handlers, ..First::default() }.and_who_serves(&loaded.order);
    neither_in_hand(tx, who, &first, loaded.order.placed_at)
}

/// Read the contacts of an order.
///
/// 联系记录列表:站点、上级与监管部门可见。
#[utoipa::path(get, path = "/v1/orders/{id}/contacts", operation_id = "listContacts",
    params(("id" = Uuid, Path, description = "订单")), responses((status = 200, description = "联系记录", body = Contacts)))]
pub async fn contacts(services: Data<Services>, actor: Actor<may::ContactResident>, id: Path<Uuid>) -> Answer<Contacts> {
    let (who, id) = (actor.actor, *id);
    let read = move |tx: &mut Tx| -> Result<Contacts, Fault> {
        speaking(tx, id, &who)?;
        Ok(Contacts { items: order::contacts(tx, id)?.into_iter().map(Into::into).collect() })
    };
    Ok(Reply::ok(services.store.read(read).await?))
}

fn with_facts<T>(
    tx: &mut Tx,
    services: &Services,
    before: &Loaded,
    rule: impl FnOnce(&Facts<'_>) -> Result<T, domain::order::Refusal>,
) -> Result<T, Fault> {
    let (policy, zone) = services.book.of_order(tx, &before.order)?;
    let facts =
        Facts { policy: &policy, zone, acting: &before.acting, offers: &before.offers, deadlines: &before.deadlines, now: tx.now() };
    Ok(rule(&facts)?)
}

/// Why an order should not count.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeExclusion {
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Propose that an order is out of scope.
///
/// 申请超范围剔除:由站点提出并说明理由。
#[utoipa::path(post, path = "/v1/orders/{id}/scope-exclusion", operation_id = "proposeExclusion",
    params(("id" = Uuid, Path, description = "订单")), request_body = ProposeExclusion,
    responses((status = 200, description = "订单", body = OrderView)))]
pub async fn propose_exclusion(
    services: Data<Services>,
    actor: Actor<may::ProposeExclusion>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<ProposeExclusion>,
) -> Answer<OrderView> {
    let flag = Flag { id: *id, to: Exclusion::Proposed, note: Some(body.value.note), digest: body.digest };
    exclude(&services, &actor, conditions, reads, flag).await
}

/// The answer to a proposal.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideExclusion {
    /// Whether the order leaves the measures.
    confirmed: bool,
    /// Why.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Confirm or reject that an order is out of scope.
///
/// 审核超范围剔除:须由第二人办理;确认后不计入三项指标,但对评估方公开列出。
#[utoipa::path(post, path = "/v1/orders/{id}/scope-exclusion/decision", operation_id = "decideExclusion",
    params(("id" = Uuid, Path, description = "订单")), request_body = DecideExclusion,
    responses((status = 200, description = "订单", body = OrderView)))]
pub async fn decide_exclusion(
    services: Data<Services>,
    actor: Actor<may::DecideExclusion>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<DecideExclusion>,
) -> Answer<OrderView> {
    let to = if body.value.confirmed { Exclusion::Confirmed } else { Exclusion::Rejected };
    exclude(&services, &actor, conditions, reads, Flag { id: *id, to, note: body.value.note, digest: body.digest }).await
}

/// A change of the out-of-scope flag.
struct Flag {
    id: Uuid,
    to: Exclusion,
    note: Option<String>,
    digest: Vec<u8>,
}

async fn exclude<P: Permission>(
    services: &Data<Services>,
    actor: &Actor<P>,
    conditions: Conditions,
    reads: Reads,
    flag: Flag,
) -> Answer<OrderView> {
    let (shared, who) = (services.clone(), actor.actor.clone());
    let work = move |tx: &mut Tx| -> Result<(OrderView, bool), Fault> {
        let before = order::load(tx, flag.id, &who)?;
        let replayed = match conditions.once(tx, who.account, &flag.digest, 200, flag.id)? {
            Once::First => {
                conditions.expect_version(before.order.version)?;
                let by = order::exclusion_proposed_by(tx, flag.id)?;
                if let (Some(by), Exclusion::Confirmed | Exclusion::Rejected) = (by, flag.to) {
                    two_minds(tx, &who, &First::account(by), before.order.placed_at)?;
                }
                let after = with_facts(tx, &shared, &before, |facts| domain::order::exclude(&before.order, flag.to, by, facts))?;
                order::keep_exclusion(tx, &before.order, &after, who.account, flag.note.clone())?;
                false
            }
            Once::Before(_) => true,
        };
        let loaded = order::load(tx, flag.id, &who)?;
        Ok((view(tx, &shared, loaded, reads.0)?, replayed))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
