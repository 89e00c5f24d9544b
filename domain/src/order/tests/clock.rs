use super::world::{COUNTY, CRAFT, TOWNSHIP, Who, World, accept, division, minutes, release, wish};
use crate::order::{Command, DeadlineKind, Group, OfferState, Placing, Reason, Refusal, Side, State, Step, Urgency};

#[test]
fn nothing_is_due_before_its_time() {
    let mut world = World::placed();
    assert!(world.due().is_empty());
    world.later(479);
    assert!(world.due().is_empty());
    for command in
        [Command::Remind { deadline: DeadlineKind::TriageBy }, Command::Escalate { reason: Reason::Overdue }, Command::DefaultReview]
    {
        assert!(world.ask(Who::Timer, &command).is_err(), "{command:?}");
    }
}

#[test]
fn first_a_reminder_and_after_the_grace_the_division_above() {
    let mut world = World::placed();
    world.later(480);
    assert_eq!(world.tick(), [Step::Remind]);
    assert_eq!(world.deadline(DeadlineKind::TriageBy).reminded, Some(world.now));
    assert_eq!(world.refused(Who::Timer, Command::Remind { deadline: DeadlineKind::TriageBy }), Refusal::NotDue);
    world.later(29);
    assert!(world.tick().is_empty());
    world.later(1);
    assert_eq!(world.tick(), [Step::Escalate]);
    assert_eq!((world.order.handler.clone(), world.deadline(DeadlineKind::TriageBy).acted), (division(TOWNSHIP), Some(world.now)));
    world.later(60);
    assert!(world.tick().is_empty(), "each consequence once");
    assert_eq!(world.refused(Who::Timer, Command::Escalate { reason: Reason::Overdue }), Refusal::NotDue);
    // Met late is still met, and still missed.
    world.must(Who::Township, super::world::triage(1));
    let deadline = world.deadline(DeadlineKind::TriageBy);
    assert!(deadline.met.unwrap() > deadline.due);
}

#[test]
fn what_is_overdue_at_once_raises_one_level() {
    let mut world = World::placed();
    world.later(1441);
    assert_eq!(world.tick(), [Step::Remind, Step::Remind]);
    world.later(30);
    assert_eq!(world.tick(), [Step::Escalate]);
    assert_eq!(world.order.handler, division(TOWNSHIP));
}

#[test]
fn at_the_root_the_clock_still_speaks() {
    let mut world = World::of(&Placing { handler: division(COUNTY), ..wish() }, Who::Wang);
    world.later(480).tick();
    world.later(30);
    assert_eq!(world.tick(), [Step::Escalate]);
    let event = world.events.last().unwrap();
    assert_eq!((event.reason, event.actor, &event.handler), (Some(Reason::Overdue), None, &division(COUNTY)));
}

#[test]
fn an_offer_expires_by_itself() {
    let mut world = World::offered_to(&[Who::Ann]);
    world.later(100).offer(&[Who::Ben]).unwrap();
    let (first, second) = (world.offers[0].id, world.offers[1].id);
    assert_eq!(world.refused(Who::Timer, Command::Expire { offer: first }), Refusal::NotDue);
    world.later(380);
    assert!(world.tick().contains(&Step::Expire));
    assert_eq!((world.order.state, world.offers[0].state), (State::Offered, OfferState::Expired));
    assert_eq!(world.refused(Who::Timer, Command::Expire { offer: first }), Refusal::NoOpenOffer);
    world.later(100);
    assert!(world.tick().contains(&Step::Expire));
    assert_eq!((world.order.state, world.order.matched, world.order.returns), (State::Queued, Some(false), 0));
    assert_eq!(world.events.iter().rev().find(|event| event.step == Step::Expire).unwrap().offer, Some(second));
}

#[test]
fn an_arrival_that_nobody_owes_is_only_reminded_of() {
    let mut world = World::offered_to(&[Who::Ann]);
    world.later(60);
    assert_eq!(world.tick(), [Step::Remind]);
    assert!(!world.deadline(DeadlineKind::ArriveBy).is_waiting());
    world.later(60);
    assert!(world.tick().is_empty());
    // Agreed at last, it runs from the agreed start, and the one that had passed no longer counts.
    world.must(Who::Ann, accept(Who::Ann));
    let [from_dispatch, from_start] = world.deadlines_of(DeadlineKind::ArriveBy)[..] else { panic!("two arrivals") };
    assert_eq!(from_dispatch.void, Some(Reason::Agreed));
    assert!(from_start.is_waiting());
}

#[test]
fn a_taker_who_does_not_arrive_counts_as_absent() {
    let mut world = World::accepted();
    world.later(60);
    assert_eq!(world.tick(), [Step::Remind]);
    assert_eq!(world.refused(Who::Timer, Command::NoShow { absent: Side::Taker }), Refusal::NotDue);
    world.later(30);
    assert_eq!(world.refused(Who::Timer, Command::NoShow { absent: Side::Resident }), Refusal::NotDue);
    assert_eq!(world.tick(), [Step::NoShow]);
    assert_eq!((world.order.state, world.order.returns), (State::Queued, 1));
    assert_eq!(world.events.last().unwrap().reason, Some(Reason::TakerAbsent));
    let missed = world.deadline(DeadlineKind::ArriveBy).clone();
    assert_eq!((missed.met, missed.void, missed.acted), (None, None, Some(world.now)));
    // The next taker has a clock of their own.
    world.offer(&[Who::Ben]).unwrap();
    world.must(Who::Ben, accept(Who::Ben));
    assert!(world.tick().is_empty());
    assert!(world.deadline(DeadlineKind::ArriveBy).is_waiting());
}

#[test]
fn acceptance_never_restarts() {
    let mut world = World::offered_to(&[Who::Ann]);
    let due = world.deadline(DeadlineKind::AcceptBy).due;
    world.later(479).must(Who::Ann, Command::Decline { taker: Who::Ann.taker(), reason: Reason::NotAvailable });
    world.later(900).offer(&[Who::Ben]).unwrap();
    assert_eq!(world.deadline(DeadlineKind::AcceptBy).due, due);
    world.now = due;
    assert!(world.tick().contains(&Step::Remind));
    world.later(30);
    assert!(world.tick().contains(&Step::Escalate));
    world.must(Who::Ben, accept(Who::Ben));
    assert_eq!(world.deadline(DeadlineKind::AcceptBy).met, Some(world.now));
}

#[test]
fn what_was_given_back_is_dispatched_again_in_time() {
    let mut world = World::accepted();
    world.must(Who::Ann, release());
    let due = world.deadline(DeadlineKind::DispatchBy).due;
    assert_eq!(due, world.now + minutes(1440));
    world.now = due;
    assert_eq!(world.tick(), [Step::Remind]);
    world.later(30);
    assert_eq!(world.tick(), [Step::Escalate]);
}

#[test]
fn overdue_work_and_mending_go_up() {
    let mut world = World::serving();
    world.later(2880);
    assert_eq!(world.tick(), [Step::Remind]);
    world.later(30);
    assert_eq!(world.tick(), [Step::Escalate]);
    assert_eq!(world.order.state, State::Serving);
    let mut world = World::mending();
    world.later(4320);
    assert_eq!(world.tick(), [Step::Remind]);
    world.later(30);
    assert_eq!(world.tick(), [Step::Escalate]);
    assert_eq!((world.order.state, world.order.handler.clone()), (State::Mending, division(TOWNSHIP)));
}

#[test]
fn an_ended_order_is_left_alone() {
    let mut world = World::accepted();
    world.must(Who::Wang, Command::Cancel { reason: Reason::ResidentChangedMind });
    world.later(365 * 24 * 60);
    assert!(world.due().is_empty());
}

#[test]
fn without_grace_reminder_and_consequence_come_together() {
    let mut world = World::placed();
    world.policy.grace_minutes = 0;
    world.later(480);
    assert_eq!(world.tick(), [Step::Remind, Step::Escalate]);
}

#[test]
fn the_clock_offers_emergencies_and_nothing_else() {
    let emergency = |urgency| Command::Triage { craft: CRAFT, group: Group::Elderly, urgency, minutes: 60, people_needed: 1 };
    let mut world = World::placed();
    world.must(Who::Station, emergency(Urgency::High));
    let to_ann = |world: &mut World| Command::Offer { takers: vec![world.taking(Who::Ann.candidate())] };
    let asked = to_ann(&mut world);
    assert_eq!(world.refused(Who::Timer, asked), Refusal::NotYours { step: Step::Offer });
    world.must(Who::Station, emergency(Urgency::Emergency));
    let asked = to_ann(&mut world);
    world.must(Who::Timer, asked);
    assert_eq!(world.order.state, State::Offered);
    assert!(world.offers.iter().any(|offer| offer.state == OfferState::Open));
}
