//! CSV: in UTF-8, UTF-16 with its mark, or GB 18030 (of which GBK is a part), as office programs in China write it; its cells
//! apart by commas, semicolons or tabs.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::sheet::{CELLS, Feeder, SheetError};

/// No row is longer, in bytes: a quotation mark that is never closed would take the rest of the file for one cell.
const ROW_BYTES: usize = 1 << 20;

/// Reads a file row by row.
pub(super) fn each(path: &Path, feeder: &mut Feeder) -> Result<(), SheetError> {
    let found = look(File::open(path)?)?;
    feeder.expect(found.lines);
    let open = || -> io::Result<_> {
        let file = BufReader::with_capacity(1 << 16, File::open(path)?);
        Ok(DecodeReaderBytesBuilder::new().encoding(Some(found.encoding)).build(file))
    };
    let delimiter = delimiter(open()?)?;
    let left = Rc::new(Cell::new(ROW_BYTES));
    // The end of the last line is added, so that every row ends with one.
    let bounded = Bounded { from: open()?.chain(if found.ends_line { "".as_bytes() } else { "\n".as_bytes() }), left: Rc::clone(&left) };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(bounded);
    let mut record = csv::StringRecord::new();
    loop {
        left.set(ROW_BYTES);
        if !reader.read_record(&mut record).map_err(|error| wrong(error, reader.position().line()))? {
            return Ok(());
        }
        // The reader stands at the line after the row, what was before a line feed being part of the last cell; a row of several lines is
        // named by its first.
        let inner: usize = record.iter().map(|cell| cell.bytes().filter(|byte| *byte == b'\n').count()).sum();
        let after = usize::try_from(reader.position().line()).unwrap_or(usize::MAX);
        let cells: Vec<String> = record.iter().take(CELLS).map(ToOwned::to_owned).collect();
        feeder.take(after.saturating_sub(1 + inner), &cells)?;
    }
}

fn wrong(error: csv::Error, line: u64) -> SheetError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => SheetError::Form(format!("line {line}: {error}")),
        csv::ErrorKind::Io(error) => SheetError::Io(error),
        other => SheetError::Form(format!("line {line}: {other:?}")),
    }
}

/// What a first look at a file tells.
struct Look {
    encoding: &'static Encoding,
    lines: u64,
    ends_line: bool,
}

/// Reads a file once to see how it is written: without a mark it is UTF-8 if all of it can be read so.
fn look(mut from: impl Read) -> io::Result<Look> {
    let mut bytes = vec![0_u8; 1 << 16];
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut decoded = String::with_capacity(1 << 18);
    let mut found = Look { encoding: UTF_8, lines: 0, ends_line: true };
    let mut marked = None;
    loop {
        let read = from.read(&mut bytes)?;
        let chunk = bytes.get(..read).unwrap_or_default();
        marked = marked.or_else(|| Some(Encoding::for_bom(chunk).map(|(encoding, _)| encoding)));
        if found.encoding == UTF_8 {
            decoded.clear();
            let (result, _) = decoder.decode_to_string_without_replacement(chunk, &mut decoded, read == 0);
            if matches!(result, DecoderResult::Malformed(..)) {
                found.encoding = GB18030;
            }
        }
        let Some(last) = chunk.last() else { break };
        found.lines += u64::try_from(chunk.iter().filter(|byte| **byte == b'\n').count()).unwrap_or_default();
        found.ends_line = *last == b'\n';
    }
    if let Some(Some(encoding)) = marked {
        found.encoding = encoding;
        // In UTF-16 the last byte says nothing: another end of a line does no harm.
        found.ends_line &= encoding == UTF_8;
    }
    Ok(found)
}

/// What stands between the cells: whichever the beginning of the file has most of.
fn delimiter(from: impl Read) -> io::Result<u8> {
    let mut start = Vec::new();
    from.take(4096).read_to_end(&mut start)?;
    let count = |delimiter: u8| start.iter().filter(|byte| **byte == delimiter).count();
    Ok([b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b','))
}

/// Lets through only so many bytes until the next row is asked for.
struct Bounded<R> {
    from: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        let left = self.left.get().checked_sub(read);
        self.left.set(
            left.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a row of more than 1 MiB: is a quotation mark not closed?"))?,
        );
        Ok(read)
    }
}
