//! Commands and what they lead to.
//!
//! [`admit`] holds every rule that needs no argument: the table, the parties, and what stands against a step as such. The
//! other files hold, step by step, the rules on a command's arguments and its effects.

mod accept;
mod admit;
mod draft;
mod offer;
mod oversee;
mod place;
mod review;
mod triage;
mod visit;

use admit::Ground;
use draft::Draft;

use super::{Acting, Command, Deadline, Decision, Offer, Order, OrderPolicy, Refusal, Step};
use crate::Timestamp;

pub use place::place;

/// What the rules need to know besides the order.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The policy that the order follows.
    pub policy: &'a OrderPolicy,
    /// The time zone of the region: days are its days.
    pub zone: chrono_tz::Tz,
    /// Who acts; from [`super::acting`], [`super::acting_to_place`] or [`Acting::timer`].
    pub acting: &'a Acting,
    /// The open offers, and those of the current round.
    pub offers: &'a [Offer],
    /// Every deadline of the order.
    pub deadlines: &'a [Deadline],
    /// The present moment.
    pub now: Timestamp,
}

/// Decides a command on an order.
///
/// The moment of what happens is `now`, or the order's last change where a clock elsewhere ran ahead: time never runs back.
///
/// # Errors
/// [`Refusal`] names the rule that stands against it.
pub fn decide(order: &Order, command: &Command, facts: &Facts<'_>) -> Result<Decision, Refusal> {
    let step = command.step();
    let ground = Ground { order, acting: facts.acting, policy: facts.policy, zone: facts.zone, at: facts.now.max(order.changed_at) };
    let parties = admit::admit(step, &ground)?;
    let mut draft = Draft::new(order, parties, facts);
    apply(&mut draft, command)?;
    Ok(draft.into_decision())
}

fn apply(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Triage { craft, group, urgency, minutes, people_needed } => {
            let triage = triage::Triage { craft: *craft, group: *group, urgency: *urgency, minutes: *minutes, people: *people_needed };
            triage::triage(draft, &triage)
        }
        Command::Transfer { to, reason } => triage::transfer(draft, to, *reason),
        Command::Refuse { reason } => triage::refuse(draft, *reason),
        Command::Appeal => triage::appeal(draft),
        Command::Offer { takers } => offer::offer(draft, takers),
        Command::Recall { reason } => offer::recall(draft, *reason),
        Command::Decline { taker, reason } => offer::decline(draft, *taker, *reason),
        Command::Expire { offer } => offer::expire(draft, *offer),
        Command::Accept { candidate, start, members } => accept::accept(draft, candidate, *start, members),
        Command::AssignMembers { members } => accept::assign_members(draft, members),
        Command::Reschedule { window } => accept::reschedule(draft, *window),
        Command::Release { reason } => visit::release(draft, *reason),
        Command::NoShow { absent } => visit::no_show(draft, *absent),
        Command::CheckIn { proof } => visit::check_in(draft, proof),
        Command::Abort { reason } => visit::abort(draft, *reason),
        Command::Finish { proof, minutes, fee_fen, materials_fen } => {
            let work = visit::Work { minutes: *minutes, fee_fen: *fee_fen, materials_fen: *materials_fen };
            visit::finish(draft, proof, &work)
        }
        Command::Review { id, channel, stars, solved, tags } => {
            review::review(draft, &review::Judgement { id: *id, channel: *channel, stars: *stars, solved: *solved, tags })
        }
        Command::DefaultReview => review::default_review(draft),
        Command::Mend { how } => review::mend(draft, *how),
        Command::Escalate { reason } => oversee::escalate(draft, *reason),
        Command::Decide { ruling, handler, reason } => oversee::rule(draft, *ruling, handler.as_ref(), *reason),
        Command::Cancel { reason } => oversee::cancel(draft, *reason),
        Command::Remind { deadline } => oversee::remind(draft, *deadline),
    }
}

/// The steps that this actor may take now, in the order of the table. A step that is missing here is refused whatever its
/// arguments; for one that is here there are arguments with which it passes.
///
/// Whoever has an open offer may accept, until the clock has closed the offer: hand in the relations of this moment.
///
/// For the clock this is the table only; what it has to do is [`super::due_commands`].
#[must_use]
pub fn allowed(order: &Order, acting: &Acting, policy: &OrderPolicy, zone: chrono_tz::Tz, now: Timestamp) -> Vec<Step> {
    admit::allowed(&Ground { order, acting, policy, zone, at: now.max(order.changed_at) })
}
