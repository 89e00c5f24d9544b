use chrono::{Datelike, NaiveDate};

use crate::vocabulary;

vocabulary! {
    /// Sex as documents state it (GB/T 2261.1).
    pub enum Sex = "sexes" {
        /// Male.
        Male = "male": "男", "male", "nam";
        /// Female.
        Female = "female": "女", "female", "nữ";
    }
}

/// A citizen identification number (GB 11643-1999): six digits of the place of first registration, eight of the birth
/// date, three of the sequence, one check character. Permits for other residents are numbered by the same rule.
///
/// The place is not looked up: numbers keep the codes of regions that have since been abolished.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityNumber {
    number: String,
    birth_date: NaiveDate,
    sex: Sex,
}

/// Why a text is not a citizen identification number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityNumberError {
    /// Not 17 digits and a digit or X.
    #[error("an identity number has 17 digits and then a digit or X")]
    Form,
    /// The digits 7 to 14 are no day of the calendar.
    #[error("the digits 7 to 14 of an identity number are a birth date")]
    BirthDate,
    /// The check character does not fit: somewhere is a slip of the pen.
    #[error("the check character of the identity number does not fit")]
    CheckCharacter,
}

/// The weights of the first 17 digits (ISO 7064, MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder of the weighted sum by 11.
const CHECKS: &str = "10X98765432";
/// Nobody alive was born before; an earlier year is a slip of the pen.
const FIRST_YEAR: i32 = 1850;

impl IdentityNumber {
    /// Reads a number of 18 characters; a small `x` becomes a capital one.
    ///
    /// # Errors
    /// [`IdentityNumberError`] says what is wrong with the text.
    pub fn parse(raw: &str) -> Result<Self, IdentityNumberError> {
        let number = raw.trim().to_ascii_uppercase();
        let body = number.get(..17).filter(|_| number.len() == 18).ok_or(IdentityNumberError::Form)?;
        let digits: Vec<u32> = body.chars().filter_map(|c| c.to_digit(10)).collect();
        let given = number.chars().next_back().filter(|c| c.is_ascii_digit() || *c == 'X').ok_or(IdentityNumberError::Form)?;
        if digits.len() != WEIGHTS.len() {
            return Err(IdentityNumberError::Form);
        }
        let birth_date = birth_date(body).ok_or(IdentityNumberError::BirthDate)?;
        if check_character(&digits) != Some(given) {
            return Err(IdentityNumberError::CheckCharacter);
        }
        let male = digits.last().is_some_and(|digit| digit % 2 == 1);
        Ok(Self { number, birth_date, sex: if male { Sex::Male } else { Sex::Female } })
    }

    /// The full number: personal data.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.number
    }

    /// The birth date. Whether it lies in the future is for whoever knows the day.
    #[must_use]
    pub const fn birth_date(&self) -> NaiveDate {
        self.birth_date
    }

    /// The sex: the 17th digit is odd for men.
    #[must_use]
    pub const fn sex(&self) -> Sex {
        self.sex
    }

    /// What others may read: `230822********001X`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}********{}", self.number.get(..6).unwrap_or_default(), self.number.get(14..).unwrap_or_default())
    }
}

/// Shows the masked number only.
impl std::fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdentityNumber({})", self.masked())
    }
}

fn birth_date(body: &str) -> Option<NaiveDate> {
    let year = body.get(6..10)?.parse().ok()?;
    let month = body.get(10..12)?.parse().ok()?;
    let day = body.get(12..14)?.parse().ok()?;
    NaiveDate::from_ymd_opt(year, month, day).filter(|date| date.year() >= FIRST_YEAR)
}

fn check_character(digits: &[u32]) -> Option<char> {
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    CHECKS.chars().nth(usize::try_from(sum % 11).ok()?)
}

#[cfg(test)]
mod tests {
    use super::{IdentityNumber, IdentityNumberError, Sex, check_character};
    use chrono::NaiveDate;
    use proptest::prelude::*;

    const EXAMPLE: &str = "11010519491231002X";

    fn with_check(body: &str) -> String {
        let digits: Vec<u32> = body.chars().filter_map(|c| c.to_digit(10)).collect();
        format!("{body}{}", check_character(&digits).unwrap())
    }

    #[test]
    fn the_example_of_the_standard_is_right() {
        let number = IdentityNumber::parse(EXAMPLE).unwrap();
        assert_eq!(number.birth_date(), NaiveDate::from_ymd_opt(1949, 12, 31).unwrap());
        assert_eq!(number.sex(), Sex::Female);
        assert_eq!(number.masked(), "110105********002X");
        assert_eq!(IdentityNumber::parse("11010519491231002x"), Ok(number));
    }

    #[test]
    fn every_single_changed_character_is_noticed() {
        for position in 0..EXAMPLE.len() {
            for replacement in "0123456789X".chars() {
                let changed: String = EXAMPLE.chars().enumerate().map(|(at, c)| if at == position { replacement } else { c }).collect();
                assert_eq!(IdentityNumber::parse(&changed).is_ok(), changed == EXAMPLE, "{changed}");
            }
        }
    }

    #[test]
    fn the_birth_date_is_a_day_of_the_calendar() {
        for body in ["23082219900230001", "23082219901301001", "23082219900011001", "23082209900101001", "23082220230229001"] {
            assert_eq!(IdentityNumber::parse(&with_check(body)), Err(IdentityNumberError::BirthDate), "{body}");
        }
        assert!(IdentityNumber::parse(&with_check("23082220240229001")).is_ok());
    }

    #[test]
    fn what_has_another_form_is_refused() {
        for raw in ["", "110105491231002", "1101051949123100X2", "11010519491231002Y", "１10105194912310", "11010519491231002XX"] {
            assert_eq!(IdentityNumber::parse(raw), Err(IdentityNumberError::Form), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn what_a_number_says_is_read(place in 110_000..=829_999_u32, days in 0..=60_000_u64, sequence in 0..=999_u32) {
            let birth = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Days::new(days);
            let number = IdentityNumber::parse(&with_check(&format!("{place}{}{sequence:03}", birth.format("%Y%m%d")))).unwrap();
            prop_assert_eq!(number.birth_date(), birth);
            prop_assert_eq!(number.sex() == Sex::Male, sequence % 2 == 1);
        }

        #[test]
        fn no_text_breaks_it(raw in "\\PC{0,20}|[0-9xX]{17,19}") {
            if let Ok(number) = IdentityNumber::parse(&raw) {
                prop_assert_eq!(number.as_str().len(), 18);
            }
        }
    }
}
