//! The content check 内容安全检查: what is to be checked, what came of it, and who decided.

mod heard;
mod list;
mod row;
mod work;

use diesel::prelude::*;
use domain::content::{ContentKind, ContentPolicy, ContentState, Obstacle, RulingReason};
use domain::identity::AccountKind;
use domain::order::TextKind;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

pub use heard::{hear, sweep_heard};
pub use list::{Filter, list};
pub use work::{
    Verdict, by_trace, claim, drop_gone, due, give_up_texts, keep_trace, keep_verdict, settle, subject_text, sweep_verdicts, take_verdict,
};

use crate::both;
use crate::error::StoreError;
use crate::insert_all;
use crate::order::value;
use crate::schema::{accounts, content_checks};
use crate::store::Tx;
use crate::types::{Instant, Uid};
use row::Row;

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A text of the order; of a review also its tags.
    Text {
        /// Which text.
        kind: TextKind,
        /// The event it belongs to.
        seq: i32,
    },
    /// A photo of the order.
    Photo(Uuid),
}

impl What {
    /// Text or photo.
    #[must_use]
    pub const fn kind(self) -> ContentKind {
        match self {
            Self::Text { .. } => ContentKind::Text,
            Self::Photo(_) => ContentKind::Photo,
        }
    }
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its id.
    pub id: Uuid,
    /// The order it belongs to.
    pub order: Uuid,
    /// What is checked.
    pub what: What,
    /// The account that wrote or photographed it.
    pub author: Uuid,
    /// Where it stands.
    pub state: ContentState,
    /// One more with every change of state; a new one has 1.
    pub version: i32,
    /// The version of the policy under which it began.
    pub policy_version: String,
    /// How often WeChat was asked.
    pub attempts: i32,
    /// The number under which WeChat judges a photo.
    pub trace: Option<String>,
    /// WeChat's number for what it found.
    pub label: Option<i32>,
    /// Why it could not be checked.
    pub obstacle: Option<Obstacle>,
    /// When it was written.
    pub created_at: domain::Timestamp,
    /// When it last changed.
    pub changed_at: domain::Timestamp,
    /// What staff decided.
    pub decision: Option<Decision>,
}

/// What staff decided, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The account.
    pub by: Uuid,
    /// When.
    pub at: domain::Timestamp,
    /// Why.
    pub reason: RulingReason,
    /// In their words.
    pub note: Option<String>,
}

/// What a view must know of a check to show or hold what is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Where the check stands.
    pub state: ContentState,
    /// The account that wrote or photographed it.
    pub author: Uuid,
}

/// The columns of a [`Checked`] as a left join gives them.
pub(crate) type CheckedColumns = Option<(String, Uid)>;

/// Reads what a left join gives: nothing where nothing is checked.
pub(crate) fn checked(columns: CheckedColumns) -> Result<Option<Checked>, StoreError> {
    columns.map(|(state, author)| Ok(Checked { state: value(&state)?, author: author.0 })).transpose()
}

/// Opens the checks of what an account has written or photographed, in the transaction that keeps it: from the first moment on
/// nobody else sees it. Whether there are any: what staff write is not checked.
///
/// # Errors
/// The database's.
pub fn open(tx: &mut Tx, order: Uuid, author: Uuid, what: &[What]) -> Result<bool, StoreError> {
    if what.is_empty() {
        return Ok(false);
    }
    let kind: String = both!(tx, |c| accounts::table.find(Uid(author)).select(accounts::kind).get_result(c))?;
    if !domain::content::is_checked(value::<AccountKind>(&kind)?) {
        return Ok(false);
    }
    let rows: Vec<Row> = what.iter().map(|what| Row::new(order, author, *what, tx.now())).collect();
    insert_all!(tx, content_checks::table, rows)?;
    Ok(true)
}

/// One check, of whatever order.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Check, StoreError> {
    let row: Row = content_checks::table.find(Uid(id)).select(Row::as_select()).get_result(&mut tx.conn)?;
    row.into_check(tx)
}

/// Keeps a decision: only if the check is still what it was decided on.
///
/// # Errors
/// [`StoreError::Stale`] where somebody else was faster.
pub fn decide(tx: &mut Tx, check: &Check, state: ContentState, decision: &Decision) -> Result<(), StoreError> {
    let note = decision.note.as_deref().map(|note| tx.seal(NOTE, check.id, note)).transpose()?;
    let changed = diesel::update(content_checks::table.find(Uid(check.id)))
        .filter(content_checks::version.eq(check.version))
        .set((
            content_checks::state.eq(state.as_str()),
            content_checks::version.eq(content_checks::version + 1),
            content_checks::next_try.eq(None::<Instant>),
            content_checks::changed_at.eq(Instant::from(decision.at)),
            content_checks::decided_by.eq(Some(Uid(decision.by))),
            content_checks::decided_at.eq(Some(Instant::from(decision.at))),
            content_checks::reason.eq(Some(decision.reason.as_str())),
            content_checks::note.eq(note),
        ))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The column that a sealed note is bound to.
const NOTE: &str = "content_checks.note";

/// The version of the policy that new checks keep.
fn policy_version() -> &'static str {
    ContentPolicy::default().version
}
