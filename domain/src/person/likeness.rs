//! Whether what another register says of somebody is about a person on record, and in what the two differ.

use chrono::NaiveDate;

use super::{Document, PersonName, Phone};
use crate::region::DivisionCode;

/// What is known of a person and can differ between two registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    /// The name.
    Name,
    /// The telephone number.
    Phone,
    /// The document.
    Document,
    /// The birth date.
    BirthDate,
    /// Where the person lives.
    Division,
}

/// What a register says of somebody.
#[derive(Clone, Copy, Debug)]
pub struct Traits<'a> {
    /// The full name.
    pub name: &'a PersonName,
    /// The telephone number.
    pub phone: Option<&'a Phone>,
    /// The document.
    pub document: Option<&'a Document>,
    /// The birth date.
    pub birth_date: Option<NaiveDate>,
    /// Where the person lives.
    pub division: &'a DivisionCode,
}

/// How what is said of somebody stands to a person on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It is about somebody else.
    Unrelated,
    /// It is about this person, and says otherwise in these.
    Same(Vec<Trait>),
    /// It names this person by document, or by name and telephone number, and cannot be about them.
    Contradicts(Trait),
}

/// Compares what is said of somebody with a person on record. The same document is the same person, if the name is theirs; so
/// are the same name and telephone number, unless documents or birth dates say otherwise. A telephone number alone says nothing:
/// families share one.
#[must_use]
pub fn likeness(said: &Traits<'_>, known: &Traits<'_>) -> Likeness {
    let same_name = said.name.is_like(known.name);
    if said.document.is_some() && said.document == known.document {
        return if same_name { Likeness::Same(differences(said, known)) } else { Likeness::Contradicts(Trait::Name) };
    }
    if !same_name || said.phone.is_none() || said.phone != known.phone {
        return Likeness::Unrelated;
    }
    if said.document.is_some() && known.document.is_some() {
        return Likeness::Contradicts(Trait::Document);
    }
    if said.birth_date.is_some() && known.birth_date.is_some() && said.birth_date != known.birth_date {
        return Likeness::Contradicts(Trait::BirthDate);
    }
    Likeness::Same(differences(said, known))
}

/// What is said and stands otherwise, or not at all, on record.
fn differences(said: &Traits<'_>, known: &Traits<'_>) -> Vec<Trait> {
    let differs = [
        (Trait::Phone, said.phone.is_some() && said.phone != known.phone),
        (Trait::Document, said.document.is_some() && said.document != known.document),
        (Trait::BirthDate, said.birth_date.is_some() && said.birth_date != known.birth_date),
        (Trait::Division, said.division != known.division),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Likeness, Trait, Traits, likeness};
    use crate::person::{Document, DocumentKind, PersonName, Phone};
    use crate::region::DivisionCode;

    #[derive(Clone, Debug)]
    struct Somebody {
        name: PersonName,
        phone: Option<Phone>,
        document: Option<Document>,
        birth: Option<chrono::NaiveDate>,
        division: DivisionCode,
    }

    impl Somebody {
        fn new(name: &str, phone: Option<&str>, passport: Option<&str>, birth: Option<&str>) -> Self {
            Self {
                name: PersonName::parse(name).unwrap(),
                phone: phone.map(|raw| Phone::parse(raw).unwrap()),
                document: passport.map(|raw| Document::parse(DocumentKind::Passport, "VN", raw).unwrap()),
                birth: birth.map(|raw| raw.parse().unwrap()),
                division: DivisionCode::parse("230822106001").unwrap(),
            }
        }

        fn traits(&self) -> Traits<'_> {
            let (phone, document) = (self.phone.as_ref(), self.document.as_ref());
            Traits { name: &self.name, phone, document, birth_date: self.birth, division: &self.division }
        }
    }

    fn of(said: &Somebody, known: &Somebody) -> Likeness {
        likeness(&said.traits(), &known.traits())
    }

    const PHONE: Option<&str> = Some("13812345678");

    #[test]
    fn the_same_document_is_the_same_person_under_their_name() {
        let known = Somebody::new("Nguyễn An", PHONE, Some("C1234567"), None);
        assert_eq!(of(&Somebody::new("nguyễn an", None, Some("C1234567"), None), &known), Likeness::Same(vec![]));
        let moved = Somebody::new("Nguyễn An", Some("13912345678"), Some("C1234567"), Some("1990-01-01"));
        assert_eq!(of(&moved, &known), Likeness::Same(vec![Trait::Phone, Trait::BirthDate]));
        assert_eq!(of(&Somebody::new("Trần An", PHONE, Some("C1234567"), None), &known), Likeness::Contradicts(Trait::Name));
    }

    #[test]
    fn the_same_name_and_phone_are_the_same_person_unless_something_says_otherwise() {
        let known = Somebody::new("张三", PHONE, None, Some("1990-01-01"));
        assert_eq!(of(&Somebody::new("张三", PHONE, None, None), &known), Likeness::Same(vec![]));
        assert_eq!(of(&Somebody::new("张三", PHONE, Some("C1234567"), None), &known), Likeness::Same(vec![Trait::Document]));
        assert_eq!(of(&Somebody::new("张三", PHONE, None, Some("1991-01-01")), &known), Likeness::Contradicts(Trait::BirthDate));
        assert_eq!(of(&Somebody::new("李四", PHONE, None, None), &known), Likeness::Unrelated, "families share a phone");
        assert_eq!(of(&Somebody::new("张三", None, None, None), &known), Likeness::Unrelated, "a name alone says nothing");
        let with_document = Somebody::new("张三", PHONE, Some("C1234567"), None);
        assert_eq!(of(&Somebody::new("张三", PHONE, Some("C7654321"), None), &with_document), Likeness::Contradicts(Trait::Document));
    }

    fn somebody() -> impl Strategy<Value = Somebody> {
        let option = |values: &'static [&'static str]| prop::option::of(prop::sample::select(values));
        (
            prop::sample::select(&["张三", "李四"]),
            option(&["13812345678", "13912345678"]),
            option(&["C1234567", "C7654321"]),
            option(&["1990-01-01", "1991-01-01"]),
        )
            .prop_map(|(name, phone, passport, birth)| Somebody::new(name, phone, passport, birth))
    }

    proptest! {
        #[test]
        fn who_can_be_found_is_the_same_as_themselves_and_likeness_has_no_side(one in somebody(), other in somebody()) {
            let findable = one.phone.is_some() || one.document.is_some();
            prop_assert_eq!(of(&one, &one), if findable { Likeness::Same(vec![]) } else { Likeness::Unrelated });
            let side = |likeness: &Likeness| match likeness {
                Likeness::Unrelated => 0,
                Likeness::Same(_) => 1,
                Likeness::Contradicts(_) => 2,
            };
            prop_assert_eq!(side(&of(&one, &other)), side(&of(&other, &one)));
        }
    }
}
