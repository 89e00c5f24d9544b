use proptest::prelude::*;
use uuid::Uuid;

use super::{at, facts, item};
use crate::demand::{
    Command, DemandPolicy, DemandState, DemandStep, DropReason, Edit, Fate, Item, Refusal, Vulnerability, allowed, decide,
};
use crate::order::{Group, Urgency};
use crate::policy::Policy as _;

const ORDER: Uuid = Uuid::from_u128(9);

fn edit(urgency: Urgency, tags: &[Vulnerability]) -> Edit {
    Edit { urgency, tags: tags.to_vec() }
}

fn join(urgency: Urgency, tags: &[Vulnerability]) -> Command {
    Command::Join { said: edit(urgency, tags), voice: true, looked: true }
}

/// Decides at noon of the first day.
fn after(item: &Item, command: &Command) -> Result<Item, Refusal> {
    let policy = DemandPolicy::default();
    decide(item, command, &facts(&policy, at("2026-09-07T04:00:00Z"))).map(|decision| decision.item)
}

fn fresh() -> Item {
    item(Urgency::Normal, &[Vulnerability::LivingAlone], at("2026-09-07T01:00:00Z"))
}

const fn follow(step: Option<DemandStep>, order_live: bool) -> Command {
    Command::Follow(Fate { step, order_live })
}

#[test]
fn an_order_carries_an_item_to_its_end_or_back() {
    let planned = after(&fresh(), &Command::Order(ORDER)).unwrap();
    assert_eq!((planned.state, planned.order, planned.order_live), (DemandState::Planned, Some(ORDER), true));
    let served = after(&planned, &follow(Some(DemandStep::Serve), true)).unwrap();
    assert_eq!((served.state, served.served_at.is_some()), (DemandState::Served, true));
    let closed = after(&served, &follow(Some(DemandStep::Solve), false)).unwrap();
    assert_eq!((closed.state, closed.order_live, closed.reopened), (DemandState::Closed, false, 0));
    let back = after(&served, &follow(Some(DemandStep::ComeBack), false)).unwrap();
    assert_eq!((back.state, back.reopened, back.order), (DemandState::Open, 1, Some(ORDER)), "with its history");
    assert_eq!(after(&closed, &Command::Reopen).unwrap().state, DemandState::Open);
}

#[test]
fn while_its_order_is_mended_there_is_no_other() {
    let planned = after(&fresh(), &Command::Order(ORDER)).unwrap();
    let served = after(&planned, &follow(Some(DemandStep::Serve), true)).unwrap();
    let unsolved = after(&served, &follow(Some(DemandStep::ComeBack), true)).unwrap();
    assert_eq!(unsolved.state, DemandState::Open);
    assert_eq!(after(&unsolved, &Command::Order(Uuid::from_u128(10))), Err(Refusal::OrderUnderWay));
    assert_eq!(after(&unsolved, &Command::Drop(DropReason::Declined)), Err(Refusal::OrderUnderWay));
    assert_eq!(allowed(&unsolved), [DemandStep::Join, DemandStep::Verify, DemandStep::Edit]);
    assert_eq!(after(&unsolved, &follow(Some(DemandStep::Serve), true)).unwrap().state, DemandState::Served, "mended");
}

#[test]
fn a_refusal_names_the_state_and_what_is_possible() {
    let dropped = after(&fresh(), &Command::Drop(DropReason::MovedAway)).unwrap();
    assert_eq!(dropped.drop_reason, Some(DropReason::MovedAway));
    let refusal = after(&dropped, &Command::Verify).unwrap_err();
    assert_eq!(refusal, Refusal::NotInState { step: DemandStep::Verify, state: DemandState::Dropped, allowed: vec![DemandStep::Reopen] });
    let reopened = after(&dropped, &Command::Reopen).unwrap();
    assert_eq!((reopened.drop_reason, reopened.ended_at, reopened.reopened), (None, None, 1));
}

#[test]
fn a_further_voice_makes_it_no_less_pressing() {
    let joined = after(&fresh(), &join(Urgency::High, &[Vulnerability::Dependent])).unwrap();
    assert_eq!((joined.voices, joined.urgency), (2, Urgency::High));
    assert_eq!(joined.tags, [Vulnerability::LivingAlone, Vulnerability::Dependent]);
    let again = after(&joined, &join(Urgency::Low, &[])).unwrap();
    assert_eq!((again.voices, again.urgency, &again.tags), (3, Urgency::High, &joined.tags));
    let own = Command::Join { said: edit(Urgency::Low, &[]), voice: false, looked: false };
    let repeated = after(&Item { verified_at: at("2026-09-01T00:00:00Z"), ..again }, &own).unwrap();
    assert_eq!((repeated.voices, repeated.verified_at), (3, at("2026-09-01T00:00:00Z")), "nobody new, and nobody has looked");
}

#[test]
fn it_must_be_looked_at_again_in_time() {
    let alone = fresh();
    assert_eq!(alone.verify_by, at("2026-09-14T16:00:00Z"), "the end of the 7th local day for elderly people who live alone");
    assert!(!alone.is_overdue(at("2026-09-14T15:59:59Z")) && alone.is_overdue(at("2026-09-14T16:00:00Z")));
    let company = after(&alone, &Command::Edit(edit(Urgency::Normal, &[]))).unwrap();
    assert_eq!(company.verify_by, at("2026-10-07T16:00:00Z"), "30 days for others");
    let urgent = after(&company, &Command::Edit(edit(Urgency::Emergency, &[]))).unwrap();
    assert_eq!(urgent.verify_by, at("2026-09-08T16:00:00Z"));
    let young = after(&alone, &Command::Regroup(Group::General)).unwrap();
    assert_eq!(young.verify_by, at("2026-10-07T16:00:00Z"), "only the elderly count as living alone");
    let policy = DemandPolicy::default();
    let moved = decide(&alone, &Command::Regroup(Group::General), &facts(&policy, alone.changed_at)).unwrap();
    assert_eq!(moved.left, Some(Group::Elderly), "the list that it left records the move");
}

#[test]
fn time_does_not_run_back() {
    let policy = DemandPolicy::default();
    let item = fresh();
    let earlier = decide(&item, &Command::Verify, &facts(&policy, at("2026-09-01T00:00:00Z"))).unwrap().item;
    assert_eq!(earlier.changed_at, item.changed_at);
}

#[test]
fn the_default_is_a_policy_and_wrong_fields_are_named() {
    let policy = DemandPolicy::default();
    assert_eq!(policy.check(), Ok(()));
    let text = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<DemandPolicy>(&text).unwrap(), policy);
    let fault_of = |change: &dyn Fn(&mut DemandPolicy)| {
        let mut policy = DemandPolicy::default();
        change(&mut policy);
        policy.check().unwrap_err().field
    };
    assert_eq!(fault_of(&|policy| policy.elderly_from = 101), "elderly_from");
    assert_eq!(fault_of(&|policy| (policy.youth_to, policy.elderly_from) = (60, 60)), "elderly_from");
    assert_eq!(fault_of(&|policy| policy.verify_days.elderly_alone = 0), "verify_days.elderly_alone");
    assert_eq!(fault_of(&|policy| policy.priority.waiting_day = -1), "priority.waiting_day");
}

fn any_command() -> impl Strategy<Value = Command> {
    let step = prop_oneof![Just(DemandStep::Serve), Just(DemandStep::ComeBack), Just(DemandStep::Solve), Just(DemandStep::Order)];
    prop_oneof![
        Just(Command::Verify),
        Just(join(Urgency::High, &[Vulnerability::Disabled])),
        Just(Command::Edit(edit(Urgency::Low, &[]))),
        Just(Command::Regroup(Group::Youth)),
        Just(Command::Order(ORDER)),
        Just(Command::Drop(DropReason::Deceased)),
        Just(Command::Reopen),
        (proptest::option::of(step), any::<bool>()).prop_map(|(step, order_live)| follow(step, order_live)),
    ]
}

proptest! {
    #[test]
    fn walks_keep_to_the_table(commands in proptest::collection::vec(any_command(), 0..40)) {
        let mut now = fresh();
        for command in &commands {
            let Ok(next) = after(&now, command) else { continue };
            match command.step() {
                Some(step) => {
                    prop_assert!(step.from().contains(&now.state));
                    prop_assert_eq!(next.state, step.to().unwrap_or(now.state));
                    prop_assert_eq!(next.version, now.version + 1);
                }
                None => prop_assert_eq!((next.state, next.version), (now.state, now.version)),
            }
            prop_assert_eq!(next.ended_at.is_some(), !next.state.is_live());
            prop_assert_eq!(next.drop_reason.is_some(), next.state == DemandState::Dropped);
            prop_assert!(next.reopened >= now.reopened && next.voices >= now.voices);
            now = next;
        }
    }
}
