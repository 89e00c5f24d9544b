//! Random walks: whatever anybody does at whatever time, no order gets where it must not be.

use std::collections::HashSet;

use proptest::prelude::*;

use super::arguments::commands;
use super::world::{COUNTY, Who, World, division, for_wang_by_phone, minutes, morning, wish};
use crate::order::{DeadlineKind, OfferState, Placing, Replayed, State, Step, Taker, Window, replay};
use crate::vocabulary::Vocabulary;

/// One thing that somebody tries.
#[derive(Clone, Debug)]
struct Try {
    who: usize,
    step: usize,
    argument: usize,
    /// Only what is allowed, else anything.
    sensible: bool,
    /// Minutes that pass before.
    pause: i64,
    /// The clock of this machine lags behind by as many minutes.
    lag: i64,
    /// Whether the clock is at work before.
    tick: bool,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let pause = prop_oneof![
        6 => 0..3_i64,
        4 => 5..40_i64,
        3 => 100..900_i64,
        1 => Just(3 * 24 * 60),
        1 => Just(8 * 24 * 60),
    ];
    let lag = prop_oneof![8 => Just(0_i64), 1 => 1..30_i64];
    let one = (0..1000_usize, 0..1000_usize, 0..1000_usize, prop::bool::weighted(0.85), pause, lag, prop::bool::weighted(0.4));
    let one = one.prop_map(|(who, step, argument, sensible, pause, lag, tick)| Try { who, step, argument, sensible, pause, lag, tick });
    prop::collection::vec(one, 1..70)
}

/// How the order comes in: by Wang, by the station, by the daughter for a time tomorrow, or to the root of the region.
#[derive(Clone, Copy, Debug)]
enum Begin {
    Own,
    Phone,
    Tomorrow,
    Root,
}

fn begins() -> impl Strategy<Value = Begin> {
    prop::sample::select(vec![Begin::Own, Begin::Phone, Begin::Tomorrow, Begin::Root])
}

fn begin(begin: Begin) -> World {
    let tomorrow = Window { start: morning() + minutes(24 * 60), end: morning() + minutes(32 * 60) };
    match begin {
        Begin::Own => World::of(&wish(), Who::Wang),
        Begin::Phone => World::of(&for_wang_by_phone(), Who::Station),
        Begin::Tomorrow => World::of(&Placing { wanted: Some(tomorrow), ..for_wang_by_phone() }, Who::Daughter),
        Begin::Root => World::of(&Placing { handler: division(COUNTY), position: None, ..wish() }, Who::Wang),
    }
}

fn pick<T: Copy>(choices: &[T], index: usize) -> Option<T> {
    choices.get(index.checked_rem(choices.len())?).copied()
}

/// Lets somebody try something. Answers whether it was taken.
fn attempt(world: &mut World, a_try: &Try) -> bool {
    world.later(a_try.pause);
    if a_try.tick {
        world.tick();
    }
    let Some((who, step)) = (if a_try.sensible { sensible(world, a_try) } else { anything(a_try) }) else { return false };
    let mut arguments = commands(world, step);
    if arguments.is_empty() {
        return false;
    }
    let first = a_try.argument % arguments.len();
    arguments.rotate_left(first);
    world.now -= minutes(a_try.lag);
    // Who is sensible tries on until something passes.
    let tries = if a_try.sensible { arguments.len() } else { 1 };
    let taken = arguments.iter().take(tries).any(|command| world.act(who, command).is_ok());
    world.now += minutes(a_try.lag);
    taken
}

fn anything(a_try: &Try) -> Option<(Who, Step)> {
    Some((pick(&Who::ALL, a_try.who)?, pick(Step::ALL, a_try.step)?))
}

/// A step that somebody may take now. What leads back or ends the order is tried less often than what leads on.
fn sensible(world: &World, a_try: &Try) -> Option<(Who, Step)> {
    let people = || Who::ALL.into_iter().filter(|who| *who != Who::Timer);
    let mut steps: Vec<Step> = people().flat_map(|who| world.allowed(who)).collect();
    steps.sort_unstable();
    steps.dedup();
    let leads_on = |step: &Step| {
        use Step::{Accept, CheckIn, Decide, Finish, Mend, Offer, Review, Triage};
        matches!(step, Triage | Offer | Accept | CheckIn | Finish | Review | Mend | Decide)
    };
    let on: Vec<Step> = steps.iter().copied().filter(leads_on).collect();
    let step = if on.is_empty() || a_try.argument.is_multiple_of(3) { pick(&steps, a_try.step)? } else { pick(&on, a_try.step)? };
    let able: Vec<Who> = people().filter(|who| world.allowed(*who).contains(&step)).collect();
    Some((pick(&able, a_try.who)?, step))
}

fn check(world: &World) {
    check_state(world);
    check_offers(world);
    check_deadlines(world);
    check_claims(world);
    let order = &world.order;
    let replayed = Replayed {
        state: order.state,
        version: order.version,
        handler: order.handler.clone(),
        returns: order.returns,
        mends: order.mends,
        round: order.round,
        appealed: order.appealed,
        bound: order.bound,
        placed_at: order.placed_at,
        changed_at: order.changed_at,
    };
    assert_eq!(replay(&world.events), Ok(replayed), "{:?}", world.steps());
}

fn check_state(world: &World) {
    let order = &world.order;
    let has_taker = match order.state {
        State::Placed | State::Queued | State::Offered | State::Refused => Some(false),
        State::Accepted | State::Serving | State::Finished | State::Mending | State::Closed => Some(true),
        State::Cancelled => None,
    };
    if let Some(has_taker) = has_taker {
        assert_eq!(order.taker.is_some(), has_taker, "taker in {}", order.state);
        assert_eq!(order.agreed.is_some(), has_taker, "agreed time in {}", order.state);
    }
    assert_eq!(order.ended_at.is_none(), order.state.is_open());
    assert_eq!(order.outcome.is_some(), order.state == State::Closed);
    assert!(order.proposal.is_none() || order.state == State::Accepted);
    assert!(!order.decision_due || order.state.is_open());
    assert!(order.mends <= world.policy.max_mends);
    assert!(order.region.covers(&order.handler));
    assert_eq!(order.dispatched_at.is_some(), order.round > 0);
    assert_eq!(order.dispatched_on.is_some(), order.round > 0);
    assert!(order.members.is_empty() || order.members.len() == usize::try_from(order.people_needed).unwrap());
    if order.state == State::Serving && matches!(order.taker, Some(Taker::Organisation(_))) {
        assert!(!order.members.is_empty());
    }
    if order.people_needed > 1 {
        assert!(!matches!(order.taker, Some(Taker::Person(_))));
    }
    // Nobody had accepted in the first round: then it was no match.
    assert!(order.round <= 1 || order.matched.is_some());
    assert_ne!(order.taker, Some(Who::Wang.taker()));
}

fn check_offers(world: &World) {
    let open = world.offers.iter().filter(|offer| offer.is_open());
    assert_eq!(open.clone().count() > 0, world.order.state == State::Offered);
    assert!(open.clone().all(|offer| offer.round == world.order.round));
    let takers: HashSet<Taker> = open.clone().map(|offer| offer.taker).collect();
    assert_eq!(takers.len(), open.count(), "one taker, one open offer");
    let mut accepted: Vec<i32> = world.offers.iter().filter(|offer| offer.state == OfferState::Accepted).map(|offer| offer.round).collect();
    let rounds = accepted.len();
    accepted.dedup();
    assert_eq!(accepted.len(), rounds, "exactly one acceptance in a round");
}

fn check_deadlines(world: &World) {
    let identities: HashSet<(DeadlineKind, i32)> = world.deadlines.iter().map(|deadline| (deadline.kind, deadline.opened_by)).collect();
    assert_eq!(identities.len(), world.deadlines.len(), "opened once by an event");
    for kind in DeadlineKind::ALL.iter().copied() {
        let of_kind = world.deadlines_of(kind);
        let waiting = of_kind.iter().filter(|deadline| deadline.is_waiting()).count();
        assert!(waiting <= usize::from(world.order.state.is_open()), "{waiting} × {kind} in {}", world.order.state);
        assert!(of_kind.iter().all(|deadline| deadline.opened_by <= world.order.version));
    }
    assert!(world.deadlines_of(DeadlineKind::AcceptBy).len() <= 1, "acceptance never restarts");
    assert!(world.deadlines.iter().all(|deadline| deadline.met.is_none() || deadline.void.is_none()));
    // Whoever must act next has a limit.
    let order = &world.order;
    if matches!(order.state, State::Placed | State::Queued) {
        let clocks = [DeadlineKind::TriageBy, DeadlineKind::DispatchBy, DeadlineKind::AcceptBy];
        assert!(clocks.iter().any(|kind| world.deadlines_of(*kind).iter().any(|deadline| deadline.is_open())), "no clock runs");
    }
    let awaits = |kind: DeadlineKind| world.deadlines_of(kind).iter().any(|deadline| deadline.is_open());
    assert!(order.state != State::Mending || awaits(DeadlineKind::MendBy));
    assert!(order.state != State::Finished || awaits(DeadlineKind::ReviewBy));
}

fn check_claims(world: &World) {
    let order = &world.order;
    let serving = match order.state {
        State::Accepted | State::Serving => match order.taker {
            Some(Taker::Person(person)) => vec![person],
            Some(Taker::Organisation(_)) => order.members.clone(),
            None => Vec::new(),
        },
        State::Placed
        | State::Queued
        | State::Offered
        | State::Finished
        | State::Mending
        | State::Closed
        | State::Refused
        | State::Cancelled => Vec::new(),
    };
    let bound: Vec<_> = serving.into_iter().map(|person| (person, order.agreed.unwrap())).collect();
    assert_eq!(world.claims, bound, "claims in {}", order.state);
}

/// A step that is not allowed is refused with every argument, and one that is passes with some.
fn check_allowed(world: &mut World) {
    for who in Who::ALL {
        let allowed = world.allowed(who);
        for step in Step::ALL.iter().copied().filter(|step| *step != Step::Place) {
            let arguments = commands(world, step);
            let passes = arguments.iter().any(|command| world.ask(who, command).is_ok());
            if allowed.contains(&step) {
                let due = who == Who::Timer;
                assert!(passes || due, "{who:?} may {step} in {}, but no argument passes", world.order.state);
            } else {
                assert!(!passes, "{who:?} may not {step} in {}, but can", world.order.state);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_walk_leads_astray(how in begins(), tries in tries()) {
        let mut world = begin(how);
        check(&world);
        for a_try in &tries {
            attempt(&mut world, a_try);
            check(&world);
        }
        world.tick();
        check(&world);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn what_is_allowed_can_be_done_and_nothing_else(how in begins(), tries in tries()) {
        let mut world = begin(how);
        check_allowed(&mut world);
        for a_try in &tries {
            if attempt(&mut world, a_try) {
                check_allowed(&mut world);
            }
        }
    }

    #[test]
    fn the_clock_comes_to_rest_and_ends_what_nobody_touches(how in begins(), tries in tries(), days in 1..60_i64) {
        let mut world = begin(how);
        for a_try in &tries {
            attempt(&mut world, a_try);
        }
        for _ in 0..days {
            world.later(24 * 60);
            world.tick();
            check(&world);
            prop_assert!(world.due().is_empty());
        }
        // A finished order does not wait for its review for ever.
        prop_assert!(days < 10 || world.order.state != State::Finished);
    }
}

#[test]
fn walks_reach_every_state_and_take_every_step() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let (mut states, mut steps) = (HashSet::new(), HashSet::new());
    for how in [Begin::Own, Begin::Phone, Begin::Tomorrow, Begin::Root].into_iter().cycle().take(300) {
        let mut world = begin(how);
        for a_try in tries().new_tree(&mut runner).unwrap().current() {
            attempt(&mut world, &a_try);
            states.insert(world.order.state);
        }
        steps.extend(world.steps());
    }
    let missed: Vec<_> = Step::ALL.iter().filter(|step| !steps.contains(step)).collect();
    assert!(missed.is_empty(), "the walks never took {missed:?}");
    assert_eq!(states.len(), State::ALL.len());
}
