use super::Level;

/// The code of a division (GB/T 2260 down to counties, GB/T 10114 below, three local digits for grids).
///
/// Kept short: digits only, trailing all-zero groups dropped, so that a division and everything below it is one prefix.
/// A town directly under a prefecture keeps the `00` of the county it does not have: `441900103` lies in `4419`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, example = "230822"))]
pub struct DivisionCode(String);

/// Why a text is not the code of a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DivisionCodeError {
    /// Something other than the digits 0 to 9.
    #[error("a division code has digits only")]
    NotDigits,
    /// Not 2, 4, 6, 9, 12 or 15 digits.
    #[error("a division code has 2, 4, 6, 9, 12 or 15 digits")]
    Length,
    /// A level is left out. Only the county may be, for towns directly under a prefecture.
    #[error("a division code leaves out no level but the county's")]
    Gap,
}

impl DivisionCode {
    /// Reads a short code, the 12-digit statistical form (`230822000000`) or the 15 digits of a grid.
    ///
    /// # Errors
    /// [`DivisionCodeError`] says what is wrong with the text.
    pub fn parse(raw: &str) -> Result<Self, DivisionCodeError> {
        if !raw.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DivisionCodeError::NotDigits);
        }
        if Level::of_digits(raw.len()).is_none() {
            return Err(DivisionCodeError::Length);
        }
        let short = without_trailing_zero_groups(raw);
        if short.is_empty() || groups(short).any(|(level, group)| level != Level::County && is_zero(group)) {
            return Err(DivisionCodeError::Gap);
        }
        Ok(Self(short.to_owned()))
    }

    /// The short code, as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The statistical form: 12 digits, filled up with zeros. A grid gives its 15.
    #[must_use]
    pub fn padded(&self) -> String {
        format!("{:0<12}", self.0)
    }

    /// How deep it lies in the tree.
    #[must_use]
    pub fn level(&self) -> Level {
        // Every length that `parse` lets through has its level; the grid's is the longest.
        Level::of_digits(self.0.len()).unwrap_or(Level::Grid)
    }

    /// The division it lies in, if it is not a province. That of a town directly under a prefecture is the prefecture.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let digits = self.level().above()?.digits();
        self.0.get(..digits).map(|parent| Self(without_trailing_zero_groups(parent).to_owned()))
    }

    /// The divisions it lies in, the nearest first.
    #[must_use]
    pub fn ancestors(&self) -> Vec<Self> {
        std::iter::successors(self.parent(), Self::parent).collect()
    }

    /// Itself and the divisions it lies in, the nearest first: where to look for what holds "at or above".
    #[must_use]
    pub fn lineage(&self) -> Vec<Self> {
        std::iter::successors(Some(self.clone()), Self::parent).collect()
    }

    /// Whether `other` is this division or lies below it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The bounds of everything it covers when codes are compared as text: the first inclusive, the second exclusive.
    ///
    /// The upper bound is of digits, so that it holds under every collation; above `99…9` it is `a`.
    #[must_use]
    pub fn range(&self) -> (String, String) {
        let mut upper = self.0.trim_end_matches('9').to_owned();
        let last = upper.pop().and_then(|digit| digit.to_digit(10)).and_then(|digit| char::from_digit(digit + 1, 10));
        upper.push(last.unwrap_or('a'));
        (self.0.clone(), upper)
    }
}

/// The groups of digits that belong to the levels, the province's first.
fn groups(code: &str) -> impl Iterator<Item = (Level, &str)> {
    use crate::vocabulary::Vocabulary;
    Level::ALL.iter().filter_map(move |level| {
        let start = level.above().map_or(0, Level::digits);
        code.get(start..level.digits()).map(|group| (*level, group))
    })
}

fn without_trailing_zero_groups(code: &str) -> &str {
    let kept = groups(code).filter(|(_, group)| !is_zero(group)).last().map_or(0, |(level, _)| level.digits());
    code.get(..kept).unwrap_or_default()
}

fn is_zero(group: &str) -> bool {
    group.bytes().all(|byte| byte == b'0')
}

impl TryFrom<String> for DivisionCode {
    type Error = DivisionCodeError;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

impl std::str::FromStr for DivisionCode {
    type Err = DivisionCodeError;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        Self::parse(raw)
    }
}

impl From<DivisionCode> for String {
    fn from(code: DivisionCode) -> Self {
        code.0
    }
}

impl std::fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
