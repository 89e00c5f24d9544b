//! The worker's side: what is due, who takes it on, and what came of it.

use diesel::prelude::*;
use domain::content::{ContentKind, ContentState, Obstacle, Step};
use domain::order::TextKind;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::row::Row;
use super::{Check, What};
use crate::both;
use crate::error::StoreError;
use crate::schema::{content_checks, content_verdicts, order_texts};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What came of asking WeChat, or of not being able to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The step it stands for.
    pub step: Step,
    /// WeChat's number for what it found.
    pub label: Option<i32>,
    /// Why it could not be checked.
    pub obstacle: Option<Obstacle>,
}

/// The checks that are to be made now, the longest waiting first.
///
/// # Errors
/// The database's.
pub fn due(tx: &mut Tx, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let now = Instant::from(tx.now());
    let ids: Vec<Uid> = content_checks::table
        .filter(content_checks::state.eq(ContentState::Pending.as_str()))
        .filter(content_checks::next_try.le(now))
        .order(content_checks::next_try)
        .limit(limit)
        .select(content_checks::id)
        .load(&mut tx.conn)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Takes a check on until `until`: whoever else looks leaves it alone, and if this process ends meanwhile it is taken on again
/// then. `None` where another one has it, or nothing is left to be done.
///
/// # Errors
/// The database's.
pub fn claim(tx: &mut Tx, id: Uuid, until: impl Fn(&Check) -> domain::Timestamp) -> Result<Option<Check>, StoreError> {
    let now = Instant::from(tx.now());
    let found = content_checks::table.find(Uid(id)).select(Row::as_select()).get_result::<Row>(&mut tx.conn).optional()?;
    let Some(check) = found.map(|row| row.into_check(tx)).transpose()? else { return Ok(None) };
    let claimed = diesel::update(content_checks::table.find(Uid(id)))
        .filter(content_checks::state.eq(ContentState::Pending.as_str()))
        .filter(content_checks::next_try.le(now))
        .filter(content_checks::attempts.eq(check.attempts))
        .set((content_checks::attempts.eq(check.attempts + 1), content_checks::next_try.eq(Some(Instant::from(until(&check))))))
        .execute(&mut tx.conn)?;
    Ok((claimed == 1).then_some(Check { attempts: check.attempts + 1, ..check }))
}

/// Keeps what came of a check, where that still changes anything. Whether it did.
///
/// # Errors
/// [`StoreError::Stale`] where it has changed at this moment: look again.
pub fn settle(tx: &mut Tx, check: &Check, verdict: Verdict) -> Result<bool, StoreError> {
    let Some(state) = domain::content::after(check.state, verdict.step) else { return Ok(false) };
    let changed = diesel::update(content_checks::table.find(Uid(check.id)))
        .filter(content_checks::version.eq(check.version))
        .set((
            content_checks::state.eq(state.as_str()),
            content_checks::version.eq(content_checks::version + 1),
            content_checks::next_try.eq(None::<Instant>),
            content_checks::label.eq(verdict.label),
            content_checks::obstacle.eq(verdict.obstacle.map(Vocabulary::as_str)),
            content_checks::changed_at.eq(Instant::from(tx.now())),
        ))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(true) }
}

/// Leaves texts to staff that nobody will be asked about, in one statement; those of these checks that are left are of photos.
///
/// # Errors
/// The database's.
pub fn give_up_texts(tx: &mut Tx, checks: &[Uuid], obstacle: Obstacle) -> Result<Vec<Uuid>, StoreError> {
    let Some(state) = domain::content::after(ContentState::Pending, Step::GiveUp) else { return Ok(checks.to_vec()) };
    let ids: Vec<Uid> = checks.iter().map(|id| Uid(*id)).collect();
    let pending = || {
        let these = content_checks::table.filter(content_checks::id.eq_any(ids.clone()));
        these.filter(content_checks::state.eq(ContentState::Pending.as_str()))
    };
    diesel::update(pending().filter(content_checks::kind.eq(ContentKind::Text.as_str())))
        .set((
            content_checks::state.eq(state.as_str()),
            content_checks::version.eq(content_checks::version + 1),
            content_checks::attempts.eq(content_checks::attempts + 1),
            content_checks::next_try.eq(None::<Instant>),
            content_checks::obstacle.eq(Some(obstacle.as_str())),
            content_checks::changed_at.eq(Instant::from(tx.now())),
        ))
        .execute(&mut tx.conn)?;
    let left: Vec<Uid> = pending().order(content_checks::id).select(content_checks::id).load(&mut tx.conn)?;
    Ok(left.into_iter().map(Into::into).collect())
}

/// Keeps the number under which WeChat will judge a photo, and when to stop waiting for it.
///
/// # Errors
/// The database's.
pub fn keep_trace(tx: &mut Tx, id: Uuid, trace: &str, until: domain::Timestamp) -> Result<(), StoreError> {
    diesel::update(content_checks::table.find(Uid(id)))
        .filter(content_checks::state.eq(ContentState::Pending.as_str()))
        .set((content_checks::trace.eq(Some(trace)), content_checks::next_try.eq(Some(Instant::from(until)))))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// The check of this number.
///
/// # Errors
/// The database's.
pub fn by_trace(tx: &mut Tx, trace: &str) -> Result<Option<Check>, StoreError> {
    let row = content_checks::table.filter(content_checks::trace.eq(Some(trace))).select(Row::as_select());
    let found = row.get_result::<Row>(&mut tx.conn).optional()?;
    found.map(|row| row.into_check(tx)).transpose()
}

/// Keeps a verdict whose number is not known yet: it may come before the answer that names the number was kept.
///
/// # Errors
/// The database's.
pub fn keep_verdict(tx: &mut Tx, trace: &str, step: Step, label: Option<i32>) -> Result<(), StoreError> {
    let row = (
        content_verdicts::trace.eq(trace),
        content_verdicts::suggest.eq(step.as_str()),
        content_verdicts::label.eq(label),
        content_verdicts::at.eq(Instant::from(tx.now())),
    );
    both!(tx, |c| diesel::insert_into(content_verdicts::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// The verdict that came before its number was known, if one did.
///
/// # Errors
/// The database's.
pub fn take_verdict(tx: &mut Tx, trace: &str) -> Result<Option<Verdict>, StoreError> {
    let found: Option<(String, Option<i32>)> = content_verdicts::table
        .find(trace)
        .select((content_verdicts::suggest, content_verdicts::label))
        .get_result(&mut tx.conn)
        .optional()?;
    let Some((suggest, label)) = found else { return Ok(None) };
    diesel::delete(content_verdicts::table.find(trace)).execute(&mut tx.conn)?;
    Ok(Some(Verdict { step: crate::order::value(&suggest)?, label, obstacle: None }))
}

/// Forgets verdicts that nobody has waited for since before this moment.
///
/// # Errors
/// The database's.
pub fn sweep_verdicts(tx: &mut Tx, before: domain::Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(content_verdicts::table.filter(content_verdicts::at.lt(Instant::from(before)))).execute(&mut tx.conn)?)
}

/// Forgets the check of something that is not there any more.
///
/// # Errors
/// The database's.
pub fn drop_gone(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    diesel::delete(content_checks::table.find(Uid(id))).execute(&mut tx.conn)?;
    Ok(())
}

/// What is to be judged of a text: the words, and with those of a review its tags. `None` where they were erased.
///
/// # Errors
/// The database's; a text that does not open is a defect.
pub fn subject_text(tx: &mut Tx, check: &Check) -> Result<Option<String>, StoreError> {
    let What::Text { kind, seq } = check.what else { return Ok(None) };
    let sealed: Option<Vec<u8>> =
        order_texts::table.find((Uid(check.order), kind.as_str(), seq)).select(order_texts::body).get_result(&mut tx.conn).optional()?;
    let words = sealed.map(|body| tx.unseal(crate::order::column(kind), check.order, &body)).transpose()?;
    let tags = if kind == TextKind::Review { crate::order::tags(tx, check.order, seq)? } else { None };
    let parts: Vec<String> = words.into_iter().chain(tags).collect();
    Ok((!parts.is_empty()).then(|| parts.join("\n")))
}
