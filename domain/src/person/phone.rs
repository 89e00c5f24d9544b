/// A telephone number in its one international form (ITU-T E.164): `+8613812345678`, `+84912345678`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// Why a text is not a telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Something other than digits, spaces, dashes and a leading plus.
    #[error("a phone number has digits only, perhaps after a plus")]
    NotDigits,
    /// A number of the mainland that is not a mobile one: 11 digits that begin with 13 to 19.
    #[error("a mainland mobile number has 11 digits and begins with 13 to 19")]
    NotMobile,
    /// Not 8 to 15 digits after the plus, or a zero first.
    #[error("an international number has a plus and 8 to 15 digits")]
    NotInternational,
}

impl Phone {
    /// Reads a mainland mobile number, with or without `+86` or `86`, or any other number with a plus (or `00`) and its
    /// country. Spaces and dashes are dropped.
    ///
    /// # Errors
    /// [`PhoneError`] says what is wrong with the text.
    pub fn parse(raw: &str) -> Result<Self, PhoneError> {
        let kept: String = raw.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '‑' | '–')).collect();
        let international = kept.strip_prefix('+').or_else(|| kept.strip_prefix("00"));
        let digits = international.unwrap_or(&kept);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError::NotDigits);
        }
        match (international, digits.strip_prefix("86")) {
            (Some(_), Some(national)) => Self::mainland(national),
            (Some(_), None) if (8..=15).contains(&digits.len()) && !digits.starts_with('0') => Ok(Self(format!("+{digits}"))),
            (Some(_), None) => Err(PhoneError::NotInternational),
            (None, Some(national)) if digits.len() == 13 => Self::mainland(national),
            (None, _) => Self::mainland(digits),
        }
    }

    fn mainland(national: &str) -> Result<Self, PhoneError> {
        let mobile = national.len() == 11 && national.starts_with('1') && national.get(1..2).is_some_and(|second| second >= "3");
        if mobile { Ok(Self(format!("+86{national}"))) } else { Err(PhoneError::NotMobile) }
    }

    /// The full number: personal data.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What others may read: `138****5678`; of other countries the first two digits and the last three, `+84****678`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (shown, first, last) = match self.0.strip_prefix("+86") {
            Some(national) => (national, 3, 4),
            None => (self.0.as_str(), 3, 3),
        };
        let head = shown.get(..first).unwrap_or_default();
        let tail = shown.len().checked_sub(last).and_then(|start| shown.get(start..)).unwrap_or_default();
        format!("{head}****{tail}")
    }
}

/// Shows the masked number only.
impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::{Phone, PhoneError};
    use proptest::prelude::*;

    #[test]
    fn every_way_of_writing_a_number_is_one_number() {
        let written = ["13812345678", "+8613812345678", "8613812345678", "+86 138-1234-5678", "0086 13812345678", " 138 1234 5678 "];
        for raw in written {
            assert_eq!(Phone::parse(raw).unwrap().as_str(), "+8613812345678", "{raw}");
        }
    }

    #[test]
    fn other_countries_need_their_code() {
        assert_eq!(Phone::parse("+84 912 345 678").unwrap().as_str(), "+84912345678");
        assert_eq!(Phone::parse("0912345678"), Err(PhoneError::NotMobile));
        assert_eq!(Phone::parse("+0912345678"), Err(PhoneError::NotInternational));
        assert_eq!(Phone::parse("+8491"), Err(PhoneError::NotInternational));
        assert_eq!(Phone::parse("+8491234567890123"), Err(PhoneError::NotInternational));
    }

    #[test]
    fn what_is_not_a_mobile_number_is_refused() {
        for raw in ["12812345678", "1381234567", "138123456789", "+8612812345678", "86138123456"] {
            assert_eq!(Phone::parse(raw), Err(PhoneError::NotMobile), "{raw}");
        }
        for raw in ["", "+", "138x2345678", "１３８１２３４５６７８", "++8613812345678"] {
            assert_eq!(Phone::parse(raw), Err(PhoneError::NotDigits), "{raw}");
        }
    }

    #[test]
    fn a_masked_number_hides_the_middle() {
        let phone = Phone::parse("13812345678").unwrap();
        assert_eq!(phone.masked(), "138****5678");
        assert_eq!(format!("{phone:?}"), "Phone(138****5678)");
        assert_eq!(Phone::parse("+84912345678").unwrap().masked(), "+84****678");
    }

    proptest! {
        #[test]
        fn what_is_read_is_canonical(raw in "[+]?[0-9 -]{0,18}|\\PC{0,16}") {
            if let Ok(phone) = Phone::parse(&raw) {
                prop_assert_eq!(&Phone::parse(phone.as_str()).unwrap(), &phone);
                prop_assert!(phone.as_str().len() <= 16);
            }
        }

        #[test]
        fn every_mobile_number_is_read(second in 3..=9_u8, rest in "[0-9]{9}") {
            let number = format!("1{second}{rest}");
            let phone = Phone::parse(&number).unwrap();
            prop_assert_eq!(phone.as_str(), format!("+86{number}"));
        }
    }
}
