/// The real name of a person: 1 to 50 characters, trimmed, each run of white space one space, each middle dot `·`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonNameError {
    /// Nothing is left after trimming.
    #[error("a name has one character or more")]
    Empty,
    /// More than 50 characters.
    #[error("a name has 50 characters or fewer")]
    TooLong,
    /// A control character, or one that cannot be seen.
    #[error("a name has no control characters and none that cannot be seen")]
    Invisible,
}

const MAX: usize = 50;

/// Surnames of two characters that are in use today, the frequent ones first.
const COMPOUND_SURNAMES: &[&str] = &[
    "欧阳", "上官", "皇甫", "令狐", "诸葛", "司徒", "司马", "申屠", "夏侯", "贺兰", "完颜", "慕容", "尉迟", "长孙", "东方", "公孙", "淳于",
    "单于", "太史", "端木", "呼延", "轩辕", "独孤", "南宫", "西门", "东郭", "百里", "澹台", "宇文", "拓跋", "闻人", "赫连", "司空", "濮阳",
    "公冶", "宗政", "钟离", "闾丘", "鲜于", "仲孙", "万俟", "纳兰", "公羊", "梁丘", "第五",
];

impl PersonName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`PersonNameError`] says what is wrong with the text.
    pub fn parse(raw: &str) -> Result<Self, PersonNameError> {
        if raw.trim().chars().any(is_invisible) {
            return Err(PersonNameError::Invisible);
        }
        let name: String = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        let name: String = name.chars().map(|c| if matches!(c, '•' | '・' | '‧' | '∙' | '⋅') { '·' } else { c }).collect();
        match name.chars().count() {
            0 => Err(PersonNameError::Empty),
            1..=MAX => Ok(Self(name)),
            _ => Err(PersonNameError::TooLong),
        }
    }

    /// The full name: personal data.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether two names are the same, in capitals or small letters.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }

    /// The surname: of a Chinese name one character, or two if it is a compound one and more follows; of a name in
    /// several words or parts the first (Vietnamese and Chinese put the surname there); else the whole name.
    #[must_use]
    pub fn surname(&self) -> &str {
        if let Some((first, _)) = self.0.split_once([' ', '·']).filter(|(first, _)| !first.is_empty()) {
            return first;
        }
        if !self.0.starts_with(is_han) {
            return &self.0;
        }
        let compound = COMPOUND_SURNAMES.iter().find(|surname| self.0.strip_prefix(**surname).is_some_and(|rest| !rest.is_empty()));
        compound.copied().unwrap_or_else(|| self.first())
    }

    /// What others may read: `张**`, `欧阳**`, `Nguyễn **`. One part alone keeps its first character, one character none.
    #[must_use]
    pub fn masked(&self) -> String {
        if self.0.chars().count() == 1 {
            return "*".to_owned();
        }
        match self.0.split_once(' ') {
            Some((first, _)) => format!("{first} **"),
            None if self.0.starts_with(is_han) && !self.0.contains('·') => format!("{}**", self.surname()),
            None => format!("{}**", self.first()),
        }
    }

    /// The first character.
    fn first(&self) -> &str {
        let end = self.0.chars().next().map_or(0, char::len_utf8);
        self.0.get(..end).unwrap_or_default()
    }
}

/// Shows the masked name only.
impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonName({})", self.masked())
    }
}

/// Control characters, and those of no width with which two names look alike (Unicode: general category Cf in use).
fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Chinese characters: the unified ideographs with their extensions and `〇`.
const fn is_han(c: char) -> bool {
    matches!(c, '〇' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::{COMPOUND_SURNAMES, PersonName, PersonNameError};
    use proptest::prelude::*;

    fn masked(raw: &str) -> String {
        PersonName::parse(raw).unwrap().masked()
    }

    fn surname(raw: &str) -> String {
        PersonName::parse(raw).unwrap().surname().to_owned()
    }

    #[test]
    fn a_masked_name_keeps_the_surname() {
        assert_eq!(masked("张三"), "张**");
        assert_eq!(masked("张三丰"), "张**");
        assert_eq!(masked("欧阳修"), "欧阳**");
        assert_eq!(masked("欧阳"), "欧**", "two characters are a surname and a given name");
        assert_eq!(masked("王"), "*");
        assert_eq!(masked("Nguyễn Văn An"), "Nguyễn **");
        assert_eq!(masked("Madonna"), "M**");
        assert_eq!(masked("买买提·艾力"), "买**");
    }

    #[test]
    fn surnames_are_found() {
        assert_eq!(surname("诸葛亮"), "诸葛");
        assert_eq!(surname("上官婉儿"), "上官");
        assert_eq!(surname("司马"), "司");
        assert_eq!(surname("李雷"), "李");
        assert_eq!(surname("Trần Thị Hoa"), "Trần");
        assert_eq!(surname("买买提•艾力"), "买买提");
        assert!(COMPOUND_SURNAMES.iter().all(|surname| surname.chars().count() == 2));
    }

    #[test]
    fn what_looks_alike_is_the_same() {
        assert_eq!(PersonName::parse("　张 　三 ").unwrap().as_str(), "张 三");
        assert_eq!(PersonName::parse("买买提・艾力"), PersonName::parse("买买提·艾力"));
        assert_eq!(PersonName::parse("张\u{200B}三"), Err(PersonNameError::Invisible));
        assert_eq!(PersonName::parse("张\u{7}三"), Err(PersonNameError::Invisible));
    }

    #[test]
    fn a_name_has_1_to_50_characters() {
        assert_eq!(PersonName::parse("  "), Err(PersonNameError::Empty));
        assert!(PersonName::parse(&"张".repeat(50)).is_ok());
        assert_eq!(PersonName::parse(&"张".repeat(51)), Err(PersonNameError::TooLong));
    }

    #[test]
    fn debugging_does_not_tell() {
        assert_eq!(format!("{:?}", PersonName::parse("张三丰").unwrap()), "PersonName(张**)");
    }

    proptest! {
        #[test]
        fn a_name_is_read_the_same_again_and_never_shown_whole(raw in "\\PC{0,60}") {
            if let Ok(name) = PersonName::parse(&raw) {
                prop_assert_eq!(&PersonName::parse(name.as_str()).unwrap(), &name);
                prop_assert!(name.as_str().starts_with(name.surname()));
                prop_assert!(name.as_str().contains('*') || !name.masked().contains(name.as_str()));
            }
        }
    }
}
