use super::draft::Draft;
use super::place::{check_minutes, check_range};
use crate::order::timer::{Consequence, consequence};
use crate::order::{Change, Deadline, DeadlineKind, Party, Payment, Proof, Reason, Refusal, Side, State, Step};

/// What a taker says of the work done.
pub(super) struct Work {
    pub(super) minutes: i32,
    pub(super) fee_fen: i64,
    pub(super) materials_fen: i64,
}

pub(super) fn release(draft: &mut Draft<'_>, reason: Reason) -> Result<(), Refusal> {
    draft.check_reason(Step::Release, reason)?;
    draft.requeue(Step::Release, reason, None);
    Ok(())
}

/// A resident who is not there ends the order, a taker who is not there gives it back.
pub(super) fn no_show(draft: &mut Draft<'_>, absent: Side) -> Result<(), Refusal> {
    check_witness(draft, absent)?;
    match absent {
        Side::Resident => {
            draft.change(Change::Freed);
            draft.end(Reason::ResidentAbsent);
            draft.record(Step::NoShow, State::Cancelled, Some(Reason::ResidentAbsent));
        }
        // Giving up the overdue arrival is also what the clock has to do about it.
        Side::Taker => draft.requeue(Step::NoShow, Reason::TakerAbsent, None),
    }
    Ok(())
}

/// Nobody says of themselves that they were absent: the other side does, or the station, or for the taker the clock when the
/// arrival is overdue.
fn check_witness(draft: &mut Draft<'_>, absent: Side) -> Result<(), Refusal> {
    if draft.parties.contains(&Party::Timer) {
        let overdue = |deadline: &Deadline| consequence(&draft.order, deadline, draft.facts.policy, draft.at) == Some(Consequence::NoShow);
        let due = absent == Side::Taker && draft.deadlines().iter().any(overdue);
        return if due { Ok(()) } else { Err(Refusal::NotDue) };
    }
    let serves = draft.facts.acting.serves(&draft.order);
    draft.parties.retain(|party| match party {
        Party::Subject | Party::Placer => absent == Side::Taker && !serves,
        Party::Taker | Party::Member => absent == Side::Resident,
        // The station may have written the order down; it is no side for that. But whoever serves is one.
        Party::Station => absent == Side::Resident || !serves,
        Party::Offered | Party::Above | Party::Supervisor | Party::Grid | Party::Timer => false,
    });
    if draft.parties.is_empty() { Err(Refusal::OwnNoShow) } else { Ok(()) }
}

pub(super) fn check_in(draft: &mut Draft<'_>, proof: &Proof) -> Result<(), Refusal> {
    check_proof(draft, proof)?;
    draft.order.checked_in_at = Some(draft.at);
    draft.order.proposal = None;
    draft.record(Step::CheckIn, State::Serving, None);
    draft.change(Change::Proved { seq: draft.seq(), kind: proof.kind() });
    draft.meet(DeadlineKind::ArriveBy);
    Ok(())
}

/// A code is right or wrong, a position near or not, and only the station vouches, never for itself.
fn check_proof(draft: &mut Draft<'_>, proof: &Proof) -> Result<(), Refusal> {
    let on_the_spot = |party: &Party| matches!(party, Party::Taker | Party::Member);
    let serves = draft.facts.acting.serves(&draft.order);
    let holds = match proof {
        Proof::Code { given, expected } => !expected.is_empty() && given == expected,
        Proof::Position(position) => {
            draft.parties.retain(on_the_spot);
            let place = draft.order.position.ok_or(Refusal::ProofNotPossible)?;
            place.metres_to(*position) <= f64::from(draft.policy().radius_metres)
        }
        Proof::Staff => {
            draft.parties.retain(|party| *party == Party::Station && !serves);
            true
        }
    };
    if draft.parties.is_empty() {
        return Err(Refusal::ProofNotPossible);
    }
    if holds { Ok(()) } else { Err(Refusal::WrongProof) }
}

/// Ended where the resident stopped it, else back to the queue.
pub(super) fn abort(draft: &mut Draft<'_>, reason: Reason) -> Result<(), Refusal> {
    draft.check_reason(Step::Abort, reason)?;
    if reason == Reason::ResidentStopped {
        draft.change(Change::Freed);
        draft.end(reason);
        draft.record(Step::Abort, State::Cancelled, Some(reason));
    } else {
        draft.requeue(Step::Abort, reason, None);
    }
    Ok(())
}

/// The work is done; the days in which it is reviewed begin.
pub(super) fn finish(draft: &mut Draft<'_>, proof: &Proof, work: &Work) -> Result<(), Refusal> {
    check_proof(draft, proof)?;
    check_minutes(work.minutes, draft.facts)?;
    check_payment(draft, work)?;
    let order = &mut draft.order;
    order.worked_minutes = Some(work.minutes);
    order.fee_fen = work.fee_fen;
    order.materials_fen = work.materials_fen;
    order.finished_at = Some(draft.at);
    draft.record(Step::Finish, State::Finished, None);
    draft.change(Change::Proved { seq: draft.seq(), kind: proof.kind() });
    draft.meet(DeadlineKind::FinishBy);
    // Who is done early is free again.
    draft.change(Change::Freed);
    super::review::await_review(draft);
    Ok(())
}

/// A free service takes nothing, one at cost no fee.
fn check_payment(draft: &Draft<'_>, work: &Work) -> Result<(), Refusal> {
    let most = draft.policy().max_payment_fen;
    check_range("fee_fen", work.fee_fen, 0, most)?;
    check_range("materials_fen", work.materials_fen, 0, most)?;
    let (fee, materials) = match draft.order.payment {
        Payment::Free => (false, false),
        Payment::AtCost => (false, true),
        Payment::Paid => (true, true),
    };
    if work.fee_fen > 0 && !fee {
        return Err(Refusal::WrongPayment { field: "fee_fen" });
    }
    if work.materials_fen > 0 && !materials {
        return Err(Refusal::WrongPayment { field: "materials_fen" });
    }
    Ok(())
}
