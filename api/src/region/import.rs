//! Loading a table of divisions: what of it can be taken, and for every row that cannot, why.

use std::collections::{HashMap, HashSet};

use actix_web::web::Data;
use domain::identity;
use domain::language::Language;
use domain::region::{DivisionCode, Level};
use persistence::Tx;
use persistence::region::{self, Division};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actor::{Actor, Permission, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Fault, Rule};
use crate::services::Services;

/// Every endpoint of the import.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["regions": import]
}

/// The longest name of a division, in characters.
const NAME_CHARACTERS: usize = 100;

/// A row of a table of divisions, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Where it stands: the line of the file, or the place in the list, from 1.
    pub line: usize,
    /// The code, short or padded.
    pub code: String,
    /// The level: the vocabulary's own word, or `village`.
    pub level: String,
    /// What it is called.
    pub name: String,
    /// The code of the division it lies in; may be empty, because the code says it.
    pub parent: String,
}

/// A row that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The row's line.
    pub line: usize,
    /// The field that is wrong.
    pub field: &'static str,
    /// The rule that it breaks.
    pub rule: Rule,
    /// The rule's numbers or words.
    pub words: Vec<String>,
}

/// What becomes of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The divisions to add.
    pub added: Vec<Division>,
    /// How many rows say what is there already.
    pub unchanged: usize,
    /// The rows that cannot be taken, by line.
    pub refused: Vec<Refused>,
}

/// A row whose parts have been read.
struct Read {
    line: usize,
    division: Division,
}

/// Decides on a table. `existing` is what is there already of the codes in the table and of those they lie in, by code with
/// the name. Codes never change owner: a row that gives one another name is refused. The parent of every row must be there
/// or in the table; only the root of what is loaded, a county or larger, may have none at all.
#[must_use]
pub fn plan(rows: &[Row], existing: &HashMap<DivisionCode, String>) -> Plan {
    let mut plan = Plan::default();
    let mut read = Vec::new();
    let mut seen = HashSet::new();
    for row in rows {
        match parse(row) {
            Ok(division) if !seen.insert(division.code.clone()) => plan.refuse(row.line, "code", Rule::Duplicates, Vec::new()),
            Ok(division) => read.push(Read { line: row.line, division }),
            Err((field, rule, words)) => plan.refuse(row.line, field, rule, words),
        }
    }
    // A code sorts right after those it lies in, so every parent has been decided on before.
    read.sort_by(|one, other| one.division.code.cmp(&other.division.code));
    let mut taken: HashSet<DivisionCode> = existing.keys().cloned().collect();
    for Read { line, mut division } in read {
        if let Some(name) = existing.get(&division.code) {
            if *name == division.name {
                plan.unchanged += 1;
            } else {
                plan.refuse(line, "name", Rule::DivisionTaken, vec![name.clone()]);
            }
            continue;
        }
        let ancestors = division.code.ancestors();
        let has_parent = ancestors.first().is_some_and(|parent| taken.contains(parent));
        let is_root = division.level <= Level::County && !ancestors.iter().any(|ancestor| taken.contains(ancestor));
        if !has_parent && !is_root {
            plan.refuse(line, "parent", Rule::UnknownParent, Vec::new());
            continue;
        }
        division.parent = ancestors.into_iter().next().filter(|_| has_parent);
        taken.insert(division.code.clone());
        plan.added.push(division);
    }
    plan.refused.sort_by_key(|refused| refused.line);
    plan
}

impl Plan {
    fn refuse(&mut self, line: usize, field: &'static str, rule: Rule, words: Vec<String>) {
        self.refused.push(Refused { line, field, rule, words });
    }
}

type Broken = (&'static str, Rule, Vec<String>);

/// Reads one row by itself.
fn parse(row: &Row) -> Result<Division, Broken> {
    let code = DivisionCode::parse(row.code.trim()).map_err(|_| ("code", Rule::DivisionCode, Vec::new()))?;
    let level = Level::from_table(row.level.trim()).filter(|level| *level == code.level());
    let level = level.ok_or_else(|| ("level", Rule::LevelMismatch, vec![code.level().to_string()]))?;
    let name = row.name.trim();
    if name.is_empty() {
        return Err(("name", Rule::Required, Vec::new()));
    }
    if name.chars().count() > NAME_CHARACTERS {
        return Err(("name", Rule::TooLong, vec![NAME_CHARACTERS.to_string()]));
    }
    if name.chars().any(char::is_control) {
        return Err(("name", Rule::ControlCharacters, Vec::new()));
    }
    let parent = row.parent.trim();
    if !parent.is_empty() && DivisionCode::parse(parent).ok() != code.parent() {
        let right = code.parent().map(String::from).unwrap_or_default();
        return Err(("parent", Rule::ParentMismatch, vec![right]));
    }
    Ok(Division { code, level, name: name.to_owned(), parent: None })
}

/// What [`plan`] must know of the database, for these rows.
///
/// # Errors
/// The database's.
pub fn existing(tx: &mut Tx, rows: &[Row]) -> Result<HashMap<DivisionCode, String>, persistence::StoreError> {
    let codes: HashSet<DivisionCode> =
        rows.iter().filter_map(|row| DivisionCode::parse(row.code.trim()).ok()).flat_map(|code| code.lineage()).collect();
    let codes: Vec<DivisionCode> = codes.into_iter().collect();
    region::names(tx, &codes)
}

/// Reads what is there, decides and adds.
///
/// # Errors
/// The database's.
pub fn load(tx: &mut Tx, rows: &[Row]) -> Result<Plan, persistence::StoreError> {
    let plan = plan(rows, &existing(tx, rows)?);
    region::insert_many(tx, &plan.added)?;
    Ok(plan)
}

/// A table of divisions.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportDivisions {
    /// The rows. Those that cannot be taken are reported; the others are loaded.
    #[schema(min_items = 1, max_items = 2000)]
    rows: Vec<ImportRow>,
}

/// A row of a table of divisions.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportRow {
    /// The code, short or padded.
    #[schema(max_length = 64, example = "230822100")]
    code: String,
    /// The level: `province`, `prefecture`, `county`, `township`, `community` (or `village`), `grid`.
    #[schema(max_length = 64, example = "township")]
    level: String,
    /// What it is called.
    #[schema(max_length = 1000, example = "桦南镇")]
    name: String,
    /// The code of the division it lies in; may be left out, because the code says it.
    #[serde(default)]
    #[schema(max_length = 64, example = "230822")]
    parent: Option<String>,
}

/// A row that was not taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefusedRow {
    /// The row's place in the list, from 1.
    line: usize,
    /// Where in the request (RFC 6901).
    pointer: String,
    /// The stable code of the rule.
    rule: String,
    /// The rule in the caller's language.
    message: String,
}

/// What became of a table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// How many rows are in the tree now as the table says: added, or there before.
    accepted: usize,
    /// The rows that were not taken.
    refused: Vec<RefusedRow>,
}

/// Load a table of divisions.
///
/// 批量导入区划:一次至多 2000 行,不合格的行逐行说明原因,其余照常导入;只能导入本人管辖范围内的区划。
#[utoipa::path(post, path = "/v1/divisions/import", operation_id = "importDivisions", request_body = ImportDivisions,
    responses((status = 200, description = "导入结果", body = ImportReport)))]
pub async fn import(
    services: Data<Services>,
    actor: Actor<may::ImportDivisions>,
    conditions: Conditions,
    reads: Reads,
    body: Json<ImportDivisions>,
) -> Answer<ImportReport> {
    let (who, digest) = (actor.actor, body.digest);
    let rows: Vec<Row> = body.value.rows.into_iter().enumerate().map(row).collect();
    let (own, others): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| is_in_scope(&who, row));
    let work = move |tx: &mut Tx| -> Result<(Plan, bool), Fault> {
        let once = conditions.once(tx, who.account, &digest, 200, Uuid::nil())?;
        let mut plan = load(tx, &own)?;
        for row in &others {
            plan.refuse(row.line, "code", Rule::UnknownDivision, Vec::new());
        }
        plan.refused.sort_by_key(|refused| refused.line);
        Ok((plan, matches!(once, Once::Before(_))))
    };
    let (plan, replayed) = services.store.write(work).await?;
    Ok(Reply::ok(report(&plan, reads.0)).replayed(replayed))
}

fn row((index, row): (usize, ImportRow)) -> Row {
    Row { line: index + 1, code: row.code, level: row.level, name: row.name, parent: row.parent.unwrap_or_default() }
}

/// What cannot be read as a code is in nobody's scope, and is refused for that.
fn is_in_scope(actor: &identity::Actor, row: &Row) -> bool {
    DivisionCode::parse(row.code.trim()).map_or(true, |code| identity::may_in(may::ImportDivisions::ACTION, actor, &code))
}

fn report(plan: &Plan, language: Language) -> ImportReport {
    let refused = |refused: &Refused| RefusedRow {
        line: refused.line,
        pointer: format!("/rows/{}/{}", refused.line.saturating_sub(1), refused.field),
        rule: refused.rule.as_str().to_owned(),
        message: refused.rule.message(language, &refused.words),
    };
    ImportReport { accepted: plan.added.len() + plan.unchanged, refused: plan.refused.iter().map(refused).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: usize, code: &str, level: &str, name: &str, parent: &str) -> Row {
        Row { line, code: code.to_owned(), level: level.to_owned(), name: name.to_owned(), parent: parent.to_owned() }
    }

    fn there(codes: &[(&str, &str)]) -> HashMap<DivisionCode, String> {
        codes.iter().map(|(code, name)| (DivisionCode::parse(code).unwrap(), (*name).to_owned())).collect()
    }

    fn refusals(plan: &Plan) -> Vec<(usize, &'static str, Rule)> {
        plan.refused.iter().map(|refused| (refused.line, refused.field, refused.rule)).collect()
    }

    #[test]
    fn a_county_is_a_root_and_its_table_may_be_in_any_order() {
        let rows = [
            row(2, "230822100200", "village", "某村", "230822100"),
            row(3, "230822100000", "township", "桦南镇", ""),
            row(4, "230822", "county", "桦南县", "2308"),
        ];
        let plan = plan(&rows, &HashMap::new());
        assert_eq!(refusals(&plan), []);
        let parents: Vec<Option<String>> = plan.added.iter().map(|division| division.parent.clone().map(String::from)).collect();
        assert_eq!(parents, [None, Some("230822".to_owned()), Some("230822100".to_owned())]);
    }

    #[test]
    fn each_row_says_what_is_wrong_with_it() {
        let rows = [
            row(2, "23082x", "county", "a", ""),
            row(3, "230822100", "village", "a", ""),
            row(4, "230822100", "township", " ", ""),
            row(5, "230822100", "township", "a", "4514"),
            row(6, "230822999", "township", "a", ""),
            row(7, "230822999", "township", "b", ""),
            row(8, "230823100", "township", "没有上级", ""),
            row(9, "230822101", "township", "改名", ""),
            row(10, "230822102", "township", "同名", ""),
        ];
        let existing = there(&[("230822", "桦南县"), ("230822101", "原名"), ("230822102", "同名")]);
        let plan = plan(&rows, &existing);
        let expected = [
            (2, "code", Rule::DivisionCode),
            (3, "level", Rule::LevelMismatch),
            (4, "name", Rule::Required),
            (5, "parent", Rule::ParentMismatch),
            (7, "code", Rule::Duplicates),
            (8, "parent", Rule::UnknownParent),
            (9, "name", Rule::DivisionTaken),
        ];
        assert_eq!(refusals(&plan), expected);
        assert_eq!((plan.added.len(), plan.unchanged), (1, 1));
    }

    #[test]
    fn loading_again_changes_nothing() {
        let rows = [row(2, "4514", "prefecture", "崇左市", "45"), row(3, "451402", "county", "江州区", "4514")];
        let again = plan(&rows, &there(&[("4514", "崇左市"), ("451402", "江州区")]));
        assert_eq!((again.added.len(), again.unchanged, again.refused.len()), (0, 2, 0));
    }

    #[test]
    fn the_real_table_is_taken_whole() {
        let mut reader = csv::Reader::from_reader(include_str!("../../data/divisions.csv").as_bytes());
        let rows: Vec<Row> = reader
            .records()
            .enumerate()
            .map(|(index, record)| {
                let record = record.unwrap();
                row(index + 2, &record[0], &record[1], &record[2], &record[3])
            })
            .collect();
        let plan = plan(&rows, &HashMap::new());
        assert_eq!(refusals(&plan), []);
        assert_eq!(plan.added.len(), 1281);
    }
}
