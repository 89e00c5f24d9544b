//! One entry: what it says, and its digest.

use diesel::prelude::*;
use domain::Timestamp;
use uuid::Uuid;

use super::origin::{Acting, ActorKind, Note, Origin};
use crate::both;
use crate::error::StoreError;
use crate::order::value;
use crate::schema::audit_entries;
use crate::secret::sha256;
use crate::store::Tx;
use crate::types::{Instant, Uid};
use domain::vocabulary::Vocabulary;

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It had been done before by the same request, and was answered again.
    Replayed,
    /// It was refused; the code of the problem.
    Refused(&'static str),
}

impl Outcome {
    /// As it is kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Replayed => "replayed",
            Self::Refused(code) => code,
        }
    }
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// The region in whose chain it is; empty for the installation's own.
    pub region: String,
    /// When it happened.
    pub at: Timestamp,
    /// What it says; none where its time was over and it was erased. Its digest stays.
    pub content: Option<Content>,
    /// SHA-256 of what it says ([`digest_of`]).
    pub digest: Vec<u8>,
    /// Its link in the chain, once it has one.
    pub link: Option<i64>,
    /// The entry that tells that its time was over, where it says nothing any more.
    pub erased_by: Option<Uuid>,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// What kind of actor.
    pub kind: ActorKind,
    /// Which account or client.
    pub actor: Option<Uuid>,
    /// In what role.
    pub role: Option<String>,
    /// What was asked for.
    pub action: String,
    /// What it was about: collection and id.
    pub object: Option<String>,
    /// Why.
    pub purpose: Option<String>,
    /// How it ended.
    pub outcome: String,
    /// The request.
    pub request: Uuid,
    /// From where.
    pub address: Option<String>,
}

/// The digest of an entry: SHA-256 of a JSON array of texts and nulls without spaces, in this order: id, region, time in
/// microseconds since 1970, kind of actor, actor, role, action, object, purpose, outcome, request, address. Whoever has an
/// exported entry can compute it.
#[must_use]
pub fn digest_of(id: Uuid, region: &str, at: Timestamp, content: &Content) -> Vec<u8> {
    let fields = [
        Some(id.to_string()),
        Some(region.to_owned()),
        Some(at.timestamp_micros().to_string()),
        Some(content.kind.as_str().to_owned()),
        content.actor.map(|actor| actor.to_string()),
        content.role.clone(),
        Some(content.action.clone()),
        content.object.clone(),
        content.purpose.clone(),
        Some(content.outcome.clone()),
        Some(content.request.to_string()),
        content.address.clone(),
    ];
    sha256(serde_json::json!(fields).to_string().as_bytes())
}

/// A row of `audit_entries`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub id: Uid,
    pub region: String,
    pub at: Instant,
    actor_kind: Option<String>,
    actor_id: Option<Uid>,
    role: Option<String>,
    action: Option<String>,
    object: Option<String>,
    purpose: Option<String>,
    outcome: Option<String>,
    request_id: Option<Uid>,
    address: Option<String>,
    pub digest: Vec<u8>,
    pub link: Option<i64>,
    erased_by: Option<Uid>,
}

impl Row {
    pub(super) fn into_entry(self) -> Result<Entry, StoreError> {
        let content = match (self.actor_kind, self.action, self.outcome, self.request_id) {
            (Some(kind), Some(action), Some(outcome), Some(request)) => Some(Content {
                kind: value(&kind)?,
                actor: self.actor_id.map(Into::into),
                role: self.role,
                action,
                object: self.object,
                purpose: self.purpose,
                outcome,
                request: request.0,
                address: self.address,
            }),
            _ => None,
        };
        let (at, erased_by) = (self.at.get(), self.erased_by.map(Into::into));
        Ok(Entry { id: self.id.0, region: self.region, at, content, digest: self.digest, link: self.link, erased_by })
    }
}

/// Adds an entry for what this transaction does, as its origin and its note say.
pub(crate) fn record(tx: &mut Tx, origin: &Origin, action: &'static str, outcome: Outcome) -> Result<(), StoreError> {
    let said = tx.take_note();
    // Whoever was refused had said what for, too.
    let note: Note = if matches!(outcome, Outcome::Refused(_)) { origin.take_left() } else { said };
    if note.idle {
        return Ok(());
    }
    let acting = origin.acting().unwrap_or(&Acting::NOBODY);
    let about = || origin.about().map(ToOwned::to_owned);
    let object = note.object.or_else(about).or_else(|| named(acting.object.as_deref(), note.made));
    let content = Content {
        kind: acting.kind,
        actor: acting.id,
        role: acting.role.map(|role| role.as_str().to_owned()),
        action: action.to_owned(),
        object,
        purpose: note.purpose.map(ToOwned::to_owned),
        outcome: if note.replayed { Outcome::Replayed } else { outcome }.as_str().to_owned(),
        request: origin.request,
        address: origin.address.map(|address| address.to_string()),
    };
    let region = note.region.as_ref().or(acting.region.as_ref()).map(ToString::to_string).unwrap_or_default();
    insert(tx, Uuid::now_v7(), region, content)
}

/// What the address names; where that is a collection only, what was made in it.
fn named(address: Option<&str>, made: Option<Uuid>) -> Option<String> {
    match (address, made) {
        (Some(collection), Some(id)) if !collection.contains('/') => Some(format!("{collection}/{id}")),
        (address, _) => address.map(ToOwned::to_owned),
    }
}

/// Keeps an entry, as of now.
pub(super) fn insert(tx: &mut Tx, id: Uuid, region: String, content: Content) -> Result<(), StoreError> {
    let at = tx.now();
    let digest = digest_of(id, &region, at, &content);
    let row = Row {
        id: id.into(),
        region,
        at: at.into(),
        actor_kind: Some(content.kind.as_str().to_owned()),
        actor_id: content.actor.map(Into::into),
        role: content.role,
        action: Some(content.action),
        object: content.object,
        purpose: content.purpose,
        outcome: Some(content.outcome),
        request_id: Some(content.request.into()),
        address: content.address,
        digest,
        link: None,
        erased_by: None,
    };
    both!(tx, |c| diesel::insert_into(audit_entries::table).values(&row).execute(c))?;
    Ok(())
}
