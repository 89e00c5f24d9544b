use domain::language::Language;
use domain::region::DivisionCode;

use super::parse;
use super::query::parse_query;
use crate::problem::{Code, Rule};

#[derive(Debug, PartialEq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Side {
    Left,
    Right,
}

#[derive(Debug, PartialEq, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Thing {
    count: Option<i32>,
    places: Option<Vec<DivisionCode>>,
    #[schema(value_type = Option<String>)]
    side: Option<Side>,
    inner: Option<Box<Inner>>,
}

#[derive(Debug, PartialEq, serde::Deserialize, utoipa::ToSchema)]
struct Inner {
    side: Side,
}

#[derive(Debug, serde::Deserialize)]
struct Asked {
    #[expect(dead_code, reason = "only its reading is looked at")]
    side: Side,
}

/// Where, which rule, and with which words.
fn wrong(text: &str) -> Vec<(String, Rule, String)> {
    let problem = parse::<Thing>(text.as_bytes()).unwrap_err();
    assert_eq!(problem.code, Code::Invalid, "{text}");
    let told = |error: &crate::problem::FieldError| (error.pointer.clone(), error.rule, error.words.join(" "));
    problem.facts.errors.iter().map(told).collect()
}

#[test]
fn what_is_wrong_is_said_in_our_words() {
    let one = |at: &str, rule, words: &str| vec![(at.to_owned(), rule, words.to_owned())];
    let range = format!("{} {}", i32::MIN, i32::MAX);
    assert_eq!(wrong("{\"count\":3000000000}"), one("/count", Rule::OutOfRange, &range));
    assert_eq!(wrong("{\"places\":[\"230822\",\"23082\"]}"), one("/places/1", Rule::DivisionCode, ""));
    assert_eq!(wrong("{\"side\":\"up\"}"), one("/side", Rule::NotInList, "left, right"));
    assert_eq!(wrong("{\"inner\":{\"side\":\"up\"}}"), one("/inner/side", Rule::NotInList, "left, right"));
    assert_eq!(wrong("{\"inner\":{}}"), one("/inner/side", Rule::Required, ""));
    assert_eq!(wrong("{\"count\":1.0}"), one("/count", Rule::NotANumber, ""));
    let problem = parse_query::<Asked>("side=up").unwrap_err();
    assert_eq!((problem.facts.errors[0].rule, problem.facts.errors[0].words.join(" ")), (Rule::NotInList, "left, right".to_owned()));
    for text in ["{\"count\":3000000000}", "{\"places\":[\"x\"]}", "{\"inner\":7}", "{\"count\":1.0}"] {
        let said = parse::<Thing>(text.as_bytes()).unwrap_err().body(Language::Zh, "/", "");
        let said = serde_json::to_value(&said).unwrap()["errors"].to_string();
        assert!(!["oneOf", "expected", "invalid", "digits only"].iter().any(|english| said.contains(english)), "{said}");
    }
}

#[test]
fn a_member_that_comes_twice_is_refused_where_it_stands() {
    for (text, at) in [
        ("{\"count\":1,\"count\":1}", "/count"),
        ("{\"inner\":{\"side\":\"left\",\"side\":\"right\"}}", "/inner/side"),
        ("{\"places\":[0,{\"a\":1,\"b\":[{}],\"a\":2}]}", "/places/1/a"),
        ("{\"unknown\":{\"a\":1,\"\\u0061\":2}}", "/unknown/a"),
    ] {
        assert_eq!(wrong(text), [(at.to_owned(), Rule::Duplicates, String::new())], "{text}");
    }
    let read = parse::<Thing>(b"{\"count\":-5,\"places\":[\"230822\"],\"side\":null,\"inner\":{\"side\":\"left\"}}").unwrap();
    assert_eq!((read.count, read.places.unwrap().len(), read.inner.unwrap().side), (Some(-5), 1, Side::Left));
    for text in ["{\"count\":1}{}", "{\"count\":1", "nothing"] {
        assert_eq!(parse::<Thing>(text.as_bytes()).unwrap_err().code, Code::Malformed, "{text}");
    }
    assert!(parse::<Thing>(b"").is_ok(), "no body is an empty one");
}
