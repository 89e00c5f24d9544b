//! The yearly examination 社会工作者职业资格考试.

use std::ops::RangeInclusive;

use crate::vocabulary;

/// The year of the first examination (June 2008).
pub const EXAMS_SINCE: i32 = 2008;

vocabulary! {
    /// Where a registration for the examination stands.
    pub enum ExamState = "exam-states" {
        /// Will sit for it.
        Registered = "registered": "已报名", "registered", "đã đăng ký";
        /// Has given it up.
        Withdrawn = "withdrawn": "已放弃", "withdrawn", "đã rút";
        /// Has passed.
        Passed = "passed": "合格", "passed", "đạt";
        /// Has not passed.
        Failed = "failed": "不合格", "failed", "không đạt";
        /// Was not there.
        Absent = "absent": "缺考", "absent", "vắng thi";
    }
}

vocabulary! {
    /// What came of an examination.
    pub enum ExamResult = "exam-results" {
        /// Passed.
        Passed = "passed": "合格", "passed", "đạt";
        /// Not passed.
        Failed = "failed": "不合格", "failed", "không đạt";
        /// Not there.
        Absent = "absent": "缺考", "absent", "vắng thi";
    }
}

impl ExamResult {
    /// Where it leads.
    #[must_use]
    pub const fn state(self) -> ExamState {
        match self {
            Self::Passed => ExamState::Passed,
            Self::Failed => ExamState::Failed,
            Self::Absent => ExamState::Absent,
        }
    }
}

impl ExamState {
    /// Whether a result can be written down; one that is there can be corrected.
    #[must_use]
    pub const fn takes_a_result(self) -> bool {
        !matches!(self, Self::Withdrawn)
    }

    /// Whether the registration can be given up.
    #[must_use]
    pub const fn may_withdraw(self) -> bool {
        matches!(self, Self::Registered)
    }

    /// Whether somebody may register again.
    #[must_use]
    pub const fn may_return(self) -> bool {
        matches!(self, Self::Withdrawn)
    }
}

/// The years that are possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExamYearFault(pub RangeInclusive<i32>);

fn within(year: i32, years: RangeInclusive<i32>) -> Result<(), ExamYearFault> {
    if years.contains(&year) { Ok(()) } else { Err(ExamYearFault(years)) }
}

/// Checks the year of a registration that staff write down: since there are examinations, until next year's.
///
/// # Errors
/// The years that are possible.
pub fn check_year(year: i32, today: i32) -> Result<(), ExamYearFault> {
    within(year, EXAMS_SINCE..=today + 1)
}

/// Checks the year for which somebody registers themselves: this one or the next.
///
/// # Errors
/// The years that are possible.
pub fn check_own_year(year: i32, today: i32) -> Result<(), ExamYearFault> {
    within(year, today..=today + 1)
}

#[cfg(test)]
mod tests {
    use super::{ExamResult, ExamState, ExamYearFault, check_own_year, check_year};
    use crate::vocabulary::Vocabulary;

    #[test]
    fn staff_write_down_the_past_and_people_register_for_what_comes() {
        assert_eq!((check_year(2008, 2026), check_year(2027, 2026)), (Ok(()), Ok(())));
        assert_eq!((check_year(2007, 2026), check_year(2028, 2026)), (Err(ExamYearFault(2008..=2027)), Err(ExamYearFault(2008..=2027))));
        assert_eq!((check_own_year(2026, 2026), check_own_year(2025, 2026)), (Ok(()), Err(ExamYearFault(2026..=2027))));
    }

    #[test]
    fn what_was_given_up_has_no_result_and_what_has_a_result_is_not_given_up() {
        for state in ExamState::ALL.iter().copied() {
            assert!(!(state.may_withdraw() && state.may_return()), "{state}");
            assert_eq!(state.takes_a_result(), !state.may_return(), "{state}");
        }
        assert!(ExamResult::ALL.iter().all(|result| result.state().takes_a_result() && !result.state().may_withdraw()));
    }
}
