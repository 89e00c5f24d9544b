use uuid::Uuid;

use super::draft::Draft;
use super::place::{check_minutes, check_range};
use crate::order::{DeadlineKind, Group, Reason, Refusal, State, Step, Urgency};
use crate::region::DivisionCode;

/// What the station says an order is.
pub(super) struct Triage {
    pub(super) craft: Uuid,
    pub(super) group: Group,
    pub(super) urgency: Urgency,
    pub(super) minutes: i32,
    pub(super) people: i32,
}

pub(super) fn triage(draft: &mut Draft<'_>, triage: &Triage) -> Result<(), Refusal> {
    check_minutes(triage.minutes, draft.facts)?;
    check_range("people_needed", i64::from(triage.people), 1, i64::from(draft.policy().max_people))?;
    let order = &mut draft.order;
    order.craft = Some(triage.craft);
    order.group = triage.group;
    order.urgency = triage.urgency;
    order.minutes = triage.minutes;
    order.people_needed = triage.people;
    draft.record(Step::Triage, State::Queued, None);
    draft.meet(DeadlineKind::TriageBy);
    Ok(())
}

/// The clocks run on: handing over wins nobody time.
pub(super) fn transfer(draft: &mut Draft<'_>, to: &DivisionCode, reason: Reason) -> Result<(), Refusal> {
    draft.check_reason(Step::Transfer, reason)?;
    if !draft.order.region.covers(to) || *to == draft.order.handler {
        return Err(Refusal::WrongDivision);
    }
    draft.order.handler = to.clone();
    draft.requeue(Step::Transfer, reason, None);
    Ok(())
}

/// A refusal answers the wish, so it meets the clock of triage.
pub(super) fn refuse(draft: &mut Draft<'_>, reason: Reason) -> Result<(), Refusal> {
    draft.check_reason(Step::Refuse, reason)?;
    draft.meet(DeadlineKind::TriageBy);
    draft.end(reason);
    draft.record(Step::Refuse, State::Refused, Some(reason));
    Ok(())
}

/// The division above looks at it as if it were new, with new clocks.
pub(super) fn appeal(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    draft.order.appealed = true;
    draft.order.ended_at = None;
    draft.raise();
    draft.record(Step::Appeal, State::Placed, Some(Reason::Appeal));
    draft.open_in(DeadlineKind::TriageBy, draft.limits().triage);
    draft.open_in(DeadlineKind::DispatchBy, draft.limits().dispatch);
    Ok(())
}
