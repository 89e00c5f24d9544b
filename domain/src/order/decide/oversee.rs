use super::draft::Draft;
use crate::order::timer::{Consequence, consequence};
use crate::order::{Change, Deadline, DeadlineKind, Party, Reason, Refusal, Ruling, State, Step};
use crate::region::DivisionCode;

/// The division above handles it. The clock does so for everything that is overdue at once; at the region's root the event
/// tells the supervisor.
pub(super) fn escalate(draft: &mut Draft<'_>, reason: Reason) -> Result<(), Refusal> {
    draft.check_reason(Step::Escalate, reason)?;
    if draft.parties.contains(&Party::Timer) {
        let overdue = with(draft, Consequence::Escalate);
        if overdue.is_empty() {
            return Err(Refusal::NotDue);
        }
        for deadline in overdue {
            draft.act(&deadline);
        }
    }
    draft.raise();
    draft.record(Step::Escalate, draft.order.state, Some(reason));
    Ok(())
}

/// The deadlines that now have this consequence.
fn with(draft: &Draft<'_>, wanted: Consequence) -> Vec<Deadline> {
    let has = |deadline: &&Deadline| consequence(&draft.order, deadline, draft.facts.policy, draft.at) == Some(wanted);
    draft.deadlines().iter().filter(has).cloned().collect()
}

/// The division above decides, and that binds: nobody hands it over or gives it back any more.
pub(super) fn rule(draft: &mut Draft<'_>, ruling: Ruling, handler: Option<&DivisionCode>, reason: Reason) -> Result<(), Refusal> {
    draft.check_reason(Step::Decide, reason)?;
    if let Some(handler) = handler {
        if !draft.order.region.covers(handler) {
            return Err(Refusal::WrongDivision);
        }
        draft.order.handler = handler.clone();
    }
    draft.order.bound = true;
    draft.order.decision_due = false;
    match ruling {
        Ruling::Keep => draft.record(Step::Decide, draft.order.state, Some(reason)),
        Ruling::Requeue => draft.requeue(Step::Decide, reason, None),
        Ruling::Refuse => {
            draft.clear_taker(reason);
            draft.end(reason);
            draft.record(Step::Decide, State::Refused, Some(reason));
        }
    }
    Ok(())
}

pub(super) fn cancel(draft: &mut Draft<'_>, reason: Reason) -> Result<(), Refusal> {
    draft.check_reason(Step::Cancel, reason)?;
    if draft.order.taker.is_some() {
        draft.change(Change::Freed);
    }
    draft.end(reason);
    draft.record(Step::Cancel, State::Cancelled, Some(reason));
    Ok(())
}

/// Who must act is told. An arrival that nobody owes yet (nobody has accepted) has no other consequence.
pub(super) fn remind(draft: &mut Draft<'_>, kind: DeadlineKind) -> Result<(), Refusal> {
    let deadline = with(draft, Consequence::Remind).into_iter().find(|deadline| deadline.kind == kind).ok_or(Refusal::NotDue)?;
    draft.record(Step::Remind, draft.order.state, Some(Reason::Overdue));
    draft.change(Change::Reminded { kind, opened_by: deadline.opened_by, at: draft.at });
    if kind == DeadlineKind::ArriveBy && draft.order.state != State::Accepted {
        draft.act(&deadline);
    }
    Ok(())
}
