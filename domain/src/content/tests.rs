//! Prints the table of the content check and holds it against `docs/content-states.md`; and what holds whatever happens.

use std::fmt::Write as _;
use std::path::Path;

use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    By, ContentKind, ContentPolicy, ContentRuling, ContentState, Decider, Refusal, RulingReason, Standing, Step, Subject, after, decide,
    is_checked,
};
use crate::identity::{AccountKind, Actor};
use crate::language::Language;
use crate::order::{Acting, Party};
use crate::vocabulary::Vocabulary;

const INTRODUCTION: &str = "# The states of a content check

Printed from `domain/src/content`; a test fails when both differ
(`UPDATE_DOCS=1 cargo test -p linli-domain content_states` rewrites this page).

What residents and takers write or photograph is seen by its author, the station that handles the order and those above it.
Everybody else who may see the order sees it once it is *shown*; until then they are told that it is being checked. The order
itself never waits. How it works and what to set up: [content-check.md](content-check.md).
";

fn list<T: Vocabulary>(values: &[T]) -> String {
    values.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", ")
}

fn by(step: Step) -> String {
    match step.by() {
        By::Wechat => "WeChat's verdict".to_owned(),
        By::Program => "the program".to_owned(),
        By::Parties(parties) => list(parties),
    }
}

fn page() -> String {
    let mut page =
        format!("{INTRODUCTION}\n## States\n\n| state | 中文 | English | others see | in the queue of staff |\n|---|---|---|---|---|\n");
    for state in ContentState::ALL.iter().copied() {
        let (zh, en, queued) = (state.label(Language::Zh), state.label(Language::En), if state.is_queued() { "yes" } else { "no" });
        writeln!(page, "| {state} | {zh} | {en} | {} | {queued} |", state.standing()).unwrap();
    }
    page.push_str("\n## Steps\n\n| step | 中文 | from | to | by |\n|---|---|---|---|---|\n");
    for step in Step::ALL.iter().copied() {
        writeln!(page, "| {step} | {} | {} | {} | {} |", step.label(Language::Zh), list(step.from()), step.to(), by(step)).unwrap();
    }
    page.push_str("\nNobody decides on what they have written themselves, nor on an order that they serve.\n");
    page.push_str("\n## Reasons\n\n| decision | reasons |\n|---|---|\n");
    for ruling in ContentRuling::ALL.iter().copied() {
        writeln!(page, "| {ruling} | {} |", list(ruling.reasons())).unwrap();
    }
    page.push_str("\n## Why something could not be checked\n\n| obstacle | 中文 | English |\n|---|---|---|\n");
    for obstacle in super::Obstacle::ALL {
        writeln!(page, "| {obstacle} | {} | {} |", obstacle.label(Language::Zh), obstacle.label(Language::En)).unwrap();
    }
    let policy = ContentPolicy::default();
    let (text, photo, version) = (policy.text_patience_minutes, policy.photo_patience_minutes, policy.version);
    let (first, longest) = (policy.first_retry_seconds, policy.longest_retry_seconds);
    writeln!(page, "\nBy policy `{version}` WeChat has {text} minutes for a text and {photo} for a photo; it is asked again after {first} seconds, then after twice as long each time, at most {longest} seconds.").unwrap();
    page
}

#[test]
fn content_states_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/content-states.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page(), "docs/content-states.md is stale: run UPDATE_DOCS=1 cargo test -p linli-domain content_states");
}

#[test]
fn the_table_is_whole() {
    for state in ContentState::ALL.iter().copied() {
        let leaves = Step::ALL.iter().any(|step| step.from().contains(&state));
        assert_eq!(leaves, !state.is_settled(), "{state}");
        let entered = state == ContentState::Pending || Step::ALL.iter().any(|step| step.to() == state);
        assert!(entered, "nothing leads to {state}");
        assert!(!state.is_queued() || state.standing() == Standing::Checking, "{state} is held while people look");
    }
    let reasons: Vec<RulingReason> = ContentRuling::ALL.iter().flat_map(|ruling| ruling.reasons()).copied().collect();
    assert_eq!(reasons.len(), RulingReason::ALL.len(), "every reason belongs to one decision");
}

#[test]
fn staff_are_known_and_everybody_else_is_checked() {
    let checked: Vec<AccountKind> = AccountKind::ALL.iter().copied().filter(|kind| is_checked(*kind)).collect();
    assert_eq!(checked, [AccountKind::Resident]);
}

const AUTHOR: Uuid = Uuid::from_u128(1);
const PERSON: Uuid = Uuid::from_u128(2);

fn actor(account: Uuid, person: Option<Uuid>) -> Actor {
    Actor { account, person, grants: Vec::new(), volunteer: false, craftsman: false, client: None }
}

fn ruled(by: &Actor, parties: &[Party], serves: bool, state: ContentState, reason: RulingReason) -> Result<ContentState, Refusal> {
    let acting = Acting { account: Some(by.account), person: by.person, parties: parties.to_vec(), manages: Vec::new() };
    let subject = Subject { author: AUTHOR, person: Some(PERSON), state };
    decide(&subject, ContentRuling::Release, reason, &Decider { actor: by, acting: &acting, serves })
}

#[test]
fn a_second_person_of_the_station_decides_once() {
    let (station, harmless) = (actor(Uuid::from_u128(3), Some(Uuid::from_u128(4))), RulingReason::Harmless);
    let held = ContentState::Risky;
    assert_eq!(ruled(&station, &[Party::Station], false, held, harmless), Ok(ContentState::Released));
    assert_eq!(ruled(&station, &[Party::Above], false, held, harmless), Ok(ContentState::Released));
    let others: Vec<Party> = Party::ALL.iter().copied().filter(|party| !matches!(party, Party::Station | Party::Above)).collect();
    assert_eq!(ruled(&station, &others, false, held, harmless), Err(Refusal::NotAParty));
    assert_eq!(ruled(&station, &[Party::Station], true, held, harmless), Err(Refusal::SecondPersonNeeded));
    let second_account = actor(Uuid::from_u128(5), Some(PERSON));
    for author in [actor(AUTHOR, None), second_account] {
        assert_eq!(ruled(&author, &[Party::Station], false, held, harmless), Err(Refusal::SecondPersonNeeded));
    }
    let wrong = RulingReason::Abusive;
    let refusal = Refusal::WrongReason { ruling: ContentRuling::Release, reason: wrong };
    assert_eq!(ruled(&station, &[Party::Station], false, held, wrong), Err(refusal));
    let again = Refusal::NotInState { step: Step::Release, state: ContentState::Withheld };
    assert_eq!(ruled(&station, &[Party::Station], false, ContentState::Withheld, harmless), Err(again));
}

#[test]
fn nobody_without_a_person_is_taken_for_the_author() {
    let subject = Subject { author: AUTHOR, person: None, state: ContentState::Review };
    let by = actor(Uuid::from_u128(3), None);
    let acting = Acting { account: Some(by.account), person: None, parties: vec![Party::Station], manages: Vec::new() };
    let decider = Decider { actor: &by, acting: &acting, serves: false };
    assert_eq!(decide(&subject, ContentRuling::Withhold, RulingReason::Abusive, &decider), Ok(ContentState::Withheld));
}

proptest! {
    /// Whatever comes in whatever order: nobody else sees it without WeChat's or a person's word, and a word stands.
    #[test]
    fn nothing_is_shown_without_a_word_and_a_word_stands(steps in prop::collection::vec(0..Step::ALL.len(), 0..12)) {
        let mut state = ContentState::Pending;
        let mut cleared = false;
        for step in steps.into_iter().map(|index| Step::ALL[index]) {
            let before = state;
            if let Some(next) = after(state, step) {
                prop_assert!(!before.is_settled(), "{before} is settled, but {step} changed it");
                cleared = matches!(step, Step::Pass | Step::Release);
                state = next;
            }
            prop_assert_eq!(state.standing() == Standing::Shown, cleared);
        }
    }

    /// Waits grow, never beyond the longest one nor beyond the patience, and never lie in the past.
    #[test]
    fn waits_are_bounded(attempt in 0..1000_i32, minutes in 0..200_i64) {
        let policy = ContentPolicy::default();
        let since = chrono::DateTime::from_timestamp(1_767_225_600, 0).unwrap();
        let now = since + TimeDelta::minutes(minutes);
        for kind in ContentKind::ALL.iter().copied() {
            let next = policy.next_try(kind, since, attempt, now);
            prop_assert!(next >= now);
            prop_assert!(next <= now + TimeDelta::seconds(i64::from(policy.longest_retry_seconds)));
            prop_assert!(next <= policy.patience_ends(kind, since).max(now));
            prop_assert!(next <= policy.next_try(kind, since, attempt + 1, now));
        }
    }
}
