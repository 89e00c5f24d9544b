//! For every step, arguments to try it with: among them one that passes, where the step is allowed at all.

use super::world::{CRAFT, GRID, NEIGHBOUR, TOWNSHIP, Who, World, candidate, code, division, minutes};
use crate::order::{
    Command, DeadlineKind, Group, OfferState, Proof, Reason, ReviewChannel, Ruling, Side, Step, Taker, Taking, Urgency, Window,
};
use crate::vocabulary::Vocabulary;
use uuid::Uuid;

/// Commands for the step as things stand.
pub(super) fn commands(world: &mut World, step: Step) -> Vec<Command> {
    match step {
        Step::Place => Vec::new(),
        Step::Triage => (1..=3).map(triage).collect(),
        Step::Transfer => {
            [NEIGHBOUR, TOWNSHIP, GRID].map(|to| Command::Transfer { to: division(to), reason: Reason::OtherDivision }).into()
        }
        Step::Refuse => vec![Command::Refuse { reason: Reason::OutOfScope }],
        Step::Appeal => vec![Command::Appeal],
        Step::Offer => offers(world),
        Step::Recall => vec![Command::Recall { reason: Reason::DispatcherChangedPlan }],
        Step::Decline => takers().into_iter().map(|taker| Command::Decline { taker, reason: Reason::TooFar }).collect(),
        Step::Expire => world.offers.iter().map(|offer| Command::Expire { offer: offer.id }).collect(),
        Step::Accept => accepts(world),
        Step::AssignMembers => vec![Command::AssignMembers { members: members(world) }],
        Step::Reschedule => reschedules(world),
        Step::Release => vec![Command::Release { reason: Reason::NotAvailable }],
        Step::NoShow => Side::ALL.iter().map(|absent| Command::NoShow { absent: *absent }).collect(),
        Step::CheckIn => proofs(world).into_iter().map(|proof| Command::CheckIn { proof }).collect(),
        Step::Abort => [Reason::ResidentStopped, Reason::NeedsMore].map(|reason| Command::Abort { reason }).into(),
        Step::Finish => {
            let finish = |proof| Command::Finish { proof, minutes: 45, fee_fen: 0, materials_fen: 0 };
            proofs(world).into_iter().map(finish).collect()
        }
        Step::Review => reviews(world),
        Step::DefaultReview => vec![Command::DefaultReview],
        Step::Mend => [Reason::Explained, Reason::Revisited, Reason::NewVisit].map(|how| Command::Mend { how }).into(),
        Step::Escalate => [Reason::NoCapacity, Reason::Overdue].map(|reason| Command::Escalate { reason }).into(),
        Step::Decide => {
            let decide = |ruling: &Ruling| Command::Decide { ruling: *ruling, handler: None, reason: Reason::ThirdReturn };
            Ruling::ALL.iter().map(decide).collect()
        }
        Step::Cancel => vec![Command::Cancel { reason: Reason::ResidentChangedMind }],
        Step::Remind => DeadlineKind::ALL.iter().map(|deadline| Command::Remind { deadline: *deadline }).collect(),
    }
}

fn triage(people_needed: i32) -> Command {
    Command::Triage { craft: CRAFT, group: Group::Elderly, urgency: Urgency::High, minutes: 60, people_needed }
}

fn takers() -> Vec<Taker> {
    [Who::Ann, Who::Ben, Who::Cai, Who::Manager].map(Who::taker).into()
}

/// To one, to several, to the team, and to somebody who has never been asked.
fn offers(world: &mut World) -> Vec<Command> {
    let stranger = world.fresh();
    let unknown = [Taker::Person(stranger), Taker::Organisation(stranger)];
    let rings = [vec![Who::Ann.taker()], vec![Who::Ben.taker(), Who::Cai.taker(), Who::Ann.taker()], vec![Who::Manager.taker()]];
    let rings = rings.into_iter().chain(unknown.map(|taker| vec![taker]));
    let mut taking = |taker| Taking { offer: world.fresh(), candidate: candidate(taker) };
    rings.map(|ring| Command::Offer { takers: ring.into_iter().map(&mut taking).collect() }).collect()
}

fn accepts(world: &World) -> Vec<Command> {
    let accept = |taker, members| Command::Accept { candidate: candidate(taker), start: None, members };
    let open = world.offers.iter().filter(|offer| offer.state == OfferState::Open).map(|offer| offer.taker);
    let with_members = accept(Who::Manager.taker(), members(world));
    takers().into_iter().chain(open).map(|taker| accept(taker, Vec::new())).chain([with_members]).collect()
}

fn members(world: &World) -> Vec<crate::dispatch::Candidate> {
    let needed = usize::try_from(world.order.people_needed).unwrap();
    [Who::Mei, Who::Min, Who::Mo].into_iter().take(needed).map(Who::candidate).collect()
}

/// The time that the other side has proposed, and two new ones.
fn reschedules(world: &World) -> Vec<Command> {
    let at = world.now.max(world.order.changed_at);
    let proposed = world.order.proposal.map(|proposal| proposal.window);
    let new = [120, 1500].map(|ahead| Window { start: at + minutes(ahead), end: at + minutes(ahead + 60) });
    proposed.into_iter().chain(new).map(|window| Command::Reschedule { window }).collect()
}

fn proofs(world: &World) -> Vec<Proof> {
    let position = world.order.position.map(Proof::Position);
    [code(), Proof::Staff].into_iter().chain(position).collect()
}

fn reviews(world: &mut World) -> Vec<Command> {
    let mut reviews = Vec::new();
    for channel in [ReviewChannel::Own, ReviewChannel::Proxy, ReviewChannel::Callback] {
        for (stars, solved) in [(1, false), (5, true), (2, true)] {
            let id: Uuid = world.fresh();
            reviews.push(Command::Review { id, channel, stars, solved, tags: Vec::new() });
        }
    }
    reviews
}
