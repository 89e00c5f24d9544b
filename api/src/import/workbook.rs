//! XLSX: the first sheet of a workbook, cell by cell. Its texts are kept beside the sheet and must be held while it is read; how
//! much of them there may be is limited before anything is unpacked for good.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};
use zip::ZipArchive;

use super::sheet::{CELLS, Feeder, SheetError};

/// The largest workbook, in bytes.
const PACKED: u64 = 100 << 20;

/// The most that all parts of a workbook may unpack to, in bytes.
const UNPACKED: u64 = 1 << 30;

/// The most that the texts beside the sheets may unpack to, in bytes: all of them are held in memory.
const TEXTS: u64 = 256 << 20;

/// The most parts of a workbook.
const PARTS: usize = 2_000;

/// Reads a file row by row.
pub(super) fn each(path: &Path, feeder: &mut Feeder) -> Result<(), SheetError> {
    check(path)?;
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(File::open(path)?)).map_err(wrong)?;
    let name = workbook.sheet_names().into_iter().next().ok_or_else(|| SheetError::Form("the workbook has no sheet".to_owned()))?;
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(wrong)?;
    feeder.expect(u64::from(reader.dimensions().end.0).saturating_add(1));
    let (mut at, mut cells) = (0, Vec::new());
    while let Some(cell) = reader.next_cell().map_err(wrong)? {
        let (row, column) = cell.get_position();
        if row != at {
            give(feeder, at, &mut cells)?;
            at = row;
        }
        let place = usize::try_from(column).unwrap_or(usize::MAX);
        if place < CELLS {
            if cells.len() <= place {
                cells.resize(place + 1, String::new());
            }
            if let Some(free) = cells.get_mut(place) {
                *free = text(cell.get_value());
            }
        }
    }
    give(feeder, at, &mut cells)
}

fn give(feeder: &mut Feeder, row: u32, cells: &mut Vec<String>) -> Result<(), SheetError> {
    feeder.take(usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1), cells)?;
    cells.clear();
    Ok(())
}

fn wrong(error: impl std::fmt::Display) -> SheetError {
    SheetError::Form(format!("the workbook cannot be read: {error}"))
}

/// Refuses what would unpack to more than it may, by unpacking it once without keeping anything: what a workbook says of its own
/// sizes proves nothing.
fn check(path: &Path) -> Result<(), SheetError> {
    let file = File::open(path)?;
    if file.metadata()?.len() > PACKED {
        return Err(SheetError::Form(format!("a workbook may have {} MiB: save the sheet as CSV", PACKED >> 20)));
    }
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(wrong)?;
    if archive.len() > PARTS {
        return Err(SheetError::Form(format!("a workbook may have {PARTS} parts")));
    }
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(wrong)?;
        let most = if part.name().map_err(wrong)?.to_ascii_lowercase().ends_with("sharedstrings.xml") { left.min(TEXTS) } else { left };
        let unpacked = io::copy(&mut part.take(most + 1), &mut io::sink())?;
        if unpacked > most {
            return Err(SheetError::Form("the workbook unpacks to more than may be read: save the sheet as CSV".to_owned()));
        }
        left -= unpacked;
    }
    Ok(())
}

/// The text of a cell. A number that a sheet cannot hold exactly is written so that nobody takes it for one: an identity number
/// that was typed as a number has lost its last digits.
fn text(value: &DataRef<'_>) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.abs() >= EXACT => format!("{number:e}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(at) => date(at),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn date(at: &ExcelDateTime) -> String {
    let (year, month, day, ..) = at.to_ymd_hms_milli();
    if at.is_duration() { at.as_f64().to_string() } else { format!("{year:04}-{month:02}-{day:02}") }
}

#[cfg(test)]
mod tests {
    use super::text;
    use calamine::DataRef;

    #[test]
    fn numbers_are_read_as_they_were_typed() {
        assert_eq!(text(&DataRef::Float(13_812_345_678.0)), "13812345678");
        assert_eq!(text(&DataRef::Float(1.5)), "1.5");
        assert_eq!(text(&DataRef::Float(110_105_194_912_310_024.0)), "1.1010519491231002e17", "digits were lost");
    }
}
