//! Imports: tables that are loaded row by row, how far each has come, and the rows that were not taken.

use diesel::prelude::*;
use domain::import::{ImportFailure, ImportKind, ImportRowOutcome, ImportState};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::insert_all;
use crate::order::{division, optional, value};
use crate::region::{in_ranges, ranges};
use crate::schema::{import_rows, imports};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What the content of a table is sealed for.
pub(crate) const CONTENT: &str = "imports.content";

/// An import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: Uuid,
    /// The region.
    pub region: DivisionCode,
    /// Where everything in it must be at home.
    pub division: DivisionCode,
    /// What its rows are.
    pub kind: ImportKind,
    /// What was said with it, as JSON.
    pub options: String,
    /// Whether nothing of it is kept.
    pub trial: bool,
    /// Where it stands.
    pub state: ImportState,
    /// Why it could not go on.
    pub failure: Option<ImportFailure>,
    /// About how many rows it has.
    pub total: i64,
    /// What became of its rows so far.
    pub counts: ImportCounts,
    /// How often the next rows were tried in vain.
    pub attempts: i32,
    /// The account that has begun it.
    pub loaded_by: Uuid,
    /// When it was begun.
    pub created_at: domain::Timestamp,
    /// When it last went on.
    pub changed_at: domain::Timestamp,
    /// One more with every change.
    pub version: i32,
}

/// What became of rows: each counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Added.
    pub added: i64,
    /// On record already, and the same.
    pub unchanged: i64,
    /// On record already, and otherwise.
    pub differing: i64,
    /// Not taken.
    pub refused: i64,
}

impl ImportCounts {
    /// How many rows were looked at.
    #[must_use]
    pub const fn seen(&self) -> i64 {
        self.added + self.unchanged + self.differing + self.refused
    }
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Its line in the file.
    pub line: i64,
    /// What became of it.
    pub outcome: ImportRowOutcome,
    /// The column that is wrong; empty where it is the whole row.
    pub field: String,
    /// The code of the rule.
    pub rule: String,
    /// What the rule's text names.
    pub words: Vec<String>,
}

/// A row of `imports`, but for the content.
#[derive(Queryable, Selectable)]
#[diesel(table_name = imports)]
struct Row {
    id: Uid,
    region: String,
    division: String,
    kind: String,
    options: String,
    trial: bool,
    state: String,
    failure: Option<String>,
    total: i64,
    added: i64,
    unchanged: i64,
    differing: i64,
    refused: i64,
    attempts: i32,
    loaded_by: Uid,
    created_at: Instant,
    changed_at: Instant,
    version: i32,
}

impl Row {
    fn into_import(self) -> Result<Import, StoreError> {
        Ok(Import {
            id: self.id.0,
            region: division(&self.region)?,
            division: division(&self.division)?,
            kind: value(&self.kind)?,
            options: self.options,
            trial: self.trial,
            state: value(&self.state)?,
            failure: optional(self.failure.as_deref())?,
            total: self.total,
            counts: ImportCounts { added: self.added, unchanged: self.unchanged, differing: self.differing, refused: self.refused },
            attempts: self.attempts,
            loaded_by: self.loaded_by.0,
            created_at: self.created_at.get(),
            changed_at: self.changed_at.get(),
            version: self.version,
        })
    }
}

/// Keeps an import that waits for its turn, with the text of its table.
///
/// # Errors
/// The database's.
pub fn add(tx: &mut Tx, import: &Import, content: &str) -> Result<(), StoreError> {
    let sealed = tx.seal(CONTENT, import.id, content)?;
    let row = (
        imports::id.eq(Uid(import.id)),
        imports::region.eq(import.region.as_str()),
        imports::division.eq(import.division.as_str()),
        imports::kind.eq(import.kind.as_str()),
        imports::options.eq(&import.options),
        imports::trial.eq(import.trial),
        imports::state.eq(import.state.as_str()),
        imports::content.eq(Some(sealed)),
        imports::total.eq(import.total),
        imports::loaded_by.eq(Uid(import.loaded_by)),
        imports::created_at.eq(Instant::from(import.created_at)),
        imports::changed_at.eq(Instant::from(import.changed_at)),
        imports::version.eq(import.version),
    );
    let nothing_yet = (
        imports::seen.eq(0_i64),
        imports::added.eq(0_i64),
        imports::unchanged.eq(0_i64),
        imports::differing.eq(0_i64),
        imports::refused.eq(0_i64),
        imports::attempts.eq(0),
    );
    diesel::insert_into(imports::table).values((row, nothing_yet)).execute(&mut tx.conn)?;
    Ok(())
}

/// One import.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Import, StoreError> {
    let row: Row = imports::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_import()
}

/// The text of the table of an import that is not over; `None` afterwards.
///
/// # Errors
/// [`StoreError::Missing`]; a content that does not open is a defect.
pub fn content(tx: &mut Tx, id: Uuid) -> Result<Option<String>, StoreError> {
    let sealed: Option<Vec<u8>> = imports::table.find(Uid(id)).select(imports::content).first(&mut tx.conn)?;
    sealed.map(|sealed| tx.unseal(CONTENT, id, &sealed)).transpose()
}

/// The next import whose rows are to be loaded, the oldest first, after one.
///
/// # Errors
/// The database's.
pub fn next(tx: &mut Tx, after: Uuid) -> Result<Option<Uuid>, StoreError> {
    let id: Option<Uid> = imports::table
        .filter(imports::content.is_not_null())
        .filter(imports::id.gt(Uid(after)))
        .order(imports::id)
        .select(imports::id)
        .first(&mut tx.conn)
        .optional()?;
    Ok(id.map(Into::into))
}

/// How many imports of an account are not over.
///
/// # Errors
/// The database's.
pub fn count_live(tx: &mut Tx, account: Uuid) -> Result<i64, StoreError> {
    let live = imports::table.filter(imports::content.is_not_null()).filter(imports::loaded_by.eq(Uid(account)));
    Ok(live.count().get_result(&mut tx.conn)?)
}

/// Keeps where an import stands now, if nobody else has changed it; with its end the content goes.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn save(tx: &mut Tx, before: &Import, after: &Import) -> Result<(), StoreError> {
    let values = (
        imports::state.eq(after.state.as_str()),
        imports::failure.eq(after.failure.map(Vocabulary::as_str)),
        imports::total.eq(after.total),
        imports::seen.eq(after.counts.seen()),
        imports::added.eq(after.counts.added),
        imports::unchanged.eq(after.counts.unchanged),
        imports::differing.eq(after.counts.differing),
        imports::refused.eq(after.counts.refused),
        imports::attempts.eq(after.attempts),
        imports::changed_at.eq(Instant::from(tx.now().max(before.changed_at))),
        imports::version.eq(before.version + 1),
    );
    let its = || imports::table.find(Uid(before.id)).filter(imports::version.eq(before.version));
    let saved = if after.state.is_live() {
        diesel::update(its()).set(values).execute(&mut tx.conn)?
    } else {
        diesel::update(its()).set((values, imports::content.eq(None::<Vec<u8>>))).execute(&mut tx.conn)?
    };
    if saved == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The imports into a division and what lies in it, the newest first, before one.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx, within: &DivisionCode, before: Option<Uuid>, limit: i64) -> Result<Vec<Import>, StoreError> {
    let near = in_ranges!(imports::table, imports::division, ranges(tx, within)?);
    let mut query = imports::table.into_boxed::<MultiBackend>().filter(near);
    if let Some(before) = before {
        query = query.filter(imports::id.lt(Uid(before)));
    }
    let rows: Vec<Row> = query.order(imports::id.desc()).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_import).collect()
}

/// A row of `import_rows`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = import_rows)]
struct NotTaken {
    import_id: Uid,
    line: i64,
    field: String,
    outcome: String,
    rule: String,
    words: String,
}

/// Keeps rows that were not taken.
///
/// # Errors
/// The database's.
pub fn keep_rows(tx: &mut Tx, import: Uuid, rows: &[ImportRow]) -> Result<(), StoreError> {
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows {
        let words = serde_json::to_string(&row.words).map_err(|error| StoreError::Bug(format!("words of a rule: {error}")))?;
        let (field, outcome, rule) = (row.field.clone(), row.outcome.as_str().to_owned(), row.rule.clone());
        kept.push(NotTaken { import_id: Uid(import), line: row.line, field, outcome, rule, words });
    }
    insert_all!(tx, import_rows::table, kept)?;
    Ok(())
}

/// The rows of an import that were not taken, by line, after one.
///
/// # Errors
/// The database's.
pub fn rows(tx: &mut Tx, import: Uuid, after: Option<(i64, String)>, limit: i64) -> Result<Vec<ImportRow>, StoreError> {
    let mut query = import_rows::table.filter(import_rows::import_id.eq(Uid(import))).into_boxed();
    if let Some((line, field)) = after {
        query = query.filter(import_rows::line.gt(line).or(import_rows::line.eq(line).and(import_rows::field.gt(field))));
    }
    let found: Vec<NotTaken> =
        query.order((import_rows::line, import_rows::field)).limit(limit).select(NotTaken::as_select()).load(&mut tx.conn)?;
    found
        .into_iter()
        .map(|row| {
            let words = serde_json::from_str(&row.words).map_err(|error| StoreError::Bug(format!("words of a rule: {error}")))?;
            Ok(ImportRow { line: row.line, outcome: value(&row.outcome)?, field: row.field, rule: row.rule, words })
        })
        .collect()
}
