use super::world::{COUNTY, TOWNSHIP, Who, World, accept, code, division, finish, for_wang_by_phone, review, review_by, triage, wish};
use crate::order::{Command, DeadlineKind, Outcome, Party, Placing, Reason, Refusal, ReviewChannel, Ruling, State, Step};

fn mend(how: Reason) -> Command {
    Command::Mend { how }
}

/// Finished, placed by this one for Wang.
fn finished_for(placer: Who) -> World {
    let mut world = World::of(&for_wang_by_phone(), placer);
    world.must(Who::Station, triage(1));
    world.offer(&[Who::Ann]).unwrap();
    world.must(Who::Ann, accept(Who::Ann));
    world.must(Who::Ann, Command::CheckIn { proof: code() });
    world.must(Who::Ann, finish());
    world
}

/// Mended three times in vain; a decision is due.
fn mended_thrice() -> World {
    let mut world = World::finished();
    for _ in 0..2 {
        world.must(Who::Wang, review(1, false));
        world.must(Who::Ann, mend(Reason::Explained));
    }
    world.must(Who::Wang, review(1, false));
    world
}

#[test]
fn three_stars_and_solved_close_an_order() {
    for (stars, solved, closed) in [(3, true, true), (5, true, true), (2, true, false), (5, false, false), (1, false, false)] {
        let mut world = World::finished();
        world.must(Who::Wang, review(stars, solved));
        let expected = if closed { (State::Closed, Some(Outcome::Solved), 0) } else { (State::Mending, None, 1) };
        assert_eq!((world.order.state, world.order.outcome, world.order.mends), expected, "{stars} {solved}");
        assert_eq!(world.order.stars, Some(stars));
        assert_eq!(world.deadline(DeadlineKind::ReviewBy).met, Some(world.now));
        assert_eq!((world.reviews.len(), world.reviews[0].seq), (1, world.order.version));
    }
}

#[test]
fn stars_are_one_to_five_and_tags_few() {
    let world = World::finished();
    for stars in [0, 6] {
        assert_eq!(world.refused(Who::Wang, review(stars, true)), Refusal::OutOfRange { field: "stars", min: 1, max: 5 });
    }
    let tags = vec!["准时".to_owned(); 11];
    let many = Command::Review { id: uuid::Uuid::nil(), channel: ReviewChannel::Own, stars: 5, solved: true, tags };
    assert_eq!(world.refused(Who::Wang, many), Refusal::OutOfRange { field: "tags", min: 0, max: 10 });
}

#[test]
fn every_channel_has_its_people() {
    let world = finished_for(Who::Daughter);
    let tries = |channel| review_by(channel, 5, true);
    for (who, right) in [
        (Who::Wang, ReviewChannel::Own),
        (Who::Daughter, ReviewChannel::Proxy),
        (Who::Township, ReviewChannel::Callback),
        (Who::County, ReviewChannel::Callback),
    ] {
        for channel in [ReviewChannel::Own, ReviewChannel::Proxy, ReviewChannel::Callback] {
            if channel == right {
                assert!(world.ask(who, &tries(channel)).is_ok(), "{who:?} {channel}");
            } else {
                assert_eq!(world.refused(who, tries(channel)), Refusal::WrongReviewChannel, "{who:?} {channel}");
            }
        }
    }
    for who in [Who::Station, Who::Colleague, Who::Ben, Who::Grid, Who::Supervisor] {
        assert_eq!(world.refused(who, tries(ReviewChannel::Callback)), Refusal::NotYours { step: Step::Review }, "{who:?}");
    }
    assert_eq!(world.refused(Who::Ann, tries(ReviewChannel::Callback)), Refusal::NotYours { step: Step::Review });
}

#[test]
fn who_serves_never_reviews() {
    let mut world = World::triaged_for_a_team();
    world.offer(&[Who::Manager]).unwrap();
    let members = vec![Who::Mei.candidate(), Who::Min.candidate()];
    world.must(Who::Manager, Command::Accept { candidate: Who::Manager.candidate(), start: None, members });
    world.must(Who::Mei, Command::CheckIn { proof: code() });
    world.must(Who::Mei, finish());
    for who in [Who::Manager, Who::Mei] {
        let mut acting = world.acting(who);
        acting.parties.extend([Party::Above, Party::Placer]);
        for channel in [ReviewChannel::Callback, ReviewChannel::Proxy] {
            let command = review_by(channel, 5, true);
            let refusal = world.with_facts(&acting, |facts| crate::order::decide(&world.order, &command, facts)).unwrap_err();
            assert_eq!(refusal, Refusal::WrongReviewChannel, "{who:?}");
        }
    }
}

#[test]
fn a_station_does_not_review_what_it_wrote_down_itself() {
    let world = finished_for(Who::Station);
    assert_eq!(world.refused(Who::Station, review_by(ReviewChannel::Proxy, 5, true)), Refusal::NotYours { step: Step::Review });
    let world = finished_for(Who::Grid);
    assert!(world.ask(Who::Grid, &review_by(ReviewChannel::Proxy, 5, true)).is_ok());
}

#[test]
fn whoever_dispatched_does_not_call_back_however_high_it_has_risen() {
    let mut world = World::finished();
    world.must(Who::Station, Command::Escalate { reason: Reason::NoCapacity });
    assert_eq!(world.order.handler, division(TOWNSHIP));
    assert!(world.ask(Who::Township, &review_by(ReviewChannel::Callback, 5, true)).is_ok());
    assert_eq!(world.refused(Who::Station, review_by(ReviewChannel::Callback, 5, true)), Refusal::NotYours { step: Step::Review });
}

#[test]
fn at_the_root_the_supervisor_calls_back() {
    let mut world = World::of(&Placing { handler: division(COUNTY), ..wish() }, Who::Wang);
    world.must(Who::County, triage(1));
    world.offer(&[Who::Ann]).unwrap();
    world.must(Who::Ann, accept(Who::Ann));
    world.must(Who::Ann, Command::CheckIn { proof: code() });
    world.must(Who::Ann, finish());
    let callback = review_by(ReviewChannel::Callback, 4, true);
    assert_eq!(world.refused(Who::County, callback.clone()), Refusal::NotYours { step: Step::Review });
    world.must(Who::Supervisor, callback);
}

#[test]
fn nobody_reviews_twice() {
    let mut world = World::finished();
    world.must(Who::Wang, review(5, true));
    assert_eq!(world.refused(Who::Wang, review(1, false)), Refusal::ReviewClosed);
    assert!(world.allowed(Who::Wang).is_empty());
}

#[test]
fn what_nobody_reviews_closes_at_the_end_of_the_seventh_day() {
    let mut world = World::finished();
    assert_eq!(world.refused(Who::Timer, Command::DefaultReview), Refusal::NotDue);
    world.now = "2026-03-09T15:59:59Z".parse().unwrap();
    assert!(world.tick().is_empty());
    world.later(1);
    assert_eq!(world.tick(), [Step::DefaultReview]);
    assert_eq!((world.order.state, world.order.outcome, world.order.stars), (State::Closed, Some(Outcome::Unreviewed), None));
    assert!(world.tick().is_empty());
    let review_by = world.deadline(DeadlineKind::ReviewBy);
    assert_eq!((review_by.met, review_by.void, review_by.acted), (None, None, Some(world.now)));
}

#[test]
fn a_late_review_counts_for_thirty_days_and_changes_only_the_outcome() {
    for (stars, outcome) in [(4, Outcome::Solved), (2, Outcome::Unresolved)] {
        let mut world = World::finished();
        world.later(8 * 24 * 60).tick();
        let ended = world.order.ended_at;
        // 1 April is the thirtieth day after 2 March.
        world.now = "2026-04-01T15:59:00Z".parse().unwrap();
        let mut too_late = world.clone();
        assert_eq!(too_late.later(1).refused(Who::Wang, review(4, true)), Refusal::ReviewClosed);
        world.must(Who::Wang, review(stars, true));
        let order = &world.order;
        assert_eq!((order.state, order.outcome, order.mends, order.ended_at), (State::Closed, Some(outcome), 0, ended));
        assert_eq!(world.refused(Who::Wang, review(5, true)), Refusal::ReviewClosed, "once");
    }
}

#[test]
fn mending_leads_to_the_next_review() {
    for how in [Reason::Explained, Reason::Revisited] {
        let mut world = World::mending();
        assert_eq!(world.deadline(DeadlineKind::MendBy).due, world.now + super::world::minutes(4320));
        let before = world.order.finished_at;
        world.later(24 * 60).must(Who::Ann, mend(how));
        assert_eq!((world.order.state, world.deadline(DeadlineKind::MendBy).met), (State::Finished, Some(world.now)));
        assert_eq!(world.order.finished_at == before, how == Reason::Explained);
        assert_eq!(world.deadline(DeadlineKind::ReviewBy).due.to_rfc3339(), "2026-03-10T16:00:00+00:00");
        world.must(Who::Wang, review(4, true));
        assert_eq!((world.order.outcome, world.order.mends), (Some(Outcome::Solved), 1));
    }
    let wrong = mend(Reason::Other);
    assert_eq!(World::mending().refused(Who::Ann, wrong), Refusal::WrongReason { step: Step::Mend, reason: Reason::Other });
}

#[test]
fn a_new_visit_is_dispatched_anew() {
    let mut world = World::mending();
    world.must(Who::Station, mend(Reason::NewVisit));
    assert_eq!((world.order.state, world.order.taker, world.order.returns), (State::Queued, None, 0));
    assert!(world.deadline(DeadlineKind::DispatchBy).is_waiting());
    world.offer(&[Who::Ben]).unwrap();
    world.must(Who::Ben, accept(Who::Ben));
    assert_eq!((world.order.round, world.order.matched), (2, Some(true)), "the first round was a match");
}

#[test]
fn the_third_mending_is_decided_by_the_division_above() {
    let world = mended_thrice();
    let order = &world.order;
    assert_eq!((order.state, order.mends, order.decision_due), (State::Mending, 3, true));
    assert_eq!(order.handler, division(TOWNSHIP));
    let [.., reviewed, escalated] = &world.events[..] else { panic!("two events") };
    assert_eq!((reviewed.step, reviewed.handler.as_str()), (Step::Review, super::world::COMMUNITY));
    assert_eq!((escalated.step, escalated.reason, escalated.actor), (Step::Escalate, Some(Reason::ThirdMending), None));
    assert!(world.allowed(Who::Township).contains(&Step::Decide));
    assert!(!world.allowed(Who::Station).contains(&Step::Decide));
}

#[test]
fn a_fourth_mending_closes_as_unresolved() {
    let mut world = mended_thrice();
    world.must(Who::Township, Command::Decide { ruling: Ruling::Keep, handler: None, reason: Reason::ThirdMending });
    world.must(Who::Ann, mend(Reason::Revisited));
    world.must(Who::Wang, review(1, false));
    let order = &world.order;
    assert_eq!((order.state, order.outcome, order.mends), (State::Closed, Some(Outcome::Unresolved), 3));
    assert!(!order.decision_due && order.bound);
}
