//! Days that requests name.

use chrono::{Datelike as _, NaiveDate};

use crate::problem::{Problem, Rule};

/// The years that requests may be about: within what every database can keep and this program serves.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// Refuses a day that no record can be of.
///
/// # Errors
/// Names the field and the bounds.
pub fn check(field: &str, day: NaiveDate) -> Result<(), Problem> {
    if YEARS.contains(&day.year()) {
        return Ok(());
    }
    let bounds = vec![format!("{}-01-01", YEARS.start()), format!("{}-12-31", YEARS.end())];
    Err(Problem::field_with(field, Rule::OutOfRange, bounds))
}

/// Refuses a time of validity that begins or ends on no such day, ends before it begins, or is longer than so many years.
///
/// # Errors
/// Names the field and the rule.
pub fn check_validity(from: NaiveDate, until: NaiveDate, years: u32) -> Result<(), Problem> {
    check("/valid_from", from)?;
    check("/valid_until", until)?;
    if until < from {
        return Err(Problem::field("/valid_until", Rule::EndBeforeStart));
    }
    let last = from.checked_add_months(chrono::Months::new(years * 12)).unwrap_or(NaiveDate::MAX);
    if until > last { Err(Problem::field_with("/valid_until", Rule::TooBig, vec![last.to_string()])) } else { Ok(()) }
}
