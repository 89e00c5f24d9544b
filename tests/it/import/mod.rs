//! Tables of other platforms: how they are read, and what becomes of their rows.

mod command;
mod organisations;
mod served;
mod volunteers;
mod workbooks;

use std::path::PathBuf;

use api::book::Book;
use api::import::volunteer::Volunteers;
use api::import::{Loader, Outcome, Seen, Sheet, Table, load};
use domain::person::VolunteerState;
use std::sync::Arc;
use support::World;

/// Writes a file beside the database of a world.
fn file(world: &World, name: &str, content: &[u8]) -> PathBuf {
    let path = world.database.folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// How volunteers are loaded where a test does not say otherwise: as other platforms have admitted them.
async fn volunteers(world: &World) -> Volunteers {
    let book = Book::default();
    book.refresh(&world.services.store).await.unwrap();
    let (book, seen) = (Arc::new(book), Seen::default());
    Volunteers { book, division: None, state: VolunteerState::Active, minors_wait: false, loader: Loader::Operator, seen }
}

/// Loads a file, and tells what became of all its rows.
async fn loaded<T: Table>(world: &World, table: &T, path: PathBuf, trial: bool) -> Outcome {
    let mut sheet = Sheet::open(path, T::COLUMNS, Vec::new()).await.unwrap();
    let mut whole = Outcome::default();
    while let Some(rows) = sheet.next().await.unwrap() {
        let Outcome { added, unchanged, differing, refused } = load(&world.services.store, table, rows, trial).await.unwrap();
        whole.added += added;
        whole.unchanged += unchanged;
        whole.differing.extend(differing);
        whole.refused.extend(refused);
    }
    world.services.forget();
    whole
}

/// How many rows were added, were there before, differ, and were refused.
fn counts(outcome: &Outcome) -> (usize, usize, usize, usize) {
    (outcome.added, outcome.unchanged, outcome.differing.len(), outcome.refused.len())
}

/// The line, the column and the rule of rows.
fn told(rows: &[api::import::Refused]) -> Vec<(usize, &'static str, &'static str)> {
    rows.iter().map(|row| (row.line, row.field, row.rule.as_str())).collect()
}
