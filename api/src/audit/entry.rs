//! Reading the audit log. A read is an entry itself, and so a POST.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use domain::audit::ActorKind;
use domain::language::Language;
use domain::vocabulary::Vocabulary;
use persistence::Tx;
use persistence::audit::{self, Entry, Filter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{chain_of, is_action};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::{Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of entries.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["audit": search]
}

/// Which entries. What is left out does not narrow.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchAudit {
    /// The region; the installation's own chain where it is left out (only for operators of every region).
    #[schema(min_length = 2, max_length = 15, example = "230822")]
    region: Option<String>,
    /// Of this account or machine client.
    actor: Option<Uuid>,
    /// About this: a collection of the contract and an id, such as `orders/01990000-…`.
    #[schema(min_length = 3, max_length = 120)]
    object: Option<String>,
    /// Of this operation of the contract, job of the service, or command of the command line.
    #[schema(min_length = 2, max_length = 64, example = "acceptOrder")]
    action: Option<String>,
    /// From this moment on.
    from: Option<DateTime<Utc>>,
    /// Until before this moment.
    until: Option<DateTime<Utc>>,
    /// How many at most; 20 where it is left out.
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[schema(max_length = 400)]
    cursor: Option<String>,
}

/// An entry of the audit log: ids and codes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct EntryView {
    /// Its id.
    id: Uuid,
    /// When it happened.
    at: DateTime<Utc>,
    /// Whether its time was over and what it says was erased: only id, time, digest and link are left then.
    erased: bool,
    /// What kind of actor.
    actor_kind: Option<ActorKind>,
    /// That in the caller's language.
    actor_label: Option<&'static str>,
    /// The account or machine client.
    actor: Option<Uuid>,
    /// The role in which it was allowed or asked for.
    role: Option<String>,
    /// The operation of the contract, or the job of the service.
    action: Option<String>,
    /// What it was about: collection and id.
    object: Option<String>,
    /// Why: a code.
    purpose: Option<String>,
    /// `done`, `replayed`, or the code of the problem with which it was refused.
    outcome: Option<String>,
    /// The request.
    request_id: Option<Uuid>,
    /// The network address that it came from.
    address: Option<String>,
    /// The entry that tells that it was erased; null where it was not.
    erased_by: Option<Uuid>,
    /// SHA-256 of what it says, in hexadecimal.
    digest: String,
    /// The number of its link in the chain; null for a moment after it was written.
    link: Option<String>,
}

impl EntryView {
    fn new(entry: Entry, language: Language) -> Self {
        let Entry { id, at, content, digest, link, erased_by, .. } = entry;
        let erased = content.is_none();
        let (digest, link) = (persistence::secret::hex(&digest), link.map(|link| link.to_string()));
        let content = content.as_ref();
        Self {
            id,
            at,
            erased,
            actor_kind: content.map(|content| content.kind),
            actor_label: content.map(|content| content.kind.label(language)),
            actor: content.and_then(|content| content.actor),
            role: content.and_then(|content| content.role.clone()),
            action: content.map(|content| content.action.clone()),
            object: content.and_then(|content| content.object.clone()),
            purpose: content.and_then(|content| content.purpose.clone()),
            outcome: content.map(|content| content.outcome.clone()),
            request_id: content.map(|content| content.request),
            address: content.and_then(|content| content.address.clone()),
            erased_by,
            digest,
            link,
        }
    }
}

/// Search the audit log.
///
/// 查询审计日志:谁、以何角色、对何对象、为何、结果如何;查询本身也会被记录。
#[utoipa::path(post, path = "/v1/audit/search", operation_id = "searchAudit", request_body = SearchAudit,
    responses((status = 200, description = "审计记录,新者在前", body = Page<EntryView>)))]
pub async fn search(
    services: Data<Services>,
    actor: Actor<may::ReadAudit>,
    reads: Reads,
    body: Json<SearchAudit>,
) -> Answer<Page<EntryView>> {
    let asked = body.value;
    let keys = services.store.keys();
    let region = chain_of::<may::ReadAudit>(&services, &actor.actor, "/region", asked.region.as_deref())?;
    if asked.action.as_deref().is_some_and(|action| !is_action(action)) {
        return Err(Problem::field("/action", Rule::UnknownAction));
    }
    let list = format!("audit {region}");
    let after = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &list, cursor)).transpose();
    let after = after.map_err(|_| Problem::field("/cursor", Rule::Cursor))?;
    let limit = asked.limit.unwrap_or(page::DEFAULT_LIMIT);
    let SearchAudit { actor, object, action, from, until, .. } = asked;
    let filter = Filter { region, actor, object, action, from, until, after, limit: limit + 1 };
    let found = services.store.write::<_, Fault>(move |tx: &mut Tx| Ok(audit::search(tx, filter.clone())?)).await?;
    let views = found.into_iter().map(|entry| EntryView::new(entry, reads.0)).collect();
    Ok(Reply::ok(page::cut(keys, &list, views, limit, |entry: &EntryView| (entry.at, entry.id))?))
}
