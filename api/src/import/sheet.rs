//! Reading a table row by row, CSV or XLSX: a thread reads ahead a little, and nobody ever holds the whole table.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::{self, Receiver, Sender};

use super::column::{Column, Layout, Renamed, check_renamed};
use super::{comma, workbook};

/// So many rows are handed on, and kept in one transaction, at once.
pub const ROWS: usize = 500;

/// So many batches are read ahead.
const AHEAD: usize = 2;

/// The row of headers is among the first ones; titles and notes may stand above it.
const TITLES: usize = 10;

/// No row has more cells.
pub(super) const CELLS: usize = 200;

/// Why a table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The file cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is not a table that can be read.
    #[error("{0}")]
    Form(String),
    /// No row of headers has the columns that are required; they are named.
    #[error("no row of headers with the required columns: {0}")]
    Headers(String),
    /// Nobody wants the rest.
    #[error("not wanted any more")]
    Unwanted,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands: the line of the file or the row of the sheet, from 1.
    pub line: usize,
    columns: &'static [Column],
    cells: Vec<String>,
}

impl Row {
    /// What the row says in a column, trimmed; an empty text where it says nothing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let place = self.columns.iter().position(|column| column.name == name);
        debug_assert!(place.is_some(), "{name} is a column of the table");
        place.and_then(|place| self.cells.get(place)).map_or("", String::as_str)
    }

    /// The columns whose text could not be decoded.
    pub fn unreadable(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().zip(&self.cells).filter(|(_, cell)| cell.contains(char::REPLACEMENT_CHARACTER)).map(|(column, _)| column.name)
    }
}

/// A table that is being read.
pub struct Sheet {
    /// About how many rows it has.
    pub total: u64,
    /// Headers that say nothing that is read.
    pub unused: Vec<String>,
    rows: Receiver<Part>,
}

enum Part {
    Head { total: u64, unused: Vec<String> },
    Rows(Vec<Row>),
    Failed(SheetError),
}

impl Sheet {
    /// Begins to read a file.
    ///
    /// # Errors
    /// It is no table, or has not the columns that are required.
    pub async fn open(path: PathBuf, columns: &'static [Column], renamed: Vec<Renamed>) -> Result<Self, SheetError> {
        check_renamed(&renamed, columns)?;
        let (sender, mut rows) = mpsc::channel(AHEAD);
        let feeder = Feeder { columns, renamed, total: 0, titles: 0, layout: None, batch: Vec::with_capacity(ROWS), sender };
        std::thread::Builder::new().name("reading a table".to_owned()).spawn(move || feeder.run(&path))?;
        match rows.recv().await {
            Some(Part::Head { total, unused }) => Ok(Self { total, unused, rows }),
            Some(Part::Failed(error)) => Err(error),
            Some(Part::Rows(_)) | None => Err(SheetError::Form("the table ended early".to_owned())),
        }
    }

    /// The next rows; `None` after the last.
    ///
    /// # Errors
    /// The rest cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<Row>>, SheetError> {
        match self.rows.recv().await {
            None | Some(Part::Head { .. }) => Ok(None),
            Some(Part::Rows(rows)) => Ok(Some(rows)),
            Some(Part::Failed(error)) => Err(error),
        }
    }
}

/// Takes the rows of a file, finds its headers, and hands on what follows.
pub(super) struct Feeder {
    columns: &'static [Column],
    renamed: Vec<Renamed>,
    total: u64,
    titles: usize,
    layout: Option<Layout>,
    batch: Vec<Row>,
    sender: Sender<Part>,
}

impl Feeder {
    fn run(mut self, path: &Path) {
        let read = self.read(path).and_then(|()| self.finish());
        if let Err(error) = read
            && !matches!(error, SheetError::Unwanted)
        {
            // Nobody may be waiting any more.
            drop(self.sender.blocking_send(Part::Failed(error)));
        }
    }

    fn read(&mut self, path: &Path) -> Result<(), SheetError> {
        let mut magic = [0_u8; 4];
        let read = File::open(path)?.read(&mut magic)?;
        match magic.get(..read).unwrap_or_default() {
            b"PK\x03\x04" => workbook::each(path, self),
            [0xD0, 0xCF, 0x11, 0xE0] => {
                Err(SheetError::Form("this is an old or encrypted workbook: save it as .xlsx or as CSV".to_owned()))
            }
            _ => comma::each(path, self),
        }
    }

    /// Says about how many rows there are.
    pub(super) const fn expect(&mut self, total: u64) {
        self.total = total;
    }

    /// Takes a row.
    pub(super) fn take(&mut self, line: usize, cells: &[String]) -> Result<(), SheetError> {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        let Some(layout) = &self.layout else { return self.take_head(cells) };
        self.batch.push(Row { line, columns: self.columns, cells: layout.arrange(cells) });
        if self.batch.len() < ROWS { Ok(()) } else { self.hand_on() }
    }

    fn take_head(&mut self, cells: &[String]) -> Result<(), SheetError> {
        if let Some(layout) = Layout::find(cells, self.columns, &self.renamed) {
            let head = Part::Head { total: self.total, unused: layout.unused.clone() };
            self.layout = Some(layout);
            return self.sender.blocking_send(head).map_err(|_| SheetError::Unwanted);
        }
        self.titles += 1;
        if self.titles < TITLES { Ok(()) } else { Err(self.no_headers()) }
    }

    fn no_headers(&self) -> SheetError {
        let required: Vec<String> = self
            .columns
            .iter()
            .filter(|column| column.required)
            .map(|column| format!("{} ({})", column.name, column.headers.join(", ")))
            .collect();
        SheetError::Headers(required.join("; "))
    }

    fn hand_on(&mut self) -> Result<(), SheetError> {
        let rows = std::mem::replace(&mut self.batch, Vec::with_capacity(ROWS));
        self.sender.blocking_send(Part::Rows(rows)).map_err(|_| SheetError::Unwanted)
    }

    fn finish(&mut self) -> Result<(), SheetError> {
        if self.layout.is_none() {
            return Err(self.no_headers());
        }
        if self.batch.is_empty() { Ok(()) } else { self.hand_on() }
    }
}
