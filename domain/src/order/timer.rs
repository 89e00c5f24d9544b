//! What the clock has to do about an order.

use super::{Command, Deadline, DeadlineKind, Offer, Order, OrderPolicy, Reason, Side, State};
use crate::Timestamp;
use crate::days::later;

/// What follows when a deadline has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consequence {
    /// Who must act is told.
    Remind,
    /// The division above handles it.
    Escalate,
    /// The taker counts as absent.
    NoShow,
    /// It closes unreviewed.
    DefaultReview,
}

/// What is to be done now about a deadline: first a reminder, after the grace its consequence, each once.
pub(super) fn consequence(order: &Order, deadline: &Deadline, policy: &OrderPolicy, at: Timestamp) -> Option<Consequence> {
    if !order.state.is_open() || !deadline.is_waiting() || !deadline.has_passed(at) {
        return None;
    }
    if deadline.kind == DeadlineKind::ReviewBy {
        return (order.state == State::Finished).then_some(Consequence::DefaultReview);
    }
    let Some(reminded) = deadline.reminded else { return Some(Consequence::Remind) };
    if at < later(reminded, policy.grace_minutes) {
        return None;
    }
    match deadline.kind {
        DeadlineKind::ArriveBy => (order.state == State::Accepted).then_some(Consequence::NoShow),
        DeadlineKind::TriageBy | DeadlineKind::DispatchBy | DeadlineKind::AcceptBy | DeadlineKind::FinishBy | DeadlineKind::MendBy => {
            Some(Consequence::Escalate)
        }
        DeadlineKind::ReviewBy => None,
    }
}

/// The commands that the clock has to give now, in this order, each as [`super::Acting::timer`].
///
/// What one command leads to may make a later one needless: it is then refused, and the refusal is no defect. Asked again
/// afterwards, the answer is empty in the end.
#[must_use]
pub fn due_commands(order: &Order, offers: &[Offer], deadlines: &[Deadline], policy: &OrderPolicy, now: Timestamp) -> Vec<Command> {
    let at = now.max(order.changed_at);
    let expired = offers.iter().filter(|offer| order.state == State::Offered && offer.is_open() && !offer.can_be_accepted(at));
    let mut commands: Vec<Command> = expired.map(|offer| Command::Expire { offer: offer.id }).collect();
    let due = || deadlines.iter().filter_map(|deadline| Some((deadline.kind, consequence(order, deadline, policy, at)?)));
    let reminders = due().filter(|(_, consequence)| *consequence == Consequence::Remind);
    commands.extend(reminders.map(|(deadline, _)| Command::Remind { deadline }));
    let follows = |wanted| due().any(|(_, consequence)| consequence == wanted);
    // One escalation for everything that is overdue: two missed deadlines do not raise an order two levels at once.
    if follows(Consequence::Escalate) {
        commands.push(Command::Escalate { reason: Reason::Overdue });
    }
    if follows(Consequence::NoShow) {
        commands.push(Command::NoShow { absent: Side::Taker });
    }
    if follows(Consequence::DefaultReview) {
        commands.push(Command::DefaultReview);
    }
    commands
}
