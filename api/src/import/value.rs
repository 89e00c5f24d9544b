//! What cells say, in the ways in which people write it.

use domain::language::Language;
use domain::vocabulary::Vocabulary;

use crate::problem::{Problem, Rule};

/// A cell; `None` where it is empty or says that there is nothing.
#[must_use]
pub fn given(cell: &str) -> Option<&str> {
    if matches!(cell, "" | "-" | "--" | "/" | "无" | "NULL" | "null") { None } else { Some(cell) }
}

/// A date as the contract writes it, from `1990-1-2`, `1990/01/02`, `1990.1.2`, `1990年1月2日` or `19900102`, with or without a time
/// behind it. What is no date stays as it is, and is refused as such where it is read.
#[must_use]
pub fn date(cell: &str) -> String {
    let day = cell.split([' ', 'T']).next().unwrap_or_default().trim_end_matches('日');
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return [day.get(..4), day.get(4..6), day.get(6..)].map(Option::unwrap_or_default).join("-");
    }
    let parts: Vec<&str> = day.split(['-', '/', '.', '年', '月']).collect();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => cell.to_owned(),
    }
}

/// Several things in one cell.
pub fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(['、', ',', '，', ';', '；', '|']).map(str::trim).filter(|part| !part.is_empty())
}

/// A value of a closed list, by its own text or by its label in any language, or by what else it is called.
///
/// # Errors
/// Names the field, with the values that there are.
pub fn of_list<V: Vocabulary>(field: &str, cell: &str, also: &[(&str, V)]) -> Result<V, Problem> {
    let text = cell.to_lowercase();
    let is = |value: &V| value.as_str() == text || Language::ALL.iter().any(|language| value.label(*language).to_lowercase() == text);
    let found = V::ALL.iter().copied().find(is).or_else(|| also.iter().find(|(name, _)| *name == text).map(|(_, value)| *value));
    found.ok_or_else(|| {
        let labels: Vec<&str> = V::ALL.iter().map(|value| value.label(Language::Zh)).collect();
        Problem::field_with(format!("/{field}"), Rule::NotInList, vec![labels.join("、")])
    })
}

/// Yes or no.
///
/// # Errors
/// Names the field.
pub fn yes(field: &str, cell: &str) -> Result<bool, Problem> {
    match cell.to_lowercase().as_str() {
        "是" | "已同意" | "同意" | "有" | "yes" | "y" | "true" | "1" => Ok(true),
        "否" | "未同意" | "不同意" | "无" | "no" | "n" | "false" | "0" | "" => Ok(false),
        _ => Err(Problem::field_with(format!("/{field}"), Rule::NotInList, vec!["是、否".to_owned()])),
    }
}

#[cfg(test)]
mod tests {
    use super::{date, given, list, of_list, yes};
    use domain::person::{DocumentKind, Sex};

    #[test]
    fn dates_are_read_as_they_are_written() {
        for cell in ["1990-1-2", "1990/01/02", "1990.1.2", "1990年1月2日", "19900102", "1990-01-02 00:00:00"] {
            assert_eq!(date(cell), "1990-01-02", "{cell}");
        }
        assert_eq!(date("去年"), "去年");
        assert_eq!(date("1/2/90"), "1/2/90", "nobody knows which is the year");
    }

    #[test]
    fn values_are_known_by_their_labels() {
        assert_eq!(of_list::<Sex>("sex", "女", &[]).unwrap(), Sex::Female);
        let also = [("身份证", DocumentKind::ResidentIdentityCard)];
        assert_eq!(of_list("document_kind", "身份证", &also).unwrap(), DocumentKind::ResidentIdentityCard);
        assert!(of_list::<Sex>("sex", "x", &[]).is_err());
        assert!(yes("guardian_consent", "是").unwrap() && !yes("guardian_consent", "").unwrap() && yes("guardian_consent", "?").is_err());
        assert_eq!(list("理发、 水电,").collect::<Vec<_>>(), ["理发", "水电"]);
        assert_eq!((given("无"), given("x")), (None, Some("x")));
    }
}
