use chrono_tz::Tz;

use super::{DemandPolicy, Item, PriorityTerm};
use crate::Timestamp;
use crate::days::local_day;

/// One term of a priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// What it stands for.
    pub name: PriorityTerm,
    /// How often it counts: days, times, voices; 1 for urgency and vulnerability.
    pub count: i64,
    /// What it adds.
    pub points: i64,
}

/// A priority with its reasons: the total is the sum of the terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// The sum.
    pub total: i64,
    /// Every term, also those that add nothing.
    pub terms: Vec<Term>,
}

/// How soon an item should be served: the more the sooner. Integers of whole local days, so the same item has the same priority on
/// every machine at any time of the day.
#[must_use]
pub fn priority(item: &Item, policy: &DemandPolicy, zone: Tz, now: Timestamp) -> Score {
    let weights = &policy.priority;
    let days_since = |at: Timestamp| (local_day(now, zone) - local_day(at, zone)).num_days().max(0);
    let counted = |name, count: i64, each: i32, most: i32| {
        let count = count.clamp(0, i64::from(most));
        Term { name, count, points: count * i64::from(each) }
    };
    let tags: i64 = item.tags.iter().map(|tag| i64::from(weights.of_tag(*tag))).sum();
    // It is overdue from the local midnight on that ends its last day: that is the first day late.
    let late = if item.is_overdue(now) { days_since(item.verify_by) + 1 } else { 0 };
    let terms = vec![
        Term { name: PriorityTerm::Urgency, count: 1, points: i64::from(weights.of_urgency(item.urgency)) },
        Term { name: PriorityTerm::Vulnerability, count: 1, points: tags.min(i64::from(weights.tags_at_most)) },
        counted(PriorityTerm::Waiting, days_since(item.waiting_since), weights.waiting_day, weights.waiting_days_at_most),
        counted(PriorityTerm::Reopened, i64::from(item.reopened), weights.reopened, weights.reopened_at_most),
        counted(PriorityTerm::Voices, i64::from(item.voices) - 1, weights.voice, weights.voices_at_most),
        counted(PriorityTerm::Overdue, late, weights.overdue_day, weights.overdue_days_at_most),
    ];
    Score { total: terms.iter().map(|term| term.points).sum(), terms }
}
