//! Prints the table of the loop and holds it against `docs/order-states.md`.

use std::fmt::Write as _;
use std::path::Path;

use crate::language::Language;
use crate::order::{OrderPolicy, Party, State, Step};
use crate::vocabulary::Vocabulary;

const INTRODUCTION: &str = "# The states of an order

Printed from `domain/src/order`; a test fails when both differ
(`UPDATE_DOCS=1 cargo test -p linli-domain order_states` rewrites this page).

An order is a closed loop: a resident asks 点单, the station dispatches 派单, somebody accepts 接单, the resident judges 评单.
Every step is an event with a number; the state is what the events say. A step that is not in this table is refused with
the steps that are possible instead. Numbers in *italics* are the defaults of the policy `default-1`; a region may publish
others, and an order keeps the policy of the day on which it was placed.
";

/// What stands against a step, and what it leads to.
fn rule(step: Step, policy: &OrderPolicy) -> String {
    let number = |number: i32| format!("*{number}*");
    match step {
        Step::Place => "Service, place, wanted time; who places for another names the basis; hotline orders and only they name a ticket. Handler is the community, or the nearest division above it that has a dispatcher. Opens `triage_by` and `dispatch_by`.".to_owned(),
        Step::Triage => "Sets craft, group, urgency, minutes, people needed (more than one asks for a team). Meets `triage_by`.".to_owned(),
        Step::Transfer => "Another division of the region handles it; returns + 1. Clocks run on. Not while a decision is due, nor after it.".to_owned(),
        Step::Refuse => "Reason. Meets `triage_by`, gives up the other clocks.".to_owned(),
        Step::Appeal => format!("Once, until the end of the {}th local day. Handler is the parent division; new `triage_by` and `dispatch_by`.", number(policy.appeal_days)),
        Step::Offer => format!("Craft known; at most {} takers at once, each eligible, none twice, never to oneself; a team where several are needed. By the clock only for an emergency, to whoever is on duty nearby. Not while a decision is due. From the queue: round + 1. Meets `dispatch_by`. The first one of all opens `accept_by` (never again), `arrive_by`, `finish_by`.", number(policy.offers_per_round)),
        Step::Recall => "Reason. All open offers are withdrawn.".to_owned(),
        Step::Decline => "Reason. To the queue when no other offer is open.".to_owned(),
        Step::Expire => "The offer's own time is up. To the queue when no other offer is open.".to_owned(),
        Step::Accept => "The offer is open and in time; the taker is eligible now; the start lies within what is wanted. The other offers are withdrawn in the same decision; quarter-hours are claimed. Meets `accept_by`; `arrive_by` and `finish_by` run from the agreed start.".to_owned(),
        Step::AssignMembers => "A team names exactly as many people as are needed, each eligible. Moves the claims.".to_owned(),
        Step::Reschedule => "One side proposes, the other agrees by naming the same time. Agreed, it moves the claims and opens `arrive_by` and `finish_by` anew.".to_owned(),
        Step::Release => "Reason; returns + 1. Not while a decision is due, nor after it. The clock's where who has accepted withdraws the consent to be on record.".to_owned(),
        Step::NoShow => "From the agreed start on; never about oneself. Resident absent: cancelled. Taker absent: to the queue, returns + 1; the timer says so when `arrive_by` is overdue.".to_owned(),
        Step::CheckIn => format!("From {} minutes before the agreed start, with the whole team named. Proof: one-time code, a position within {} m, or the station's word. Meets `arrive_by`.", number(policy.early_check_in_minutes), number(policy.radius_metres)),
        Step::Abort => "Reason. The resident stopped it: cancelled; else to the queue, returns + 1.".to_owned(),
        Step::Finish => format!("Proof as at check-in; 1 to {} minutes; a free service takes nothing, one at cost no fee. Meets `finish_by`, opens `review_by`, frees the takers.", number(policy.max_minutes)),
        Step::Review => format!("By the person served, their proxy, or a callback from above the dispatching division (at the region's root the supervisor); never by who serves or dispatched. Solved with {} stars or more: closed. Else mending, mends + 1, opens `mend_by`; after {} mendings closed as unresolved. On an order that closed unreviewed until the end of the {}th local day after the work: changes the outcome only.", number(policy.solved_stars), number(policy.max_mends), number(policy.late_review_days)),
        Step::DefaultReview => format!("End of the {}th local day. Closed as unreviewed, never counted as satisfied.", number(policy.review_days)),
        Step::Mend => "Explained or revisited: finished again, the next review is the re-review. New visit: to the queue. Meets `mend_by`.".to_owned(),
        Step::Escalate => format!("Handler is the parent division; at the region's root the timer's escalation tells the supervisor, and people cannot escalate. Taken by the rule itself at the return no. {} and the mending no. {}: a decision is then due.", number(policy.decision_after_returns), number(policy.decision_after_mends)),
        Step::Decide => "Only while a decision is due, and by a station only if it lies above the one that dispatched it. Keep, dispatch anew or refuse; may name another handler. Binds: no transfer and no release afterwards.".to_owned(),
        Step::Cancel => "Reason. Offers are withdrawn, quarter-hours freed. The clock's where the consent to be served is withdrawn and no other basis was cited.".to_owned(),
        Step::Remind => format!("A deadline has passed, once. The consequence follows after {} minutes: `arrive_by` a no-show of the taker, the others an escalation.", number(policy.grace_minutes)),
    }
}

fn list<T: Vocabulary>(values: &[T]) -> String {
    if values.is_empty() { "—".to_owned() } else { values.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", ") }
}

/// Every state that a step may lead to, from wherever it is taken.
fn targets(step: Step) -> String {
    let mut targets: Vec<State> = step.from().iter().flat_map(|from| step.to(*from)).copied().collect();
    if step == Step::Place {
        targets.push(State::Placed);
    }
    targets.sort_unstable();
    targets.dedup();
    let stays = step.from().len() > 1 && step.from().iter().all(|from| step.to(*from) == [*from]);
    if stays { "the same".to_owned() } else { list(&targets) }
}

fn page() -> String {
    let policy = OrderPolicy::default();
    let mut page = format!("{INTRODUCTION}\n## States\n\n| state | 中文 | English | open |\n|---|---|---|---|\n");
    for state in State::ALL {
        let open = if state.is_open() { "yes" } else { "ended" };
        writeln!(page, "| {state} | {} | {} | {open} |", state.label(Language::Zh), state.label(Language::En)).unwrap();
    }
    page.push_str("\n## Steps\n\n| step | 中文 | from | to | by | guard and effect |\n|---|---|---|---|---|---|\n");
    for step in Step::ALL.iter().copied() {
        let (name, from, by) = (step.label(Language::Zh), list(step.from()), list(step.by()));
        writeln!(page, "| {step} | {name} | {from} | {} | {by} | {} |", targets(step), rule(step, &policy)).unwrap();
    }
    page.push_str("\n## What may follow in which state\n\n| state |");
    for party in Party::ALL {
        write!(page, " {party} |").unwrap();
    }
    write!(page, "\n|---|{}\n", "---|".repeat(Party::ALL.len())).unwrap();
    for state in State::ALL {
        write!(page, "| {state} |").unwrap();
        for party in Party::ALL {
            let steps: Vec<Step> =
                Step::ALL.iter().copied().filter(|step| step.from().contains(state) && step.by().contains(party)).collect();
            write!(page, " {} |", list(&steps)).unwrap();
        }
        page.push('\n');
    }
    page.push_str("\n## Parties\n\n| party | 中文 | English |\n|---|---|---|\n");
    for party in Party::ALL {
        writeln!(page, "| {party} | {} | {} |", party.label(Language::Zh), party.label(Language::En)).unwrap();
    }
    page.push_str("\n## Reasons\n\n| step | reasons |\n|---|---|\n");
    for step in Step::ALL.iter().copied().filter(|step| !step.reasons().is_empty()) {
        writeln!(page, "| {step} | {} |", list(step.reasons())).unwrap();
    }
    page
}

#[test]
fn order_states_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/order-states.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page(), "docs/order-states.md is stale: run UPDATE_DOCS=1 cargo test -p linli-domain order_states");
}

#[test]
fn the_table_is_whole() {
    for step in Step::ALL.iter().copied() {
        assert!(!step.by().is_empty(), "{step} is for nobody");
        assert_eq!(step.from().is_empty(), step == Step::Place);
        for from in step.from() {
            assert!(!step.to(*from).is_empty(), "{step} leads nowhere from {from}");
        }
    }
    for state in State::ALL.iter().copied() {
        let entered = Step::ALL.iter().any(|step| *step == Step::Place || step.from().iter().any(|from| step.to(*from).contains(&state)));
        assert!(entered, "nothing leads to {state}");
        assert_eq!(State::OPEN.contains(&state), state.is_open());
    }
}
