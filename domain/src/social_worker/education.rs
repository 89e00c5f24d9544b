//! Registration 登记 of a qualification and the continuing education 继续教育 that renewing it asks for.

use chrono::{Months, NaiveDate};
use uuid::Uuid;

use super::Qualification;
use crate::person::PeoplePolicy;
use crate::training::{Credit, credits_by_year};

/// How long a registration holds; both days count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

impl Registration {
    /// A registration that was made on a day: three years by default (社会工作者职业水平证书登记办法).
    #[must_use]
    pub fn made_on(from: NaiveDate, policy: &PeoplePolicy) -> Self {
        let months = Months::new(u32::try_from(policy.registration_years.saturating_mul(12)).unwrap_or(u32::MAX));
        let until = from.checked_add_months(months).and_then(|after| after.pred_opt()).unwrap_or(NaiveDate::MAX);
        Self { from, until }
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.until
    }
}

/// Credit hours that somebody got for a session of a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learned {
    /// For which session.
    pub session: Uuid,
    /// The day on which it ended, in the region's zone.
    pub on: NaiveDate,
    /// How many hours.
    pub hours: i32,
}

/// How far somebody has come with the continuing education of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Education {
    /// The registration that it is for.
    pub registration: Registration,
    /// The hours that renewing it asks for.
    pub needed: i64,
    /// The hours of sessions that ended while it holds, each session once.
    pub earned: i64,
}

impl Education {
    /// The hours that are missing.
    #[must_use]
    pub fn missing(&self) -> i64 {
        (self.needed - self.earned).max(0)
    }
}

/// How far somebody has come: at least 72 hours for assistants and 90 for the others in each registration by default
/// (社会工作者继续教育办法).
#[must_use]
pub fn education(qualification: Qualification, registration: Registration, learned: &[Learned], policy: &PeoplePolicy) -> Education {
    let counted = learned.iter().filter(|one| registration.holds_on(one.on));
    // The year does not matter here: a session counts once wherever it is written down.
    let credits: Vec<Credit> = counted.map(|one| Credit { session: one.session, year: 0, hours: one.hours }).collect();
    let needed = match qualification {
        Qualification::Assistant => policy.education_hours_assistant,
        Qualification::SocialWorker | Qualification::Senior => policy.education_hours,
    };
    Education { registration, needed, earned: credits_by_year(&credits).iter().map(|sum| sum.hours).sum() }
}

#[cfg(test)]
mod tests {
    use super::{Learned, Registration, education};
    use crate::person::PeoplePolicy;
    use crate::social_worker::Qualification;
    use chrono::NaiveDate;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_registration_holds_for_three_years_less_a_day() {
        let registration = Registration::made_on(day("2024-02-29"), &PeoplePolicy::default());
        assert_eq!(registration.until, day("2027-02-27"));
        assert!(registration.holds_on(day("2024-02-29")) && registration.holds_on(day("2027-02-27")));
        assert!(!registration.holds_on(day("2024-02-28")) && !registration.holds_on(day("2027-02-28")));
    }

    #[test]
    fn hours_count_that_were_earned_while_it_holds_and_a_session_once() {
        let registration = Registration::made_on(day("2024-01-01"), &PeoplePolicy::default());
        let learned = |session, on, hours| Learned { session: Uuid::from_u128(session), on: day(on), hours };
        let given = [
            learned(1, "2023-12-31", 40),
            learned(2, "2024-01-01", 40),
            learned(2, "2024-01-01", 40),
            learned(3, "2026-12-31", 20),
            learned(4, "2027-01-01", 40),
        ];
        let assistant = education(Qualification::Assistant, registration, &given, &PeoplePolicy::default());
        assert_eq!((assistant.needed, assistant.earned, assistant.missing()), (72, 60, 12));
        let senior = education(Qualification::Senior, registration, &given, &PeoplePolicy::default());
        assert_eq!((senior.needed, senior.missing()), (90, 30));
        let more = [given.as_slice(), &[learned(5, "2025-05-01", 40)]].concat();
        assert_eq!(
            education(Qualification::SocialWorker, registration, &more, &PeoplePolicy::default()).missing(),
            0,
            "never below nothing"
        );
    }
}
