//! The tree of divisions and the codes that were merged away.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use domain::region::{DivisionCode, Level};
use domain::vocabulary::Vocabulary;

use super::scope::{in_ranges, ranges};
use crate::both;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division as code_of, value};
use crate::schema::{division_aliases, divisions};
use crate::store::Tx;
use crate::types::Instant;

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// Its code.
    pub code: DivisionCode,
    /// How deep it lies.
    pub level: Level,
    /// What it is called.
    pub name: String,
    /// The division it lies in; none at the root of what was loaded.
    pub parent: Option<DivisionCode>,
}

/// A row of `divisions`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = divisions, treat_none_as_default_value = false)]
struct Row {
    code: String,
    level: String,
    name: String,
    parent: Option<String>,
    created_at: Instant,
}

impl Row {
    fn new(division: &Division, now: domain::Timestamp) -> Self {
        Self {
            code: division.code.as_str().to_owned(),
            level: division.level.as_str().to_owned(),
            name: division.name.clone(),
            parent: division.parent.as_ref().map(|parent| parent.as_str().to_owned()),
            created_at: now.into(),
        }
    }

    fn into_division(self) -> Result<Division, StoreError> {
        Ok(Division {
            code: code_of(&self.code)?,
            level: value(&self.level)?,
            name: self.name,
            parent: self.parent.as_deref().map(code_of).transpose()?,
        })
    }
}

/// The division of a code; a code that was merged away answers with the division it now is.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn find(tx: &mut Tx, code: &DivisionCode) -> Result<Division, StoreError> {
    let target = division_aliases::table.filter(division_aliases::alias.eq(code.as_str())).select(division_aliases::code);
    let rows: Vec<Row> = divisions::table
        .filter(divisions::code.eq(code.as_str()).or(divisions::code.eq_any(target)))
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    // A division that was merged away keeps its row, because facts refer to it: the other row is what it now is.
    let row = rows.into_iter().max_by_key(|row| row.code != code.as_str()).ok_or(StoreError::Missing)?;
    row.into_division()
}

/// What the divisions of these codes are called today; codes of none are left out.
///
/// # Errors
/// The database's.
pub fn find_many(tx: &mut Tx, codes: &[DivisionCode]) -> Result<HashMap<DivisionCode, DivisionCode>, StoreError> {
    let mut found: HashMap<DivisionCode, DivisionCode> = existing(tx, codes)?.into_iter().map(|code| (code.clone(), code)).collect();
    for chunk in codes.chunks(CHUNK) {
        let wanted = division_aliases::table.filter(division_aliases::alias.eq_any(chunk.iter().map(DivisionCode::as_str)));
        let rows: Vec<(String, String)> = wanted.select((division_aliases::alias, division_aliases::code)).load(&mut tx.conn)?;
        for (alias, code) in rows {
            found.insert(code_of(&alias)?, code_of(&code)?);
        }
    }
    Ok(found)
}

/// The divisions at the root of what was loaded, by code.
///
/// # Errors
/// The database's.
pub fn roots(tx: &mut Tx) -> Result<Vec<Division>, StoreError> {
    let query = divisions::table.filter(divisions::parent.is_null()).order(divisions::code);
    query.select(Row::as_select()).load(&mut tx.conn)?.into_iter().map(Row::into_division).collect()
}

/// The divisions directly below one, by code, from after a code on.
///
/// # Errors
/// The database's.
pub fn children(tx: &mut Tx, code: &DivisionCode, after: Option<DivisionCode>, limit: i64) -> Result<Vec<Division>, StoreError> {
    let query = divisions::table.filter(divisions::parent.eq(code.as_str())).into_boxed::<MultiBackend>();
    page(tx, query, after, limit)
}

/// The divisions whose name contains the text, by code, from after a code on.
///
/// # Errors
/// The database's.
pub fn search(
    tx: &mut Tx,
    text: &str,
    within: Option<&DivisionCode>,
    after: Option<DivisionCode>,
    limit: i64,
) -> Result<Vec<Division>, StoreError> {
    let mut query = divisions::table.filter(divisions::name.like(containing(text)).escape(ESCAPE)).into_boxed::<MultiBackend>();
    if let Some(scope) = within {
        query = query.filter(in_ranges!(divisions::table, divisions::code, ranges(tx, scope)?));
    }
    page(tx, query, after, limit)
}

fn page(
    tx: &mut Tx,
    query: divisions::BoxedQuery<'_, MultiBackend>,
    after: Option<DivisionCode>,
    limit: i64,
) -> Result<Vec<Division>, StoreError> {
    let after = after.map_or_else(String::new, String::from);
    let query = query.filter(divisions::code.gt(after)).order(divisions::code).limit(limit);
    query.select(Row::as_select()).load(&mut tx.conn)?.into_iter().map(Row::into_division).collect()
}

const ESCAPE: char = '\\';

/// The pattern of texts that contain this one, whatever signs it has.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for sign in text.chars() {
        if matches!(sign, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

/// A reference to a division that is not there is a missing parent.
fn missing_parent(error: StoreError) -> StoreError {
    match error {
        StoreError::Unknown(_) => StoreError::Missing,
        other => other,
    }
}

/// Adds one division; without a parent it is a root.
///
/// # Errors
/// [`StoreError::Missing`] where the parent is not there; [`StoreError::Duplicate`] where the code has its division already.
pub fn add(tx: &mut Tx, division: &Division) -> Result<(), StoreError> {
    let row = Row::new(division, tx.now());
    let added = diesel::insert_into(divisions::table).values(&row).execute(&mut tx.conn);
    added.map(drop).map_err(|error| missing_parent(error.into()))
}

/// How many rows go in one statement: far below the number of parameters that both databases take.
const CHUNK: usize = 1000;

/// Adds many divisions, parents before what lies in them; those that are there already stay as they are. How many were added.
///
/// # Errors
/// [`StoreError::Missing`] where a parent is neither there nor among them.
pub fn insert_many(tx: &mut Tx, added: &[Division]) -> Result<usize, StoreError> {
    let now = tx.now();
    let mut rows: Vec<Row> = added.iter().map(|division| Row::new(division, now)).collect();
    // A code sorts right after those it lies in.
    rows.sort_unstable_by(|one, other| one.code.cmp(&other.code));
    let mut count = 0;
    for chunk in rows.chunks(CHUNK) {
        let inserted = both!(tx, |c| diesel::insert_into(divisions::table).values(chunk).on_conflict_do_nothing().execute(c));
        count += inserted.map_err(|error| missing_parent(error.into()))?;
    }
    Ok(count)
}

/// Which of these codes have their division.
///
/// # Errors
/// The database's.
pub fn existing(tx: &mut Tx, codes: &[DivisionCode]) -> Result<HashSet<DivisionCode>, StoreError> {
    let mut found = HashSet::new();
    for chunk in codes.chunks(CHUNK) {
        let wanted = divisions::table.filter(divisions::code.eq_any(chunk.iter().map(DivisionCode::as_str)));
        let rows: Vec<String> = wanted.select(divisions::code).load(&mut tx.conn)?;
        for code in rows {
            found.insert(code_of(&code)?);
        }
    }
    Ok(found)
}

/// What those of these codes that have their division are called.
///
/// # Errors
/// The database's.
pub fn names(tx: &mut Tx, codes: &[DivisionCode]) -> Result<HashMap<DivisionCode, String>, StoreError> {
    let mut found = HashMap::new();
    for chunk in codes.chunks(CHUNK) {
        let wanted = divisions::table.filter(divisions::code.eq_any(chunk.iter().map(DivisionCode::as_str)));
        let rows: Vec<(String, String)> = wanted.select((divisions::code, divisions::name)).load(&mut tx.conn)?;
        for (code, name) in rows {
            found.insert(code_of(&code)?, name);
        }
    }
    Ok(found)
}

/// Says that a code was merged into a division, or renumbered. Codes that were merged into it before go along.
///
/// # Errors
/// [`StoreError::Missing`] where the division is not there; [`StoreError::Duplicate`] where the code was merged already, or
/// the division is the code itself, perhaps by way of another merger.
pub fn add_alias(tx: &mut Tx, alias: &DivisionCode, code: &DivisionCode) -> Result<(), StoreError> {
    let target = find(tx, code)?.code;
    if target == *alias {
        return Err(StoreError::Duplicate("division_aliases.alias".to_owned()));
    }
    let row = (
        division_aliases::alias.eq(alias.as_str()),
        division_aliases::code.eq(target.as_str()),
        division_aliases::created_at.eq(Instant::from(tx.now())),
    );
    diesel::insert_into(division_aliases::table).values(row).execute(&mut tx.conn)?;
    diesel::update(division_aliases::table.filter(division_aliases::code.eq(alias.as_str())))
        .set(division_aliases::code.eq(target.as_str()))
        .execute(&mut tx.conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::containing;

    #[test]
    fn signs_of_a_pattern_stand_for_themselves() {
        assert_eq!(containing("桦南"), "%桦南%");
        assert_eq!(containing(r"5%_\"), r"%5\%\_\\%");
        assert_eq!(containing(""), "%%");
    }
}
