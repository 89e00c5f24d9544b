use crate::vocabulary;
use crate::vocabulary::Vocabulary;

vocabulary! {
    /// How deep a division lies in the tree. Shallower levels compare as less.
    pub enum Level = "division-levels" {
        /// 省, 2 digits.
        Province = "province": "省级", "province", "cấp tỉnh";
        /// 地市, 4 digits.
        Prefecture = "prefecture": "地级", "prefecture", "cấp địa khu";
        /// 县区, 6 digits.
        County = "county": "县级", "county", "cấp huyện";
        /// 乡镇街道, 9 digits.
        Township = "township": "乡级", "township", "cấp xã";
        /// 社区 or 村, 12 digits.
        Community = "community": "村（社区）", "community or village", "khu dân cư hoặc thôn";
        /// 网格, 15 digits: three local ones after the community's.
        Grid = "grid": "网格", "grid", "ô lưới";
    }
}

impl Level {
    /// Reads a level as tables of divisions write it: the vocabulary's own text, or `village` for a community.
    #[must_use]
    pub fn from_table(text: &str) -> Option<Self> {
        match text {
            "village" => Some(Self::Community),
            other => Self::from_text(other),
        }
    }

    /// How many digits a code of this level has.
    #[must_use]
    pub const fn digits(self) -> usize {
        match self {
            Self::Province => 2,
            Self::Prefecture => 4,
            Self::County => 6,
            Self::Township => 9,
            Self::Community => 12,
            Self::Grid => 15,
        }
    }

    /// The level of a code with this many digits.
    pub(super) const fn of_digits(digits: usize) -> Option<Self> {
        match digits {
            2 => Some(Self::Province),
            4 => Some(Self::Prefecture),
            6 => Some(Self::County),
            9 => Some(Self::Township),
            12 => Some(Self::Community),
            15 => Some(Self::Grid),
            _ => None,
        }
    }

    /// The next level up; nothing lies above a province.
    #[must_use]
    pub const fn above(self) -> Option<Self> {
        match self {
            Self::Province => None,
            Self::Prefecture => Some(Self::Province),
            Self::County => Some(Self::Prefecture),
            Self::Township => Some(Self::County),
            Self::Community => Some(Self::Township),
            Self::Grid => Some(Self::Community),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Level;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn tables_say_village_for_a_community() {
        assert_eq!(Level::from_table("village"), Some(Level::Community));
        assert_eq!(Level::from_table("county"), Some(Level::County));
        assert_eq!(Level::from_table("galaxy"), None);
    }

    #[test]
    fn each_level_has_its_own_length_and_the_one_above_is_shorter() {
        for level in Level::ALL.iter().copied() {
            assert_eq!(Level::of_digits(level.digits()), Some(level));
            assert!(level.above().is_none_or(|above| above < level && above.digits() < level.digits()));
        }
    }
}
