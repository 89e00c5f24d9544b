//! The unified social credit code 统一社会信用代码.

use crate::vocabulary;

vocabulary! {
    /// What is odd about an organisation's record without being wrong.
    pub enum OrganisationWarning = "organisation-warnings" {
        /// The organisation code inside the credit code does not fit its own check character (GB 11714).
        OrganisationCode = "organisation_code": "信用代码内的组织机构代码校验位不符", "the organisation code inside the credit code does not check", "mã tổ chức trong mã tín dụng không khớp";
    }
}

/// A unified social credit code (GB 32100-2015): 18 characters, the last of which checks the others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

/// Why a text is not a credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// Not 18 of the characters that the standard has.
    #[error("a credit code has 18 digits and capital letters without I, O, S, V, Z")]
    Form,
    /// The check character does not fit: somewhere is a slip of the pen.
    #[error("the check character of the credit code does not fit")]
    CheckCharacter,
}

/// The characters of the standard, by their values.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The length of a code.
const LENGTH: usize = 18;
/// The weights of the organisation code inside (GB 11714).
const INNER_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

impl CreditCode {
    /// Reads a code; small letters become capital ones.
    ///
    /// # Errors
    /// [`CreditCodeError`] says what is wrong with the text.
    pub fn parse(raw: &str) -> Result<Self, CreditCodeError> {
        let code = raw.trim().to_ascii_uppercase();
        let values: Vec<u32> = code.chars().filter_map(value_of).collect();
        let (body, check) = match values.split_last() {
            Some((check, body)) if values.len() == LENGTH && code.chars().count() == LENGTH => (body, *check),
            _ => return Err(CreditCodeError::Form),
        };
        // Weights are the powers of three, modulo 31.
        let (sum, _) = body.iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
        if (31 - sum % 31) % 31 == check { Ok(Self(code)) } else { Err(CreditCodeError::CheckCharacter) }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is odd about it: old bodies hold organisation codes that do not check, so it is no error.
    #[must_use]
    pub fn warnings(&self) -> Vec<OrganisationWarning> {
        if self.inner_checks() { Vec::new() } else { vec![OrganisationWarning::OrganisationCode] }
    }

    /// Whether the organisation code in positions 9 to 17 fits its own check character.
    fn inner_checks(&self) -> bool {
        let inner: Vec<char> = self.0.chars().skip(8).take(9).collect();
        let Some((check, body)) = inner.split_last() else { return false };
        let sum: u32 = body.iter().filter_map(|c| c.to_digit(36)).zip(INNER_WEIGHTS).map(|(value, weight)| value * weight).sum();
        let fits = match 11 - sum % 11 {
            10 => 'X',
            11 => '0',
            digit => char::from_digit(digit, 10).unwrap_or('?'),
        };
        *check == fits
    }
}

fn value_of(c: char) -> Option<u32> {
    ALPHABET.find(c).and_then(|at| u32::try_from(at).ok())
}
