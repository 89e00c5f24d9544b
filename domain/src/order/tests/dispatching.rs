use chrono::NaiveDate;

use super::world::{
    COMMUNITY, COUNTY, CRAFT, NEIGHBOUR, TEAM, Who, World, accept, candidate, division, minutes, morning, release, triage, wish,
};
use crate::dispatch::{Candidate, Ineligible};
use crate::order::{Command, DeadlineKind, Group, OfferState, Placing, Reason, Refusal, State, Step, Taker, Taking, Urgency, Window};
use uuid::Uuid;

fn offer(takers: Vec<Taking>) -> Command {
    Command::Offer { takers }
}

fn accept_at(who: Who, start: chrono::DateTime<chrono::Utc>) -> Command {
    Command::Accept { candidate: who.candidate(), start: Some(start), members: Vec::new() }
}

/// Wanted tomorrow from nine to five; offered to Ann.
fn wanted_tomorrow() -> World {
    let wanted = Some(Window { start: morning() + minutes(24 * 60), end: morning() + minutes(32 * 60) });
    let mut world = World::of(&Placing { wanted, ..wish() }, Who::Wang);
    world.must(Who::Station, triage(1));
    world.offer(&[Who::Ann]).unwrap();
    world
}

#[test]
fn triage_says_what_the_order_is() {
    let mut world = World::placed();
    world
        .later(10)
        .must(Who::Station, Command::Triage { craft: CRAFT, group: Group::Minor, urgency: Urgency::High, minutes: 90, people_needed: 3 });
    let order = &world.order;
    assert_eq!((order.state, order.urgency, order.minutes, order.people_needed), (State::Queued, Urgency::High, 90, 3));
    assert_eq!(world.deadline(DeadlineKind::TriageBy).met, Some(world.now));
    let wrong =
        |minutes, people_needed| Command::Triage { craft: CRAFT, group: Group::Minor, urgency: Urgency::High, minutes, people_needed };
    assert_eq!(world.refused(Who::Station, wrong(0, 1)), Refusal::OutOfRange { field: "minutes", min: 1, max: 720 });
    assert_eq!(world.refused(Who::Station, wrong(60, 101)), Refusal::OutOfRange { field: "people_needed", min: 1, max: 100 });
    assert_eq!(world.refused(Who::Ann, triage(1)), Refusal::NotYours { step: Step::Triage });
    assert_eq!(world.refused(Who::NextStation, triage(1)), Refusal::NotYours { step: Step::Triage });
}

#[test]
fn another_division_takes_over_without_winning_time() {
    let mut world = World::placed();
    let transfer = |to: &str| Command::Transfer { to: division(to), reason: Reason::OtherDivision };
    assert_eq!(world.refused(Who::Station, transfer(COMMUNITY)), Refusal::WrongDivision);
    assert_eq!(world.refused(Who::Station, transfer("230823")), Refusal::WrongDivision);
    let wrong = Command::Transfer { to: division(NEIGHBOUR), reason: Reason::ResidentAbsent };
    assert_eq!(world.refused(Who::Station, wrong), Refusal::WrongReason { step: Step::Transfer, reason: Reason::ResidentAbsent });
    world.must(Who::Station, transfer(NEIGHBOUR));
    assert_eq!((world.order.state, world.order.returns, world.order.handler.as_str()), (State::Queued, 1, NEIGHBOUR));
    assert!(world.deadline(DeadlineKind::TriageBy).is_open());
    assert_eq!(world.deadlines.len(), 2);
    // The first offer stands for triage where the craft is known.
    world.later(5).offer(&[Who::Ann]).unwrap();
    assert_eq!(world.deadline(DeadlineKind::TriageBy).met, Some(world.now));
}

#[test]
fn without_a_craft_nothing_is_offered() {
    let mut world = World::of(&Placing { craft: None, ..wish() }, Who::Wang);
    world.must(Who::Station, Command::Transfer { to: division(NEIGHBOUR), reason: Reason::OtherDivision });
    assert_eq!(world.offer(&[Who::Ann]), Err(Refusal::NotTriaged));
    assert!(!world.allowed(Who::NextStation).contains(&Step::Offer));
    world.must(Who::NextStation, triage(1));
    world.offer(&[Who::Ann]).unwrap();
}

#[test]
fn the_first_offer_starts_the_clocks_once() {
    let mut world = World::triaged();
    world.later(20).offer(&[Who::Ann]).unwrap();
    let first = world.now;
    assert_eq!((world.order.round, world.order.dispatched_at), (1, Some(first)));
    assert_eq!(world.order.dispatched_on, NaiveDate::from_ymd_opt(2026, 3, 2));
    assert_eq!(world.order.dispatched_from, Some(division(COMMUNITY)));
    assert_eq!(world.offers[0].due, first + minutes(480));
    assert_eq!(world.deadline(DeadlineKind::DispatchBy).met, Some(first));
    let due = [DeadlineKind::AcceptBy, DeadlineKind::ArriveBy, DeadlineKind::FinishBy].map(|kind| world.deadline(kind).due);
    assert_eq!(due, [first + minutes(1440), first + minutes(60), first + minutes(2880)]);
    // A further ring belongs to the same round; a second attempt is a second round. Neither restarts a clock.
    world.later(5).offer(&[Who::Ben]).unwrap();
    assert_eq!((world.order.round, world.offers.len()), (1, 2));
    world.must(Who::Station, Command::Recall { reason: Reason::DispatcherChangedPlan });
    assert!(world.offers.iter().all(|offer| offer.state == OfferState::Withdrawn));
    assert_eq!((world.order.state, world.order.matched, world.order.returns), (State::Queued, Some(false), 0));
    world.later(5).offer(&[Who::Ann]).unwrap();
    assert_eq!((world.order.round, world.order.dispatched_at), (2, Some(first)));
    assert_eq!(world.deadlines_of(DeadlineKind::AcceptBy).len(), 1);
    assert_eq!(world.deadline(DeadlineKind::ArriveBy).due, first + minutes(60));
}

#[test]
fn the_day_of_dispatch_is_the_local_one() {
    let mut world = World::triaged();
    // 23:30 in UTC is half past seven of the next day in China.
    world.now = "2026-03-02T23:30:00Z".parse().unwrap();
    world.offer(&[Who::Ann]).unwrap();
    assert_eq!(world.order.dispatched_on, NaiveDate::from_ymd_opt(2026, 3, 3));
}

#[test]
fn offers_go_to_those_who_may_serve() {
    let mut world = World::triaged();
    let idle = Candidate { active: false, ..Who::Ben.candidate() };
    let takers = vec![world.taking(Who::Ann.candidate()), world.taking(idle)];
    assert_eq!(world.refused(Who::Station, offer(takers)), Refusal::NotEligible { offer: Some(1), rules: vec![Ineligible::NotActive] });
    let wang = vec![world.taking(Who::Wang.candidate())];
    assert_eq!(world.refused(Who::Station, offer(wang)), Refusal::NotEligible { offer: Some(0), rules: vec![Ineligible::IsSubject] });
    assert_eq!(world.refused(Who::Station, offer(Vec::new())), Refusal::OutOfRange { field: "takers", min: 1, max: 20 });
    let many = (0..21).map(|_| candidate(Taker::Person(world.fresh()))).collect::<Vec<_>>();
    let many = many.into_iter().map(|candidate| world.taking(candidate)).collect();
    assert_eq!(world.refused(Who::Station, offer(many)), Refusal::OutOfRange { field: "takers", min: 1, max: 20 });
}

#[test]
fn nobody_is_asked_twice_at_once() {
    let mut world = World::offered_to(&[Who::Ann]);
    assert_eq!(world.offer(&[Who::Ben, Who::Ann]), Err(Refusal::AlreadyOffered { offer: 1 }));
    assert_eq!(world.offer(&[Who::Ben, Who::Ben]), Err(Refusal::AlreadyOffered { offer: 1 }));
}

#[test]
fn nobody_dispatches_to_themselves() {
    let mut world = World::triaged();
    assert_eq!(world.offer(&[Who::Station]), Err(Refusal::SelfDispatch));
    let mut acting = world.acting(Who::Station);
    acting.manages.push(TEAM);
    let takers = vec![world.taking(Who::Manager.candidate())];
    let refusal = world.with_facts(&acting, |facts| crate::order::decide(&world.order, &offer(takers), facts)).unwrap_err();
    assert_eq!(refusal, Refusal::SelfDispatch);
}

#[test]
fn what_needs_several_people_goes_to_a_team() {
    let mut world = World::triaged_for_a_team();
    assert_eq!(world.offer(&[Who::Ann]), Err(Refusal::NeedsTeam { needed: 2 }));
    world.offer(&[Who::Manager]).unwrap();
    let with = |members: Vec<Candidate>| Command::Accept { candidate: Who::Manager.candidate(), start: None, members };
    let one = vec![Who::Mei.candidate()];
    let twice = vec![Who::Mei.candidate(), Who::Mei.candidate()];
    let stranger = Candidate { belongs: false, ..Who::Stranger.candidate() };
    assert_eq!(world.refused(Who::Manager, with(one)), Refusal::WrongMembers { needed: 2, named: 1 });
    assert_eq!(world.refused(Who::Manager, with(twice)), Refusal::WrongMembers { needed: 2, named: 1 });
    assert_eq!(
        world.refused(Who::Manager, with(vec![Who::Mei.candidate(), stranger])),
        Refusal::NotEligible { offer: Some(1), rules: vec![Ineligible::NotMember] }
    );
    assert!(matches!(
        world.refused(Who::Manager, with(vec![Who::Mei.candidate(), candidate(Taker::Organisation(Uuid::nil()))])),
        Refusal::NotEligible { offer: Some(1), .. }
    ));
    world.must(Who::Manager, with(vec![Who::Mei.candidate(), Who::Min.candidate()]));
    assert_eq!(world.order.members, vec![Who::Mei.person(), Who::Min.person()]);
    let agreed = world.order.agreed.unwrap();
    assert_eq!(world.claims, vec![(Who::Mei.person(), agreed), (Who::Min.person(), agreed)]);
}

#[test]
fn a_team_may_name_its_members_later_and_others_again() {
    let mut world = World::triaged_for_a_team();
    world.offer(&[Who::Manager]).unwrap();
    world.must(Who::Manager, accept(Who::Manager));
    assert!(world.claims.is_empty());
    let assign = |who: [Who; 2]| Command::AssignMembers { members: who.map(Who::candidate).into() };
    world.must(Who::Manager, assign([Who::Mei, Who::Min]));
    world.must(Who::Manager, assign([Who::Mei, Who::Mo]));
    let agreed = world.order.agreed.unwrap();
    assert_eq!(world.claims, vec![(Who::Mei.person(), agreed), (Who::Mo.person(), agreed)]);
    let one = Command::AssignMembers { members: vec![Who::Mei.candidate()] };
    assert_eq!(world.refused(Who::Manager, one), Refusal::WrongMembers { needed: 2, named: 1 });
    let busy = Candidate { busy: vec![agreed], ..Who::Mo.candidate() };
    let busy = Command::AssignMembers { members: vec![Who::Mei.candidate(), busy] };
    assert_eq!(world.refused(Who::Manager, busy), Refusal::NotEligible { offer: Some(1), rules: vec![Ineligible::Busy] });
    assert_eq!(world.refused(Who::Mei, assign([Who::Mei, Who::Min])), Refusal::NotYours { step: Step::AssignMembers });
}

#[test]
fn a_single_taker_has_no_members() {
    let world = World::offered_to(&[Who::Ann]);
    let command = Command::Accept { candidate: Who::Ann.candidate(), start: None, members: vec![Who::Mei.candidate()] };
    assert_eq!(world.refused(Who::Ann, command), Refusal::WrongMembers { needed: 0, named: 1 });
    let world = World::accepted();
    let command = Command::AssignMembers { members: vec![Who::Mei.candidate()] };
    assert_eq!(world.refused(Who::Ann, command), Refusal::NotYours { step: Step::AssignMembers });
}

#[test]
fn accepting_binds_the_taker_and_takes_the_other_offers_back() {
    let mut world = World::offered_to(&[Who::Ann, Who::Ben]);
    world.later(10).must(Who::Ann, accept(Who::Ann));
    let order = &world.order;
    let agreed = Window { start: world.now, end: world.now + minutes(60) };
    assert_eq!((order.state, order.taker, order.agreed), (State::Accepted, Some(Who::Ann.taker()), Some(agreed)));
    assert_eq!(order.matched, Some(true));
    assert_eq!(world.offers.iter().map(|offer| offer.state).collect::<Vec<_>>(), [OfferState::Accepted, OfferState::Withdrawn]);
    assert_eq!(world.claims, vec![(Who::Ann.person(), agreed)]);
    assert_eq!(world.deadline(DeadlineKind::AcceptBy).met, Some(world.now));
    for (kind, limit) in [(DeadlineKind::ArriveBy, 60), (DeadlineKind::FinishBy, 2880)] {
        let [from_dispatch, from_start] = world.deadlines_of(kind)[..] else { panic!("{kind} was not opened anew") };
        assert_eq!(from_dispatch.void, Some(Reason::Agreed));
        assert_eq!(from_start.due, agreed.start + minutes(limit));
    }
}

#[test]
fn exactly_one_accepts() {
    let takers = [Who::Ann, Who::Ben, Who::Cai, Who::Manager];
    for winner in takers {
        let mut world = World::offered_to(&takers);
        world.must(winner, accept(winner));
        for other in takers {
            let refusal = world.refused(other, accept(other));
            assert!(matches!(refusal, Refusal::NotInState { step: Step::Accept, state: State::Accepted, .. }), "{refusal:?}");
        }
    }
}

#[test]
fn nobody_accepts_what_was_offered_to_others() {
    let mut world = World::offered_to(&[Who::Ann]);
    assert_eq!(world.refused(Who::Ben, accept(Who::Ben)), Refusal::NoOpenOffer);
    assert_eq!(world.refused(Who::Ben, accept(Who::Ann)), Refusal::NoOpenOffer);
    world.offer(&[Who::Ben]).unwrap();
    assert_eq!(world.refused(Who::Ben, accept(Who::Ann)), Refusal::NoOpenOffer);
    assert_eq!(world.refused(Who::Ben, Command::Decline { taker: Who::Ann.taker(), reason: Reason::TooFar }), Refusal::NoOpenOffer);
}

#[test]
fn an_offer_has_its_own_end() {
    let mut world = World::offered_to(&[Who::Ann]);
    let acting = world.acting(Who::Ann);
    world.later(479);
    assert!(world.ask(Who::Ann, &accept(Who::Ann)).is_ok());
    world.later(1);
    assert_eq!(world.refused(Who::Ann, accept(Who::Ann)), Refusal::NoOpenOffer);
    // The same for whoever was known to have an open offer a moment ago.
    let refusal = world.with_facts(&acting, |facts| crate::order::decide(&world.order, &accept(Who::Ann), facts)).unwrap_err();
    assert_eq!(refusal, Refusal::NoOpenOffer);
}

#[test]
fn eligibility_is_asked_again_at_the_moment_of_acceptance() {
    let world = World::offered_to(&[Who::Ann]);
    let ann = Who::Ann.candidate();
    let try_as = |candidate: Candidate| match world.refused(Who::Ann, Command::Accept { candidate, start: None, members: Vec::new() }) {
        Refusal::NotEligible { offer: None, rules } => rules,
        other => panic!("{other:?}"),
    };
    assert_eq!(try_as(Candidate { active: false, ..ann.clone() }), [Ineligible::NotActive]);
    assert_eq!(try_as(Candidate { certificates: Vec::new(), ..ann.clone() }), [Ineligible::NotCertified]);
    let busy = Window { start: world.now + minutes(59), end: world.now + minutes(90) };
    assert_eq!(try_as(Candidate { busy: vec![busy], ..ann }), [Ineligible::Busy]);
}

#[test]
fn the_start_lies_within_what_is_wanted() {
    let world = wanted_tomorrow();
    let tomorrow = morning() + minutes(24 * 60);
    assert_eq!(world.ask(Who::Ann, &accept(Who::Ann)).unwrap().order.agreed.unwrap().start, tomorrow);
    assert!(world.ask(Who::Ann, &accept_at(Who::Ann, tomorrow + minutes(479))).is_ok());
    for wrong in [-60, -1, 480, 1000] {
        assert_eq!(world.refused(Who::Ann, accept_at(Who::Ann, tomorrow + minutes(wrong))), Refusal::WrongTime, "{wrong}");
    }
}

#[test]
fn when_the_time_wanted_is_over_any_coming_time_will_do() {
    let mut world = wanted_tomorrow();
    world.must(Who::Ann, Command::Decline { taker: Who::Ann.taker(), reason: Reason::NotAvailable });
    world.later(3 * 24 * 60).offer(&[Who::Ann]).unwrap();
    let agreed = world.ask(Who::Ann, &accept(Who::Ann)).unwrap().order.agreed.unwrap();
    assert_eq!(agreed.start, world.now);
}

#[test]
fn nobody_starts_in_the_past() {
    let mut world = World::offered_to(&[Who::Ann]);
    world.later(60);
    assert!(world.ask(Who::Ann, &accept_at(Who::Ann, world.now - minutes(5))).is_ok());
    assert_eq!(world.refused(Who::Ann, accept_at(Who::Ann, world.now - minutes(6))), Refusal::WrongTime);
    assert_eq!(world.refused(Who::Ann, accept_at(Who::Ann, world.now + minutes(91 * 24 * 60))), Refusal::WrongTime);
}

#[test]
fn the_last_no_leads_back_to_the_queue() {
    let mut world = World::offered_to(&[Who::Ann, Who::Ben]);
    let decline = |who: Who| Command::Decline { taker: who.taker(), reason: Reason::TooFar };
    world.must(Who::Ann, decline(Who::Ann));
    assert_eq!((world.order.state, world.order.matched), (State::Offered, None));
    assert_eq!(world.refused(Who::Ann, accept(Who::Ann)), Refusal::NoOpenOffer);
    world.must(Who::Ben, decline(Who::Ben));
    assert_eq!((world.order.state, world.order.matched, world.order.returns), (State::Queued, Some(false), 0));
    assert_eq!(world.offers[0].reason, Some(Reason::TooFar));
    let wrong = Command::Decline { taker: Who::Ann.taker(), reason: Reason::Agreed };
    world.offer(&[Who::Ann]).unwrap();
    assert_eq!(world.refused(Who::Ann, wrong), Refusal::WrongReason { step: Step::Decline, reason: Reason::Agreed });
    // Accepted in the second round: served, but no match.
    world.must(Who::Ann, accept(Who::Ann));
    assert_eq!(world.order.matched, Some(false));
}

#[test]
fn what_goes_back_is_free_and_has_a_clock_again() {
    let mut world = World::accepted();
    world.later(10).must(Who::Ann, release());
    let order = &world.order;
    assert_eq!((order.state, order.returns, order.taker, order.agreed), (State::Queued, 1, None, None));
    assert!(world.claims.is_empty());
    assert_eq!(world.deadline(DeadlineKind::ArriveBy).void, Some(Reason::NotAvailable));
    assert_eq!(world.deadline(DeadlineKind::FinishBy).void, Some(Reason::NotAvailable));
    assert_eq!(world.deadline(DeadlineKind::DispatchBy).due, world.now + minutes(1440));
    let wrong = Command::Release { reason: Reason::Agreed };
    assert_eq!(World::accepted().refused(Who::Ann, wrong), Refusal::WrongReason { step: Step::Release, reason: Reason::Agreed });
}

#[test]
fn an_arrival_once_missed_stays_missed() {
    let mut world = World::accepted();
    world.later(61).must(Who::Ann, release());
    let missed = world.deadline(DeadlineKind::ArriveBy).clone();
    assert!(missed.is_open() && !missed.is_waiting());
    world.offer(&[Who::Ben]).unwrap();
    world.must(Who::Ben, accept(Who::Ben));
    world.must(Who::Ben, Command::CheckIn { proof: super::world::code() });
    let of_kind = world.deadlines_of(DeadlineKind::ArriveBy);
    assert!(of_kind.contains(&&missed), "the arrival of the next taker does not heal it");
    assert_eq!(of_kind.last().unwrap().met, Some(world.now));
}

#[test]
fn time_never_runs_back() {
    let mut world = World::triaged();
    world.later(30).offer(&[Who::Ann]).unwrap();
    let offered = world.order.changed_at;
    world.later(-20).must(Who::Ann, accept(Who::Ann));
    assert_eq!(world.order.changed_at, offered);
    assert_eq!(world.events.last().unwrap().at, offered);
}

#[test]
fn the_root_of_the_region_dispatches_too() {
    let mut world = World::of(&Placing { handler: division(COUNTY), ..wish() }, Who::Wang);
    world.must(Who::County, triage(1));
    world.offer(&[Who::Ann]).unwrap();
    assert_eq!(world.order.dispatched_from, Some(division(COUNTY)));
}
