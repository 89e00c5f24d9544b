//! The life of an apprenticeship, printed as a table, and its rules.

use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;

use super::{
    ApprenticeStage, ApprenticeshipEnd, ApprenticeshipPolicy, ApprenticeshipState, ApprenticeshipStep, Exhibition, ExhibitionFault,
    ExhibitionKind, Progress, Shortfall, StageRule,
};
use crate::language::Language;
use crate::policy::Policy as _;
use crate::vocabulary::Vocabulary;

const INTRODUCTION: &str = "# The states of an apprenticeship

Printed from `domain/src/apprenticeship`; a test fails when both differ
(`UPDATE_DOCS=1 cargo test -p linli-domain apprenticeship_states` rewrites this page). [Apprenticeships](apprenticeships.md) says what
they mean.

## Steps

| step | 中文 | English | from | to |
|---|---|---|---|---|
";

fn labels<V: Vocabulary>(value: V) -> String {
    format!("{} | {} | {}", value.as_str(), value.label(Language::Zh), value.label(Language::En))
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for step in ApprenticeshipStep::ALL.iter().copied() {
        let from: Vec<&str> = step.from().iter().map(|state| state.as_str()).collect();
        let asked = match step.needs_asked() {
            Some(true) => " (asked to advance)",
            Some(false) => " (not asked to advance)",
            None => "",
        };
        let (next, last) = (step.to(false), step.to(true));
        let to = if next == last { next.to_string() } else { format!("{next}; after the last stage {last}") };
        writeln!(page, "| {} | {}{asked} | {to} |", labels(step), from.join(", ")).unwrap();
    }
    page.push_str("\n## States\n\n| state | 中文 | English | over |\n|---|---|---|---|\n");
    for state in ApprenticeshipState::ALL.iter().copied() {
        writeln!(page, "| {} | {} |", labels(state), if state.is_live() { "no" } else { "yes" }).unwrap();
    }
    page.push_str("\n## Why one was ended\n\n| reason | 中文 | English | said by |\n|---|---|---|---|\n");
    for end in ApprenticeshipEnd::ALL.iter().copied() {
        writeln!(page, "| {} | {} |", labels(end), if end.is_for_people() { "people" } else { "the rules" }).unwrap();
    }
    page.push_str("\n## Stages, as the defaults of the program have them\n\n| stage | 中文 | English | days at least | works at least |\n|---|---|---|---|---|\n");
    for rule in ApprenticeshipPolicy::default().stages {
        writeln!(page, "| {} | {} | {} |", labels(rule.stage), rule.days, rule.works).unwrap();
    }
    page
}

#[test]
fn apprenticeship_states_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/apprenticeship-states.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        page(),
        "run UPDATE_DOCS=1 cargo test -p linli-domain apprenticeship_states"
    );
}

#[test]
fn nothing_leaves_what_is_over() {
    for state in ApprenticeshipState::ALL.iter().copied() {
        for asked in [false, true] {
            assert_eq!(state.allowed(asked).is_empty(), !state.is_live(), "{state}");
        }
    }
}

#[test]
fn nobody_confirms_what_the_master_has_not_asked_for() {
    use ApprenticeshipStep::{Ask, Confirm, Decline, End};
    assert_eq!(ApprenticeshipState::Running.allowed(false), [Ask, End]);
    assert_eq!(ApprenticeshipState::Running.allowed(true), [Confirm, Decline, End]);
}

#[test]
fn the_defaults_may_be_published_and_their_stages_follow_each_other() {
    let policy = ApprenticeshipPolicy::default();
    assert_eq!(policy.check(), Ok(()));
    assert_eq!(policy.after(ApprenticeStage::Beginner), Some(ApprenticeStage::Learning));
    assert_eq!(policy.after(ApprenticeStage::Journeyman), None);
    let short = ApprenticeshipPolicy { stages: policy.stages.iter().copied().skip(1).collect(), ..policy.clone() };
    assert_eq!((short.check(), short.after(ApprenticeStage::Learning)), (Ok(()), Some(ApprenticeStage::Journeyman)));
}

#[test]
fn stages_out_of_order_twice_or_none_are_refused() {
    let policy = ApprenticeshipPolicy::default();
    let turned = policy.stages.iter().rev().copied().collect();
    let twice = policy.stages.iter().flat_map(|rule| [*rule, *rule]).collect();
    for stages in [Vec::new(), turned, twice] {
        let field = ApprenticeshipPolicy { stages, ..policy.clone() }.check().unwrap_err().field;
        assert_eq!(field, "stages");
    }
    let endless = vec![StageRule { days: 4000, ..policy.stages[0] }];
    assert_eq!(ApprenticeshipPolicy { stages: endless, ..policy }.check().unwrap_err().field, "stages.0.days");
}

#[test]
fn what_is_sold_has_a_price_and_is_sold_once() {
    let day = |text: &str| text.parse().unwrap();
    let shown = Exhibition { kind: ExhibitionKind::Shown, day: day("2026-09-05"), site: None, price_fen: None };
    let sold = Exhibition { kind: ExhibitionKind::Sold, price_fen: Some(6800), ..shown };
    let check = |exhibition: Exhibition, before| exhibition.check(day("2026-09-01"), before, day("2026-09-06"));
    assert_eq!(check(shown, None), Ok(()));
    assert_eq!(check(sold, Some(ExhibitionKind::Shown)), Ok(()));
    assert_eq!(check(shown, Some(ExhibitionKind::Sold)), Err(ExhibitionFault::Sold));
    assert_eq!(check(Exhibition { price_fen: None, ..sold }, None), Err(ExhibitionFault::NoPrice));
    assert_eq!(check(Exhibition { price_fen: Some(1), ..shown }, None), Err(ExhibitionFault::Price));
    assert_eq!(check(Exhibition { day: day("2026-08-31"), ..shown }, None), Err(ExhibitionFault::BeforeMade));
    assert_eq!(check(Exhibition { day: day("2026-09-07"), ..shown }, None), Err(ExhibitionFault::InFuture));
}

proptest! {
    #[test]
    fn a_stage_is_done_when_it_lacks_nothing(days in 0_i64..400, works in 0_i64..20, passed in 0_i64..400, made in 0_i64..20) {
        let rule = StageRule { stage: ApprenticeStage::Beginner, days, works };
        match rule.is_done(Progress { days: passed, works: made }) {
            Ok(()) => prop_assert!(passed >= days && made >= works),
            Err(Shortfall { days: lacks, works: missing }) => {
                prop_assert!(lacks + missing > 0);
                let after = Progress { days: passed + lacks, works: made + missing };
                prop_assert!(rule.is_done(after).is_ok());
            }
        }
    }
}
