use super::world::{COUNTY, TEAM, Who, World, accept, for_wang_by_phone, triage};
use crate::identity::{Actor, Grant, Role};
use crate::order::{Offer, Party, Step, above_dispatcher, acting, allowed, may_read, parties};
use crate::vocabulary::Vocabulary;

fn of(world: &World, who: Who) -> Vec<Party> {
    parties(&world.order, &who.actor(), &world.offers)
}

#[test]
fn everybody_stands_where_they_stand() {
    let mut world = World::of(&for_wang_by_phone(), Who::Daughter);
    world.must(Who::Station, triage(1));
    world.offer(&[Who::Ann, Who::Manager]).unwrap();
    let expected: [(Who, &[Party]); 12] = [
        (Who::Wang, &[Party::Subject]),
        (Who::Daughter, &[Party::Placer]),
        (Who::Station, &[Party::Station]),
        (Who::Colleague, &[Party::Station]),
        (Who::NextStation, &[]),
        (Who::Township, &[Party::Station, Party::Above]),
        (Who::County, &[Party::Station, Party::Above]),
        (Who::Supervisor, &[Party::Supervisor]),
        (Who::Grid, &[Party::Grid]),
        (Who::Ann, &[Party::Offered]),
        (Who::Manager, &[Party::Offered]),
        (Who::Stranger, &[]),
    ];
    for (who, parties) in expected {
        assert_eq!(of(&world, who), parties, "{who:?}");
    }
    world.must(Who::Ann, accept(Who::Ann));
    assert_eq!(of(&world, Who::Ann), [Party::Taker]);
    assert_eq!(of(&world, Who::Manager), [], "an offer that was taken back gives no relation");
}

#[test]
fn a_team_acts_through_its_manager_and_members() {
    let mut world = World::triaged_for_a_team();
    world.offer(&[Who::Manager]).unwrap();
    let members = vec![Who::Mei.candidate(), Who::Min.candidate()];
    world.must(Who::Manager, crate::order::Command::Accept { candidate: Who::Manager.candidate(), start: None, members });
    assert_eq!(of(&world, Who::Manager), [Party::Taker]);
    assert_eq!(of(&world, Who::Mei), [Party::Member]);
    assert_eq!(of(&world, Who::Mo), []);
    assert_eq!(acting(&world.order, &Who::Manager.actor(), &[]).manages, [TEAM]);
}

#[test]
fn the_person_served_is_not_their_own_placer() {
    assert_eq!(of(&World::placed(), Who::Wang), [Party::Subject]);
}

#[test]
fn at_the_root_nothing_lies_above_within_the_region() {
    let mut world = World::finished();
    assert!(above_dispatcher(&world.order, &Who::Township.actor()));
    assert!(!above_dispatcher(&world.order, &Who::Station.actor()));
    assert!(!above_dispatcher(&world.order, &Who::Supervisor.actor()));
    world.order.dispatched_from = Some(super::world::division(COUNTY));
    assert!(!above_dispatcher(&world.order, &Who::County.actor()));
    assert!(above_dispatcher(&world.order, &Who::Supervisor.actor()));
    world.order.dispatched_from = None;
    assert!(!above_dispatcher(&world.order, &Who::Supervisor.actor()));
}

#[test]
fn parties_and_the_stations_of_the_place_may_read() {
    let mut world = World::finished();
    world.order.handler = super::world::division(COUNTY);
    let may = |who: Who| may_read(&world.order, &of(&world, who), &who.actor());
    for who in [Who::Wang, Who::Station, Who::Township, Who::County, Who::Supervisor, Who::Grid, Who::Ann] {
        assert!(may(who), "{who:?}");
    }
    for who in [Who::NextStation, Who::Ben, Who::Manager, Who::Stranger, Who::Daughter] {
        assert!(!may(who), "{who:?}");
    }
}

#[test]
fn roles_that_belong_to_no_order_give_no_relation() {
    let world = World::offered_to(&[Who::Ann]);
    let none: &[Offer] = &[];
    for role in [Role::SiteManager, Role::Merchant, Role::Evaluator, Role::Operator] {
        let grants = vec![Grant { role, scope: super::world::division(COUNTY), organisation: Some(TEAM) }];
        let actor = Actor { grants, ..Who::Stranger.actor() };
        assert_eq!(parties(&world.order, &actor, none), [], "{role}");
    }
}

#[test]
fn a_relation_that_the_table_does_not_name_allows_nothing() {
    for world in [World::placed(), World::offered_to(&[Who::Ann]), World::serving(), World::finished(), World::mending()] {
        for party in Party::ALL.iter().copied() {
            let acting = crate::order::Acting { account: None, person: None, parties: vec![party], manages: Vec::new() };
            let steps = allowed(&world.order, &acting, &world.policy, super::world::ZONE, world.now);
            assert!(steps.iter().all(|step| step.by().contains(&party)));
            assert!(!steps.contains(&Step::Place));
        }
        assert!(world.allowed(Who::Stranger).is_empty());
    }
}
