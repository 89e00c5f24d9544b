use std::ops::RangeInclusive;

use super::Urgency;
use crate::policy::{Policy, PolicyFault, PolicyKind, check_version, fault, within};

/// The time limits of one urgency, in minutes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UrgencyPolicy {
    /// From placing to triage.
    pub triage: i32,
    /// From placing to the first dispatch, and from a return to the next one.
    pub dispatch: i32,
    /// How long one offer waits for its answer.
    pub answer: i32,
    /// From the first dispatch to acceptance.
    pub accept: i32,
    /// From the agreed start, else from the first dispatch, to the check-in.
    pub arrive: i32,
    /// From the agreed start, else from the first dispatch, to the end of the work.
    pub finish: i32,
    /// From placing to the first contact that reached the resident (12345 Beijing: 1 h, 2 h, 24 h).
    pub first_contact: i32,
}

/// The numbers of the order loop. A region publishes versions of it; an order keeps the version of its day.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderPolicy {
    /// The name of this version.
    pub version: String,
    /// Limits for what has time.
    pub low: UrgencyPolicy,
    /// Limits for the ordinary case.
    pub normal: UrgencyPolicy,
    /// Limits for today's matters.
    pub high: UrgencyPolicy,
    /// Limits where life or property is in danger.
    pub emergency: UrgencyPolicy,
    /// Minutes from a bad review to the end of its mending.
    pub mend_minutes: i32,
    /// Minutes between the reminder of a passed deadline and its consequence.
    pub grace_minutes: i32,
    /// Local days in which a finished order is reviewed before it closes unreviewed.
    pub review_days: i32,
    /// Local days after finishing in which a late review is still taken.
    pub late_review_days: i32,
    /// Local days after a refusal in which it can be appealed.
    pub appeal_days: i32,
    /// The return to the queue after which the division above decides.
    pub decision_after_returns: i32,
    /// The mending after which the division above decides.
    pub decision_after_mends: i32,
    /// How often an order is mended at most; the next bad review closes it as unresolved.
    pub max_mends: i32,
    /// From how many stars on a review counts as satisfied.
    pub satisfied_stars: i32,
    /// From how many stars on a solved order counts as solved.
    pub solved_stars: i32,
    /// How many tags a review may have.
    pub max_tags: i32,
    /// How far from the place of service a position still proves presence, in metres.
    pub radius_metres: i32,
    /// How many minutes before the agreed start one may check in.
    pub early_check_in_minutes: i32,
    /// How many minutes in the past a start may lie when it reaches the service.
    pub start_tolerance_minutes: i32,
    /// How many days ahead a time may be wanted or agreed.
    pub book_ahead_days: i32,
    /// How many takers one dispatch may ask; a wider ring is a further dispatch of the same round.
    pub offers_per_round: i32,
    /// How many people an order may need.
    pub max_people: i32,
    /// How many minutes a service may take.
    pub max_minutes: i32,
    /// The largest sum that may be paid for work, or for materials, in fen.
    pub max_payment_fen: i64,
}

impl Default for OrderPolicy {
    fn default() -> Self {
        let limits = |triage, dispatch, answer, accept, arrive, finish, first_contact| UrgencyPolicy {
            triage,
            dispatch,
            answer,
            accept,
            arrive,
            finish,
            first_contact,
        };
        Self {
            version: "default-1".to_owned(),
            low: limits(1440, 2880, 1440, 2880, 60, 4320, 1440),
            normal: limits(480, 1440, 480, 1440, 60, 2880, 1440),
            high: limits(60, 120, 60, 120, 30, 1440, 120),
            emergency: limits(15, 30, 10, 30, 30, 480, 60),
            mend_minutes: 4320,
            grace_minutes: 30,
            review_days: 7,
            late_review_days: 30,
            appeal_days: 7,
            decision_after_returns: 3,
            decision_after_mends: 3,
            max_mends: 3,
            satisfied_stars: 4,
            solved_stars: 3,
            max_tags: 10,
            radius_metres: 300,
            early_check_in_minutes: 30,
            start_tolerance_minutes: 5,
            book_ahead_days: 90,
            offers_per_round: 20,
            max_people: 100,
            max_minutes: 720,
            max_payment_fen: 10_000_000,
        }
    }
}

/// A year in minutes: no limit is longer.
const YEAR: i32 = 366 * 24 * 60;

impl OrderPolicy {
    /// The limits of an urgency.
    #[must_use]
    pub const fn limits(&self, urgency: Urgency) -> &UrgencyPolicy {
        match urgency {
            Urgency::Low => &self.low,
            Urgency::Normal => &self.normal,
            Urgency::High => &self.high,
            Urgency::Emergency => &self.emergency,
        }
    }

    /// Every plain number with the range that it must lie in.
    fn numbers(&self) -> [(&'static str, i32, RangeInclusive<i32>); 18] {
        [
            ("mend_minutes", self.mend_minutes, 1..=YEAR),
            ("grace_minutes", self.grace_minutes, 0..=YEAR),
            ("review_days", self.review_days, 1..=365),
            ("late_review_days", self.late_review_days, 1..=365),
            ("appeal_days", self.appeal_days, 1..=365),
            ("decision_after_returns", self.decision_after_returns, 1..=100),
            ("decision_after_mends", self.decision_after_mends, 1..=100),
            ("max_mends", self.max_mends, 1..=100),
            ("satisfied_stars", self.satisfied_stars, 1..=5),
            ("solved_stars", self.solved_stars, 1..=5),
            ("max_tags", self.max_tags, 0..=100),
            ("radius_metres", self.radius_metres, 1..=100_000),
            ("early_check_in_minutes", self.early_check_in_minutes, 0..=1440),
            ("start_tolerance_minutes", self.start_tolerance_minutes, 0..=60),
            ("book_ahead_days", self.book_ahead_days, 1..=730),
            ("offers_per_round", self.offers_per_round, 1..=1000),
            ("max_people", self.max_people, 1..=100),
            ("max_minutes", self.max_minutes, 1..=720),
        ]
    }
}

impl Policy for OrderPolicy {
    const KIND: PolicyKind = PolicyKind::Orders;

    fn version(&self) -> &str {
        &self.version
    }

    fn check(&self) -> Result<(), PolicyFault> {
        check_version(&self.version)?;
        for (urgency, limits) in [("low", &self.low), ("normal", &self.normal), ("high", &self.high), ("emergency", &self.emergency)] {
            limits.check(urgency)?;
        }
        for (field, value, range) in self.numbers() {
            within(field, i64::from(value), i64::from(*range.start())..=i64::from(*range.end()))?;
        }
        within("max_payment_fen", self.max_payment_fen, 0..=1_000_000_000_000)?;
        if self.late_review_days < self.review_days {
            return fault("late_review_days", "not less than review_days");
        }
        if self.decision_after_mends > self.max_mends {
            return fault("decision_after_mends", "not more than max_mends");
        }
        Ok(())
    }
}

impl UrgencyPolicy {
    fn check(&self, urgency: &str) -> Result<(), PolicyFault> {
        let limits = [
            ("triage", self.triage),
            ("dispatch", self.dispatch),
            ("answer", self.answer),
            ("accept", self.accept),
            ("arrive", self.arrive),
            ("finish", self.finish),
            ("first_contact", self.first_contact),
        ];
        limits.into_iter().try_for_each(|(limit, minutes)| within(&format!("{urgency}.{limit}"), i64::from(minutes), 1..=i64::from(YEAR)))
    }
}

#[cfg(test)]
mod tests {
    use super::OrderPolicy;
    use crate::order::Urgency;
    use crate::policy::Policy as _;
    use crate::vocabulary::Vocabulary;

    fn fault_of(change: impl FnOnce(&mut OrderPolicy)) -> String {
        let mut policy = OrderPolicy::default();
        change(&mut policy);
        policy.check().unwrap_err().field
    }

    #[test]
    fn the_default_is_a_policy_and_survives_its_text() {
        let policy = OrderPolicy::default();
        assert_eq!(policy.check(), Ok(()));
        let text = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<OrderPolicy>(&text).unwrap(), policy);
        let unknown = text.replacen('{', "{\"surprise\":1,", 1);
        assert!(serde_json::from_str::<OrderPolicy>(&unknown).is_err());
    }

    #[test]
    fn the_field_that_is_wrong_is_named() {
        assert_eq!(fault_of(|policy| policy.version = String::new()), "version");
        assert_eq!(fault_of(|policy| policy.version = " a".to_owned()), "version");
        assert_eq!(fault_of(|policy| policy.high.answer = 0), "high.answer");
        assert_eq!(fault_of(|policy| policy.grace_minutes = -1), "grace_minutes");
        assert_eq!(fault_of(|policy| policy.solved_stars = 6), "solved_stars");
        assert_eq!(fault_of(|policy| policy.max_minutes = 721), "max_minutes");
        assert_eq!(fault_of(|policy| policy.max_payment_fen = -1), "max_payment_fen");
        assert_eq!(fault_of(|policy| policy.late_review_days = 6), "late_review_days");
        assert_eq!(fault_of(|policy| policy.decision_after_mends = 4), "decision_after_mends");
    }

    #[test]
    fn the_more_pressing_the_shorter() {
        let policy = OrderPolicy::default();
        for pair in Urgency::ALL.windows(2) {
            let (slower, faster) = (policy.limits(pair[0]), policy.limits(pair[1]));
            assert!(faster.triage <= slower.triage && faster.dispatch <= slower.dispatch && faster.answer <= slower.answer);
            assert!(faster.accept <= slower.accept && faster.arrive <= slower.arrive && faster.finish <= slower.finish);
            assert!(faster.first_contact <= slower.first_contact);
        }
    }
}
