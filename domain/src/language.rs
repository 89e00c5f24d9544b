//! The languages in which users read what Linli says.

/// A language of the service. Chinese is the default; Vietnamese is read by border residents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Simplified Chinese, `zh-CN`.
    #[default]
    Zh,
    /// English, `en`.
    En,
    /// Vietnamese, `vi`.
    Vi,
}

impl Language {
    /// Every language, the default first.
    pub const ALL: &'static [Self] = &[Self::Zh, Self::En, Self::Vi];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
            Self::Vi => "vi",
        }
    }

    /// Picks the best language for an `Accept-Language` header (RFC 9110, 12.5.4); Chinese where none matches.
    #[must_use]
    pub fn negotiate(header: &str) -> Self {
        let mut best = (0_u32, Self::default());
        for part in header.split(',') {
            let mut fields = part.trim().split(';');
            let tag = fields.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = fields.find_map(|field| field.trim().strip_prefix("q=").map(weight_in_thousandths)).unwrap_or(1000);
            let Some(language) = Self::from_tag(&tag) else { continue };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    fn from_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next() {
            Some("zh" | "*") => Some(Self::Zh),
            Some("en") => Some(Self::En),
            Some("vi") => Some(Self::Vi),
            _ => None,
        }
    }
}

/// Reads a quality value such as `0.8` as 800; what cannot be read counts as 0.
fn weight_in_thousandths(text: &str) -> u32 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    let thousandths = whole.parse::<u32>().ok().zip(fraction.parse::<u32>().ok());
    thousandths.map_or(0, |(whole, fraction)| whole.saturating_mul(1000).saturating_add(fraction).min(1000))
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_heaviest_known_language_wins() {
        assert_eq!(Language::negotiate("en;q=0.3, vi;q=0.7"), Language::Vi);
        assert_eq!(Language::negotiate("fr, en-GB;q=0.5"), Language::En);
        assert_eq!(Language::negotiate("fr"), Language::Zh, "an unknown language falls back to Chinese");
        assert_eq!(Language::negotiate("en;q=0, zh"), Language::Zh);
        assert_eq!(Language::negotiate(""), Language::Zh);
    }
}
