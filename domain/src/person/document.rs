use chrono::NaiveDate;

use super::{IdentityNumber, IdentityNumberError, Sex};
use crate::vocabulary;

vocabulary! {
    /// What kind of document identifies a person.
    pub enum DocumentKind = "document-kinds" {
        /// 居民身份证, numbered by GB 11643.
        ResidentIdentityCard = "resident_identity_card": "居民身份证", "resident identity card", "căn cước công dân Trung Quốc";
        /// 户口簿, for children without a card; it states their GB 11643 number.
        HouseholdRegister = "household_register": "居民户口簿", "household register", "sổ hộ khẩu";
        /// 港澳台居民居住证, numbered by GB 11643 from 810000, 820000 and 830000.
        HmtResidencePermit = "hmt_residence_permit": "港澳台居民居住证", "residence permit for Hong Kong, Macao and Taiwan residents", "giấy phép cư trú cho cư dân Hồng Kông, Ma Cao, Đài Loan";
        /// 港澳居民来往内地通行证 or 台湾居民来往大陆通行证.
        MainlandTravelPermit = "mainland_travel_permit": "来往内地（大陆）通行证", "mainland travel permit", "giấy thông hành vào đại lục";
        /// 外国人永久居留身份证: since 2023 18 digits from 9, before that 3 letters and 12 digits.
        ForeignPermanentResidentCard = "foreign_permanent_resident_card": "外国人永久居留身份证", "foreign permanent resident card", "thẻ thường trú cho người nước ngoài";
        /// A passport of any country.
        Passport = "passport": "护照", "passport", "hộ chiếu";
        /// 边境通行证, of either side of the border.
        BorderPass = "border_pass": "边境通行证", "border pass", "giấy thông hành biên giới";
        /// An identity card of another country, such as the Vietnamese one of 12 digits.
        ForeignIdentityCard = "foreign_identity_card": "外国身份证件", "foreign identity card", "căn cước nước ngoài";
    }
}

/// An identity document: kind, issuing country and number together identify one person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Document {
    kind: DocumentKind,
    country: String,
    number: String,
    citizen: Option<IdentityNumber>,
}

/// Why kind, country and number are not a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not two letters (ISO 3166-1 alpha-2).
    #[error("a country is two letters")]
    Country,
    /// This kind is issued by China only.
    #[error("{kind} is issued by CN")]
    NotChinese {
        /// Which kind.
        kind: DocumentKind,
    },
    /// This kind is issued by other countries only.
    #[error("{kind} is not issued by CN")]
    Chinese {
        /// Which kind.
        kind: DocumentKind,
    },
    /// The number is not one by GB 11643.
    #[error(transparent)]
    IdentityNumber(#[from] IdentityNumberError),
    /// The number does not have the form of this kind.
    #[error("the number has not the form of {kind}")]
    Number {
        /// Which kind.
        kind: DocumentKind,
    },
}

impl DocumentKind {
    /// Whether China issues it; `None` where every country does.
    const fn is_chinese(self) -> Option<bool> {
        match self {
            Self::ResidentIdentityCard
            | Self::HouseholdRegister
            | Self::HmtResidencePermit
            | Self::MainlandTravelPermit
            | Self::ForeignPermanentResidentCard => Some(true),
            Self::ForeignIdentityCard => Some(false),
            Self::Passport | Self::BorderPass => None,
        }
    }

    /// Checks the form of a number without spaces, in capitals; reads it where it is one by GB 11643.
    fn read(self, number: &str) -> Result<Option<IdentityNumber>, DocumentError> {
        let form = |right: bool| if right { Ok(None) } else { Err(DocumentError::Number { kind: self }) };
        let starts_with_one_of = |starts: &[&str]| starts.iter().any(|start| number.starts_with(start));
        match self {
            Self::ResidentIdentityCard | Self::HouseholdRegister => Ok(Some(IdentityNumber::parse(number)?)),
            Self::HmtResidencePermit if starts_with_one_of(&["81", "82", "83"]) => Ok(Some(IdentityNumber::parse(number)?)),
            Self::HmtResidencePermit => form(false),
            Self::ForeignPermanentResidentCard if number.starts_with('9') => Ok(Some(IdentityNumber::parse(number)?)),
            Self::ForeignPermanentResidentCard => form(letters_then_digits(number, 3, &[12])),
            Self::MainlandTravelPermit => {
                let hong_kong_or_macao = starts_with_one_of(&["H", "M"]) && letters_then_digits(number, 1, &[8, 10]);
                form(hong_kong_or_macao || letters_then_digits(number, 0, &[8]))
            }
            Self::Passport | Self::BorderPass | Self::ForeignIdentityCard => {
                form((5..=20).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            }
        }
    }
}

impl Document {
    /// Reads a document. Letters become capitals; spaces and dashes in the number are dropped.
    ///
    /// # Errors
    /// [`DocumentError`] says what is wrong with which part.
    pub fn parse(kind: DocumentKind, country: &str, number: &str) -> Result<Self, DocumentError> {
        let country = country.trim().to_ascii_uppercase();
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(DocumentError::Country);
        }
        match (kind.is_chinese(), country == "CN") {
            (Some(true), false) => return Err(DocumentError::NotChinese { kind }),
            (Some(false), true) => return Err(DocumentError::Chinese { kind }),
            (Some(true), true) | (Some(false), false) | (None, _) => {}
        }
        let number: String = number.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        let citizen = kind.read(&number)?;
        Ok(Self { kind, country, number, citizen })
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The issuing country (ISO 3166-1 alpha-2).
    #[must_use]
    pub fn country(&self) -> &str {
        &self.country
    }

    /// The full number: personal data.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The birth date, if the number states it.
    #[must_use]
    pub fn birth_date(&self) -> Option<NaiveDate> {
        self.citizen.as_ref().map(IdentityNumber::birth_date)
    }

    /// The sex, if the number states it.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        self.citizen.as_ref().map(IdentityNumber::sex)
    }

    /// What others may read: `230822********001X`; of other numbers the first and the last two characters.
    #[must_use]
    pub fn masked(&self) -> String {
        if let Some(citizen) = &self.citizen {
            return citizen.masked();
        }
        let hidden = self.number.len().saturating_sub(3);
        let (head, tail) = (self.number.get(..1), self.number.get(1 + hidden..));
        format!("{}{}{}", head.unwrap_or_default(), "*".repeat(hidden), tail.unwrap_or_default())
    }
}

/// Shows the masked number only.
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} {} {})", self.kind, self.country, self.masked())
    }
}

/// Whether the text is so many capital letters and then one of these numbers of digits.
fn letters_then_digits(text: &str, letters: usize, digits: &[usize]) -> bool {
    let Some((head, tail)) = text.split_at_checked(letters) else { return false };
    let all_right = head.bytes().all(|byte| byte.is_ascii_uppercase()) && tail.bytes().all(|byte| byte.is_ascii_digit());
    all_right && digits.contains(&tail.len())
}

#[cfg(test)]
mod tests {
    use super::{Document, DocumentError, DocumentKind};
    use crate::person::{IdentityNumberError, Sex};
    use crate::vocabulary::Vocabulary;
    use proptest::prelude::*;

    #[test]
    fn a_card_tells_birth_date_and_sex() {
        let card = Document::parse(DocumentKind::ResidentIdentityCard, "cn", "110105 19491231 002x").unwrap();
        assert_eq!(card.number(), "11010519491231002X");
        assert_eq!(card.country(), "CN");
        assert_eq!(card.birth_date(), chrono::NaiveDate::from_ymd_opt(1949, 12, 31));
        assert_eq!(card.sex(), Some(Sex::Female));
        assert_eq!(format!("{card:?}"), "Document(resident_identity_card CN 110105********002X)");
    }

    #[test]
    fn a_wrong_card_says_why() {
        let read = |number| Document::parse(DocumentKind::ResidentIdentityCard, "CN", number);
        assert_eq!(read("110105194912310021"), Err(IdentityNumberError::CheckCharacter.into()));
        assert_eq!(read("123"), Err(IdentityNumberError::Form.into()));
        let kind = DocumentKind::ResidentIdentityCard;
        assert_eq!(Document::parse(kind, "VN", "11010519491231002X"), Err(DocumentError::NotChinese { kind }));
        assert_eq!(Document::parse(kind, "中国", "11010519491231002X"), Err(DocumentError::Country));
    }

    #[test]
    fn a_passport_is_generic() {
        let passport = Document::parse(DocumentKind::Passport, "VN", "c1234567").unwrap();
        assert_eq!(passport.number(), "C1234567");
        assert_eq!(passport.masked(), "C*****67");
        assert_eq!(passport.birth_date(), None);
        for number in ["C123", "C12345678901234567890", "C12345六7"] {
            assert_eq!(
                Document::parse(DocumentKind::Passport, "VN", number),
                Err(DocumentError::Number { kind: DocumentKind::Passport }),
                "{number}"
            );
        }
    }

    #[test]
    fn permits_have_their_own_forms() {
        use DocumentKind::{ForeignIdentityCard, ForeignPermanentResidentCard, HmtResidencePermit, MainlandTravelPermit};
        let right = [
            (MainlandTravelPermit, "CN", "H12345678"),
            (MainlandTravelPermit, "CN", "M1234567801"),
            (MainlandTravelPermit, "CN", "12345678"),
            (ForeignPermanentResidentCard, "CN", "VNM310012345678"),
            (ForeignIdentityCard, "VN", "001099012345"),
        ];
        for (kind, country, number) in right {
            assert!(Document::parse(kind, country, number).is_ok(), "{kind} {number}");
        }
        let wrong = [
            (MainlandTravelPermit, "CN", "X12345678"),
            (MainlandTravelPermit, "CN", "H1234567"),
            (ForeignPermanentResidentCard, "CN", "VN3310012345678"),
            (HmtResidencePermit, "CN", "11010519491231002X"),
            (ForeignIdentityCard, "CN", "001099012345"),
        ];
        for (kind, country, number) in wrong {
            assert!(Document::parse(kind, country, number).is_err(), "{kind} {number}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_canonical_and_masked(
            kind in prop::sample::select(DocumentKind::ALL), country in "CN|VN|\\PC{0,3}", number in "\\PC{0,22}|[A-Z0-9]{5,20}",
        ) {
            if let Ok(document) = Document::parse(kind, &country, &number) {
                prop_assert_eq!(&Document::parse(kind, document.country(), document.number()).unwrap(), &document);
                prop_assert!(!document.masked().contains(document.number()));
            }
        }
    }
}
