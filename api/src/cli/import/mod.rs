//! `linli import`.

mod table;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::web::Data;
use clap::{Args, Subcommand};
use domain::identity::Actor;
use domain::language::Language;
use domain::order::Basis;
use domain::organisation::{OrganisationKind, OrganisationState};
use domain::person::VolunteerState;
use domain::region::{DivisionCode, Level};
use indicatif::{ProgressBar, ProgressStyle};
use persistence::identity::{self, AccountState};
use persistence::{Store, StoreError, Tx};
use serde::Deserialize;

use super::stop::Stop;
use super::{open, say, serve};
use crate::book::Book;
use crate::import::demand::Demands;
use crate::import::organisation::Organisations;
use crate::import::social_worker::SocialWorkers;
use crate::import::volunteer::Volunteers;
use crate::import::{Loader, Seen};
use crate::region::import::{self, Refused, Row};
use crate::services::Services;
use crate::settings::Settings;
use crate::wechat::WechatClient;

/// Flags of `linli import`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli import divisions divisions.csv
  linli import divisions divisions.csv --report refused.csv
  linli import volunteers 志愿者.xlsx --state active --dry-run --report report.csv
  linli import volunteers list.csv --division 451402001001 --column name=真实姓名
  linli import organisations teams.csv --state active --sponsor 崇左市志愿者协会
  linli import social-workers 社工.xlsx --as wang.fang --division 4514 --dry-run
  linli import demands 需求清单.csv --as li.na --division 230822106001 --basis consent --report report.csv

A table of divisions is CSV in UTF-8 with the columns code, level, name and, if you like, parent. Codes are short (230822) or padded
(230822000000); levels are province, prefecture, county, township, community (or village) and grid. What is there already
stays as it is. Rows that cannot be taken are reported with their line and the reason; the others are loaded. With refused
rows the exit code is 1.

Other tables are CSV (UTF-8, UTF-16 or GBK) or XLSX; their columns are found by the headers that exports of other platforms have.
Each row is held to the rules of a single registration. Somebody is known again by document, or by name and phone number: what is
on record stays, and the report says in what the row differs. An import that was broken off is run again.")]
pub(super) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Load the tree of divisions
    Divisions {
        /// CSV with the columns code,level,name,parent
        file: PathBuf,
        /// Write the refused rows to this CSV file
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Load volunteers
    Volunteers(VolunteerFlags),
    /// Load organisations and teams
    Organisations(OrganisationFlags),
    /// Load social workers
    SocialWorkers(SocialWorkerFlags),
    /// Load needs of people, for the demand lists
    Demands(DemandFlags),
}

/// In whose name staff's registers are loaded.
#[derive(Args)]
struct Named {
    /// The user name of the staff account in whose name it is done, where that account may do the same singly
    #[arg(long = "as", value_name = "NAME")]
    name: String,
    /// The division in which everything is at home; of a grid or a community also of those whose row names none
    #[arg(long, value_name = "CODE")]
    division: DivisionCode,
}

#[derive(Args)]
struct SocialWorkerFlags {
    #[command(flatten)]
    table: table::TableFlags,
    #[command(flatten)]
    named: Named,
}

#[derive(Args)]
struct DemandFlags {
    #[command(flatten)]
    table: table::TableFlags,
    #[command(flatten)]
    named: Named,
    /// On what basis the people and their needs are written down
    #[arg(long, value_name = "BASIS", value_parser = table::value::<Basis>)]
    basis: Basis,
}

#[derive(Args)]
struct OrganisationFlags {
    #[command(flatten)]
    table: table::TableFlags,
    /// Where those are at home whose row names no division
    #[arg(long, value_name = "CODE")]
    division: Option<DivisionCode>,
    /// The sponsor of those whose row names none: a credit code, or the name of an active organisation of the region
    #[arg(long, value_name = "CODE|NAME")]
    sponsor: Option<String>,
    /// The kind of those whose row names none
    #[arg(long, value_name = "KIND", default_value = "volunteer_team", value_parser = table::value::<OrganisationKind>)]
    kind: OrganisationKind,
    /// Where they stand at first: draft, or active where the other platform has admitted them
    #[arg(long, value_name = "STATE", default_value = "draft", value_parser = first_standing)]
    state: OrganisationState,
}

fn first_standing(text: &str) -> Result<OrganisationState, String> {
    match table::value(text)? {
        state @ (OrganisationState::Draft | OrganisationState::Active) => Ok(state),
        _ => Err("must be draft or active".to_owned()),
    }
}

#[derive(Args)]
struct VolunteerFlags {
    #[command(flatten)]
    table: table::TableFlags,
    /// The grid or community of those whose row names none
    #[arg(long, value_name = "CODE")]
    division: Option<DivisionCode>,
    /// Where they stand at first: applied, or active where the other platform has admitted them
    #[arg(long, value_name = "STATE", default_value = "applied", value_parser = first_state)]
    state: VolunteerState,
    /// Write minors down by statutory duty whose guardian has not consented: they wait; else they are refused
    #[arg(long)]
    minors_wait: bool,
}

fn first_state(text: &str) -> Result<VolunteerState, String> {
    match table::value(text)? {
        state @ (VolunteerState::Applied | VolunteerState::Active) => Ok(state),
        _ => Err("must be applied or active".to_owned()),
    }
}

/// So many refused rows are printed; a report holds all.
const PRINTED: usize = 20;

/// So many rows go in one transaction.
const ROWS: usize = 500;

/// Runs the command.
pub(super) async fn run(settings: &Settings, flags: Flags) -> Result<(), Stop> {
    match flags.what {
        What::Divisions { file, report } => run_divisions(settings, file, report).await,
        What::Volunteers(flags) => run_volunteers(settings, flags).await,
        What::Organisations(flags) => run_organisations(settings, flags).await,
        What::SocialWorkers(flags) => run_social_workers(settings, flags).await,
        What::Demands(flags) => run_demands(settings, flags).await,
    }
}

async fn run_social_workers(settings: &Settings, flags: SocialWorkerFlags) -> Result<(), Stop> {
    let (services, who) = named(settings, &flags.named).await?;
    let (within, store) = (flags.named.division, services.store.clone());
    let division = Some(within.as_str().to_owned());
    let workers = SocialWorkers { services, who, within, division, seen: Seen::default() };
    table::load(&store, &workers, flags.table, "social workers").await
}

async fn run_demands(settings: &Settings, flags: DemandFlags) -> Result<(), Stop> {
    let (services, who) = named(settings, &flags.named).await?;
    let (within, store) = (flags.named.division, services.store.clone());
    let home = matches!(within.level(), Level::Community | Level::Grid).then(|| within.as_str().to_owned());
    let demands = Demands { services, who, within, division: home, basis: flags.basis, seen: Seen::default() };
    table::load(&store, &demands, flags.table, "needs").await
}

/// The services without a server, and the actor behind a staff account.
async fn named(settings: &Settings, named: &Named) -> Result<(Data<Services>, Arc<Actor>), Stop> {
    let store = table::store(settings).await?;
    let wechat = WechatClient::off().map_err(|error| Stop::failed(error.to_string()))?;
    let services = Services::new(store, &settings.issuer, wechat, serve::photos(settings)?).await?;
    let name = named.name.clone();
    let find = move |tx: &mut Tx| -> Result<Option<Actor>, StoreError> {
        let account = identity::by_username(tx, &name)?.filter(|account| account.state == AccountState::Active);
        account.map(|account| identity::actor(tx, account.id)).transpose()
    };
    let found = services.store.read(find).await?;
    let who = found.ok_or_else(|| Stop::failed(format!("there is no active account named {}", named.name)))?;
    Ok((Data::new(services), Arc::new(who)))
}

async fn run_organisations(settings: &Settings, flags: OrganisationFlags) -> Result<(), Stop> {
    let store = table::store(settings).await?;
    let OrganisationFlags { table, division, sponsor, kind, state } = flags;
    let division = division.map(String::from);
    let organisations = Organisations { book: book(&store).await?, division, sponsor, kind, state, loader: Loader::Operator };
    table::load(&store, &organisations, table, "organisations").await
}

async fn run_volunteers(settings: &Settings, flags: VolunteerFlags) -> Result<(), Stop> {
    let store = table::store(settings).await?;
    let VolunteerFlags { table, division, state, minors_wait } = flags;
    let division = division.map(String::from);
    let volunteers =
        Volunteers { book: book(&store).await?, division, state, minors_wait, loader: Loader::Operator, seen: Seen::default() };
    table::load(&store, &volunteers, table, "volunteers").await
}

/// The regions that tables are about.
async fn book(store: &Store) -> Result<Arc<Book>, Stop> {
    let book = Book::default();
    book.refresh(store).await?;
    Ok(Arc::new(book))
}

async fn run_divisions(settings: &Settings, file: PathBuf, report: Option<PathBuf>) -> Result<(), Stop> {
    let opened = File::open(&file).map_err(|error| open::cannot("read", &file, &error))?;
    let rows = read_divisions(opened).map_err(|error| Stop::failed(format!("{}: {error}", file.display())))?;
    let store = open::store(settings).await?;
    let outcome = load_divisions(&store, rows).await?;
    say(&format!("{} added, {} there before, {} refused", outcome.added, outcome.unchanged, outcome.refused.len()));
    for refused in outcome.refused.iter().take(PRINTED) {
        say(&format!("line {}: {} {}", refused.line, refused.field, message(refused, Language::En)));
    }
    if outcome.refused.len() > PRINTED {
        say(&format!("… and {} more: --report FILE writes them all", outcome.refused.len() - PRINTED));
    }
    if let Some(path) = &report {
        write_report(path, &outcome.refused).map_err(|error| Stop::failed(format!("cannot write {}: {error}", path.display())))?;
    }
    if outcome.refused.is_empty() { Ok(()) } else { Err(Stop::failed("some rows were refused")) }
}

fn message(refused: &Refused, language: Language) -> String {
    refused.rule.message(language, &refused.words)
}

fn write_report(path: &Path, refused: &[Refused]) -> Result<(), csv::Error> {
    let mut report = csv::Writer::from_path(path)?;
    report.write_record(["line", "field", "code", "reason"])?;
    for row in refused {
        report.write_record([row.line.to_string().as_str(), row.field, row.rule.as_str(), &message(row, Language::En)])?;
    }
    Ok(report.flush()?)
}

/// A line of the file.
#[derive(Deserialize)]
struct Line {
    code: String,
    level: String,
    name: String,
    #[serde(default)]
    parent: String,
}

/// Reads a table of divisions.
///
/// # Errors
/// A sentence that names the line that is no CSV, or the column that is missing.
pub(super) fn read_divisions(mut from: impl Read) -> Result<Vec<Row>, String> {
    let mut content = Vec::new();
    from.read_to_end(&mut content).map_err(|error: io::Error| error.to_string())?;
    // A byte-order mark, as spreadsheets write it, would be part of the first column's name.
    let content = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&content);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(content);
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, |at| at.line() + blank_lines(content, at.byte()));
        let read: Line = record.deserialize(Some(&headers)).map_err(|error| format!("line {line}: {error}"))?;
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        rows.push(Row { line, code: read.code, level: read.level, name: read.name, parent: read.parent });
    }
    Ok(rows)
}

/// How many empty lines stand at this place: the reader counts them to the record that follows.
fn blank_lines(content: &[u8], at: u64) -> u64 {
    let rest = usize::try_from(at).ok().and_then(|at| content.get(at..)).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|byte| **byte == b'\n');
    u64::try_from(ends.count()).unwrap_or_default()
}

/// What became of a table.
#[derive(Default)]
pub(super) struct Outcome {
    /// How many divisions were added.
    pub(super) added: usize,
    /// How many were there before.
    pub(super) unchanged: usize,
    /// The rows that cannot be taken, by line.
    pub(super) refused: Vec<Refused>,
}

/// Loads a table of divisions, parents first, and shows how far it is.
pub(super) async fn load_divisions(store: &Store, mut rows: Vec<Row>) -> Result<Outcome, Stop> {
    // A code sorts right after those it lies in; what cannot be read as a code is refused whatever its place.
    rows.sort_by_cached_key(|row| (DivisionCode::parse(row.code.trim()).ok(), row.line));
    let bar = bar(rows.len(), "divisions");
    let mut outcome = Outcome::default();
    for rows in rows.chunks(ROWS) {
        let (rows, count) = (rows.to_vec(), rows.len());
        let plan = store.write::<_, StoreError>(move |tx| import::load(tx, &rows)).await?;
        outcome.added += plan.added.len();
        outcome.unchanged += plan.unchanged;
        outcome.refused.extend(plan.refused);
        bar.inc(u64::try_from(count).unwrap_or_default());
    }
    outcome.refused.sort_by_key(|refused| refused.line);
    bar.finish_and_clear();
    Ok(outcome)
}

/// A progress bar on stderr; nothing where stderr is no terminal.
pub(super) fn bar(length: usize, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>10} {bar:40} {pos}/{len}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(u64::try_from(length).unwrap_or(u64::MAX)).with_style(style).with_message(what)
}

#[cfg(test)]
mod tests {
    use super::read_divisions;

    #[test]
    fn lines_are_numbered_as_in_the_file_and_the_parent_may_be_left_out() {
        let rows = read_divisions("\u{feff}name,code,level\n桦南县,230822,county\n\n桦南镇, 230822106 ,township\n".as_bytes()).unwrap();
        assert_eq!(rows.iter().map(|row| (row.line, row.code.as_str())).collect::<Vec<_>>(), [(2, "230822"), (4, "230822106")]);
        assert!(read_divisions("code,name\n1,x\n".as_bytes()).unwrap_err().contains("level"));
    }
}
