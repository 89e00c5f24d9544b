use super::world::{COMMUNITY, COUNTY, NEIGHBOUR, TOWNSHIP, Who, World, accept, code, division, finish, release, review, triage, wish};
use crate::order::{Command, DeadlineKind, Party, Placing, Reason, Refusal, Ruling, State, Step};
use crate::vocabulary::Vocabulary;

fn decide(ruling: Ruling) -> Command {
    Command::Decide { ruling, handler: None, reason: Reason::ThirdReturn }
}

fn escalate() -> Command {
    Command::Escalate { reason: Reason::NoCapacity }
}

fn refuse() -> Command {
    Command::Refuse { reason: Reason::OutOfScope }
}

fn transfer(to: &str) -> Command {
    Command::Transfer { to: division(to), reason: Reason::OtherDivision }
}

/// Ann has given it back three times.
fn returned_thrice(mut world: World) -> World {
    for _ in 0..3 {
        world.offer(&[Who::Ann]).unwrap();
        world.must(Who::Ann, accept(Who::Ann));
        world.must(Who::Ann, release());
    }
    world
}

fn at_root() -> World {
    let mut world = World::of(&Placing { handler: division(COUNTY), ..wish() }, Who::Wang);
    world.must(Who::County, triage(1));
    world
}

#[test]
fn the_third_return_is_decided_by_the_division_above() {
    let mut world = returned_thrice(World::triaged());
    let order = &world.order;
    assert_eq!((order.state, order.returns, order.decision_due, order.bound), (State::Queued, 3, true, false));
    assert_eq!(order.handler, division(TOWNSHIP));
    let [.., released, escalated] = &world.events[..] else { panic!("two events") };
    assert_eq!((released.step, released.returns, released.handler.as_str()), (Step::Release, 3, COMMUNITY));
    assert_eq!((escalated.step, escalated.reason, escalated.party), (Step::Escalate, Some(Reason::ThirdReturn), Party::Timer));
    for who in [Who::Township, Who::County, Who::Supervisor] {
        assert!(world.ask(who, &decide(Ruling::Keep)).is_ok(), "{who:?}");
    }
    assert_eq!(world.refused(Who::Station, decide(Ruling::Keep)), Refusal::NotYours { step: Step::Decide });
    world.must(Who::Township, decide(Ruling::Keep));
    assert!(world.order.bound && !world.order.decision_due);
    assert_eq!(world.refused(Who::Township, decide(Ruling::Keep)), Refusal::NoDecisionDue);
}

#[test]
fn a_decision_binds() {
    let mut world = returned_thrice(World::triaged());
    world.must(Who::Township, Command::Decide { ruling: Ruling::Requeue, handler: Some(division(NEIGHBOUR)), reason: Reason::Other });
    assert_eq!((world.order.state, world.order.handler.as_str(), world.order.returns), (State::Queued, NEIGHBOUR, 3));
    assert_eq!(world.refused(Who::NextStation, transfer(COMMUNITY)), Refusal::Bound { step: Step::Transfer });
    world.offer(&[Who::Ann]).unwrap();
    world.must(Who::Ann, accept(Who::Ann));
    assert_eq!(world.refused(Who::Ann, release()), Refusal::Bound { step: Step::Release });
    assert!(!world.allowed(Who::Ann).contains(&Step::Release));
}

#[test]
fn nothing_goes_on_before_the_decision_that_is_due() {
    let mut world = returned_thrice(World::triaged());
    assert_eq!(world.offer(&[Who::Ben]).unwrap_err(), Refusal::DecisionDue { step: Step::Offer });
    assert!(!world.allowed(Who::Township).contains(&Step::Transfer));
    assert_eq!(world.refused(Who::Station, decide(Ruling::Keep)), Refusal::NotYours { step: Step::Decide });
    let mut requeued = world.clone();
    requeued.must(Who::Township, decide(Ruling::Requeue));
    assert_eq!((requeued.order.state, requeued.order.taker, requeued.order.returns), (State::Queued, None, 3));
    requeued.offer(&[Who::Ben]).unwrap();
    world.must(Who::County, decide(Ruling::Refuse));
    assert_eq!((world.order.state, world.order.taker), (State::Refused, None));
    assert!(world.claims.is_empty() && world.deadlines.iter().all(|deadline| !deadline.is_waiting()));
    let elsewhere = Command::Decide { ruling: Ruling::Keep, handler: Some(division("230823")), reason: Reason::Other };
    assert_eq!(returned_thrice(World::triaged()).refused(Who::Township, elsewhere), Refusal::WrongDivision);
}

#[test]
fn a_third_mending_is_decided_before_the_new_visit() {
    let mut world = World::triaged();
    world.offer(&[Who::Ann]).unwrap();
    world.must(Who::Ann, accept(Who::Ann));
    world.must(Who::Ann, Command::CheckIn { proof: code() });
    world.must(Who::Ann, finish());
    for how in [Reason::Explained, Reason::Explained, Reason::NewVisit] {
        world.must(Who::Wang, review(1, false));
        world.must(Who::Ann, Command::Mend { how });
    }
    assert_eq!((world.order.decision_due, world.order.handler.as_str()), (true, TOWNSHIP));
    assert_eq!(world.offer(&[Who::Ann]).unwrap_err(), Refusal::DecisionDue { step: Step::Offer });
    assert_eq!(world.steps().iter().filter(|step| **step == Step::Escalate).count(), 1, "it is raised once");
}

#[test]
fn nobody_decides_before_it_is_due() {
    let world = World::accepted();
    for who in [Who::Station, Who::Township, Who::Supervisor] {
        assert_eq!(world.refused(who, decide(Ruling::Keep)), Refusal::NoDecisionDue, "{who:?}");
    }
}

#[test]
fn at_the_root_the_supervisor_decides() {
    let mut world = returned_thrice(at_root());
    assert_eq!((world.order.handler.as_str(), world.order.decision_due), (COUNTY, true));
    assert_eq!(world.refused(Who::County, decide(Ruling::Keep)), Refusal::NotYours { step: Step::Decide });
    world.must(Who::Supervisor, decide(Ruling::Requeue));
    assert!(world.order.bound);
}

#[test]
fn the_third_handing_over_counts_as_well() {
    let mut world = World::triaged();
    world.must(Who::Station, transfer(NEIGHBOUR));
    world.must(Who::NextStation, transfer(COMMUNITY));
    world.must(Who::Station, transfer(NEIGHBOUR));
    assert_eq!((world.order.returns, world.order.decision_due, world.order.handler.as_str()), (3, true, TOWNSHIP));
    world.must(Who::Township, decide(Ruling::Keep));
}

#[test]
fn escalation_goes_one_division_up_to_the_root() {
    let mut world = World::triaged();
    assert_eq!(world.refused(Who::Wang, escalate()), Refusal::NotYours { step: Step::Escalate });
    world.must(Who::Station, escalate());
    assert_eq!((world.order.state, world.order.handler.as_str()), (State::Queued, TOWNSHIP));
    assert_eq!(world.refused(Who::Station, escalate()), Refusal::NotYours { step: Step::Escalate });
    world.must(Who::Township, escalate());
    assert_eq!(world.order.handler.as_str(), COUNTY);
    assert_eq!(world.refused(Who::County, escalate()), Refusal::AtRoot);
    assert!(!world.allowed(Who::County).contains(&Step::Escalate));
    let wrong = Command::Escalate { reason: Reason::ThirdReturn };
    assert_eq!(World::triaged().refused(Who::Station, wrong), Refusal::WrongReason { step: Step::Escalate, reason: Reason::ThirdReturn });
}

#[test]
fn a_refusal_can_be_appealed_once() {
    let mut world = World::placed();
    world.later(60).must(Who::Station, refuse());
    assert_eq!((world.order.state, world.order.ended_at), (State::Refused, Some(world.now)));
    assert_eq!(world.deadline(DeadlineKind::TriageBy).met, Some(world.now));
    assert_eq!(world.deadline(DeadlineKind::DispatchBy).void, Some(Reason::OutOfScope));
    assert_eq!(world.refused(Who::Station, Command::Appeal), Refusal::NotYours { step: Step::Appeal });
    world.later(60).must(Who::Wang, Command::Appeal);
    assert_eq!((world.order.state, world.order.handler.as_str(), world.order.ended_at), (State::Placed, TOWNSHIP, None));
    assert!(world.deadline(DeadlineKind::TriageBy).is_waiting() && world.deadline(DeadlineKind::DispatchBy).is_waiting());
    world.must(Who::Township, refuse());
    assert_eq!(world.refused(Who::Wang, Command::Appeal), Refusal::AppealClosed);
    assert!(world.allowed(Who::Wang).is_empty());
}

#[test]
fn an_appeal_has_seven_local_days() {
    let mut world = World::placed();
    world.must(Who::Station, refuse());
    world.now = "2026-03-09T15:59:59Z".parse().unwrap();
    assert_eq!(world.allowed(Who::Wang), [Step::Appeal]);
    world.later(1);
    assert_eq!(world.refused(Who::Wang, Command::Appeal), Refusal::AppealClosed);
}

#[test]
fn an_order_can_be_called_off_until_the_work_begins() {
    let cancel = || Command::Cancel { reason: Reason::ResidentChangedMind };
    for mut world in [World::placed(), World::triaged(), World::offered_to(&[Who::Ann, Who::Ben]), World::accepted()] {
        let state = world.order.state;
        world.later(5).must(Who::Wang, cancel());
        assert_eq!((world.order.state, world.order.ended_at), (State::Cancelled, Some(world.now)));
        assert!(world.claims.is_empty() && world.offers.iter().all(|offer| !offer.is_open()), "{state}");
        assert!(world.deadlines.iter().all(|deadline| !deadline.is_open()), "{state}");
    }
    let refusal = World::serving().refused(Who::Wang, cancel());
    assert_eq!(refusal, Refusal::NotInState { step: Step::Cancel, state: State::Serving, allowed: vec![Step::Abort] });
    let wrong = Command::Cancel { reason: Reason::Agreed };
    assert_eq!(World::placed().refused(Who::Wang, wrong), Refusal::WrongReason { step: Step::Cancel, reason: Reason::Agreed });
}

#[test]
fn ending_does_not_undo_what_was_missed() {
    let mut world = World::offered_to(&[Who::Ann]);
    world.later(1441).must(Who::Wang, Command::Cancel { reason: Reason::ResidentChangedMind });
    let missed = world.deadline(DeadlineKind::AcceptBy);
    assert!(missed.met.is_none() && missed.void.is_none() && !missed.is_waiting());
    assert!(world.due().is_empty());
}

#[test]
fn every_step_has_its_reasons_and_no_others() {
    let back = || division(NEIGHBOUR);
    type Try<'a> = (World, Who, &'a dyn Fn(Reason) -> Command);
    let tries: [Try<'_>; 10] = [
        (World::triaged(), Who::Station, &|reason| Command::Transfer { to: back(), reason }),
        (World::triaged(), Who::Station, &|reason| Command::Refuse { reason }),
        (World::offered_to(&[Who::Ann]), Who::Station, &|reason| Command::Recall { reason }),
        (World::offered_to(&[Who::Ann]), Who::Ann, &|reason| Command::Decline { taker: Who::Ann.taker(), reason }),
        (World::accepted(), Who::Ann, &|reason| Command::Release { reason }),
        (World::serving(), Who::Ann, &|reason| Command::Abort { reason }),
        (World::mending(), Who::Ann, &|how| Command::Mend { how }),
        (World::placed(), Who::Station, &|reason| Command::Escalate { reason }),
        (returned_thrice(World::triaged()), Who::Township, &|reason| Command::Decide { ruling: Ruling::Keep, handler: None, reason }),
        (World::placed(), Who::Wang, &|reason| Command::Cancel { reason }),
    ];
    for (world, who, command) in tries {
        for reason in Reason::ALL.iter().copied() {
            let command = command(reason);
            let step = command.step();
            if step.reasons().contains(&reason) {
                assert!(world.ask(who, &command).is_ok(), "{step} because of {reason}");
            } else {
                assert_eq!(world.refused(who, command), Refusal::WrongReason { step, reason });
            }
        }
    }
}

#[test]
fn an_order_that_comes_back_after_its_time_has_a_clock_again() {
    let mut world = World::offered_to(&[Who::Ann]);
    world.later(3000).tick();
    world.later(60).tick();
    assert_eq!(world.order.state, State::Queued);
    world.offer(&[Who::Ben]).unwrap();
    world.must(Who::Ben, Command::Decline { taker: Who::Ben.taker(), reason: Reason::TooFar });
    assert!(world.deadline(DeadlineKind::DispatchBy).is_waiting());
}
