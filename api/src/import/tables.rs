//! The tables that the API loads: each kind with what was said with it.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::web::Data;
use domain::identity::Actor;
use domain::import::ImportKind;
use domain::order::Basis;
use domain::organisation::{OrganisationKind, OrganisationState};
use domain::person::VolunteerState;
use domain::region::Level;
use persistence::import::Import;
use persistence::{Store, Tx};
use rustix::fs::{MemfdFlags, memfd_create};
use serde::{Deserialize, Serialize};

use super::demand::Demands;
use super::organisation::Organisations;
use super::social_worker::SocialWorkers;
use super::volunteer::Volunteers;
use super::{Column, Loader, Outcome, Row, Seen, Sheet, SheetError, Table};
use crate::book::Book;
use crate::problem::{Fault, Problem, Rule};
use crate::services::Services;

/// What is said with a table besides its rows.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Options {
    /// Of needs: on what basis people and their needs are written down.
    pub(super) basis: Option<Basis>,
}

/// A table as it is to be loaded.
pub(super) enum Loading {
    Volunteers(Volunteers),
    Organisations(Organisations),
    SocialWorkers(SocialWorkers),
    Demands(Demands),
}

/// The columns of a kind of table.
pub(super) const fn columns(kind: ImportKind) -> &'static [Column] {
    match kind {
        ImportKind::Volunteers => Volunteers::COLUMNS,
        ImportKind::Organisations => Organisations::COLUMNS,
        ImportKind::SocialWorkers => SocialWorkers::COLUMNS,
        ImportKind::Demands => Demands::COLUMNS,
    }
}

/// The regions as the tables need them.
pub(super) async fn book(store: &Store) -> Result<Arc<Book>, Problem> {
    let book = Book::default();
    book.refresh(store).await?;
    Ok(Arc::new(book))
}

impl Loading {
    /// The table of an import, loaded by this actor.
    pub(super) fn of(import: &Import, options: Options, services: &Data<Services>, book: Arc<Book>, who: &Arc<Actor>) -> Self {
        let home = matches!(import.division.level(), Level::Community | Level::Grid);
        let division = home.then(|| import.division.as_str().to_owned());
        let (who, within, seen) = (Arc::clone(who), import.division.clone(), Seen::default());
        let loader = Loader::Staff(Arc::clone(&who), within.clone());
        match import.kind {
            // Nobody is admitted by being in a table: staff decide on each of them.
            ImportKind::Volunteers => {
                let state = VolunteerState::Applied;
                Self::Volunteers(Volunteers { book, division, state, minors_wait: false, loader, seen })
            }
            ImportKind::Organisations => {
                let (kind, state) = (OrganisationKind::VolunteerTeam, OrganisationState::Draft);
                Self::Organisations(Organisations { book, division, sponsor: None, kind, state, loader })
            }
            ImportKind::SocialWorkers => {
                let division = Some(within.as_str().to_owned());
                Self::SocialWorkers(SocialWorkers { services: services.clone(), who, within, division, seen })
            }
            ImportKind::Demands => Self::Demands(Demands {
                services: services.clone(),
                who,
                within,
                division,
                basis: options.basis.unwrap_or(Basis::Consent),
                seen,
            }),
        }
    }

    /// Decides on rows and keeps what can be taken.
    pub(super) fn load(&self, tx: &mut Tx, rows: &[Row], trial: bool) -> Result<Outcome, Fault> {
        match self {
            Self::Volunteers(table) => table.load(tx, rows, trial),
            Self::Organisations(table) => table.load(tx, rows, trial),
            Self::SocialWorkers(table) => table.load(tx, rows, trial),
            Self::Demands(table) => table.load(tx, rows, trial),
        }
    }
}

/// A table in memory that is read like a file: what people's rows say is on no disk.
pub(super) struct Open {
    pub(super) sheet: Sheet,
    _file: File,
}

/// Opens the table of a kind.
pub(super) async fn open(content: &[u8], kind: ImportKind) -> Result<Open, SheetError> {
    let mut file = File::from(memfd_create("table", MemfdFlags::CLOEXEC).map_err(std::io::Error::from)?);
    file.write_all(content)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    Ok(Open { sheet: Sheet::open(path, columns(kind), Vec::new()).await?, _file: file })
}

/// Why a file is no table, as an answer.
pub(super) fn unreadable(error: &SheetError) -> Problem {
    match error {
        SheetError::Headers(columns) => Problem::field_with("/file", Rule::ColumnsMissing, vec![columns.clone()]),
        SheetError::Form(_) => Problem::field("/file", Rule::NotATable).because(error),
        SheetError::Io(_) | SheetError::Unwanted => Problem::internal(error.to_string()),
    }
}
