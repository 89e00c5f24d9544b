use uuid::Uuid;

use super::draft::Draft;
use super::place::check_range;
use crate::days::end_of_day_after;
use crate::order::timer::{Consequence, consequence};
use crate::order::{Change, Deadline, DeadlineKind, Outcome, Party, Reason, Refusal, Review, ReviewChannel, State, Step};

/// What the resident says of an order.
pub(super) struct Judgement<'a> {
    pub(super) id: Uuid,
    pub(super) channel: ReviewChannel,
    pub(super) stars: i32,
    pub(super) solved: bool,
    pub(super) tags: &'a [String],
}

/// Opens the days in which a finished order is reviewed.
pub(super) fn await_review(draft: &mut Draft<'_>) {
    let due = end_of_day_after(draft.at, draft.policy().review_days, draft.facts.zone);
    draft.open(DeadlineKind::ReviewBy, due);
}

/// A good review closes the order as solved. A bad one has it mended, as often as the policy allows; then it closes as
/// unresolved. A late one changes only how the closed order ended.
pub(super) fn review(draft: &mut Draft<'_>, judgement: &Judgement<'_>) -> Result<(), Refusal> {
    check(draft, judgement)?;
    let by = draft.facts.acting.account.ok_or(Refusal::NotYours { step: Step::Review })?;
    let good = judgement.solved && judgement.stars >= draft.policy().solved_stars;
    let late = draft.order.state == State::Closed;
    let again = !good && !late && draft.order.mends < draft.policy().max_mends;
    draft.order.stars = Some(judgement.stars);
    draft.meet(DeadlineKind::ReviewBy);
    if again {
        draft.order.mends += 1;
    } else {
        draft.order.outcome = Some(if good { Outcome::Solved } else { Outcome::Unresolved });
        if !late {
            draft.end(if good { Reason::Agreed } else { Reason::Other });
        }
    }
    draft.record(Step::Review, if again { State::Mending } else { State::Closed }, None);
    draft.change(Change::Reviewed(Review {
        id: judgement.id,
        seq: draft.seq(),
        channel: judgement.channel,
        stars: judgement.stars,
        solved: judgement.solved,
        tags: judgement.tags.to_vec(),
        at: draft.at,
        by,
    }));
    if again {
        draft.open_in(DeadlineKind::MendBy, draft.policy().mend_minutes);
        let due = draft.order.mends == draft.policy().decision_after_mends;
        draft.raise_for_decision(due, Reason::ThirdMending);
    }
    Ok(())
}

fn check(draft: &mut Draft<'_>, judgement: &Judgement<'_>) -> Result<(), Refusal> {
    let party = match judgement.channel {
        ReviewChannel::Own => Party::Subject,
        ReviewChannel::Proxy => Party::Placer,
        ReviewChannel::Callback => Party::Above,
    };
    draft.parties.retain(|held| *held == party);
    if draft.parties.is_empty() {
        return Err(Refusal::WrongReviewChannel);
    }
    check_range("stars", i64::from(judgement.stars), 1, 5)?;
    check_range("tags", i64::try_from(judgement.tags.len()).unwrap_or(i64::MAX), 0, i64::from(draft.policy().max_tags))
}

/// The clock closes what nobody has reviewed; never counted as satisfied.
pub(super) fn default_review(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let due = |deadline: &Deadline| consequence(&draft.order, deadline, draft.facts.policy, draft.at) == Some(Consequence::DefaultReview);
    if !draft.deadlines().iter().any(due) {
        return Err(Refusal::NotDue);
    }
    draft.order.outcome = Some(Outcome::Unreviewed);
    draft.end(Reason::Overdue);
    draft.record(Step::DefaultReview, State::Closed, Some(Reason::Overdue));
    Ok(())
}

/// Explained or set right, it waits for the next review; otherwise it is dispatched for a new visit.
pub(super) fn mend(draft: &mut Draft<'_>, how: Reason) -> Result<(), Refusal> {
    draft.check_reason(Step::Mend, how)?;
    draft.meet(DeadlineKind::MendBy);
    if how == Reason::NewVisit {
        draft.requeue(Step::Mend, how, None);
        return Ok(());
    }
    if how == Reason::Revisited {
        draft.order.finished_at = Some(draft.at);
    }
    draft.record(Step::Mend, State::Finished, Some(how));
    await_review(draft);
    Ok(())
}
