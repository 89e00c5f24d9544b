//! Prints the table of a demand item's life and holds it against `docs/demand-states.md`.

use std::fmt::Write as _;
use std::path::Path;

use crate::demand::{DemandPolicy, DemandState, DemandStep, DropReason, PriorityTerm};
use crate::language::Language;
use crate::vocabulary::Vocabulary;

const INTRODUCTION: &str = "# The states of a demand item

Printed from `domain/src/demand`; a test fails when both differ
(`UPDATE_DOCS=1 cargo test -p linli-domain demand_states` rewrites this page).

Each grid has a living list 需求清单 for each group: the elderly, minors, youth, and everybody else. Every step of an item is an event
with a number, and makes a new revision of its list, so that the list can be read as it stood on any past day. Numbers in *italics*
are the defaults of the policy `default-1`; a region may publish others.
";

fn rule(step: DemandStep, policy: &DemandPolicy) -> String {
    let days = policy.verify_days;
    match step {
        DemandStep::Enter => "The group follows from the birth date of the person. The same subject with the same category is not entered twice while it is on the list: it joins.".to_owned(),
        DemandStep::Join => "Voices + 1; as pressing and as vulnerable as the more serious of both. Counts as looked at.".to_owned(),
        DemandStep::Verify => format!("Must follow within *{}* local days (low, normal), *{}* (high), *{}* (emergency); *{}* for elderly people who live alone.", days.normal, days.high, days.emergency, days.elderly_alone),
        DemandStep::Edit => "Urgency and vulnerabilities.".to_owned(),
        DemandStep::Regroup => "On the birthday, by itself. Both lists record it.".to_owned(),
        DemandStep::Order => "One at a time: not while an earlier order is being mended. Also when a refused order is appealed.".to_owned(),
        DemandStep::Plan => "One at a time: not while an order or another plan is under way.".to_owned(),
        DemandStep::Serve => "Its order is finished, or finished again after mending; or the first visit of its care plan is finished.".to_owned(),
        DemandStep::ComeBack => "Its order was refused, cancelled, closed unreviewed or unresolved, or the person said that it is not solved; or its care plan is over and this became of its last served visit, or none was served. Times reopened + 1.".to_owned(),
        DemandStep::Solve => "The review of its order says so, also a late one.".to_owned(),
        DemandStep::Drop => "With a reason.".to_owned(),
        DemandStep::Reopen => "Times reopened + 1.".to_owned(),
    }
}

fn worth(term: PriorityTerm, policy: &DemandPolicy) -> String {
    let weights = &policy.priority;
    match term {
        PriorityTerm::Urgency => {
            format!("low *{}*, normal *{}*, high *{}*, emergency *{}*", weights.low, weights.normal, weights.high, weights.emergency)
        }
        PriorityTerm::Vulnerability => format!(
            "dependent on care, living alone, youth at risk *{}* each, others *{}* each, together at most *{}*",
            weights.severe_tag, weights.other_tag, weights.tags_at_most
        ),
        PriorityTerm::Waiting => format!(
            "*{}* a local day since it was entered or came back, at most *{}* days",
            weights.waiting_day, weights.waiting_days_at_most
        ),
        PriorityTerm::Reopened => format!("*{}* each time, at most *{}*", weights.reopened, weights.reopened_at_most),
        PriorityTerm::Voices => format!("*{}* for each voice after the first, at most *{}*", weights.voice, weights.voices_at_most),
        PriorityTerm::Overdue => format!("*{}* a local day late, at most *{}* days", weights.overdue_day, weights.overdue_days_at_most),
    }
}

fn list(states: &[DemandState]) -> String {
    if states.is_empty() { "—".to_owned() } else { states.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ") }
}

fn page() -> String {
    let policy = DemandPolicy::default();
    let mut page = format!("{INTRODUCTION}\n## States\n\n| state | 中文 | English | on the list |\n|---|---|---|---|\n");
    for state in DemandState::ALL {
        let live = if state.is_live() { "yes" } else { "no" };
        writeln!(page, "| {state} | {} | {} | {live} |", state.label(Language::Zh), state.label(Language::En)).unwrap();
    }
    page.push_str("\n## Steps\n\n| step | 中文 | from | to | taken by | rule |\n|---|---|---|---|---|---|\n");
    for step in DemandStep::ALL.iter().copied() {
        let (name, from) = (step.label(Language::Zh), list(step.from()));
        let to = step.to().map_or("the same", |to| to.as_str());
        let by = if step.is_for_people() { "people" } else { "the rule itself" };
        writeln!(page, "| {step} | {name} | {from} | {to} | {by} | {} |", rule(step, &policy)).unwrap();
    }
    page.push_str("\n## Priority\n\nThe sum of these terms, in whole points and whole local days; every answer shows them.\n\n| term | 中文 | points |\n|---|---|---|\n");
    for term in PriorityTerm::ALL.iter().copied() {
        writeln!(page, "| {term} | {} | {} |", term.label(Language::Zh), worth(term, &policy)).unwrap();
    }
    page.push_str("\n## Reasons to drop\n\n| reason | 中文 |\n|---|---|\n");
    for reason in DropReason::ALL {
        writeln!(page, "| {reason} | {} |", reason.label(Language::Zh)).unwrap();
    }
    page
}

#[test]
fn demand_states_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/demand-states.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page(), "docs/demand-states.md is stale: run UPDATE_DOCS=1 cargo test -p linli-domain demand_states");
}

#[test]
fn the_table_is_whole() {
    for step in DemandStep::ALL.iter().copied() {
        assert_eq!(step.from().is_empty(), step == DemandStep::Enter);
    }
    for state in DemandState::ALL {
        assert!(DemandStep::ALL.iter().any(|step| step.to() == Some(*state)), "nothing leads to {state}");
        assert!(DemandStep::ALL.iter().any(|step| step.from().contains(state)), "nothing leads out of {state}");
    }
}
