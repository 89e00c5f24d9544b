//! Closed lists of values that travel in the contract, each value with its label in every language.

use crate::language::Language;

/// A closed list of values. Its texts are part of the contract and are what the database keeps.
pub trait Vocabulary: Sized + Copy + 'static {
    /// The name under which the list is published, in kebab-case.
    const NAME: &'static str;
    /// Every value, in the order in which it is shown.
    const ALL: &'static [Self];

    /// The value as it travels and is stored: snake_case.
    fn as_str(self) -> &'static str;

    /// What a user reads.
    fn label(self, language: Language) -> &'static str;

    /// Reads a value back from its text.
    #[must_use]
    fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.as_str() == text)
    }
}

/// One value of a list with its three labels, for publication.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The value as it travels.
    pub value: &'static str,
    /// Its label in Chinese, English and Vietnamese.
    pub labels: [&'static str; 3],
}

/// The entries of one list.
#[must_use]
pub fn entries<V: Vocabulary>() -> Vec<Entry> {
    let entry = |value: &V| Entry {
        value: value.as_str(),
        labels: [Language::Zh, Language::En, Language::Vi].map(|language| value.label(language)),
    };
    V::ALL.iter().map(entry).collect()
}

/// Declares an enum together with its texts and labels, so that no value can lack one.
///
/// ```text
/// vocabulary! {
///     /// How a service is paid for.
///     pub enum Payment = "payments" {
///         /// Nothing is paid.
///         Free = "free": "免费", "free of charge", "miễn phí";
///     }
/// }
/// ```
#[macro_export]
macro_rules! vocabulary {
    ($(#[$meta:meta])* pub enum $Name:ident = $list:literal {
        $($(#[$value_meta:meta])* $Value:ident = $text:literal: $zh:literal, $en:literal, $vi:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $Name {
            $($(#[$value_meta])* #[serde(rename = $text)] $Value,)+
        }

        impl $crate::vocabulary::Vocabulary for $Name {
            const NAME: &'static str = $list;
            const ALL: &'static [Self] = &[$(Self::$Value),+];

            fn as_str(self) -> &'static str {
                match self { $(Self::$Value => $text),+ }
            }

            fn label(self, language: $crate::language::Language) -> &'static str {
                use $crate::language::Language;
                match (self, language) {
                    $((Self::$Value, Language::Zh) => $zh,
                    (Self::$Value, Language::En) => $en,
                    (Self::$Value, Language::Vi) => $vi,)+
                }
            }
        }

        // Written out: the derive does not see names that come from a macro.
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $Name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let labels = [$(concat!("`", $text, "` ", $zh, " (", $en, ")")),+].join("; ");
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),+]))
                    .description(Some(labels))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $Name {}

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::vocabulary::Vocabulary::as_str(*self))
            }
        }
    };
}
