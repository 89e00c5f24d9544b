use super::world::{TOWNSHIP, World, division, minutes};
use crate::order::{Event, Party, ReplayError, State, Step, replay};

/// A history with something changed in it.
fn forged(change: impl FnOnce(&mut Vec<Event>)) -> ReplayError {
    let mut events = World::mending().events;
    change(&mut events);
    replay(&events).unwrap_err()
}

#[test]
fn a_history_says_where_the_order_stands() {
    let world = World::mending();
    let replayed = replay(&world.events).unwrap();
    assert_eq!((replayed.state, replayed.version, replayed.mends), (State::Mending, world.order.version, 1));
    assert_eq!((replayed.placed_at, replayed.changed_at), (world.order.placed_at, world.order.changed_at));
    let text = serde_json::to_string(&world.events).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Event>>(&text).unwrap(), world.events);
}

#[test]
fn a_forged_history_is_found() {
    assert_eq!(forged(Vec::clear), ReplayError::Empty);
    assert_eq!(forged(|events| drop(events.remove(2))), ReplayError::Gap { seq: 4, expected: 3 });
    assert_eq!(forged(|events| drop(events.remove(0))), ReplayError::Gap { seq: 2, expected: 1 });
    assert_eq!(forged(|events| events[0].step = Step::Triage), ReplayError::Beginning { seq: 1 });
    assert_eq!(forged(|events| events[1].step = Step::Place), ReplayError::Beginning { seq: 2 });
    assert_eq!(forged(|events| events[0].to = State::Queued), ReplayError::Step { seq: 1, step: Step::Place, to: State::Queued });
    assert_eq!(forged(|events| events[2].from = Some(State::Placed)), ReplayError::From { seq: 3, state: State::Queued });
    assert_eq!(forged(|events| events[2].to = State::Serving), ReplayError::Step { seq: 3, step: Step::Offer, to: State::Serving });
    assert_eq!(forged(|events| events[3].at -= minutes(1)), ReplayError::Time { seq: 4 });
    assert_eq!(forged(|events| events[3].returns = 1), ReplayError::Field { seq: 4, field: "returns" });
    assert_eq!(forged(|events| events[6].mends = 0), ReplayError::Field { seq: 7, field: "mends" });
    assert_eq!(forged(|events| events[4].handler = division(TOWNSHIP)), ReplayError::Field { seq: 5, field: "handler" });
    let by = ReplayError::By { seq: 4, step: Step::Accept, party: Party::Station };
    assert_eq!(forged(|events| events[3].party = Party::Station), by);
}
