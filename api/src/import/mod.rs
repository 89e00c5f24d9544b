//! Imports 导入: tables of other platforms, row by row, by the rules that single records are held to.
//!
//! Each kind of table is one file here: its columns, and what becomes of a batch of its rows. A batch is one transaction, and what
//! is there already stays as it is, so that an import that was broken off is simply run again.

mod column;
mod comma;
pub mod demand;
pub mod http;
pub mod job;
mod loader;
pub mod organisation;
mod people;
mod sheet;
pub mod social_worker;
pub mod tables;
pub mod value;
pub mod volunteer;
mod workbook;

use domain::identity::Action;
use persistence::{Failure as _, Store, StoreError, Tx};

pub use column::{Column, Renamed};
pub use loader::Loader;
pub use people::Seen;
pub use sheet::{ROWS, Row, Sheet, SheetError};

use crate::problem::{Fault, Problem, Rule};
pub use crate::region::import::Refused;

/// A kind of table.
pub trait Table: Clone + Send + Sync + 'static {
    /// What it can say.
    const COLUMNS: &'static [Column];

    /// What whoever loads it must be allowed to do singly.
    const ACTION: Action;

    /// Decides on rows and keeps what can be taken; with `trial` nothing is kept.
    ///
    /// # Errors
    /// The database's: then nothing of these rows is kept.
    fn load(&self, tx: &mut Tx, rows: &[Row], trial: bool) -> Result<Outcome, Fault>;
}

/// What became of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many were added.
    pub added: usize,
    /// How many say what is there already.
    pub unchanged: usize,
    /// Those that are there and say otherwise, in what: what is there stays.
    pub differing: Vec<Refused>,
    /// Those that cannot be taken, and why.
    pub refused: Vec<Refused>,
}

/// How often a batch is tried when others write down the same at that moment.
const ATTEMPTS: usize = 5;

/// Loads a batch of rows.
///
/// # Errors
/// The database's.
pub async fn load<T: Table>(store: &Store, table: &T, rows: Vec<Row>, trial: bool) -> Result<Outcome, Fault> {
    if trial {
        let table = table.clone();
        return store.read(move |tx| table.load(tx, &rows, true)).await;
    }
    let mut attempt = 1;
    loop {
        let (table, rows) = (table.clone(), rows.clone());
        let done = store.write(move |tx| table.load(tx, &rows, false)).await;
        match done {
            // Somebody else has written down one of them since it was looked for: the next look finds it.
            Err(fault) if attempt < ATTEMPTS && matches!(fault.store_error(), Some(StoreError::Duplicate(_))) => attempt += 1,
            done => return done,
        }
    }
}

/// A row that is on record already and says otherwise in these columns.
fn differing(line: usize, differs: &[&'static str]) -> Vec<Refused> {
    differs.iter().map(|field| Refused { line, field, rule: Rule::DiffersFromRecord, words: Vec::new() }).collect()
}

/// A row that breaks a rule at a field: the first one that a problem names.
fn refused(line: usize, columns: &'static [Column], problem: &Problem) -> Refused {
    let Some(error) = problem.facts.errors.first() else {
        return Refused { line, field: "", rule: Rule::NotReadable, words: Vec::new() };
    };
    let named = |part: &str| columns.iter().map(|column| column.name).find(|name| *name == part);
    // A part of something is a column of its own, as `contact_phone`, or is said in the column of the whole.
    let pointer = error.pointer.trim_start_matches('/');
    let field = named(&pointer.replace('/', "_")).or_else(|| pointer.split('/').find_map(named)).unwrap_or_default();
    Refused { line, field, rule: error.rule, words: error.words.clone() }
}
