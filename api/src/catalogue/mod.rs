//! The catalogue 服务目录 over HTTP: crafts, and the services that residents order from.

pub mod craft;
pub mod service;

use actix_web::HttpRequest;
use domain::catalogue::{CatalogueError, Names};
use domain::language::Language;
use domain::region::DivisionCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::answer::Answer;
use crate::endpoint::Endpoint;
use crate::page::{self, Page};
use crate::problem::{Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of the catalogue.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [craft::endpoints(), service::endpoints()].into_iter().flatten().collect()
}

/// What something is called.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Names)]
pub struct NamesBody {
    /// In Chinese.
    #[schema(min_length = 1, max_length = 100, example = "水电维修")]
    zh: String,
    /// In English.
    #[schema(max_length = 100, example = "plumbing and wiring")]
    en: Option<String>,
    /// In Vietnamese.
    #[schema(max_length = 100)]
    vi: Option<String>,
}

impl NamesBody {
    /// Reads the names.
    ///
    /// # Errors
    /// Names the one that is wrong.
    pub(crate) fn read(&self) -> Result<Names, Problem> {
        Names::new(&self.zh, self.en.as_deref(), self.vi.as_deref()).map_err(|error| match error {
            CatalogueError::Name { language } => {
                let part = match language {
                    Language::Zh => "zh",
                    Language::En => "en",
                    Language::Vi => "vi",
                };
                Problem::field(format!("/names/{part}"), Rule::ControlCharacters)
            }
            CatalogueError::ChineseMissing | CatalogueError::Code | CatalogueError::Minutes => Problem::field("/names/zh", Rule::Required),
        })
    }
}

impl From<&Names> for NamesBody {
    fn from(names: &Names) -> Self {
        let name = |language| names.get(language).map(ToOwned::to_owned);
        Self { zh: names.shown_in(Language::Zh).to_owned(), en: name(Language::En), vi: name(Language::Vi) }
    }
}

/// What of a catalogue.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCatalogue {
    /// A division: the nearest region at or above counts, so that a resident may give their own community.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    region: String,
    /// `false` lists what is no longer offered.
    active: Option<bool>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// A request for a part of a catalogue, read.
struct Part {
    region: DivisionCode,
    active: bool,
    limit: i64,
    after: Option<Uuid>,
}

impl ListCatalogue {
    fn read(&self, services: &Services, list: &str) -> Result<Part, Problem> {
        let division = region::code("region", &self.region)?;
        let region = services.book.region_of(&division).ok_or_else(|| Problem::field("region", Rule::UnknownDivision))?;
        let after = self.cursor.as_deref().map(|cursor| page::read_cursor(services.store.keys(), list, cursor)).transpose()?;
        let active = self.active.unwrap_or(true);
        Ok(Part { region: region.division.clone(), active, limit: page::limit(self.limit)?, after })
    }
}

/// Cuts a page out of a catalogue, which is short enough to be read whole.
fn cut<T: ToSchema>(
    request: &HttpRequest,
    services: &Services,
    list: &str,
    part: &Part,
    items: Vec<T>,
    id: impl Fn(&T) -> Uuid,
) -> Answer<Page<T>> {
    let begin = part.after.and_then(|after| items.iter().position(|item| id(item) == after)).map_or(0, |place| place + 1);
    let items = items.into_iter().skip(begin).collect();
    page::reply(request, services.store.keys(), list, items, part.limit, id)
}
