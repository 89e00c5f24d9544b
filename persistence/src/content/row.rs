//! A row of `content_checks`.

use diesel::prelude::*;
use domain::content::ContentState;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::{Check, Decision, NOTE, What, policy_version};
use crate::error::StoreError;
use crate::order::{optional, value};
use crate::schema::content_checks;
use crate::store::Tx;
use crate::types::{Instant, Uid};

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = content_checks, treat_none_as_default_value = false)]
pub(super) struct Row {
    id: Uid,
    order_id: Uid,
    kind: String,
    text_kind: Option<String>,
    seq: Option<i32>,
    photo_id: Option<Uid>,
    author: Uid,
    state: String,
    version: i32,
    policy_version: String,
    attempts: i32,
    next_try: Option<Instant>,
    trace: Option<String>,
    label: Option<i32>,
    obstacle: Option<String>,
    created_at: Instant,
    changed_at: Instant,
    decided_by: Option<Uid>,
    decided_at: Option<Instant>,
    reason: Option<String>,
    note: Option<Vec<u8>>,
}

impl Row {
    /// One that is due at once.
    pub(super) fn new(order: Uuid, author: Uuid, what: What, now: domain::Timestamp) -> Self {
        let (text_kind, seq, photo_id) = match what {
            What::Text { kind, seq } => (Some(kind.as_str().to_owned()), Some(seq), None),
            What::Photo(photo) => (None, None, Some(photo.into())),
        };
        Self {
            id: Uuid::now_v7().into(),
            order_id: order.into(),
            kind: what.kind().as_str().to_owned(),
            text_kind,
            seq,
            photo_id,
            author: author.into(),
            state: ContentState::Pending.as_str().to_owned(),
            version: 1,
            policy_version: policy_version().to_owned(),
            attempts: 0,
            next_try: Some(now.into()),
            trace: None,
            label: None,
            obstacle: None,
            created_at: now.into(),
            changed_at: now.into(),
            decided_by: None,
            decided_at: None,
            reason: None,
            note: None,
        }
    }

    pub(super) fn into_check(self, tx: &Tx) -> Result<Check, StoreError> {
        let what = match (self.text_kind, self.seq, self.photo_id) {
            (Some(kind), Some(seq), None) => What::Text { kind: value(&kind)?, seq },
            (None, None, Some(photo)) => What::Photo(photo.0),
            _ => return Err(StoreError::Bug(format!("content check {} is of nothing", self.id.0))),
        };
        let note = self.note.map(|note| tx.unseal(NOTE, self.id.0, &note)).transpose()?;
        let decision = match (self.decided_by, self.decided_at, self.reason) {
            (Some(by), Some(at), Some(reason)) => Some(Decision { by: by.0, at: at.get(), reason: value(&reason)?, note }),
            _ => None,
        };
        Ok(Check {
            id: self.id.0,
            order: self.order_id.0,
            what,
            author: self.author.0,
            state: value(&self.state)?,
            version: self.version,
            policy_version: self.policy_version,
            attempts: self.attempts,
            trace: self.trace,
            label: self.label,
            obstacle: optional(self.obstacle.as_deref())?,
            created_at: self.created_at.get(),
            changed_at: self.changed_at.get(),
            decision,
        })
    }
}
