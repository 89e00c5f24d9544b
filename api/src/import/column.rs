//! Which column of a table says what: found by its header, as other platforms' exports write it.

use super::sheet::SheetError;

/// Something that a table can say of each row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it is called here.
    pub name: &'static str,
    /// What the exports of other platforms call it.
    pub headers: &'static [&'static str],
    /// Whether a table without it cannot be read.
    pub required: bool,
}

/// Where each column stands in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    places: Vec<Option<usize>>,
    /// Headers that say nothing that is read.
    pub unused: Vec<String>,
}

/// Says that a column has a header of another name: `column=header`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The column's name here.
    pub column: String,
    /// The header in the table.
    pub header: String,
}

impl std::str::FromStr for Renamed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (column, header) = text.split_once('=').ok_or("must be COLUMN=HEADER")?;
        Ok(Self { column: column.trim().to_owned(), header: header.trim().to_owned() })
    }
}

impl Layout {
    /// Finds the columns in a row of headers. `None` where a required one is missing: then it is no row of headers.
    #[must_use]
    pub fn find(headers: &[String], columns: &[Column], renamed: &[Renamed]) -> Option<Self> {
        let mut places = vec![None; columns.len()];
        let mut unused = Vec::new();
        for (place, header) in headers.iter().enumerate() {
            let plain = plain(header);
            if plain.is_empty() {
                continue;
            }
            let says = columns.iter().position(|column| is_called(column, &plain, renamed));
            match says.and_then(|column| places.get_mut(column)) {
                Some(free @ None) => *free = Some(place),
                Some(Some(_)) | None => unused.push(header.trim().to_owned()),
            }
        }
        let complete = columns.iter().zip(&places).all(|(column, place)| place.is_some() || !column.required);
        complete.then_some(Self { places, unused })
    }

    /// The cells of a row in the order of the columns; an empty text where there is none.
    #[must_use]
    pub fn arrange(&self, cells: &[String]) -> Vec<String> {
        let cell = |place: &Option<usize>| place.and_then(|place| cells.get(place)).map(|cell| cell.trim().to_owned());
        self.places.iter().map(|place| cell(place).unwrap_or_default()).collect()
    }
}

/// Checks that every renamed column is one of these.
///
/// # Errors
/// Names one that is not, and those that there are.
pub fn check_renamed(renamed: &[Renamed], columns: &[Column]) -> Result<(), SheetError> {
    match renamed.iter().find(|renamed| columns.iter().all(|column| column.name != renamed.column)) {
        None => Ok(()),
        Some(wrong) => {
            let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
            Err(SheetError::Form(format!("there is no column {}: there are {}", wrong.column, names.join(", "))))
        }
    }
}

fn is_called(column: &Column, header: &str, renamed: &[Renamed]) -> bool {
    if let Some(renamed) = renamed.iter().find(|renamed| renamed.column == column.name) {
        return plain(&renamed.header) == header;
    }
    column.name == header || column.headers.contains(&header)
}

/// A header without what is not its name: `*姓 名（必填）` is `姓名`.
fn plain(header: &str) -> String {
    let mut depth = 0_usize;
    let mut plain = String::new();
    for c in header.chars() {
        match c {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || matches!(c, '*' | '＊' | ':' | '：' | '\u{feff}') => {}
            c => plain.extend(c.to_lowercase()),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{Column, Layout, Renamed, check_renamed, plain};

    const COLUMNS: &[Column] = &[
        Column { name: "name", headers: &["姓名", "志愿者姓名"], required: true },
        Column { name: "phone", headers: &["手机号", "联系电话"], required: false },
    ];

    fn headers(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn headers_are_found_in_whatever_form() {
        assert_eq!(plain("\u{feff}* 姓 名（必填）："), "姓名");
        let layout = Layout::find(&headers(&["序号", "联系电话", "*姓名(必填)", "手机号"]), COLUMNS, &[]).unwrap();
        assert_eq!(layout.arrange(&headers(&["1", " 138 ", "张三"])), ["张三", "138"]);
        assert_eq!(layout.unused, ["序号", "手机号"], "the first of two that say the same is read");
        assert_eq!(layout.arrange(&[]), ["", ""]);
    }

    #[test]
    fn a_table_without_a_required_column_is_none() {
        assert_eq!(Layout::find(&headers(&["志愿者名册"]), COLUMNS, &[]), None);
    }

    #[test]
    fn a_column_may_be_called_anything() {
        let renamed: Renamed = "name=真实姓名".parse().unwrap();
        let layout = Layout::find(&headers(&["姓名", "真实姓名"]), COLUMNS, std::slice::from_ref(&renamed)).unwrap();
        assert_eq!(layout.arrange(&headers(&["昵称", "张三"])), ["张三", ""]);
        assert!(check_renamed(&[renamed], COLUMNS).is_ok());
        assert!(check_renamed(&["nick=昵称".parse().unwrap()], COLUMNS).unwrap_err().to_string().contains("name, phone"));
        assert!("name".parse::<Renamed>().is_err());
    }
}
