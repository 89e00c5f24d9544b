use super::world::{Who, World, minutes, morning};
use crate::order::{Contact, ContactKind, Exclusion, Order, Party, Refusal, contact, exclude};
use uuid::Uuid;

fn call(world: &World, who: Who, contact_made: &Contact) -> Result<Order, Refusal> {
    let acting = world.acting(who);
    world.with_facts(&acting, |facts| contact(&world.order, contact_made, facts))
}

fn first_contact(at: i64, reached: bool) -> Contact {
    Contact {
        id: Uuid::from_u128(1),
        kind: ContactKind::FirstContact,
        at: morning() + minutes(at),
        by: Who::Station.account(),
        reached,
        solved: None,
        satisfied: None,
    }
}

fn callback(reached: bool, solved: Option<bool>, satisfied: Option<bool>) -> Contact {
    Contact { kind: ContactKind::Callback, solved, satisfied, ..first_contact(0, reached) }
}

#[test]
fn the_first_contact_counts_once_and_only_if_the_person_was_reached() {
    let mut world = World::placed();
    world.later(3000);
    let missed = call(&world, Who::Station, &first_contact(5, false)).unwrap();
    assert_eq!((missed.first_contact_at, missed.version), (None, world.order.version));
    for (at, in_time) in [(1440, true), (1441, false)] {
        let reached = call(&world, Who::Station, &first_contact(at, true)).unwrap();
        assert_eq!(reached.first_contact_at, Some(morning() + minutes(at)));
        assert_eq!(reached.first_contact_in_time, Some(in_time));
    }
    world.order = call(&world, Who::Station, &first_contact(1441, true)).unwrap();
    let again = call(&world, Who::Station, &first_contact(5, true)).unwrap();
    assert_eq!(again, world.order);
}

#[test]
fn a_contact_lies_between_placing_and_now() {
    let mut world = World::placed();
    world.later(10);
    assert_eq!(call(&world, Who::Station, &first_contact(-1, true)), Err(Refusal::WrongTime));
    assert_eq!(call(&world, Who::Station, &first_contact(11, true)), Err(Refusal::WrongTime));
}

#[test]
fn a_callback_that_reached_the_person_says_both() {
    let world = World::finished();
    let after = call(&world, Who::Township, &callback(true, Some(true), Some(false))).unwrap();
    assert_eq!((after.callback_solved, after.callback_satisfied), (Some(true), Some(false)));
    assert_eq!(call(&world, Who::Township, &callback(false, None, None)).unwrap(), world.order);
    for wrong in [callback(true, None, Some(true)), callback(true, Some(true), None), callback(false, Some(true), None)] {
        assert_eq!(call(&world, Who::Township, &wrong), Err(Refusal::ContactAnswers));
    }
    let answered = Contact { solved: Some(true), ..first_contact(0, true) };
    assert_eq!(call(&world, Who::Township, &answered), Err(Refusal::ContactAnswers));
}

#[test]
fn stations_speak_with_residents_and_nobody_about_their_own_service() {
    let world = World::finished();
    let of: &[Party] = &[Party::Station, Party::Above];
    for who in [Who::Ann, Who::Wang, Who::Stranger] {
        assert_eq!(call(&world, who, &callback(false, None, None)), Err(Refusal::NotAParty { of }));
    }
    let mut acting = world.acting(Who::Station);
    acting.parties.push(Party::Taker);
    let refusal = world.with_facts(&acting, |facts| contact(&world.order, &callback(true, Some(true), Some(true)), facts));
    assert_eq!(refusal, Err(Refusal::WrongReviewChannel));
}

#[test]
fn two_people_leave_an_order_out_of_the_measures() {
    let mut world = World::placed();
    let ask = |world: &World, who: Who, to, proposed_by: Option<Who>| {
        let acting = world.acting(who);
        world.with_facts(&acting, |facts| exclude(&world.order, to, proposed_by.map(Who::account), facts))
    };
    for who in [Who::Ann, Who::Wang, Who::Supervisor] {
        assert!(matches!(ask(&world, who, Exclusion::Proposed, None), Err(Refusal::NotAParty { .. })));
    }
    assert_eq!(ask(&world, Who::Station, Exclusion::Confirmed, None), Err(Refusal::ExclusionState));
    world.order = ask(&world, Who::Station, Exclusion::Proposed, None).unwrap();
    assert_eq!(world.order.exclusion, Exclusion::Proposed);
    assert_eq!(ask(&world, Who::Station, Exclusion::Confirmed, Some(Who::Station)), Err(Refusal::SecondPersonNeeded));
    assert_eq!(ask(&world, Who::Colleague, Exclusion::Confirmed, None), Err(Refusal::SecondPersonNeeded));
    assert!(matches!(ask(&world, Who::Ann, Exclusion::Confirmed, Some(Who::Station)), Err(Refusal::NotAParty { .. })));
    for who in [Who::Colleague, Who::Township, Who::Supervisor] {
        for to in [Exclusion::Confirmed, Exclusion::Rejected] {
            let after = ask(&world, who, to, Some(Who::Station)).unwrap();
            assert_eq!((after.exclusion, after.version), (to, world.order.version));
            let settled = World { order: after, ..world.clone() };
            for again in [Exclusion::None, Exclusion::Proposed, Exclusion::Confirmed, Exclusion::Rejected] {
                assert_eq!(ask(&settled, Who::Township, again, Some(Who::Station)), Err(Refusal::ExclusionState));
            }
        }
    }
}
