//! The catalogue 服务目录: what crafts and services are called, and how long a service takes.

use crate::language::Language;

/// The code of a craft, stable for good: `plumbing`, `paper-cutting`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CraftCode(String);

/// The code of a service, stable for good: `tap-repair`, `home-haircut`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceCode(String);

/// Why something is not part of a catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// A code is a small letter, then small letters, digits, `-` and `_`, at most 64 characters.
    #[error("a code begins with a small letter and has at most 64 small letters, digits, - and _")]
    Code,
    /// The Chinese name is missing.
    #[error("a Chinese name is required")]
    ChineseMissing,
    /// A name is longer than 100 characters or has a control character.
    #[error("a name has at most 100 characters and none that is a control character")]
    Name {
        /// The language of the name.
        language: Language,
    },
    /// A service takes 5 to 720 minutes.
    #[error("a service takes {} to {} minutes", ServiceMinutes::MIN, ServiceMinutes::MAX)]
    Minutes,
}

fn code(raw: &str) -> Result<String, CatalogueError> {
    let right = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    let begins = raw.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    if begins && raw.len() <= 64 && raw.bytes().all(right) { Ok(raw.to_owned()) } else { Err(CatalogueError::Code) }
}

impl CraftCode {
    /// Reads a code.
    ///
    /// # Errors
    /// [`CatalogueError::Code`] where it has another form.
    pub fn parse(raw: &str) -> Result<Self, CatalogueError> {
        code(raw).map(Self)
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ServiceCode {
    /// Reads a code.
    ///
    /// # Errors
    /// [`CatalogueError::Code`] where it has another form.
    pub fn parse(raw: &str) -> Result<Self, CatalogueError> {
        code(raw).map(Self)
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CraftCode {
    type Error = CatalogueError;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

impl TryFrom<String> for ServiceCode {
    type Error = CatalogueError;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

impl From<CraftCode> for String {
    fn from(code: CraftCode) -> Self {
        code.0
    }
}

impl From<ServiceCode> for String {
    fn from(code: ServiceCode) -> Self {
        code.0
    }
}

impl std::fmt::Display for CraftCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for ServiceCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What something is called. Chinese is always there; the other languages may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    zh: String,
    en: Option<String>,
    vi: Option<String>,
}

impl Names {
    /// Reads the names, trimmed; an empty English or Vietnamese one counts as missing.
    ///
    /// # Errors
    /// [`CatalogueError`] says what is wrong with which name.
    pub fn new(zh: &str, en: Option<&str>, vi: Option<&str>) -> Result<Self, CatalogueError> {
        Ok(Self {
            zh: name(Some(zh), Language::Zh)?.ok_or(CatalogueError::ChineseMissing)?,
            en: name(en, Language::En)?,
            vi: name(vi, Language::Vi)?,
        })
    }

    /// The name in exactly this language.
    #[must_use]
    pub fn get(&self, language: Language) -> Option<&str> {
        match language {
            Language::Zh => Some(&self.zh),
            Language::En => self.en.as_deref(),
            Language::Vi => self.vi.as_deref(),
        }
    }

    /// What a reader of this language is shown: Chinese where the name is missing.
    #[must_use]
    pub fn shown_in(&self, language: Language) -> &str {
        self.get(language).unwrap_or(&self.zh)
    }
}

fn name(raw: Option<&str>, language: Language) -> Result<Option<String>, CatalogueError> {
    let Some(name) = raw.map(str::trim).filter(|name| !name.is_empty()) else { return Ok(None) };
    let right = name.chars().count() <= 100 && !name.chars().any(char::is_control);
    if right { Ok(Some(name.to_owned())) } else { Err(CatalogueError::Name { language }) }
}

/// How long a service usually takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceMinutes(i32);

impl ServiceMinutes {
    /// The shortest service.
    pub const MIN: i32 = 5;
    /// The longest service; what takes more than twelve hours is several.
    pub const MAX: i32 = 720;

    /// Checks the bounds.
    ///
    /// # Errors
    /// [`CatalogueError::Minutes`] outside of them.
    pub fn new(minutes: i32) -> Result<Self, CatalogueError> {
        if (Self::MIN..=Self::MAX).contains(&minutes) { Ok(Self(minutes)) } else { Err(CatalogueError::Minutes) }
    }

    /// The number of minutes.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{CatalogueError, CraftCode, Names, ServiceCode, ServiceMinutes};
    use crate::language::Language;
    use proptest::prelude::*;

    #[test]
    fn codes_are_small_and_plain() {
        for right in ["a", "plumbing", "paper-cutting", "paper_cutting2", &"a".repeat(64)] {
            assert_eq!(CraftCode::parse(right).unwrap().as_str(), right);
            assert_eq!(ServiceCode::parse(right).unwrap().to_string(), right);
        }
        for wrong in ["", "Plumbing", "2nd", "-a", "a b", "水电", &"a".repeat(65)] {
            assert_eq!(CraftCode::parse(wrong), Err(CatalogueError::Code), "{wrong}");
        }
        assert!(serde_json::from_str::<ServiceCode>("\"Tap\"").is_err());
        assert_eq!(serde_json::from_str::<ServiceCode>("\"tap\"").unwrap().as_str(), "tap");
    }

    #[test]
    fn the_chinese_name_stands_in_for_missing_ones() {
        let names = Names::new(" 理发 ", Some("haircut"), Some("  ")).unwrap();
        assert_eq!(names.shown_in(Language::En), "haircut");
        assert_eq!(names.shown_in(Language::Vi), "理发");
        assert_eq!(names.get(Language::Vi), None);
        assert_eq!(Names::new(" ", Some("haircut"), None), Err(CatalogueError::ChineseMissing));
        assert_eq!(Names::new("理发", Some("hair\ncut"), None), Err(CatalogueError::Name { language: Language::En }));
        assert_eq!(Names::new(&"理".repeat(101), None, None), Err(CatalogueError::Name { language: Language::Zh }));
    }

    proptest! {
        #[test]
        fn minutes_have_bounds(minutes in any::<i16>()) {
            let minutes = i32::from(minutes);
            prop_assert_eq!(ServiceMinutes::new(minutes).map(ServiceMinutes::get).is_ok(), (5..=720).contains(&minutes));
        }
    }
}
