use chrono::NaiveDate;

use crate::order::Group;

/// From which age and to which somebody belongs to a group. Part of a region's policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupAges {
    /// The last age of youth, which begins with full age.
    pub youth_to: u32,
    /// The first age of the elderly (老年人权益保障法, 2: 60).
    pub elderly_from: u32,
}

/// Under this age somebody is a minor (未成年人保护法, 2; 民法典, 17): law, not policy.
const FULL_AGE: u32 = 18;

impl Default for GroupAges {
    fn default() -> Self {
        Self { youth_to: 35, elderly_from: 60 }
    }
}

impl GroupAges {
    /// The group on that day; general where the birth date is not known or yet to come.
    #[must_use]
    pub fn group_on(&self, birth: Option<NaiveDate>, day: NaiveDate) -> Group {
        match birth.and_then(|birth| age_on(birth, day)) {
            Some(age) if age < FULL_AGE => Group::Minor,
            Some(age) if age >= self.elderly_from => Group::Elderly,
            Some(age) if age <= self.youth_to => Group::Youth,
            Some(_) | None => Group::General,
        }
    }
}

/// The age in completed years on that day 周岁; `None` before birth. Who was born on 29 February completes a year on
/// 1 March where there is no 29th.
#[must_use]
pub fn age_on(birth: NaiveDate, day: NaiveDate) -> Option<u32> {
    day.years_since(birth)
}

/// The group on that day by the default ages: membership follows from the birth date and is never kept.
#[must_use]
pub fn group_on(birth: Option<NaiveDate>, day: NaiveDate) -> Group {
    GroupAges::default().group_on(birth, day)
}

/// Whether somebody is of age on that day.
#[must_use]
pub fn is_of_age(birth: NaiveDate, day: NaiveDate) -> bool {
    age_on(birth, day).is_some_and(|age| age >= FULL_AGE)
}

#[cfg(test)]
mod tests {
    use super::{GroupAges, age_on, group_on, is_of_age};
    use crate::order::Group;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_is_complete_on_the_birthday() {
        assert_eq!(age_on(day("2008-03-01"), day("2026-02-28")), Some(17));
        assert_eq!(age_on(day("2008-03-01"), day("2026-03-01")), Some(18));
        assert_eq!(age_on(day("2008-02-29"), day("2026-02-28")), Some(17));
        assert_eq!(age_on(day("2008-02-29"), day("2026-03-01")), Some(18));
        assert_eq!(age_on(day("2026-03-02"), day("2026-03-01")), None);
    }

    #[test]
    fn groups_change_by_themselves() {
        let on = |birth: &str| group_on(Some(day(birth)), day("2026-03-01"));
        assert_eq!(on("2008-03-02"), Group::Minor);
        assert_eq!(on("2008-03-01"), Group::Youth);
        assert_eq!(on("1990-03-02"), Group::Youth);
        assert_eq!(on("1990-03-01"), Group::General, "36 today");
        assert_eq!(on("1966-03-02"), Group::General);
        assert_eq!(on("1966-03-01"), Group::Elderly);
        assert_eq!(on("2026-03-02"), Group::General, "not born yet");
        assert_eq!(group_on(None, day("2026-03-01")), Group::General);
    }

    #[test]
    fn a_region_may_move_the_ages_but_not_full_age() {
        let ages = GroupAges { youth_to: 45, elderly_from: 65 };
        assert_eq!(ages.group_on(Some(day("1984-01-01")), day("2026-03-01")), Group::Youth);
        assert_eq!(ages.group_on(Some(day("1964-01-01")), day("2026-03-01")), Group::General);
        assert_eq!(ages.group_on(Some(day("2009-01-01")), day("2026-03-01")), Group::Minor);
    }

    proptest! {
        #[test]
        fn nobody_grows_younger(born in 0..40_000_u64, first in 0..40_000_u64, later in 0..40_000_u64) {
            let epoch = day("1920-01-01");
            let at = |days: u64| epoch + chrono::Days::new(days);
            let (earlier, after) = (age_on(at(born), at(born + first)), age_on(at(born), at(born + first + later)));
            prop_assert!(earlier.is_some() && earlier <= after);
        }
    }

    #[test]
    fn of_age_is_who_has_completed_eighteen_years() {
        let birth = day("2008-09-07");
        assert!(!is_of_age(birth, day("2026-09-06")) && is_of_age(birth, day("2026-09-07")));
        assert!(!is_of_age(birth, day("2000-01-01")), "before birth nobody is");
    }
}
