//! Made-up people, teams and needs in any number, always the same: identity numbers of a place that there is not (999001), with a
//! right check character, and telephone numbers counted up.

use std::fmt::Write as _;
use std::io::{self, Write};

use chrono::{Days, NaiveDate};

const SURNAMES: [&str; 40] = [
    "李", "王", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高", "罗", "郑", "梁",
    "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾", "农", "韦", "覃", "黎", "欧阳", "上官", "司徒", "诸葛",
];

const FIRST: [&str; 30] = [
    "秀", "国", "建", "丽", "志", "晓", "文", "明", "春", "海", "玉", "金", "永", "小", "美", "桂", "红", "德", "家", "思", "子", "雨",
    "梓", "宇", "俊", "佳", "少", "庆", "光", "祖",
];

const SECOND: [&str; 30] = [
    "英", "华", "军", "芳", "强", "敏", "静", "伟", "娟", "涛", "艳", "杰", "兰", "平", "霞", "勇", "燕", "辉", "玲", "鹏", "萍", "龙",
    "梅", "斌", "云", "波", "琴", "刚", "慧", "宁",
];

/// Somebody who does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Somebody {
    /// The full name; several have the same one.
    pub name: String,
    /// An identity number of nobody's.
    pub document: String,
    /// A telephone number.
    pub phone: String,
    /// The number as a volunteer.
    pub number: String,
}

/// The somebody of a number; of full age, and unlike every other below a million.
#[must_use]
pub fn somebody(index: u64) -> Somebody {
    // Steps that share no factor with the lengths of the lists, so that names do not follow each other.
    let pick = |list: &[&'static str], step: u64| {
        let length = u64::try_from(list.len()).expect("a short list");
        list[usize::try_from((index.wrapping_mul(step) >> 3) % length).expect("a place in it")]
    };
    let name = format!("{}{}{}", pick(&SURNAMES, 7_919), pick(&FIRST, 104_729), pick(&SECOND, 1_299_709));
    Somebody { name, document: document(index), phone: format!("{}", 19_900_000_000 + index), number: format!("SYN{index:08}") }
}

fn document(index: u64) -> String {
    let born = NaiveDate::from_ymd_opt(1945, 1, 1).expect("a day") + Days::new(index % 20_000);
    with_check(&format!("999001{}{:03}", born.format("%Y%m%d"), 1 + index / 20_000))
}

/// The identity number that begins with these 17 digits (GB 11643: weights modulo 11).
///
/// # Panics
/// They are not 17 digits.
#[must_use]
pub fn with_check(digits: &str) -> String {
    assert!(digits.len() == 17 && digits.bytes().all(|digit| digit.is_ascii_digit()), "{digits}");
    let mut number = digits.to_owned();
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = number.bytes().zip(weights).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    number.push_str(&"10X98765432"[sum % 11..=sum % 11]);
    number
}

/// The headers of a table of volunteers, as exports have them.
pub const HEADERS: &str = "姓名,证件类型,证件号码,手机号码,区划代码,志愿者编号";

/// A row of such a table.
#[must_use]
pub fn row(index: u64, division: &str) -> String {
    let Somebody { name, document, phone, number } = somebody(index);
    format!("{name},居民身份证,{document},{phone},{division},{number}")
}

/// A table of volunteers who live in these communities in turn.
///
/// # Errors
/// It cannot be written.
pub fn volunteers(mut into: impl Write, count: u64, communities: &[String]) -> io::Result<()> {
    let mut text = format!("{HEADERS}\n");
    for (index, division) in (0..count).zip(communities.iter().cycle()) {
        writeln!(text, "{}", row(index, division)).map_err(io::Error::other)?;
        if text.len() > 1 << 16 {
            into.write_all(text.as_bytes())?;
            text.clear();
        }
    }
    into.write_all(text.as_bytes())?;
    into.flush()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::somebody;
    use domain::person::{IdentityNumber, Phone};

    #[test]
    fn everybody_is_somebody_else_and_has_numbers_that_could_be() {
        let mut documents = HashSet::new();
        for index in (0..500_000).step_by(37) {
            let somebody = somebody(index);
            assert!(IdentityNumber::parse(&somebody.document).is_ok() && Phone::parse(&somebody.phone).is_ok(), "{somebody:?}");
            assert!(documents.insert(somebody.document), "{index}");
        }
    }
}
