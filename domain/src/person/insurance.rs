//! Insurances of people who serve: dangerous service needs one (志愿服务条例, 17).

use crate::{Timestamp, vocabulary};

vocabulary! {
    /// What an insurance covers.
    pub enum InsuranceCover = "insurance-covers" {
        /// Accidents of who serves.
        Accident = "accident": "人身意外伤害", "accidents", "tai nạn cá nhân";
        /// Harm to others.
        Liability = "liability": "第三者责任", "harm to others", "trách nhiệm với bên thứ ba";
        /// Treatment.
        Medical = "medical": "意外医疗", "treatment", "y tế do tai nạn";
    }
}

/// An insurance against accidents, as far as the rule asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InsuredTime {
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
}

impl InsuredTime {
    /// Whether it covers every moment from one to another.
    #[must_use]
    pub fn covers(&self, from: Timestamp, to: Timestamp) -> bool {
        self.from <= from && to <= self.until && from < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::InsuredTime;
    use crate::Timestamp;

    #[test]
    fn the_first_moment_counts_and_the_last_does_not() {
        let at = |hour: i64| Timestamp::UNIX_EPOCH + chrono::TimeDelta::hours(hour);
        let insured = InsuredTime { from: at(1), until: at(5) };
        assert!(insured.covers(at(1), at(1)) && insured.covers(at(1), at(5)));
        for (from, to) in [(0, 2), (4, 6), (5, 5), (0, 6)] {
            assert!(!insured.covers(at(from), at(to)), "{from} {to}");
        }
    }
}
