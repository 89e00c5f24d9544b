use proptest::prelude::*;

use super::{DivisionCode, DivisionCodeError, Level};

fn code(raw: &str) -> DivisionCode {
    DivisionCode::parse(raw).unwrap()
}

/// Any right code: six levels, sometimes a town without a county above it.
fn any_code() -> impl Strategy<Value = DivisionCode> {
    let groups = (10..=99_u32, 1..=99_u32, 0..=99_u32, 1..=999_u32, 1..=999_u32, 1..=999_u32);
    let lengths = prop::sample::select(vec![2_usize, 4, 6, 9, 12, 15]);
    (groups, lengths).prop_filter_map("a county of its own has a number", |((a, b, c, d, e, f), length)| {
        let full = format!("{a:02}{b:02}{c:02}{d:03}{e:03}{f:03}");
        if c == 0 && length == 6 { None } else { full.get(..length).map(code) }
    })
}

#[test]
fn the_statistical_form_is_the_short_code() {
    assert_eq!(code("230822000000").as_str(), "230822");
    assert_eq!(code("451400").as_str(), "4514");
    assert_eq!(code("230000000000").as_str(), "23");
    assert_eq!(code("230822100001000").as_str(), "230822100001", "a grid numbered 000 is the community itself");
    assert_eq!(code("230822").padded(), "230822000000");
    assert_eq!(code("230822100001007").padded(), "230822100001007");
}

#[test]
fn a_town_directly_under_a_prefecture_lies_in_the_prefecture() {
    let town = code("441900103000");
    assert_eq!(town.as_str(), "441900103");
    assert_eq!(town.level(), Level::Township);
    assert_eq!(town.ancestors(), [code("4419"), code("44")]);
    assert_eq!(code("441900103001").lineage(), [code("441900103001"), town, code("4419"), code("44")]);
}

#[test]
fn what_is_not_a_code_is_refused() {
    let refused = [
        ("", DivisionCodeError::Length),
        ("2", DivisionCodeError::Length),
        ("2308221", DivisionCodeError::Length),
        ("23082a", DivisionCodeError::NotDigits),
        ("２３", DivisionCodeError::NotDigits),
        (" 23", DivisionCodeError::NotDigits),
        ("00", DivisionCodeError::Gap),
        ("000822", DivisionCodeError::Gap),
        ("230022", DivisionCodeError::Gap),
        ("230822000001", DivisionCodeError::Gap),
        ("230822100000001", DivisionCodeError::Gap),
    ];
    for (raw, error) in refused {
        assert_eq!(DivisionCode::parse(raw), Err(error), "{raw:?}");
    }
}

#[test]
fn a_range_of_nines_carries() {
    assert_eq!(code("2299").range(), ("2299".into(), "23".into()));
    assert_eq!(code("230822").range(), ("230822".into(), "230823".into()));
    assert_eq!(code("99").range(), ("99".into(), "a".into()));
}

#[test]
fn json_is_read_with_the_same_rules() {
    let read = serde_json::from_str::<DivisionCode>;
    assert_eq!(read("\"230822000000\"").unwrap(), code("230822"));
    assert!(read("\"23082\"").is_err());
    assert_eq!(serde_json::to_string(&code("230822")).unwrap(), "\"230822\"");
}

proptest! {
    #[test]
    fn short_and_padded_say_the_same(code in any_code()) {
        prop_assert_eq!(&DivisionCode::parse(&code.padded()).unwrap(), &code);
        prop_assert_eq!(&DivisionCode::parse(code.as_str()).unwrap(), &code);
        prop_assert_eq!(code.level().digits(), code.as_str().len());
    }

    #[test]
    fn every_ancestor_covers_and_is_right_itself(code in any_code()) {
        for ancestor in code.ancestors() {
            prop_assert!(ancestor.covers(&code));
            prop_assert!(!code.covers(&ancestor));
            prop_assert!(ancestor.level() < code.level());
            prop_assert_eq!(&DivisionCode::parse(ancestor.as_str()).unwrap(), &ancestor);
        }
        prop_assert_eq!(code.ancestors().is_empty(), code.level() == Level::Province);
    }

    #[test]
    fn a_range_holds_what_is_covered_and_nothing_else(scope in any_code(), other in any_code()) {
        let (lower, upper) = scope.range();
        let within = |code: &DivisionCode| lower.as_str() <= code.as_str() && code.as_str() < upper.as_str();
        prop_assert_eq!(within(&other), scope.covers(&other));
        for ancestor in other.lineage() {
            let (lower, upper) = ancestor.range();
            prop_assert!(lower.as_str() <= other.as_str() && other.as_str() < upper.as_str());
        }
    }

    #[test]
    fn no_text_breaks_it(raw in "\\PC{0,20}|[0-9]{0,20}") {
        if let Ok(code) = DivisionCode::parse(&raw) {
            prop_assert!(raw.starts_with(code.as_str()));
        }
    }
}
