//! Messages 消息 to whom they are meant for: read, and marked as read.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::message::MessageKind;
use domain::vocabulary::Vocabulary as _;
use persistence::message::{self, Message, MessageAbout};
use persistence::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::Fault;
use crate::services::Services;

/// Every endpoint of messages.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    endpoints!["messages": list_messages, read_message]
}

/// A message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct MessageView {
    /// Its id.
    id: Uuid,
    /// What it is about.
    kind: MessageKind,
    /// The same in the caller's language.
    #[schema(example = "有人为您点了单")]
    title: String,
    /// The order that it is about; who may see it reads it there. Null where it is about no order.
    order: Option<Uuid>,
    /// The order's number.
    #[schema(example = "230822-7K2M9QX4TB")]
    order_number: Option<String>,
    /// The certification that it is about; null where it is about none.
    certification: Option<Uuid>,
    /// What else it is about, by its kind; null where it is about an order or a certification.
    object: Option<Uuid>,
    /// Of a message to who placed an order for another: whether the person served was told, too. Where not, they have no
    /// account here: tell them yourself. Null in a message to the person served.
    subject_told: Option<bool>,
    /// When it was written.
    at: DateTime<Utc>,
    /// When it was marked as read.
    read_at: Option<DateTime<Utc>>,
}

impl MessageView {
    fn new(message: Message, language: Language) -> Self {
        Self {
            id: message.id,
            kind: message.kind,
            title: message.kind.label(language).to_owned(),
            order: message.about.order(),
            certification: message.about.certification(),
            object: message.about.object(),
            order_number: match message.about {
                MessageAbout::Order { number, .. } => Some(number),
                MessageAbout::Certification(_) | MessageAbout::Object(_) => None,
            },
            subject_told: message.subject_told,
            at: message.at,
            read_at: message.read_at,
        }
    }
}

/// Which messages.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMessages {
    /// Only those that are not marked as read.
    unread: Option<bool>,
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the messages to oneself.
///
/// 我的消息,新的在前:代他人点单时,本人与代办人都会收到确认;技能认证到期前会收到提醒;他人代为预约或取消、时段关闭、排班与撤班也会通知。
#[utoipa::path(get, path = "/v1/me/messages", operation_id = "listMessages", params(ListMessages),
    responses((status = 200, description = "一页消息", body = Page<MessageView>)))]
pub async fn list_messages(
    services: Data<Services>,
    actor: Actor<may::ReadOwn>,
    reads: Reads,
    request: HttpRequest,
    query: Query<ListMessages>,
) -> Answer<Page<MessageView>> {
    let (query, keys, account) = (query.0, services.store.keys(), actor.account());
    let (limit, unread) = (page::limit(query.limit)?, query.unread.unwrap_or(false));
    let list = format!("messages {account} {unread}");
    let before = query.cursor.as_deref().map(|cursor| page::read_cursor::<Uuid>(keys, &list, cursor)).transpose()?;
    let read = move |tx: &mut Tx| message::list(tx, account, unread, before, limit + 1);
    let found = services.store.read::<_, StoreError>(read).await.map_err(Fault::from)?;
    let items = found.into_iter().map(|message| MessageView::new(message, reads.0)).collect();
    page::reply(&request, keys, &list, items, limit, |last: &MessageView| last.id)
}

/// Mark a message as read.
///
/// 将消息标为已读;重复标记不改变已读时间。
#[utoipa::path(post, path = "/v1/me/messages/{id}/read", operation_id = "markMessageRead",
    params(("id" = Uuid, Path, description = "消息")),
    responses((status = 200, description = "消息", body = MessageView)))]
pub async fn read_message(services: Data<Services>, actor: Actor<may::ReadOwn>, reads: Reads, id: Path<Uuid>) -> Answer<MessageView> {
    let (account, id) = (actor.account(), *id);
    let work = move |tx: &mut Tx| -> Result<Message, StoreError> {
        tx.about("messages", id);
        message::mark_read(tx, account, id)
    };
    let message = services.store.write(work).await.map_err(Fault::from)?;
    Ok(Reply::ok(MessageView::new(message, reads.0)))
}
