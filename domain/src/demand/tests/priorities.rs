use chrono::TimeDelta;
use proptest::prelude::*;

use super::{ZONE, at, item};
use crate::demand::{DemandPolicy, PriorityTerm, Vulnerability, priority};
use crate::order::Urgency;
use crate::vocabulary::Vocabulary as _;

#[test]
fn every_term_is_shown() {
    let policy = DemandPolicy::default();
    let mut old = item(Urgency::High, &[Vulnerability::LivingAlone, Vulnerability::LowIncome], at("2026-09-07T01:00:00Z"));
    let points = |now: &str, old: &_| {
        let score = priority(old, &policy, ZONE, at(now));
        assert_eq!(score.total, score.terms.iter().map(|term| term.points).sum::<i64>());
        score.terms.iter().map(|term| (term.name, term.count, term.points)).collect::<Vec<_>>()
    };
    use PriorityTerm::{Overdue, Reopened, Urgency as Pressing, Voices, Vulnerability as Vulnerable, Waiting};
    assert_eq!(
        points("2026-09-07T10:00:00Z", &old),
        [(Pressing, 1, 300), (Vulnerable, 1, 120), (Waiting, 0, 0), (Reopened, 0, 0), (Voices, 0, 0), (Overdue, 0, 0)]
    );
    (old.reopened, old.voices) = (2, 3);
    // The 15th in China: due at the end of the 14th, so one day late.
    assert_eq!(
        points("2026-09-14T17:00:00Z", &old),
        [(Pressing, 1, 300), (Vulnerable, 1, 120), (Waiting, 8, 40), (Reopened, 2, 100), (Voices, 2, 20), (Overdue, 1, 10)]
    );
    assert_eq!(points("2026-09-15T17:00:00Z", &old).last(), Some(&(Overdue, 2, 20)));
}

#[test]
fn a_day_has_one_priority() {
    let policy = DemandPolicy::default();
    let old = item(Urgency::Normal, &[], at("2026-09-07T15:59:00Z"));
    let total = |now: &str| priority(&old, &policy, ZONE, at(now)).total;
    assert_eq!(total("2026-09-07T16:00:00Z"), total("2026-09-08T15:59:59Z"), "the 8th in China");
    assert_eq!(total("2026-09-08T16:00:00Z"), total("2026-09-07T16:00:00Z") + 5);
}

fn any_urgency() -> impl Strategy<Value = Urgency> {
    proptest::sample::select(Urgency::ALL.to_vec())
}

proptest! {
    #[test]
    fn whoever_needs_more_or_waits_longer_is_never_behind(
        urgency in any_urgency(), tags in proptest::sample::subsequence(Vulnerability::ALL.to_vec(), 0..=10),
        days in 0_i64..400, more in 0_i64..400, reopened in 0_i32..20, voices in 1_i32..40,
    ) {
        let policy = DemandPolicy::default();
        let begun = at("2026-01-01T01:00:00Z");
        let total = |urgency, tags: &[Vulnerability], days, reopened, voices| {
            let mut item = item(urgency, tags, begun);
            (item.reopened, item.voices) = (reopened, voices);
            priority(&item, &policy, ZONE, begun + TimeDelta::days(days)).total
        };
        let base = total(urgency, &tags, days, reopened, voices);
        prop_assert!(total(urgency, &tags, days + more, reopened, voices) >= base);
        prop_assert!(total(urgency, &tags, days, reopened + 1, voices) >= base);
        prop_assert!(total(urgency, &tags, days, reopened, voices + 1) >= base);
        prop_assert!(total(urgency, Vulnerability::ALL, days, reopened, voices) >= base);
        prop_assert!(total(Urgency::Emergency, &tags, days, reopened, voices) >= base);
    }
}
