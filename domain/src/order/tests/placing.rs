use super::world::{COMMUNITY, COUNTY, NEIGHBOUR, TOWNSHIP, Who, World, division, for_wang_by_phone, minutes, morning, placing, wish};
use crate::order::{Basis, Channel, DeadlineKind, Party, Placing, Refusal, State, Step, Window};

fn refusal(wish: &Placing, who: Who) -> Refusal {
    placing(wish, who).unwrap_err()
}

#[test]
fn a_resident_places_for_themselves() {
    let decision = placing(&Placing { basis: Some(Basis::Consent), ..wish() }, Who::Wang).unwrap();
    let order = &decision.order;
    assert_eq!((order.state, order.version, order.round, order.returns), (State::Placed, 1, 0, 0));
    assert_eq!((order.placed_by, order.placer), (Who::Wang.account(), Some(Who::Wang.person())));
    assert_eq!(order.basis, None, "nobody needs a basis to act for themselves");
    assert_eq!(order.policy_version, "default-1");
    let event = &decision.events[0];
    assert_eq!((event.seq, event.step, event.from, event.party), (1, Step::Place, None, Party::Subject));
}

#[test]
fn the_clocks_of_triage_and_dispatch_run_from_placing() {
    let world = World::placed();
    let limits = world.policy.limits(world.order.urgency);
    assert_eq!(world.deadline(DeadlineKind::TriageBy).due, morning() + minutes(limits.triage.into()));
    assert_eq!(world.deadline(DeadlineKind::DispatchBy).due, morning() + minutes(limits.dispatch.into()));
    assert_eq!(world.deadlines.len(), 2);
}

#[test]
fn who_places_for_another_says_on_what_basis() {
    assert_eq!(refusal(&wish(), Who::Daughter), Refusal::BasisRequired);
    assert_eq!(refusal(&wish(), Who::Station), Refusal::BasisRequired);
    for (who, party) in [(Who::Daughter, Party::Placer), (Who::Station, Party::Station), (Who::Grid, Party::Grid)] {
        let decision = placing(&for_wang_by_phone(), who).unwrap();
        assert_eq!(decision.events[0].party, party);
        assert_eq!(decision.order.basis, Some(Basis::Consent));
        assert_eq!(decision.order.subject, Who::Wang.person());
    }
}

#[test]
fn hotline_orders_and_only_they_name_a_ticket() {
    let ticket = Some("12345-1".to_owned());
    assert_eq!(refusal(&Placing { external_ref: ticket.clone(), ..for_wang_by_phone() }, Who::Station), Refusal::TicketMismatch);
    let hotline = Placing { channel: Channel::Hotline, ..for_wang_by_phone() };
    assert_eq!(refusal(&hotline, Who::Station), Refusal::TicketMismatch);
    assert!(placing(&Placing { external_ref: ticket, ..hotline }, Who::Station).is_ok());
}

#[test]
fn the_handler_lies_at_or_above_the_place_and_inside_the_region() {
    for handler in [COMMUNITY, TOWNSHIP, COUNTY] {
        assert!(placing(&Placing { handler: division(handler), ..wish() }, Who::Wang).is_ok(), "{handler}");
    }
    for handler in [NEIGHBOUR, "2308", "230823"] {
        assert_eq!(refusal(&Placing { handler: division(handler), ..wish() }, Who::Wang), Refusal::WrongDivision, "{handler}");
    }
}

#[test]
fn what_is_wanted_lies_ahead() {
    let wanted = |start: i64, end: i64| {
        let wanted = Some(Window { start: morning() + minutes(start), end: morning() + minutes(end) });
        placing(&Placing { wanted, ..wish() }, Who::Wang).map(|_| ())
    };
    assert_eq!(wanted(60, 120), Ok(()));
    assert_eq!(wanted(-5, 60), Ok(()), "a click takes its time");
    assert_eq!(wanted(-6, 60), Err(Refusal::WrongTime));
    assert_eq!(wanted(-5, 0), Err(Refusal::WrongTime), "it is over");
    assert_eq!(wanted(60, 60), Err(Refusal::WrongTime));
    assert_eq!(wanted(91 * 24 * 60, 92 * 24 * 60), Err(Refusal::WrongTime));
}

#[test]
fn a_service_takes_one_to_720_minutes() {
    for (minutes, right) in [(0, false), (1, true), (720, true), (721, false)] {
        let placed = placing(&Placing { minutes, ..wish() }, Who::Wang);
        assert_eq!(placed.is_ok(), right, "{minutes}");
        if !right {
            assert_eq!(placed.unwrap_err(), Refusal::OutOfRange { field: "minutes", min: 1, max: 720 });
        }
    }
}
