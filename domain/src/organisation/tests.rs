//! Codes that check, the life of an organisation printed as a table, and sums that are always zero.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::{
    Booking, BookingError, CreditCode, CreditCodeError, FundAccount, OrganisationPolicy, OrganisationState, OrganisationStep,
    OrganisationWarning, Quarter, StepRefusal,
};
use crate::language::Language;
use crate::policy::Policy as _;
use crate::vocabulary::Vocabulary;

const INTRODUCTION: &str = "# The life of an organisation

Printed from `domain/src/organisation/lifecycle.rs`; a test fails when both differ
(`UPDATE_DOCS=1 cargo test -p linli-domain organisation_states` rewrites this page).

Only an organisation that is *active* can be offered orders. What it is (kind, name, credit code, sponsor) can be changed while
it is a draft or was refused. A decision is made by a second person: not whoever has submitted it, nor anybody who manages it.
";

fn list<T: Vocabulary>(values: &[T]) -> String {
    let words: Vec<&str> = values.iter().map(|value| value.as_str()).collect();
    if words.is_empty() { "—".to_owned() } else { words.join(", ") }
}

fn page() -> String {
    let mut page = format!("{INTRODUCTION}\n## States\n\n| state | 中文 | English | steps |\n|---|---|---|---|\n");
    for state in OrganisationState::ALL.iter().copied() {
        let (zh, en) = (state.label(Language::Zh), state.label(Language::En));
        writeln!(page, "| {state} | {zh} | {en} | {} |", list(&state.steps())).unwrap();
    }
    page.push_str("\n## Steps\n\n| step | 中文 | from | to | second person | reason |\n|---|---|---|---|---|---|\n");
    let yes = |is: bool| if is { "yes" } else { "no" };
    for step in OrganisationStep::ALL.iter().copied() {
        let (zh, second, reason) = (step.label(Language::Zh), yes(step.needs_second_person()), yes(step.needs_reason()));
        writeln!(page, "| {step} | {zh} | {} | {} | {second} | {reason} |", list(step.from()), step.to()).unwrap();
    }
    page
}

#[test]
fn organisation_states_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/organisation-states.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page(), "docs/organisation-states.md is stale: run UPDATE_DOCS=1 cargo test -p linli-domain organisation_states");
}

#[test]
fn every_state_but_the_last_leads_on_and_a_step_leads_elsewhere() {
    for state in OrganisationState::ALL.iter().copied() {
        assert_eq!(state.steps().is_empty(), state == OrganisationState::Dissolved, "{state}");
    }
    for step in OrganisationStep::ALL.iter().copied() {
        assert!(!step.from().contains(&step.to()), "{step}");
        for state in OrganisationState::ALL.iter().copied() {
            let taken = step.take(state, true, true);
            assert_eq!(taken, if step.from().contains(&state) { Ok(step.to()) } else { Err(StepRefusal::State) }, "{step} {state}");
        }
    }
    let refused = OrganisationStep::Refuse.take(OrganisationState::Submitted, true, false);
    assert_eq!(refused, Err(StepRefusal::Reason));
    assert_eq!(OrganisationStep::Submit.take(OrganisationState::Draft, false, false), Err(StepRefusal::Identity));
}

#[test]
fn the_published_code_checks() {
    let code = CreditCode::parse(" 91350100m000100y43 ").unwrap();
    assert_eq!(code.as_str(), "91350100M000100Y43");
    assert_eq!(code.warnings(), [], "its organisation code M000100Y4 checks, too");
}

#[test]
fn wrong_codes_are_told_from_misread_ones() {
    for raw in ["", "91350100M000100Y4", "91350100M000100Y433", "91350100M000100Y4Z", "91350100M000100Y4汉"] {
        assert_eq!(CreditCode::parse(raw), Err(CreditCodeError::Form), "{raw}");
    }
    assert_eq!(CreditCode::parse("91350100M000100Y44"), Err(CreditCodeError::CheckCharacter));
}

/// The code that begins with 17 characters.
fn completed(body: &str) -> CreditCode {
    "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().find_map(|check| CreditCode::parse(&format!("{body}{check}")).ok()).unwrap()
}

#[test]
fn an_organisation_code_that_does_not_check_is_only_a_warning() {
    assert_eq!(completed("91350100M000100Y5").warnings(), [OrganisationWarning::OrganisationCode]);
}

#[test]
fn the_policy_checks() {
    let policy = OrganisationPolicy::default();
    assert_eq!(policy.check(), Ok(()));
    assert!(!policy.needs_approval(policy.approval_above_fen) && policy.needs_approval(policy.approval_above_fen + 1));
    assert!(OrganisationPolicy { approval_above_fen: -1, ..policy.clone() }.check().is_err());
    let text = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<OrganisationPolicy>(&text).unwrap(), policy);
}

#[test]
fn bookings_are_between_cash_and_something_else() {
    assert_eq!(Booking::new(FundAccount::Cash, 1), Err(BookingError::Account));
    assert_eq!(Booking::new(FundAccount::IncomeDonation, 0), Err(BookingError::Amount));
    assert_eq!(Booking::new(FundAccount::SpendingRelief, Booking::MOST + 1), Err(BookingError::Amount));
    assert_eq!(Booking::kept(FundAccount::IncomeDonation, FundAccount::SpendingRelief, 5), Err(BookingError::Account));
    let spent = Booking::new(FundAccount::SpendingRelief, 500).unwrap();
    assert_eq!((spent.change(FundAccount::Cash), spent.reversed().change(FundAccount::Cash)), (-500, 500));
}

#[test]
fn quarters_are_whole() {
    let day = |raw: &str| raw.parse::<NaiveDate>().unwrap();
    let third = Quarter::parse("2026-Q3").unwrap();
    assert_eq!((third.first_day(), third.last_day()), (day("2026-07-01"), day("2026-09-30")));
    assert_eq!(Quarter::of(day("2026-12-31")).last_day(), day("2026-12-31"));
    assert_eq!(Quarter::of(day("2024-02-29")).to_string(), "2024-Q1");
    for raw in ["2026-Q5", "2026-Q0", "2026Q3", "26-Q3", "2026-Q03", "1999-Q4", "+026-Q3"] {
        assert_eq!(Quarter::parse(raw), None, "{raw}");
    }
}

proptest! {
    /// A slip in one character, or two neighbours swapped, never passes.
    #[test]
    fn one_slip_is_always_seen(body in "[0-9A-HJ-NPQRTUWXY]{17}", at in 0_usize..18, with in "[0-9A-HJ-NPQRTUWXY]") {
        let code = completed(&body);
        let mut slipped: Vec<char> = code.as_str().chars().collect();
        let other = with.chars().next().unwrap();
        prop_assume!(slipped[at] != other);
        slipped[at] = other;
        prop_assert_eq!(CreditCode::parse(&slipped.iter().collect::<String>()), Err(CreditCodeError::CheckCharacter));
    }

    /// Whatever is booked and taken back, all accounts together are zero, and cash is what came in less what went out.
    #[test]
    fn balances_are_the_sum_of_entries(entries in prop::collection::vec((1_usize..FundAccount::ALL.len(), 1_i64..1_000_000, any::<bool>()), 0..60)) {
        let mut balances: HashMap<FundAccount, i64> = HashMap::new();
        let mut expected = 0;
        for (account, amount, back) in entries {
            let booking = Booking::new(FundAccount::ALL[account], amount).unwrap();
            let booking = if back { booking.reversed() } else { booking };
            expected += booking.change(FundAccount::Cash);
            for account in FundAccount::ALL.iter().copied() {
                *balances.entry(account).or_default() += booking.change(account);
            }
            prop_assert_eq!(balances.values().sum::<i64>(), 0);
            prop_assert_eq!(balances.get(&FundAccount::Cash).copied().unwrap_or_default(), expected);
        }
    }
}
