//! Files as office programs write them: marks, GBK, tabs, titles, broken ones, workbooks, bombs.

use std::io::Write as _;
use std::sync::Arc;

use api::import::volunteer::Volunteers;
use api::import::{Row, Sheet, Table as _};
use support::world::COMMUNITY;
use support::{World, on_both};
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{counts, file, loaded, volunteers};

on_both! { a_workbook_is_loaded_as_a_table_is }

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

async fn read(content: &[u8]) -> Result<Vec<Row>, String> {
    let folder = folder();
    let path = folder.path().join("table");
    std::fs::write(&path, content).unwrap();
    let mut sheet = Sheet::open(path, Volunteers::COLUMNS, Vec::new()).await.map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    while let Some(batch) = sheet.next().await.map_err(|error| error.to_string())? {
        rows.extend(batch);
    }
    Ok(rows)
}

fn names(rows: &[Row]) -> Vec<(usize, &str, &str)> {
    rows.iter().map(|row| (row.line, row.get("name"), row.get("phone"))).collect()
}

const TEXT: &str = "某市志愿者名册,,\n\n姓名,联系电话,备注\n张三,13800000001,\"两\n行\"\n\n李四,13800000002,\n";

#[actix_web::test]
async fn csv_is_read_in_whatever_way_it_is_written() {
    let expected = [(4, "张三", "13800000001"), (7, "李四", "13800000002")];
    let plain = TEXT.as_bytes().to_vec();
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(TEXT.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let ways = [
        ("UTF-8", plain.clone()),
        ("with a mark", [b"\xEF\xBB\xBF".to_vec(), plain.clone()].concat()),
        ("GBK", encoding_rs::GB18030.encode(TEXT).0.into_owned()),
        ("UTF-16", utf16),
        ("tabs", TEXT.replace(',', "\t").into_bytes()),
        ("semicolons", TEXT.replace(',', ";").into_bytes()),
        ("Windows", TEXT.replace('\n', "\r\n").into_bytes()),
        ("without the last end of a line", plain[..plain.len() - 1].to_vec()),
    ];
    for (way, content) in ways {
        let rows = read(&content).await.unwrap_or_else(|error| panic!("{way}: {error}"));
        assert_eq!(names(&rows), expected, "{way}");
    }
}

#[actix_web::test]
async fn what_is_no_table_is_refused_in_words() {
    assert!(read("甲,乙\n1,2\n".as_bytes()).await.unwrap_err().contains("姓名"), "the headers that there must be");
    assert!(read(b"").await.unwrap_err().contains("headers"));
    assert!(read(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1]).await.unwrap_err().contains(".xlsx"));
    assert!(read(b"PK\x03\x04 no workbook").await.unwrap_err().contains("workbook"));
    let endless = [b"\xE5\xA7\x93\xE5\x90\x8D\n\"".to_vec(), vec![b'a'; 3 << 20]].concat();
    assert!(read(&endless).await.unwrap_err().contains("1 MiB"));
    let mut broken = encoding_rs::GB18030.encode("姓名\n张三\n").0.into_owned();
    broken.extend([0xFF, 0xFF, b'\n']);
    let rows = read(&broken).await.unwrap();
    assert_eq!(rows[1].unreadable().collect::<Vec<_>>(), ["name"], "what cannot be decoded is told, not guessed");
}

/// A workbook of one sheet, as small as can be.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let cell = |(column, text): (usize, &&str)| {
        let place = char::from(b'A' + u8::try_from(column).unwrap());
        match text.strip_prefix('#') {
            Some(number) => format!("<c r=\"{place}@\"><v>{number}</v></c>"),
            None => format!("<c r=\"{place}@\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        }
    };
    let row = |(index, cells): (usize, &&[&str])| {
        let cells: String = cells.iter().enumerate().map(cell).collect();
        format!("<row r=\"{0}\">{1}</row>", index + 1, cells.replace('@', &(index + 1).to_string()))
    };
    let sheet: String = rows.iter().enumerate().map(row).collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    parts(&[
        ("[Content_Types].xml", format!("<Types xmlns=\"{package}/content-types\"/>")),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r0\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"一\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>")),
    ])
}

fn parts(parts: &[(&str, String)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

async fn a_workbook_is_loaded_as_a_table_is(world: Arc<World>) {
    let content = workbook(&[
        &["志愿者名册"],
        &["序号", "姓名（必填）", "手机号", "证件号码", "区划代码"],
        &["#1", "张三", "#13800000001", "11010519491231002X", COMMUNITY],
        &["#2", "李四", "#13800000002", "#110105194912310021", COMMUNITY],
    ]);
    let path = file(&world, "list.xlsx", &content);
    let outcome = loaded(&world, &volunteers(&world).await, path, false).await;
    assert_eq!(counts(&outcome), (1, 0, 0, 1), "{outcome:?}");
    assert_eq!(super::told(&outcome.refused), [(4, "document", "identity_number")], "typed as a number it has lost digits");
}

#[actix_web::test]
async fn a_bomb_is_not_unpacked() {
    // The texts beside the sheet: small as they come, 300 MiB when they are unpacked.
    let bomb = parts(&[("xl/sharedStrings.xml", " ".repeat(300 << 20))]);
    assert!(bomb.len() < 1 << 20);
    assert!(read(&bomb).await.unwrap_err().contains("unpacks to more"));
}
