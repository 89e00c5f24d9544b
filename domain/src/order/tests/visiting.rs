use super::world::{TEAM, Who, World, accept, code, finish, minutes, release, triage, wish};
use crate::geo::Position;
use crate::order::{
    Change, Command, DeadlineKind, Party, Payment, Placing, Proof, ProofKind, Proposal, Reason, Refusal, Side, State, Step, Window,
};

fn check_in(proof: Proof) -> Command {
    Command::CheckIn { proof }
}

/// So many metres north of the place of service.
fn north(metres: f64) -> Proof {
    Proof::Position(Position::new(130.55, 46.24 + metres / 111_195.0).unwrap())
}

/// Ann comes in three hours.
fn accepted_for_later() -> World {
    let mut world = World::offered_to(&[Who::Ann]);
    let start = Some(world.now + minutes(180));
    world.must(Who::Ann, Command::Accept { candidate: Who::Ann.candidate(), start, members: Vec::new() });
    world
}

fn at(world: &World, ahead: i64) -> Window {
    Window { start: world.now + minutes(ahead), end: world.now + minutes(ahead + 60) }
}

fn move_to(window: Window) -> Command {
    Command::Reschedule { window }
}

#[test]
fn the_code_of_the_person_served_proves_presence() {
    let mut world = World::accepted();
    let wrong = Proof::Code { given: "4712".to_owned(), expected: "4711".to_owned() };
    let none = Proof::Code { given: String::new(), expected: String::new() };
    assert_eq!(world.refused(Who::Ann, check_in(wrong)), Refusal::WrongProof);
    assert_eq!(world.refused(Who::Ann, check_in(none)), Refusal::WrongProof);
    let decision = world.ask(Who::Ann, &check_in(code())).unwrap();
    assert!(decision.changes.contains(&Change::Proved { seq: decision.order.version, kind: ProofKind::Code }));
    world.must(Who::Ann, check_in(code()));
    assert_eq!((world.order.state, world.order.checked_in_at), (State::Serving, Some(world.now)));
    assert_eq!(world.deadline(DeadlineKind::ArriveBy).met, Some(world.now));
}

#[test]
fn a_position_proves_presence_within_the_radius() {
    let world = World::accepted();
    assert!(world.ask(Who::Ann, &check_in(north(299.0))).is_ok());
    assert_eq!(world.refused(Who::Ann, check_in(north(301.0))), Refusal::WrongProof);
    let nowhere = Proof::Position(Position { longitude: f64::NAN, latitude: 46.24 });
    assert_eq!(world.refused(Who::Ann, check_in(nowhere)), Refusal::WrongProof);
    assert_eq!(world.refused(Who::Station, check_in(north(0.0))), Refusal::ProofNotPossible, "the station is not on the spot");
    let mut world = World::of(&Placing { position: None, ..wish() }, Who::Wang);
    world.must(Who::Station, triage(1));
    world.offer(&[Who::Ann]).unwrap();
    world.must(Who::Ann, accept(Who::Ann));
    assert_eq!(world.refused(Who::Ann, check_in(north(0.0))), Refusal::ProofNotPossible);
}

#[test]
fn only_the_station_vouches_and_never_for_itself() {
    let world = World::accepted();
    assert_eq!(world.refused(Who::Ann, check_in(Proof::Staff)), Refusal::ProofNotPossible);
    let decision = world.ask(Who::Station, &check_in(Proof::Staff)).unwrap();
    assert_eq!(decision.events[0].party, Party::Station);
    let mut acting = world.acting(Who::Station);
    acting.parties.push(Party::Taker);
    let refusal = world.with_facts(&acting, |facts| crate::order::decide(&world.order, &check_in(Proof::Staff), facts)).unwrap_err();
    assert_eq!(refusal, Refusal::ProofNotPossible);
}

#[test]
fn nobody_checks_in_long_before_the_agreed_start() {
    let mut world = accepted_for_later();
    let from = world.now + minutes(150);
    assert_eq!(world.refused(Who::Ann, check_in(code())), Refusal::TooEarly { from });
    assert!(!world.allowed(Who::Ann).contains(&Step::CheckIn));
    world.later(150).must(Who::Ann, check_in(code()));
}

#[test]
fn a_team_is_complete_before_it_begins() {
    let mut world = World::triaged_for_a_team();
    world.offer(&[Who::Manager]).unwrap();
    world.must(Who::Manager, accept(Who::Manager));
    assert_eq!(world.refused(Who::Manager, check_in(code())), Refusal::WrongMembers { needed: 2, named: 0 });
    world.must(Who::Manager, Command::AssignMembers { members: vec![Who::Mei.candidate(), Who::Min.candidate()] });
    world.must(Who::Mei, check_in(code()));
    assert_eq!(world.events.last().unwrap().party, Party::Member);
    world.must(Who::Min, finish());
    assert_eq!(world.refused(Who::Mo, finish()), Refusal::NotInState { step: Step::Finish, state: State::Finished, allowed: Vec::new() });
}

#[test]
fn a_new_time_needs_both_sides() {
    let mut world = accepted_for_later();
    let old = world.order.agreed.unwrap();
    let new = at(&world, 300);
    world.must(Who::Ann, move_to(new));
    assert_eq!(world.order.proposal, Some(Proposal { window: new, by: Side::Taker }));
    assert_eq!((world.order.agreed, world.events.last().unwrap().reason), (Some(old), Some(Reason::Proposed)));
    assert_eq!(world.claims, vec![(Who::Ann.person(), old)]);
    assert_eq!(world.refused(Who::Ann, move_to(new)), Refusal::AlreadyProposed);
    world.must(Who::Wang, move_to(new));
    assert_eq!((world.order.agreed, world.order.proposal), (Some(new), None));
    assert_eq!(world.events.last().unwrap().reason, Some(Reason::Agreed));
    assert_eq!(world.claims, vec![(Who::Ann.person(), new)]);
    assert_eq!(world.deadline(DeadlineKind::ArriveBy).due, new.start + minutes(60));
    assert_eq!(world.deadlines_of(DeadlineKind::ArriveBy).iter().filter(|deadline| deadline.is_open()).count(), 1);
}

#[test]
fn the_other_side_may_propose_another_time() {
    let mut world = World::of(&super::world::for_wang_by_phone(), Who::Daughter);
    world.must(Who::Station, triage(1));
    world.offer(&[Who::Ann]).unwrap();
    world.must(Who::Ann, accept(Who::Ann));
    let (first, second) = (at(&world, 300), at(&world, 600));
    world.must(Who::Daughter, move_to(first));
    world.must(Who::Ann, move_to(second));
    assert_eq!(world.order.proposal, Some(Proposal { window: second, by: Side::Taker }));
    world.must(Who::Wang, move_to(second));
    assert_eq!(world.order.agreed, Some(second));
}

#[test]
fn a_new_time_lies_ahead_and_is_one() {
    let world = accepted_for_later();
    let backwards = Window { start: world.now + minutes(60), end: world.now + minutes(59) };
    let endless = Window { start: world.now + minutes(60), end: world.now + minutes(60 + 721) };
    for wrong in [backwards, endless, at(&world, -6), world.order.agreed.unwrap()] {
        assert_eq!(world.refused(Who::Wang, move_to(wrong)), Refusal::WrongTime, "{wrong:?}");
    }
    assert_eq!(world.refused(Who::Station, move_to(at(&world, 60))), Refusal::NotYours { step: Step::Reschedule });
}

#[test]
fn who_placed_it_for_another_does_not_serve_it() {
    // Ann has written the order down for Wang.
    let mut world = World::of(&super::world::for_wang_by_phone(), Who::Ann);
    world.must(Who::Station, triage(1));
    let rules = vec![crate::dispatch::Ineligible::IsPlacer];
    assert_eq!(world.offer(&[Who::Ann]).unwrap_err(), Refusal::NotEligible { offer: Some(0), rules });
    world.offer(&[Who::Ben]).unwrap();
}

#[test]
fn a_missed_arrival_is_not_healed_by_a_new_time() {
    let mut world = World::accepted();
    world.later(70);
    let new = at(&world, 60);
    world.must(Who::Ann, move_to(new));
    world.must(Who::Wang, move_to(new));
    let [_, missed, open] = world.deadlines_of(DeadlineKind::ArriveBy)[..] else { panic!("three arrivals") };
    assert!(missed.is_open() && missed.acted.is_some() && open.is_waiting());
}

#[test]
fn who_was_not_there_is_said_by_the_other_side() {
    let mut world = accepted_for_later();
    let no_show = |absent| Command::NoShow { absent };
    let from = world.order.agreed.unwrap().start;
    assert_eq!(world.refused(Who::Wang, no_show(Side::Taker)), Refusal::TooEarly { from });
    world.later(180);
    assert_eq!(world.refused(Who::Wang, no_show(Side::Resident)), Refusal::OwnNoShow);
    assert_eq!(world.refused(Who::Ann, no_show(Side::Taker)), Refusal::OwnNoShow);
    assert_eq!(world.refused(Who::Timer, no_show(Side::Taker)), Refusal::NotDue);
    assert!(world.ask(Who::Station, &no_show(Side::Resident)).is_ok());
    assert!(world.ask(Who::Station, &no_show(Side::Taker)).is_ok());
    let mut by_resident = world.clone();
    by_resident.must(Who::Wang, no_show(Side::Taker));
    assert_eq!((by_resident.order.state, by_resident.order.returns, by_resident.order.taker), (State::Queued, 1, None));
    world.must(Who::Ann, no_show(Side::Resident));
    assert_eq!((world.order.state, world.order.returns, world.order.ended_at), (State::Cancelled, 0, Some(world.now)));
    assert!(world.claims.is_empty());
}

#[test]
fn the_station_that_wrote_an_order_down_is_no_side_of_it() {
    let mut world = World::of(&super::world::for_wang_by_phone(), Who::Station);
    world.must(Who::Station, triage(1));
    world.offer(&[Who::Ann]).unwrap();
    world.must(Who::Ann, accept(Who::Ann));
    assert!(world.ask(Who::Station, &Command::NoShow { absent: Side::Resident }).is_ok());
    assert!(world.ask(Who::Station, &Command::NoShow { absent: Side::Taker }).is_ok());
}

#[test]
fn breaking_off_ends_only_what_the_resident_stops() {
    let mut world = World::serving();
    let mut stopped = world.clone();
    stopped.must(Who::Wang, Command::Abort { reason: Reason::ResidentStopped });
    assert_eq!((stopped.order.state, stopped.order.returns), (State::Cancelled, 0));
    world.must(Who::Ann, Command::Abort { reason: Reason::NeedsMore });
    assert_eq!((world.order.state, world.order.returns, world.order.checked_in_at), (State::Queued, 1, None));
    let wrong = Command::Abort { reason: Reason::Duplicate };
    assert_eq!(World::serving().refused(Who::Ann, wrong), Refusal::WrongReason { step: Step::Abort, reason: Reason::Duplicate });
}

#[test]
fn finishing_frees_the_taker_and_opens_the_days_of_review() {
    let mut world = World::serving();
    world.later(45).must(Who::Ann, finish());
    let order = &world.order;
    assert_eq!((order.state, order.finished_at, order.worked_minutes), (State::Finished, Some(world.now), Some(45)));
    assert_eq!(world.deadline(DeadlineKind::FinishBy).met, Some(world.now));
    // Monday, 2 March: the seventh day after it is the 9th, which ends at 16:00 UTC.
    assert_eq!(world.deadline(DeadlineKind::ReviewBy).due.to_rfc3339(), "2026-03-09T16:00:00+00:00");
    assert!(world.claims.is_empty());
    assert_eq!(order.taker, Some(Who::Ann.taker()));
}

#[test]
fn work_is_stated_in_minutes_and_proved() {
    let world = World::serving();
    let finish = |proof, minutes| Command::Finish { proof, minutes, fee_fen: 0, materials_fen: 0 };
    for minutes in [0, 721] {
        let refusal = world.refused(Who::Ann, finish(code(), minutes));
        assert_eq!(refusal, Refusal::OutOfRange { field: "minutes", min: 1, max: 720 });
    }
    assert_eq!(world.refused(Who::Ann, finish(north(1000.0), 45)), Refusal::WrongProof);
    assert_eq!(world.refused(Who::Ann, finish(Proof::Staff, 45)), Refusal::ProofNotPossible);
    assert!(world.ask(Who::Colleague, &finish(Proof::Staff, 45)).is_ok());
}

#[test]
fn a_service_takes_what_it_may_take() {
    let paid = |payment, fee_fen, materials_fen| {
        let mut world = World::of(&Placing { payment, ..wish() }, Who::Wang);
        world.must(Who::Station, triage(1));
        world.offer(&[Who::Ann]).unwrap();
        world.must(Who::Ann, accept(Who::Ann));
        world.must(Who::Ann, check_in(code()));
        world.ask(Who::Ann, &Command::Finish { proof: code(), minutes: 45, fee_fen, materials_fen }).map(|_| ())
    };
    let (fee, materials) = (Refusal::WrongPayment { field: "fee_fen" }, Refusal::WrongPayment { field: "materials_fen" });
    assert_eq!(paid(Payment::Free, 0, 0), Ok(()));
    assert_eq!(paid(Payment::Free, 1, 0), Err(fee.clone()));
    assert_eq!(paid(Payment::Free, 0, 1), Err(materials));
    assert_eq!(paid(Payment::AtCost, 0, 1), Ok(()));
    assert_eq!(paid(Payment::AtCost, 1, 1), Err(fee));
    assert_eq!(paid(Payment::Paid, 5000, 1200), Ok(()));
    assert_eq!(paid(Payment::Paid, -1, 0), Err(Refusal::OutOfRange { field: "fee_fen", min: 0, max: 10_000_000 }));
    assert_eq!(paid(Payment::Paid, 0, 10_000_001), Err(Refusal::OutOfRange { field: "materials_fen", min: 0, max: 10_000_000 }));
}

#[test]
fn only_the_taker_gives_it_back() {
    let world = World::accepted();
    for who in [Who::Wang, Who::Station, Who::Ben] {
        assert_eq!(world.refused(who, release()), Refusal::NotYours { step: Step::Release });
    }
    assert!(world.acting(Who::Ann).is(Party::Taker));
    assert!(!world.acting(Who::Manager).manages.is_empty() && world.acting(Who::Manager).manages.contains(&TEAM));
}

#[test]
fn a_station_that_serves_is_the_side_of_the_taker() {
    let world = World::accepted();
    let mut acting = world.acting(Who::Ann);
    acting.parties.push(Party::Station);
    let tries = |absent| {
        let command = Command::NoShow { absent };
        world.with_facts(&acting, |facts| crate::order::decide(&world.order, &command, facts)).map(|decision| decision.order.state)
    };
    assert_eq!(tries(Side::Taker), Err(Refusal::OwnNoShow));
    assert_eq!(tries(Side::Resident), Ok(State::Cancelled));
}
