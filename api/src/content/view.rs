//! A check as staff see it.

use chrono::{DateTime, Utc};
use domain::content::{ContentKind, ContentRuling, ContentState, Obstacle, RulingReason};
use domain::order::TextKind;
use domain::vocabulary::Vocabulary;
use persistence::content::{self, Check, What};
use persistence::{Store, Tx};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::order::{ADDRESS_TIME, photo_address};
use crate::problem::Fault;

/// What staff decided, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContentDecisionView {
    /// Released or withheld.
    ruling: ContentRuling,
    /// The account.
    by: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// Why.
    reason: RulingReason,
    /// In their words.
    note: Option<String>,
}

/// The check of a text or photo.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContentCheckView {
    /// Its id.
    pub(super) id: Uuid,
    /// Text or photo.
    kind: ContentKind,
    /// The order it belongs to.
    order: Uuid,
    /// What people call that order by.
    order_number: String,
    /// Which text, where it is one.
    text_kind: Option<TextKind>,
    /// The event that the text belongs to.
    seq: Option<i32>,
    /// The words; of a review followed by its tags. Null for a photo, and where they were erased.
    text: Option<String>,
    /// The photo, where it is one.
    photo: Option<Uuid>,
    /// Where the photo can be fetched without a token, for five minutes.
    url: Option<String>,
    /// The account that wrote or photographed it.
    author: Uuid,
    /// Where the check stands.
    state: ContentState,
    /// WeChat's number for what it found: 100 nothing, 10001 advertising, 20001 politics, 20002 indecency, 20003 abuse, 20006 crime.
    label: Option<i32>,
    /// Why it could not be checked.
    obstacle: Option<Obstacle>,
    /// How often WeChat was asked.
    attempts: i32,
    /// The version of the policy under which it began.
    policy_version: String,
    /// When it was written.
    created_at: DateTime<Utc>,
    /// When it last changed.
    changed_at: DateTime<Utc>,
    /// What staff decided.
    decision: Option<ContentDecisionView>,
    /// One more with every change of state.
    pub(super) version: i32,
}

/// Builds the view.
pub(super) fn view(tx: &mut Tx, store: &Store, check: Check, order_number: String) -> Result<ContentCheckView, Fault> {
    let text = content::subject_text(tx, &check)?;
    let (text_kind, seq, photo) = match check.what {
        What::Text { kind, seq } => (Some(kind), Some(seq), None),
        What::Photo(photo) => (None, None, Some(photo)),
    };
    let expires = tx.now() + ADDRESS_TIME;
    let ruling = ContentRuling::ALL.iter().copied().find(|ruling| ruling.step().to() == check.state);
    let decision = ruling.zip(check.decision).map(|(ruling, made)| ContentDecisionView {
        ruling,
        by: made.by,
        at: made.at,
        reason: made.reason,
        note: made.note,
    });
    Ok(ContentCheckView {
        id: check.id,
        kind: check.what.kind(),
        order: check.order,
        order_number,
        text_kind,
        seq,
        text,
        photo,
        url: photo.map(|photo| photo_address(store, photo, expires)),
        author: check.author,
        state: check.state,
        label: check.label,
        obstacle: check.obstacle,
        attempts: check.attempts,
        policy_version: check.policy_version,
        created_at: check.created_at,
        changed_at: check.changed_at,
        decision,
        version: check.version,
    })
}
