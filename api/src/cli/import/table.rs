//! `linli import` of a table of another platform: a trial, a bar, a report, and the same again after it was broken off.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::Args;
use domain::language::Language;
use domain::vocabulary::Vocabulary;
use persistence::{Store, Tuning};

use super::{bar, message};
use crate::cli::stop::Stop;
use crate::cli::{open, say};
use crate::import::{self, Outcome, Refused, Renamed, Sheet, SheetError, Table};
use crate::settings::Settings;

/// What every table is loaded with.
#[derive(Args)]
pub(super) struct TableFlags {
    /// CSV (UTF-8, UTF-16 or GBK) or XLSX with a row of headers
    file: PathBuf,
    /// Only say what would become of each row
    #[arg(long)]
    dry_run: bool,
    /// Write the rows that were refused, or differ from what is on record, to this CSV file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// A column that has another header in this file; may be given several times
    #[arg(long = "column", value_name = "COLUMN=HEADER")]
    columns: Vec<Renamed>,
    /// Language of the reasons: zh, en or vi
    #[arg(long, value_name = "TAG", default_value = "zh", value_parser = language)]
    language: Language,
}

fn language(tag: &str) -> Result<Language, String> {
    let is = |language: &Language| language.tag().split('-').next() == Some(tag);
    Language::ALL.iter().copied().find(is).ok_or_else(|| "must be zh, en or vi".to_owned())
}

/// Reads a value of a closed list from a flag.
pub(super) fn value<V: Vocabulary>(text: &str) -> Result<V, String> {
    let known: Vec<&str> = V::ALL.iter().map(|value| value.as_str()).collect();
    V::from_text(text).ok_or_else(|| format!("must be one of {}", known.join(", ")))
}

/// Opens the store for an import: a batch of many rows may take longer than any request.
pub(super) async fn store(settings: &Settings) -> Result<Store, Stop> {
    let tuning = Tuning { patience: std::time::Duration::from_secs(120), ..settings.tuning() };
    open::store_with(settings, &tuning).await
}

/// What has become of a table so far.
struct Tally {
    report: Option<csv::Writer<File>>,
    language: Language,
    rows: usize,
    added: usize,
    unchanged: usize,
    differing: usize,
    refused: usize,
    shown: Vec<String>,
}

impl Tally {
    fn take(&mut self, rows: usize, outcome: &Outcome) -> Result<(), csv::Error> {
        self.rows += rows;
        self.added += outcome.added;
        self.unchanged += outcome.unchanged;
        let mut differing: Vec<usize> = outcome.differing.iter().map(|row| row.line).collect();
        differing.dedup();
        self.differing += differing.len();
        self.refused += outcome.refused.len();
        for row in &outcome.differing {
            self.tell("differs", row)?;
        }
        for row in &outcome.refused {
            self.tell("refused", row)?;
            if self.shown.len() < super::PRINTED {
                self.shown.push(format!("line {}: {} {}", row.line, row.field, message(row, self.language)));
            }
        }
        Ok(())
    }

    fn tell(&mut self, outcome: &str, row: &Refused) -> Result<(), csv::Error> {
        let Some(report) = &mut self.report else { return Ok(()) };
        let (line, reason) = (row.line.to_string(), message(row, self.language));
        report.write_record([line.as_str(), outcome, row.field, row.rule.as_str(), reason.as_str()])
    }

    fn end(mut self) -> Result<usize, csv::Error> {
        if let Some(report) = &mut self.report {
            report.flush()?;
        }
        let Self { rows, added, unchanged, differing, refused, .. } = self;
        say(&format!("{rows} rows: {added} added, {unchanged} there before, {differing} there before and different, {refused} refused"));
        for line in &self.shown {
            say(line);
        }
        if refused > self.shown.len() {
            say(&format!("… and {} more: --report FILE writes them all", refused - self.shown.len()));
        }
        Ok(refused)
    }
}

/// Loads a table, batch by batch.
pub(super) async fn load<T: Table>(store: &Store, table: &T, flags: TableFlags, what: &'static str) -> Result<(), Stop> {
    let TableFlags { file, dry_run, report, columns, language } = flags;
    let wrong = |error: SheetError| Stop::failed(format!("{}: {error}", file.display()));
    let mut sheet = Sheet::open(file.clone(), T::COLUMNS, columns).await.map_err(wrong)?;
    if !sheet.unused.is_empty() {
        say(&format!("columns that are not read: {}", sheet.unused.join(", ")));
    }
    let unwritten = |error: csv::Error| Stop::failed(format!("cannot write the report: {error}"));
    let report = report.as_deref().map(begin).transpose().map_err(unwritten)?;
    let mut tally = Tally { report, language, rows: 0, added: 0, unchanged: 0, differing: 0, refused: 0, shown: Vec::new() };
    let bar = bar(usize::try_from(sheet.total).unwrap_or(usize::MAX), what);
    while let Some(rows) = sheet.next().await.map_err(wrong)? {
        let count = rows.len();
        let outcome = import::load(store, table, rows, dry_run).await?;
        tally.take(count, &outcome).map_err(unwritten)?;
        bar.inc(u64::try_from(count).unwrap_or_default());
    }
    bar.finish_and_clear();
    if dry_run {
        say("a trial: nothing was kept");
    }
    if tally.end().map_err(unwritten)? == 0 { Ok(()) } else { Err(Stop::failed("some rows were refused")) }
}

fn begin(path: &Path) -> Result<csv::Writer<File>, csv::Error> {
    let mut report = csv::Writer::from_path(path)?;
    report.write_record(["line", "outcome", "field", "code", "reason"])?;
    Ok(report)
}
